// A service worker for hosts that send no headers of their own: answers with each file of the page
// again, and with the headers that let it share memory between its workers. It keeps nothing.

const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))
self.addEventListener('fetch', (event) => {
  const { request } = event
  const own = new URL(request.url).origin === self.location.origin
  // Only the browser itself may ask its cache so.
  const impossible = request.cache === 'only-if-cached' && request.mode !== 'same-origin'
  if (own && !impossible) event.respondWith(isolated(request))
})

async function isolated(request) {
  const response = await fetch(request)
  // A redirection that the browser is to follow has no status here, and cannot be made again.
  if (response.status === 0) return response
  const headers = new Headers(response.headers)
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value)
  const { status, statusText } = response
  return new Response(response.body, { status, statusText, headers })
}
