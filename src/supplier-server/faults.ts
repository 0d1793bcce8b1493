/**
 * Faults on request: each meets the next so many requests that it fits, or all for a time.
 *
 * Kept in memory only; a restarted supplier has the faults of its config file again.
 */
import type { Ms } from '../core/domain/time.ts'
import type { AdminState, FaultName, FaultOrder } from '../protocol/supplier-admin.ts'

export interface Faults {
  add(order: FaultOrder): void
  clear(): void
  /** Whether the request at hand meets the fault, and with how much delay; counts it down. */
  meet(fault: FaultName): { readonly ms: number } | null
  shown(): AdminState['faults']
}

interface Armed {
  readonly fault: FaultName
  requestsLeft: number
  readonly until: Ms
  readonly ms: number
}

export function faultBox(now: () => Ms): Faults {
  let armed: Armed[] = []
  const live = () => {
    armed = armed.filter(({ requestsLeft, until }) => requestsLeft > 0 && now() < until)
    return armed
  }
  return {
    add({ fault, count, for_ms: forMs, ms = 1_000 }) {
      const requestsLeft = count ?? (forMs === undefined ? 1 : Number.POSITIVE_INFINITY)
      const until = forMs === undefined ? Number.POSITIVE_INFINITY : now() + forMs
      armed.push({ fault, requestsLeft, until, ms })
    },
    clear() {
      armed = []
    },
    meet(fault) {
      const met = live().find((each) => each.fault === fault)
      if (!met) return null
      met.requestsLeft -= 1
      return { ms: met.ms }
    },
    shown: () =>
      live().map(({ fault, requestsLeft, until, ms }) => ({
        fault,
        requests_left: Number.isFinite(requestsLeft) ? requestsLeft : null,
        until: Number.isFinite(until) ? until : null,
        ms,
      })),
  }
}
