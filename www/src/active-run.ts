// A study being run in the coordinator: the module's run with the threads or workers that it needs.
// It ends with the run, and is used once: another run begins in another coordinator.

import type { Module, ModuleRun, Parts } from './module'
import { SimulatorPool } from './pool'
import type { Command, Ended, Failure, RunRequest, Shown } from './protocol'
import { failure, within } from './words'

/** How long threads may take to come up. */
const COME_UP_MS = 60_000
/** How long a run without workers may take to end. */
const END_MS = 5_000

export class ActiveRun {
  readonly #parts: Parts
  readonly #request: RunRequest
  readonly #show: (shown: Shown) => void
  readonly #crash: (error: unknown) => void
  #run: ModuleRun | undefined
  /** Said before the module's run was there. */
  #commands: Command[] = []
  #pool: SimulatorPool | undefined
  /** Why the run cannot go on, and who is told if it does not even end. */
  #hopeless: Failure | undefined
  #giveUp: ((failure: Failure) => void) | undefined

  constructor(
    parts: Parts,
    request: RunRequest,
    show: (shown: Shown) => void,
    crash: (error: unknown) => void,
  ) {
    this.#parts = parts
    this.#request = request
    this.#show = show
    this.#crash = crash
  }

  command(command: Command): void {
    if (this.#run === undefined) this.#commands.push(command)
    else this.#enter((run) => run.command(command))
  }

  /** Runs in `module`, whose code is `code`, to the end. */
  async carryOut(module: Module, code: WebAssembly.Module): Promise<Ended> {
    const { engine } = this.#request
    let lost: BroadcastChannel | undefined
    let simulators: WebAssembly.Module | undefined
    if (engine === 'threads') {
      await startThreads(module, this.#request.workers)
      lost = new BroadcastChannel(`freerun ${unique()}`)
      lost.onmessage = ({ data }: MessageEvent<{ slot: number; reason: string }>) =>
        this.#enter((run) => run.threadLost(data.slot, data.reason))
    } else if (engine === 'messages') {
      simulators = await this.#codeOfSimulators(code)
    }
    try {
      return await this.#ended(module, lost?.name, simulators)
    } finally {
      lost?.close()
      this.#pool?.close()
    }
  }

  async #ended(module: Module, lost: string | undefined, simulators: WebAssembly.Module | undefined): Promise<Ended> {
    const report = (shown: Shown) => {
      if (shown.kind === 'begun' && simulators !== undefined) this.#startPool(simulators, shown.study)
      this.#show(shown)
    }
    const pool = simulators && {
      post: (slot: number, order: string) => this.#pool?.post(slot, order),
      replace: (slot: number) => this.#pool?.replace(slot),
    }
    const run = new module.Run(this.#request, pool, lost, report)
    this.#run = run
    this.#commands.splice(0).forEach((command) => run.command(command))
    const givenUp = new Promise<never>((_, reject) => (this.#giveUp = reject))
    const ended = await Promise.race([run.ended, givenUp])
    if (this.#hopeless !== undefined) throw this.#hopeless
    return ended
  }

  async #codeOfSimulators(own: WebAssembly.Module): Promise<WebAssembly.Module> {
    const { code } = this.#parts.simulator
    return code.href === this.#parts.single.code.href ? own : compile(code)
  }

  #startPool(code: WebAssembly.Module, study: string): void {
    this.#pool = new SimulatorPool(this.#request.workers, this.#parts.simulator.worker, code, study, {
      told: (slot, told) => this.#enter((run) => run.workerTold(slot, told)),
      failed: (reason) => this.#noWorkers(reason),
    })
  }

  /** Ends in order what cannot go on: what is done is kept, and the study is given back. */
  #noWorkers(reason: string): void {
    const hopeless = failure('broken', `the workers that simulate do not start: ${reason}`)
    this.#hopeless = hopeless
    this.#enter((run) => run.command('abandon'))
    setTimeout(() => this.#giveUp?.(hopeless), END_MS)
  }

  #enter(call: (run: ModuleRun) => void): void {
    try {
      if (this.#run !== undefined) call(this.#run)
    } catch (error) {
      this.#crash(error)
    }
  }
}

/** The code at `url`, compiled. */
export async function compile(url: URL): Promise<WebAssembly.Module> {
  const response = await fetch(url)
  if (!response.ok) throw failure('broken', `${url.pathname} could not be loaded: ${response.status}`)
  const typed = response.headers.get('Content-Type')?.startsWith('application/wasm')
  return typed ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer())
}

async function startThreads(module: Module, threads: number): Promise<void> {
  if (module.initThreadPool === undefined) throw failure('broken', 'this module has no threads')
  await within(module.initThreadPool(threads), COME_UP_MS, `${threads} threads did not start`)
}

/** A text unlike any other; this must work on plain `http`, where there is no `randomUUID`. */
function unique(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-')
}
