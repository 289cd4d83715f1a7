// What went wrong: failed trials by reason, and simulations that gave nothing.
import type { FailureSummary } from '../protocol'
import { el, fill, rich, show } from './dom'
import { count, some } from './format'
import { attemptsSentences } from './words'

const TRIALS_NAMED = 12

export class FailuresPanel {
  private readonly body = el('div')
  readonly element = el(
    'section',
    { class: 'panel failures', hidden: true, attrs: { 'aria-label': 'Failures' } },
    el('h3', { textContent: 'Failures' }),
    this.body,
  )
  private shown = ''

  set(failures: FailureSummary | null): void {
    const sentences = failures === null ? [] : attemptsSentences(failures)
    const groups = failures?.trials ?? []
    show(this.element, groups.length + sentences.length > 0)
    const state = JSON.stringify(failures)
    if (state === this.shown) return
    this.shown = state
    fill(
      this.body,
      groups.length > 0 &&
        el(
          'ul',
          {},
          ...groups.map((group) =>
            el(
              'li',
              {},
              el('strong', { textContent: `${count(group.trials.length, 'trial')}: ` }),
              ...rich(`${group.reason}. `),
              el('span', { class: 'hint', textContent: `Trial${group.trials.length === 1 ? '' : 's'} ${some(group.trials.map(String), TRIALS_NAMED)}` }),
            ),
          ),
        ),
      ...sentences.map((sentence) => el('p', { class: 'hint', textContent: sentence })),
    )
  }
}
