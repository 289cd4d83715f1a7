// The one build command of the page: compiles the core to WebAssembly in both flavours, puts glue
// around the modules, checks them, bundles the page and makes the edge package. See USAGE for what can
// be left out.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildPackage } from './edge/build.mjs'
import { BUILDS, choose, compile, run, Trouble } from './wasm/compiler.mjs'

const USAGE = `usage: npm run build -- [--checks] [--dev] [--optimise] [--modules-only]
  --checks        also the modules with the functions that only tests call
  --dev           compiled quickly, to run slowly
  --optimise      smaller modules, by wasm-opt
  --modules-only  without the page and the edge package`

const HERE = fileURLToPath(new URL('.', import.meta.url))
const GENERATED = join(HERE, 'generated')
const FLAVOURS = [
  { flavour: 'threads', features: 'threads' },
  { flavour: 'single', features: 'web' },
]

function options(words) {
  const known = ['--checks', '--dev', '--optimise', '--modules-only']
  const unknown = words.find((word) => !known.includes(word))
  if (unknown) throw new Trouble(`unknown option ${unknown}\n${USAGE}`)
  return Object.fromEntries(known.map((name) => [name.slice(2), words.includes(name)]))
}

function say(text) {
  console.error(`-- ${text}`)
}

/** What npm installed, by name; it says how to install what is not there. */
function installed(name, install = 'npm install') {
  const path = join(HERE, 'node_modules', '.bin', name)
  if (!existsSync(path)) throw new Trouble(`${name} is not installed; run  ${install}  in www/`)
  return path
}

function buildTool() {
  say('the tool for glue and checks')
  const dir = join(BUILDS, 'tool')
  run('cargo', ['build', '--locked', '--manifest-path', 'www/wasm/Cargo.toml', '--target-dir', dir])
  return join(dir, 'debug', process.platform === 'win32' ? 'freerun-wasm.exe' : 'freerun-wasm')
}

function buildModule(tool, { flavour, features }, folder, { dev, optimise }) {
  say(`${folder}: the core with ${features}`)
  const words = ['--lib', '--features', features]
  const module = compile({ flavour, words, name: 'freerun.wasm', threads: flavour === 'threads', dev })
  const out = join(GENERATED, folder)
  run(tool, ['glue', flavour, module, out])
  if (!optimise) return
  say(`${folder}: wasm-opt`)
  const glued = join(out, 'freerun_bg.wasm')
  // It takes the features from the module itself; named on the command line they end up in the
  // module, and some hosts refuse it.
  run(installed('wasm-opt', 'npm install --no-save binaryen@132'), ['-O3', glued, '-o', glued])
  run(tool, ['check', flavour, glued])
}

function buildModules(options) {
  const tool = buildTool()
  for (const { flavour, features } of FLAVOURS) {
    buildModule(tool, { flavour, features }, flavour, options)
    if (options.checks) {
      buildModule(tool, { flavour, features: `${features},checks` }, `${flavour}-checks`, options)
    }
  }
}

/** Runs in this folder what npm installed. */
function runHere(name, ...words) {
  const done = spawnSync(installed(name), words, { cwd: HERE, stdio: ['ignore', 2, 2] })
  if (done.status !== 0) throw new Trouble(`failed: ${[name, ...words].join(' ')}`)
}

function buildPage({ checks }) {
  say('the package for the edge')
  buildPackage()
  say('the page')
  // The tests' types need the modules with checks.
  runHere('tsc', '--noEmit', '-p', checks ? 'tests' : '.')
  runHere('vite', 'build')
}

try {
  const chosen = options(process.argv.slice(2))
  if (!chosen['modules-only']) ['tsc', 'vite'].forEach((name) => installed(name))
  // What is missing is said before anything takes its time.
  choose(true)
  buildModules(chosen)
  if (!chosen['modules-only']) buildPage(chosen)
} catch (error) {
  if (!(error instanceof Trouble)) throw error
  console.error(error.message)
  process.exit(1)
}
