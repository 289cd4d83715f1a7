// The same study gives the same trials natively and in browsers, bit for bit: batched and windowed
// studies whole, parallel ones by their audit on the other side; and a study that begins on one side,
// goes on on the other and comes back is the study that was never moved.
//
//     node www/tests/bits.mjs [--webkit] [PART OF A NAME]...

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { chromium, reported, run, serve, webkit } from './harness.mjs'
import { native, seed, study } from './native.mjs'

const WWW = join(import.meta.dirname, '..')
/** Smaller than the studies that people run, so that a test may run them often. */
const STUDIES = {
  seir: await study('seir', [['trials = 200', 'trials = 24']]),
  'typhoid-sindh': await study('typhoid-sindh', [
    ['trials = 100', 'trials = 12'],
    ['agents = 10_000', 'agents = 2_000'],
  ]),
}
const LONG_NAME = 'typhoid-sindh'
/** Long enough to be stopped in the middle. */
const LONG = await study('typhoid-sindh', [
  ['trials = 100', 'trials = 24'],
  ['agents = 10_000', 'agents = 40_000'],
])
const FLAVOURS = {
  threads: { query: { flavour: 'threads', threads: '2' }, engine: { engine: 'threads', workers: 2 } },
  single: { query: { flavour: 'single' }, engine: { engine: 'in_place', workers: 1 } },
}
const BROWSERS = process.argv.includes('--webkit') ? ['WebKit'] : ['Chromium', 'Firefox']
process.argv = process.argv.filter((argument) => argument !== '--webkit')

const tests = {}
for (const browser of BROWSERS) {
  for (const flavour of Object.keys(FLAVOURS)) {
    for (const name of Object.keys(STUDIES)) {
      for (const mode of ['batched:8', 'windowed:6']) {
        tests[`${name}, ${mode}, ${flavour}, ${browser}`] = () => sameTrials(browser, flavour, name, mode)
      }
      tests[`${name}, parallel audited, ${flavour}, ${browser}`] = () => auditsThere(browser, flavour, name)
    }
    tests[`there and back, ${flavour}, ${browser}`] = () => thereAndBack(browser, flavour)
  }
}

/** Has the page of checks do one thing in a browser that is begun for it. */
async function checked(browser, flavour, check, args) {
  const server = await serve(WWW)
  const open = { Chromium: chromium, WebKit: webkit, Firefox: () => 'firefox' }[browser]
  const started = await open()
  const { query, engine } = FLAVOURS[flavour]
  const request = { ...engine, about: `a test in ${browser}`, store: 'indexed_db', ...args.request }
  // Too long for an address: the page fetches it.
  const asked = server.give({ ...args, request })
  try {
    const { value } = await reported(started, server, 'tests/checks.html', { ...query, module: 'bits', check, asked })
    return value
  } finally {
    await started.close?.()
    await server.close()
  }
}

async function beside(test) {
  const store = await native()
  try {
    return await test(store)
  } finally {
    await store.remove()
  }
}

async function sameTrials(browser, flavour, name, mode) {
  const source = { ...STUDIES[name], mode }
  const { ended, audit, file } = await checked(browser, flavour, 'study', { request: { study: { source } } })
  assert.deepEqual(ended, { kind: 'done', reason: 'trials_done' })
  assert.match(audit, /^clean/)
  await beside(async (here) => {
    await here.run(STUDIES[name], '--mode', mode)
    await beside(async (carried) => {
      await carried.import(file)
      const [theirs, ours] = [await carried.trials(name), await here.trials(name)]
      assert.ok(ours.length >= 12, 'the native program ran the trials')
      assert.deepEqual(theirs, ours)
      assert.equal(seed(file), seed(await here.export(name)))
      assert.match(await carried.audit(name), /^clean/)
    })
  })
}

async function auditsThere(browser, flavour, name) {
  const source = { ...STUDIES[name], mode: 'parallel' }
  const { ended, file } = await checked(browser, flavour, 'study', { request: { study: { source } } })
  assert.deepEqual(ended, { kind: 'done', reason: 'trials_done' })
  await beside(async (here) => {
    await here.import(file)
    assert.match(await here.audit(name), /^clean: \d+ trials/)
  })
  await beside(async (here) => {
    await here.run(STUDIES[name], '--workers', '3')
    const imported = await here.export(name)
    const request = { study: { stored: name } }
    const { audit, ended } = await checked(browser, flavour, 'study', { request, imported })
    assert.deepEqual(ended, { kind: 'done', reason: 'trials_done' })
    assert.match(audit, /^clean/)
  })
}

/** Begun in the browser, gone on with natively, and finished in the browser. */
async function thereAndBack(browser, flavour) {
  const mode = 'windowed:6'
  const source = { ...LONG, mode }
  const begun = await checked(browser, flavour, 'stopped', { request: { study: { source } }, trials: 3 })
  assert.deepEqual(begun.ended, { kind: 'done', reason: 'stopped' })
  await beside(async (here) => {
    await here.import(begun.file)
    const before = (await here.trials(LONG_NAME)).length
    assert.ok(before >= 3 && before < 24, `${before} trials when it was stopped`)
    await here.run(LONG, '--mode', mode)
    const request = { study: { stored: LONG_NAME } }
    const back = await checked(browser, flavour, 'study', { request, imported: await here.export(LONG_NAME) })
    assert.match(back.audit, /^clean/)
    assert.equal(back.file, await here.export(LONG_NAME))
    await beside(async (never) => {
      await never.run(LONG, '--mode', mode)
      assert.deepEqual(await here.trials(LONG_NAME), await never.trials(LONG_NAME))
    })
  })
}

await run(tests)
