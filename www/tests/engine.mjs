// The engine in browsers, through the client as a page has it: threads and messages; faults of
// simulations, threads and coordinators; commands; lost wake-ups.
//
//     node www/tests/engine.mjs [--webkit] [PART OF A NAME]...

import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'
import { chromium, folder, reported, run, serve, webkit } from './harness.mjs'

const HERE = import.meta.dirname
const WEBKIT = process.argv.includes('--webkit')
process.argv = process.argv.filter((argument) => argument !== '--webkit')
/** Looks at coordinators often, so that one that hangs is noticed soon. */
const QUICK = { everyMs: 200, looksAtFirst: 100, looks: 15 }
const CRASHED = { panic: /^the model crashed: as fault asks for \(at src\/model\//, out_of_memory: /^the model crashed: it trapped, / }
const OVER_TIME = 'the replicate ran over its time'
const WAITS = (ms) => `duration = "constant"\nmean_ms = ${ms}`

let studies = 0

/** A study of `synthetic`, of a name of its own, whose points do not depend on losses. */
function synthetic({ trials, settings = '', attempts = '' }) {
  studies += 1
  const text = `name = "study ${studies}"
seed = 7
replicates = 1
sampler = "random"
mode = "parallel"
[attempts]
retries = 0
${attempts}
[budget]
trials = ${trials}
[model]
name = "synthetic"
[model.settings]
function = "sphere"
${settings}
[parameters]
x0 = { low = -5, high = 5 }
x1 = { low = -5, high = 5 }
[[targets]]
name = "loss"
output = "loss"
simulated = "loss"
distance = "value"
`
  return { source: { file: 'study.toml', text } }
}

/** All trials are told, and the journal says the same when it is derived again. */
function checkWhole(played, trials) {
  assert.deepEqual([played.failure, played.ended], [null, { kind: 'done', reason: 'trials_done' }], words(played))
  assert.equal(played.progress.trials_told, trials)
  assert.equal(played.begun, 1)
  assert.match(played.audit ?? '', new RegExp(`^clean: ${trials} trials; `))
}

/** Nobody but those that failed lost anything: with no retries, the loss of a neighbour would show. */
function checkFailures(played, kind, count) {
  assert.deepEqual(played.failures.failed_attempts, [{ kind, attempts: count }])
  assert.equal(played.progress.trials_failed, count)
  const lost = played.failures.lost_attempts.map(({ kind }) => kind)
  assert.deepEqual(lost.filter((kind) => kind !== 'cancelled'), [])
}

function words({ failure, notes, coordinators }) {
  return JSON.stringify({ failure, notes, coordinators })
}

const parts = []

/** `test` gets a function that plays a scenario in the browser; in WebKit if it does in Firefox. */
function add(name, browsers, test) {
  parts.push({ name, browsers, test })
}

for (const engine of ['threads', 'messages']) {
  add(`an empty simulation, ${engine}`, ['Chromium', 'Firefox'], async (play) => {
    const played = await play('study', { study: synthetic({ trials: 1000 }), engine, workers: 2 })
    checkWhole(played, 1000)
    assert.equal(played.coordinators, 1)
  })

  for (const fault of ['panic', 'out_of_memory']) {
    add(`${fault}, ${engine}`, ['Chromium', 'Firefox'], async (play) => {
      const settings = `fault = "${fault}"\nfault_share = 0.02`
      const played = await play('study', { study: synthetic({ trials: 200, settings }), engine, workers: 2 })
      checkWhole(played, 200)
      checkFailures(played, 'crashed', played.progress.trials_failed)
      assert.deepEqual(failed(played), STRUCK)
      played.failures.trials.forEach(({ reason }) => assert.match(reason, CRASHED[fault]))
      assert.equal(played.coordinators > 1, engine === 'threads', words(played))
    })
  }

  add(`hang, ${engine}`, ['Chromium', 'Firefox'], async (play) => {
    const study = synthetic({ trials: 60, settings: 'fault = "hang"\nfault_share = 0.02', attempts: 'timeout = "1s"' })
    const played = await play('study', { study, engine, workers: 2 })
    checkWhole(played, 60)
    checkFailures(played, 'timed_out', played.progress.trials_failed)
    assert.deepEqual(failed(played), STRUCK.filter((trial) => trial < 60))
    assert.deepEqual(played.failures.trials.map(({ reason }) => reason), [OVER_TIME])
    assert.equal(played.coordinators > 1, engine === 'threads', words(played))
  })

  add(`over its time, ${engine}`, ['Chromium'], async (play) => {
    // Three of four last too long; those stop when they are told to.
    const settings = 'duration = "uniform"\nmean_ms = 400'
    const study = synthetic({ trials: 24, settings, attempts: 'timeout = "200ms"' })
    const played = await play('study', { study, engine, workers: 2 })
    checkWhole(played, 24)
    checkFailures(played, 'timed_out', played.progress.trials_failed)
    assert.ok(played.progress.trials_failed >= 12, words(played))
    assert.equal(played.coordinators, 1)
  })

  for (const last of ['stop', 'abandon']) {
    add(`pause, resume, ${last}, ${engine}`, last === 'stop' ? ['Chromium', 'Firefox'] : ['Chromium'], async (play) => {
      const study = synthetic({ trials: 300, settings: WAITS(50) })
      const played = await play('commanded', { study, engine, workers: 2, last })
      assert.deepEqual(played.ended, { kind: 'done', reason: 'stopped' })
      const [told, later] = played.facts.toldWhilePaused
      assert.equal(told, later)
      assert.ok(played.progress.trials_told < 300)
      assert.match(played.audit, /^clean: /)
    })
  }

  add(`abandoned in the middle, ${engine}`, ['Chromium'], async (play) => {
    const study = synthetic({ trials: 10, settings: WAITS(100_000) })
    const played = await play('runningCommand', { study, engine, workers: 2, say: 'abandon' })
    assert.deepEqual(played.ended, { kind: 'done', reason: 'stopped' })
    assert.deepEqual(played.failures.lost_attempts, [{ kind: 'cancelled', attempts: 2 }])
  })

  add(`abandoned while it hangs, ${engine}`, ['Chromium', 'Firefox'], async (play) => {
    const study = synthetic({ trials: 10, settings: 'fault = "hang"' })
    const played = await play('runningCommand', { study, engine, workers: 2, say: 'abandon' })
    assert.deepEqual(played.ended, { kind: 'done', reason: 'stopped' })
    assert.match(played.audit, /^clean: /)
  })

  for (const what of ['panic', 'panic_later', 'hang']) {
    const browsers = what === 'panic_later' ? ['Chromium'] : ['Chromium', 'Firefox']
    add(`a coordinator's ${what}, ${engine}`, browsers, async (play) => {
      const study = synthetic({ trials: 60, settings: WAITS(30) })
      study.source.text = study.source.text.replace('retries = 0', 'retries = 3')
      const provoke = [{ told: 5, what }, { told: 20, what }]
      const played = await play('provoked', { study, engine, workers: 2, heartbeat: QUICK, provoke })
      checkWhole(played, 60)
      assert.equal(played.progress.trials_failed, 0)
      assert.equal(played.coordinators, 3, words(played))
      assert.equal(played.notes.length, 2)
    })
  }

  add(`a paused study stays so when its coordinator ends, ${engine}`, ['Chromium'], async (play) => {
    const provoke = [{ told: 5, what: 'panic' }]
    const study = synthetic({ trials: 60, settings: WAITS(30) })
    const played = await play('provoked', { study, engine, workers: 2, provoke, paused: true })
    checkWhole(played, 60)
    const [told, later] = played.facts.toldWhilePaused
    assert.ok(told < 60)
    assert.equal(told, later)
    assert.equal(played.coordinators, 2)
  })
}

add('fifty traps', ['Chromium', 'Firefox'], async (play) => {
  const settings = `${WAITS(2)}\nfault = "out_of_memory"\nfault_share = 0.5`
  const played = await play('study', { study: synthetic({ trials: 120, settings }), engine: 'threads', workers: 2 })
  checkWhole(played, 120)
  assert.ok(played.progress.trials_failed >= 50, `${played.progress.trials_failed} traps`)
  checkFailures(played, 'crashed', played.progress.trials_failed)
  assert.equal(played.coordinators, played.progress.trials_failed + 1)
})

add('the same trials from every engine', ['Chromium', 'Firefox'], async (play) => {
  const settings = `${WAITS(1)}\nnoise_sd = 0.1\nfail_share = 0.1`
  const trials = []
  for (const [engine, workers] of [['threads', 1], ['threads', 2], ['messages', 1], ['messages', 2]]) {
    const study = synthetic({ trials: 100, settings })
    study.source.mode = 'batched:8'
    study.source.text = study.source.text.replace('sampler = "random"', 'sampler = "tpe"')
    const played = await play('study', { study, engine, workers })
    checkWhole(played, 100)
    trials.push(played.rows.map(({ trial, parameters, state, loss, reason }) => ({ trial, parameters, state, loss, reason })))
  }
  trials.forEach((rows) => assert.deepEqual(rows, trials[0]))
})

add('a page that may not share memory', ['Chromium', 'Firefox'], async (play) => {
  const played = await play('study', { study: synthetic({ trials: 100 }), workers: 2 }, plain)
  checkWhole(played, 100)
  assert.equal(played.facts.engine, 'messages')
  const refused = await play('study', { study: synthetic({ trials: 100 }), engine: 'threads', workers: 2 }, plain)
  assert.equal(refused.failure?.message, 'this page may not share memory between threads')
})

add('a coordinator that never gets anywhere', ['Chromium'], async (play) => {
  const study = synthetic({ trials: 60, settings: WAITS(30) })
  const played = await play('doomed', { study, engine: 'messages', workers: 1 })
  assert.equal(played.failure.code, 'broken')
  assert.match(played.failure.message, /^the engine ended 4 times without .* as the test asks for/)
  assert.equal(played.coordinators, 4)
})

add('simulators that never start', ['Chromium', 'Firefox'], async (play) => {
  const study = synthetic({ trials: 60 })
  const played = await play('study', { study, engine: 'messages', workers: 2, name: 'broken simulators' })
  assert.match(played.failure.message, /^the workers that simulate do not start: .*this simulator is broken/)
  assert.equal(played.coordinators, 1)
  assert.match(played.audit, /^clean: /)
})

add('simulators that start slowly', ['Chromium'], async (play) => {
  const study = synthetic({ trials: 20, attempts: 'timeout = "1s"' })
  const played = await play('study', { study, engine: 'messages', workers: 2, name: 'slow simulators' })
  checkWhole(played, 20)
  assert.equal(played.progress.trials_failed, 0)
})

add('lost wake-ups', ['Chromium', 'Firefox'], async (play) => {
  const study = synthetic({ trials: 60, settings: WAITS(20) })
  const played = await play('deaf', { study, engine: 'threads', workers: 2 })
  checkWhole(played, 60)
  assert.ok(played.facts.lost > 0)
})

add('a word to a thread and back', ['Chromium', 'Firefox'], async (play) => {
  const took = await play('roundTrips', { count: 2000 })
  assert.equal(took.length, 2000)
  const at = (share) => `${Math.round(took[Math.floor(share * took.length)])} µs`
  console.log(`      round trip: median ${at(0.5)}, 99 of 100 below ${at(0.99)}`)
})

/** Trials of the study that a fault of two in a hundred strikes, below 200: its seed alone decides. */
const STRUCK = [34, 51, 73, 94, 97, 102, 145, 195]

function failed(played) {
  return played.rows.filter(({ state }) => state === 'failed').map(({ trial }) => trial)
}

async function built() {
  const outDir = await folder('engine')
  await build({
    root: HERE,
    // As the page is bundled, with its content policy.
    configFile: join(HERE, '..', 'vite.config.js'),
    logLevel: 'error',
    build: { outDir, emptyOutDir: true, rollupOptions: { input: join(HERE, 'engine.html') } },
  })
  return outDir
}

const site = await built()
const server = await serve(site)
/** The same site as a host serves it that sends no headers. */
const plain = await serve(site, { isolated: false })
/** Chromium is opened once; the others have a process of their own for every page. */
const opened = {}
const open = {
  Chromium: async () => (opened.chromium ??= await chromium()),
  Firefox: async () => 'firefox',
  WebKit: async () => webkit(),
}
const tests = {}
for (const { name, browsers, test } of parts) {
  for (const browser of WEBKIT ? browsers.filter((one) => one === 'Firefox').map(() => 'WebKit') : browsers) {
    const play = async (scenario, args, host = server) => {
      const where = await open[browser]()
      const { value } = await reported(where, host, 'engine.html', { scenario, args: JSON.stringify(args) })
      return value
    }
    tests[`${name}, ${browser}`] = () => test(play)
  }
}
try {
  await run(tests)
} finally {
  await opened.chromium?.close()
  await server.close()
  await plain.close()
  await rm(site, { recursive: true, force: true })
}
