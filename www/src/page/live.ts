// Tells screen readers what happens, at reading speed: what comes too fast replaces what waits.
import { el } from './dom'

const READING_MS = 12_000

export class Announcer {
  readonly element = el('p', { class: 'only-read', attrs: { 'aria-live': 'polite', role: 'status' } })
  private last = -READING_MS
  private waiting: number | undefined

  /** Tells `text` now: something has changed that must not be missed. */
  now(text: string): void {
    window.clearTimeout(this.waiting)
    this.waiting = undefined
    this.last = performance.now()
    if (this.element.textContent !== text) this.element.textContent = text
  }

  /** Tells `text` when there is time; meanwhile a later one may take its place. */
  soon(text: () => string): void {
    if (this.waiting !== undefined) return
    const left = Math.max(0, this.last + READING_MS - performance.now())
    this.waiting = window.setTimeout(() => this.now(text()), left)
  }

  /** Nothing is to be told any more. */
  cancel(): void {
    window.clearTimeout(this.waiting)
    this.waiting = undefined
  }
}
