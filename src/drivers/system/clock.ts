/**
 * The machine's own steady clock and timers.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../../ports/clock.ts'

export function systemClock(): Clock {
  return {
    steadyMs: () => performance.now(),
    async sleep(durationMs, signal) {
      try {
        await wait(durationMs, undefined, { signal })
      } catch (error) {
        // A fired signal ends the sleep early; that is no failure.
        if (!signal?.aborted) throw error
      }
    },
  }
}
