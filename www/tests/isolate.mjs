// How the page comes to share memory, on hosts of all kinds: with headers, without them in a folder of
// the host, where service workers are not to be had, and over insecure connections.
//
//     node www/tests/isolate.mjs [PART OF A NAME]...

import assert from 'node:assert/strict'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'
import { chromium, folder, reported, run, serve } from './harness.mjs'

const HERE = import.meta.dirname
const tests = {}

const site = await folder('isolate')
await build({
  root: HERE,
  configFile: join(HERE, '..', 'vite.config.js'),
  publicDir: join(HERE, '..', 'public'),
  logLevel: 'error',
  build: { outDir: site, emptyOutDir: true, rollupOptions: { input: join(HERE, 'isolate.html') } },
})

/** `test` gets a function that opens the page, on a host where it lies in the folder `there`. */
function on({ isolated, files = site }, test) {
  return async (browser) => {
    const server = await serve({ '/there/': files }, { isolated })
    try {
      await test((path = 'there/isolate.html') => reported(browser, server, path))
    } finally {
      await server.close()
    }
  }
}

function inBoth(name, test) {
  tests[`${name}, Chromium`] = () => inChromium({}, test)
  tests[`${name}, Firefox`] = () => test('firefox')
}

async function inChromium(options, test) {
  const browser = await chromium(options)
  try {
    await test(browser)
  } finally {
    await browser.close()
  }
}

const SHARES = { why: null, shares: true, workerShares: true }

inBoth('a host with headers needs nothing', on({ isolated: true }, async (open) => {
  assert.deepEqual(await open(), { loads: 1, ...SHARES, serviceWorkers: [] })
}))

inBoth('a plain host needs one reload', on({ isolated: false }, async (open) => {
  assert.deepEqual(await open(), { loads: 2, ...SHARES, serviceWorkers: ['/there/'] })
}))

tests['a plain host needs none later'] = () =>
  inChromium({}, on({ isolated: false }, async (open) => {
    await open()
    assert.deepEqual(await open(), { loads: 1, ...SHARES, serviceWorkers: ['/there/'] })
  }))

tests['without service workers it says so, and is not loaded again'] = () =>
  inChromium({ settings: { serviceWorkers: 'block' } }, on({ isolated: false }, async (open) => {
    const { loads, shares, why } = await open()
    assert.deepEqual({ loads, shares }, { loads: 1, shares: false })
    assert.match(why, /^its server does not send the headers for that, and/)
  }))

tests['a service worker that is missing is told, and nothing loads again'] = async () => {
  const files = await folder('isolate-without')
  await cp(site, files, { recursive: true })
  await rm(join(files, 'isolate.js'))
  try {
    await inChromium({}, on({ isolated: false, files }, async (open) => {
      const { loads, shares, why } = await open()
      assert.deepEqual({ loads, shares }, { loads: 1, shares: false })
      assert.match(why, /no service worker could be started: .*404/)
    }))
  } finally {
    await rm(files, { recursive: true })
  }
}

tests['a service worker that does not help reloads the page once'] = async () => {
  const files = await folder('isolate-helpless')
  await cp(site, files, { recursive: true })
  await cp(join(HERE, 'isolate', 'helpless.js'), join(files, 'isolate.js'))
  try {
    await inChromium({}, on({ isolated: false, files }, async (open) => {
      const { loads, shares, why } = await open()
      assert.deepEqual({ loads, shares }, { loads: 2, shares: false })
      assert.equal(why, 'its server does not send the headers for that, and a service worker did not help')
    }))
  } finally {
    await rm(files, { recursive: true })
  }
}

tests['an insecure connection is told, and nothing loads again'] = () =>
  inChromium({ args: ['--host-resolver-rules=MAP plain.test 127.0.0.1'] }, async (browser) => {
    const server = await serve({ '/there/': site })
    const elsewhere = { ...server, url: server.url.replace('127.0.0.1', 'plain.test') }
    try {
      const { loads, shares, why } = await reported(browser, elsewhere, 'there/isolate.html')
      assert.deepEqual({ loads, shares }, { loads: 1, shares: false })
      assert.match(why, /insecure connection/)
    } finally {
      await server.close()
    }
  })

try {
  await run(tests)
} finally {
  await rm(site, { recursive: true })
}
