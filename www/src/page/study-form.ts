// The form of a study: which one, its text and data, and how it is to run. What is typed is checked by
// the module while it is typed; nothing is decided here.
import type { Failure, Outline } from '../protocol'
import { builtIn } from './builtin'
import { DataFiles } from './data-files'
import { button, el, field, fill, freshId, setText, show } from './dom'
import { type Draft, lastPart, type ModeChoice, mistakeBesideFile, sourceOf } from './draft'
import { Editor } from './editor'
import { memory } from './memory'
import { Mistakes } from './mistakes'
import { failureOf, type Port } from './port'
import { workersLabel } from './words'

const CHECK_AFTER_MS = 250

export interface FormEvents {
  /** The study was read, or `null` while it cannot be. */
  outline: (outline: Outline | null) => void
  start: (draft: Draft, outline: Outline) => void
}

export class StudyForm {
  readonly element: HTMLFormElement
  private draft: Draft
  private outline: Outline | null = null
  private locked = false
  private checks = 0
  private timer: number | undefined
  private readonly choices: HTMLInputElement[]
  private readonly editor: Editor
  private readonly mistakes: Mistakes
  private readonly files: DataFiles
  private readonly checked = el('p', { class: 'checked', attrs: { role: 'status' } })
  private readonly fileName = el('h3', { class: 'file-name' })
  private readonly engine = el('p', { class: 'hint engine' })
  private readonly fields: HTMLFieldSetElement
  private readonly chooser: HTMLFieldSetElement
  private readonly picker: HTMLElement
  private readonly startButton = el('button', { type: 'submit', class: 'primary', textContent: 'Start' })
  private readonly lock = el('p', { class: 'hint', hidden: true })
  private readonly workers: HTMLInputElement
  private readonly mode: HTMLSelectElement
  private readonly size: HTMLInputElement
  private readonly sizeField: HTMLElement
  private readonly trials: HTMLInputElement
  private readonly named: HTMLInputElement

  constructor(
    private readonly port: Port,
    private readonly events: FormEvents,
  ) {
    this.draft = memory.draft<Draft>() ?? fresh(0, port.workers)
    this.choices = [...builtIn.map((_, index) => this.choice(index)), this.choice(null)]
    this.editor = new Editor('Study file', (text) => this.edited({ text }))
    this.mistakes = new Mistakes((line) => this.editor.goTo(line))
    this.files = new DataFiles(
      (files) => void this.addFiles(files, false),
      (file) => this.edited({ data: this.draft.data.filter((other) => other !== file) }),
    )
    this.workers = numberInput(() => this.edited({ workers: Number(this.workers.value) }))
    this.size = numberInput(() => this.edited({ size: Number(this.size.value) }))
    this.trials = numberInput(() => this.edited({ trials: this.trials.value }))
    this.named = el('input', { type: 'text', autocomplete: 'off', on: { input: () => this.edited({ name: this.named.value }) } })
    this.mode = modeSelect(() => this.edited({ mode: this.mode.value as ModeChoice }))
    this.sizeField = field('Batch size', this.size)
    this.fields = el(
      'fieldset',
      { class: 'how' },
      el('legend', { textContent: 'How it runs' }),
      field(workersLabel(), this.workers),
      field('Mode', this.mode),
      this.sizeField,
      field('Trials', this.trials),
      field('Name', this.named),
    )
    this.chooser = el('fieldset', { class: 'choices' }, el('legend', { textContent: 'Which study' }), ...this.choices.map((input) => choiceLabel(input)))
    this.picker = this.filePicker()
    this.element = this.assemble()
    this.showDraft()
    this.timer = window.setTimeout(() => void this.check())
  }

  /** While a study runs, the form can only be read; `why` says so. */
  setLock(why: string | null): void {
    this.locked = why !== null
    this.fields.disabled = this.locked
    this.chooser.disabled = this.locked
    this.editor.readOnly = this.locked
    show(this.startButton, !this.locked)
    show(this.checked, !this.locked)
    show(this.picker, !this.locked)
    show(this.lock, this.locked)
    setText(this.lock, why ?? '')
    this.files.set(this.draft, this.locked)
  }

