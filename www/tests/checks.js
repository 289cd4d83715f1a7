// A page that runs checks in a worker. The address says which `flavour` of the module, and how many
// `threads` its pool has, if any. With a `check` (a function of the file `checks/MODULE.js`) and its
// `args` (JSON, or at the address `asked`), that one is run and reported: to the server by the `id`
// given, and in the page. A driver runs more of them, one by one, with `window.check`.

const query = Object.fromEntries(new URLSearchParams(location.search))
const worker = new Worker(new URL('./checks-worker.js', import.meta.url), { type: 'module' })
const awaited = new Map()
let calls = 0

function settle(id, result) {
  awaited.get(id)?.(result)
  awaited.delete(id)
}

function fail(failure) {
  for (const id of [...awaited.keys()]) settle(id, { failure })
}

worker.onmessage = ({ data: { id, result } }) => settle(id, result)
worker.onerror = (event) => fail(`the worker failed: ${event.message || 'it could not be loaded'}`)
worker.onmessageerror = () => fail('the worker said something unreadable')

/** Resolves with `{ value }` or `{ failure }`; the check keeps what it began in the worker. */
window.check = (module, check, args = {}) =>
  new Promise((resolve) => {
    const id = (calls += 1)
    awaited.set(id, resolve)
    const { flavour, threads } = query
    worker.postMessage({ id, flavour, threads, module, check, args })
  })

async function report(result) {
  document.getElementById('report').textContent = JSON.stringify(result, null, 2)
  if (query.id === undefined) return
  await fetch(`/report?id=${encodeURIComponent(query.id)}`, { method: 'POST', body: JSON.stringify(result) })
}

async function asked() {
  if (query.asked !== undefined) return (await fetch(query.asked)).json()
  return query.args && JSON.parse(query.args)
}

if (query.check !== undefined) {
  asked()
    .then((args) => window.check(query.module, query.check, args))
    .then(report)
}
