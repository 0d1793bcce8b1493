/**
 * Asks replicas on a cluster whether they can take requests, from where the gateway asks as well.
 * One good answer makes one ready; two bad ones in a row end that.
 */
import { get } from 'node:http'
import type { RankWork } from '../../../core/domain/run.ts'
import type { Clock } from '../../../ports/clock.ts'

export interface Probes {
  /** Where the replica answers, as far as is known; begins to ask where nobody did. */
  endpoint(id: string, address: string, probe: NonNullable<RankWork['probe']>): string | null
  /** It had its time to begin, and never answered. */
  isUnanswering(id: string): boolean
  /** Stops asking all but these. */
  keep(ids: ReadonlySet<string>): void
}

interface Asked {
  readonly stop: AbortController
  readonly since: number
  readonly delayMs: number
  ready: boolean | null
}

const failuresMax = 2

export function probes(clock: Clock, onNews: () => void): Probes {
  const asked = new Map<string, Asked>()

  async function ask(one: Asked, url: string, probe: NonNullable<RankWork['probe']>) {
    const { signal } = one.stop
    for (let failures = 0; !signal.aborted; ) {
      failures = (await answersWell(url, probe.timeoutMs)) ? 0 : failures + 1
      if (signal.aborted) return
      const was = one.ready
      if (failures === 0) one.ready = true
      if (failures >= failuresMax && was === true) one.ready = false
      if (was !== one.ready) onNews()
      await clock.sleep(probe.periodMs, signal)
    }
  }

  return {
    endpoint(id, address, probe) {
      const base = `http://${address.includes(':') ? `[${address}]` : address}:${probe.port}`
      const known = asked.get(id)
      if (known) return known.ready ? base : null
      const stop = new AbortController()
      const { initialDelayMs: delayMs } = probe
      const one: Asked = { stop, since: clock.steadyMs(), delayMs, ready: null }
      asked.set(id, one)
      void ask(one, `${base}${probe.path}`, probe)
      return null
    },
    isUnanswering(id) {
      const one = asked.get(id)
      return one?.ready === null && clock.steadyMs() - one.since > one.delayMs
    },
    keep(ids) {
      for (const [id, { stop }] of asked) {
        if (ids.has(id)) continue
        stop.abort()
        asked.delete(id)
      }
    },
  }
}

/** Not by `fetch`, which refuses some ports that a service may well have. */
function answersWell(url: string, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { signal: AbortSignal.timeout(timeoutMs), agent: false }
    const request = get(url, options, (response) => {
      const { statusCode = 0 } = response
      resolve(statusCode >= 200 && statusCode <= 299)
      response.destroy()
    })
    request.on('error', () => resolve(false))
  })
}
