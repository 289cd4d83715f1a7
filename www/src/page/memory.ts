// What the page remembers by itself: what this tab runs (for a reload), what is in the form, and light
// or dark. Where the browser keeps nothing, the page works and forgets.

export interface Running {
  study: string
  workers: number
}

function read<T>(storage: () => Storage, key: string): T | null {
  try {
    const text = storage().getItem(key)
    return text === null ? null : (JSON.parse(text) as T)
  } catch {
    return null
  }
}

function write(storage: () => Storage, key: string, value: unknown): void {
  try {
    if (value === null) storage().removeItem(key)
    else storage().setItem(key, JSON.stringify(value))
  } catch {
    // Full or forbidden: forgotten at the next reload.
  }
}

const tab = () => window.sessionStorage
const browser = () => window.localStorage

export const memory = {
  running: () => read<Running>(tab, 'freerun.running'),
  setRunning: (running: Running | null) => write(tab, 'freerun.running', running),
  draft: <T>() => read<T>(tab, 'freerun.draft'),
  setDraft: (draft: unknown) => write(tab, 'freerun.draft', draft),
  scheme: () => read<'light' | 'dark'>(browser, 'freerun.scheme'),
  setScheme: (scheme: 'light' | 'dark' | null) => write(browser, 'freerun.scheme', scheme),
}
