// What the module cannot do alone. A trap leaves a module unusable: whoever owns it is told, and the
// host's handler of last resort is spared.

let trapped = (error) => {
  throw error
}

export function onTrap(call) {
  trapped = call
}

export function guarded(call) {
  return () => {
    try {
      call()
    } catch (error) {
      trapped(error)
    }
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
