// The worker of the checks' page, in the place of a coordinator: it loads a flavour of the module,
// starts its pool if threads are asked for, and runs checks. A panic is reported as its sentence.

let loaded

self.onmessage = async ({ data: { id, ...asked } }) => {
  let result
  try {
    loaded ??= load(asked)
    result = { value: await run(asked, await loaded) }
  } catch (error) {
    result = { failure: sentence(error) }
  }
  self.postMessage({ id, result })
}

async function load({ flavour, threads }) {
  const folder = new URL(`/generated/${flavour}-checks/`, location.href)
  const freerun = await import(new URL('freerun.js', folder).href)
  await freerun.default({ module_or_path: new URL('freerun_bg.wasm', folder) })
  const panicked = new Promise((_, reject) => freerun.onTrap(reject))
  // Nobody may be waiting when it happens.
  panicked.catch(() => {})
  if (threads !== undefined) await freerun.initThreadPool(Number(threads))
  return { freerun, panicked }
}

async function run({ module, check, args }, { freerun, panicked }) {
  const checks = await import(`./checks/${module}.js`)
  if (checks[check] === undefined) throw new Error(`checks/${module}.js has no check ${check}`)
  return Promise.race([checks[check](freerun, args), panicked])
}

function sentence(error) {
  if (error instanceof Error) return error.stack?.includes(error.message) ? error.stack : String(error)
  return error?.message ?? String(error)
}
