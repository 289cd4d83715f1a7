// A study run through the client, with what a test wants to do to it on the way and to know of it
// afterwards.

import { Freerun, type RunOptions, type StudyRun } from '../../src/client'
import type { Heartbeat } from '../../src/link'
import type { Ended, Failure, ProgressSummary, Shown, TrialRow, View } from '../../src/protocol'
import { isFailure, words } from '../../src/words'
import type { CheckRequest, Checks } from './coordinator'

/** What came of a run. */
export interface Played {
  ended: Ended | null
  failure: Failure | null
  notes: string[]
  views: number
  begun: number
  /** How many coordinators there were. */
  coordinators: number
  /** From the start of each coordinator to the first it shows, milliseconds. */
  upAfterMs: number[]
  progress: ProgressSummary | null
  failures: View['failures'] | null
  rows: TrialRow[]
  ms: number
  /** What an audit says of the study afterwards. */
  audit: string | null
  /** What the scenario has noted. */
  facts: Record<string, unknown>
}

export interface PlayOptions extends RunOptions {
  /** The name of the coordinator's worker. */
  name?: string
  heartbeat?: Heartbeat
}

/** A run under way. */
export class Stage {
  readonly run: StudyRun
  readonly played: Played
  readonly #freerun: Freerun
  #study: string | undefined
  #worker: Worker | undefined
  #startedAt: number | undefined
  #waiting: { fits: () => boolean; resolve: () => void }[] = []

  constructor({ name = 'coordinator', heartbeat, ...request }: PlayOptions) {
    this.played = {
      ended: null, failure: null, notes: [], views: 0, begun: 0, coordinators: 0, upAfterMs: [],
      progress: null, failures: null, rows: [], ms: 0, audit: null, facts: {},
    }
    const start = () => {
      this.played.coordinators += 1
      this.#startedAt = performance.now()
      this.#worker = coordinator(name)
      this.#look()
      return this.#worker
    }
    this.#freerun = new Freerun({ ...(heartbeat && { heartbeat }) })
    const freerun = new Freerun({ coordinator: start, ...(heartbeat && { heartbeat }) })
    this.facts['engine'] = freerun.engine
    this.run = freerun.run(request, (shown) => this.#take(shown))
  }

  get facts(): Played['facts'] {
    return this.played.facts
  }

  /** Of the coordinator that is running now. */
  check(name: keyof Checks, ...args: unknown[]): Promise<unknown> {
    return this.#worker === undefined ? Promise.resolve() : check(this.#worker, name, args)
  }

  /** The next view that `fits`. */
  until(fits: (view: View) => boolean): Promise<View> {
    const seen = this.played.views
    return new Promise((resolve) => {
      const view = () => this.played as unknown as View
      const fresh = () => this.played.views > seen && fits(view())
      this.#waiting.push({ fits: fresh, resolve: () => resolve(structuredClone(view())) })
    })
  }

  /** Resolves when there were so many coordinators. */
  coordinators(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ fits: () => this.played.coordinators >= count, resolve })
      this.#look()
    })
  }

  /** Derives the study again, if it is kept. */
  async audit(): Promise<void> {
    if (this.#study === undefined) return
    try {
      this.played.audit = await this.#freerun.call('audit', { study: this.#study })
    } catch (error) {
      this.played.audit = words(error)
    }
    this.#freerun.close()
  }

  #look(): void {
    const fits = this.#waiting.filter((one) => one.fits())
    this.#waiting = this.#waiting.filter((one) => !fits.includes(one))
    fits.forEach((one) => one.resolve())
  }

  #take(shown: Shown): void {
    const { played } = this
    if (shown.kind === 'note') played.notes.push(shown.text)
    else if (shown.kind === 'begun') {
      played.begun += 1
      this.#study = shown.outline.name
    }
    else {
      played.views += 1
      if (this.#startedAt !== undefined) played.upAfterMs.push(performance.now() - this.#startedAt)
      this.#startedAt = undefined
      played.progress = shown.progress
      played.failures = shown.failures
      for (const row of shown.changed) played.rows[row.trial] = row
    }
    this.#look()
  }
}

/** Runs a study to its end while `act` does something to it. */
export async function play(options: PlayOptions, act: (stage: Stage) => Promise<void> = async () => {}): Promise<Played> {
  const begun = performance.now()
  const stage = new Stage(options)
  const { played } = stage
  const acted = act(stage).catch((error: unknown) => isFailure(error) || Promise.reject(error))
  try {
    played.ended = await stage.run.ended
  } catch (error) {
    if (!isFailure(error)) throw error
    played.failure = error
  }
  played.ms = performance.now() - begun
  // An act that waits for what never came must not hold the report up.
  await Promise.race([acted, new Promise((resolve) => setTimeout(resolve, 1_000))])
  if (options.store !== 'memory') await stage.audit()
  return played
}

/** A coordinator for tests. */
export function coordinator(name: string): Worker {
  return new Worker(new URL('./coordinator.ts', import.meta.url), { type: 'module', name })
}

/** Has the module of a coordinator do something. */
export function check(worker: Worker, name: keyof Checks, args: unknown[]): Promise<unknown> {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve, reject) => {
    port1.onmessage = ({ data }) => ('fails' in data ? reject(new Error(data.fails)) : resolve(data.gives))
    worker.postMessage({ check: name, args, answer: port2 } satisfies CheckRequest, [port2])
  })
}
