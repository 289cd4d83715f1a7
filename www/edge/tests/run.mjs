// The edge package as its users have it: packed, installed, and run in Node, Deno and workerd, against
// what the native program makes of the same studies.
//
//     node www/edge/tests/run.mjs [PART OF A NAME]...

import assert from 'node:assert/strict'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { folder, run } from '../../tests/harness.mjs'
import { essence, native, seed, study } from '../../tests/native.mjs'
import { deno, install, node, pack, typeChecks, workerd } from './hosts.mjs'
import { simulated } from './simulated.mjs'

const STUDIES = {
  seir: await study('seir', [['trials = 200', 'trials = 16']]),
  'typhoid-sindh': await study('typhoid-sindh', [
    ['trials = 100', 'trials = 8'],
    ['agents = 10_000', 'agents = 1_000'],
  ]),
}
const GENERATED = join(import.meta.dirname, '..', '..', 'generated')
const MODES = ['batched:4', 'windowed:5']
const LIB = 'es2022,esnext.disposable'
const OF_NODE = ['--types', 'node', '--typeRoots', join(import.meta.dirname, '..', '..', 'node_modules', '@types')]
const HOSTS = { Node: node, Deno: deno, workerd }

/** One parameter and no data; quick. */
const SMALL = `name = "small"
seed = 3
mode = { name = "batched", batch_size = 2 }
replicates = 2
[budget]
trials = 6
[model]
name = "synthetic"
[parameters]
x0 = { low = 0.0, high = 1.0 }
[[targets]]
name = "value"
output = "loss"
simulated = "loss"
distance = "value"
`

const place = await folder('edge')
const archive = pack(place)

/** What the native program makes of a study; each is run once. */
const known = new Map()
function natively(name, mode) {
  const key = `${name} ${mode}`
  if (!known.has(key)) known.set(key, once(name, mode))
  return known.get(key)
}

async function once(name, mode) {
  const store = await native()
  try {
    await store.run(STUDIES[name], '--mode', mode)
    return { trials: await store.trials(name), file: await store.export(name) }
  } finally {
    await store.remove()
  }
}

const sameTrials = (found, { trials }) => assert.deepEqual(found.map(essence), trials)

async function beside(test) {
  const store = await native()
  try {
    return await test(store)
  } finally {
    await store.remove()
  }
}

const tests = {}

const started = new Map()
function start(host) {
  if (!started.has(host)) started.set(host, HOSTS[host](install(join(place, host), archive)))
  return started.get(host)
}

/** A test on each host; it gets a name for its store. */
function everywhere(name, test) {
  for (const host of Object.keys(HOSTS)) {
    tests[`${name}, ${host}`] = () => test(start(host), name.replaceAll(/\W+/g, '-'))
  }
}

for (const name of Object.keys(STUDIES)) {
  for (const mode of MODES) {
    everywhere(`${name} whole, ${mode}`, async (host) => {
      const expected = await natively(name, mode)
      const { reason, trials, best, views, file } = await host.scenario('whole', { source: STUDIES[name], changes: { mode } })
      assert.equal(reason, 'trials_done')
      sameTrials(trials, expected)
      assert.equal(best.loss, Math.min(...trials.map(({ loss }) => loss ?? Infinity)))
      assert.equal(views.at(-1), trials.length)
      assert.equal(seed(file), seed(expected.file))
      await beside(async (store) => {
        await store.import(file)
        assert.match(await store.audit(name), /^clean/)
      })
    })
  }
}

everywhere('a stopped study goes on from its store', async (host, store) => {
  const given = { source: STUDIES['typhoid-sindh'], changes: { mode: 'windowed:5' } }
  const first = await host.scenario('kept', { ...given, after: 2 }, store)
  assert.equal(first.reason, 'stopped')
  const begun = first.trials.filter(({ state }) => state !== 'pending').length
  assert.ok(begun >= 2 && begun < 8, `${begun} trials when it was stopped`)
  await host.close()
  const second = await host.scenario('kept', given, store)
  assert.equal(second.reason, 'trials_done')
  sameTrials(second.trials, await natively('typhoid-sindh', 'windowed:5'))
  const [{ name, heldBy }] = second.studies
  assert.deepEqual([name, heldBy], ['typhoid-sindh', null])
  const third = await host.scenario('kept', given, store)
  assert.deepEqual([third.reason, third.studies], ['trials_done', second.studies], 'what is over runs no more')
})

