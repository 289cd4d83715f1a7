// What the page needs of whoever runs studies: the client of the coordinator. The page knows nothing
// of workers, modules and databases beyond this.
import type { Call, Calls, Command, Ended, EngineKind, Failure, RunRequest, Shown } from '../protocol.ts'

/** Calls that give one answer. */
export type Question = Exclude<Call, 'run' | 'watch' | 'unwatch' | 'command' | 'ping'>

/** How simulations run here, and why not otherwise. */
export interface EngineReport {
  kind: EngineKind
  /** Why there are no threads that share memory, as a clause; `null` if there are. */
  why: string | null
}

export interface Port {
  /** How simulations run here. */
  engine(): Promise<EngineReport>
  /** Rejects with a `Failure`. */
  call<K extends Question>(kind: K, takes: Calls[K]['takes']): Promise<Calls[K]['gives']>
  /** Runs a study, over crashes and restarts, until it is done. Rejects with a `Failure`. */
  run(request: RunRequest, shown: (shown: Shown) => void): Promise<Extract<Ended, { kind: 'done' }>>
  /** Says something to the study that runs. */
  command(command: Command): void
  /** Shows a study that another tab runs. Rejects with a `Failure`. */
  watch(study: string, shown: (shown: Shown) => void): Promise<void>
  unwatch(): void
}

/** What went wrong, whatever was thrown. */
export function failureOf(thrown: unknown): Failure {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'message' in thrown && 'problems' in thrown) {
    return thrown as Failure
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return { code: 'broken', message, problems: [] }
}
