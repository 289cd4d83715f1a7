// The vertical scale of losses: logarithmic where they span much, cut where a few are far off, so that
// what matters, the low ones, can be told apart.

/** A ratio from which on a logarithm reads better. */
const LOG_FROM = 30
/** How far above the 90 % quantile, in spans below it, a loss is drawn at the edge. */
const FAR = 1.5

export interface Scale {
  low: number
  high: number
  log: boolean
  /** How many losses lie above `high`. */
  above: number
  /** From 0, `low`, to 1, `high`. */
  place: (value: number) => number
}

export function scaleOf(losses: number[]): Scale {
  const sorted = [...losses].sort((a, b) => a - b)
  const low = sorted[0] ?? 0
  const most = sorted.at(-1) ?? 1
  const log = low > 0 && most / low > LOG_FROM
  const quantile = sorted[Math.floor(0.9 * (sorted.length - 1))] ?? most
  const high = log ? most : Math.min(most, quantile + FAR * Math.max(quantile - low, Number.EPSILON))
  const above = sorted.filter((value) => value > high).length
  const map = log ? Math.log : (value: number) => value
  const margin = 0.04 * (map(high) - map(low) || Math.abs(map(low)) || 1)
  const [bottom, top] = [map(low) - margin, map(high) + margin]
  const place = (value: number) => Math.min(1, (map(value) - bottom) / (top - bottom))
  return { low, high, log, above, place }
}

/** The next of 10, 20, 50, 100, … */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return power * ([1, 2, 5].find((factor) => factor * power >= value) ?? 10)
}

/** Some round values within the scale. */
export function niceTicks(scale: Scale): number[] {
  return scale.log ? logTicks(scale.low, scale.high) : linearTicks(scale.low, scale.high)
}

function linearTicks(low: number, high: number): number[] {
  const span = high - low
  if (span <= 0) return [low]
  const raw = span / 3
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw) ?? raw
  const ticks = []
  for (let k = Math.ceil(low / step); k * step <= high; k += 1) ticks.push(Number((k * step).toPrecision(12)))
  return ticks
}

function logTicks(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low))
  const last = Math.ceil(Math.log10(high))
  const factors = last - first <= 2 ? [1, 2, 5] : [1]
  const every = Math.max(1, Math.ceil((last - first) / 5))
  const ticks = []
  for (let power = first; power <= last; power += every) for (const factor of factors) ticks.push(factor * 10 ** power)
  return ticks.filter((tick) => tick >= low && tick <= high)
}
