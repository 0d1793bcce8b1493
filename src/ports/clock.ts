/**
 * Time, chance and secrets as inputs, so that the simulator can run the very same code.
 */
export interface Clock {
  /** Milliseconds of a clock that only ever goes forward; compares to nothing but itself. */
  steadyMs(): number
  /** Runs this once, after so many milliseconds, unless it is cancelled before. */
  after(durationMs: number, run: () => void): Timer
  /** Resolves after so many milliseconds, or at once when the signal fires. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>
}

export interface Timer {
  /** Does nothing where it has run. */
  cancel(): void
}

/** The sleep of any clock, made of its timers. */
export function sleepBy(after: Clock['after']): Clock['sleep'] {
  return (durationMs, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const wake = () => {
        timer.cancel()
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const timer = after(durationMs, wake)
      signal?.addEventListener('abort', wake)
    })
}

export interface Keys {
  /** What suppliers see of a lease: a pure function, at most 40 characters of [a-z0-9-]. */
  keyOf(installation: string, lease: string): string
  /** The proof that a machine of the lease carries; a pure function of the key. */
  secretOf(key: string): string
  /**
   * From 0 up to 1, even over all keys and a pure function of each. Nobody outside can work it out,
   * so that whoever sees the key does not learn what was drawn for it.
   */
  chanceOf(key: string): number
  /** SHA-256 of a text, in hexadecimal: what later proves that nothing was changed. */
  digest(text: string): string
}
