/**
 * The stage of the API's tests: a server that listens on loopback, a real ledger, a loop that does
 * not run unless it is told to, and a clock that jumps. Tests nothing by itself.
 */
import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { canonical, nearest, sliceOf, throughputs } from '../core/catalog/accelerators.ts'
import type { Role } from '../core/domain/token.ts'
import { workOf } from '../core/run/work.ts'
import { readSubmission } from '../core/spec/read.ts'
import { embedded } from '../drivers/ledgers/embedded.ts'
import { files } from '../drivers/logs/files.ts'
import { agentRuntime } from '../drivers/runtimes/agent.ts'
import { systemKeys } from '../drivers/system/keys.ts'
import { keptBackBy } from '../operate/law/clearance.ts'
import { operator } from '../operate/loop.ts'
import type { Operator } from '../operate/operator.ts'
import { defaultSettings } from '../operate/settings.ts'
import { type Ledger, LedgerError, type Put } from '../ports/ledger.ts'
import type { Logs } from '../ports/logs.ts'
import type { AgentIdentity } from '../ports/runtime.ts'
import { type PaperSupplier, paperSupplier } from '../testing/paper-supplier.ts'
import { type VirtualClock, virtualClock } from '../testing/virtual-clock.ts'
import { drawnWorld } from '../testing/world.ts'
import { newsBoard } from './event-stream.ts'
import { apiServer } from './server.ts'
import { bootstrapToken, gate } from './tokens.ts'
import type { Failure } from './wire.ts'

/** A contract that is in force all the time, as people write it. */
export function contractText(party: string, clauses: string): string {
  return `kind: Contract
name: msa
with: ${party}
form: MSA
bindingness: definitive
signed: 1970-01-01
from: 1970-01-01
to: 2100-01-01
source: letter
clauses:
${clauses}`
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: what came over the wire, whatever it is.
  readonly body: any
}

