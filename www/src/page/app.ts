// The page as a whole: its head, its places, and which of them is seen.
import { el, setAttribute, show } from './dom'
import { whole } from './format'
import { Kept } from './kept'
import { Lab } from './lab'
import type { Port } from './port'
import type { RunState } from './run-state'
import { themeSwitch } from './theme'

type Place = 'lab' | 'studies'

export class App {
  readonly element: HTMLElement
  private readonly lab: Lab
  private readonly kept: Kept
  private readonly links: Record<Place, HTMLAnchorElement>

  constructor(port: Port) {
    this.links = { lab: el('a', { href: '#lab', textContent: 'Lab' }), studies: el('a', { href: '#studies', textContent: 'Studies' }) }
    this.lab = new Lab(port, {
      changed: () => void this.kept.refresh(),
      exportStudy: (study) => {
        this.go('studies')
        void this.kept.exportStudy(study)
      },
      state: showTitle,
    })
    const inLab = (act: () => Promise<void>) => {
      this.go('lab')
      void act()
    }
    this.kept = new Kept(port, {
      goOn: (study) => inLab(() => this.lab.goOn(study)),
      open: (study) => inLab(() => this.lab.goOn(study)),
      watch: (study, runBy) => inLab(() => this.lab.watch(study, runBy)),
      current: () => this.lab.study,
      show: () => this.go('lab'),
    })
    this.element = el('div', { class: 'page' }, this.skip(), this.head(), this.lab.element, this.kept.element)
    window.addEventListener('hashchange', () => this.arrive(true))
    this.arrive(false)
  }

  private skip(): HTMLElement {
    const focus = (event: MouseEvent) => {
      event.preventDefault()
      this.place().element.focus()
    }
    return el('a', { class: 'skip', href: '#lab', textContent: 'Skip to the content', on: { click: focus } })
  }

  private head(): HTMLElement {
    return el(
      'header',
      {},
      el('p', { class: 'brand' }, 'Freerun'),
      el('p', { class: 'strap', textContent: 'Finds the parameters that make a stochastic simulation fit data, on all cores of this machine. Nothing is uploaded.' }),
      el('nav', { attrs: { 'aria-label': 'Places' } }, this.links.lab, this.links.studies),
      themeSwitch(),
    )
  }

  private go(place: Place): void {
    window.location.hash = place
    this.arrive(false)
  }

  private where(): Place {
    return window.location.hash === '#studies' ? 'studies' : 'lab'
  }

  private place(): Lab | Kept {
    return this.where() === 'lab' ? this.lab : this.kept
  }

  private arrive(focus: boolean): void {
    const where = this.where()
    show(this.lab.element, where === 'lab')
    show(this.kept.element, where === 'studies')
    for (const [place, link] of Object.entries(this.links)) setAttribute(link, 'aria-current', place === where ? 'page' : null)
    if (where === 'studies') void this.kept.refresh()
    if (focus) this.place().element.focus({ preventScroll: true })
  }
}

/** What runs is told in the title, too, for when the tab is behind others. */
function showTitle(state: RunState | null): void {
  const progress = state?.view?.progress
  const far = progress === undefined ? '' : `${whole(progress.trials_told)} of ${whole(progress.trials_budget)} · `
  const title = state === null ? 'Freerun' : `${far}${state.study} · Freerun`
  if (document.title !== title) document.title = title
}
