// What the page and its coordinator say to each other, and what the module gives and takes: written
// once, for both ends. Nothing here does anything.

/** A study file with the data files that it names, and what is to be instead of what it says. */
export interface StudySource {
  /** Its name; JSON if it ends so, TOML otherwise. */
  file: string
  text: string
  /** Texts of data files, by the paths that the study file gives. */
  data?: Record<string, string>
  /** `parallel`, `parallel:N`, `batched:N` or `windowed:N`. */
  mode?: string
  trials?: number
  /** 64 bits, so a text. */
  seed?: string
  name?: string
}

/** Where a parameter is searched: between two numbers, or among choices. */
export interface Range {
  parameter: string
  /** `null` for a choice, as `high`. */
  low: number | null
  high: number | null
  /** Whether its logarithm is searched. */
  log: boolean
  choices: Plain[]
}

/** What a study is, in short. */
export interface Outline {
  name: string
  model: string
  mode: string
  sampler: string
  trials: number
  replicates: number
  parameters: Range[]
  targets: string[]
  /** `null` while it is still open. */
  seed: string | null
}

/** How simulations run: on threads that share memory, in workers that are sent messages, or in place. */
export type EngineKind = 'threads' | 'messages' | 'in_place'

export interface RunRequest {
  study: { source: StudySource } | { stored: string }
  workers: number
  engine: EngineKind
  /** Who runs it, for people, such as `a tab of Firefox`. */
  about: string
  stored?: 'may' | 'must_not'
  /** Where it is kept; without a choice in this browser, if it lets us. */
  store?: 'indexed_db' | 'memory'
}

export type Command = 'pause' | 'resume' | 'stop' | 'abandon'

export type StopReason =
  | 'trials_done'
  | 'wall_time'
  | 'target_loss'
  | 'stopped'
  | 'waits_for_caller'
  | 'fenced'
  | 'no_slots'

export interface FileProblem {
  file: string
  line: number | null
  field: string
  found: string
  allowed: string
}

/** Why something was not done. */
export interface Failure {
  code: 'bad_input' | 'held' | 'not_found' | 'differs' | 'store' | 'broken'
  message: string
  problems: FileProblem[]
}

/** The value of a parameter, or of a choice. */
export type Plain = number | string | boolean

export interface TargetRow {
  target: string
  loss: number
  se: number | null
  factors: number[]
}

/** Where a trial came from. */
export type Source =
  | { kind: 'sampler' | 'enqueued' | 'caller' }
  | { kind: 'start'; position: number }
  | { kind: 'imported'; program: string }

export interface TrialRow {
  trial: number
  parameters: Record<string, Plain>
  source: Source
  state: 'pending' | 'complete' | 'failed'
  loss: number | null
  se: number | null
  targets: TargetRow[]
  reason: string | null
  notes: string[]
  replicates_done: number
  attempts: number
  asked_at_us: number
  started_at_us: number | null
  finished_at_us: number | null
  run_times_us: number[]
}

export interface ProgressSummary {
  study: string
  trials_budget: number
  trials_asked: number
  trials_told: number
  trials_failed: number
  trials_pending: number
  trials_imported: number
  in_flight: { trial: number; replicates_done: number }[]
  best: { trial: number; loss: number; se: number | null; found_at_us: number } | null
  replicates_done: number
  replicates_budget: number
  timeouts: number
  slots: number
  utilisation: number | null
  idle_slot_seconds: number
  mean_staleness: number | null
  run_time_us: number
  trials_per_minute: number | null
  time_left_us: number | null
  last_changed_us: number
  paused: boolean
  stopped: boolean
  finished: boolean
}

export interface View {
  progress: ProgressSummary
  best: BestTrial | null
  failures: FailureSummary
  /** Trials that are new or have changed since the last view. */
  changed: TrialRow[]
  /** Durable records. */
  records: number
}

export interface BestTrial extends TrialRow {
  ties: { trial: number; loss: number; se: number; above_best: number }[]
  spans: { parameter: string; low: number; high: number }[]
  at_bounds: { parameter: string; bound: 'low' | 'high' }[]
}

export interface FailureSummary {
  trials: { reason: string; trials: number[] }[]
  failed_attempts: { kind: 'refused' | 'crashed' | 'timed_out' | 'unusable'; attempts: number }[]
  lost_attempts: { kind: 'slot_vanished' | 'program_ended' | 'cancelled'; attempts: number }[]
  retries: number
}

/** What a running study shows. */
export type Shown =
  | { kind: 'begun'; outline: Outline; workers: number; resumed: boolean; study: string }
  | ({ kind: 'view' } & View)
  | { kind: 'note'; text: string }

/** How a run ended; `restart` goes on when it is run again in a new module. */
export type Ended = { kind: 'done'; reason: StopReason } | { kind: 'restart'; why: string }

/** A study kept in this browser. */
export interface StudyRow {
  name: string
  records: number
  /** Who runs it now, if anybody. */
  heldBy: string | null
  /** `null` while it has no record. */
  outline: Outline | null
  told: number
  best: number | null
  finished: boolean
  bytes: number
  changedUtcMs: number | null
}

/** What an import came to. */
export interface Imported {
  name: string
  records: number
  /** How many of them were there before. */
  already: number
  trials: number
}

/** What the page may call: what each call takes and gives. */
export interface Calls {
  check: { takes: StudySource; gives: Outline }
  studies: { takes: null; gives: StudyRow[] }
  export: { takes: { study: string }; gives: string }
  import: { takes: { text: string; name?: string }; gives: Imported }
  delete: { takes: { study: string }; gives: null }
  audit: { takes: { study: string }; gives: string }
  /** Resolves when the run ends; what there is to show comes meanwhile. */
  run: { takes: RunRequest; gives: Ended }
  /** Shows a study that another tab runs, and resolves at `unwatch`. */
  watch: { takes: { study: string }; gives: null }
  unwatch: { takes: null; gives: null }
  command: { takes: Command; gives: null }
  ping: { takes: null; gives: null }
}

export type Call = keyof Calls

/** From the page to the coordinator. */
export type Request = { [K in Call]: { id: number; call: K; takes: Calls[K]['takes'] } }[Call]

/** From the coordinator to the page. */
export type Reply =
  | { [K in Call]: { id: number; call: K; gives: Calls[K]['gives'] } }[Call]
  | { id: number; failure: Failure }
  | { shown: Shown }
  | { crashed: string }
