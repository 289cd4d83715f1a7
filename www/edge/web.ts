// Freerun wherever the module can be fetched: in a browser, and on hosts like it.

import { setCode } from './instance.ts'

setCode(() => WebAssembly.compileStreaming(fetch(new URL('../generated/single/freerun_bg.wasm', import.meta.url))))

export * from './index.ts'
