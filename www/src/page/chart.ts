// Loss over trials: a dot for each trial, a line for the best so far. A picture of what is shown, with
// a label that says its result; the list of trials is its table.
import type { Outline, TrialRow } from '../protocol'
import { el, setText } from './dom'
import { loss, number, whole } from './format'
import { niceTicks, roundUp, scaleOf } from './scale'

const HEIGHT = 220
const LEFT = 56
const RIGHT = 12
const TOP = 12
const BOTTOM = 30
/** From so many trials on it rests so long before it is drawn again. */
const MANY = 1000
const REST_MS = 500

interface Colours {
  dot: string
  best: string
  failed: string
  ink: string
  line: string
}

export class LossChart {
  private readonly canvas = el('canvas', { attrs: { role: 'img' } })
  private readonly note = el('p', { class: 'hint' })
  readonly element = el('figure', { class: 'chart' }, el('figcaption', { textContent: 'Loss over trials' }), this.canvas, this.note)
  private source: ReadonlyMap<number, TrialRow> = new Map()
  /** Those of the source, by number, when it was drawn. */
  private rows: TrialRow[] = []
  private budget = 0
  private mode = 'parallel'
  private due = false

  constructor() {
    new ResizeObserver(() => this.redraw()).observe(this.element)
    window.addEventListener('scheme', () => this.redraw())
  }

  set(rows: ReadonlyMap<number, TrialRow>, budget: number, outline: Outline | null): void {
    this.source = rows
    this.budget = budget
    this.mode = outline?.mode.split(':')[0] ?? 'parallel'
    this.redraw()
  }

  private redraw(): void {
    if (this.due) return
    this.due = true
    const frame = () =>
      requestAnimationFrame(() => {
        this.due = false
        this.draw()
      })
    if (this.source.size < MANY) frame()
    else window.setTimeout(frame, REST_MS)
  }

