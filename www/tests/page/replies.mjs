// What the coordinator really answers, as text for TypeScript's compiler: `src/protocol.replies.ts`
// holds one of each, so that types written by hand cannot drift from what the module gives. With
// `UPDATE_EXPECT=1` it is written anew.

import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { synthetic, visited } from './site.mjs'

export const replies = {}

const FILE = join(import.meta.dirname, '..', '..', 'src', 'protocol.replies.ts')
const HEAD = `// One of each answer of the coordinator, for \`protocol.check.ts\`: written by
// \`UPDATE_EXPECT=1 node tests/page.mjs 'answers of the coordinator'\`, never by hand.
import type { Ended, Failure, Imported, Outline, Shown, StudyRow } from './protocol'
`
/** Texts of these keys are alternatives of a type, or the same at every run. */
const LITERAL = ['kind', 'code', 'reason', 'mode', 'name', 'model', 'sampler', 'line', 'field', 'file', 'seed', 'parameter']

/** Has the page keep what its workers say. */
function record() {
  window.replies = []
  const Native = window.Worker
  window.Worker = class extends Native {
    constructor(...all) {
      super(...all)
      this.addEventListener('message', ({ data }) => window.replies.push(data))
    }
  }
}

/** The same form with values that do not depend on the run. */
function form(value, key = '') {
  if (Array.isArray(value)) return value.map((one) => form(one, key))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, form(one, key)]))
  }
  if (typeof value === 'number') return 1
  return typeof value === 'string' && !LITERAL.includes(key) ? 'text' : value
}

/** One form of each kind, in the order in which they came. */
function distinct(values) {
  return [...new Map(values.map((value) => [JSON.stringify(form(value)), form(value)])).values()]
}

function sample(name, type, values) {
  assert.ok(values.length > 0, `no ${name} was answered`)
  return `\nexport const ${name} = ${JSON.stringify(distinct(values), null, 2)} satisfies ${type}[]\n`
}

/** A tab that has had every answer. */
async function everything(open) {
  const tab = await open()
  await tab.page.addInitScript(record)
  await tab.page.reload()
  await tab.paste({ text: 'name = 3\n' })
  await tab.says('.mistakes', /mistakes/)
  await tab.paste({ text: synthetic({ trials: 3 }) })
  await tab.start()
  await tab.status(/^Finished; 3 of 3/)
  await tab.place('Studies')
  await tab.says('table.kept', /3 of 3.*finished/)
  const text = await tab.download(tab.button('Export made'))
  await tab.importText('made.jsonl', text)
  await tab.says('.said', /is imported/)
  return tab.page.evaluate(() => window.replies)
}

replies['the answers of the coordinator are what the page takes them for'] = visited(async ({ open }) => {
  const all = await everything(open)
  const gives = (call) => all.filter((reply) => reply.call === call && 'gives' in reply).map((reply) => reply.gives)
  // `study` of what has begun is the study as in its journal, for simulators; its text is left out.
  const begun = all.map((reply) => reply.shown).filter((shown) => shown?.kind === 'begun')
  const finished = gives('studies').flat().filter((row) => row.finished)
  const text = [
    HEAD,
    sample('outlined', 'Outline', gives('check')),
    sample('failed', 'Failure', all.filter((reply) => 'failure' in reply).map((reply) => reply.failure)),
    sample('begun', 'Shown', begun),
    sample('ended', 'Ended', gives('run')),
    sample('kept', 'StudyRow', finished),
    sample('imported', 'Imported', gives('import')),
  ].join('')
  if (process.env.UPDATE_EXPECT) await writeFile(FILE, text)
  assert.equal(text, await readFile(FILE, 'utf8').catch(() => ''), 'UPDATE_EXPECT=1 writes it anew')
})
