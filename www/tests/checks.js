// A page that runs one check in a worker and reports what it gave: to the server it came from, and in
// the page. The address says what to run: `flavour`, `module` (a file beside this one), `check` (one
// of its functions), `args` (JSON), `threads` (of the pool, if any), and the `id` to report to.

const query = new URLSearchParams(location.search)
const worker = new Worker(new URL('./checks-worker.js', import.meta.url), { type: 'module' })

async function report(result) {
  document.getElementById('report').textContent = JSON.stringify(result, null, 2)
  const id = query.get('id')
  if (id !== null) {
    await fetch(`/report?id=${encodeURIComponent(id)}`, { method: 'POST', body: JSON.stringify(result) })
  }
}

worker.onmessage = ({ data }) => report(data)
worker.onerror = (event) => report({ failure: `the worker failed: ${event.message || 'it could not be loaded'}` })
worker.onmessageerror = () => report({ failure: 'the worker said something unreadable' })
worker.postMessage(Object.fromEntries(query))
