// The worker that runs studies for a page: the module's coordinator, with the parts of a built page.
// See `serve` for what it does.

import type { Module } from './module'
import { serve } from './serve'

const single = new URL('../generated/single/freerun_bg.wasm', import.meta.url)

serve({
  threads: {
    glue: () => import('../generated/threads/freerun.js') as Promise<unknown> as Promise<Module>,
    code: new URL('../generated/threads/freerun_bg.wasm', import.meta.url),
  },
  single: {
    glue: () => import('../generated/single/freerun.js') as Promise<unknown> as Promise<Module>,
    code: single,
  },
  simulator: {
    worker: () => new Worker(new URL('./simulator.ts', import.meta.url), { type: 'module' }),
    code: single,
  },
})
