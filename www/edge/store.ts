// Where studies are kept: the contract that a caller's store must keep, and one that keeps it in
// memory. It knows nothing of studies but their lines.

/** Who writes a study. */
export interface Holder {
  /** Tells two writers apart; never used again. */
  id: string
  /** For people. */
  about: string
}

/** A study in a store. */
export interface StoredStudy {
  name: string
  /** How many records it has. */
  records: number
  /** Who writes it now, for people, if anybody. */
  heldBy?: string | null
}

type Awaitable<T> = T | PromiseLike<T>

/**
 * Keeps studies: for each an append-only list of records, each a line of text, with one writer at a
 * time. Every method may be asynchronous. What cannot be done is told by throwing a `StoreError`, or
 * any error with the same `code`; anything else that is thrown ends the run.
 */
export interface Store {
  /** All studies. */
  studies(): Awaitable<readonly StoredStudy[]>
  /**
   * Makes `holder` the writer of the study for so many milliseconds; a study that is not there is
   * made, empty. Gives the claim's epoch: 1 for the first, always one more than that of the claim
   * before. Throws `held`, with `by`, while the lease of a holder with another id lasts.
   */
  claim(study: string, holder: Holder, ttlMs: number): Awaitable<number>
  /** Prolongs the lease from now on. Throws `fenced` if `epoch` is not the newest. */
  renew(study: string, epoch: number, ttlMs: number): Awaitable<void>
  /** Ends the lease at once; does nothing if `epoch` is not the newest. */
  release(study: string, epoch: number): Awaitable<void>
  /**
   * Adds lines after the first `after` ones: all or none, and durable when it returns. Throws `fenced`
   * if `epoch` is not the newest, `conflict`, with `found`, if the study does not have `after` lines,
   * `not_found` without the study, and `busy` if it may work later (it is tried again then).
   */
  append(study: string, epoch: number, after: number, lines: readonly string[]): Awaitable<void>
  /**
   * Up to `limit` lines after the first `after` ones, in order; none only if there are no more. Throws
   * `not_found` without the study.
   */
  read(study: string, after: number, limit: number): Awaitable<readonly string[]>
  /** Removes the study. Throws `held` while somebody writes it, `not_found` without it. */
  delete(study: string): Awaitable<void>
}

export type StoreErrorCode = 'held' | 'fenced' | 'conflict' | 'not_found' | 'busy'

/** What a store throws. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode
  /** Of `held`: who, for people. */
  readonly by: string | undefined
  /** Of `conflict`: how many lines the study has. */
  readonly found: number | undefined

  constructor(code: StoreErrorCode, details: { message?: string; by?: string; found?: number } = {}) {
    super(details.message ?? code)
    this.code = code
    this.by = details.by
    this.found = details.found
  }
}

/** A study as a `MapStore` keeps it: plain data. */
export interface KeptStudy {
  lines: string[]
  epoch: number
  holder: Holder | null
  /** When the lease ends, by the store's clock. */
  until: number
}

/**
 * A store in a map of plain data, which may be written elsewhere and given back: a small study, a test,
 * or an example for a store of one's own.
 */
export class MapStore implements Store {
  readonly map: Map<string, KeptStudy>
  readonly #now: () => number

  constructor(map: Map<string, KeptStudy> = new Map(), now: () => number = Date.now) {
    this.map = map
    this.#now = now
  }

  studies(): StoredStudy[] {
    return Array.from(this.map, ([name, kept]) => ({
      name,
      records: kept.lines.length,
      heldBy: this.#heldBy(kept)?.about ?? null,
    }))
  }

  claim(study: string, holder: Holder, ttlMs: number): number {
    const kept = this.map.get(study) ?? { lines: [], epoch: 0, holder: null, until: 0 }
    const other = this.#heldBy(kept)
    if (other && other.id !== holder.id) throw new StoreError('held', { by: other.about })
    kept.epoch += 1
    kept.holder = holder
    kept.until = this.#now() + ttlMs
    this.map.set(study, kept)
    return kept.epoch
  }

  renew(study: string, epoch: number, ttlMs: number): void {
    this.#writers(study, epoch).until = this.#now() + ttlMs
  }

  release(study: string, epoch: number): void {
    const kept = this.#kept(study)
    if (kept.epoch === epoch) kept.holder = null
  }

  append(study: string, epoch: number, after: number, lines: readonly string[]): void {
    const kept = this.#writers(study, epoch)
    if (kept.lines.length !== after) throw new StoreError('conflict', { found: kept.lines.length })
    kept.lines.push(...lines)
  }

  read(study: string, after: number, limit: number): string[] {
    return this.#kept(study).lines.slice(after, after + limit)
  }

  delete(study: string): void {
    const holder = this.#heldBy(this.#kept(study))
    if (holder) throw new StoreError('held', { by: holder.about })
    this.map.delete(study)
  }

  #kept(study: string): KeptStudy {
    const kept = this.map.get(study)
    if (!kept) throw new StoreError('not_found')
    return kept
  }

  #writers(study: string, epoch: number): KeptStudy {
    const kept = this.#kept(study)
    if (kept.epoch !== epoch) throw new StoreError('fenced')
    return kept
  }

  #heldBy(kept: KeptStudy): Holder | null {
    return kept.until > this.#now() ? kept.holder : null
  }
}

/**
 * The store, remembering its last claim so that it can be ended when the module cannot do it any more:
 * after a trap nobody else waits for the lease to run out.
 */
export class Remembering implements Store {
  readonly #store: Store
  #claim: { study: string; epoch: number } | undefined

  constructor(store: Store) {
    this.#store = store
  }

  /** Ends the lease, if there is one. */
  async giveBack(): Promise<void> {
    const claim = this.#claim
    // A store that fails now lets the lease run out.
    if (claim) await Promise.resolve(this.#store.release(claim.study, claim.epoch)).catch(() => undefined)
  }

  async claim(study: string, holder: Holder, ttlMs: number): Promise<number> {
    const epoch = await this.#store.claim(study, holder, ttlMs)
    this.#claim = { study, epoch }
    return epoch
  }

  async release(study: string, epoch: number): Promise<void> {
    await this.#store.release(study, epoch)
    this.#claim = undefined
  }

  studies = () => this.#store.studies()
  renew = (study: string, epoch: number, ttlMs: number) => this.#store.renew(study, epoch, ttlMs)
  append = (study: string, epoch: number, after: number, lines: readonly string[]) =>
    this.#store.append(study, epoch, after, lines)
  read = (study: string, after: number, limit: number) => this.#store.read(study, after, limit)
  delete = (study: string) => this.#store.delete(study)
}
