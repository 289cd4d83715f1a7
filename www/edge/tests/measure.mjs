// What the edge package costs: sizes, replicates per second in Node beside the native program on one
// thread, and how soon workerd answers. It asserts nothing.
//
//     node www/edge/tests/measure.mjs

import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { folder } from '../../tests/harness.mjs'
import { native, study } from '../../tests/native.mjs'
import { install, pack, workerd } from './hosts.mjs'

const REPEATS = 5
const EMPTY = {
  file: 'empty.toml',
  text: `name = "empty"
seed = 1
mode = { name = "batched", batch_size = 50 }
sampler = "random"
replicates = 20
[budget]
trials = 1000
[model]
name = "synthetic"
[parameters]
x0 = { low = 0.0, high = 1.0 }
[[targets]]
name = "value"
output = "loss"
simulated = "loss"
distance = "value"
`,
}
const SEIR = await study('seir', [['trials = 200', 'trials = 100'], ['seed = 1', 'seed = 1\nsampler = "random"']])
const TYPHOID = await study('typhoid-sindh', [['trials = 100', 'trials = 10']])

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1]
const kB = (bytes) => `${Math.round(bytes / 1000)} kB`

async function times(work) {
  const all = []
  for (let round = 0; round < REPEATS; round += 1) {
    const begun = performance.now()
    await work()
    all.push(performance.now() - begun)
  }
  return median(all)
}

function sizes(archive, project) {
  const code = readFileSync(join(project, 'node_modules', 'freerun-edge', 'generated', 'single', 'freerun_bg.wasm'))
  const small = brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })
  console.log(`module ${kB(code.length)}, brotli ${kB(small.length)}; package ${kB(readFileSync(archive).length)}`)
}

async function speed(name, source, replicates) {
  const { run } = await import('../pkg/edge/node.js')
  const mode = 'batched:50'
  await run(source, { mode })
  const here = await times(() => run(source, { mode }))
  const store = await native()
  const there = await times(() => store.inMemory(source, '--mode', mode, '--workers', '1'))
  await store.remove()
  const rate = (ms) => Math.round(replicates / (ms / 1000))
  console.log(`${name}: ${rate(here)} replicates/s in Node, ${rate(there)} natively, ${(there / here).toFixed(2)} of it`)
}

async function answers(project) {
  const first = []
  const next = []
  const host = workerd(project)
  const given = { source: EMPTY.text.replace('1000', '5') }
  for (let round = 0; round < REPEATS; round += 1) {
    const begun = performance.now()
    await host.scenario('stopped', given)
    first.push(performance.now() - begun)
    for (let request = 0; request < REPEATS; request += 1) {
      const asked = performance.now()
      await host.scenario('stopped', given)
      next.push(performance.now() - asked)
    }
    await host.close()
  }
  console.log(`workerd: first answer ${median(first).toFixed(0)} ms after its start, the next in ${median(next).toFixed(1)} ms`)
}

const place = await folder('measure')
try {
  mkdirSync(place, { recursive: true })
  const archive = pack(place)
  const project = install(join(place, 'project'), archive)
  sizes(archive, project)
  await answers(project)
  await speed('empty', EMPTY, 20_000)
  await speed('seir', SEIR, 1_000)
  await speed('typhoid', TYPHOID, 50)
} finally {
  rmSync(place, { recursive: true, force: true })
}
