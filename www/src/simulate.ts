// What a worker that simulates does with the messages of its pool. Apart from the worker itself, so
// that tests can give it another module.

import type { ModuleSimulator } from './module'
import { words } from './words'

/** To a simulator: first the module and the study, then orders. */
export type ToSimulator = { code: WebAssembly.Module; study: string } | { order: string }

/** From a simulator. After `trapped` or `failed` it is of no use. */
export type FromSimulator = { ready: true } | { told: string } | { trapped: string } | { failed: string }

export interface SimulatorModule {
  initSync(init: { module: WebAssembly.Module }): unknown
  Simulator: new (study: string) => ModuleSimulator
}

export function simulate(module: SimulatorModule): void {
  let simulator: ModuleSimulator | undefined
  const say = (message: FromSimulator) => self.postMessage(message)
  const begin = (code: WebAssembly.Module, study: string) => {
    try {
      module.initSync({ module: code })
      simulator = new module.Simulator(study)
      say({ ready: true })
    } catch (error) {
      say({ failed: words(error) })
    }
  }
  const run = (order: string) => {
    try {
      simulator?.run(order, (told) => say({ told }))
    } catch (error) {
      simulator = undefined
      say({ trapped: words(error) })
    }
  }
  self.onmessage = ({ data }: MessageEvent<ToSimulator>) => {
    if ('order' in data) run(data.order)
    else begin(data.code, data.study)
  }
}
