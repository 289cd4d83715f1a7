// Real runs through the page: to a known answer, by mouse and by keyboard, reloaded, killed, carried to
// a file and back, and in two tabs.

import assert from 'node:assert/strict'
import { native, study } from '../native.mjs'
import { synthetic, told, visited } from './site.mjs'

export const runs = {}

/** Runs of 50 ms that take a while in all, for what is to happen in the middle. */
const LONG = synthetic({ name: 'long', trials: 150, settings: { duration: 'constant', mean_ms: 40, noise_sd: 0.1 } })
/** The same, which nobody waits for. */
const ENDLESS = synthetic({ name: 'endless', trials: 100_000, settings: { duration: 'constant', mean_ms: 20 } })

/** The best trial and its loss, as the page says them. */
async function best(tab) {
  const heading = await tab.page.locator('.panel.best h3').textContent()
  const found = /^Best trial: (\d+) loss (.+)$/.exec(heading ?? '')
  assert.ok(found, `no best trial in “${heading}”`)
  return { trial: Number(found[1]), loss: found[2] }
}

async function nativeTrials(source, ...args) {
  const program = await native()
  try {
    await program.run(source, ...args)
    return await program.trials(/name = "(.+)"/.exec(source.text)[1])
  } finally {
    await program.remove()
  }
}

function lowest(trials) {
  const rows = trials.map((row) => JSON.parse(row)).filter((row) => row.loss !== null)
  return rows.reduce((best, row) => (row.loss < best.loss ? row : best)).trial
}

runs['SEIR by mouse comes to the answer of the native program, and its file too'] = visited(async ({ open }) => {
  const tab = await open()
  await tab.choose('SEIR epidemic')
  await tab.page.getByLabel('Mode').selectOption('batched')
  await tab.number('Batch size').fill('8')
  await tab.number('Trials').fill('60')
  await tab.start()
  await tab.status(/^Finished; 60 of 60/)
  const trials = await nativeTrials(await study('seir'), '--mode', 'batched:8', '--trials', '60')
  assert.equal((await best(tab)).trial, lowest(trials))
  const text = await tab.download(tab.button('Export'))
  const program = await native()
  try {
    await program.import(text)
    assert.deepEqual(await program.trials('seir'), trials)
    await program.audit('seir')
  } finally {
    await program.remove()
  }
  assert.deepEqual(tab.errors, [])
})

runs['the whole SEIR study comes back to the parameters that made its data'] = visited(async ({ open }) => {
  const tab = await open()
  await tab.choose('SEIR epidemic')
  await tab.start()
  await tab.status(/^Finished; 200 of 200/)
  const value = async (name) => {
    const row = tab.page.locator('table.parameters tr').filter({ has: tab.page.getByRole('rowheader', { name, exact: true }) })
    return Number(await row.locator('td.figure').textContent())
  }
  const r0 = await value('r0')
  assert.ok(r0 > 1.9 && r0 < 2.6, `r0 ${r0}; the data were made with 2.2`)
  const reporting = await value('reporting')
  assert.ok(reporting > 0.2 && reporting < 0.45, `reporting ${reporting}; the data were made with 0.3`)
  assert.equal(await tab.page.title(), '200 of 200 · seir · Freerun')
})

runs['sphere by keyboard alone'] = visited(async ({ open }) => {
  const tab = await open()
  const { keyboard } = tab.page
  await tab.says('.checked', /ready to start/)
  const focused = () => tab.page.evaluate(() => document.activeElement?.labels?.[0]?.textContent ?? document.activeElement?.textContent)
  const tabTo = async (pattern) => {
    for (let presses = 0; presses < 40; presses += 1) {
      if (pattern.test((await focused()) ?? '')) return
      await keyboard.press('Tab')
    }
    assert.fail(`Tab never came to ${pattern}`)
  }
  await tabTo(/^SEIR/)
  await keyboard.press('ArrowDown')
  await keyboard.press('ArrowDown')
  await tabTo(/^Mode/)
  await keyboard.press('b')
  await tabTo(/^Batch size/)
  await keyboard.press('Control+a')
  await keyboard.type('4')
  await tabTo(/^Trials/)
  await keyboard.type('30')
  await keyboard.press('Enter')
  await tab.status(/^Finished; 30 of 30/)
  const trials = await nativeTrials(await study('sphere'), '--mode', 'batched:4', '--trials', '30')
  assert.deepEqual(await best(tab), { trial: lowest(trials), loss: '0.98 ± 0.13' })
  // Where the focus is, reading goes on.
  assert.match((await focused()) ?? '', /^sphere/)
  await tabTo(/^Close/)
  await keyboard.press('Enter')
  await tab.says('.outline', /replicates? each/)
})

runs['paused, resumed, stopped, and gone on with'] = visited(async ({ open }) => {
  const tab = await open()
  await tab.paste({ text: LONG })
  await tab.start()
  await tab.untilTold(5)
  await tab.button('Pause').click()
  await tab.status(/^Paused/)
  await tab.button('Resume').click()
  await tab.status(/^Running/)
  const before = await tab.told()
  await tab.untilTold(before + 5)
  await tab.button('Stop').click()
  await tab.status(/^Stopped; all finished trials are stored/)
  assert.ok((await tab.told()) >= before + 5)
  await tab.button('Go on').click()
  await tab.status(/^Finished; 150 of 150/)
  assert.match((await tab.page.locator('.notes').textContent()) ?? '', /goes on where it was/)
})

