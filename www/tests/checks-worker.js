// The worker of the checks' page, in the place of a coordinator: it loads a flavour of the module,
// starts its pool if threads are asked for, and runs one check. A panic is reported as its sentence.

self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ value: await check(data) })
  } catch (error) {
    self.postMessage({ failure: sentence(error) })
  }
}

async function check({ flavour, module, check: name, args, threads }) {
  const [freerun, checks] = await Promise.all([
    import(`/generated/${flavour}-checks/freerun.js`),
    import(`./checks/${module}.js`),
  ])
  await freerun.default()
  const panicked = new Promise((_, reject) => {
    let said
    freerun.onPanic((text) => (said = text))
    freerun.onTrap((trap) => reject(new Error(said ?? `trap: ${trap}`)))
  })
  if (threads !== undefined) await freerun.initThreadPool(Number(threads))
  const run = checks[name]
  if (run === undefined) throw new Error(`${module}.js has no check ${name}`)
  const given = args === undefined ? {} : JSON.parse(args)
  return Promise.race([run(freerun, given), panicked])
}

function sentence(error) {
  if (error instanceof Error) return error.stack?.includes(error.message) ? error.stack : String(error)
  return error?.message ?? String(error)
}
