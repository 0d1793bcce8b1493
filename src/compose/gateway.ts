/**
 * `calumet gateway`: the front door of services as a process of its own, which outlives any control
 * plane.
 */
import { readFileSync } from 'node:fs'
import { client } from '../api/client.ts'
import { hashOf } from '../api/tokens.ts'
import type { GatewayOptions } from '../cli/programs.ts'
import { systemClock } from '../drivers/system/clock.ts'
import { gateway } from '../gateway/gateway.ts'
import { fired, logTo, stopSignal } from './log.ts'

export async function gatewayAlone(options: GatewayOptions): Promise<number> {
  const { server, token, host, port, tokensFrom, routesFile, name, servedBy, logLevel } = options
  const log = logTo(logLevel)
  const stop = stopSignal()
  const api = client({ url: server, token, fetch })
  const kept = tokensFrom === null ? [] : hashesIn(tokensFrom)
  let callers: ReadonlySet<string> = new Set(kept)
  const door = await gateway({
    host,
    port,
    clock: systemClock(),
    log,
    auth: (secret) => callers.has(hashOf(secret)),
    settings: {
      debugHeaders: servedBy,
      ...(routesFile !== null && { routesFile }),
      ...(name !== null && { name }),
    },
    source: {
      async routes() {
        const { routes, clients } = await api.call('routes', {})
        callers = new Set([...kept, ...clients])
        return routes
      },
      reportLoad: async (body) => void (await api.call('load', { body })),
    },
  })
  log('info', `services answer at ${door.url}/SERVICE/v1`)
  await fired(stop)
  await door.close()
  return 0
}

function hashesIn(file: string): readonly string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}
