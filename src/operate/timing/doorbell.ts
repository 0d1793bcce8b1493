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
  let open: (() => void) | null = null
  return {
    ring() {
      rung = true
      open?.()
    },
    async wait(durationMs, signal) {
      const stop = new AbortController()
      const rings = new Promise<void>((resolve) => {
        open = resolve
      })
      const abort = () => stop.abort('stopped')
      signal.addEventListener('abort', abort, { once: true })
      if (!rung && !signal.aborted) {
        await Promise.race([rings, clock.sleep(durationMs, stop.signal)])
      }
      signal.removeEventListener('abort', abort)
      stop.abort('rung')
      open = null
      rung = false
    },
  }
}
