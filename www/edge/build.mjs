// Makes the edge package in www/edge/pkg, from the single-threaded module with its glue in
// www/generated/single: ready for `npm pack` or `npm publish`. It compiles no Rust.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Trouble } from '../wasm/compiler.mjs'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const WWW = join(HERE, '..')
const PACKAGE = join(HERE, 'pkg')

/** The version of the core is the package's. */
function version() {
  const manifest = readFileSync(join(WWW, '..', 'Cargo.toml'), 'utf8')
  const found = /^\[workspace\.package\]\n(?:.+\n)*?version = "(.+)"$/m.exec(manifest)
  if (!found) throw new Error('Cargo.toml has no version')
  return found[1]
}

function compile() {
  const tsc = join(WWW, 'node_modules', '.bin', 'tsc')
  if (!existsSync(tsc)) throw new Trouble('tsc is not installed; run  npm install  in www/')
  const done = spawnSync(tsc, ['-p', HERE], { stdio: ['ignore', 2, 2] })
  if (done.status !== 0) throw new Trouble('failed: tsc')
}

/** Builds the package and gives its folder. */
export function buildPackage() {
  const module = join(WWW, 'generated', 'single')
  if (!existsSync(join(module, 'freerun_bg.wasm'))) {
    throw new Trouble('there is no module in www/generated/single: build it first')
  }
  rmSync(PACKAGE, { recursive: true, force: true })
  compile()
  cpSync(join(HERE, 'deno.js'), join(PACKAGE, 'edge', 'deno.js'))
  // Types alone are left of it.
  rmSync(join(PACKAGE, 'src', 'protocol.js'))
  cpSync(module, join(PACKAGE, 'generated', 'single'), { recursive: true })
  // It would make a package within the package.
  rmSync(join(PACKAGE, 'generated', 'single', 'package.json'))
  const about = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8'))
  writeFileSync(join(PACKAGE, 'package.json'), `${JSON.stringify({ ...about, version: version() }, null, 2)}\n`)
  for (const name of ['README.md', '../../LICENSE-APACHE', '../../LICENSE-MIT']) {
    cpSync(join(HERE, name), join(PACKAGE, name.split('/').at(-1)))
  }
  return PACKAGE
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(buildPackage())
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    console.error(error.message)
    process.exit(1)
  }
}
