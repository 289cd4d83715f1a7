// The hosts of the package under test, each with the packed package installed as a user installs it:
// what they are asked is a scenario by name, in a process of its own unless it says otherwise.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { join, relative } from 'node:path'
import { text as words } from 'node:stream/consumers'
import { buildPackage } from '../build.mjs'

const HERE = import.meta.dirname
const BIN = join(HERE, '..', '..', 'node_modules', '.bin')
/** How long a scenario may take before it counts as hanging. */
const PATIENCE_MS = 240_000

function done(command, words, options) {
  const ran = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 28, timeout: PATIENCE_MS, ...options })
  if (ran.error) throw new Error(`cannot run ${command}: ${ran.error.message}`)
  if (ran.status !== 0) throw new Error(`${command} ${words.join(' ')} ended with ${ran.status}: ${ran.stderr}${ran.stdout}`)
  return ran.stdout
}

/** Packs the package into `folder`; gives the path of the archive. */
export function pack(folder) {
  const [{ filename }] = JSON.parse(done('npm', ['pack', '--json', '--pack-destination', folder], { cwd: buildPackage() }))
  return join(folder, filename)
}

/** A user's project in `folder` with the package in it. */
export function install(folder, archive) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  done('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', archive], { cwd: folder })
  cpSync(join(HERE, 'fixtures'), folder, { recursive: true })
  return folder
}

/** Resolves when the child has said the word and is dead by it. */
async function killedAt(child, word) {
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      said += text
      if (said.includes(word)) child.kill('SIGKILL')
    })
  }
  const [code] = await once(child, 'exit')
  if (code !== null) throw new Error(`it ended with ${code} before it was killed: ${said}`)
}

/** Node or Deno: each scenario is a new process, and its store is a file in the folder. */
function programs(folder, command, first, env = {}) {
  const started = (name, store) => [...first, 'program.js', name, `${store}.json`]
  const options = { cwd: folder, env: { ...process.env, ...env } }
  return {
    async scenario(name, given, store = 'any') {
      return JSON.parse(done(command, started(name, store), { ...options, input: JSON.stringify(given) }))
    },
    /** The scenario asks to be killed, and is. */
    async killed(name, given, store) {
      const child = spawn(command, started(name, store), options)
      child.stdin.end(JSON.stringify(given))
      await killedAt(child, 'kill me')
    },
    async close() {},
  }
}

export function node(folder) {
  return programs(folder, process.execPath, ['--unhandled-rejections=strict'])
}

/** Without a right but to the folder of its store, and to hear which scenario it is. */
export function deno(folder) {
  const words = ['run', '--quiet', '--no-prompt', '--no-remote', '--allow-read=.', '--allow-write=.']
  return programs(folder, join(BIN, 'deno'), words, { NO_COLOR: '1', DENO_DIR: join(folder, '.deno') })
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** What a bundler resolves: the package by its name, as its condition for workerd says. */
function configuration(folder, port) {
  const home = join(folder, 'node_modules', 'freerun-edge')
  const { exports } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  const entry = join('node_modules', 'freerun-edge', exports['.'].workerd)
  writeFileSync(join(folder, 'freerun-edge.js'), `export * from './${entry}'\n`)
  // Each module that no other host's entry leads to.
  const code = filesIn(home).filter((path) => /\.(js|wasm)$/.test(path) && !/\b(deno|node|web)\.js$/.test(path))
  const modules = code.map((path) => {
    const name = relative(folder, path)
    return `(name = "${name}", ${name.endsWith('.wasm') ? 'wasm' : 'esModule'} = embed "${name}")`
  })
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ (name = "main", worker = .main), (name = "disk", disk = (path = "${join(folder, 'disk')}", writable = true)) ],
  sockets = [ (name = "http", address = "127.0.0.1:${port}", http = (), service = "main") ]
);
const main :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "scenarios.js", esModule = embed "scenarios.js"),
    (name = "freerun-edge", esModule = embed "freerun-edge.js"),
    ${modules.join(',\n    ')}
  ],
  compatibilityDate = "2026-11-01",
  durableObjectNamespaces = [ (className = "Studies", uniqueKey = "studies", enableSql = true) ],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [ (name = "STUDIES", durableObjectNamespace = "Studies") ]
);
`
}

/** One request on a connection of its own: the server may have closed one that was kept. */
function post(url, body) {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', agent: false, timeout: PATIENCE_MS }, async (response) => {
      try {
        resolve({ status: response.statusCode, text: await words(response) })
      } catch (error) {
        reject(error)
      }
    })
    asked.on('timeout', () => asked.destroy(new Error('it does not answer')))
    asked.on('error', reject)
    asked.end(body)
  })
}

/** Asks until the server answers. */
async function answer(url, body, alive) {
  for (;;) {
    try {
      return await post(url, body)
    } catch (error) {
      if (!alive() || error.code !== 'ECONNREFUSED') throw error
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}

/** workerd: scenarios are requests to one process, until `restart`. Stores are Durable Objects on disk. */
export function workerd(folder) {
  mkdirSync(join(folder, 'disk'), { recursive: true })
  let child
  let port
  let said = ''
  async function start() {
    port = await freePort()
    writeFileSync(join(folder, 'config.capnp'), configuration(folder, port))
    child = spawn(join(BIN, 'workerd'), ['serve', 'config.capnp'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
  }
  async function close() {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return {
    async killed(name, given, store) {
      await close()
      await start()
      const dead = killedAt(child, 'kill me')
      const asked = answer(`http://127.0.0.1:${port}/${name}?${store}`, JSON.stringify(given), () => true)
      // It is never answered.
      await Promise.all([dead, asked.catch(() => undefined)])
    },
    async scenario(name, given, store = 'any') {
      if (!child || child.exitCode !== null || child.signalCode !== null) await start()
      const alive = () => child.exitCode === null
      const { status, text } = await answer(`http://127.0.0.1:${port}/${name}?${store}`, JSON.stringify(given), alive)
      if (status !== 200) throw new Error(`workerd answered ${status}: ${text}\n${said}`)
      return JSON.parse(text)
    },
    close,
  }
}

/** Checks a user's program in TypeScript against the types of the package. */
export function typeChecks(folder, options) {
  const strict = ['--strict', '--noEmit', '--skipLibCheck', 'false', '--module', 'nodenext', '--target', 'es2022']
  return done(join(BIN, 'tsc'), [...strict, ...options, 'typed.ts'], { cwd: folder })
}
