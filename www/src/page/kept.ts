// The place of the studies that this browser keeps: a table of them, and what can be done with each.
import type { StudyRow } from '../protocol'
import { button, el, fill, freshId, setText, show } from './dom'
import { bytes, count, moment, number, whole } from './format'
import { Notice } from './notice'
import { failureOf, type Port } from './port'

const LOOK_EVERY_MS = 4000

export interface KeptEvents {
  goOn: (study: string) => void
  watch: (study: string, runBy: string) => void
  open: (study: string) => void
  /** The study that this tab runs or watches. */
  current: () => string | null
  show: () => void
}

export class Kept {
  readonly element: HTMLElement
  private readonly notice = new Notice()
  private readonly said = el('p', { class: 'said', attrs: { role: 'status' } })
  private readonly body = el('tbody')
  private readonly table: HTMLTableElement
  private readonly empty = el(
    'p',
    { hidden: true },
    'No study is kept in this browser yet. ',
    el('a', { href: '#lab', textContent: 'Start one' }),
    ', or import a file that was exported here or by ',
    el('code', { textContent: 'freerun export' }),
    '.',
  )
  private readonly space = el('p', { class: 'hint' })
  private rows: StudyRow[] = []
  private shown = ''
  /** The study whose deletion is being asked about. */
  private asking: string | null = null
  private looks = 0

  constructor(
    private readonly port: Port,
    private readonly events: KeptEvents,
  ) {
    const heads = ['Name', 'Model', 'Trials', 'Best loss', 'Mode', 'Changed', 'Size', 'State', 'Actions']
    const figures = new Set(['Trials', 'Best loss', 'Size'])
    this.table = el(
      'table',
      { class: 'kept' },
      el('caption', { class: 'only-read', textContent: 'Studies kept in this browser' }),
      el('thead', {}, el('tr', {}, ...heads.map((text) => el('th', { scope: 'col', class: figures.has(text) ? 'figure' : '', textContent: text })))),
      this.body,
    )
    this.element = el(
      'main',
      {
        id: 'studies',
        class: 'studies',
        tabIndex: -1,
        on: {
          dragover: (event) => {
            if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault()
          },
          drop: (event) => {
            event.preventDefault()
            void this.importAll([...(event.dataTransfer?.files ?? [])])
          },
        },
      },
      el('h1', { textContent: 'Studies' }),
      this.notice.element,
      this.said,
      this.empty,
      this.table,
      this.importer(),
      this.space,
    )
    window.setInterval(() => {
      if (!this.element.hidden && document.visibilityState === 'visible') void this.refresh()
    }, LOOK_EVERY_MS)
  }

  /** Looks again. */
  async refresh(): Promise<void> {
    this.looks += 1
    const mine = this.looks
    try {
      const rows = await this.port.call('studies', null)
      if (mine !== this.looks) return
      this.rows = rows
      this.draw()
      await this.drawSpace()
    } catch (thrown) {
      this.notice.failure(failureOf(thrown), 0, [{ text: 'Try again', act: () => void this.refresh() }])
    }
  }

  async exportStudy(study: string): Promise<void> {
    await this.attempt(async () => {
      const text = await this.port.call('export', { study })
      const url = URL.createObjectURL(new Blob([text], { type: 'application/x-ndjson' }))
      const link = el('a', { href: url, download: `${study}.jsonl` })
      link.click()
      // The download has its own hold on the data by then.
      window.setTimeout(() => URL.revokeObjectURL(url), 60_000)
      this.say(`${study} is exported to ${study}.jsonl (${bytes(text.length)}). The program goes on with it after: freerun import ${study}.jsonl`)
    })
  }

  private draw(): void {
    const current = this.events.current()
    const state = JSON.stringify([this.rows, current, this.asking])
    // Redrawing would take the focus from a button in the table.
    if (state === this.shown) return
    this.shown = state
    const focused = document.activeElement?.getAttribute('data-key') ?? null
    const rows = [...this.rows].sort((a, b) => (b.changedUtcMs ?? 0) - (a.changedUtcMs ?? 0))
    fill(this.body, ...rows.map((row) => this.row(row, current)))
    show(this.empty, rows.length === 0)
    show(this.table, rows.length > 0)
    if (focused !== null) [...this.body.querySelectorAll('button')].find((one) => one.getAttribute('data-key') === focused)?.focus()
  }

  private row(row: StudyRow, current: string | null): HTMLElement {
    const cell = (name: string, text: string, className = '') => el('td', { class: className, textContent: text, attrs: { 'data-name': name } })
    const { outline } = row
    return el(
      'tr',
      {},
      el('th', { scope: 'row', textContent: row.name }),
      cell('Model', outline?.model ?? ''),
      cell('Trials', outline === null ? whole(row.told) : `${whole(row.told)} of ${whole(outline.trials)}`, 'figure'),
      cell('Best loss', row.best === null ? 'none' : number(row.best, 5), 'figure'),
      cell('Mode', outline?.mode ?? ''),
      cell('Changed', row.changedUtcMs === null ? '' : moment(row.changedUtcMs)),
      cell('Size', bytes(row.bytes), 'figure'),
      cell('State', stateOf(row, current)),
      el('td', { class: 'actions' }, ...this.actions(row, current)),
    )
  }

