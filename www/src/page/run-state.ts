// What is known of the study that this tab runs or watches: what was shown last, and every trial.
import type { Ended, EngineKind, Failure, Outline, Shown, StopReason, TrialRow, View } from '../protocol'

export type Phase = 'starting' | 'running' | 'watching' | 'ended' | 'failed'

export interface Note {
  text: string
  at: Date
}

export class RunState {
  phase: Phase = 'starting'
  outline: Outline | null = null
  workers: number
  resumed = false
  /** Whether it is stored in the browser. */
  kept = true
  /** The user has said stop, and what is under way is still running. */
  stopping: 'no' | 'stop' | 'abandon' = 'no'
  view: View | null = null
  readonly rows = new Map<number, TrialRow>()
  /** Numbers of the trials that changed since they were taken. */
  private changed = new Set<number>()
  notes: Note[] = []
  ended: StopReason | null = null
  failure: Failure | null = null

  constructor(
    readonly study: string,
    workers: number,
    readonly engine: EngineKind,
    /** Who runs it, for a study that is only watched. */
    readonly runBy: string | null = null,
  ) {
    this.workers = workers
  }

  take(shown: Shown): void {
    switch (shown.kind) {
      case 'begun':
        if (this.phase === 'starting') this.phase = 'running'
        this.outline = shown.outline
        this.workers = shown.workers
        this.resumed = shown.resumed
        break
      case 'view':
        this.view = shown
        for (const row of shown.changed) {
          this.rows.set(row.trial, row)
          this.changed.add(row.trial)
        }
        break
      case 'note':
        this.notes.push({ text: shown.text, at: new Date() })
        break
    }
  }

  end(ended: Extract<Ended, { kind: 'done' }>): void {
    this.phase = 'ended'
    this.ended = ended.reason
  }

  fail(failure: Failure): void {
    this.phase = 'failed'
    this.failure = failure
  }

  /** Trials that changed since the last call. */
  takeChanged(): Set<number> {
    const changed = this.changed
    this.changed = new Set()
    return changed
  }

  /** Trials that are finished and stored. */
  get told(): number {
    return this.view?.progress.trials_told ?? 0
  }

  get paused(): boolean {
    return this.view?.progress.paused ?? false
  }

  /** Whether the study goes on by itself. */
  get active(): boolean {
    return this.phase === 'starting' || this.phase === 'running'
  }
}
