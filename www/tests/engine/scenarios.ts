// What the engine is put through in a browser. Each scenario reports facts; what they must be is said
// by `engine.mjs`.

import type { Command } from '../../src/protocol'
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
        await stage.until(({ progress }) => progress.paused && progress.in_flight.length === 0)
      }
      const before = stage.played.coordinators
      stage.check('provoke', what).catch(() => {})
      await stage.coordinators(before + 1)
      if (paused) {
        const after = await stage.until(({ progress }) => progress.paused)
        stage.facts['toldWhilePaused'] = after.progress.trials_told
        await quiet(stage)
        stage.facts['toldLater'] = stage.played.progress?.trials_told
        stage.run.command('resume')
      }
    }
  })
}

/** Time enough for a study that is not paused to go on: it is shown that time passes. */
async function quiet(stage: Stage): Promise<void> {
  for (let views = 0; views < 3; views += 1) await stage.until(() => true)
}

/** Pauses, resumes and then says `last`. */
function commanded({ last, ...args }: PlayOptions & { last: Command }): Promise<unknown> {
  return play(args, async (stage) => {
    await stage.until(({ progress }) => progress.trials_told >= 5)
    stage.run.command('pause')
    const paused = await stage.until(({ progress }) => progress.paused && progress.in_flight.length === 0)
    await quiet(stage)
    stage.facts['toldWhilePaused'] = [paused.progress.trials_told, stage.played.progress?.trials_told]
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
    await quiet(stage)
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

const scenarios = { study, provoked, commanded, runningCommand, deaf, roundTrips }

/** A scenario of that name; its arguments come from the address. */
export function scenario(name: string): (args: never) => Promise<unknown> {
  const found = Object.entries(scenarios).find(([key]) => key === name)
  if (found === undefined) throw new Error(`there is no scenario ${name}`)
  return found[1]
}
