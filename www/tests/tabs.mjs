// Several tabs, and tabs and browsers that are killed: what one writes no other touches, and what was
// durable stays. Tabs and quotas are driven in Chromium.
//
//     node www/tests/tabs.mjs [PART OF A NAME]...

import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium, firefox, folder, run, withBrowser, withServer, within } from './harness.mjs'

const WWW = join(import.meta.dirname, '..')
const MOUNTS = { '/': WWW, '/studies/': join(WWW, '..', 'studies') }

const tests = {}

/** A browser that is killed has everything that it said was durable. */
async function outlives(start) {
  await withServer(MOUNTS, async (server) => {
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

tests['storage full, and free again, Chromium'] = () =>
  withChromium(async (browser, server) => {
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
  withChromium(async (browser, server) => {
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
  withChromium(async (browser, server) => {
    const [first, second] = [await open(browser, server, 'library'), await open(browser, server, 'library')]
    assert.equal((await first.check('begin', { trials: 100_000 })).kind, 'begun')
    const refused = await second.check('begin', { trials: 100_000 })
    assert.equal(refused.failure.code, 'held')
    assert.match(refused.failure.message, /is being run by a tab/)
    const live = await second.check('watch', { study: 'seir', trials: 100 })
    assert.equal(live.first, 'begun')
    const { value, told, best } = await first.check('stop')
    assert.deepEqual(value, { kind: 'done', reason: 'stopped' })
    const { rows } = await second.check('watch', { study: 'seir', trials: told })
    assert.equal(rows.filter((row) => row.state !== 'pending').length, told)
    assert.equal(Math.min(...rows.map((row) => row.loss ?? Infinity)), best)
  })

tests['a second tab is refused, and a closed one frees the study, Chromium'] = () =>
  withChromium(async (browser, server) => {
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
  withChromium(async (browser, server) => {
    const [first, second] = [await open(browser, server), await open(browser, server)]
    assert.deepEqual(await first.check('claim'), { value: 0 })
    await first.check('appendForever')
    await first.kill()
    const { value } = await second.check('claim')
    assert.ok(value >= 1, `${value} records`)
    assert.deepEqual(await second.check('append'), { value: value + 1 })
  })

tests['data cleared under a writer, Chromium'] = () =>
  withChromium(async (browser, server) => {
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

function withChromium(test) {
  return withServer(MOUNTS, (server) => withBrowser('Chromium', (browser) => test(browser, server)))
}

await run(tests)
