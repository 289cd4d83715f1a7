// How fast the browsers' engine is, beside the native program in the same minutes. Medians of several
// runs; nothing is asserted.
//
//     node www/tests/bench.mjs [--firefox]

import { join } from 'node:path'
import { chromium, reported, serve } from './harness.mjs'
import { native, study } from './native.mjs'

const WWW = join(import.meta.dirname, '..')
const REPEATS = 5
const STUDIES = { seir: await study('seir'), 'typhoid-sindh': await study('typhoid-sindh') }
/** The same trials everywhere, so that the same simulations are timed. */
const MODE = 'windowed:16'
const browser = process.argv.includes('--firefox') ? 'Firefox' : 'Chromium'

const server = await serve(WWW)
const open = browser === 'Firefox' ? 'firefox' : await chromium()
try {
  for (const [name, source] of Object.entries(STUDIES)) {
    const here = await repeated(() => simulatedNatively(name, source))
    const single = await repeated(() => simulated(source, 'single', 'in_place', 1))
    const one = await repeated(() => simulated(source, 'threads', 'threads', 1))
    const two = await repeated(() => simulated(source, 'threads', 'threads', 2))
    const ratio = (other) => (here.run / other.run).toFixed(2)
    console.log(`${name}, ${here.replicates} replicates, one thread: native ${ms(here.run)}`)
    console.log(`  ${browser}, single: ${ms(single.run)}, ${ratio(single)} of native's speed`)
    console.log(`  ${browser}, threads: ${ms(one.run)}, ${ratio(one)} of native's speed`)
    console.log(`  1 to 2 workers: ${(one.whole / two.whole).toFixed(2)} times as fast`)
  }
  const empty = { file: 'empty.toml', text: emptyStudy() }
  for (const workers of [1, 2]) {
    const { whole, replicates } = await repeated(() => simulated(empty, 'threads', 'threads', workers, 'memory'))
    const kept = await repeated(() => simulated(empty, 'threads', 'threads', workers))
    const rate = (us) => Math.round((replicates / us) * 1e6)
    console.log(`empty simulations, ${workers} threads: ${rate(whole)} replicates/s in memory, ${rate(kept.whole)} in IndexedDB`)
  }
} finally {
  await open.close?.()
  await server.close()
}

/** The run with the median time. */
async function repeated(once) {
  const runs = []
  for (let repeat = 0; repeat < REPEATS; repeat += 1) runs.push(await once())
  return runs.sort((a, b) => a.run - b.run)[Math.floor(REPEATS / 2)]
}

async function simulated(source, flavour, engine, workers, store = 'indexed_db') {
  const request = { study: { source: { ...source, mode: MODE } }, engine, workers, about: 'a bench', store, stored: 'must_not' }
  request.study.source.name = `bench-${crypto.randomUUID()}`
  const query = { flavour, module: 'bits', check: 'timed', asked: server.give({ request }) }
  if (engine === 'threads') query.threads = String(workers)
  const { value } = await reported(open, server, 'tests/checks.html', query)
  return value
}

async function simulatedNatively(name, source) {
  const store = await native()
  try {
    await store.run(source, '--mode', MODE, '--workers', '1')
    const file = await store.export(name)
    const runs = [...file.matchAll(/"run_us":(\d+)/g)].map(([, us]) => Number(us))
    return { run: runs.reduce((sum, us) => sum + us, 0), replicates: runs.length }
  } finally {
    await store.remove()
  }
}

function ms(us) {
  return `${(us / 1e3).toFixed(0)} ms`
}

function emptyStudy() {
  return `
name = "empty"
seed = 1
replicates = 5
sampler = "random"

[budget]
trials = 2000

[model]
name = "synthetic"

[parameters]
x0 = { low = -5.0, high = 5.0 }

[[targets]]
name = "value"
output = "loss"
simulated = "loss"
distance = "value"
combine = "mean"
`
}
