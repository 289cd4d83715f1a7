// Errors in words: what was thrown, as a sentence for a person, and failures as the protocol has them.

import type { Failure } from './protocol'

export function failure(code: Failure['code'], message: string): Failure {
  return { code, message, problems: [] }
}

/** Whether `error` is an answer of the module's, and not the end of it. */
export function isFailure(error: unknown): error is Failure {
  return typeof error === 'object' && error !== null && 'code' in error && 'problems' in error
}

/** What was thrown, in words. */
export function words(error: unknown): string {
  if (error instanceof WebAssembly.RuntimeError) {
    return `it trapped, by a fault of its own or for want of memory: ${error.message}`
  }
  if (error instanceof Error || isFailure(error)) return error.message
  return String(error)
}

/** What `promise` gives; throws the failure `what` if it takes longer. */
export async function within<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failure('broken', `${what} within ${ms / 1000} seconds`)), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
