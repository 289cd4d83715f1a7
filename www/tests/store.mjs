// The browser's store under test, in Chromium and Firefox, with both flavours of the module.
//
//     node www/tests/store.mjs [PART OF A NAME]...

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { chromium, reported, run, serve, within } from './harness.mjs'

const WWW = join(import.meta.dirname, '..')
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
  const query = { flavour, module: 'store', check: 'deleted' }
  tests[`deleted under its writer, ${flavour}, Chromium`] = () =>
    inChromium((browser, server) => saysDeleted(browser, server, query))
  tests[`deleted under its writer, ${flavour}, Firefox`] = () =>
    served((server) => saysDeleted('firefox', server, query))
}

for (const browser of ['Chromium', 'Firefox']) {
  const inBrowser = (test) =>
    browser === 'Chromium' ? inChromium(test) : served((server) => test('firefox', server))
  tests[`made by a newer program, ${browser}`] = () => inBrowser(saysNewer)
  tests[`kept closed by another tab, ${browser}`] = () => inBrowser(saysBlocked)
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
async function open(browser, server) {
  const page = await browser.page()
  const devtools = await browser.context.newCDPSession(page)
  await page.goto(new URL('tests/checks.html?flavour=threads', server.url).href)
  return {
    page,
    devtools,
    check: async (check, args) => {
      const call = page.evaluate(([check, args]) => window.check('store', check, args), [check, args])
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

async function served(test) {
  const server = await serve(WWW)
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
