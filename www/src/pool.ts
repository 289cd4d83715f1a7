// The workers of the engine `messages`, one for each slot. A worker that traps, vanishes or is to be
// cancelled is ended and another takes its place; what it still says is not heard. It knows nothing
// of what they simulate.

import type { Pool } from './module'
import type { FromSimulator, ToSimulator } from './simulate'
import { words } from './words'

/** How long a worker may take to come up. */
const COME_UP_MS = 30_000
/** So many workers in a row that do not come up are the end of the pool. */
const FAILURES_MAX = 3

/** What a pool is told to do with what its workers say. */
export interface Listener {
  /** In the words of the module. */
  told(slot: number, told: string): void
  /** No worker comes up any more. */
  failed(reason: string): void
}

interface Slot {
  worker?: Worker
  ready?: boolean
  /** Rings if the worker does not come up. */
  timer?: ReturnType<typeof setTimeout>
  /** What it was given to run last. */
  order?: string
}

export class SimulatorPool implements Pool {
  readonly #slots: Slot[]
  readonly #make: () => Worker
  readonly #code: WebAssembly.Module
  readonly #study: string
  readonly #listener: Listener
  #failures = 0
  #over = false

  constructor(slots: number, make: () => Worker, code: WebAssembly.Module, study: string, listener: Listener) {
    this.#make = make
    this.#code = code
    this.#study = study
    this.#listener = listener
    this.#slots = Array.from({ length: slots }, () => ({}))
    this.#slots.forEach((_, slot) => this.#start(slot))
  }

  post(slot: number, order: string): void {
    const entry = this.#slots[slot]
    if (entry === undefined) return
    entry.order = order
    // Without a worker, one is about to be started.
    if (entry.worker !== undefined) say(entry.worker, { order })
  }

  replace(slot: number): void {
    if (this.#over) return
    this.#end(slot)
    // Not at once: many may be replaced one after the other, until it is clear what is to be run.
    queueMicrotask(() => this.#start(slot))
  }

  /** Ends all workers. */
  close(): void {
    this.#over = true
    this.#slots.forEach((_, slot) => this.#end(slot))
  }

  #end(slot: number): void {
    const entry = this.#slots[slot]
    if (entry === undefined) return
    clearTimeout(entry.timer)
    entry.worker?.terminate()
    this.#slots[slot] = {}
  }

  #start(slot: number): void {
    const entry = this.#slots[slot]
    if (this.#over || entry === undefined || entry.worker !== undefined) return
    let worker: Worker
    try {
      worker = this.#make()
    } catch (error) {
      return this.#gone(slot, words(error))
    }
    const heard = (hear: () => void) => {
      if (this.#slots[slot]?.worker === worker) hear()
    }
    worker.onmessage = ({ data }: MessageEvent<FromSimulator>) => heard(() => this.#hear(slot, data))
    worker.onerror = (event) => {
      // It is dealt with here: it must not count as an error of this worker too.
      event.preventDefault()
      heard(() => this.#gone(slot, event.message || 'the code of the worker could not be loaded'))
    }
    entry.worker = worker
    entry.timer = setTimeout(() => heard(() => this.#gone(slot, 'the worker did not start')), COME_UP_MS)
    say(worker, { code: this.#code, study: this.#study })
    if (entry.order !== undefined) say(worker, { order: entry.order })
  }

  #hear(slot: number, message: FromSimulator): void {
    if ('told' in message) this.#listener.told(slot, message.told)
    else if ('trapped' in message) this.#listener.told(slot, JSON.stringify({ Trapped: message.trapped }))
    else if ('failed' in message) this.#gone(slot, message.failed)
    else this.#ready(slot)
  }

  #ready(slot: number): void {
    this.#failures = 0
    const entry = this.#slots[slot]
    if (entry === undefined) return
    entry.ready = true
    clearTimeout(entry.timer)
  }

  /** The worker of `slot` is lost, or never came. */
  #gone(slot: number, reason: string): void {
    const { ready, order } = this.#slots[slot] ?? {}
    // The module asks for another, and knows what is to be run then.
    if (ready) return this.#listener.told(slot, JSON.stringify({ Vanished: reason }))
    this.#failures += 1
    if (this.#failures >= FAILURES_MAX) {
      this.close()
      return this.#listener.failed(reason)
    }
    this.replace(slot)
    // What it was to run has not begun.
    if (order !== undefined) this.post(slot, order)
  }
}

function say(worker: Worker, message: ToSimulator): void {
  worker.postMessage(message)
}
