// The page's end of one coordinator: calls with their answers, and the watch over its life. A
// coordinator that says it crashed, cannot be loaded or answers nothing for long is gone; what to do
// then is for others to say.

import type { Call, Calls, Failure, Reply, Request, Shown } from './protocol'
import { failure, words } from './words'

/** How a coordinator's life is watched: a look every `everyMs`, and so many without an answer. */
export interface Heartbeat {
  everyMs: number
  /** Before it has shown anything: it may be reading a long journal. */
  looksAtFirst: number
  looks: number
}

export const HEARTBEAT: Heartbeat = { everyMs: 1_000, looksAtFirst: 60, looks: 12 }
/** For calls: an audit derives a whole study again before it answers. */
export const PATIENT_HEARTBEAT: Heartbeat = { everyMs: 5_000, looksAtFirst: 120, looks: 120 }

export interface Hooks {
  shown(shown: Shown): void
  /** It is of no use any more; every open call has failed. */
  gone(reason: string): void
}

interface Open {
  call: Call
  gives(value: unknown): void
  fails(failure: Failure): void
}

export class Link {
  readonly #worker: Worker
  readonly #hooks: Hooks
  readonly #heartbeat: Heartbeat
  readonly #timer: ReturnType<typeof setInterval>
  readonly #open = new Map<number, Open>()
  #ids = 0
  #alive = true
  #shows = false
  /** Looks since the ping that is not answered yet; looks, because a page that slept did not look. */
  #unanswered: number | undefined

  constructor(worker: Worker, hooks: Hooks, heartbeat: Heartbeat = HEARTBEAT) {
    this.#worker = worker
    this.#hooks = hooks
    this.#heartbeat = heartbeat
    worker.onmessage = ({ data }: MessageEvent<Reply>) => this.#hear(data)
    worker.onmessageerror = () => this.#gone('it said something unreadable')
    worker.onerror = (event) => {
      event.preventDefault()
      this.#gone(event.message || 'its code could not be loaded')
    }
    this.#timer = setInterval(() => this.#look(), heartbeat.everyMs)
  }

  /** Has the coordinator do something; rejects with a `Failure`. */
  call<K extends Call>(call: K, takes: Calls[K]['takes']): Promise<Calls[K]['gives']> {
    if (!this.#alive) return Promise.reject(stopped('it has ended'))
    this.#ids += 1
    const id = this.#ids
    return new Promise((resolve, reject) => {
      const gives = resolve as (value: unknown) => void
      this.#open.set(id, { call, gives, fails: reject })
      this.#worker.postMessage({ id, call, takes } as Request)
    })
  }

  /** Ends the coordinator, whatever it does. */
  end(): void {
    this.#close('it was ended')
  }

  #hear(reply: Reply): void {
    if (!this.#alive) return
    if ('shown' in reply) {
      this.#shows = true
      this.#hooks.shown(reply.shown)
    } else if ('crashed' in reply) {
      this.#gone(reply.crashed)
    } else {
      const open = this.#open.get(reply.id)
      this.#open.delete(reply.id)
      if ('failure' in reply) open?.fails(reply.failure)
      else open?.gives(reply.gives)
    }
  }

  #look(): void {
    if (this.#unanswered === undefined) {
      this.#unanswered = 0
      const answered = () => (this.#unanswered = undefined)
      this.call('ping', null).then(answered, answered)
      return
    }
    this.#unanswered += 1
    const limit = this.#shows ? this.#heartbeat.looks : this.#heartbeat.looksAtFirst
    if (this.#unanswered >= limit) this.#gone('it does not answer')
  }

  #gone(reason: string): void {
    if (!this.#alive) return
    this.#close(reason)
    this.#hooks.gone(reason)
  }

  #close(reason: string): void {
    if (!this.#alive) return
    this.#alive = false
    clearInterval(this.#timer)
    this.#worker.terminate()
    const open = [...this.#open.values()]
    this.#open.clear()
    open.forEach(({ fails }) => fails(stopped(reason)))
  }
}

function stopped(reason: string): Failure {
  return failure('broken', `the engine stopped: ${words(reason)}`)
}
