// How many records a second the browser's store takes and gives, in Chromium and Firefox, on disk.
//
//     node www/tests/store-speed.mjs

import { join } from 'node:path'
import { chromium, reported, serve } from './harness.mjs'

const RUNS = [
  { count: 1000, group: 1, strict: true },
  { count: 2000, group: 1, strict: false },
  { count: 20_000, group: 100, strict: true },
  { count: 20_000, group: 100, strict: false },
  { count: 50_000, group: 1000, strict: true },
  { count: 50_000, group: 1000, strict: false },
]

const server = await serve(join(import.meta.dirname, '..'))
const opened = await chromium()
for (const [name, browser] of [['Chromium', opened], ['Firefox', 'firefox']]) {
  for (const args of RUNS) {
    const query = { flavour: 'threads', module: 'store', check: 'throughput', args: JSON.stringify(args) }
    const { value } = await reported(browser, server, 'tests/checks.html', query)
    const figures = [value.appended_per_second, value.read_per_second].map((figure) => Math.round(figure))
    const how = `${args.group} a transaction, ${args.strict ? 'strict' : 'relaxed'}`
    console.log(`${name}, ${how}: appends ${figures[0]}/s, reads ${figures[1]}/s`)
  }
}
await opened.close()
await server.close()
