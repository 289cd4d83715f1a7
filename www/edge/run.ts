// A whole study, run right here: one simulation at a time, between two turns of the host's event loop.

import type { BestTrial, Ended, ProgressSummary, Shown, StopReason, TrialRow, View } from '../src/protocol.ts'
import { FreerunError } from './failure.ts'
import { guarded, instance } from './instance.ts'
import { type Options, type Source, wanted } from './source.ts'
import { MapStore, Remembering, type Store } from './store.ts'

export interface RunOptions extends Options {
  /** Shown some times a second, and at the end. */
  onView?: (view: View) => void
  /** Told what goes wrong and mends itself, such as a store that does not answer. */
  onNote?: (text: string) => void
  /** Stops the study: the run resolves with the reason `stopped`, and the study can go on from its store. */
  signal?: AbortSignal
}

/** A study that has ended, or was stopped. */
export interface Finished {
  reason: StopReason
  /** The best trial, if one has a loss. */
  best: BestTrial | null
  /** All trials, by number. */
  trials: TrialRow[]
  progress: ProgressSummary
}

/** What a run has shown so far. */
class Seen {
  readonly #trials = new Map<number, TrialRow>()
  #view: View | undefined

  take(view: View): void {
    this.#view = view
    for (const row of view.changed) this.#trials.set(row.trial, row)
  }

  finished(reason: StopReason): Finished {
    if (!this.#view) throw new FreerunError('broken', 'the run showed nothing')
    const trials = [...this.#trials.values()].sort((a, b) => a.trial - b.trial)
    return { reason, best: this.#view.best, trials, progress: this.#view.progress }
  }
}

/** Runs the study with what `options` say; what an onlooker throws stops it. */
async function session(source: Source, options: RunOptions, store: Store, seen: Seen): Promise<Ended> {
  const { clock, signal, onView, onNote, about = 'a program', stored = 'may' } = options
  const study = wanted(source, options)
  const module = await instance()
  const raised: unknown[] = []
  const report = (shown: Shown) => {
    try {
      if (shown.kind === 'note') onNote?.(shown.text)
      if (shown.kind !== 'view') return
      seen.take(shown)
      onView?.(shown)
    } catch (error) {
      raised.push(error)
      stop()
    }
  }
  const request = { study, workers: 1, engine: 'in_place', about, stored }
  const run = new module.Run(request, undefined, undefined, report, clock, store)
  const stop = () => run.command('stop')
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const ended = (await run.ended) as Ended
    if (raised.length > 0) throw raised[0]
    return ended
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

/**
 * Runs a study until it is over or stopped. A study that is in the store already goes on where it was.
 * Rejects with a `FreerunError`, or with what an onlooker threw; what the store has is safe then.
 */
export async function run(source: Source, options: RunOptions = {}): Promise<Finished> {
  const store = new Remembering(options.store ?? new MapStore())
  const seen = new Seen()
  const ended = await guarded(store, () => session(source, options, store, seen))
  if (ended.kind === 'restart') throw new FreerunError('broken', ended.why)
  return seen.finished(ended.reason)
}
