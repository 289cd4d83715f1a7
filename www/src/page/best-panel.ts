// The best trial: its parameters within their ranges, the losses of its targets, and how far it can be
// told from the others.
import type { BestTrial, Outline, Plain, Range, TargetRow } from '../protocol'
import { el, fill, rich, show } from './dom'
import { loss, number, plain } from './format'
import { tiesSentence } from './words'

export class BestPanel {
  private readonly body = el('div')
  readonly element = el('section', { class: 'panel best', hidden: true, attrs: { 'aria-label': 'Best trial' } }, this.body)
  private shown = ''

  set(best: BestTrial | null, outline: Outline | null): void {
    show(this.element, best !== null)
    const state = JSON.stringify([best, outline])
    if (best === null || state === this.shown) return
    this.shown = state
    fill(
      this.body,
      el('h3', {}, `Best trial: ${best.trial}`, el('span', { class: 'figure', textContent: best.loss === null ? '' : ` loss ${loss(best.loss, best.se)}` })),
      el('p', { textContent: tiesSentence(best) }),
      parameters(best, outline),
      best.targets.length > 0 && targets(best.targets),
      ...best.notes.map((note) => el('p', { class: 'hint' }, ...rich(note))),
    )
  }
}

function parameters(best: BestTrial, outline: Outline | null): HTMLElement {
  const ranges = new Map(outline?.parameters.map((range) => [range.parameter, range]))
  const rows = Object.entries(best.parameters).map(([name, value]) => parameter(name, value, ranges.get(name), best))
  return el(
    'table',
    { class: 'parameters' },
    el('caption', { class: 'only-read', textContent: 'Parameters of the best trial' }),
    el(
      'thead',
      {},
      el('tr', {}, head('Parameter'), head('Value', 'figure'), head('Searched')),
    ),
    el('tbody', {}, ...rows),
  )
}

function parameter(name: string, value: Plain, range: Range | undefined, best: BestTrial): HTMLElement {
  const bound = best.at_bounds.find((at) => at.parameter === name)
  const span = best.spans.find((other) => other.parameter === name)
  const edge = bound === undefined ? null : `at the ${bound.bound === 'low' ? 'lower' : 'upper'} end of its range, which may be too narrow`
  return el(
    'tr',
    {},
    el('th', { scope: 'row', textContent: name }),
    el('td', { class: 'figure', textContent: plain(value) }),
    el(
      'td',
      { class: 'searched' },
      range !== undefined && searched(range, value, span),
      edge !== null && el('span', { class: 'remark', textContent: edge }),
    ),
  )
}

/** The range in figures, and as a bar with the value and what is as good. */
function searched(range: Range, value: Plain, span: { low: number; high: number } | undefined): HTMLElement {
  const { low, high, log, choices } = range
  if (low === null || high === null) return el('span', { textContent: choices.map((choice) => plain(choice)).join(', ') })
  const text = `${number(low)} to ${number(high)}${log ? ', logarithmic' : ''}`
  const scale = log ? Math.log : (x: number) => x
  const place = (x: number) => (high > low ? Math.min(1, Math.max(0, (scale(x) - scale(low)) / (scale(high) - scale(low)))) : 0.5)
  const bar = el('span', { class: 'bar', attrs: { 'aria-hidden': 'true' } })
  if (span !== undefined && span.high > span.low) {
    const good = el('span', { class: 'good' })
    good.style.left = `${100 * place(span.low)}%`
    good.style.width = `${100 * (place(span.high) - place(span.low))}%`
    bar.append(good)
  }
  if (typeof value === 'number') {
    const mark = el('span', { class: 'mark' })
    mark.style.left = `${100 * place(value)}%`
    bar.append(mark)
  }
  const good = span !== undefined && span.high > span.low ? `as good ${number(span.low)} to ${number(span.high)}` : ''
  return el('span', { class: 'range' }, bar, el('span', { class: 'ends' }, el('span', { textContent: text }), good === '' ? null : el('span', { textContent: good })))
}

function targets(rows: TargetRow[]): HTMLElement {
  const factors = rows.some((row) => row.factors.length > 0)
  return el(
    'table',
    { class: 'targets' },
    el('caption', { class: 'only-read', textContent: 'Targets of the best trial' }),
    el('thead', {}, el('tr', {}, head('Target'), head('Loss, unweighted', 'figure'), factors && head('Factors'))),
    el(
      'tbody',
      {},
      ...rows.map((row) =>
        el(
          'tr',
          {},
          el('th', { scope: 'row', textContent: row.target }),
          el('td', { class: 'figure', textContent: loss(row.loss, row.se) }),
          factors && el('td', { textContent: row.factors.map((factor) => number(factor, 3)).join(', ') }),
        ),
      ),
    ),
  )
}

function head(text: string, className = ''): HTMLElement {
  return el('th', { scope: 'col', class: className, textContent: text })
}
