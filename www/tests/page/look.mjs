// How the page looks: rules of accessibility in both schemes, nothing wider than the screen, nothing
// that jumps. With `SCREENSHOTS=FOLDER` it leaves pictures there.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { synthetic, visited } from './site.mjs'

export const look = {}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const WIDTHS = [360, 900, 1920]

/** What breaks a rule. */
async function violations(page) {
  await page.evaluate(await readFile(AXE, 'utf8'))
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join('\n')}`)
}

async function picture(page, name) {
  const folder = process.env.SCREENSHOTS
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}

/** Checks what is seen now. */
async function seen(tab, name) {
  await picture(tab.page, name)
  assert.deepEqual(await violations(tab.page), [], name)
  const [wide, there] = await tab.page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth])
  assert.ok(wide <= there, `${name}: ${wide} px in a window of ${there}`)
}

/** Every state of the page, in turn. */
async function walk(tab, name) {
  await tab.says('.checked', /ready to start/)
  await seen(tab, `${name}-form`)
  await tab.choose('SEIR epidemic')
  await tab.start()
  await tab.status(/^Finished/)
  await seen(tab, `${name}-finished`)
  await tab.button('Close').click()
  await tab.paste({ text: synthetic({ name: 'with-failures', trials: 100_000, settings: { duration: 'constant', mean_ms: 5, fail_share: 0.2 } }) })
  await tab.start()
  await tab.untilTold(60)
  await seen(tab, `${name}-running`)
  await tab.button('Pause').click()
  await tab.status(/^Paused/)
  await tab.place('Studies')
  await tab.says('table.kept', /with-failures/)
  await tab.button('Delete seir').click()
  await seen(tab, `${name}-studies`)
  await tab.place('Lab')
  await tab.button('Stop').click()
  await tab.status(/^Stopped/)
  await tab.button('Close').click()
  await tab.page.getByLabel('Study file', { exact: true }).fill('name = 3\n')
  await tab.says('.mistakes', /mistakes/)
  await seen(tab, `${name}-mistakes`)
  assert.deepEqual(tab.errors, [])
}

for (const colorScheme of ['light', 'dark']) {
  for (const width of WIDTHS) {
    look[`accessible and within the screen, ${colorScheme}, ${width} px`] = visited(async ({ open }) => walk(await open(), `${colorScheme}-${width}`), {
      settings: { colorScheme, viewport: { width, height: 900 }, reducedMotion: 'reduce' },
    })
  }
}

look['what breaks a rule is seen'] = visited(async ({ open }) => {
  const tab = await open()
  await tab.says('.checked', /ready to start/)
  await tab.page.evaluate(() => document.querySelector('main').append(document.createElement('input')))
  assert.match((await violations(tab.page)).join(), /^label: /)
})

look['the switch of colours is remembered, and forgotten when it agrees with the system'] = visited(
  async ({ open }) => {
    const tab = await open()
    const scheme = () => tab.page.evaluate(() => document.documentElement.dataset.scheme)
    assert.equal(await scheme(), 'light')
    await tab.button('Change to dark colours').click()
    assert.equal(await scheme(), 'dark')
    await tab.page.reload()
    assert.equal(await scheme(), 'dark')
    await tab.button('Change to light colours').click()
    await tab.page.emulateMedia({ colorScheme: 'dark' })
    // The browser tells the page of it in its own time.
    await tab.page.waitForFunction(() => document.documentElement.dataset.scheme === 'dark')
  },
  { settings: { colorScheme: 'light' } },
)

look['a study under way moves nothing'] = visited(
  async ({ open }) => {
    const tab = await open()
    await tab.paste({ text: synthetic({ name: 'steady', trials: 100_000, settings: { duration: 'constant', mean_ms: 3, noise_sd: 10 } }) })
    await tab.start()
    await tab.untilTold(20)
    const tops = () =>
      tab.page.evaluate(() => ['.controls', 'progress', '.panel.best', '.chart'].map((selector) => document.querySelector(selector).getBoundingClientRect().top))
    const before = await tops()
    await tab.untilTold(1100)
    const after = await tops()
    assert.deepEqual(after.slice(0, 3), before.slice(0, 3))
    await tab.button('Stop now').click()
    await tab.status(/^Stopped/)
  },
  { settings: { viewport: { width: 1280, height: 900 } } },
)