everywhere('a killed program loses no trial', async (host, store) => {
  const given = { source: STUDIES['typhoid-sindh'], changes: { mode: 'windowed:5' } }
  await host.killed('killed', { ...given, after: 3 }, store)
  assert.deepEqual(await host.scenario('freed', { study: 'typhoid-sindh', epoch: 1 }, store), ['a program'])
  const { reason, trials } = await host.scenario('kept', given, store)
  assert.equal(reason, 'trials_done')
  sameTrials(trials, await natively('typhoid-sindh', 'windowed:5'))
  const again = trials.slice(0, 3).map(({ attempts, replicates_done }) => attempts - replicates_done)
  assert.deepEqual(again, [0, 0, 0], 'what was finished did not run again')
})

everywhere('stopped before it begins', async (host) => {
  assert.deepEqual(await host.scenario('stopped', { source: SMALL }), { reason: 'stopped', trials: [] })
})

everywhere("time is the caller's", async (host) => {
  const { trials, progress, file } = await host.scenario('timed', { source: SMALL })
  const times = trials.flatMap(({ run_times_us }) => run_times_us)
  assert.deepEqual([times.length, new Set(times)], [12, new Set([1_000_000])], 'a look before and one after')
  assert.ok(progress.run_time_us > 24_000_000)
  const started = Number(/"started_utc_us":(\d+)/.exec(file)[1]) / 1000
  assert.ok(started >= Date.UTC(2001, 1, 3) && started < Date.UTC(2001, 1, 4))
})

everywhere('asked and told', async (host, own) => {
  const [source, mode] = [STUDIES.seir, 'batched:4']
  const expected = await natively('seir', mode)
  const rows = expected.trials.map((row) => JSON.parse(row))
  const { trials: asked } = await host.scenario('asked', { source, changes: { mode }, count: 4 })
  const { parameters, seeds } = asked[0]
  const outputs = await beside((store) => simulated(store, source.text, parameters, seeds))
  const given = { source, changes: { mode }, outputs, targets: ['reported cases', 'serosurvey'] }
  const told = await host.scenario('talked', given, own)
  assert.deepEqual(told.trials, asked)
  assert.deepEqual(told.waiting, asked)
  asked.forEach(({ parameters }, at) => assert.deepEqual(parameters, rows[at].parameters))
  assert.deepEqual([told.rows[0].loss, told.rows[0].se, told.rows[0].targets], [rows[0].loss, rows[0].se, rows[0].targets])
  assert.deepEqual([told.rows[1].loss, told.rows[1].se], [3.5, 0.25])
  assert.deepEqual([told.rows[2].state, told.rows[2].reason], ['failed', 'the node went down'])
  assert.deepEqual(told.rows[3].targets.map(({ loss }) => loss), [4, 4])
  assert.equal(told.best.loss, 3.5)
  assert.deepEqual([told.next.trials[0].trial, told.next.trials[0].parameters], [4, asked[0].parameters])
  assert.equal(told.rows[4].source.kind, 'enqueued')
  assert.equal(told.progress.trials_told, 4)
  assert.match(told.short, /tell it first/)
  const messages = told.refused.map(({ code, message }) => `${code}: ${message}`)
  assert.match(messages[0], /^bad_input: trial 1 has been told already/)
  assert.match(messages[1], /^bad_input: there is no trial 999/)
  assert.match(messages[2], /^bad_input: `loss` is "NaN", allowed: a finite number/)
  assert.match(messages[3], /^bad_input: the study has no parameter `nobody`/)
  assert.equal(told.held.code, 'held')
  assert.equal(told.closed.code, 'bad_input')
  await beside(async (store) => {
    await store.import(told.file)
    assert.match(await store.audit('seir'), /^clean/)
    await store.freerun('tell', 'seir', '--trial', '4', '--loss', '1')
    assert.equal((await store.trials('seir')).length, told.rows.length)
  })
})

everywhere('an ask is the native one', async (host) => {
  for (const name of Object.keys(STUDIES)) {
    const given = { source: STUDIES[name], changes: { mode: 'batched:4' }, count: 5 }
    const { file, trials, short } = await host.scenario('asked', given)
    assert.match(short, /tell it first/)
    await beside(async (store) => {
      await store.import(file)
      const lines = (await store.freerun('ask', name, '--count', '4')).trim().split('\n')
      assert.deepEqual(trials, lines.map((line) => JSON.parse(line)))
    })
  }
})