export interface Asked {
  /** The admin's where it is not said; null for none. */
  readonly token?: string | null
  /** Sent as JSON, unless it is a text. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Stage {
  readonly url: string
  readonly ledger: Ledger
  readonly clock: VirtualClock
  readonly logs: Logs
  readonly acme: PaperSupplier
  readonly operator: Operator
  readonly admin: string
  /** What the server logged. */
  readonly logged: string[]
  /** While set, the ledger fails so at everything. */
  ledgerFails: LedgerError['kind'] | null
  ask(request: string, asked?: Asked): Promise<Answer>
  apply(text: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** The secret of a new token. */
  token(role: Role, name?: string): Promise<string>
  put(...puts: Put[]): Promise<void>
  /** Writes the workloads, leases and runs of a drawn world. */
  draw(world: string): Promise<void>
  agent(lease: string, index?: number): AgentIdentity
  /** A second control plane over the same ledger; its address. */
  replica(): Promise<string>
  /** Lets the loop run until the test is over. */
  run(): void
}

export interface StageOptions {
  readonly requestsPerSecondMax?: number
  /** What the ledger's clock is ahead of this machine's. */
  readonly aheadMs?: number
  /** Replaces what it names of the ledger that the server sees. */
  readonly instead?: (ledger: Ledger) => Partial<Ledger>
}

export async function stage(t: TestContext, options: StageOptions = {}): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'calumet-api-'))
  const clock = virtualClock(Date.now() + (options.aheadMs ?? 0))
  const path = join(folder, 'ledger.db')
  const ledger = await embedded({ path, clock: clock.wallMs, randomId: () => 'us' })
  const closing: (() => Promise<unknown>)[] = []
  t.after(async () => {
    for (const close of closing.toReversed()) await close()
    await ledger.close()
    rmSync(folder, { recursive: true })
  })
  const keys = systemKeys('secret of the installation')
  const logs = files(join(folder, 'logs'))
  const acme = paperSupplier({ name: 'acme', ...clock, pricePerHour: 10_000_000, stock: 4 })
  const admin = await bootstrapToken(ledger, randomBytes)
  assert.ok(admin)
  const logged: string[] = []
  const log = (level: string, text: string) => void logged.push(`${level} ${text}`)

  const seen: Ledger = { ...failing(ledger), ...options.instead?.(ledger) }
  async function open() {
    const news = newsBoard()
    const settings = { ...defaultSettings, serverUrl: 'http://127.0.0.1:1' }
    const desk = agentRuntime({
      ...{ ledger: seen, logs, keys, clock, workOf, settings },
      keptBack: keptBackBy(seen),
      onNews: news.tell,
    })
    const loop = operator({
      ...{ ledger: seen, runtime: desk, open: () => acme, clock, keys, settings, log },
      holder: randomUUID(),
      onCommit: news.tell,
    })
    const api = await apiServer({
      ...{ ledger: seen, operator: loop, desk, logs, clock, news, log },
      ...{ host: '127.0.0.1', port: 0, random: randomBytes, gate: gate(seen, clock) },
      requestsPerSecondMax: options.requestsPerSecondMax,
      read: (documents) =>
        readSubmission(documents, {
          ...{ canonical, nearest, sliceOf },
          knownAccelerators: Object.keys(throughputs),
        }),
    })
    closing.push(api.close)
    return { url: api.url, loop }
  }

  /** The ledger, as far as it does not fail. */
  function failing(whole: Ledger): Ledger {
    return new Proxy(whole, {
      get(target, name, receiver) {
        const part = Reflect.get(target, name, receiver)
        if (typeof part !== 'function') return part
        return async (...args: unknown[]) => {
          const { ledgerFails } = home
          if (ledgerFails) throw new LedgerError(ledgerFails, 'the disk with the secrets is full')
          return part.apply(target, args)
        }
      },
    })
  }

  const { url, loop } = await open()
  const home: Stage = {
    ...{ url, ledger, clock, logs, acme, operator: loop, admin, logged },
    ledgerFails: null,
    ask: (request, asked) => ask(url, request, { token: admin, ...asked }),
    apply: (text, headers) =>
      home.ask('POST /v1/apply', { body: { documents: [{ file: 'a.yaml', text }] }, headers }),
    async token(role, name = role) {
      const made = await home.ask('POST /v1/tokens', { body: { name, role, expiresInMs: null } })
      assert.equal(made.status, 200, made.text)
      return made.body.secret
    },
    async put(...puts) {
      assert.equal((await ledger.commit({ puts, events: [] })).outcome, 'done')
    },
    async draw(text) {
      const world = drawnWorld(text)
      const row = (kind: Put['kind'], id: string, body: Put['body']) =>
        ({ kind, id, version: 0, live: true, body }) as Put
      await home.put(
        ...world.workloads.map((body) => row('workload', body.spec.name, body)),
        ...world.leases.map((body) => row('lease', body.id, body)),
        ...world.runs.map((body) => row('run', body.id, body)),
        ...world.suppliers.map((body) => row('supplier', body.name, body)),
      )
    },
    agent(lease, index = 0) {
      const key = `key-${lease}`
      return { key, secret: keys.secretOf(key), index }
    },
    replica: async () => (await open()).url,
    run() {
      const stop = new AbortController()
      const running = loop.run(stop.signal)
      closing.push(async () => {
        stop.abort()
        await running
      })
    },
  }
  return home
}

/** `request` is a method and a path. */
export async function ask(url: string, request: string, asked: Asked = {}): Promise<Answer> {
  const [method, path] = request.split(' ')
  const { token, body, headers } = asked
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json')
  const { status, headers: heard } = response
  return { status, headers: heard, text, body: isJson ? JSON.parse(text) : null }
}

/** What the server answers to bytes that no client of ours would send. */
export async function raw(url: string, request: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.end(request)
  let text = ''
  for await (const chunk of socket) text += chunk
  return text
}

/** It was refused so, in the one shape that every failure has. */
export function refused(answer: Answer, status: number, code: Failure['code'], says?: RegExp) {
  const { message, faults: _, ...rest } = answer.body ?? {}
  const seen = { status: answer.status, ...rest, message: typeof message }
  assert.deepEqual(seen, { status, code, message: 'string' }, answer.text)
  if (says) assert.match(message, says)
}

export function job(name: string, rest = ''): string {
  return `kind: Job\nname: ${name}\nresources: { accelerators: H100:8 }\nrun: exec train\n${rest}`
}
