// A coordinator's answers to its page: it loads the module, runs studies in it, and tells at once when
// the module has ended badly. Apart from the worker itself, so that tests can give it other parts.

import { ActiveRun, compile } from './active-run'
import { type Module, type Parts, type Watching, flavourOf } from './module'
import type { Call, Calls, Ended, Reply, Request, RunRequest } from './protocol'
import { canShareMemory } from './share'
import { failure, isFailure, words } from './words'

type Answers = { [K in Call]: (takes: Calls[K]['takes']) => Promise<Calls[K]['gives']> }

interface Loaded {
  flavour: 'threads' | 'single'
  module: Module
  code: WebAssembly.Module
}

/** Answers the messages of this worker. */
export function serve(parts: Parts): Coordinator {
  const coordinator = new Coordinator(parts)
  self.onmessage = ({ data }: MessageEvent<Request>) => void coordinator.answer(data)
  self.addEventListener('error', (event) => coordinator.crash(event.error ?? event.message))
  self.addEventListener('unhandledrejection', (event) => coordinator.crash(event.reason))
  return coordinator
}

export class Coordinator {
  readonly #parts: Parts
  #loading: Promise<Loaded> | undefined
  #run: ActiveRun | undefined
  #watching: Watching | undefined
  #crashed = false

  readonly #answers: Answers = {
    check: async (source) => (await this.module()).check(source),
    studies: async () => (await this.module()).studies(),
    export: async ({ study }) => (await this.module()).exportStudy(study),
    import: async ({ text, name }) => (await this.module()).importStudy(text, name),
    delete: async ({ study }) => (await this.module()).deleteStudy(study),
    audit: async ({ study }) => (await this.module()).auditStudy(study),
    watch: ({ study }) => this.#watch(study),
    unwatch: async () => {
      this.#watching?.stop()
      return null
    },
    run: (request) => this.#carryOut(request),
    command: async (command) => {
      this.#run?.command(command)
      return null
    },
    ping: async () => null,
  }

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** The module; whichever this browser runs best, unless a run has chosen. */
  async module(): Promise<Module> {
    return (await this.#load()).module
  }

  async answer<K extends Call>({ id, call, takes }: { id: number; call: K; takes: Calls[K]['takes'] }): Promise<void> {
    try {
      const gives = await this.#answers[call](takes)
      say({ id, call, gives } as Reply)
    } catch (error) {
      if (isFailure(error)) say({ id, failure: error })
      else this.crash(error)
    }
  }

  /** The module is of no use any more, and so is this worker. */
  crash(error: unknown): void {
    if (this.#crashed) return
    this.#crashed = true
    say({ crashed: words(error) })
  }

  async #watch(study: string): Promise<null> {
    const module = await this.module()
    this.#watching?.stop()
    const watching = module.watchStudy(study, (shown) => {
      // One that was stopped may still be reading.
      if (this.#watching === watching) say({ shown })
    })
    this.#watching = watching
    return watching.ended
  }

  async #carryOut(request: RunRequest): Promise<Ended> {
    if (this.#run !== undefined) throw failure('broken', 'this coordinator runs a study already')
    const run = new ActiveRun(this.#parts, request, (shown) => say({ shown }), (error) => this.crash(error))
    this.#run = run
    try {
      const wanted = flavourOf(request.engine)
      const { flavour, module, code } = await this.#load(wanted)
      if (flavour !== wanted) throw failure('broken', 'this coordinator has another flavour of the module')
      return await run.carryOut(module, code)
    } finally {
      this.#run = undefined
    }
  }

  /** Loads the module once. */
  #load(flavour: Loaded['flavour'] = canShareMemory() ? 'threads' : 'single'): Promise<Loaded> {
    this.#loading ??= this.#begin(flavour)
    return this.#loading
  }

  async #begin(flavour: Loaded['flavour']): Promise<Loaded> {
    if (flavour === 'threads' && !canShareMemory()) {
      throw failure('broken', 'this page may not share memory between threads')
    }
    const { glue, code: url } = this.#parts[flavour]
    try {
      const [module, code] = await Promise.all([glue(), compile(url)])
      await module.default({ module_or_path: code })
      module.onTrap((error) => this.crash(error))
      return { flavour, module, code }
    } catch (error) {
      throw isFailure(error) ? error : failure('broken', `the engine could not be loaded: ${words(error)}`)
    }
  }
}

function say(reply: Reply): void {
  self.postMessage(reply)
}
