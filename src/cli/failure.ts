/**
 * How a command ends: the exit codes, and one plain line for everything that went wrong.
 *
 * A person never sees a stack trace; with CALUMET_DEBUG=1 a bug shows where it happened.
 */
import type { Failure } from '../api/wire.ts'
import { faultsText, type Sources } from './show/faults.ts'
import { plain, plainJson } from './show/text.ts'

export const exitCodes = {
  ok: 0,
  failed: 1,
  invalid: 2, // usage, a faulty file, or not confirmed
  notFound: 3,
  forbidden: 4,
  unreachable: 5,
  unmet: 6, // `plan --strict`
  interrupted: 130,
} as const

export type FailureCode = Failure['code'] | 'unconfirmed' | 'unreachable' | 'interrupted'

const exitCodeOf: Readonly<Record<FailureCode, number>> = {
  invalid: exitCodes.invalid,
  'too-large': exitCodes.invalid,
  unconfirmed: exitCodes.invalid,
  'not-found': exitCodes.notFound,
  unauthorized: exitCodes.forbidden,
  forbidden: exitCodes.forbidden,
  unreachable: exitCodes.unreachable,
  unavailable: exitCodes.unreachable,
  'too-many': exitCodes.unreachable,
  conflict: exitCodes.failed,
  gone: exitCodes.failed,
  'key-reused': exitCodes.failed,
  internal: exitCodes.failed,
  interrupted: exitCodes.interrupted,
}

/** A command that cannot go on, with a text for the person who called it. */
export class CliError extends Error {
  readonly code: FailureCode
  readonly faults: Failure['faults']

  constructor(code: FailureCode, message: string, faults?: Failure['faults']) {
    super(message)
    this.code = code
    this.faults = faults
  }
}

export interface Complaining {
  readonly isJson: boolean
  readonly isDebug: boolean
  /** Texts that were submitted; faults show lines of them. */
  readonly sources: Sources
}

/** What to write to stderr, and the code to exit with. */
export function complaint(
  error: unknown,
  { isJson, isDebug, sources }: Complaining,
): { text: string; exitCode: number } {
  const { code, message, faults } = failureOf(error)
  const exitCode = exitCodeOf[code]
  if (message === '') return { text: '', exitCode }
  if (isJson) return { text: `${plainJson({ code, message, faults })}\n`, exitCode }
  if (faults && faults.length > 0) return { text: faultsText(faults, sources), exitCode }
  const stack = isDebug && error instanceof Error ? `${error.stack}\n` : ''
  return { text: `calumet: ${plain(message)}\n${stack}`, exitCode }
}

interface Failed {
  readonly code: FailureCode
  readonly message: string
  readonly faults?: Failure['faults']
}

function failureOf(error: unknown): Failed {
  if (error instanceof CliError) return error
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) }
}
