// A worker that simulates, with an instance of the module of its own: one slot of the engine
// `messages`. It answers nobody while it simulates; whoever started it ends it.

import { Simulator, initSync } from '../generated/single/freerun.js'
import { simulate } from './simulate'

simulate({ initSync, Simulator })
