// What goes wrong, and what the page says of it: mistakes in files, models that fail, hosts without
// headers, full storage.

import assert from 'node:assert/strict'
import { study } from '../native.mjs'
import { synthetic, visited } from './site.mjs'

export const trouble = {}

trouble['mistakes in a study file stand at their lines'] = visited(async ({ open }) => {
  const tab = await open()
  const { text, data } = await study('seir', [['replicates = 10', 'replicates = "x"'], ['low = 1.2', 'low = 9']])
  await tab.paste({ file: 'mine.toml', text, data })
  await tab.says('.mistakes', /mine\.toml has 2 mistakes.*replicates: found "x".*a whole number.*less than high \(4\)/)
  const line = 1 + text.split('\n').findIndex((line) => line.startsWith('replicates'))
  await tab.button(`Line ${line}`).click()
  const selected = () => tab.page.evaluate(() => document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd))
  assert.equal(await selected(), 'replicates = "x"')
  await tab.page.keyboard.type('replicates = 5')
  await tab.says('.mistakes', /mine\.toml has a mistake/)
  await tab.button('Start').click()
  assert.equal(await tab.page.locator('.results').isVisible(), false)
  await tab.page.getByLabel('Study file', { exact: true }).fill(text.replace('"x"', '5').replace('low = 9', 'low = 1'))
  await tab.says('.checked', /ready to start/)
  assert.equal(await tab.page.locator('.mistakes').isVisible(), false)
  await tab.number('Trials').fill('2.5')
  await tab.says('.mistakes', /Trials: found “2\.5”/)
})

trouble['a missing data file is asked for'] = visited(async ({ open }) => {
  const tab = await open()
  const { text, data } = await study('seir')
  await tab.paste({ file: 'mine.toml', text })
  await tab.says('.data-files', /data\/seir_weekly\.csv is not here yet/)
  const files = Object.entries(data).map(([name, content]) => ({ name: name.split('/').at(-1), mimeType: 'text/csv', buffer: Buffer.from(content) }))
  await tab.page.getByLabel('Add the missing data files').setInputFiles(files)
  await tab.says('.checked', /ready to start/)
})

trouble['a model that refuses and crashes'] = visited(async ({ open }) => {
  const tab = await open()
  await tab.paste({ text: synthetic({ trials: 48, settings: { fail_share: 0.2, crash_share: 0.2 } }) })
  await tab.start()
  await tab.status(/^Finished; 48 of 48/)
  await tab.says('.failures', /\d+.trials?: .*simulations failed: the model refused.*simulations failed: the model crashed/)
  const failed = await tab.page.locator('.trials li.failed').count()
  assert.match(await tab.page.locator('.detail').textContent(), new RegExp(`^${failed} failed`))
})

trouble['a model that panics loses its replicates and nothing else'] = visited(async ({ open }) => {
  const tab = await open()
  await tab.paste({ text: synthetic({ trials: 40, settings: { fault: 'panic', fault_share: 0.15 } }) })
  await tab.start()
  await tab.status(/^Finished; 40 of 40/)
  await tab.says('.failures', /panic|as fault asks for/)
  assert.ok((await tab.page.locator('.trials li.complete').count()) > 20)
})

trouble['a model that never ends is timed out'] = visited(async ({ open }) => {
  const tab = await open()
  const more = 'attempts = { timeout = "500ms", retries = 0 }'
  await tab.paste({ text: synthetic({ trials: 20, more, settings: { fault: 'hang', fault_share: 0.15 } }) })
  await tab.start()
  await tab.status(/^Finished; 20 of 20/)
  await tab.says('.failures', /ran over its time/)
  assert.ok((await tab.page.locator('.trials li.complete').count()) > 10)
})

trouble['without headers and service workers the page says how it runs, and runs'] = visited(
  async ({ open }) => {
    const tab = await open()
    await tab.says('.engine', /workers that are sent messages: this page is not cross-origin isolated/)
    await tab.choose('SEIR epidemic')
    await tab.number('Trials').fill('40')
    await tab.start()
    await tab.status(/^Finished; 40 of 40/)
  },
  { isolated: false, settings: { serviceWorkers: 'block' } },
)

trouble['without headers a service worker lets threads share memory'] = visited(
  async ({ open }) => {
    const tab = await open()
    await tab.says('.engine', /threads that share memory/)
    await tab.choose('Sphere')
    await tab.number('Trials').fill('10')
    await tab.start()
    await tab.status(/^Finished; 10 of 10/)
  },
  { isolated: false },
)

trouble['a browser that stores nothing is told, and runs all the same'] = visited(
  async ({ open, context }) => {
    const refused = "Object.defineProperty(self, 'indexedDB', { get() { throw new DOMException('no', 'SecurityError') } });"
    await context.route('**/coordinator-*.js', async (route) => {
      const response = await route.fetch()
      await route.fulfill({ response, body: refused + (await response.text()) })
    })
    const tab = await open()
    await tab.paste({ text: synthetic({ trials: 30 }) })
    await tab.start()
    await tab.says('.notice', /does not keep what is found.*Nothing was stored/)
    await tab.button('Run it without storing').click()
    await tab.status(/^Finished; 30 of 30/)
    await tab.says('.notes', /Nothing of this study is stored/)
    assert.equal(await tab.button('Export').isVisible(), false)
  },
  { settings: { serviceWorkers: 'block' } },
)

trouble['full storage is told, and the study goes on when there is room'] = visited(async ({ open, server }) => {
  const tab = await open()
  const devtools = await tab.page.context().newCDPSession(tab.page)
  const quota = (quotaSize) => devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(server.url).origin, quotaSize })
  await quota(400_000)
  await tab.paste({ text: synthetic({ name: 'large', trials: 3000, settings: { duration: 'constant', mean_ms: 1 } }) })
  await tab.start()
  await tab.says('.notes', /storage is full/)
  const stored = await tab.told()
  assert.ok(stored < 3000)
  await quota(undefined)
  await tab.status(/^Finished; 3,000 of 3,000/)
})

trouble['thousands of trials are listed without thousands of rows'] = visited(async ({ open }) => {
  const tab = await open()
  await tab.paste({ text: synthetic({ trials: 3000 }) })
  await tab.start()
  await tab.status(/^Finished; 3,000 of 3,000/)
  const rows = tab.page.locator('.trials li')
  assert.equal(await rows.count(), 50)
  assert.match(await rows.first().textContent(), /^Trial 2999/)
  await tab.page.getByRole('button', { name: /^Show 200 more of 2,950/ }).click()
  assert.equal(await rows.count(), 250)
})
