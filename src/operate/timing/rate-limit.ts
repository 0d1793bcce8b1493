/**
 * How often each supplier may be asked: in no minute more than it takes. What comes too early is
 * not sent; the next turn decides anew, and nothing is lost but a moment.
 *
 * Half of what a supplier takes is for looking at it, the other half for buying and giving back. It
 * is counted by this process alone, which asks only while it leads.
 */
import type { SupplierSpec } from '../../core/domain/supplier.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { Clock } from '../../ports/clock.ts'

type Limited = Pick<SupplierSpec, 'name' | 'requestsPerMinute'>

const minuteMs = 60_000
/** A look is two requests at most: what is rented, and what is sold. */
const requestsALook = 2

/** The least time between two looks: a minute that begins with one holds one more than fit. */
export function lookEveryMs({ requestsPerMinute }: Limited): Ms {
  if (requestsPerMinute === undefined) return 0
  return minuteMs / (requestsPerMinute / 2 / requestsALook - 1)
}

export interface RateLimit {
  /** Whether one more may be sent now; counts it where it may. */
  mayAsk(supplier: Limited): boolean
  /** It is sent in any case, and counts: what is not given back costs money. */
  giveBack(supplier: Limited): void
}

/** This share of a minute's requests may be made up for at once, and is missing in the minute. */
const burst = 1 / 6

export function rateLimit(clock: Clock): RateLimit {
  const buckets = new Map<string, { left: number; atMs: Ms }>()

  function filled(name: string, perMinute: number) {
    const size = Math.max(1, perMinute * burst)
    const perMs = (perMinute - size) / minuteMs
    const now = clock.steadyMs()
    const { left, atMs } = buckets.get(name) ?? { left: size, atMs: now }
    const bucket = { left: Math.min(size, left + (now - atMs) * perMs), atMs: now }
    buckets.set(name, bucket)
    return bucket
  }

  return {
    mayAsk({ name, requestsPerMinute }) {
      if (requestsPerMinute === undefined) return true
      const bucket = filled(name, requestsPerMinute / 2)
      if (bucket.left < 1) return false
      bucket.left -= 1
      return true
    },
    giveBack({ name, requestsPerMinute }) {
      if (requestsPerMinute === undefined) return
      const bucket = filled(name, requestsPerMinute / 2)
      // Only what was sent within a minute counts against what is sent now.
      bucket.left = Math.max(-requestsPerMinute / 2, bucket.left - 1)
    },
  }
}
