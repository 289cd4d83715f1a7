// Numbers, times and sizes as people read them. Numbers that stand below each other keep their form.
import type { Plain } from '../protocol'

const NO_BREAK = '\u00a0'
const MINUS = '\u2212'

/** A number with at most `digits` significant digits. */
export function number(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not a number' : value > 0 ? 'infinity' : `${MINUS}infinity`
  const size = Math.abs(value)
  if (size !== 0 && (size >= 1e7 || size < 1e-3)) return scientific(value, digits)
  const text = value.toLocaleString('en', { maximumSignificantDigits: digits })
  return text.replace('-', MINUS)
}

function scientific(value: number, digits: number): string {
  const [mantissa = '0', exponent = '0'] = value.toExponential(digits - 1).split('e')
  const raised = [...String(Number(exponent))].map((c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)])).join('')
  return `${String(Number(mantissa)).replace('-', MINUS)}×10${raised}`
}

/** A loss with as many decimals as its standard error bears. */
export function loss(value: number, se: number | null): string {
  if (se === null || !(se > 0)) return number(value, 5)
  const decimals = decimalsOf(se)
  if (decimals > 6 || Math.abs(value) >= 1e7) return `${number(value)} ± ${number(se, 2)}`
  return `${fixed(value, decimals)} ± ${fixed(se, decimals)}`
}

/** Decimals that show two digits of a standard error. */
function decimalsOf(se: number): number {
  return Math.max(0, 1 - Math.floor(Math.log10(se)))
}

function fixed(value: number, decimals: number): string {
  const text = value.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
  return text.replace('-', MINUS)
}

export function plain(value: Plain): string {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? whole(value) : number(value)
  return String(value)
}

export function whole(value: number): string {
  return value.toLocaleString('en').replace('-', MINUS)
}

/** `3 trials`, `1 trial`. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${whole(value)}${NO_BREAK}${value === 1 ? one : many}`
}

export function duration(us: number): string {
  const seconds = us / 1e6
  if (us < 10_000) return `${Number((us / 1000).toPrecision(2)).toFixed(us < 100 ? 3 : us < 1000 ? 2 : 1)}${NO_BREAK}ms`
  if (seconds < 1) return `${Math.round(us / 1000)}${NO_BREAK}ms`
  if (seconds < 10) return `${seconds.toFixed(1)}${NO_BREAK}s`
  if (seconds < 100) return `${Math.round(seconds)}${NO_BREAK}s`
  return long(seconds)
}

/** In whole seconds, so that it does not flicker. */
export function ago(us: number): string {
  const seconds = Math.floor(us / 1e6)
  if (seconds < 1) return 'just now'
  return `${seconds < 100 ? `${seconds}${NO_BREAK}s` : long(seconds)} ago`
}

function long(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  if (minutes < 100) return `${minutes}${NO_BREAK}min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours}${NO_BREAK}h ${minutes % 60}${NO_BREAK}min`
  return count(Math.round(hours / 24), 'day')
}

export function percent(share: number): string {
  return `${Math.round(share * 100)}${NO_BREAK}%`
}

export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let unit = 0
  let scaled = value
  while (scaled >= 1000 && unit < units.length - 1) {
    scaled /= 1000
    unit += 1
  }
  return `${scaled >= 100 || unit === 0 ? Math.round(scaled) : scaled.toFixed(1)}${NO_BREAK}${units[unit]}`
}

/** When it was, by the reader's clock: the time today, the date otherwise. */
export function moment(utcMs: number, now = new Date()): string {
  const at = new Date(utcMs)
  const time = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  if (at.toDateString() === now.toDateString()) return `today ${time}`
  return `${at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })} ${time}`
}

/** A sentence fragment as a sentence begins. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** A sentence fragment as a whole sentence. */
export function sentence(text: string): string {
  return /[.:!?]$/.test(text) ? capital(text) : `${capital(text)}.`
}

/** `3, 9, 12 and 4 more`. */
export function some(items: string[], most: number): string {
  if (items.length <= most) return items.join(', ')
  return `${items.slice(0, most).join(', ')} and ${whole(items.length - most)} more`
}
