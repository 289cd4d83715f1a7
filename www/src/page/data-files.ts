// The data files of a study: those that its text names, whether they are there, and more to add.
import { button, el, fill, freshId } from './dom'
import { type DataFile, type Draft, fileFor, pathsIn } from './draft'
import { bytes, count } from './format'

export class DataFiles {
  readonly element = el('div', { class: 'data-files' })
  private shown = ''

  constructor(
    private readonly add: (files: File[]) => void,
    private readonly remove: (file: DataFile) => void,
  ) {}

  set(draft: Draft, locked: boolean): void {
    const paths = pathsIn(draft.text)
    const state = JSON.stringify([paths, draft.data.map((file) => [file.name, file.text.length]), locked])
    // Redrawing would take the focus from a button in the list.
    if (state === this.shown) return
    this.shown = state
    const missing = paths.filter((path) => fileFor(path, draft.data) === undefined)
    fill(
      this.element,
      el('h3', { textContent: 'Data' }),
      draft.data.length === 0 && missing.length === 0 && el('p', { class: 'hint', textContent: 'This study names no data file.' }),
      el(
        'ul',
        {},
        ...draft.data.map((file) => this.present(file, locked)),
        ...missing.map((path) => el('li', {}, el('code', { textContent: path }), ' ', el('strong', { textContent: 'is not here yet' }))),
      ),
      !locked && this.picker(missing.length > 0),
    )
  }

  private present(file: DataFile, locked: boolean): HTMLElement {
    const rows = Math.max(0, file.text.trimEnd().split('\n').length - 1)
    const size = bytes(new TextEncoder().encode(file.text).length)
    return el(
      'li',
      {},
      el('code', { textContent: file.name }),
      el('span', { class: 'hint', textContent: `${count(rows, 'row')}, ${size}` }),
      !locked && button('Remove', () => this.remove(file), 'link'),
    )
  }

  private picker(needed: boolean): HTMLElement {
    const input = el('input', {
      type: 'file',
      accept: '.csv,text/csv',
      multiple: true,
      id: freshId('files'),
      on: { change: () => this.add([...(input.files ?? [])]) },
    })
    const label = needed ? 'Add the missing data files (CSV)' : 'Add data files (CSV)'
    return el('div', { class: 'field' }, el('label', { htmlFor: input.id, textContent: label }), input)
  }
}
