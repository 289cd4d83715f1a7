// The page's way to the coordinator: the client, with what the browser says of itself in words.
import { Freerun } from '../client'
import type { Ended } from '../protocol'
import type { Port } from './port'

/** `why` the page cannot be isolated from other origins, if it cannot. */
export function connect(why: string | undefined): Port {
  const freerun = new Freerun()
  let command: (command: Parameters<Port['command']>[0]) => void = () => {}
  return {
    engine: () => ({
      kind: freerun.engine,
      why: freerun.engine === 'threads' ? null : why === undefined ? 'this browser has no shared memory' : `this page is not cross-origin isolated, because ${why}`,
    }),
    workers: freerun.workers,
    call: (kind, takes) => freerun.call(kind, takes),
    run: async (request, shown) => {
      const run = freerun.run(request, shown)
      command = (said) => run.command(said)
      return done(await run.ended)
    },
    command: (said) => command(said),
    watch: (study, shown) => freerun.watch(study, shown),
  }
}

/** The client goes on over restarts by itself. */
function done(ended: Ended): Extract<Ended, { kind: 'done' }> {
  if (ended.kind === 'done') return ended
  throw new Error(`the engine asks to be started again: ${ended.why}`)
}
