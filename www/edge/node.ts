// Freerun in Node: the module is a file beside this one.

import { readFile } from 'node:fs/promises'
import { setCode } from './instance.ts'

setCode(() => readFile(new URL('../generated/single/freerun_bg.wasm', import.meta.url)))

export * from './index.ts'
