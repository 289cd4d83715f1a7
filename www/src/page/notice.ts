// An error in its place: what happened, what is safe, what to do, and a button that does it.
import type { Failure } from '../protocol'
import { button, el, fill, rich, show } from './dom'
import { sentence } from './format'
import { failureTitle, whatIsSafe, whatToDo } from './words'

export interface Action {
  text: string
  act: () => void
}

export class Notice {
  readonly element = el('section', { class: 'notice', hidden: true, attrs: { role: 'alert' } })

  failure(failure: Failure, told: number, actions: Action[]): void {
    const lines = failure.message.split('\n').filter((line) => line !== '')
    this.put(
      'error',
      el('h3', { textContent: failureTitle(failure) }),
      ...lines.map((line, index) => el('p', {}, ...rich(index === 0 ? sentence(line) : line))),
      failure.problems.length > 0 && el('ul', {}, ...failure.problems.map((problem) => el('li', {}, ...rich(`\`${problem.field}\`: found ${problem.found}. Allowed: ${problem.allowed}`)))),
      el('p', {}, el('strong', { textContent: whatIsSafe(failure, told) }), ` ${whatToDo(failure)}`),
      actionsRow(actions),
    )
  }

  say(text: string, actions: Action[] = []): void {
    this.put('', el('p', { textContent: text }), actionsRow(actions))
  }

  clear(): void {
    show(this.element, false)
    fill(this.element)
  }

  private put(className: string, ...children: (HTMLElement | null | false)[]): void {
    this.element.className = `notice ${className}`
    fill(this.element, ...children)
    show(this.element, true)
  }
}

function actionsRow(actions: Action[]): HTMLElement | null {
  if (actions.length === 0) return null
  return el('div', { class: 'actions' }, ...actions.map(({ text, act }) => button(text, act)))
}
