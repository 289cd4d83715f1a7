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
