// A simulator that takes long to come up: longer than a simulation may last.

import { Simulator, initSync } from '../../generated/single/freerun.js'
import { simulate } from '../../src/simulate'

const until = performance.now() + 2_000
while (performance.now() < until);

simulate({ initSync, Simulator })
