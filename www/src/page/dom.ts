// Elements in one expression each. No framework: what changes keeps a reference to its element.

export type Child = Node | string | null | undefined | false

type Props<E> = {
  class?: string
  on?: { [N in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[N]) => void }
  /** Attributes; `false` and `null` leave one out. */
  attrs?: Record<string, string | number | boolean | null>
} & Partial<Omit<E, 'children' | 'style' | 'classList' | 'dataset'>>

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props<HTMLElementTagNameMap[K]> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  const { class: className, on, attrs, ...rest } = props
  if (className !== undefined) element.className = className
  Object.assign(element, rest)
  for (const [name, value] of Object.entries(attrs ?? {})) setAttribute(element, name, value)
  for (const [name, listener] of Object.entries(on ?? {})) element.addEventListener(name, listener as EventListener)
  element.append(...children.filter((child) => isShown(child)))
  return element
}

function isShown(child: Child): child is Node | string {
  return child !== null && child !== undefined && child !== false
}

/** Puts `children` in place of what `element` has. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren(...children.filter((child) => isShown(child)))
}

/** Sets a text only if it changed, so that nothing is laid out or read out for nothing. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

export function setAttribute(element: Element, name: string, value: string | number | boolean | null): void {
  if (value === false || value === null) element.removeAttribute(name)
  else element.setAttribute(name, value === true ? '' : String(value))
}

export function show(element: HTMLElement, shown: boolean): void {
  if (element.hidden === shown) element.hidden = !shown
}

/** A text in which backticks mark code, as in the module's sentences. */
export function rich(text: string): Child[] {
  return text.split('`').map((part, index) => (index % 2 === 1 ? el('code', { textContent: part }) : part))
}

let ids = 0

/** An id unlike any other. */
export function freshId(prefix: string): string {
  ids += 1
  return `${prefix}-${ids}`
}

/** A button that does something. */
export function button(text: string, click: () => void, className = ''): HTMLButtonElement {
  return el('button', { type: 'button', class: className, textContent: text, on: { click } })
}

/** A label above its field, with a hint below. */
export function field(label: string, input: HTMLElement, hint?: Child): HTMLElement {
  if (input.id === '') input.id = freshId('field')
  const described = hint !== undefined && hint !== null && hint !== false ? el('p', { class: 'hint', id: `${input.id}-hint` }, hint) : null
  if (described !== null) input.setAttribute('aria-describedby', described.id)
  return el('div', { class: 'field' }, el('label', { htmlFor: input.id, textContent: label }), input, described)
}
