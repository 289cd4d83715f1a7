// Freerun in workerd, which compiles the module before it starts: where nothing is asked for, there is
// no time and no randomness.

import code from '../generated/single/freerun_bg.wasm'
import { setCode } from './instance.ts'

setCode(() => code)

export * from './index.ts'