  private actions(row: StudyRow, current: string | null): HTMLElement[] {
    const { name, heldBy } = row
    const act = (text: string, click: () => void) => {
      const made = button(text, click, 'quiet')
      made.setAttribute('aria-label', `${text} ${name}`)
      made.setAttribute('data-key', `${text} ${name}`)
      return made
    }
    if (this.asking === name) return this.confirmation(row)
    const here = current === name
    const main = here
      ? act('Show', () => this.events.show())
      : heldBy !== null
        ? act('Watch', () => this.events.watch(name, heldBy))
        : row.finished
          ? act('Open', () => this.events.open(name))
          : act('Go on', () => this.events.goOn(name))
    const rest = [act('Export', () => void this.exportStudy(name))]
    if (heldBy === null && !here) rest.push(act('Delete', () => this.ask(name)))
    return [main, ...rest]
  }

  private confirmation(row: StudyRow): HTMLElement[] {
    const keep = button('Keep it', () => this.ask(null, `Delete ${row.name}`), 'quiet')
    const remove = button('Delete for good', () => void this.delete(row), 'danger')
    for (const made of [keep, remove]) made.setAttribute('data-key', `${made.textContent ?? ''} ${row.name}`)
    const what = row.told === 0 ? '' : ` and its ${count(row.told, 'trial')}`
    return [el('span', { class: 'question', textContent: `Delete ${row.name}${what}?` }), keep, remove]
  }

  private ask(study: string | null, focus = `Keep it ${study ?? ''}`): void {
    this.asking = study
    this.draw()
    this.body.querySelector<HTMLElement>(`[data-key="${CSS.escape(focus)}"]`)?.focus()
  }

  private async delete(row: StudyRow): Promise<void> {
    this.asking = null
    await this.attempt(async () => {
      await this.port.call('delete', { study: row.name })
      this.say(`${row.name} is deleted.`)
    })
    this.element.focus()
  }

  private importer(): HTMLElement {
    const input = el('input', {
      type: 'file',
      accept: '.jsonl,.ndjson,application/x-ndjson',
      multiple: true,
      id: freshId('import'),
      on: {
        change: () => {
          void this.importAll([...(input.files ?? [])]).then(() => (input.value = ''))
        },
      },
    })
    return el(
      'div',
      { class: 'field importer' },
      el('label', { htmlFor: input.id, textContent: 'Import studies' }),
      input,
      el('p', { class: 'hint', textContent: 'Files that were exported here or by freerun export; or drop them on this page.' }),
    )
  }

  private async importAll(files: File[]): Promise<void> {
    const done: string[] = []
    for (const file of files) {
      const fine = await this.attempt(async () => {
        const imported = await this.port.call('import', { text: await file.text() })
        const before = imported.already > 0 ? `; ${whole(imported.already)} of its ${count(imported.records, 'record')} were here before` : ''
        done.push(`${imported.name} is imported: ${count(imported.trials, 'trial')}${before}.`)
      }, file.name)
      if (!fine) break
    }
    if (done.length > 0) this.say(done.join(' '))
  }

  /** Does something and looks again; tells what went wrong. */
  private async attempt(what: () => Promise<void>, file?: string): Promise<boolean> {
    this.notice.clear()
    setText(this.said, '')
    try {
      await what()
      return true
    } catch (thrown) {
      const failure = failureOf(thrown)
      this.notice.failure(file === undefined ? failure : { ...failure, message: `${file}: ${failure.message}` }, 0, [])
      return false
    } finally {
      await this.refresh()
    }
  }

  private say(text: string): void {
    setText(this.said, text)
  }

  private async drawSpace(): Promise<void> {
    const estimate = await navigator.storage?.estimate?.().catch(() => null)
    const kept = await navigator.storage?.persisted?.().catch(() => false)
    const used = this.rows.reduce((sum, row) => sum + row.bytes, 0)
    const room = estimate?.quota === undefined ? '' : ` This browser gives this page about ${bytes(estimate.quota)}.`
    const promise = kept
      ? 'It has promised not to clear them by itself.'
      : 'It may clear them when space is short or after long disuse: export what matters.'
    setText(this.space, `The studies here take ${bytes(used)}.${room} ${promise}`)
  }
}

function stateOf(row: StudyRow, current: string | null): string {
  if (row.name === current) return 'open in this tab'
  if (row.heldBy !== null) return `run by ${row.heldBy}`
  return row.finished ? 'finished' : 'not finished'
}
