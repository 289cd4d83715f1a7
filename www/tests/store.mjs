// The browser's store under test, in Chromium and Firefox, with both flavours of the module.
//
//     node www/tests/store.mjs [PART OF A NAME]...

import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium, firefox, folder, reported, run, serve, within } from './harness.mjs'

const WWW = join(import.meta.dirname, '..')
const MOUNTS = { '/': WWW, '/studies/': join(WWW, '..', 'studies') }
const FLAVOURS = ['threads', 'single']

const tests = {}

for (const flavour of FLAVOURS) {
  for (const locks of [true, false]) {
    const args = JSON.stringify({ locks })
    const query = { flavour, module: 'store', check: 'conformance', args }
    const name = `conformance, ${flavour}, ${locks ? 'locks' : 'leases'}`
    tests[`${name}, Chromium`] = () => inChromium((browser, server) => reportsKept(browser, server, query))
    tests[`${name}, Firefox`] = () => served((server) => reportsKept('firefox', server, query))
  }
  for (const browser of ['Chromium', 'Firefox']) {
    tests[`two workers and one study, ${flavour}, ${browser}`] = () =>
      inBrowser(browser, (opened, server) => oneWriter(opened, server, flavour))
  }
  const query = { flavour, module: 'store', check: 'deleted' }
  tests[`deleted under its writer, ${flavour}, Chromium`] = () =>
    inChromium((browser, server) => saysDeleted(browser, server, query))
  tests[`deleted under its writer, ${flavour}, Firefox`] = () =>
    served((server) => saysDeleted('firefox', server, query))
}

for (const browser of ['Chromium', 'Firefox']) {
  tests[`a study from its first trial to its deletion, ${browser}`] = () => inBrowser(browser, livesAndDies)
  tests[`made by a newer program, ${browser}`] = () => inBrowser(browser, saysNewer)
  tests[`kept closed by another tab, ${browser}`] = () => inBrowser(browser, saysBlocked)
}

async function reportsKept(browser, server, query) {
  const { value } = await reported(browser, server, 'tests/checks.html', query)
  assert.equal(value, 'kept')
}

async function saysDeleted(browser, server, query) {
  const { value } = await reported(browser, server, 'tests/checks.html', query)
  assert.deepEqual([value.claimed, value.appended], [{ value: 0 }, { value: 3 }])
  assert.equal(value.late.failure.code, 'store')
  assert.match(value.late.failure.message, /studies kept in this browser were deleted/)
}

async function oneWriter(browser, server, flavour) {
  const query = { flavour, module: 'store', check: 'rivals', args: JSON.stringify({ flavour }) }
  const { value } = await reported(browser, server, 'tests/checks.html', query)
  assert.deepEqual(value.claimed, { value: 0 })
  for (const { failure } of value.refused) {
    assert.equal(failure.code, 'held')
    assert.match(failure.message, /is being run by the other/)
  }
  assert.equal(value.heldBy, 'the other')
  assert.ok(value.taken.value >= 1, JSON.stringify(value.taken))
  assert.deepEqual(value.appended, { value: value.taken.value + 1 })
}

/** A browser that is killed has everything that it said was durable. */
async function outlives(start) {
  await served(async (server) => {
    const profile = await folder('killed')
    const query = new URLSearchParams({ flavour: 'threads', module: 'store', check: 'appendTelling' })
    query.set('args', JSON.stringify({ id: 'durable' }))
    const killed = await start(new URL(`tests/checks.html?${query}`, server.url).href, profile)
    let durable = 0
    try {
      while (durable < 100) durable = await within(server.report('durable'), 'the writer')
    } finally {
      await killed()
    }
    const again = new URLSearchParams({ flavour: 'threads', module: 'store', check: 'claim', id: 'again' })
    const ended = await start(new URL(`tests/checks.html?${again}`, server.url).href, profile)
    try {
      const { value } = await within(server.report('again'), 'the browser that was killed')
      assert.ok(value.value >= durable, `${durable} records were durable, ${JSON.stringify(value)} are there`)
    } finally {
      await ended()
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    }
  })
}

tests['a killed browser has what was durable, Chromium'] = () =>
  outlives(async (url, profile) => {
    const browser = await chromium({ profile })
    await (await browser.page()).goto(url)
    return async () => {
      await browser.kill()
      await browser.close()
    }
  })

tests['a killed browser has what was durable, Firefox'] = () =>
  outlives(async (url, profile) => {
    const browser = await firefox(url, { profile })
    return browser.close
  })

async function livesAndDies(browser, server) {
  const query = { flavour: 'single', module: 'library', check: 'life' }
  const { value } = await reported(browser, server, 'tests/checks.html', query)
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

async function saysNewer(browser, server) {
  const query = { flavour: 'single', module: 'store', check: 'newer' }
  const { value } = await reported(browser, server, 'tests/checks.html', query)
  assert.match(value.failure.message, /newer version of this page/)
}

async function saysBlocked(browser, server) {
  const query = { flavour: 'single', module: 'store', check: 'blocked' }
  const { value } = await reported(browser, server, 'tests/checks.html', query)
  assert.match(value.refused.failure.message, /does not answer|close it/)
  assert.deepEqual(value.free, { value: 0 })
}

tests['storage full, and free again, Chromium'] = () =>
  inChromium(async (browser, server) => {
    const tab = await open(browser, server)
    const quota = (quotaSize) =>
      tab.devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(server.url).origin, quotaSize })
    // Before the first write: the browser remembers for a while how much room there is.
    await quota(100_000)
    assert.deepEqual(await tab.check('claim'), { value: 0 })
    assert.deepEqual(await tab.check('append', { count: 10 }), { value: 10 })
    const full = await tab.check('append', { count: 10_000 })
    assert.match(full.failure.message, /storage is full/)
    await quota(undefined)
    assert.deepEqual(await tab.check('append', { count: 10_000 }), { value: 10_010 })
    assert.deepEqual(await tab.check('release'), { value: 10_010 })
    assert.deepEqual(await tab.check('claim'), { value: 10_010 })
  })

