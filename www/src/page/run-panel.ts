// What a study does: a sentence, a bar, what can be said to it, and what it found.
import type { Command, Outline } from '../protocol'
import { BestPanel } from './best-panel'
import { LossChart } from './chart'
import { button, type Child, el, fill, rich, setText, show } from './dom'
import { FailuresPanel } from './failures-panel'
import { capital, count, moment, number, plain } from './format'
import { Announcer } from './live'
import { Notice } from './notice'
import type { Note, RunState } from './run-state'
import { TrialList } from './trial-list'
import { isOver, progressDetail, statusSentence } from './words'

export interface RunEvents {
  command: (command: Command) => void
  goOn: () => void
  stopWatching: () => void
  exportStudy: (study: string) => void
  close: () => void
}

const NOTES_SHOWN = 5

export class RunPanel {
  readonly notice = new Notice()
  private readonly title = el('h2', { tabIndex: -1 })
  private readonly status = el('p', { class: 'status' })
  private readonly bar = el('progress', { attrs: { 'aria-label': 'Trials finished' } })
  private readonly detail = el('p', { class: 'hint detail' })
  private readonly notes = el('ul', { class: 'notes', attrs: { 'aria-label': 'Notes' } })
  private readonly best = new BestPanel()
  private readonly failures = new FailuresPanel()
  private readonly chart = new LossChart()
  private readonly trials = new TrialList()
  private readonly announcer = new Announcer()
  private readonly outline = el('div', { class: 'outline' })
  private readonly results: HTMLElement
  private readonly pause = button('Pause', () => this.events.command(this.state?.paused === true ? 'resume' : 'pause'), 'wide')
  private readonly stop = button('Stop', () => this.events.command('stop'))
  private readonly abandon = button('Stop now', () => this.events.command('abandon'))
  private readonly goOn = button('Go on', () => this.events.goOn(), 'primary')
  private readonly save = button('Export', () => this.state !== null && this.events.exportStudy(this.state.study))
  private readonly unwatch = button('Stop watching', () => this.events.stopWatching())
  private readonly close = button('Close', () => this.events.close())
  private readonly hint = el('p', { class: 'hint', textContent: 'Stop lets what is under way end; Stop now gives it up. Either way all finished trials stay.' })
  private state: RunState | null = null
  private phase = ''
  private due = false
  readonly element: HTMLElement

  constructor(private readonly events: RunEvents) {
    this.results = el(
      'div',
      { class: 'results', hidden: true },
      this.status,
      this.bar,
      this.detail,
      el('div', { class: 'controls' }, this.pause, this.stop, this.abandon, this.goOn, this.save, this.unwatch, this.close),
      this.hint,
      this.notes,
      this.best.element,
      this.chart.element,
      this.failures.element,
      this.trials.element,
    )
    this.element = el('div', { class: 'run' }, this.title, this.notice.element, this.outline, this.results, this.announcer.element)
  }

  /** What the study in the form would do; shown while none runs. */
  setOutline(outline: Outline | null, about: string | null): void {
    if (this.state !== null) return
    show(this.outline, true)
    setText(this.title, outline === null ? 'Nothing to run yet' : outline.name)
    fill(this.outline, ...(outline === null ? [el('p', { textContent: 'Choose a study, or correct the mistakes in this one.' })] : describe(outline, about)))
  }

  /** Shows a study that runs, is watched or has ended; `null` for none. */
  setState(state: RunState | null): void {
    this.state = state
    this.phase = ''
    this.announcer.cancel()
    show(this.outline, state === null)
    show(this.results, state !== null)
    this.trials.clear()
    if (state !== null) this.draw()
  }

  /** Something changed: drawn with the next frame. */
  refresh(): void {
    if (this.due) return
    this.due = true
    requestAnimationFrame(() => {
      this.due = false
      this.draw()
    })
  }

  focus(): void {
    this.title.focus()
  }

