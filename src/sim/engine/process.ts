/**
 * A process in the simulated world: it has a clock of its own, it can be paused, and it can be
 * killed at any of its calls. A killed process never hears an answer again.
 */
import type { Ms } from '../../core/domain/time.ts'
import { type Clock, sleepBy } from '../../ports/clock.ts'
import type { Kernel } from './kernel.ts'

export interface Process extends Clock {
  readonly name: string
  isAlive(): boolean
  kill(): void
  /** Nothing reaches it for so long; its clock goes on. */
  pause(durationMs: number): void
  /** Runs this in the process: now, when its pause is over, or never. */
  deliver(run: () => void): void
  /** Stands before and after every call that leaves; whoever watches may kill it there. */
  reach(boundary: string): void
}

export interface ProcessOptions {
  readonly kernel: Kernel
  readonly name: string
  /** How fast its clock goes: 1 is exact. */
  readonly clockSpeed?: number
  /** What its clock shows when it is born. */
  readonly bornAtMs?: Ms
  readonly onBoundary?: ((process: Process, boundary: string) => void) | null
}

export function processOf({
  kernel,
  name,
  clockSpeed = 1,
  bornAtMs = 0,
  onBoundary,
}: ProcessOptions): Process {
  const bornAt = kernel.now()
  let isAlive = true
  let pausedUntil = bornAt
  const after: Clock['after'] = (durationMs, run) => {
    let isCancelled = false
    const timer = kernel.after(durationMs / clockSpeed, () =>
      // What is due during a pause may be cancelled until its end.
      self.deliver(() => {
        if (!isCancelled) run()
      }),
    )
    return {
      cancel() {
        isCancelled = true
        timer.cancel()
      },
    }
  }
  const self: Process = {
    name,
    isAlive: () => isAlive,
    kill() {
      isAlive = false
    },
    pause(durationMs) {
      pausedUntil = Math.max(pausedUntil, kernel.now() + durationMs)
    },
    deliver(run) {
      if (!isAlive) return
      const leftMs = pausedUntil - kernel.now()
      if (leftMs <= 0) run()
      else kernel.after(leftMs, () => self.deliver(run))
    },
    reach(boundary) {
      onBoundary?.(self, boundary)
    },
    steadyMs: () => bornAtMs + Math.round((kernel.now() - bornAt) * clockSpeed),
    after,
    sleep: sleepBy(after),
  }
  return self
}
