// What is in the form: a study file, its data, and what is to be instead of what the file says.
import type { StudySource } from '../protocol'

export type ModeChoice = 'file' | 'parallel' | 'batched' | 'windowed'

export interface DataFile {
  name: string
  text: string
}

export interface Draft {
  /** Position among the built-in studies; `null` for one's own. */
  builtIn: number | null
  file: string
  text: string
  data: DataFile[]
  workers: number
  mode: ModeChoice
  /** Batch size or lag. */
  size: number
  /** Empty: as the file says. */
  trials: string
  name: string
}

/** What the module is to read. */
export function sourceOf(draft: Draft): StudySource {
  const source: StudySource = { file: draft.file, text: draft.text, data: dataByPath(draft) }
  if (draft.mode === 'parallel') source.mode = 'parallel'
  else if (draft.mode !== 'file') source.mode = `${draft.mode}:${draft.size}`
  if (draft.trials.trim() !== '') source.trials = Number(draft.trials)
  if (draft.name.trim() !== '') source.name = draft.name.trim()
  return source
}

/** What is wrong with what was typed beside the file, or `null`. */
export function mistakeBesideFile(draft: Draft): string | null {
  const wholeFrom1 = (text: string) => /^[0-9]+$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= 4_294_967_295
  if (draft.trials.trim() !== '' && !wholeFrom1(draft.trials)) {
    return `Trials: found “${draft.trials.trim()}”; a whole number from 1 on is allowed, or nothing.`
  }
  if (!wholeFrom1(String(draft.workers))) return 'Workers: a whole number from 1 on is allowed.'
  if ((draft.mode === 'batched' || draft.mode === 'windowed') && !wholeFrom1(String(draft.size))) {
    return `${draft.mode === 'batched' ? 'Batch size' : 'Lag'}: a whole number from 1 on is allowed.`
  }
  return null
}

/** Paths of CSV files that the study's text mentions: a hint for people, found without reading it as TOML. */
export function pathsIn(text: string): string[] {
  const withoutComments = text.replace(/^\s*#.*$/gm, '')
  const found = [...withoutComments.matchAll(/["']([^"'\n]+\.csv)["']/gi)].map((match) => match[1] ?? '')
  return [...new Set(found)]
}

export function lastPart(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path
}

/** The file that stands for `path`: of that very name, or of its last part. */
export function fileFor(path: string, data: DataFile[]): DataFile | undefined {
  return data.find((file) => file.name === path) ?? data.find((file) => lastPart(file.name) === lastPart(path))
}

function dataByPath(draft: Draft): Record<string, string> {
  const byPath = Object.fromEntries(draft.data.map((file) => [file.name, file.text]))
  for (const path of pathsIn(draft.text)) {
    const file = fileFor(path, draft.data)
    if (file !== undefined) byPath[path] = file.text
  }
  return byPath
}
