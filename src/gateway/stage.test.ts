/**
 * The stage of the gateway's tests: replicas, a control plane and clients, all real, all on
 * loopback. Tests nothing by itself.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  request,
  type Server,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { LoadReport, RouteView } from '../api/wire.ts'
import { systemClock } from '../drivers/system/clock.ts'
import { type Gateway, gateway } from './gateway.ts'
import type { Settings } from './settings.ts'

export type ReplicaView = RouteView['replicas'][number]

export interface Replica {
  readonly view: ReplicaView
  readonly server: Server
  /** What it was asked, oldest first. */
  readonly asked: { readonly request: IncomingMessage; readonly body: string }[]
}

/** A replica that takes each request whole and then answers as told. */
export async function replica(
  t: TestContext,
  supplier: string,
  answer: RequestListener,
): Promise<Replica> {
  const asked: Replica['asked'] = []
  const server = createServer(async (request, response) => {
    request.setEncoding('utf8')
    let body = ''
    for await (const part of request) body += part
    asked.push({ request, body })
    answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return {
    view: { run: `chat.${port}`, lease: 'l1', supplier, url, draining: false },
    server,
    asked,
  }
}

export const says =
  (text: string): RequestListener =>
  (_, response) =>
    response.end(text)

export const diesAtOnce: RequestListener = (request) => request.socket.destroy()

export interface Stage {
  readonly url: string
  readonly gateway: Gateway
  /** What the control plane says from now on; null: it is away. */
  tell(routes: RouteView[] | null): void
  readonly reports: LoadReport[]
  readonly logged: string[]
}

export const token = 'sk-story'
const tokens = [createHash('sha256').update(token).digest('hex')]

export function routesTo(...replicas: Replica[]): RouteView[] {
  return [{ service: 'chat', replicas: replicas.map(({ view }) => view) }]
}

export async function stage(
  t: TestContext,
  routes: RouteView[] | null,
  settings: Partial<Settings> = {},
): Promise<Stage> {
  let told = routes
  const reports: LoadReport[] = []
  const logged: string[] = []
  const source = {
    async routes() {
      if (told === null) throw new Error('connection refused')
      return told
    },
    async reportLoad(report: LoadReport) {
      reports.push(report)
    },
  }
  const opened = await gateway({
    host: '127.0.0.1',
    port: 0,
    source,
    auth: tokens,
    clock: systemClock(),
    log: (_, text) => logged.push(text),
    settings: { pollMs: 10, name: 'gw', graceMs: 0, ...settings },
  })
  t.after(() => opened.close())
  const tell = (next: RouteView[] | null) => {
    told = next
  }
  return { url: opened.url, gateway: opened, tell, reports, logged }
}

export interface Asked {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** Sends a request as it stands, and answers once the first header is back. */
export async function send(url: string, asked: Asked = {}): Promise<IncomingMessage> {
  const { method = 'POST', path = '/chat/v1/chat/completions', body = '{}' } = asked
  const headers = { authorization: `Bearer ${token}`, ...asked.headers }
  const { hostname, port } = new URL(url)
  const outgoing = request({ hostname, port, method, path, headers, agent: false })
  outgoing.end(method === 'POST' ? body : undefined)
  const [message] = await once(outgoing, 'response')
  return message
}

export async function ask(url: string, asked: Asked = {}) {
  const message = await send(url, asked)
  const { text, isWhole } = await read(message)
  return { status: message.statusCode, headers: message.headers, text, isWhole }
}

/** All that came, and whether that was the end of it. */
export async function read(message: IncomingMessage) {
  let text = ''
  message.setEncoding('utf8')
  try {
    for await (const part of message) text += part
  } catch {
    // A cut answer; `isWhole` says so.
  }
  return { text, isWhole: message.complete }
}

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 5_000
  while (!(await holds())) {
    assert.ok(performance.now() < endMs, 'this did not come about within 5 s')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** The value of one metric as Prometheus would read it; 0 where it is not there. */
export async function metric(url: string, name: string): Promise<number> {
  const { text } = await ask(url, { method: 'GET', path: '/-/metrics' })
  const line = text.split('\n').find((each) => each.startsWith(`calumet_gateway_${name} `))
  return Number(line?.split(' ').at(-1) ?? 0)
}
