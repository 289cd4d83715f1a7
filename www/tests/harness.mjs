// Browsers for tests: Chromium driven by playwright, with its profile on disk, and Firefox started on
// a page that reports by itself. A browser that ends early or never reports fails the test with a
// sentence.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { chromium as playwright } from 'playwright-core'

import { serve } from './server.mjs'

export { serve }

/** How long a page may take before it counts as hanging. */
const PATIENCE_MS = 240_000

/** An empty folder, to be removed by the test. */
export function folder(name) {
  return mkdtemp(join(tmpdir(), `freerun-${name}-`))
}

function program(names, install) {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync)
  if (!found) throw new Error(`none of ${names.join(', ')} is installed: ${install}`)
  return found
}

/**
 * A Chromium whose data is really on disk, in `profile` (its own, removed at the end, if none is
 * given). `context` is playwright's, with playwright's `settings`, such as colours.
 */
export async function chromium({ profile, args = [], settings = {} } = {}) {
  const executablePath = program(['chromium', 'chromium-browser', 'google-chrome'], 'apt-get install chromium')
  const own = profile === undefined ? await folder('chromium') : undefined
  const context = await playwright.launchPersistentContext(profile ?? own, {
    executablePath,
    headless: true,
    // Root, as in containers, cannot have Chromium's sandbox.
    args: ['--no-sandbox', ...args],
    ...settings,
  })
  let killed = false
  return {
    context,
    page: () => context.newPage(),
    /** Ends its process at once, as a crash would; to be closed all the same. */
    kill: async () => {
      const session = await context.browser().newBrowserCDPSession()
      const { processInfo } = await session.send('SystemInfo.getProcessInfo')
      const gone = new Promise((resolve) => context.once('close', resolve))
      killed = true
      process.kill(processInfo.find(({ type }) => type === 'browser').id, 'SIGKILL')
      await gone
    },
    close: async () => {
      if (!killed) await context.close()
      if (own) await rm(own, { recursive: true, force: true })
    },
  }
}

/** Preferences without which a first start opens pages and connections of its own. */
const FIREFOX_PREFERENCES = {
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.aboutwelcome.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'dom.disable_open_during_load': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'toolkit.telemetry.reportingpolicy.firstRun': false,
}

/** A Firefox that opens `url`, in `profile` (its own, removed at the end, if none is given). */
export async function firefox(url, { profile } = {}) {
  const path = program(['firefox-esr', 'firefox'], 'apt-get install firefox-esr')
  const own = profile === undefined ? await folder('firefox') : undefined
  const lines = Object.entries(FIREFOX_PREFERENCES).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  )
  await writeFile(join(profile ?? own, 'user.js'), lines.join(''))
  const child = spawn(path, ['--headless', '--no-remote', '--profile', profile ?? own, url], {
    stdio: ['ignore', 'ignore', 'ignore'],
    // Its content processes are in its group, and end with it.
    detached: true,
  })
  return running(child, own)
}

/**
 * A WebKit of GTK, without a driver: each page is a browser of its own, on a screen of its own. Its
 * shared memory waits behind a switch.
 */
export function webkit() {
  const folders = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((triple) => `/usr/lib/${triple}/webkit2gtk-4.1`)
  const path = folders.map((folder) => join(folder, 'MiniBrowser')).find(existsSync)
  if (!path) throw new Error('no MiniBrowser is installed: apt-get install webkit2gtk-driver xvfb')
  const xvfb = program(['xvfb-run'], 'apt-get install xvfb')
  return {
    open: (url) => {
      const child = spawn(xvfb, ['-a', path, '--private', url], {
        stdio: 'ignore',
        detached: true,
        env: { ...process.env, JSC_useSharedArrayBuffer: 'true', WEBKIT_DISABLE_COMPOSITING_MODE: '1' },
      })
      return running(child)
    },
  }
}

function running(child, own) {
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  return {
    ended,
    close: async () => {
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It has ended by itself.
      }
      await ended
      if (own) await rm(own, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** What `test` gives, with a server of its own. */
export async function withServer(mounts, test) {
  const server = await serve(mounts)
  try {
    return await test(server)
  } finally {
    await server.close()
  }
}

/** What `test` gives with the browser called so, as `reported` takes it. */
export async function withBrowser(name, test) {
  const browser = { Chromium: chromium, Firefox: () => 'firefox', WebKit: webkit }[name]
  const opened = await browser()
  try {
    return await test(opened)
  } finally {
    await opened.close?.()
  }
}

/** What `promise` gives; fails with a sentence if it takes too long. */
export function within(promise, what, ms = PATIENCE_MS) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing for ${ms / 1000} s`)), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

let pages = 0

/**
 * Opens `path` of `server` with `query` in a new page of `browser` (`'firefox'`, an open Chromium, or a WebKit)
 * and gives what the page reports to the id it is given; throws the sentence if that is a failure.
 */
export async function reported(browser, server, path, query = {}) {
  const id = `${process.pid}-${(pages += 1)}`
  const url = new URL(path, server.url)
  url.search = new URLSearchParams({ ...query, id }).toString()
  const name = browser === 'firefox' ? 'Firefox' : browser.open ? 'WebKit' : 'Chromium'
  const what = `${name} at ${url.pathname}${url.search}`
  const report = server.report(id)
  if (name !== 'Chromium') {
    const running = name === 'Firefox' ? await firefox(url.href) : browser.open(url.href)
    const early = running.ended.then(() => ({ failure: 'the browser ended early' }))
    return finish(Promise.race([report, early]), what, running.close)
  }
  const page = await browser.page()
  const crash = new Promise((resolve) => page.once('crash', () => resolve({ failure: 'the page crashed' })))
  await page.goto(url.href)
  return finish(Promise.race([report, crash]), what, () => page.close())
}

async function finish(report, what, close) {
  try {
    const result = await within(report, what)
    if (result.failure !== undefined) throw new Error(`${what}: ${result.failure}`)
    return result
  } finally {
    await close()
  }
}

/** Runs the tests one by one, says how each went, and ends the process with 1 if one failed. */
export async function run(tests) {
  const chosen = process.argv.slice(2)
  let failed = 0
  for (const [name, test] of Object.entries(tests)) {
    if (chosen.length > 0 && !chosen.some((part) => name.includes(part))) continue
    const begun = performance.now()
    try {
      await test()
      console.log(`ok    ${name} (${((performance.now() - begun) / 1000).toFixed(1)} s)`)
    } catch (error) {
      failed += 1
      console.log(`FAIL  ${name}\n      ${error.stack ?? error}`)
    }
  }
  process.exitCode = failed > 0 ? 1 : 0
}
