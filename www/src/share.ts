// Whether this page, or this worker, may share memory with others.

/** Some browsers have the first without the second. */
export function canShareMemory(): boolean {
  return self.crossOriginIsolated && typeof SharedArrayBuffer === 'function'
}
