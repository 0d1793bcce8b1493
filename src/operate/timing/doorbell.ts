/**
 * Lets news cut a wait short. A ring while nobody waits is remembered.
 */
import type { Clock } from '../../ports/clock.ts'

export interface Doorbell {
  ring(): void
  /** Until it rings, the time is up, or the signal fires. */
  wait(durationMs: number, signal: AbortSignal): Promise<void>
}

export function doorbell(clock: Clock): Doorbell {
  let rung = false
  let open = () => {}

  async function opened(durationMs: number, signal: AbortSignal): Promise<void> {
    const opens = Promise.withResolvers<void>()
    open = opens.resolve
    const timer = clock.after(durationMs, open)
    signal.addEventListener('abort', open)
    await opens.promise
    signal.removeEventListener('abort', open)
    timer.cancel()
  }

  return {
    ring() {
      rung = true
      open()
    },
    async wait(durationMs, signal) {
      if (!rung && !signal.aborted) await opened(durationMs, signal)
      // Several rings for one piece of news count as one.
      rung = false
    },
  }
}
