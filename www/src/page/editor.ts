// The text of a study file: a text area with line numbers, where lines with mistakes are marked.
import { el, fill, freshId, setAttribute } from './dom'

export class Editor {
  readonly element: HTMLElement
  private readonly gutter = el('div', { class: 'gutter', attrs: { 'aria-hidden': 'true' } })
  private readonly area: HTMLTextAreaElement
  private lines = 0
  private marked = new Set<number>()

  constructor(label: string, changed: (text: string) => void) {
    this.area = el('textarea', {
      id: freshId('editor'),
      wrap: 'off',
      spellcheck: false,
      autocomplete: 'off',
      attrs: { autocapitalize: 'off', rows: 18 },
      on: {
        input: () => {
          this.number()
          changed(this.area.value)
        },
        scroll: () => {
          this.gutter.scrollTop = this.area.scrollTop
        },
      },
    })
    this.element = el(
      'div',
      { class: 'editor' },
      el('label', { class: 'only-read', htmlFor: this.area.id, textContent: label }),
      this.gutter,
      this.area,
    )
  }

  get text(): string {
    return this.area.value
  }

  set text(text: string) {
    if (this.area.value === text) return
    this.area.value = text
    this.area.scrollTop = 0
    this.number()
  }

  set readOnly(readOnly: boolean) {
    this.area.readOnly = readOnly
  }

  /** Marks lines, counted from 1, as having a mistake that `describedBy` lists. */
  mark(lines: number[], describedBy: string | null): void {
    this.marked = new Set(lines)
    setAttribute(this.area, 'aria-invalid', describedBy === null ? null : 'true')
    setAttribute(this.area, 'aria-describedby', describedBy)
    this.lines = 0
    this.number()
  }

  /** Puts the cursor on a line, counted from 1, and selects it. */
  goTo(line: number): void {
    const lines = this.area.value.split('\n')
    const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0)
    const height = this.area.scrollHeight / Math.max(1, lines.length)
    this.area.focus()
    this.area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0))
    this.area.scrollTop = Math.max(0, (line - 4) * height)
    this.area.scrollLeft = 0
  }

  private number(): void {
    const lines = this.area.value.split('\n').length
    if (lines === this.lines) return
    this.lines = lines
    const numbers = Array.from({ length: lines }, (_, index) => {
      const line = index + 1
      return el('span', { class: this.marked.has(line) ? 'wrong' : '', textContent: String(line) })
    })
    fill(this.gutter, ...numbers)
    this.gutter.scrollTop = this.area.scrollTop
  }
}
