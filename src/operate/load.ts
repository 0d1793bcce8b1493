/**
 * The load of services as gateways report it; a gateway that falls silent counts no more.
 */
import type { Clock } from '../ports/clock.ts'

export interface Load {
  note(gateway: string, service: string, requestsPerSecond: number): void
  /** By service, summed over gateways. */
  requestsPerSecond(): Readonly<Record<string, number>>
}

const forgottenAfterMs = 10_000

export function load(clock: Clock): Load {
  const reports = new Map<string, { service: string; perSecond: number; atMs: number }>()
  return {
    note(gateway, service, perSecond) {
      reports.set(`${gateway}/${service}`, { service, perSecond, atMs: clock.steadyMs() })
    },
    requestsPerSecond() {
      const sums = new Map<string, number>()
      for (const [key, { service, perSecond, atMs }] of reports) {
        if (clock.steadyMs() - atMs > forgottenAfterMs) reports.delete(key)
        else sums.set(service, (sums.get(service) ?? 0) + perSecond)
      }
      return Object.fromEntries(sums)
    },
  }
}
