/**
 * What the gateway counts, for Prometheus. Labels are names of the control plane's, never texts of
 * callers.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Fleet } from './replicas/fleet.ts'

export type RequestOutcome =
  | 'ok' // an answer below 500, whole
  | 'error' // an answer of 500 or more, whole
  | 'broken' // the replica failed after the first byte
  | 'aborted' // the client left
  | 'unavailable' // no replica gave an answer
  | 'refused' // 401, 404, 413, or no room

export interface Visit {
  /** Empty where nobody came as far as a service. */
  readonly service: string
  readonly supplier: string | null
  readonly outcome: RequestOutcome
  readonly durationMs: number
}

export interface Metrics {
  began(service: string): void
  ended(service: string): void
  done(visit: Visit): void
  retried(service: string, supplier: string): void
  waiting(service: string, length: number): void
  /** How long the first byte took, and how much of it the answering replica did. */
  firstByte(service: string, times: { readonly totalMs: number; readonly replicaMs: number }): void
  readonly contentType: string
  text(): Promise<string>
}

const answerSeconds = [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300]
const addedSeconds = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.25, 1, 5, 15]

export function metrics(fleet: Fleet): Metrics {
  const registry = new Registry()
  const named = (name: string, help: string) => ({
    name: `calumet_gateway_${name}`,
    help,
    registers: [registry],
  })
  const requests = new Counter({
    ...named('requests_total', 'Requests that are over'),
    labelNames: ['service', 'supplier', 'outcome'],
  })
  const retries = new Counter({
    ...named('retries_total', 'Requests sent to a further replica, by its supplier'),
    labelNames: ['service', 'supplier'],
  })
  const perService = { labelNames: ['service'] }
  const inFlight = new Gauge({ ...named('in_flight', 'Requests under way'), ...perService })
  const queued = new Gauge({
    ...named('waiting', 'Requests that wait for a replica'),
    ...perService,
  })
  const timed = (name: string, help: string, buckets: number[]) =>
    new Histogram({ ...named(name, help), ...perService, buckets })
  const first = timed('first_byte_seconds', 'From the request to the first byte', answerSeconds)
  const total = timed('total_seconds', 'From the request to the last byte', answerSeconds)
  const added = timed(
    'added_seconds',
    'From the request to the first byte, less what the answering replica took',
    addedSeconds,
  )
  new Gauge({
    ...named('replicas_ready', 'Replicas that new requests may go to'),
    labelNames: ['service', 'supplier'],
    collect() {
      this.reset()
      for (const service of fleet.services()) {
        for (const replica of fleet.replicas(service)) {
          const { supplier } = replica
          this.inc({ service, supplier }, fleet.isReady(replica) ? 1 : 0)
        }
      }
    },
  })

  return {
    began: (service) => inFlight.inc({ service }),
    ended: (service) => inFlight.dec({ service }),
    done({ service, supplier, outcome, durationMs }) {
      requests.inc({ service, supplier: supplier ?? '', outcome })
      if (outcome === 'ok') total.observe({ service }, durationMs / 1_000)
    },
    retried: (service, supplier) => retries.inc({ service, supplier }),
    waiting: (service, length) => queued.set({ service }, length),
    firstByte(service, { totalMs, replicaMs }) {
      first.observe({ service }, totalMs / 1_000)
      added.observe({ service }, Math.max(0, totalMs - replicaMs) / 1_000)
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  }
}
