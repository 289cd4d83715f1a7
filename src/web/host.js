// What the module cannot do alone. A trap leaves a module unusable: none of its callbacks is called any
// more, whoever owns it is told, and the host's handler of last resort is spared.

/** Counts instances of the module: what an older one, or one that trapped, wanted to be called is not. */
let generation = 0
/** What rejects the promises that have not settled. */
const unsettled = new Set()
/** Timers that are set: those of an instance that is gone would keep a process waiting. */
const timers = new Set()

/** Nothing of this instance goes on. */
function end() {
  generation += 1
  for (const timer of timers) clearTimeout(timer)
  timers.clear()
}

export function setTimer(call, ms) {
  const ring = () => {
    timers.delete(timer)
    call()
  }
  const timer = setTimeout(ring, ms)
  timers.add(timer)
  return timer
}

export function clearTimer(timer) {
  timers.delete(timer)
  clearTimeout(timer)
}

let trapped = (error) => {
  if (unsettled.size === 0) throw error
  for (const reject of unsettled) reject(error)
}

/** A new instance begins; nothing of an older one goes on. */
export function begun() {
  end()
  for (const reject of unsettled) reject(new Error('the module was made anew meanwhile'))
  unsettled.clear()
}

export function onTrap(call) {
  trapped = call
}

export function guarded(call) {
  const mine = generation
  return (...words) => {
    if (mine !== generation) return
    try {
      call(...words)
    } catch (error) {
      end()
      try {
        trapped(error)
      } finally {
        unsettled.clear()
      }
    }
  }
}

export function promised(reject) {
  unsettled.add(reject)
}

export function kept(reject) {
  unsettled.delete(reject)
}

/** Has `call` told whether `value`, or what it is a promise of, came or was refused. */
export function settle(value, call) {
  let wanted = guarded(call)
  Promise.resolve(value).then(
    (came) => wanted?.(true, came),
    (refused) => wanted?.(false, refused),
  )
  return () => {
    wanted = undefined
  }
}

// Calls as soon as the host has had a turn. Timers would take 4 ms in a browser.
export function nextTurn(call) {
  if (typeof MessageChannel === 'undefined') return void setTimeout(call, 0)
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => {
    port1.close()
    call()
  }
  port2.postMessage(null)
}
