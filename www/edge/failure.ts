// Errors as users see them: a code for programs, a sentence for people, and every mistake of a study
// file.

import type { Failure, FileProblem } from '../src/protocol.ts'

/** What kind of failure it is; `trapped` is a defect that cost the module's instance. */
export type FailureCode = Failure['code'] | 'trapped'

/** Why something was not done. */
export class FreerunError extends Error {
  override readonly name = 'FreerunError'
  readonly code: FailureCode
  /** Every mistake in the study file. */
  readonly problems: readonly FileProblem[]

  constructor(code: FailureCode, message: string, problems: readonly FileProblem[] = [], cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.problems = problems
  }
}

function isFailure(thrown: unknown): thrown is Failure {
  return typeof thrown === 'object' && thrown !== null && !(thrown instanceof Error) && 'code' in thrown
}

/** As the native program writes a mistake. */
function line({ file, line, field, found, allowed }: FileProblem): string {
  const place = line === null ? file : `${file}:${line}`
  return `${place}${field === '' ? '' : `: \`${field}\``}: found ${found}, allowed: ${allowed}`
}

function isTrap(thrown: unknown): thrown is Error {
  const deep = thrown instanceof RangeError && /call stack/i.test(thrown.message)
  return thrown instanceof WebAssembly.RuntimeError || deep || (thrown instanceof Error && thrown.name === 'Panic')
}

/** What the module threw, as an error; what others threw stays as it is. */
export function told(thrown: unknown): unknown {
  if (isFailure(thrown)) {
    const { code, message, problems } = thrown
    const lines = [message, ...problems.map((problem) => `  ${line(problem)}`)]
    return new FreerunError(code, lines.join('\n'), problems)
  }
  if (!isTrap(thrown)) return thrown
  const rest = 'what the store has is safe; the next call begins with a fresh instance'
  return new FreerunError('trapped', `Freerun ended in the middle: ${thrown.message}; ${rest}`, [], thrown)
}
