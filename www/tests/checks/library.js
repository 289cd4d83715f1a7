// Checks of the studies kept in a browser, run in a worker: a study is run into the store, listed,
// exported, audited, imported, watched and deleted.

async function text(path) {
  const response = await fetch(`/studies/${path}`)
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return response.text()
}

async function seir({ name = 'seir', trials = 12, seed = '7' }) {
  const paths = ['data/seir_weekly.csv', 'data/seir_serosurvey.csv']
  const data = Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await text(path)])))
  return { file: 'seir.toml', text: await text('seir.toml'), data, name, trials, seed }
}

async function outcome(promise) {
  try {
    return { value: await promise }
  } catch (failure) {
    return { failure }
  }
}

let running

/** Begins to run the study; gives its first word. */
export async function begin(freerun, args) {
  const source = await seir(args)
  const shown = []
  const request = { study: { source }, workers: 1, engine: 'in_place', about: 'a tab', ...args.request }
  const run = new freerun.Run(request, undefined, undefined, (word) => shown.push(word))
  running = { run, shown, ended: outcome(run.ended) }
  // Whichever comes first.
  await Promise.race([running.ended, until(() => shown.length > 0)])
  return shown[0] ?? (await running.ended)
}

async function until(condition) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10))
}

/** How the run ended, what it told, and how far the study was then. */
export async function end() {
  const ended = await running.ended
  const { shown } = running
  const notes = shown.filter((word) => word.kind === 'note').map((word) => word.text)
  const view = shown.findLast((word) => word.kind === 'view')
  return { ...ended, notes, told: view?.progress.trials_told, best: view?.best?.loss, records: view?.records }
}

/** Has the run stop; how it ended. */
export function stop() {
  running.run.command('stop')
  return end()
}

/** Resolves with the first note of the run that contains `part`. */
export async function note(_, { part }) {
  const found = () => running.shown.find((word) => word.kind === 'note' && word.text.includes(part))
  await until(found)
  return found().text
}

export async function run(freerun, args) {
  await begin(freerun, args)
  return end()
}

export const studies = (freerun) => outcome(freerun.studies())
export const audit = (freerun, { study }) => outcome(freerun.auditStudy(study))
export const remove = (freerun, { study }) => outcome(freerun.deleteStudy(study))
export const carryOut = (freerun, { study }) => outcome(freerun.exportStudy(study))
export const carryIn = (freerun, { file, name }) => outcome(freerun.importStudy(file, name))

/** Watches the study until as many trials are told; gives the rows of trials put together. */
export async function watch(freerun, { study, trials }) {
  const shown = []
  const watching = freerun.watchStudy(study, (word) => shown.push(word))
  const told = () => shown.findLast((word) => word.kind === 'view')?.progress.trials_told
  await Promise.race([watching.ended, until(() => told() >= trials)])
  watching.stop()
  await watching.ended
  const rows = new Map()
  for (const row of shown.flatMap((word) => word.changed ?? [])) rows.set(row.trial, row)
  return { first: shown[0].kind, rows: [...rows.values()].map(({ trial, loss, state }) => ({ trial, loss, state })) }
}

/** What a page does with a study from its first trial to its deletion; every step's result. */
export async function life(freerun) {
  const ran = await run(freerun, {})
  const again = await run(freerun, {})
  const [listed] = await freerun.studies()
  const [listedAgain] = await freerun.studies()
  const audited = await outcome(freerun.auditStudy('seir'))
  const file = await freerun.exportStudy('seir')
  const known = await outcome(freerun.importStudy(file))
  const copied = await outcome(freerun.importStudy(file, 'copy'))
  const damaged = await outcome(freerun.importStudy(file.slice(0, 5000), 'damaged'))
  await run(freerun, { name: 'other', seed: '8' })
  const other = await outcome(freerun.importStudy(file, 'other'))
  const copy = await freerun.exportStudy('copy')
  const removed = await outcome(freerun.deleteStudy('seir'))
  const missing = await outcome(freerun.deleteStudy('seir'))
  const left = (await freerun.studies()).map((study) => study.name)
  const same = copy.replaceAll('"copy"', '"seir"') === file
  return { ran, again, listed, listedAgain, audited, known, copied, damaged, other, same, removed, missing, left }
}