  private draw(): void {
    const { state } = this
    if (state === null) return
    const { view } = state
    setText(this.title, state.study)
    const sentence = statusSentence(state)
    setText(this.status, sentence)
    this.tell(state, sentence)
    this.drawBar(state)
    this.drawControls(state)
    this.drawNotes(state.notes)
    this.best.set(view?.best ?? null, state.outline)
    this.failures.set(view?.failures ?? null)
    const changed = state.takeChanged()
    const best = view?.progress.best?.trial ?? null
    this.trials.set(state.rows, changed, best)
    if (changed.size > 0 || state.rows.size === 0) this.chart.set(state.rows, view?.progress.trials_budget ?? 0, state.outline)
  }

  /** Changes of phase at once, the rest at reading speed. */
  private tell(state: RunState, sentence: string): void {
    const phase = `${state.study} ${state.phase} ${String(state.paused)} ${state.stopping}`
    if (phase !== this.phase) this.announcer.now(`${state.study}: ${sentence}`)
    else if (state.phase === 'running' || state.phase === 'watching') this.announcer.soon(() => statusSentence(state))
    this.phase = phase
  }

  private drawBar(state: RunState): void {
    const progress = state.view?.progress
    const budget = progress?.trials_budget ?? 0
    if (budget > 0) {
      this.bar.max = budget
      this.bar.value = progress?.trials_told ?? 0
    } else if (state.phase === 'starting') this.bar.removeAttribute('value')
    setText(this.detail, progress === undefined ? ' ' : progressDetail(progress, state.active))
  }

  private drawControls(state: RunState): void {
    const running = state.phase === 'running'
    setText(this.pause, state.paused ? 'Resume' : 'Pause')
    show(this.pause, running && state.stopping === 'no')
    show(this.stop, running && state.stopping === 'no')
    show(this.abandon, running && state.stopping !== 'abandon')
    show(this.hint, running)
    const rests = state.phase === 'ended' || state.phase === 'failed'
    show(this.goOn, rests && !isOver(state.ended) && state.view !== null && state.kept)
    show(this.save, rests && state.view !== null && state.kept)
    show(this.close, rests)
    show(this.unwatch, state.phase === 'watching')
  }

  private drawNotes(notes: Note[]): void {
    if (this.notes.childElementCount === Math.min(notes.length, NOTES_SHOWN) && notes.at(-1)?.text === this.notes.lastElementChild?.getAttribute('data-text')) return
    fill(
      this.notes,
      ...notes.slice(-NOTES_SHOWN).map((note) =>
        el('li', { attrs: { 'data-text': note.text } }, el('span', { class: 'hint', textContent: `${moment(note.at.getTime()).split(' ').at(-1) ?? ''} ` }), ...rich(capital(note.text))),
      ),
    )
  }
}

/** A study that has not begun, in words. */
function describe(outline: Outline, about: string | null): Child[] {
  const simulations = outline.trials * outline.replicates
  return [
    about !== null && el('p', { textContent: about }),
    el('p', {
      class: 'status',
      textContent: `${count(outline.trials, 'trial')} of ${count(outline.replicates, 'replicate')} each: ${count(simulations, 'simulation')} of the model ${outline.model}.`,
    }),
    el(
      'dl',
      {},
      el('dt', { textContent: 'Searches' }),
      ...outline.parameters.map((range) => el('dd', {}, el('code', { textContent: range.parameter }), ` ${rangeWords(range)}`)),
      el('dt', { textContent: 'To fit' }),
      ...outline.targets.map((target) => el('dd', { textContent: target })),
      el('dt', { textContent: 'By' }),
      el('dd', { textContent: `${outline.sampler}, ${outline.mode}${outline.seed === null ? '; a seed is drawn when it starts' : `, seed ${outline.seed}`}` }),
    ),
  ]
}

function rangeWords(range: Outline['parameters'][number]): string {
  if (range.low === null || range.high === null) return `among ${range.choices.map((choice) => plain(choice)).join(', ')}`
  return `from ${number(range.low)} to ${number(range.high)}${range.log ? ', logarithmic' : ''}`
}
