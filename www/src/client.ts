// What a page knows of Freerun: calls that are answered once, and runs. Behind it are coordinators in
// workers of their own: one that lives long for calls, and one for each run.

import { HEARTBEAT, type Heartbeat, Link, PATIENT_HEARTBEAT } from './link'
import type { Call, Calls, EngineKind, RunRequest, Shown } from './protocol'
import { canShareMemory } from './share'
import { StudyRun } from './study-run'

export type { StudyRun } from './study-run'

/** What can be called beside a run. */
export type LibraryCall = Exclude<Call, 'run' | 'command' | 'ping' | 'watch' | 'unwatch'>

/** A run, where what is left out is as this browser does it best. */
export type RunOptions = Omit<RunRequest, 'workers' | 'engine' | 'about'> &
  Partial<Pick<RunRequest, 'workers' | 'engine' | 'about'>>

export interface ClientParts {
  coordinator?: () => Worker
  /** How the life of those that run studies is watched. */
  heartbeat?: Heartbeat
}

/** A study that another tab runs. */
export interface Watching {
  /** Resolves when it was stopped; rejects with a `Failure`. */
  readonly ended: Promise<void>
  stop(): void
}

export class Freerun {
  readonly #parts: Required<ClientParts>
  #library: Link | undefined
  #watch: ((shown: Shown) => void) | undefined

  constructor(parts: ClientParts = {}) {
    this.#parts = { coordinator, heartbeat: HEARTBEAT, ...parts }
  }

  /** How simulations run at the same time here. */
  get engine(): EngineKind {
    return canShareMemory() ? 'threads' : 'messages'
  }

  /** How many simulations run at the same time, unless the user wants another number. */
  get workers(): number {
    return Math.max(1, (navigator.hardwareConcurrency || 2) - 1)
  }

  /** Rejects with a `Failure`. */
  call<K extends LibraryCall>(call: K, takes: Calls[K]['takes']): Promise<Calls[K]['gives']> {
    return this.#link().call(call, takes)
  }

  /** Shows a study that another tab runs, until it is stopped or another is watched. */
  watch(study: string, show: (shown: Shown) => void): Watching {
    const link = this.#link()
    this.#watch = show
    const ended = link.call('watch', { study }).then(() => {})
    const stop = () => {
      if (this.#watch !== show) return
      this.#watch = undefined
      // If it is gone there is nothing to stop.
      link.call('unwatch', null).catch(() => {})
    }
    return { ended, stop }
  }

  /** Begins to run a study, or to go on with it; `show` gets what there is to show. */
  run(options: RunOptions, show: (shown: Shown) => void): StudyRun {
    const usual = { workers: this.workers, engine: this.engine, about: about(navigator.userAgent) }
    return new StudyRun({ ...usual, ...options }, this.#parts, show)
  }

  /** Ends the worker behind `call`. Runs go on. */
  close(): void {
    this.#library?.end()
    this.#library = undefined
  }

  #link(): Link {
    this.#library ??= new Link(
      this.#parts.coordinator(),
      { shown: (shown) => this.#watch?.(shown), gone: () => (this.#library = undefined) },
      PATIENT_HEARTBEAT,
    )
    return this.#library
  }
}

function coordinator(): Worker {
  return new Worker(new URL('./coordinator.ts', import.meta.url), { type: 'module' })
}

/** Who runs a study, for whoever finds it held. */
function about(agent: string): string {
  const names: [RegExp, string][] = [
    [/Firefox\//, 'Firefox'],
    [/Edg\//, 'Edge'],
    [/Chrome\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ]
  const name = names.find(([pattern]) => pattern.test(agent))?.[1]
  return name === undefined ? 'a tab of a browser' : `a tab of ${name}`
}
