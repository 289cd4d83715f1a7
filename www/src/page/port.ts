// What the page needs of whoever runs studies: the client of the coordinator. The page knows nothing
// of workers, modules and databases beyond this.
import type { RunOptions } from '../client'
import type { Call, Calls, Command, Ended, EngineKind, Failure, Shown } from '../protocol'

/** Calls that give one answer. */
export type Question = Exclude<Call, 'run' | 'watch' | 'unwatch' | 'command' | 'ping'>

/** How simulations run here, and why not otherwise. */
export interface EngineReport {
  kind: EngineKind
  /** Why there are no threads that share memory, as a clause; `null` if there are. */
  why: string | null
}

export interface Port {
  engine(): EngineReport
  /** How many simulations run at a time unless the user wants another number. */
  workers: number
  /** Rejects with a `Failure`. */
  call<K extends Question>(kind: K, takes: Calls[K]['takes']): Promise<Calls[K]['gives']>
  /** Runs a study, over crashes and restarts, until it is done. Rejects with a `Failure`. */
  run(request: RunOptions & { workers: number }, shown: (shown: Shown) => void): Promise<Extract<Ended, { kind: 'done' }>>
  /** Says something to the study that runs. */
  command(command: Command): void
  /** Shows a study that another tab runs, until it is stopped. */
  watch(study: string, shown: (shown: Shown) => void): Watching
}

export interface Watching {
  /** Resolves when it was stopped; rejects with a `Failure`. */
  ended: Promise<void>
  stop(): void
}

/** What went wrong, whatever was thrown. */
export function failureOf(thrown: unknown): Failure {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'message' in thrown && 'problems' in thrown) {
    return thrown as Failure
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return { code: 'broken', message, problems: [] }
}
