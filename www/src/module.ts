// What the WebAssembly module gives to whoever loads it, as far as the coordinator and the simulators
// use it. Types only: both flavours of the module have the same face.

import type {
  Command,
  Ended,
  EngineKind,
  Imported,
  Outline,
  RunRequest,
  Shown,
  StudyRow,
  StudySource,
} from './protocol'

/** Workers that simulate, one for each slot, as the module sees them. */
export interface Pool {
  /** Has the worker of `slot` run what `order` says. */
  post(slot: number, order: string): void
  /** Ends the worker of `slot`, whatever it does, and gets another. */
  replace(slot: number): void
}

export interface ModuleRun {
  readonly ended: Promise<Ended>
  command(command: Command): void
  workerTold(slot: number, told: string): void
  threadLost(slot: number, reason: string): void
}

export interface Watching {
  /** Resolves when it was stopped. */
  readonly ended: Promise<null>
  stop(): void
}

export interface ModuleSimulator {
  run(order: string, tell: (told: string) => void): void
}

export interface Module {
  default(init: { module_or_path: WebAssembly.Module }): Promise<unknown>
  /** Only where memory is shared. */
  initThreadPool?(threads: number): Promise<unknown>
  onTrap(call: (error: unknown) => void): void
  check(source: StudySource): Outline
  studies(): Promise<StudyRow[]>
  exportStudy(study: string): Promise<string>
  importStudy(text: string, name?: string): Promise<Imported>
  deleteStudy(study: string): Promise<null>
  auditStudy(study: string): Promise<string>
  watchStudy(study: string, report: (shown: Shown) => void): Watching
  Run: new (
    request: RunRequest,
    pool: Pool | undefined,
    watch: string | undefined,
    report: (shown: Shown) => void,
  ) => ModuleRun
}

/** A flavour of the module: its glue, and where its code is. */
export interface Flavour {
  glue: () => Promise<Module>
  code: URL
}

/** What a coordinator is made from. */
export interface Parts {
  threads: Flavour
  single: Flavour
  /** A worker that simulates, and the module it is given. */
  simulator: { worker: () => Worker; code: URL }
}

/** Which flavour runs an engine. */
export function flavourOf(engine: EngineKind): 'threads' | 'single' {
  return engine === 'threads' ? 'threads' : 'single'
}
