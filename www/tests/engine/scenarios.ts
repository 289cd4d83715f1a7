// What the engine is put through in a browser. Each scenario reports facts; what they must be is said
// by `engine.mjs`.

import type { Command, View } from '../../src/protocol'
import { type PlayOptions, type Stage, check, coordinator, play } from './play'

/** Plays a study and nothing else. */
function study(args: PlayOptions): Promise<unknown> {
  return play(args)
}

interface Provoked extends PlayOptions {
  /** What the coordinator is to do, each time after so many trials. */
  provoke: { told: number; what: string }[]
  /** Whether the study is paused before. */
  paused?: boolean
}

/** Has coordinators end badly in the middle. */
function provoked({ provoke, paused = false, ...args }: Provoked): Promise<unknown> {
  return play(args, async (stage) => {
    for (const { told, what } of provoke) {
      await stage.until(({ progress }) => progress.trials_told >= told)
      if (paused) {
        stage.run.command('pause')
        await stage.until(({ progress }) => progress.paused)
        await quiet(stage)
      }
      const before = stage.played.coordinators
      stage.check('provoke', what).catch(() => {})
      await stage.coordinators(before + 1)
      if (paused) {
        const after = await stage.until(({ progress }) => progress.paused)
        const later = await quiet(stage)
        stage.facts['toldWhilePaused'] = [after.progress.trials_told, later.progress.trials_told]
        stage.run.command('resume')
      }
    }
  })
}

/** Has every coordinator end as soon as it is there. */
function doomed(args: PlayOptions): Promise<unknown> {
  return play(args, async (stage) => {
    for (let count = 1; ; count += 1) {
      await stage.coordinators(count)
      stage.check('provoke', 'panic').catch(() => {})
    }
  })
}

/** Time enough for what runs to end, and for a study that is not paused to go on. */
async function quiet(stage: Stage): Promise<View> {
  let view = await stage.until(() => true)
  // Without news there is one view a second.
  for (let quiet = 0; quiet < 2; quiet += 1) {
    const next = await stage.until(() => true)
    if (next.records !== view.records) quiet = 0
    view = next
  }
  return view
}

/** Pauses, resumes and then says `last`. */
function commanded({ last, ...args }: PlayOptions & { last: Command }): Promise<unknown> {
  return play(args, async (stage) => {
    await stage.until(({ progress }) => progress.trials_told >= 5)
    stage.run.command('pause')
    await stage.until(({ progress }) => progress.paused)
    const paused = await quiet(stage)
    const later = await quiet(stage)
    stage.facts['toldWhilePaused'] = [paused.progress.trials_told, later.progress.trials_told]
    stage.run.command('resume')
    const resumed = await stage.until(({ progress }) => progress.trials_told >= paused.progress.trials_told + 5)
    stage.facts['toldAfterwards'] = resumed.progress.trials_told
    const said = performance.now()
    stage.run.command(last)
    await stage.run.ended
    stage.facts['endedAfterMs'] = performance.now() - said
  })
}

/** Says `say` once something runs. */
function runningCommand({ say, ...args }: PlayOptions & { say: Command }): Promise<unknown> {
  return play(args, async (stage) => {
    await stage.until(({ progress }) => progress.in_flight.length > 0)
    // It takes a moment from the launch to the simulation itself.
    for (let views = 0; views < 3; views += 1) await stage.until(() => true)
    const said = performance.now()
    stage.run.command(say)
    await stage.run.ended
    stage.facts['endedAfterMs'] = performance.now() - said
  })
}

/** Loses every wake-up from a thread as soon as the study runs. */
function deaf(args: PlayOptions): Promise<unknown> {
  return play(args, async (stage) => {
    await stage.until(() => true)
    await stage.check('loseWakeUps', true)
    await stage.until(({ progress }) => progress.trials_told >= progress.trials_budget / 2)
    stage.facts['lost'] = await stage.check('lostWakeUps')
  })
}

/** How long a word to a thread and back takes, microseconds, sorted. */
async function roundTrips({ count }: { count: number }): Promise<unknown> {
  const worker = coordinator('coordinator')
  await check(worker, 'initThreadPool', [1])
  const took = (await check(worker, 'wakeRoundTrips', [count])) as Float64Array
  worker.terminate()
  return [...took.sort()]
}

const scenarios = { study, provoked, doomed, commanded, runningCommand, deaf, roundTrips }

/** A scenario of that name; its arguments come from the address. */
export function scenario(name: string): (args: never) => Promise<unknown> {
  const found = Object.entries(scenarios).find(([key]) => key === name)
  if (found === undefined) throw new Error(`there is no scenario ${name}`)
  return found[1]
}
