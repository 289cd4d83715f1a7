// The mistakes in a study file, each at its line, with what was found and what is allowed.
import type { Failure, FileProblem } from '../protocol'
import { button, el, fill, freshId, rich, show } from './dom'
import { sentence } from './format'

/** Lists longer than this are cut: they come from one slip near the top. */
const SHOWN = 50

export class Mistakes {
  readonly element = el('div', { class: 'mistakes', id: freshId('mistakes'), hidden: true })

  constructor(private readonly goTo: (line: number) => void) {}

  /** Shows them; `null` if there are none. `file` is the one in the editor. */
  set(failure: Failure | null, file: string): void {
    show(this.element, failure !== null)
    if (failure === null) {
      fill(this.element)
      return
    }
    const problems = failure.problems.slice(0, SHOWN)
    const rest = failure.problems.length - problems.length
    fill(
      this.element,
      el('p', { class: 'what' }, ...rich(sentence(failure.message))),
      problems.length > 0 && el('ol', {}, ...problems.map((problem) => this.row(problem, file))),
      rest > 0 && el('p', { textContent: `${rest} more are not shown.` }),
    )
  }

  private row(problem: FileProblem, file: string): HTMLElement {
    const { line } = problem
    const place =
      line === null || problem.file !== file
        ? el('span', { class: 'place', textContent: line === null ? problem.file : `${problem.file}, line ${line}` })
        : button(`Line ${line}`, () => this.goTo(line), 'link place')
    return el(
      'li',
      {},
      place,
      ' ',
      problem.field !== '' && el('code', { textContent: problem.field }),
      problem.field !== '' && ': ',
      ...rich(`found ${problem.found}. `),
      el('span', { class: 'allowed' }, ...rich(`Allowed: ${problem.allowed}`)),
    )
  }
}
