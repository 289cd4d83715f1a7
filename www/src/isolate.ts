// Lets the page share memory on hosts that do not send the headers for it, by a service worker and one
// reload. It knows nothing of what memory is shared for.

import { within, words } from './words'

const MARK = 'freerun: reloaded to be isolated'
const NO_HEADERS = 'its server does not send the headers for that'
const PATIENCE_MS = 5_000

/**
 * To be awaited before anything else is done: where a reload helps it does not return. Gives why this
 * page cannot be isolated from other origins, or nothing if it is.
 */
export async function isolate(): Promise<string | undefined> {
  if (self.crossOriginIsolated) {
    forget()
    return undefined
  }
  if (!self.isSecureContext) {
    return 'it came over an insecure connection (http), where browsers allow no shared memory'
  }
  if (!('serviceWorker' in navigator)) {
    return `${NO_HEADERS}, and this browser offers no service workers`
  }
  try {
    if (remembered()) return `${NO_HEADERS}, and a service worker did not help`
    await ready()
    remember()
  } catch (error) {
    return `${NO_HEADERS}, and no service worker could be started: ${words(error)}`
  }
  location.reload()
  return new Promise(() => {})
}

/** Resolves when the service worker will see the next load of the page. */
async function ready(): Promise<void> {
  const { serviceWorker } = navigator
  await serviceWorker.register(new URL('isolate.js', document.baseURI))
  await within(serviceWorker.ready, PATIENCE_MS, 'it was not ready')
}

// The mark keeps a page that cannot be isolated from reloading for ever. It belongs to the tab.

function remember(): void {
  sessionStorage.setItem(MARK, 'yes')
}

function remembered(): boolean {
  return sessionStorage.getItem(MARK) !== null
}

function forget(): void {
  try {
    sessionStorage.removeItem(MARK)
  } catch {
    // Without this storage nothing was remembered.
  }
}
