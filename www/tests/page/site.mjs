// The built page in a real Chromium, and what a user does on it. Nothing here waits for a time: only
// for what the page says.

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium, serve, within } from '../harness.mjs'

const DIST = join(import.meta.dirname, '..', '..', 'dist')
/** For anything that the page is to say. */
const PATIENCE_MS = 120_000

/** Serves the built page; without `isolated` as a plain host would. */
export async function site({ isolated = true } = {}) {
  if (!existsSync(join(DIST, 'index.html'))) throw new Error('www/dist has no page: run  npm run build  in www/')
  return serve(DIST, { isolated })
}

/** Runs `test` with a new browser, playwright's `settings` for it, and the served page. */
export function visited(test, { isolated = true, settings = {} } = {}) {
  return async () => {
    const server = await site({ isolated })
    const browser = await chromium({ settings })
    try {
      await test({ server, context: browser.context, open: () => open(browser.context, server) })
    } finally {
      await browser.close()
      await server.close()
    }
  }
}

/** A tab with the page. Errors on it fail the test. */
export async function open(context, server) {
  const page = await context.newPage()
  const errors = []
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message))
  page.setDefaultTimeout(PATIENCE_MS)
  await page.goto(server.url)
  return new Tab(page, errors)
}

export class Tab {
  constructor(page, errors) {
    this.page = page
    this.errors = errors
  }

  button(name) {
    return this.page.getByRole('button', { name, exact: true })
  }

  /** A field for a number. */
  number(label) {
    return this.page.getByRole('spinbutton', { name: label })
  }

  /** Chooses a built-in study by the title of its card. */
  choose(title) {
    return this.page.getByRole('radio', { name: title }).check()
  }

  /** Puts a study into the editor, with its data. */
  async paste({ file = 'study.toml', text, data = {} }) {
    await this.choose('Your own')
    const files = Object.entries({ [file]: text, ...data })
    const payload = files.map(([name, content]) => ({ name: name.split('/').at(-1), mimeType: 'text/plain', buffer: Buffer.from(content) }))
    await this.page.getByLabel('Open a study file with its data files').setInputFiles(payload)
  }

  async start() {
    await this.says('.checked', /ready to start/)
    await this.button('Start').click()
  }

  /** Waits until the element says something that fits; gives the text. */
  async says(selector, pattern) {
    const said = () => this.page.evaluate((selector) => document.querySelector(selector)?.textContent ?? null, selector)
    const found = await this.page
      .waitForFunction(
        ([selector, source]) => {
          const text = document.querySelector(selector)?.textContent ?? ''
          return new RegExp(source, 's').test(text) && text
        },
        [selector, pattern.source],
        { timeout: PATIENCE_MS, polling: 50 },
      )
      .catch(async () => {
        throw new Error(`${selector} never said ${pattern}, but: ${await said()}`)
      })
    return found.jsonValue()
  }

  status(pattern) {
    return this.says('.results .status', pattern)
  }

  /** How many trials are finished, as the page says. */
  async told() {
    return told((await this.page.locator('.results .status').textContent()) ?? '')
  }

  /** Waits until at least `count` trials are finished. */
  async untilTold(count) {
    await this.page.waitForFunction(
      (count) => {
        const found = /([\d,]+) of [\d,]+\s+trials?/.exec(document.querySelector('.results .status')?.textContent ?? '')
        return Number(found?.[1]?.replaceAll(',', '') ?? 0) >= count
      },
      count,
      { timeout: PATIENCE_MS, polling: 50 },
    )
  }

  async place(name) {
    await this.page.getByRole('navigation').getByRole('link', { name }).click()
  }

  /** The row of a study in the table of those that are kept. */
  row(study) {
    return this.page.locator('table.kept tbody tr').filter({ has: this.page.getByRole('rowheader', { name: study, exact: true }) })
  }

  /** What is downloaded by a click on `button`. */
  async download(button) {
    const [download] = await Promise.all([this.page.waitForEvent('download'), button.click()])
    return readFile(await download.path(), 'utf8')
  }

  async importText(name, text) {
    await this.page.getByLabel('Import studies').setInputFiles({ name, mimeType: 'application/x-ndjson', buffer: Buffer.from(text) })
  }

  /** Ends the process of the page at once. */
  async kill() {
    const devtools = await this.page.context().newCDPSession(this.page)
    const gone = new Promise((resolve) => this.page.once('crash', resolve))
    devtools.send('Page.crash').catch(() => {})
    await within(gone, 'the page to be killed')
    await this.page.close()
  }
}

/** How many trials are finished, in the sentence of the page. */
export function told(sentence) {
  return Number(/([\d,]+) of [\d,]+\s+trials?/.exec(sentence)?.[1]?.replaceAll(',', '') ?? 0)
}

/** A study of the synthetic model. */
export function synthetic({ name = 'made', trials = 20, replicates = 1, settings = {}, more = '' } = {}) {
  const lines = Object.entries({ function: 'sphere', ...settings }).map(([key, value]) => `${key} = ${JSON.stringify(value)}`)
  return `name = "${name}"
seed = 3
replicates = ${replicates}
budget = { trials = ${trials} }
sampler = "random"
${more}
[model]
name = "synthetic"
[model.settings]
${lines.join('\n')}
[parameters.x0]
low = -5
high = 5
[[targets]]
name = "loss"
output = "loss"
simulated = "loss"
distance = "value"
`
}
