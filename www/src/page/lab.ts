// The place where a study is chosen and run: the form on one side, what the study does on the other.
import type { RunOptions } from '../client'
import type { Failure, Outline, Shown } from '../protocol'
import { el } from './dom'
import { type Draft, sourceOf } from './draft'
import { count } from './format'
import { memory } from './memory'
import type { Action } from './notice'
import { type EngineReport, failureOf, type Port, type Watching } from './port'
import { RunPanel } from './run-panel'
import { RunState } from './run-state'
import { StudyForm } from './study-form'
import { engineSentence } from './words'

/** How often it is looked whether a watched study is still run by somebody. */
const LOOK_EVERY_MS = 3000
/** How long the page before a reload may still hold what it ran, and how often it is asked for. */
const HANDOVER_MS = 5000
const ASK_AGAIN_MS = 250

type Wanted = RunOptions & { workers: number }

export interface LabEvents {
  /** Studies in the browser may have changed. */
  changed: () => void
  exportStudy: (study: string) => void
  /** The state of what this tab runs or watches has changed. */
  state: (state: RunState | null) => void
}

export class Lab {
  readonly element: HTMLElement
  private readonly form: StudyForm
  private readonly panel: RunPanel
  private state: RunState | null = null
  private readonly engine: EngineReport
  private outline: Outline | null = null
  private looking: number | undefined
  private watching: Watching | null = null
  private leaving = false

  constructor(
    private readonly port: Port,
    private readonly events: LabEvents,
  ) {
    this.engine = port.engine()
    this.panel = new RunPanel({
      command: (command) => this.command(command),
      goOn: () => this.state !== null && void this.goOn(this.state.study),
      stopWatching: () => {
        this.stopWatching()
        this.setState(null)
      },
      exportStudy: events.exportStudy,
      close: () => this.setState(null),
    })
    this.form = new StudyForm(port, {
      outline: (outline) => {
        this.outline = outline
        this.panel.setOutline(outline, this.form.about)
      },
      start: (draft, outline) => void this.start(draft, outline.name),
    })
    this.element = el(
      'main',
      { id: 'lab', class: 'lab', tabIndex: -1 },
      el('h1', { class: 'only-read', textContent: 'Lab' }),
      el('section', { class: 'side', attrs: { 'aria-label': 'Study' } }, el('h2', { textContent: 'Study' }), this.form.element),
      el('section', { class: 'what', attrs: { 'aria-label': 'What it does' } }, this.panel.element),
    )
    this.form.setEngine(engineSentence(this.engine))
    window.addEventListener('pagehide', () => (this.leaving = true))
    window.addEventListener('pageshow', () => (this.leaving = false))
    void this.wake()
  }

  /** The study that this tab runs or watches. */
  get study(): string | null {
    return this.state !== null && (this.state.active || this.state.phase === 'watching') ? this.state.study : null
  }

  /** Goes on by itself with what this tab ran when it was reloaded, or offers what was left. */
  async wake(): Promise<void> {
    const running = memory.running()
    if (running === null) await this.offer()
    else await this.run({ study: { stored: running.study }, workers: running.workers }, running.study, HANDOVER_MS)
  }

  /** Goes on with a stored study, or shows it if it is finished. */
  async goOn(study: string, workers = this.form.workersWanted): Promise<void> {
    await this.run({ study: { stored: study }, workers }, study)
  }

  /** Shows a study that another tab runs. */
  async watch(study: string, runBy: string | null): Promise<void> {
    if (this.study !== null) return
    const state = new RunState(study, 0, this.engine.kind, runBy)
    state.phase = 'watching'
    this.setState(state)
    this.panel.focus()
    this.looking = window.setInterval(() => void this.look(state), LOOK_EVERY_MS)
    this.watching = this.port.watch(study, (shown) => this.shown(state, shown))
    try {
      await this.watching.ended
    } catch (thrown) {
      window.clearInterval(this.looking)
      this.fail(state, failureOf(thrown))
    }
  }

  /** A study that nobody runs and that is not finished: the tab that ran it was closed. */
  private async offer(): Promise<void> {
    const rows = await this.port.call('studies', null).catch(() => [])
    const left = rows.filter((row) => !row.finished && row.heldBy === null && row.outline !== null)
    const latest = left.sort((a, b) => (b.changedUtcMs ?? 0) - (a.changedUtcMs ?? 0))[0]
    if (latest === undefined || this.state !== null) return
    const of = latest.outline === null ? '' : ` of ${latest.outline.trials}`
    const text = `${latest.name} is not finished: ${latest.told}${of} ${latest.told === 1 ? 'trial is' : 'trials are'} stored in this browser.`
    this.panel.notice.say(text, [{ text: `Go on with ${latest.name}`, act: () => void this.goOn(latest.name) }])
  }

  private async start(draft: Draft, name: string): Promise<void> {
    void navigator.storage?.persist?.().catch(() => false)
    await this.run({ study: { source: sourceOf(draft) }, workers: this.form.workersWanted }, name)
  }