  setEngine(text: string): void {
    setText(this.engine, text)
  }

  /** What the form asks for: its workers also count when a stored study goes on. */
  get workersWanted(): number {
    return Math.max(1, Math.floor(this.draft.workers) || 1)
  }

  /** What the study is about, of one that comes with the page. */
  get about(): string | null {
    const chosen = this.draft.builtIn === null ? undefined : builtIn[this.draft.builtIn]
    return chosen?.about ?? null
  }

  /** Gives the study another name and starts it. */
  startAs(name: string): void {
    this.edited({ name })
    this.named.value = name
    void this.start()
  }

  private assemble(): HTMLFormElement {
    const form = el(
      'form',
      {
        class: 'study-form',
        noValidate: true,
        on: {
          submit: (event) => {
            event.preventDefault()
            void this.start()
          },
          dragover: (event) => {
            if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault()
          },
          drop: (event) => this.dropped(event.dataTransfer, event),
          paste: (event) => this.dropped(event.clipboardData, event),
        },
      },
      this.chooser,
      this.fields,
      el('div', { class: 'start' }, this.startButton, this.checked, this.lock),
      this.engine,
      this.mistakes.element,
      el('div', { class: 'file-head' }, this.fileName, this.picker),
      this.editor.element,
      this.files.element,
    )
    return form
  }

  private choice(builtInIndex: number | null): HTMLInputElement {
    return el('input', {
      type: 'radio',
      name: 'study',
      id: freshId('study'),
      value: builtInIndex === null ? 'own' : String(builtInIndex),
      on: { change: () => this.choose(builtInIndex) },
    })
  }

  private choose(index: number | null): void {
    const { workers, text } = this.draft
    const own = fresh(index, workers)
    this.draft = index === null && !isBuiltIn(text) ? { ...own, text } : own
    this.showDraft()
    this.changed()
    if (index === null) this.editor.goTo(1)
  }

  private edited(change: Partial<Draft>): void {
    this.draft = { ...this.draft, ...change }
    this.changed()
  }

  private changed(): void {
    memory.setDraft(this.draft)
    this.showDerived()
    window.clearTimeout(this.timer)
    this.timer = window.setTimeout(() => void this.check(), CHECK_AFTER_MS)
  }

  private showDraft(): void {
    const { builtIn: chosen, text, workers, mode, size, trials, name } = this.draft
    for (const input of this.choices) input.checked = input.value === (chosen === null ? 'own' : String(chosen))
    this.editor.text = text
    this.workers.value = String(workers)
    this.mode.value = mode
    this.size.value = String(size)
    this.trials.value = trials
    this.named.value = name
    this.showDerived()
  }

  private showDerived(): void {
    const { mode, file } = this.draft
    setText(this.fileName, file)
    show(this.sizeField, mode === 'batched' || mode === 'windowed')
    const label = this.sizeField.querySelector('label')
    if (label !== null) setText(label, mode === 'windowed' ? 'Lag' : 'Batch size')
    this.files.set(this.draft, this.locked)
  }

  /** Has the module read the study. */
  private async check(): Promise<boolean> {
    window.clearTimeout(this.timer)
    this.checks += 1
    const mine = this.checks
    const beside = mistakeBesideFile(this.draft)
    const failure = beside === null ? await this.read(mine) : ({ code: 'bad_input', message: beside, problems: [] } satisfies Failure)
    if (mine !== this.checks) return false
    if (failure !== null) this.outline = null
    this.showChecked(failure)
    this.events.outline(this.outline)
    return failure === null
  }

  private async read(mine: number): Promise<Failure | null> {
    try {
      const outline = await this.port.call('check', sourceOf(this.draft))
      if (mine === this.checks) this.outline = outline
      return null
    } catch (thrown) {
      return failureOf(thrown)
    }
  }