  private draw(): void {
    this.rows = [...this.source.values()].sort((a, b) => a.trial - b.trial)
    const width = this.element.clientWidth
    const context = this.canvas.getContext('2d')
    if (context === null || width === 0) return
    const ratio = window.devicePixelRatio || 1
    this.canvas.width = Math.round(width * ratio)
    this.canvas.height = Math.round(HEIGHT * ratio)
    this.canvas.style.height = `${HEIGHT}px`
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, width, HEIGHT)
    const losses = this.rows.flatMap((row) => (row.loss === null ? [] : [row.loss]))
    this.label(losses)
    const colours = this.colours()
    const last = this.lastTrial()
    const x = (trial: number) => LEFT + (trial / last) * (width - LEFT - RIGHT)
    this.axisX(context, x, last, colours)
    if (losses.length === 0) return
    const scale = scaleOf(losses)
    const y = (value: number) => TOP + (1 - scale.place(value)) * (HEIGHT - TOP - BOTTOM)
    this.axisY(context, y, niceTicks(scale), width, colours)
    this.dots(context, x, y, colours)
    this.bestLine(context, x, y, colours)
    setText(this.note, noteOf(scale.log, scale.above, this.rows.filter((row) => row.state === 'failed').length))
  }

  /** The right end: the whole budget, or less while little of it is there. */
  private lastTrial(): number {
    const there = (this.rows.at(-1)?.trial ?? 0) + 1
    const room = roundUp(Math.max(there, 20))
    return Math.max(there, Math.min(Math.max(this.budget, 2), room)) - 1
  }

  private axisX(context: CanvasRenderingContext2D, x: (trial: number) => number, last: number, colours: Colours): void {
    context.strokeStyle = colours.line
    context.fillStyle = colours.ink
    context.font = `12px ${getComputedStyle(this.element).fontFamily}`
    context.textAlign = 'center'
    context.textBaseline = 'top'
    context.beginPath()
    context.moveTo(x(0), HEIGHT - BOTTOM + 0.5)
    context.lineTo(x(last), HEIGHT - BOTTOM + 0.5)
    context.stroke()
    const step = Math.max(1, Math.ceil(last / 4))
    for (let trial = 0; trial <= last; trial += step) {
      context.textAlign = trial + step > last && trial === last ? 'right' : 'center'
      context.fillText(whole(trial), x(trial), HEIGHT - BOTTOM + 8)
    }
  }

  private axisY(context: CanvasRenderingContext2D, y: (value: number) => number, ticks: number[], width: number, colours: Colours): void {
    context.textAlign = 'right'
    context.textBaseline = 'middle'
    for (const tick of ticks) {
      context.strokeStyle = colours.line
      context.beginPath()
      context.moveTo(LEFT, Math.round(y(tick)) + 0.5)
      context.lineTo(width - RIGHT, Math.round(y(tick)) + 0.5)
      context.stroke()
      context.fillStyle = colours.ink
      context.fillText(number(tick, 3), LEFT - 8, y(tick))
    }
  }

  private dots(context: CanvasRenderingContext2D, x: (trial: number) => number, y: (value: number) => number, colours: Colours): void {
    const radius = this.rows.length > MANY ? 1.5 : this.rows.length > 300 ? 2 : 3
    context.lineWidth = 1
    for (const row of this.rows) {
      const left = x(row.trial)
      if (row.loss !== null) {
        context.fillStyle = colours.dot
        context.strokeStyle = colours.ink
        context.beginPath()
        context.arc(left, Math.max(TOP, y(row.loss)), radius, 0, 2 * Math.PI)
        context.fill()
        if (radius > 2) context.stroke()
      } else if (row.state === 'failed') {
        context.strokeStyle = colours.failed
        context.lineWidth = 2
        context.beginPath()
        context.moveTo(left, HEIGHT - BOTTOM)
        context.lineTo(left, HEIGHT - BOTTOM - 8)
        context.stroke()
        context.lineWidth = 1
      }
    }
  }

  private bestLine(context: CanvasRenderingContext2D, x: (trial: number) => number, y: (value: number) => number, colours: Colours): void {
    let best = Infinity
    context.strokeStyle = colours.best
    context.lineWidth = 2
    context.beginPath()
    for (const row of this.rows) {
      if (row.loss === null) continue
      const first = best === Infinity
      const height = Math.max(TOP, y(Math.min(best, row.loss)))
      if (first) context.moveTo(x(row.trial), height)
      else {
        context.lineTo(x(row.trial), Math.max(TOP, y(best)))
        context.lineTo(x(row.trial), height)
      }
      best = Math.min(best, row.loss)
    }
    context.stroke()
    context.lineWidth = 1
  }

  private label(losses: number[]): void {
    const best = this.rows.reduce<TrialRow | null>((best, row) => (row.loss !== null && (best?.loss ?? Infinity) > row.loss ? row : best), null)
    const text =
      best === null || best.loss === null
        ? 'Loss over trials: no trial has a loss yet.'
        : `Loss over trials: ${losses.length} trials have a loss; the lowest is ${loss(best.loss, best.se)}, of trial ${best.trial}.`
    this.canvas.setAttribute('aria-label', text)
  }

  private colours(): Colours {
    const style = getComputedStyle(this.element)
    const of = (name: string) => style.getPropertyValue(name).trim()
    return { dot: of(`--${this.mode}`) || of('--parallel'), best: of('--accent'), failed: of('--failed'), ink: of('--muted'), line: of('--line') }
  }
}

function noteOf(log: boolean, above: number, failed: number): string {
  const parts = ['A dot is a trial, the line the best so far.']
  if (log) parts.push('Logarithmic scale.')
  if (above > 0) parts.push(`${whole(above)} worse ${above === 1 ? 'trial is' : 'trials are'} drawn at the upper edge.`)
  if (failed > 0) parts.push('A mark at the bottom is a failed trial.')
  return parts.join(' ')
}