  /** Runs a study; for `patienceMs` it waits for whoever still holds it. */
  private async run(wanted: Wanted, name: string, patienceMs = 0): Promise<void> {
    if (this.study !== null) return
    const request = { store: 'indexed_db' as const, ...wanted }
    const state = new RunState(name, request.workers, this.engine.kind)
    state.kept = request.store === 'indexed_db'
    this.setState(state)
    this.panel.focus()
    try {
      state.end(await this.patiently(patienceMs, () => this.port.run(request, (shown) => this.shown(state, shown))))
      if (!this.leaving) memory.setRunning(null)
      this.setLock(state)
      this.refresh(state)
    } catch (thrown) {
      if (this.leaving) return
      memory.setRunning(null)
      this.fail(state, failureOf(thrown), request)
    }
    this.events.changed()
  }

  private async patiently<T>(ms: number, act: () => Promise<T>): Promise<T> {
    const until = performance.now() + ms
    for (;;) {
      try {
        return await act()
      } catch (thrown) {
        if (failureOf(thrown).code !== 'held' || performance.now() > until) throw thrown
        await new Promise((resolve) => window.setTimeout(resolve, ASK_AGAIN_MS))
      }
    }
  }

  private shown(state: RunState, shown: Shown): void {
    if (state !== this.state) return
    state.take(shown)
    if (shown.kind === 'begun' && state.phase === 'running') {
      if (state.kept) memory.setRunning({ study: state.study, workers: state.workers })
      else state.take({ kind: 'note', text: 'Nothing of this study is stored: it is lost when this page is closed or reloaded.' })
      if (state.resumed && state.notes.length === 0) state.take({ kind: 'note', text: 'It goes on where it was.' })
      this.setLock(state)
      this.events.changed()
    }
    this.refresh(state)
  }

  private command(command: 'pause' | 'resume' | 'stop' | 'abandon'): void {
    if (this.state === null) return
    if (command === 'stop' || command === 'abandon') {
      this.state.stopping = command
      // Whoever stops a study does not want it to go on by itself after a reload.
      memory.setRunning(null)
    }
    this.port.command(command)
    this.refresh(this.state)
  }

  private fail(state: RunState, failure: Failure, request?: Wanted): void {
    state.fail(failure)
    if (state === this.state) {
      // Without anything to show, the form's study is shown again below the error.
      if (state.view === null) this.setState(null)
      else this.refresh(state)
      this.setLock(this.state)
      this.panel.notice.failure(failure, state.told, this.actions(state, failure, request))
    }
  }

  private actions(state: RunState, failure: Failure, request: Wanted | undefined): Action[] {
    const again = (change: Partial<Wanted>) => request !== undefined && void this.run({ ...request, ...change }, state.study)
    const goOn = { text: state.view === null ? 'Try again' : `Go on with ${state.study}`, act: () => again({}) }
    switch (failure.code) {
      case 'held':
        return [{ text: `Watch ${state.study}`, act: () => void this.watch(state.study, null) }]
      case 'differs': {
        const other = nextName(state.study)
        return [
          { text: `Start as ${other}`, act: () => this.form.startAs(other) },
          { text: 'Go on with the stored one', act: () => void this.goOn(state.study) },
        ]
      }
      case 'store':
        return state.view === null ? [goOn, { text: 'Run it without storing', act: () => again({ store: 'memory' }) }] : [goOn]
      case 'broken':
        return request === undefined ? [] : [goOn]
      case 'bad_input':
      case 'not_found':
        return []
    }
  }

  /** Whether anybody still runs what is watched. */
  private async look(state: RunState): Promise<void> {
    if (state !== this.state || state.phase !== 'watching') return
    const rows = await this.port.call('studies', null).catch(() => [])
    const row = rows.find((row) => row.name === state.study)
    if (row === undefined || row.heldBy !== null) return
    this.stopWatching()
    const told = count(row.told, 'finished trial')
    const text = row.finished ? `${state.study} is finished.` : `Nobody runs ${state.study} any more; ${told} are stored in this browser.`
    this.setState(null)
    this.panel.notice.say(text, [{ text: row.finished ? `Open ${state.study}` : `Go on with ${state.study} here`, act: () => void this.goOn(state.study) }])
    this.events.changed()
  }

  private stopWatching(): void {
    window.clearInterval(this.looking)
    this.watching?.stop()
    this.watching = null
  }

  private setState(state: RunState | null): void {
    this.state = state
    this.panel.notice.clear()
    this.panel.setState(state)
    if (state === null) this.panel.setOutline(this.outline, this.form.about)
    this.setLock(state)
    this.events.state(state)
  }

  private refresh(state: RunState): void {
    this.panel.refresh()
    this.events.state(state)
  }

  private setLock(state: RunState | null): void {
    const busy = state !== null && (state.active || state.phase === 'watching')
    this.element.classList.toggle('showing', state !== null)
    const does = state?.phase === 'watching' ? 'is watched' : 'runs'
    this.form.setLock(busy ? `${state.study} ${does}; another study can start when that ends.` : null)
  }
}

/** `seir-2` after `seir`, `seir-3` after that. */
function nextName(name: string): string {
  const match = /^(.*)-(\d+)$/.exec(name)
  return match === null ? `${name}-2` : `${match[1] ?? name}-${Number(match[2]) + 1}`
}