everywhere('a wrong study file has all its mistakes', async (host) => {
  const text = SMALL.replace('trials = 6', 'trials = 0').replace('high = 1.0', 'hihg = 1.0').replace('"synthetic"', '"sinthetic"')
  const [checked, ran] = await host.scenario('wrong', { text })
  const expected = await beside((store) => store.refused({ file: 'mine.toml', text }))
  assert.deepEqual([checked.name, checked.code, ran.code], ['FreerunError', 'bad_input', 'bad_input'])
  assert.ok(ran.problems.length >= 3, ran.message)
  assert.deepEqual(checked.problems.map(({ field }) => field), ran.problems.map(({ field }) => field))
  const lines = (words) => words.split('\n').slice(1).map((line) => line.replace(/^.*mine\.toml/, ''))
  assert.deepEqual(lines(ran.message), lines(expected).filter((line) => line !== ''))
})

everywhere('a trap ends its run and nothing else', async (host) => {
  const faulty = SMALL.replace('"small"', '"faulty"').replace('[parameters]', '[model.settings]\nfault = "panic"\nfault_share = 1\n[parameters]')
  const { refused, other, studies, after, trials } = await host.scenario('trapped', { faulty, sound: SMALL })
  assert.equal(refused.code, 'trapped')
  assert.match(refused.message, /as fault asks for \(at src\/model\/synthetic\/fault\.rs.*fresh instance/)
  assert.ok(other.code === 'trapped' || other.reason === 'trials_done', JSON.stringify(other))
  assert.deepEqual(studies.map(({ heldBy }) => heldBy), [null, null], 'nobody waits for a lease of the dead')
  assert.deepEqual([after, trials], ['trials_done', 6])
})

everywhere('a store that fails is told in words', async (host) => {
  const { odd, thrown, damaged, taken, busy, trials, notes } = await host.scenario('storeFails', { source: SMALL })
  const messages = [odd, thrown, damaged].map(({ code, message }) => `${code}: ${message}`)
  assert.equal(messages[0], "store: the store's `claim` gave \"seven\", wanted is the epoch, a whole number from 1 on")
  assert.equal(messages[1], 'store: the store failed to append: no disk')
  assert.match(messages[2], /^store: record 1 of the journal cannot be read: /)
  assert.equal(taken, 'fenced')
  assert.deepEqual([busy, trials], ['trials_done', 6])
  assert.match(notes[0], /^one moment/)
})

everywhere('an onlooker that throws is heard', async (host) => {
  const { name, message } = await host.scenario('onlooker', { source: SMALL })
  assert.deepEqual([name, message], ['Error', 'I have seen enough'])
})

/** The store's promises, tried by the core's own suite in a module for tests. */
async function suite() {
  const glue = await import(`../../generated/single-checks/freerun.js`)
  glue.initSync({ module: new WebAssembly.Module(await readFile(join(GENERATED, 'single-checks', 'freerun_bg.wasm'))) })
  return glue
}

tests['a store in a map keeps its promises'] = async () => {
  const { MapStore } = await import('../pkg/edge/store.js')
  const glue = await suite()
  const tried = (Kept) => {
    const map = new Map()
    let now = 0
    return glue.checkCallerStore(
      () => new Kept(map, () => now),
      (ms) => void (now += ms + 1),
    )
  }
  await tried(MapStore)
  class Unfenced extends MapStore {
    append(study, epoch, after, lines) {
      super.append(study, this.map.get(study)?.epoch ?? epoch, after, lines)
    }
  }
  await assert.rejects(tried(Unfenced), /a writer of an old epoch writes nothing/)
  glue.__wbg_reset_state()
  class Forgetful extends MapStore {
    append(study, epoch, after, lines) {
      super.append(study, epoch, after, lines.slice(1))
    }
  }
  await assert.rejects(tried(Forgetful), /Panic|assert/)
  glue.__wbg_reset_state()
  await tried(MapStore)
}

tests['types, where a browser has its own'] = () => typeChecks(install(join(place, 'typed'), archive), ['--lib', `${LIB},dom`])
tests['types, where Node has its own'] = () => typeChecks(install(join(place, 'typed'), archive), ['--lib', LIB, ...OF_NODE])

try {
  await run(tests)
} finally {
  for (const host of started.values()) await host.close()
  await rm(place, { recursive: true, force: true })
}
