// Freerun in Deno, which hands out the module without a permission to read files. TypeScript does not
// know this kind of import yet.

import source code from '../generated/single/freerun_bg.wasm'
import { setCode } from './instance.js'

setCode(() => code)

export * from './index.js'
