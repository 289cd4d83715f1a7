// The native program for tests in browsers: what it makes of the same studies.

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { folder } from './harness.mjs'

const ROOT = join(import.meta.dirname, '..', '..')
const call = promisify(execFile)
const LARGE = 1 << 30

/** The program, built if it is not yet. */
async function program() {
  const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target')
  await call('cargo', ['build', '--quiet', '--release', '--package', 'freerun-native'], { cwd: ROOT, maxBuffer: LARGE })
  const path = join(target, 'release', 'freerun')
  if (!existsSync(path)) throw new Error(`cargo made no ${path}`)
  return path
}

let built

/** A store of its own in a new folder. */
export async function native() {
  built ??= program()
  const path = await built
  const place = await folder('native')
  const store = `sqlite:${join(place, 'studies.db')}`
  const freerun = async (...args) => {
    const { stdout } = await call(path, [...args, '--store', store], { cwd: place, maxBuffer: LARGE })
    return stdout
  }
  /** Writes a study file, with its data beside it; gives its path. */
  const write = async ({ file, text, data = {} }) => {
    for (const [name, content] of Object.entries({ [file]: text, ...data })) {
      const to = join(place, name)
      await mkdir(dirname(to), { recursive: true })
      await writeFile(to, content)
    }
    return join(place, file)
  }
  return {
    place,
    /** Any command on the store. */
    freerun,
    /** A command that needs no store. */
    plain: (...args) => call(path, args, { cwd: place, maxBuffer: LARGE }),
    /** Runs a study file. */
    run: async (source, ...args) => freerun('run', await write(source), ...args),
    /** Runs a study file in memory. */
    inMemory: async (source, ...args) => call(path, ['run', await write(source), ...args, '--store', 'memory:']),
    /** What is wrong with a study file, in words. */
    async refused(source) {
      const file = await write(source)
      return call(path, ['check', file]).then(
        () => '',
        ({ stderr }) => stderr,
      )
    },
    async import(text) {
      const from = join(place, 'imported.jsonl')
      await writeFile(from, text)
      return freerun('import', from)
    },
    export: (study) => freerun('export', study),
    audit: (study) => freerun('audit', study),
    /** Trials without their times: one text each, equal if every bit is. */
    async trials(study) {
      const rows = (await freerun('show', study, '--trials', '--json')).trim().split('\n')
      return rows.map((row) => essence(JSON.parse(row)))
    },
    remove: () => rm(place, { recursive: true, force: true }),
  }
}

/** What of a trial must be the same everywhere. */
export function essence({ trial, parameters, source, state, loss, se, targets, reason }) {
  return JSON.stringify({ trial, parameters, source, state, loss, se, targets, reason })
}

/** The seed of the study in a file that carries it, from which the replicates' seeds follow. */
export function seed(file) {
  const found = /"seed":(\d+)/.exec(file.split('\n')[1])
  if (!found) throw new Error('the file names no seed')
  return found[1]
}

/** One of the repository's studies as a source, changed by replacements. */
export async function study(name, replacements = []) {
  let text = await readFile(join(ROOT, 'studies', `${name}.toml`), 'utf8')
  for (const [from, to] of replacements) {
    if (!text.includes(from)) throw new Error(`studies/${name}.toml has no ${from}`)
    text = text.replaceAll(from, to)
  }
  const data = {}
  for (const [path] of text.matchAll(/data\/[\w-]+\.csv/g)) {
    data[path] = await readFile(join(ROOT, 'studies', path), 'utf8')
  }
  return { file: `${name}.toml`, text, data }
}
