/**
 * Asks a replica again and again whether it can take requests. One good answer makes it ready; two
 * bad ones in a row, or none at all, end that.
 *
 * What it last found is kept in a file, so that a new agent does not take a replica out of service
 * only because it has not asked yet.
 */
import { get } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { readText, writeWhole } from './rank-files.ts'

export interface Probe {
  /** Where it answers, while it does. */
  endpoint(): string | null
  stop(): void
}

export interface ProbeOptions {
  readonly address: string
  readonly port: number
  /** The path that is asked for. */
  readonly path: string
  readonly periodMs: number
  readonly timeoutMs: number
  /** The file that keeps what was found. */
  readonly file: string
  readonly onNews: () => void
}

const failuresMax = 2

export function probe(options: ProbeOptions): Probe {
  const { address, port, path, periodMs, timeoutMs, file, onNews } = options
  const base = `http://${address.includes(':') ? `[${address}]` : address}:${port}`
  const stop = new AbortController()
  let isReady = readText(file) === 'yes'

  async function ask(): Promise<void> {
    for (let failures = 0; !stop.signal.aborted; ) {
      failures = (await answersWell(`${base}${path}`, timeoutMs)) ? 0 : failures + 1
      if (stop.signal.aborted) return
      if (failures === 0 && !isReady) found(true)
      if (failures >= failuresMax && isReady) found(false)
      await pause(periodMs, undefined, { signal: stop.signal }).catch(() => {})
    }
  }

  function found(ready: boolean): void {
    isReady = ready
    writeWhole(file, ready ? 'yes' : 'no')
    onNews()
  }

  ask().catch((error) => console.error(`${base} cannot be asked any more: ${error}`))
  return {
    endpoint: () => (isReady ? base : null),
    stop: () => stop.abort(),
  }
}

/** Not by `fetch`, which refuses some ports that a service may well have. */
function answersWell(url: string, timeoutMs: number): Promise<boolean> {
  const signal = AbortSignal.timeout(timeoutMs)
  return new Promise((resolve) => {
    const request = get(url, { signal, agent: false }, (response) => {
      const { statusCode = 0 } = response
      resolve(statusCode >= 200 && statusCode <= 299)
      response.destroy()
    })
    request.on('error', () => resolve(false))
  })
}
