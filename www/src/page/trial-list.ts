// Trials as they come, newest first. Only the newest are in the document, as many as were asked for:
// thousands would make every change slow.
import type { TrialRow } from '../protocol'
import { button, type Child, el, fill, rich, setText, show } from './dom'
import { count, duration, loss, plain, whole } from './format'

const FIRST = 50
const MORE = 200

export class TrialList {
  private readonly list = el('ol', { class: 'trials' })
  private readonly more = button('', () => this.grow(), 'quiet more')
  private readonly empty = el('p', { class: 'hint', textContent: 'No trial yet.' })
  readonly element = el(
    'section',
    { class: 'panel', attrs: { 'aria-label': 'Trials' } },
    el('h3', { textContent: 'Trials' }),
    el(
      'div',
      { class: 'frame', attrs: { tabindex: 0, role: 'group', 'aria-label': 'List of trials, newest first' } },
      this.empty,
      this.list,
      this.more,
    ),
  )
  private rows: ReadonlyMap<number, TrialRow> = new Map()
  private items = new Map<number, HTMLLIElement>()
  private most = FIRST
  private last = -1
  private best: number | null = null

  /** Shows `rows`, of which those in `changed` are new or other than before. */
  set(rows: ReadonlyMap<number, TrialRow>, changed: ReadonlySet<number>, best: number | null): void {
    this.rows = rows
    const stale = new Set(changed)
    for (const trial of changed) this.last = Math.max(this.last, trial)
    if (best !== this.best) for (const trial of [best, this.best]) if (trial !== null) stale.add(trial)
    this.best = best
    this.update(stale)
  }

  clear(): void {
    this.rows = new Map()
    this.items = new Map()
    this.most = FIRST
    this.last = -1
    fill(this.list)
    this.update(new Set())
  }

  private grow(): void {
    const first = this.most
    this.most += MORE
    this.update(new Set())
    // The button may be gone: the reader goes on at the first new row.
    if (this.more.hidden) (this.list.children[first] as HTMLElement | undefined)?.focus()
  }

  private update(stale: ReadonlySet<number>): void {
    const shown = newest(this.rows, this.last, this.most)
    const wanted = new Set(shown)
    for (const [trial, item] of this.items) {
      if (!wanted.has(trial)) {
        item.remove()
        this.items.delete(trial)
      }
    }
    let before: Element | null = this.list.firstElementChild
    for (const trial of shown) {
      const item = this.item(trial, stale)
      if (item === before) before = before.nextElementSibling
      else this.list.insertBefore(item, before)
    }
    const left = this.rows.size - shown.length
    show(this.more, left > 0)
    setText(this.more, `Show ${Math.min(left, MORE)} more of ${whole(left)}`)
    show(this.empty, this.rows.size === 0)
  }

  private item(trial: number, stale: ReadonlySet<number>): HTMLLIElement {
    const old = this.items.get(trial)
    const row = this.rows.get(trial)
    if (row === undefined || (old !== undefined && !stale.has(trial))) return old ?? el('li')
    const item = old ?? el('li', { tabIndex: -1 })
    item.className = row.trial === this.best ? `${row.state} best` : row.state
    fill(item, ...cells(row, row.trial === this.best))
    this.items.set(trial, item)
    return item
  }
}

/** Numbers of the `most` newest trials, newest first; trials are numbered from 0. */
function newest(rows: ReadonlyMap<number, TrialRow>, last: number, most: number): number[] {
  const found: number[] = []
  for (let trial = last; trial >= 0 && found.length < most; trial -= 1) if (rows.has(trial)) found.push(trial)
  return found
}

function cells(row: TrialRow, best: boolean): Child[] {
  const parameters = Object.entries(row.parameters).flatMap(([name, value], index) => [
    index > 0 ? ' ' : null,
    el('span', { class: 'pair' }, el('span', { class: 'name', textContent: name }), ` ${plain(value)}`),
  ])
  return [
    el('span', { class: 'number' }, el('span', { class: 'only-read', textContent: 'Trial ' }), String(row.trial)),
    el('span', { class: 'loss', textContent: result(row) }, best && el('span', { class: 'tag', textContent: 'best' })),
    el('span', { class: 'time', textContent: time(row) }),
    el('span', { class: 'parameters' }, ...parameters),
    row.reason !== null && el('span', { class: 'remark wrong' }, ...rich(row.reason)),
    ...remarks(row).map((text) => el('span', { class: 'remark' }, ...rich(text))),
  ]
}

function result(row: TrialRow): string {
  if (row.state === 'failed') return 'failed'
  if (row.loss !== null) return loss(row.loss, row.se)
  return row.replicates_done > 0 ? `${count(row.replicates_done, 'replicate')} done` : 'under way'
}

/** Mean run time of a simulation. */
function time(row: TrialRow): string {
  const { run_times_us: times } = row
  if (times.length === 0) return ''
  return `${duration(times.reduce((sum, us) => sum + us, 0) / times.length)} each`
}

function remarks(row: TrialRow): string[] {
  const remarks = [...row.notes]
  switch (row.source.kind) {
    case 'start':
      remarks.push(`starting point ${row.source.position + 1} of the file`)
      break
    case 'imported':
      remarks.push(`from ${row.source.program}`)
      break
    case 'enqueued':
      remarks.push('enqueued')
      break
    case 'caller':
      remarks.push('run by a caller')
      break
    case 'sampler':
      break
  }
  return remarks
}
