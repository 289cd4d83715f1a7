// A study that the page has run, whatever becomes of its coordinators: when one ends badly another
// takes the study up from the store, as after a reload. It ends when the study does, when the user
// wants it to, or when no coordinator gets any further.

import { type Heartbeat, Link } from './link'
import type { Command, Ended, Failure, RunRequest, Shown, View } from './protocol'
import { failure, isFailure, words } from './words'

/** So many coordinators in a row that finish nothing are the end of the run. */
const FRUITLESS_MAX = 3
/** How long what is abandoned may take to end in order. */
const ABANDON_MS = 3_000
/** How long a dead coordinator may hold the study, and how often it is asked for meanwhile. */
const HANDOVER_MS = 15_000
const ASK_AGAIN_MS = 500

export interface RunParts {
  coordinator: () => Worker
  heartbeat: Heartbeat
}

export class StudyRun {
  /** Resolves with how the run ended, once; rejects with a `Failure`. */
  readonly ended: Promise<Ended>
  readonly #parts: RunParts
  readonly #show: (shown: Shown) => void
  #request: RunRequest
  #resolve!: (ended: Ended) => void
  #reject!: (failure: Failure) => void
  #link: Link | undefined
  #over = false
  #begun = false
  #paused = false
  #stopping = false
  /** How much has been finished, as last shown, and as it was at the last bad end. */
  #done = 0
  #doneBefore = -1
  #fruitless = 0
  /** Until when the study may still be held by the coordinator before. */
  #handover = 0

  constructor(request: RunRequest, parts: RunParts, show: (shown: Shown) => void) {
    this.#request = request
    this.#parts = parts
    this.#show = show
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#start()
  }

  /** Says something to the run; what it comes to is shown. */
  command(command: Command): void {
    if (this.#over) return
    if (command === 'pause' || command === 'resume') this.#paused = command === 'pause'
    else this.#stopping = true
    this.#say(command)
    if (command === 'abandon') setTimeout(() => this.#end({ kind: 'done', reason: 'stopped' }), ABANDON_MS)
  }

  #start(): void {
    if (this.#over) return
    const link = new Link(
      this.#parts.coordinator(),
      { shown: (shown) => this.#shown(shown), gone: (reason) => this.#goOn(reason, true) },
      this.#parts.heartbeat,
    )
    this.#link = link
    const here = () => this.#link === link && !this.#over
    link.call('run', this.#request).then(
      (ended) => here() && this.#ended(ended),
      (error: unknown) => here() && this.#failed(error),
    )
    // The coordinator keeps it until the run has begun, so that nothing is launched before.
    if (this.#paused) this.#say('pause')
  }

  #say(command: Command): void {
    // A coordinator that is gone is not missed: what was said is kept here.
    this.#link?.call('command', command).catch(() => {})
  }

  #shown(shown: Shown): void {
    if (this.#over) return
    if (shown.kind === 'view') this.#done = finished(shown)
    if (shown.kind === 'begun') {
      if (this.#begun) return
      this.#begun = true
      // By now it is in the store, and may be there.
      this.#request = { ...this.#request, stored: 'may' }
    }
    this.#show(shown)
  }

  #ended(ended: Ended): void {
    if (ended.kind === 'restart') this.#goOn(ended.why, false)
    else this.#end(ended)
  }

  #failed(error: unknown): void {
    const fail = isFailure(error) ? error : failure('broken', words(error))
    if (fail.code !== 'held' || Date.now() > this.#handover) return this.#end(fail)
    this.#link?.end()
    setTimeout(() => this.#start(), ASK_AGAIN_MS)
  }

  /** Another coordinator goes on from the store, if that is of any use. */
  #goOn(reason: string, hard: boolean): void {
    if (this.#over) return
    const link = this.#link
    // What its calls come to is of no interest any more.
    this.#link = undefined
    link?.end()
    if (this.#stopping) return this.#end({ kind: 'done', reason: 'stopped' })
    if (this.#request.store === 'memory') return this.#end(lost(reason))
    this.#fruitless = this.#done > this.#doneBefore ? 1 : this.#fruitless + 1
    this.#doneBefore = this.#done
    if (this.#fruitless > FRUITLESS_MAX) return this.#end(hopeless(reason))
    if (hard) {
      this.#show({ kind: 'note', text: `the engine was started again; what was finished is kept: ${reason}` })
    }
    this.#handover = Date.now() + HANDOVER_MS
    setTimeout(() => this.#start(), this.#fruitless > 1 ? ASK_AGAIN_MS : 0)
  }

  #end(how: Ended | Failure): void {
    if (this.#over) return
    this.#over = true
    this.#link?.end()
    if (isFailure(how)) this.#reject(how)
    else this.#resolve(how)
  }
}

function hopeless(reason: string): Failure {
  const count = FRUITLESS_MAX + 1
  return failure(
    'broken',
    `the engine ended ${count} times without finishing anything in between, the last time because: ${reason}. ` +
      'What was finished before is kept.',
  )
}

function lost(reason: string): Failure {
  const message = `the engine ended, and the study, which was kept in memory, is lost: ${reason}`
  return failure('broken', message)
}

/** Everything that never runs again. */
function finished({ progress, failures }: View): number {
  const attempts = failures.failed_attempts.map(({ attempts }) => attempts)
  const lost = failures.lost_attempts.filter(({ kind }) => kind !== 'cancelled').map(({ attempts }) => attempts)
  return [progress.trials_told, progress.replicates_done, ...attempts, ...lost].reduce((sum, count) => sum + count, 0)
}
