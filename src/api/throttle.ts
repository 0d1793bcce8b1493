/**
 * How often one caller may ask: a bucket of tokens that refills steadily.
 */
import type { Clock } from '../ports/clock.ts'

export interface Throttle {
  allows(caller: string): boolean
}

/** Callers that are remembered; beyond that the oldest are forgotten. */
const callersMax = 10_000

/** `perSecond` for long, twice that at once. */
export function throttle(clock: Clock, perSecond: number): Throttle {
  const buckets = new Map<string, { left: number; atMs: number }>()
  const size = perSecond * 2
  return {
    allows(caller) {
      const nowMs = clock.steadyMs()
      const { left, atMs } = buckets.get(caller) ?? { left: size, atMs: nowMs }
      const filled = Math.min(size, left + ((nowMs - atMs) / 1_000) * perSecond)
      buckets.delete(caller)
      buckets.set(caller, { left: Math.max(0, filled - 1), atMs: nowMs })
      const oldest = buckets.size > callersMax ? buckets.keys().next().value : undefined
      if (oldest !== undefined) buckets.delete(oldest)
      return filled >= 1
    },
  }
}