runs['stopped now'] = visited(async ({ open }) => {
  const tab = await open()
  await tab.paste({ text: synthetic({ name: 'slow', settings: { duration: 'constant', mean_ms: 3_600_000 } }) })
  await tab.start()
  await tab.says('.trials', /under way/)
  await tab.button('Stop').click()
  await tab.status(/^Stopping: /)
  await tab.button('Stop now').click()
  await tab.status(/^Stopped/)
})

runs['a reload in the middle goes on by itself, as often as it comes'] = visited(async ({ open }) => {
  const tab = await open()
  await tab.paste({ text: LONG })
  await tab.start()
  for (const count of [10, 30, 60]) {
    await tab.untilTold(count)
    await tab.page.reload()
    const first = told(await tab.status(/^(Running|Finished)[^;]*; [\d,]+ of/))
    assert.ok(first >= count, `${first} of ${count} finished trials are left`)
  }
  assert.match((await tab.page.locator('.notes').textContent()) ?? '', /goes on where it was/)
  await tab.status(/^Finished; 150 of 150/)
  // What has ended is not begun again.
  await tab.page.reload()
  await tab.says('.checked', /ready to start/)
  assert.equal(await tab.page.locator('.results').isVisible(), false)
})

runs['a tab killed in the middle: the next one offers what is left'] = visited(async ({ open }) => {
  const first = await open()
  await first.paste({ text: LONG })
  await first.start()
  await first.untilTold(20)
  await first.kill()
  const second = await open()
  const offer = await second.says('.notice', /long is not finished: \d+ of 150/)
  assert.ok(Number(/: (\d+) of/.exec(offer)[1]) >= 20)
  await second.button('Go on with long').click()
  await second.status(/^Finished; 150 of 150/)
})

runs['a second tab is refused, watches, and takes over'] = visited(async ({ open }) => {
  const [first, second] = [await open(), await open()]
  await first.paste({ text: ENDLESS })
  await first.start()
  await first.untilTold(5)
  await second.paste({ text: ENDLESS })
  await second.start()
  await second.says('.notice', /being run elsewhere.*a tab of Chrome/)
  await second.button('Watch endless').click()
  await second.status(/^Watching; /)
  const seen = await second.told()
  await second.untilTold(seen + 10)
  await first.page.close()
  await second.button('Go on with endless here').click()
  assert.ok(told(await second.status(/^Running[^;]*; [\d,]+ of/)) > seen)
  await second.button('Stop').click()
  await second.status(/^Stopped/)
})

runs['a study file is dropped, and a study watched from the list'] = visited(async ({ open }) => {
  const [first, second] = [await open(), await open()]
  await first.says('.checked', /ready to start/)
  const files = await first.page.evaluateHandle((text) => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([text], 'dropped.toml'))
    return transfer
  }, ENDLESS)
  await first.page.dispatchEvent('.editor', 'drop', { dataTransfer: files })
  await first.says('.file-name', /^dropped\.toml$/)
  await first.says('.outline', /100,000.trials/)
  await first.start()
  await first.untilTold(5)
  await second.place('Studies')
  await second.says('table.kept', /run by a tab of Chrome/)
  await second.button('Watch endless').click()
  await second.status(/^Watching; a tab of Chrome runs it/)
  await second.untilTold((await second.told()) + 5)
  await second.button('Stop watching').click()
  await second.says('.outline', /replicates? each/)
  await first.button('Stop').click()
  await first.status(/^Stopped/)
})

runs['exported, deleted, imported, opened'] = visited(async ({ open }) => {
  const tab = await open()
  await tab.choose('SEIR epidemic')
  await tab.number('Trials').fill('30')
  await tab.start()
  await tab.status(/^Finished/)
  const found = await best(tab)
  await tab.place('Studies')
  await tab.says('table.kept', /30 of 30/)
  const text = await tab.download(tab.button('Export seir'))
  await tab.button('Delete seir').click()
  await tab.button('Keep it').click()
  await tab.button('Delete seir').click()
  await tab.button('Delete for good').click()
  await tab.says('.said', /seir is deleted/)
  assert.equal(await tab.row('seir').count(), 0)
  await tab.importText('seir.jsonl', text)
  await tab.says('.said', /seir is imported: 30.trials\./)
  await tab.importText('seir.jsonl', text)
  await tab.says('.said', /were here before/)
  await tab.button('Open seir').click()
  await tab.status(/^Finished; 30 of 30/)
  assert.deepEqual(await best(tab), found)
  await tab.place('Studies')
  await tab.importText('wrong.jsonl', 'no study\n')
  await tab.says('.studies .notice', /wrong\.jsonl: .*cannot be imported/)
})

runs['another study of the same name is kept, and this one starts under another'] = visited(async ({ open }) => {
  const tab = await open()
  await tab.choose('SEIR epidemic')
  await tab.number('Trials').fill('10')
  await tab.start()
  await tab.status(/^Finished/)
  await tab.button('Close').click()
  await tab.page.getByLabel('Mode').selectOption('batched')
  await tab.start()
  await tab.says('.notice', /Another study of this name.*mode/)
  await tab.button('Start as seir-2').click()
  await tab.status(/^Finished; 10 of 10/)
  await tab.place('Studies')
  await tab.says('table.kept', /seir-2/)
  assert.equal(await tab.row('seir').count(), 1)
})
