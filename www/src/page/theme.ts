// Light and dark: as the system wishes, or as the switch says. The switch is remembered only while it
// differs from the system.
import { button, setText } from './dom'
import { memory } from './memory'

const wish = window.matchMedia('(prefers-color-scheme: dark)')

function system(): 'light' | 'dark' {
  return wish.matches ? 'dark' : 'light'
}

export function themeSwitch(): HTMLButtonElement {
  const other = () => ((memory.scheme() ?? system()) === 'dark' ? 'light' : 'dark')
  const apply = () => {
    document.documentElement.dataset['scheme'] = memory.scheme() ?? system()
    setText(toggle, other() === 'dark' ? 'Dark' : 'Light')
    toggle.setAttribute('aria-label', `Change to ${other()} colours`)
    window.dispatchEvent(new Event('scheme'))
  }
  const toggle = button('', () => {
    const chosen = other()
    memory.setScheme(chosen === system() ? null : chosen)
    apply()
  }, 'quiet theme')
  wish.addEventListener('change', apply)
  apply()
  return toggle
}
