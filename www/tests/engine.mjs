// The engine in browsers, through the client as a page has it: threads and messages, faults of
// simulations, of threads and of coordinators, commands, wake-ups. `node engine.mjs [part of a name]`.

import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { chromium, folder, reported, run, serve } from './harness.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))

async function built() {
  const outDir = await folder('engine')
  await build({
    root: here,
    base: './',
    logLevel: 'error',
    worker: { format: 'es' },
    build: { outDir, target: 'esnext', emptyOutDir: true, rollupOptions: { input: `${here}engine.html` } },
  })
  return outDir
}

const site = await built()
const server = await serve(site)
const browser = await chromium()

function synthetic({ settings = '', trials = 40, replicates = 1, more = '', sampler = 'random', mode = 'parallel' }) {
  return {
    file: 'study.toml',
    text: `name = "s"\nseed = 7\nreplicates = ${replicates}\nsampler = "${sampler}"\nmode = "${mode}"\n${more}\n
[budget]\ntrials = ${trials}\n
[model]\nname = "synthetic"\n[model.settings]\nfunction = "sphere"\n${settings}\n
[parameters]\nx0 = { low = -5, high = 5 }\nx1 = { low = -5, high = 5 }\n
[[targets]]\nname = "loss"\noutput = "loss"\nsimulated = "loss"\ndistance = "value"\n`,
  }
}

const play = (scenario, args, where = browser) =>
  reported(where, server, 'engine.html', { scenario, args: JSON.stringify(args) }).then(({ value }) => value)

for (const engine of ['messages', 'threads']) for (const fault of ['panic', 'out_of_memory', 'hang']) {
  const played = await play('study', { study: { source: synthetic({ trials: 200, more: '[attempts]\ntimeout = "1s"', settings: `fault = "${fault}"\nfault_share = 0.01` }) }, engine, workers: 2 })
  console.log(engine, fault, played.ms, played.ended, played.failure, played.notes, played.failures, played.progress.trials_told, played.coordinators)
}
await browser.close()
await server.close()
await rm(site, { recursive: true })
