/**
 * A deadline around a promise that may never settle. The late result is dropped, never acted on.
 */
import type { Clock } from '../../ports/clock.ts'

export class DeadlineError extends Error {
  constructor(what: string, deadlineMs: number) {
    super(`${what} gave no answer within ${deadlineMs} ms`)
    this.name = 'DeadlineError'
  }
}

export async function within<T>(
  clock: Clock,
  deadlineMs: number,
  what: string,
  work: Promise<T>,
): Promise<T> {
  const done = new AbortController()
  const late = clock.sleep(deadlineMs, done.signal).then(() => tooLate)
  try {
    const first = await Promise.race([work, late])
    if (first === tooLate) throw new DeadlineError(what, deadlineMs)
    return first as T
  } finally {
    // A reason of its own: without one, an error is made that nobody looks at.
    done.abort('settled')
    work.catch(() => {})
  }
}

const tooLate = Symbol('too late')
