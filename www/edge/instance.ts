// The one instance of the module that a host has: made at the first call, and anew after a trap, which
// leaves an instance unusable. Where the code comes from is the host's to say.

import * as glue from '../generated/single/freerun.js'
import { FreerunError, told } from './failure.ts'
import type { Remembering } from './store.ts'

/** The module's compiled code, or its bytes. */
export type Code = WebAssembly.Module | BufferSource

let find: () => Code | Promise<Code> = () => {
  throw new Error('this host does not say where the module is: call init(code)')
}
let made: Promise<void> | undefined
let unusable = false

/** The host's own way to the code. */
export function setCode(way: () => Code | Promise<Code>): void {
  find = way
}

async function make(code: Code | Promise<Code>): Promise<void> {
  const found = await code
  const module = found instanceof WebAssembly.Module ? found : await WebAssembly.compile(found)
  glue.initSync({ module })
}

/** An instance that can be used. */
export async function instance(code?: Code | Promise<Code>): Promise<typeof glue> {
  made ??= make(code ?? find())
  try {
    await made
  } catch (error) {
    // The next call may find the code.
    made = undefined
    throw error
  }
  if (unusable) {
    unusable = false
    glue.__wbg_reset_state()
  }
  return glue
}

/** What `call` gives; what the module throws, as errors. A trap ends the lease that the module held. */
export async function guarded<T>(store: Remembering | undefined, call: () => T | Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    const failure = told(error)
    if (failure instanceof FreerunError && failure.code === 'trapped') {
      unusable = true
      await store?.giveBack()
    }
    throw failure
  }
}
