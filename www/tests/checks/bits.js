// Whole studies in a worker of the checks' page, for comparing what comes out with the native
// program: run, taken in, and given out as the file that carries a study.

/** Runs what `request` says to its end, after taking `imported` in if that is given; gives the study as a file. */
export async function study(freerun, { request, imported }) {
  if (imported !== undefined) await freerun.importStudy(imported)
  const begun = performance.now()
  let shown
  const run = new freerun.Run(request, undefined, `watch-${crypto.randomUUID()}`, (news) => {
    if (news.kind === 'view') shown = news
  })
  const ended = await run.ended
  const ms = performance.now() - begun
  const name = shown.progress.study
  return { ended, ms, progress: shown.progress, audit: await freerun.auditStudy(name), file: await freerun.exportStudy(name) }
}

/** The same, stopped when `trials` are told. */
export async function stopped(freerun, { request, trials }) {
  let name
  const run = new freerun.Run(request, undefined, `watch-${crypto.randomUUID()}`, (news) => {
    if (news.kind !== 'view') return
    name = news.progress.study
    if (news.progress.trials_told >= trials) run.command('stop')
  })
  const ended = await run.ended
  return { ended, file: await freerun.exportStudy(name) }
}

/** Runs the study; gives the time of its replicates, in all, and of the whole, in microseconds. */
export async function timed(freerun, { request }) {
  let shown
  let run = 0
  let replicates = 0
  const counted = new Set()
  const running = new freerun.Run(request, undefined, `watch-${crypto.randomUUID()}`, (news) => {
    if (news.kind !== 'view') return
    shown = news
    for (const { trial, state, run_times_us } of news.changed) {
      if (state === 'pending' || counted.has(trial)) continue
      counted.add(trial)
      replicates += run_times_us.length
      run += run_times_us.reduce((sum, us) => sum + us, 0)
    }
  })
  const ended = await running.ended
  if (ended.reason !== 'trials_done') throw new Error(`the run ended with ${JSON.stringify(ended)}`)
  return { run, replicates, whole: shown.progress.run_time_us }
}
