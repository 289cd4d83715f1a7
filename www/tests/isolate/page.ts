// A page that isolates itself as Freerun's does, and reports how that went, under the `id` of its own
// address.

import { isolate } from '../../src/isolate'
import { canShareMemory } from '../../src/share'

const LOADS = 'loads of this page in this tab'

function counted(): number {
  try {
    const loads = Number(sessionStorage.getItem(LOADS)) + 1
    sessionStorage.setItem(LOADS, String(loads))
    return loads
  } catch {
    return 1
  }
}

/** A worker that is asked whether it may share memory too. */
function workerShares(): Promise<boolean> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data as boolean)
    worker.onerror = (event) => reject(new Error(event.message || 'the worker could not be loaded'))
  })
}

async function facts() {
  const loads = counted()
  const why = await isolate()
  const workers = 'serviceWorker' in navigator ? await navigator.serviceWorker.getRegistrations() : []
  return {
    loads,
    why: why ?? null,
    shares: canShareMemory(),
    workerShares: await workerShares(),
    serviceWorkers: workers.map(({ scope }) => new URL(scope).pathname),
  }
}

const query = new URL(location.href).searchParams
const report = await facts().catch((error: unknown) => ({ failure: String(error) }))
await fetch(`/report?id=${encodeURIComponent(query.get('id') ?? '')}`, { method: 'POST', body: JSON.stringify(report) })
