// A study whose caller runs the simulations: it asks for trials and tells what came of them. Calls are
// done one after the other, in the order in which they were made.

import type { CallerStudy } from '../generated/single/freerun.js'
import type { BestTrial, Outline, Plain, ProgressSummary, TrialRow } from '../src/protocol.ts'
import { guarded, instance } from './instance.ts'
import { type Options, type Source, wanted } from './source.ts'
import { MapStore, Remembering } from './store.ts'

/** A trial to be run by the caller. */
export interface AskedTrial {
  trial: number
  parameters: Record<string, Plain>
  /** The seed of each replicate, 64 bits as a decimal text: `BigInt(seed)` has them all. */
  seeds: string[]
}

export interface Given {
  /** At most as many as were asked for. */
  trials: AskedTrial[]
  /** Why there are fewer: the budget is used up, or a trial must be told first. */
  short: string | null
}

/** What one replicate gave: tables of columns, by the names that the study's targets read. */
export type Outputs = Record<string, Record<string, ArrayLike<number | null> | readonly string[]>>

/** What came of a trial. */
export type Verdict =
  | {
      loss: number
      /** Standard error of the loss. */
      se?: number | null
      /** Loss of each target, by its name. */
      targets?: Record<string, number | { loss: number; se?: number | null }>
    }
  /** What every replicate gave, in the order of the seeds: the study's targets make the loss. */
  | { replicates: readonly Outputs[] }
  /** Why there is no loss. */
  | { failed: string }

/** A value for each parameter. */
export type Point = Record<string, Plain>

/** JSON as the module reads it: lists for arrays of any kind, and words for what JSON cannot say. */
function json(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (ArrayBuffer.isView(item) && !(item instanceof DataView)) return Array.from(item as Float64Array)
    if (typeof item !== 'number' || Number.isFinite(item)) return item
    if (Number.isNaN(item)) return 'NaN'
    return item > 0 ? 'inf' : '-inf'
  })
}

/** An open study; it is the caller's alone until it is closed. */
export class Study {
  readonly #study: CallerStudy
  readonly #store: Remembering
  #last: Promise<unknown> = Promise.resolve()

  /** @internal */
  constructor(study: CallerStudy, store: Remembering) {
    this.#study = study
    this.#store = store
  }

  /** Begins up to `count` trials. */
  ask(count = 1): Promise<Given> {
    return this.#call((study) => study.ask(count))
  }

  /** Tells what came of a trial, or of several: all of them, or none if there is a mistake in one. */
  tell(trial: number, verdict: Verdict): Promise<void>
  tell(verdicts: readonly ({ trial: number } & Verdict)[]): Promise<void>
  tell(first: number | readonly ({ trial: number } & Verdict)[], verdict?: Verdict): Promise<void> {
    const verdicts = typeof first === 'number' ? { trial: first, ...verdict } : first
    return this.#call((study) => study.tell(json(verdicts)))
  }

  /** Has the study try points next. */
  enqueue(points: Point | readonly Point[]): Promise<void> {
    return this.#call((study) => study.enqueue(json(points)))
  }

  /** The trials that were given out and not told yet, also those of earlier sessions. */
  waiting(): Promise<AskedTrial[]> {
    return this.#call((study) => study.waiting())
  }

  /** All trials, by number. */
  trials(): Promise<TrialRow[]> {
    return this.#call((study) => study.trials())
  }

  /** The best trial, if one has a loss. */
  best(): Promise<BestTrial | null> {
    return this.#call((study) => study.best())
  }

  progress(): Promise<ProgressSummary> {
    return this.#call((study) => study.progress())
  }

  outline(): Promise<Outline> {
    return this.#call((study) => study.outline())
  }

  /** The whole study as one text, which `freerun import` reads. */
  export(): Promise<string> {
    return this.#call((study) => study.exportText())
  }

  /** Gives the study back: others may take it up then. */
  close(): Promise<void> {
    return this.#call((study) => study.close())
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #call<T>(call: (study: CallerStudy) => Promise<unknown>): Promise<T> {
    const mine = this.#last.then(() => guarded(this.#store, () => call(this.#study) as Promise<T>))
    this.#last = mine.catch(() => undefined)
    return mine
  }
}

/**
 * Opens a study, to ask and tell it. Its lease lasts half a minute after each call; then another
 * program may take it over, and a later call here fails with the code `held`.
 */
export async function open(source: Source, options: Options = {}): Promise<Study> {
  const store = new Remembering(options.store ?? new MapStore())
  return guarded(store, async () => {
    const { clock, about = 'a program', stored = 'may' } = options
    const request = { study: wanted(source, options), about, stored }
    const module = await instance()
    return new Study((await module.openStudy(request, clock, store)) as CallerStudy, store)
  })
}
