// Watches over the threads of the pool. A trap ends a thread inside an asynchronous function of the
// pool's own: nothing but this event, inside its worker, ever tells.

export function enrol(watch, slot) {
  const channel = new BroadcastChannel(watch)
  const tell = (reason) => channel.postMessage({ slot, reason: String(reason?.message ?? reason) })
  self.addEventListener('unhandledrejection', (event) => tell(event.reason))
  self.addEventListener('error', (event) => tell(event.error ?? event.message))
}