tests['a run waits for room and goes on by itself, Chromium'] = () =>
  inChromium(async (browser, server) => {
    const tab = await open(browser, server, 'library')
    const quota = (quotaSize) =>
      tab.devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(server.url).origin, quotaSize })
    await quota(20_000)
    assert.equal((await tab.check('begin', { trials: 100 })).kind, 'begun')
    assert.match(await tab.check('note', { part: 'full' }), /storage is full: .*; [1-9]\d* records wait in memory/)
    await quota(undefined)
    await tab.check('note', { part: 'takes records again' })
    const { value, told } = await tab.check('end')
    assert.deepEqual([value, told], [{ kind: 'done', reason: 'trials_done' }, 100])
    assert.match((await tab.check('audit', { study: 'seir' })).value, /^clean: 100 trials/)
  })

tests['a second tab watches what the first runs, Chromium'] = () =>
  inChromium(async (browser, server) => {
    const [first, second] = [await open(browser, server, 'library'), await open(browser, server, 'library')]
    assert.equal((await first.check('begin', { trials: 3000 })).kind, 'begun')
    const refused = await second.check('begin', { trials: 3000 })
    assert.equal(refused.failure.code, 'held')
    assert.match(refused.failure.message, /is being run by a tab/)
    const watched = await second.check('watch', { study: 'seir', trials: 3000 })
    assert.equal(watched.first, 'begun')
    assert.equal(watched.rows.filter((row) => row.state !== 'pending').length, 3000)
    const { told, best } = await first.check('end')
    assert.equal(told, 3000)
    assert.equal(Math.min(...watched.rows.map((row) => row.loss ?? Infinity)), best)
  })

tests['a second tab is refused, and a closed one frees the study, Chromium'] = () =>
  inChromium(async (browser, server) => {
    const [first, second] = [await open(browser, server), await open(browser, server)]
    assert.deepEqual(await first.check('claim', { about: 'the first tab' }), { value: 0 })
    assert.deepEqual(await first.check('append', { count: 5 }), { value: 5 })
    for (const step of ['claim', 'remove']) {
      const { failure } = await second.check(step)
      assert.equal(failure.code, 'held')
      assert.match(failure.message, /is being run by the first tab/)
    }
    await first.page.close()
    assert.deepEqual(await second.check('claim', { about: 'the second tab' }), { value: 5 })
  })

tests['a killed tab frees the study, Chromium'] = () =>
  inChromium(async (browser, server) => {
    const [first, second] = [await open(browser, server), await open(browser, server)]
    assert.deepEqual(await first.check('claim'), { value: 0 })
    await first.check('appendForever')
    await first.kill()
    const { value } = await second.check('claim')
    assert.ok(value >= 1, `${value} records`)
    assert.deepEqual(await second.check('append'), { value: value + 1 })
  })

tests['data cleared under a writer, Chromium'] = () =>
  inChromium(async (browser, server) => {
    const tab = await open(browser, server)
    assert.deepEqual(await tab.check('claim'), { value: 0 })
    assert.deepEqual(await tab.check('append'), { value: 1 })
    const { origin } = new URL(server.url)
    await tab.devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' })
    const { failure } = await tab.check('append')
    assert.equal(failure.code, 'store')
    assert.match(failure.message, /data of this page were cleared|were deleted/)
  })

/** A tab whose worker runs the checks it is told. */
async function open(browser, server, module = 'store') {
  const page = await browser.page()
  const devtools = await browser.context.newCDPSession(page)
  await page.goto(new URL('tests/checks.html?flavour=threads', server.url).href)
  return {
    page,
    devtools,
    check: async (check, args) => {
      const call = page.evaluate(([module, check, args]) => window.check(module, check, args), [module, check, args])
      const { value, failure } = await within(call, check)
      assert.equal(failure, undefined)
      return value
    },
    /** Ends the process of its page at once. */
    kill: async () => {
      const gone = new Promise((resolve) => page.once('crash', resolve))
      devtools.send('Page.crash').catch(() => {})
      await within(gone, 'the page to be killed')
    },
  }
}

function inBrowser(browser, test) {
  return browser === 'Chromium' ? inChromium(test) : served((server) => test('firefox', server))
}

async function served(test) {
  const server = await serve(MOUNTS)
  try {
    await test(server)
  } finally {
    await server.close()
  }
}

function inChromium(test) {
  return served(async (server) => {
    const browser = await chromium()
    try {
      await test(browser, server)
    } finally {
      await browser.close()
    }
  })
}

await run(tests)
