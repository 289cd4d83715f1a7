// Chooses a compiler for WebAssembly among those that may be here, and runs it. Threads need a
// standard library built with atomics: its source, and unstable options, which RUSTC_BOOTSTRAP opens in
// a stable compiler. This file must not know what is done with a module.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const TARGET = 'wasm32-unknown-unknown'
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const OF_RUSTUP = `rustup target add ${TARGET} && rustup component add rust-src`
const OF_DEBIAN = 'apt-get install rustc-web cargo-web rust-web-src lld-22'

// All seven link arguments are needed. With none of them everything succeeds, and the memory is not
// shared.
const THREADS = [
  '-C target-feature=+atomics,+bulk-memory',
  '-C link-arg=--shared-memory',
  '-C link-arg=--max-memory=1073741824',
  '-C link-arg=--import-memory',
  '-C link-arg=--export=__wasm_init_tls',
  '-C link-arg=--export=__tls_size',
  '-C link-arg=--export=__tls_align',
  '-C link-arg=--export=__tls_base',
]

// Seconds instead of a minute after a small change; the standard library is built once more for it.
const QUICKLY = [
  'profile.release.lto="off"',
  'profile.release.incremental=true',
  'profile.release.codegen-units=64',
  'profile.release.package.freerun.opt-level=1',
].flatMap((setting) => ['--config', setting])

/** A problem of the machine or the user, told in one line. */
export class Trouble extends Error {}

/** Where builds go; each flavour has a folder of its own, as its standard library differs. */
export const BUILDS = join(resolve(ROOT, process.env.CARGO_TARGET_DIR ?? 'target'), 'wasm')

/** Runs a command in the root of the repository, shows what it says and fails as it fails. */
export function run(command, words, env = {}) {
  const done = spawnSync(command, words, { cwd: ROOT, stdio: ['ignore', 2, 2], env: withChanges(env) })
  if (done.error?.code === 'ENOENT') throw new Trouble(`${command} is not installed${command === 'cargo' ? ': see https://rustup.rs' : ''}`)
  if (done.error) throw new Trouble(`cannot run ${command}: ${done.error.message}`)
  if (done.status !== 0) throw new Trouble(`failed: ${command} ${words.join(' ')}`)
}

function withChanges(changes) {
  const env = { ...process.env, ...changes }
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined))
}

function sysroot(rustc) {
  const done = spawnSync(rustc, ['--print', 'sysroot'], { cwd: ROOT, encoding: 'utf8' })
  return done.status === 0 ? done.stdout.trim() : undefined
}

function parts(rustc) {
  const lib = join(sysroot(rustc) ?? '/nowhere', 'lib', 'rustlib')
  return { std: existsSync(join(lib, TARGET, 'lib')), source: existsSync(join(lib, 'src', 'rust', 'library')) }
}

function newestLinker() {
  const folders = (process.env.PATH ?? '').split(delimiter).concat('/usr/bin')
  const names = folders.flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []))
  const versions = names.map((name) => /^wasm-ld-(\d+)$/.exec(name)?.[1]).filter((found) => found !== undefined)
  const newest = versions.map(Number).sort((a, b) => b - a)[0]
  return newest === undefined ? undefined : `wasm-ld-${newest}`
}

/** Debian's compiler has no standard library for the target, but the source of it. */
function debian() {
  const linker = newestLinker()
  if (!linker || !existsSync('/usr/bin/cargo') || !parts('/usr/bin/rustc').source) return undefined
  const env = {
    PATH: `/usr/bin${delimiter}${process.env.PATH}`,
    RUSTC: '/usr/bin/rustc',
    RUSTDOC: '/usr/bin/rustdoc',
    RUSTUP_TOOLCHAIN: undefined,
  }
  return { cargo: '/usr/bin/cargo', env, flags: [`-C linker=${linker}`], std: false }
}

/**
 * The compiler on the path where it has what is needed, else Debian's, which is only looked for then.
 * `path` says what the one on the path has.
 */
export function choose(threads, path = parts('rustc'), other = debian) {
  if (path.std && (path.source || !threads)) return { cargo: 'cargo', env: {}, flags: [], std: true }
  const found = other()
  if (found) return found
  throw new Trouble(`no compiler for WebAssembly; run  ${OF_RUSTUP}  or, on Debian,  ${OF_DEBIAN}`)
}

/**
 * Compiles one part of the package `freerun` and gives the path of the module.
 * `words` name the part (`--lib --features web`) and `name` its file; `flavour` has a folder of its own;
 * with `dev` it is compiled quickly, to run slowly.
 */
export function compile({ flavour, words, name, threads = false, dev = false }) {
  const { cargo, env, flags, std } = choose(threads)
  const dir = join(BUILDS, flavour)
  const how = ['--release', '--target', TARGET, '--target-dir', dir, ...(dev ? QUICKLY : [])]
  if (threads || !std) how.push('-Z', 'build-std=panic_abort,std')
  run(cargo, ['build', '--package', 'freerun', ...words, ...how], {
    ...env,
    RUSTC_BOOTSTRAP: '1',
    // Either of these would displace the flags below without a word.
    RUSTFLAGS: undefined,
    CARGO_ENCODED_RUSTFLAGS: undefined,
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS: [...flags, ...(threads ? THREADS : [])].join(' '),
  })
  return join(dir, TARGET, 'release', name)
}
