/**
 * Lets news cut a wait short. A ring while nobody waits is remembered.
 */
import type { Clock } from '../../ports/clock.ts'

export interface Doorbell {
  ring(): void
  /** Until it rings or the time is up. */
  wait(durationMs: number): Promise<void>
}

export function doorbell(clock: Clock): Doorbell {
  let rung = false
  let open = () => {}

  async function opened(durationMs: number): Promise<void> {
    const opens = Promise.withResolvers<void>()
    open = opens.resolve
    const timer = clock.after(durationMs, open)
    await opens.promise
    timer.cancel()
  }

  return {
    ring() {
      rung = true
      open()
    },
    async wait(durationMs) {
      if (!rung) await opened(durationMs)
      // Several rings for one piece of news count as one.
      rung = false
    },
  }
}
