// Simulations that a caller runs elsewhere: the native program's, as the outputs that the package is told.

import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** The fixed settings in a study file. */
function settings(text) {
  const [, table] = /^\[model\.settings\]\n((?:(?!\[).*\n)*)/m.exec(text)
  return [...table.matchAll(/^(\w+) = (\w+)/gm)].map(([, name, value]) => `${name}=${value.replaceAll('_', '')}`)
}

/** Rows of a CSV file as columns, by the seed that they begin with. */
function bySeed(csv) {
  const [head, ...rows] = csv.trim().split('\n').map((line) => line.split(','))
  const found = new Map()
  for (const [seed, ...cells] of rows) {
    if (!found.has(seed)) found.set(seed, Object.fromEntries(head.slice(1).map((name) => [name, []])))
    cells.forEach((cell, at) => found.get(seed)[head[at + 1]].push(Number(cell)))
  }
  return found
}

/** The outputs of each replicate at a point of the study `seir`. */
export async function simulated(store, text, parameters, seeds) {
  const points = Object.entries(parameters).map(([name, value]) => `${name}=${value}`)
  const set = [...settings(text), ...points].flatMap((pair) => ['--set', pair])
  const out = join(store.place, 'outputs')
  await store.plain('simulate', 'seir', ...set, '--seeds', seeds.join(','), '--out', out)
  const tables = {}
  for (const file of await readdir(out)) tables[file.replace('.csv', '')] = bySeed(await readFile(join(out, file), 'utf8'))
  return seeds.map((seed) => Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, table.get(seed)])))
}
