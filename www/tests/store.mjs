// The browser's store under test, with both flavours of the module: whatever one page can try alone.
//
//     node www/tests/store.mjs [--webkit] [PART OF A NAME]...

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { reported, run, withBrowser, withServer } from './harness.mjs'

const WWW = join(import.meta.dirname, '..')
const MOUNTS = { '/': WWW, '/studies/': join(WWW, '..', 'studies') }
const BROWSERS = process.argv.includes('--webkit') ? ['WebKit'] : ['Chromium', 'Firefox']
process.argv = process.argv.filter((argument) => argument !== '--webkit')

const tests = {}
for (const browser of BROWSERS) {
  for (const flavour of ['threads', 'single']) {
    const inBrowser = (test) => () =>
      withServer(MOUNTS, (server) => withBrowser(browser, (opened) => test(opened, server, flavour)))
    for (const locks of [true, false]) {
      const name = `conformance, ${locks ? 'locks' : 'leases'}, ${flavour}, ${browser}`
      tests[name] = inBrowser((...where) => keepsItsPromises(locks, ...where))
    }
    tests[`two workers and one study, ${flavour}, ${browser}`] = inBrowser(oneWriter)
    tests[`deleted under its writer, ${flavour}, ${browser}`] = inBrowser(saysDeleted)
    tests[`a study from its first trial to its deletion, ${flavour}, ${browser}`] = inBrowser(livesAndDies)
    tests[`made by a newer program, ${flavour}, ${browser}`] = inBrowser(saysNewer)
    tests[`kept closed by others, ${flavour}, ${browser}`] = inBrowser(saysBlocked)
  }
}

/** What a check gives that runs by itself. */
async function check(browser, server, flavour, name, args = {}, module = 'store') {
  const query = { flavour, module, check: name, args: JSON.stringify(args) }
  return (await reported(browser, server, 'tests/checks.html', query)).value
}

async function keepsItsPromises(locks, ...where) {
  assert.equal(await check(...where, 'conformance', { locks }), 'kept')
}

async function saysDeleted(...where) {
  const value = await check(...where, 'deleted')
  assert.deepEqual([value.claimed, value.appended], [{ value: 0 }, { value: 3 }])
  assert.equal(value.late.failure.code, 'store')
  assert.match(value.late.failure.message, /studies kept in this browser were deleted/)
}

async function oneWriter(browser, server, flavour) {
  const value = await check(browser, server, flavour, 'rivals', { flavour })
  assert.deepEqual(value.claimed, { value: 0 })
  for (const { failure } of value.refused) {
    assert.equal(failure.code, 'held')
    assert.match(failure.message, /is being run by the other/)
  }
  assert.equal(value.heldBy, 'the other')
  assert.ok(value.taken.value >= 1, JSON.stringify(value.taken))
  assert.deepEqual(value.appended, { value: value.taken.value + 1 })
}

async function livesAndDies(...where) {
  const value = await check(...where, 'life', {}, 'library')
  const { ran, again, listed } = value
  assert.deepEqual(ran.value, { kind: 'done', reason: 'trials_done' })
  assert.deepEqual([ran.told, ran.notes], [12, []])
  assert.deepEqual([again.value, again.best, again.records], [ran.value, ran.best, ran.records])
  assert.deepEqual(
    [listed.name, listed.records, listed.heldBy, listed.told, listed.best, listed.finished],
    ['seir', ran.records, null, 12, ran.best, true],
  )
  assert.deepEqual([listed.outline.seed, listed.outline.trials], ['7', 12])
  assert.ok(listed.bytes > 1000 && listed.changedUtcMs > 0)
  assert.deepEqual(value.listedAgain, listed)
  assert.match(value.audited.value, /^clean: 12 trials/)
  const all = { name: 'seir', records: ran.records, already: ran.records, trials: 12 }
  assert.deepEqual(value.known.value, all)
  assert.deepEqual(value.copied.value, { ...all, name: 'copy', already: 0 })
  assert.ok(value.same, 'the copy has the same records')
  assert.deepEqual(value.damaged.failure.code, 'bad_input')
  assert.match(value.damaged.failure.message, /cut off/)
  assert.equal(value.other.failure.code, 'differs')
  assert.match(value.other.failure.message, /under another name/)
  assert.deepEqual(value.removed, { value: null })
  assert.equal(value.missing.failure.code, 'not_found')
  assert.deepEqual(value.left, ['copy', 'other'])
}

async function saysNewer(...where) {
  const value = await check(...where, 'newer')
  assert.match(value.failure.message, /newer version of this page/)
}

async function saysBlocked(...where) {
  const value = await check(...where, 'blocked')
  assert.match(value.refused.failure.message, /does not answer|close it/)
  assert.deepEqual(value.free, { value: 0 })
}

await run(tests)