  private showChecked(failure: Failure | null): void {
    this.mistakes.set(failure, this.draft.file)
    const lines = failure?.problems.filter((problem) => problem.file === this.draft.file).map((problem) => problem.line ?? 0) ?? []
    this.editor.mark(lines, failure === null ? null : this.mistakes.element.id)
    setText(this.checked, failure === null ? 'The study is ready to start.' : 'It cannot start yet: see the mistakes below.')
    this.checked.classList.toggle('wrong', failure !== null)
    this.trials.placeholder = this.outline === null ? '' : String(this.outline.trials)
    this.named.placeholder = this.outline?.name ?? ''
  }

  private async start(): Promise<void> {
    if (this.locked) return
    const fine = await this.check()
    if (fine && this.outline !== null) this.events.start(this.draft, this.outline)
    else if (this.outline === null) this.mistakes.element.scrollIntoView({ block: 'nearest' })
  }

  private filePicker(): HTMLElement {
    const input = el('input', {
      type: 'file',
      class: 'only-read',
      accept: '.toml,.json,.csv',
      multiple: true,
      id: freshId('open'),
      on: {
        change: () => {
          void this.addFiles([...(input.files ?? [])], true)
          input.value = ''
        },
      },
    })
    const open = button('Open files…', () => input.click(), 'quiet')
    input.tabIndex = -1
    input.setAttribute('aria-label', 'Open a study file with its data files')
    return el('span', { class: 'opener' }, open, input, el('span', { class: 'hint', textContent: 'or drop a study file with its data here' }))
  }

  private dropped(transfer: DataTransfer | null, event: Event): void {
    const files = [...(transfer?.files ?? [])]
    if (files.length === 0) return
    event.preventDefault()
    if (!this.locked) void this.addFiles(files, true)
  }

  /** Takes data files, and a study file if `studyToo`. */
  private async addFiles(files: File[], studyToo: boolean): Promise<void> {
    const read = await Promise.all(files.map(async (file) => ({ name: file.name, text: await file.text() })))
    const isStudy = (name: string) => /\.(toml|json)$/i.test(name)
    const study = studyToo ? read.find((file) => isStudy(file.name)) : undefined
    const added = read.filter((file) => !isStudy(file.name))
    const kept = this.draft.data.filter((file) => !added.some((other) => lastPart(other.name) === lastPart(file.name)))
    const own = study === undefined ? {} : { file: study.name, text: study.text, builtIn: null, name: '', trials: '', mode: 'file' as const }
    this.draft = { ...this.draft, ...own, data: [...(study !== undefined && this.draft.builtIn !== null ? [] : kept), ...added] }
    this.showDraft()
    this.changed()
  }
}

function fresh(index: number | null, workers: number): Draft {
  const chosen = index === null ? undefined : builtIn[index]
  const data = Object.entries(chosen?.data ?? {}).map(([name, text]) => ({ name, text }))
  return {
    builtIn: index,
    file: chosen?.file ?? 'study.toml',
    text: chosen?.text ?? '',
    data,
    workers,
    mode: 'file',
    size: 8,
    trials: '',
    name: '',
  }
}

function isBuiltIn(text: string): boolean {
  return builtIn.some((study) => study.text === text)
}

function choiceLabel(input: HTMLInputElement): HTMLElement {
  const study = input.value === 'own' ? undefined : builtIn[Number(input.value)]
  const title = study?.title ?? 'Your own'
  const about = study?.short ?? 'paste or drop a study file'
  const hint = el('span', { class: 'hint', id: `${input.id}-about`, textContent: about })
  input.setAttribute('aria-describedby', hint.id)
  return el('div', { class: 'choice' }, input, el('label', { htmlFor: input.id }, el('span', { class: 'title', textContent: title })), hint)
}

function numberInput(changed: () => void): HTMLInputElement {
  return el('input', { type: 'number', min: '1', step: '1', inputMode: 'numeric', autocomplete: 'off', on: { input: changed } })
}

function modeSelect(changed: () => void): HTMLSelectElement {
  const options: [ModeChoice, string][] = [
    ['file', 'as in the file'],
    ['parallel', 'parallel: nobody waits'],
    ['batched', 'batched: wait for each batch'],
    ['windowed', 'windowed: same trials on any machine'],
  ]
  const select = el('select', { on: { change: changed } })
  fill(select, ...options.map(([value, text]) => el('option', { value, textContent: text })))
  return select
}
