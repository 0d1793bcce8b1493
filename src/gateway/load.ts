/**
 * Counts the requests of each service and tells the control plane how many there are per second.
 *
 * A report that fails is forgotten: the next one says more.
 */
import type { Clock } from '../ports/clock.ts'
import type { Fleet } from './replicas/fleet.ts'
import type { Settings } from './settings.ts'
import type { Source } from './source.ts'

export interface LoadMeter {
  count(service: string): void
  /** Goes on until the signal fires. */
  report(signal: AbortSignal): Promise<void>
}

export interface LoadOptions {
  readonly source: Source
  readonly fleet: Fleet
  readonly clock: Clock
  readonly settings: Pick<Settings, 'name' | 'reportMs'>
}

const windowMs = 5_000

interface Slice {
  readonly counts: ReadonlyMap<string, number>
  readonly startedMs: number
}

export function loadMeter({ source, fleet, clock, settings }: LoadOptions): LoadMeter {
  let counts = new Map<string, number>()
  let past: Slice[] = []
  let startedMs = clock.steadyMs()

  const perSecond = () => {
    const now = clock.steadyMs()
    past = [...past, { counts, startedMs }].filter((slice) => now - slice.startedMs <= windowMs)
    counts = new Map()
    startedMs = now
    const seconds = Math.max(now - (past[0]?.startedMs ?? now), settings.reportMs) / 1_000
    return (service: string) =>
      past.reduce((sum, slice) => sum + (slice.counts.get(service) ?? 0), 0) / seconds
  }

  return {
    count(service) {
      counts.set(service, (counts.get(service) ?? 0) + 1)
    },
    async report(signal) {
      while (!signal.aborted) {
        await clock.sleep(settings.reportMs, signal)
        if (signal.aborted) return
        const rate = perSecond()
        // A service without requests is told as well: silence would keep it at its size.
        const services = Object.fromEntries(
          fleet.services().map((service) => [service, { requestsPerSecond: rate(service) }]),
        )
        await source.reportLoad({ gateway: settings.name, services }).catch(() => {})
      }
    },
  }
}
