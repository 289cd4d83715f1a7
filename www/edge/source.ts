// What a user gives to say which study is meant, in the module's words. It checks nothing that the
// module checks.

import type { StudySource } from '../src/protocol.ts'
import { FreerunError } from './failure.ts'
import type { Store } from './store.ts'

/** A study file. */
export interface StudyFile {
  /** Its name, for messages; JSON if it ends so, TOML otherwise. */
  file?: string
  text: string
  /** Texts of data files, by the paths that the study file gives. */
  data?: Record<string, string>
}

/** A study file, the text of one in TOML, or a study in the store as it is. */
export type Source = string | StudyFile | { stored: string }

/** What is to be instead of what the study file says. */
export interface Changes {
  /** A whole number below 2^64; without one here or in the file, a fresh one is drawn. */
  seed?: bigint | number | string
  trials?: number
  /** `parallel`, `parallel:N`, `batched:N` or `windowed:N`. */
  mode?: string
  name?: string
}

export interface Options extends Changes {
  /** Where the study is kept; without one in memory, and gone with it. */
  store?: Store
  /** The study's time: milliseconds since 1970-01-01 UTC, never less than before. */
  clock?: () => number
  /** Who works on the study, for people. */
  about?: string
  /** Whether a study of that name may be in the store, and goes on then, or must not. */
  stored?: 'may' | 'must_not'
}

function words(seed: bigint | number | string): string {
  if (typeof seed !== 'number' || Number.isSafeInteger(seed)) return String(seed)
  throw new FreerunError('bad_input', `\`seed\`: found ${seed}, allowed: a whole number; above 2^53 as a bigint or text`)
}

/** The study file of `source` with its changes. */
export function file(source: string | StudyFile, { seed, trials, mode, name }: Changes): StudySource {
  const { file = 'study.toml', text, data = {} } = typeof source === 'string' ? { text: source } : source
  return {
    file,
    text,
    data,
    ...(seed !== undefined && { seed: words(seed) }),
    ...(trials !== undefined && { trials }),
    ...(mode !== undefined && { mode }),
    ...(name !== undefined && { name }),
  }
}

/** Which study, for the module. */
export function wanted(source: Source, options: Options): { source: StudySource } | { stored: string } {
  if (typeof source === 'string' || !('stored' in source)) return { source: file(source, options) }
  const change = (['seed', 'trials', 'mode', 'name'] as const).find((name) => options[name] !== undefined)
  if (change === undefined) return { stored: source.stored }
  throw new FreerunError('bad_input', `\`${change}\` goes with a study file, not with a study that is taken up as it is`)
}
