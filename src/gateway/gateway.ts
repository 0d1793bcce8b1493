/**
 * The front door of 24/7 services: one address per service, whoever's machines answer.
 *
 * Speaks what OpenAI's clients speak and reads none of it: bodies pass as they are. Knows nothing
 * of leases and prices; where replicas are is told by its source.
 */
import { once } from 'node:events'
import { createServer, type Server, type ServerOptions } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../ports/clock.ts'
import { loadMeter } from './load.ts'
import { metrics as newMetrics } from './metrics.ts'
import { refusals, refuse } from './refusal.ts'
import { line as newLine } from './replicas/attempt.ts'
import { fleet as newFleet } from './replicas/fleet.ts'
import { knock } from './replicas/knock.ts'
import { type Respond, responder } from './respond.ts'
import { defaultSettings, type Settings } from './settings.ts'
import { follow, type Log, patient, type Source } from './source.ts'
import { type Auth, tokenCheck } from './tokens.ts'

export interface GatewayOptions {
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
  readonly source: Source
  readonly auth: Auth
  readonly clock: Clock
  readonly log: Log
  readonly settings?: Partial<Settings>
}

export interface Gateway {
  readonly url: string
  /** Takes no more connections, lets what is under way end, and cuts what takes too long. */
  close(): Promise<void>
}

export async function gateway(options: GatewayOptions): Promise<Gateway> {
  const { host, port, auth, clock, log } = options
  const settings: Settings = { ...defaultSettings, ...options.settings }
  const isAccepted = tokenCheck(auth)
  const source = patient(options.source, clock, settings.askDeadlineMs)
  const fleet = newFleet({ clock, settings, log })
  const line = newLine(fleet, settings)
  const metrics = newMetrics(fleet)
  const load = loadMeter({ source, fleet, clock, settings })
  const server = createServer(serverOptions(settings))
  server.maxConnections = settings.clientConnectionsMax
  const isClosing = () => !server.listening
  const parts = { settings, isAccepted, fleet, line, clock, metrics, load, isClosing }
  const underWay = answer(server, responder(parts), log)
  const stop = new AbortController()
  const { signal } = stop

  await listen(server, host, port)
  const { ended } = await follow({ source, fleet, clock, log, settings, signal })
  const tasks = [ended, load.report(signal), knock({ fleet, clock, settings, signal })]
  return {
    url: urlOf(server),
    async close() {
      const closed = once(server, 'close')
      server.close()
      await Promise.race([allOver(underWay), clock.sleep(settings.graceMs, signal)])
      stop.abort()
      server.closeAllConnections()
      line.close()
      await Promise.all([...tasks, ...underWay, closed])
    },
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen({ host, port })
  try {
    await once(server, 'listening')
  } catch (error) {
    throw new Error(`the gateway cannot listen at ${host}:${port}: ${(error as Error).message}`)
  }
}

/** Returns what is under way, as it comes and goes. */
function answer(server: Server, respond: Respond, log: Log): ReadonlySet<Promise<void>> {
  const underWay = new Set<Promise<void>>()
  server.on('request', (request, response) => {
    const task = respond(request, response)
      .catch((error) => {
        log('error', `a request failed inside the gateway: ${error.stack ?? error}`)
        if (response.headersSent) response.destroy()
        else refuse(response, refusals.internal)
      })
      .finally(() => underWay.delete(task))
    underWay.add(task)
  })
  return underWay
}

/** Open connections may bring further requests, which are answered too. */
async function allOver(underWay: ReadonlySet<Promise<void>>): Promise<void> {
  while (underWay.size > 0) await Promise.all(underWay)
}

function serverOptions(settings: Settings): ServerOptions {
  const { clientHeadersTimeoutMs, clientRequestTimeoutMs } = settings
  return {
    maxHeaderSize: settings.clientHeaderBytesMax,
    headersTimeout: clientHeadersTimeoutMs,
    requestTimeout: clientRequestTimeoutMs,
    connectionsCheckingInterval: Math.min(1_000, clientHeadersTimeoutMs),
    // Longer than load balancers keep theirs, so that they are the ones who hang up.
    keepAliveTimeout: 75_000,
  }
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
