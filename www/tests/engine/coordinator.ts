// A coordinator whose module has the functions of the feature `checks`, and which does what no
// coordinator should when it is told to. Its worker's name chooses other parts.

import type { Module } from '../../src/module'
import { serve } from '../../src/serve'
import { words } from '../../src/words'

/** What the feature `checks` adds. */
export interface Checks extends Module {
  provoke(what: string): void
  loseWakeUps(lose: boolean): void
  lostWakeUps(): number
  wakeRoundTrips(count: number): Promise<Float64Array>
}

/** To this worker, beside what a page says: a check, and where its answer goes. */
export interface CheckRequest {
  check: keyof Checks
  args: unknown[]
  answer: MessagePort
}

const code = new URL('../../generated/single/freerun_bg.wasm', import.meta.url)
const simulators: Record<string, () => Worker> = {
  'broken simulators': () => new Worker(new URL('./broken-simulator.ts', import.meta.url), { type: 'module' }),
  'slow simulators': () => new Worker(new URL('./slow-simulator.ts', import.meta.url), { type: 'module' }),
}
const usual = () => new Worker(new URL('../../src/simulator.ts', import.meta.url), { type: 'module' })

const coordinator = serve({
  threads: {
    glue: () => import('../../generated/threads-checks/freerun.js') as Promise<unknown> as Promise<Module>,
    code: new URL('../../generated/threads-checks/freerun_bg.wasm', import.meta.url),
  },
  single: {
    glue: () => import('../../generated/single-checks/freerun.js') as Promise<unknown> as Promise<Module>,
    code: new URL('../../generated/single-checks/freerun_bg.wasm', import.meta.url),
  },
  simulator: { worker: simulators[self.name] ?? usual, code },
})

const answer = self.onmessage
self.onmessage = (event: MessageEvent) => {
  if ('check' in event.data) void check(event.data)
  else answer?.call(self as never, event)
}

async function check({ check, args, answer }: CheckRequest): Promise<void> {
  try {
    const module = (await coordinator.module()) as Checks
    const call = module[check] as (...args: unknown[]) => unknown
    answer.postMessage({ gives: await call(...args) })
  } catch (error) {
    answer.postMessage({ fails: words(error) })
    coordinator.crash(error)
  }
}
