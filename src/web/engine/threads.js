// Watches over the threads of the pool. A trap ends a thread inside an asynchronous function of the
// pool's own: nothing but this event, inside its worker, ever tells.

export function enrol(watch, slot) {
  const channel = new BroadcastChannel(watch)
  const tell = (error) => channel.postMessage({ slot, reason: words(error) })
  self.addEventListener('unhandledrejection', (event) => tell(event.reason))
  self.addEventListener('error', (event) => tell(event.error ?? event.message))
}

function words(error) {
  if (error instanceof WebAssembly.RuntimeError) {
    return `it trapped, by a fault of its own or for want of memory: ${error.message}`
  }
  return String(error?.message ?? error)
}
