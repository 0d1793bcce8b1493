/**
 * The stage for tests of the command line: a small HTTP server that answers with the shapes of the
 * route table, and a terminal made of strings.
 *
 * What it answers is checked against the shapes, so that no test agrees with a server that is not.
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import type { TestContext } from 'node:test'
import type { RouteName } from '../api/paths.ts'
import { routes } from '../api/routes.ts'
import type { EventView, Failure } from '../api/wire.ts'
import { cli } from './cli.ts'
import type { Io } from './io.ts'
import type { Programs } from './programs.ts'

export const token = 'sk-test'
export const now = Date.UTC(2026, 0, 31, 12)

export interface Asked {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: unknown
  readonly key: string | undefined
}

type Reply<Name extends RouteName> = (typeof routes)[Name]['reply']['_output']

/** A refusal, or a connection that breaks before there is an answer. */
export type Refusal = Refused | 'hang up'

interface Refused {
  readonly refused: Failure
}

export type Answers = {
  readonly [Name in RouteName]?: (asked: Asked) => Reply<Name> | Refusal
}

export interface FakeServer {
  readonly url: string
  /** Names of the routes that were called, in order. */
  readonly calls: RouteName[]
  readonly asked: Asked[]
}

const statuses: Readonly<Record<Failure['code'], number>> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  gone: 410,
  'too-large': 413,
  'key-reused': 422,
  'too-many': 429,
  unavailable: 503,
  internal: 500,
}

export function refuse(
  code: Failure['code'],
  message: string,
  faults?: Failure['faults'],
): Refused {
  return { refused: { code, message, faults } }
}

/** `t` may be anything that takes something to do when it is over. */
export async function fakeServer(
  t: Pick<TestContext, 'after'>,
  answers: Answers,
): Promise<FakeServer> {
  const calls: RouteName[] = []
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const found = routeOf(request)
    if (!found) return send(response, refuse('not-found', `there is no ${request.url}`))
    calls.push(found.name)
    if (request.headers.authorization !== `Bearer ${token}`) {
      return send(response, refuse('unauthorized', 'this token is not known'))
    }
    const wish = await askedOf(request, found)
    asked.push(wish)
    const answer = answers[found.name]?.(wish) ?? refuse('not-found', `there is no such thing`)
    if (answer === 'hang up') return request.socket.destroy()
    if ('refused' in answer) return send(response, answer)
    const reply = routes[found.name].reply.parse(answer)
    if (request.headers.accept !== 'text/event-stream') return send(response, reply)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const event of (reply as { events: EventView[] }).events) {
      response.write(`id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`)
    }
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls, asked }
}

interface Found {
  readonly name: RouteName
  readonly params: Readonly<Record<string, string>>
  readonly url: URL
}

function routeOf({ method, url: path }: IncomingMessage): Found | null {
  const url = new URL(path ?? '/', 'http://any')
  for (const name of Object.keys(routes) as RouteName[]) {
    const pattern = routes[name].path.replace(/:(\w+)/g, '(?<$1>[^/]+)')
    const match = new RegExp(`^${pattern}$`).exec(decodeURIComponent(url.pathname))
    if (match && routes[name].method === method) return { name, params: { ...match.groups }, url }
  }
  return null
}

async function askedOf(request: IncomingMessage, { name, params, url }: Found): Promise<Asked> {
  let text = ''
  for await (const part of request) text += part
  const query = Object.fromEntries(url.searchParams)
  routes[name].params.parse(params)
  routes[name].query.parse(query)
  const body = text === '' ? undefined : routes[name].body.parse(JSON.parse(text))
  return { params, query, body, key: request.headers['idempotency-key'] as string | undefined }
}

function send(response: ServerResponse, answer: object): void {
  const failure = 'refused' in answer ? (answer.refused as Failure) : null
  response.writeHead(failure ? statuses[failure.code] : 200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(failure ?? answer))
}

export interface Terminal {
  readonly env?: Io['env']
  /** What comes on stdin. */
  readonly stdin?: string
  readonly isTTY?: boolean
  readonly columns?: number
  /** What a person types, once asked. */
  readonly typed?: string
  readonly programs?: Partial<Programs>
  readonly interruption?: AbortSignal
  /** Sees everything that was printed so far, whenever something is. */
  readonly seen?: (stdout: string) => unknown
}

export interface Ended {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export async function run(argv: readonly string[], terminal: Terminal = {}): Promise<Ended> {
  const { typed, isTTY = typed !== undefined, interruption } = terminal
  const stdout = sink(terminal.seen)
  const stderr = sink()
  const io: Io = {
    stdout: stdout.stream,
    stderr: stderr.stream,
    stdin: isTTY ? keyboard(stdout.stream, typed) : Readable.from([terminal.stdin ?? '']),
    env: terminal.env ?? {},
    isTTY,
    columns: terminal.columns,
    fetch,
    random: randomUUID,
    now: () => now,
    sleep: async () => {},
    interruption: () => interruption ?? new AbortController().signal,
  }
  const exitCode = await cli(argv, { ...noPrograms, ...terminal.programs }, io)
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
}

async function noProgram(): Promise<number> {
  throw new Error('no program was to be started')
}
const noPrograms: Programs = {
  server: noProgram,
  gateway: noProgram,
  supplierServe: noProgram,
}

function sink(seen: (text: string) => unknown = () => {}) {
  let text = ''
  const stream = new Writable({
    write(part, _, done) {
      text += part
      seen(text)
      done()
    },
  })
  return { stream, text: () => text }
}

/** Types once the first question stands on the screen. */
function keyboard(screen: Writable, typed = '') {
  const stream = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stream })
  const write = screen.write.bind(screen)
  let isTyped = false
  screen.write = ((...args: Parameters<typeof write>) => {
    if (!isTyped && String(args[0]).includes('?')) {
      isTyped = true
      setImmediate(() => stream.write(typed))
    }
    return write(...args)
  }) as typeof write
  return stream
}

/** What a person who has logged in at this server has in the environment. */
export function loggedIn({ url }: Pick<FakeServer, 'url'>): Record<string, string> {
  return { CALUMET_SERVER: url, CALUMET_TOKEN: token, XDG_CONFIG_HOME: '/nonexistent' }
}

export function temporaryFolder(t: Pick<TestContext, 'after'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'calumet-cli-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
