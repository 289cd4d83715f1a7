import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { chromium, folder, reported, run, serve } from './harness.mjs'
const here = fileURLToPath(new URL('.', import.meta.url))
const outDir = await folder('engine')
await build({ root: here, base: './', logLevel: 'error', worker: { format: 'es' }, build: { outDir, target: 'esnext', emptyOutDir: true, rollupOptions: { input: `${here}engine.html` } } })
const server = await serve(outDir)
const browser = await chromium()
let n = 0
export function synthetic({ settings = '', trials = 40, replicates = 1, more = '', sampler = 'random', mode = 'parallel' }) {
  return { file: 'study.toml', text: `name = "s${n++}"\nseed = 7\nreplicates = ${replicates}\nsampler = "${sampler}"\nmode = "${mode}"\n${more}\n
[budget]\ntrials = ${trials}\n
[model]\nname = "synthetic"\n[model.settings]\nfunction = "sphere"\n${settings}\n
[parameters]\nx0 = { low = -5, high = 5 }\nx1 = { low = -5, high = 5 }\n
[[targets]]\nname = "loss"\noutput = "loss"\nsimulated = "loss"\ndistance = "value"\n` }
}
const which = process.argv[3] === 'firefox' ? 'firefox' : browser
const play = (scenario, args) => reported(which, server, 'engine.html', { scenario, args: JSON.stringify(args) }).then(({ value }) => value)
const show = (label, p) => console.log(label, Math.round(p.ms), JSON.stringify(p.ended ?? p.failure), 'coordinators', p.coordinators, 'told', p.progress?.trials_told, 'failed', p.progress?.trials_failed, 'views', p.views, JSON.stringify(p.facts), p.audit, JSON.stringify(p.failures), 'util', p.progress?.utilisation, [...new Set(p.notes)])
const tests = {
  async faults() {
    for (const engine of ['messages', 'threads']) for (const fault of ['panic', 'out_of_memory', 'hang'])
      show(engine + ' ' + fault, await play('study', { study: { source: synthetic({ trials: 200, more: '[attempts]\ntimeout = "1s"', settings: `fault = "${fault}"\nfault_share = 0.01` }) }, engine, workers: 2 }))
  },
  async fifty() {
    for (const engine of ['threads']) for (const fault of ['panic', 'out_of_memory'])
      show(engine + ' ' + fault, await play('study', { study: { source: synthetic({ trials: 100, settings: `duration="constant"\nmean_ms=2\nfault = "${fault}"\nfault_share = 0.5` }) }, engine, workers: 2 }))
  },
  async speed() {
    for (const store of ['memory', 'indexed_db']) for (const engine of ['threads', 'messages']) for (const workers of [1, 2])
      show(`${store} ${engine} ${workers}`, await play('study', { study: { source: synthetic({ trials: 5000 }) }, engine, workers, store }))
  },
  async util() {
    for (const store of ['memory', 'indexed_db']) for (const engine of ['threads', 'messages']) for (const ms of [5, 50])
      show(`${store} ${engine} ${ms}`, await play('study', { study: { source: synthetic({ trials: Math.round(4000/ms), settings: `duration="constant"\nmean_ms=${ms}` }) }, engine, workers: 2, store }))
  },
  async provoked() {
    for (const engine of ['threads', 'messages']) for (const what of ['panic', 'panic_later', 'hang'])
      show(`${engine} ${what}`, await play('provoked', { study: { source: synthetic({ trials: 60, settings: 'duration="constant"\nmean_ms=50' }) }, engine, workers: 2, heartbeat: { everyMs: 100, looksAtFirst: 100, looks: 10 }, provoke: [{ told: 5, what }, {told: 20, what}], paused: true }))
  },
  async commanded() {
    for (const engine of ['threads', 'messages']) for (const last of ['stop', 'abandon'])
      show(`${engine} ${last}`, await play('commanded', { study: { source: synthetic({ trials: 100, settings: 'duration="constant"\nmean_ms=50' }) }, engine, workers: 2, last }))
  },
  async cancel() {
    for (const engine of ['threads', 'messages'])
      show(`${engine} waits`, await play('runningCommand', { study: { source: synthetic({ trials: 100, settings: 'duration="constant"\nmean_ms=50000' }) }, engine, workers: 2, say: 'abandon' }))
    for (const engine of ['threads', 'messages'])
      show(`${engine} hangs`, await play('runningCommand', { study: { source: synthetic({ trials: 100, settings: 'fault="hang"' }) }, engine, workers: 2, say: 'abandon' }))
  },
  async deaf() {
    show(`deaf`, await play('deaf', { study: { source: synthetic({ trials: 60, settings: 'duration="constant"\nmean_ms=20' }) }, engine: 'threads', workers: 2 }))
  },
  async trips() {
    const took = await play('roundTrips', { count: 5000 })
    console.log([0.01, 0.1, 0.5, 0.9, 0.99, 0.9999].map((q) => took[Math.floor(q * took.length)]))
  },
  async broken() {
    show('broken', await play('study', { study: { source: synthetic({ trials: 60 }) }, engine: 'messages', workers: 2, name: 'broken simulators' }))
  },
}
await tests[process.argv[2]]()
await browser.close()
await server.close()
