// Checks of the browser's store, run in a worker: the conformance suite, what is said when things go
// wrong, single steps of a writer for tests with two tabs, and measurements.

/** The suite that every store passes, with the browser's locks or without. */
export async function conformance(freerun, { locks }) {
  await freerun.checkStore(`conformance-${locks}-${crypto.randomUUID()}`, locks)
  return 'kept'
}

const writers = new Map()

function writer(freerun, { database = 'freerun', study = 'study' }) {
  const key = `${database}/${study}`
  if (!writers.has(key)) writers.set(key, new freerun.StoreWriter(database, study))
  return writers.get(key)
}

/** What `promise` gives, or the failure it is refused with. */
async function outcome(promise) {
  try {
    return { value: await promise }
  } catch (failure) {
    return { failure }
  }
}

export const claim = (freerun, args) => outcome(writer(freerun, args).claim(args.about ?? 'somebody'))
export const append = (freerun, args) => outcome(writer(freerun, args).append(args.count ?? 1))
export const release = (freerun, args) => outcome(writer(freerun, args).release())
export const remove = (freerun, args) => outcome(writer(freerun, args).delete())
export const studies = (freerun) => outcome(freerun.studies())

/** Appends without end, as a writer that is busy; resolves when it has begun. */
export async function appendForever(freerun, args) {
  const busy = writer(freerun, args)
  await busy.append(1)
  const again = () => busy.append(1).then(again)
  again().catch(() => {})
  return 'begun'
}

/** Appends without end and reports how much is durable after each time. */
export async function appendTelling(freerun, { id, ...args }) {
  const busy = writer(freerun, args)
  for (let durable = await busy.claim('somebody'); ; durable = await busy.append(1)) {
    await fetch(`/report?id=${id}`, { method: 'POST', body: JSON.stringify(durable) })
  }
}

/** Another worker claims the study and is ended in the middle of writing. */
export async function rivals(freerun, { flavour }) {
  const other = new Worker(new URL('../checks-worker.js', import.meta.url), { type: 'module' })
  const ask = (check, args = {}) =>
    new Promise((resolve, reject) => {
      other.onmessage = ({ data: { result } }) => resolve(result.value)
      other.onerror = (event) => reject(new Error(event.message))
      other.postMessage({ flavour, module: 'store', check, args })
    })
  const claimed = await ask('claim', { about: 'the other' })
  await ask('appendForever')
  const refused = [await claim(freerun, {}), await remove(freerun, {})]
  const [listed] = await freerun.studies()
  other.terminate()
  const taken = await claim(freerun, { about: 'this one' })
  const appended = await append(freerun, {})
  return { claimed, refused, heldBy: listed.heldBy, taken, appended }
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
    request.onblocked = () => reject(new Error('blocked'))
  })
}

/** The database is deleted under its writer. */
export async function deleted(freerun, { database = 'deleted' }) {
  const claimed = await claim(freerun, { database })
  const appended = await append(freerun, { database, count: 3 })
  await settled(indexedDB.deleteDatabase(database))
  const late = await append(freerun, { database })
  return { claimed, appended, late }
}

/** The database was made by a newer program. */
export async function newer(freerun, { database = 'newer' }) {
  const open = await settled(indexedDB.open(database, 1000))
  open.close()
  return claim(freerun, { database })
}

/** The database is closed to newcomers: it waits to be deleted until somebody lets go of it. */
export async function blocked(freerun, { database = 'blocked' }) {
  const open = await settled(indexedDB.open(database, 1))
  const deletion = settled(indexedDB.deleteDatabase(database)).catch(() => {})
  const refused = await claim(freerun, { database })
  open.close()
  await deletion
  const free = await claim(freerun, { database })
  return { refused, free }
}

/** Records per second: `count` of them, `group` to a transaction. */
export async function throughput(freerun, { count, group, strict }) {
  return freerun.throughput(`throughput-${crypto.randomUUID()}`, count, group, strict)
}
