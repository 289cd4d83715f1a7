// What the package gives, on every host alike.

import type { Outline } from '../src/protocol.ts'
import { type Code, guarded, instance } from './instance.ts'
import { file, type Changes, type StudyFile } from './source.ts'

export type {
  BestTrial,
  FailureSummary,
  FileProblem,
  Outline,
  Plain,
  ProgressSummary,
  StopReason,
  TargetRow,
  TrialRow,
  View,
} from '../src/protocol.ts'
export { type FailureCode, FreerunError } from './failure.ts'
export { type Finished, run, type RunOptions } from './run.ts'
export type { Changes, Options, Source, StudyFile } from './source.ts'
export { type Holder, type KeptStudy, MapStore, type Store, type StoredStudy, StoreError, type StoreErrorCode } from './store.ts'
export { type AskedTrial, type Given, open, type Outputs, type Point, Study, type Verdict } from './study.ts'

/**
 * Makes the module ready; every other function does so by itself. A host that this package does not know
 * gives the module's code, a `WebAssembly.Module` or bytes: the file `freerun-edge/freerun.wasm`.
 */
export async function init(code?: object | Promise<object>): Promise<void> {
  await guarded(undefined, () => instance(code as Code | Promise<Code> | undefined))
}

/** Reads and checks a study file. Rejects with a `FreerunError` that has every mistake. */
export async function check(source: string | StudyFile, changes: Changes = {}): Promise<Outline> {
  return guarded(undefined, async () => (await instance()).check(file(source, changes)) as Outline)
}
