// Locks of the browser: they end with the worker that holds them, however it ends.

const locks = globalThis.navigator?.locks

export function locksExist() {
  return locks !== undefined
}

// Resolves with a function that gives the lock back, or with nothing while another has it.
export function takeLock(name, patienceMs) {
  return new Promise((resolve, reject) => {
    const impatient = new AbortController()
    const timer = setTimeout(() => impatient.abort(), patienceMs)
    const hold = () => {
      clearTimeout(timer)
      return new Promise((giveBack) => resolve(giveBack))
    }
    locks.request(name, { signal: impatient.signal }, hold).catch((error) => {
      if (error.name === 'AbortError') resolve(undefined)
      else reject(error)
    })
  })
}

export async function heldLocks() {
  const { held } = await locks.query()
  return held.map((lock) => lock.name)
}
