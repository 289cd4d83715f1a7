// The sentences of the page: what happens, what is safe, what to do.
import type { BestTrial, EngineKind, Failure, FailureSummary, ProgressSummary, StopReason } from '../protocol'
import { ago, count, duration, loss, number, percent, some, whole } from './format'
import type { EngineReport } from './port'
import type { RunState } from './run-state'

/** The label of the number of workers. */
export function workersLabel(): string {
  const logical = navigator.hardwareConcurrency
  return logical > 0 ? `Workers (${count(logical, 'core')})` : 'Workers'
}

export function engineSentence(report: EngineReport): string {
  switch (report.kind) {
    case 'threads':
      return 'Simulations run on threads that share memory.'
    case 'messages':
      return `Simulations run in workers that are sent messages: ${report.why ?? 'threads that share memory are not available'}. They run at once all the same.`
    case 'in_place':
      return `Simulations run one after the other: ${report.why ?? 'this browser has no workers'}.`
  }
}

function onWorkers(workers: number, engine: EngineKind): string {
  return count(workers, engine === 'threads' ? 'thread' : 'worker')
}

/** One sentence on where the study stands. */
export function statusSentence(state: RunState): string {
  const parts = [beginning(state)]
  const progress = state.view?.progress
  if (progress !== undefined && progress.trials_budget > 0) {
    parts.push(`${whole(progress.trials_told)} of ${count(progress.trials_budget, 'trial')}`)
    const best = bestClause(progress, state.active)
    if (best !== null) parts.push(best)
    if (progress.utilisation !== null && state.phase !== 'failed') parts.push(`${percent(1 - progress.utilisation)}\u00a0idle`)
  }
  return `${parts.join('; ')}.`
}

function bestClause(progress: ProgressSummary, active: boolean): string | null {
  const { best } = progress
  if (best === null) return progress.trials_told > 0 ? 'no trial has a loss yet' : null
  const found = active ? `found ${ago(progress.run_time_us - best.found_at_us)}` : `in trial ${best.trial}`
  return `best loss ${loss(best.loss, best.se)}, ${found}`
}

function beginning(state: RunState): string {
  switch (state.phase) {
    case 'starting':
      return `Starting ${state.study}`
    case 'running': {
      const on = onWorkers(state.workers, state.engine)
      if (state.stopping !== 'no') return `Stopping: ${count(state.view?.progress.trials_pending ?? 0, 'trial')} under way`
      return state.paused ? `Paused on ${on}` : `Running on ${on}`
    }
    case 'watching':
      return `Watching; ${state.runBy ?? 'another tab'} runs it`
    case 'ended':
      return state.ended === null ? 'Ended' : endWords(state.ended, state.kept)
    case 'failed':
      return 'Not running'
  }
}

function endWords(reason: StopReason, kept: boolean): string {
  switch (reason) {
    case 'trials_done':
      return 'Finished'
    case 'wall_time':
      return 'Finished: the time of its budget is used up'
    case 'target_loss':
      return 'Finished: the loss that its budget asks for was reached'
    case 'stopped':
      return kept ? 'Stopped; all finished trials are stored in this browser' : 'Stopped; nothing is stored'
    case 'waits_for_caller':
      return 'Ended: what is left is run by somebody else'
    case 'fenced':
      return 'Ended here: another tab has taken the study over; all finished trials are stored'
    case 'no_slots':
      return 'Ended: no worker is left; all finished trials are stored'
  }
}

/** Whether a study that ended for this reason is done for good, under its budget. */
export function isOver(reason: StopReason | null): boolean {
  return reason === 'trials_done' || reason === 'wall_time' || reason === 'target_loss'
}

/** What is said below the progress bar. */
export function progressDetail(progress: ProgressSummary, active: boolean): string {
  const parts = []
  if (progress.trials_failed > 0) parts.push(`${whole(progress.trials_failed)} failed`)
  if (active && progress.trials_pending > 0) parts.push(`${whole(progress.trials_pending)} under way`)
  if (progress.trials_imported > 0) parts.push(`${whole(progress.trials_imported)} from another program`)
  if (progress.trials_per_minute !== null) parts.push(`${number(progress.trials_per_minute, 3)} trials a minute`)
  if (active && progress.time_left_us !== null && progress.time_left_us > 0) parts.push(`about ${duration(progress.time_left_us)} left`)
  parts.push(`${duration(progress.run_time_us)} of run time`)
  return parts.join(' · ')
}

/** The trials that noise cannot tell from the best one. */
export function tiesSentence(best: BestTrial): string {
  if (best.se === null) return 'With one replicate, noise cannot be told from a better fit.'
  if (best.ties.length === 0) return 'No other trial is as good within noise (two standard errors).'
  const numbers = best.ties.map((tie) => String(tie.trial))
  const which = best.ties.length === 1 ? `trial ${numbers[0] ?? ''} is` : `${whole(best.ties.length)} other trials are`
  const list = best.ties.length === 1 ? '' : `: ${some(numbers, 8)}`
  return `Within noise (two standard errors) ${which} as good${list}.`
}

const FAILED = {
  refused: 'the model refused the parameters',
  crashed: 'the model crashed',
  timed_out: 'the model ran over its time',
  unusable: 'the output could not be used',
} as const

const LOST = {
  slot_vanished: 'a worker was lost',
  program_ended: 'the page was closed or reloaded',
  cancelled: 'it was cancelled',
} as const

/** Attempts that came to nothing, and what became of them. */
export function attemptsSentences(failures: FailureSummary): string[] {
  const failed = failures.failed_attempts.map(({ kind, attempts }) => `${count(attempts, 'simulation')} failed: ${FAILED[kind]}.`)
  const lost = failures.lost_attempts.map(({ kind, attempts }) => `${count(attempts, 'simulation')} gave nothing: ${LOST[kind]}.`)
  const retried = failures.retries > 0 ? [`${count(failures.retries, 'simulation')} ran again with the same seed.`] : []
  return [...failed, ...lost, ...retried]
}

/** What happened, in the heading of an error. */
export function failureTitle(failure: Failure): string {
  switch (failure.code) {
    case 'bad_input':
      return 'The study cannot be used as it is'
    case 'held':
      return 'This study is being run elsewhere'
    case 'not_found':
      return 'There is no such study in this browser'
    case 'differs':
      return 'Another study of this name is stored here'
    case 'store':
      return 'This browser does not keep what is found'
    case 'broken':
      return 'Something in the page broke'
  }
}

/** What is safe. */
export function whatIsSafe(failure: Failure, told: number): string {
  if (failure.code === 'bad_input' || failure.code === 'differs') return 'Nothing was changed.'
  if (told > 0) return `${count(told, 'finished trial')} ${told === 1 ? 'is' : 'are'} stored in this browser.`
  return failure.code === 'store' ? 'Nothing was stored.' : 'What was stored before is untouched.'
}

/** What to do. */
export function whatToDo(failure: Failure): string {
  switch (failure.code) {
    case 'bad_input':
      return 'Correct it and try again.'
    case 'held':
      return 'Only one tab can run it at a time. Watch it here, or close the other tab and start again.'
    case 'not_found':
      return 'Start it from its study file, or import it.'
    case 'differs':
      return 'Start this one under another name, or go on with the stored one.'
    case 'store':
      return 'Make room (delete studies that you have exported) or leave a private window, then go on.'
    case 'broken':
      return 'Go on with the study; if it happens again, reload the page.'
  }
}
