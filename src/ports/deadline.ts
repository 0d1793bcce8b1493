/**
 * A deadline around a promise that may never settle. The late result is dropped, never acted on.
 */
import type { Clock } from './clock.ts'

export class DeadlineError extends Error {
  constructor(what: string, deadlineMs: number) {
    super(`${what} gave no answer within ${deadlineMs} ms`)
    this.name = 'DeadlineError'
  }
}

export function within<T>(
  clock: Clock,
  deadlineMs: number,
  what: string,
  work: Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = clock.after(deadlineMs, () => reject(new DeadlineError(what, deadlineMs)))
    work.then(
      (result) => {
        late.cancel()
        resolve(result)
      },
      (error) => {
        late.cancel()
        reject(error)
      },
    )
  })
}
