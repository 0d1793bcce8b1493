/**
 * The stage for tests of the agent: a desk that says what the test wants it to say, and a machine
 * whose agent can be killed and started again.
 *
 * Everything it starts ends with the test that asked for it. It checks nothing itself.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { AgentSync, CheckpointCommit, type RankSaid, type Work } from '../src/protocol/agent.ts'

export interface FakeDesk {
  readonly url: string
  /** What the machine is to run. */
  work: readonly Work[]
  /** It hangs up; it says that the lease is over; it does not believe the proof. */
  mood: 'kind' | 'away' | 'gone' | 'unbelieving'
  readonly syncs: AgentSync[]
  /** Every piece of a log as it came, by rank. */
  readonly pieces: Map<string, { readonly offset: number; readonly bytes: Buffer }[]>
  readonly commits: CheckpointCommit[]
  newest: { readonly uri: string; readonly step: number } | null
}

export async function fakeDesk(t: TestContext): Promise<FakeDesk> {
  const server = createServer((request, response) => {
    serve(desk, request, response).catch(() => request.socket.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const told = { syncs: [], pieces: new Map(), commits: [] }
  const desk: FakeDesk = { url, work: [], mood: 'kind', newest: null, ...told }
  return desk
}

async function serve(desk: FakeDesk, request: IncomingMessage, response: ServerResponse) {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  const body = Buffer.concat(parts)
  const { pathname, searchParams } = new URL(request.url ?? '', desk.url)
  const reply = (status: number, json: object | null = null) => {
    response.writeHead(status).end(json && JSON.stringify(json))
  }
  if (desk.mood === 'away') return request.socket.destroy()
  if (desk.mood === 'unbelieving') return reply(401)
  if (pathname.endsWith('/logs')) {
    const { run, epoch, rank, offset } = Object.fromEntries(searchParams)
    const name = `${run}.${epoch}.${rank}`
    const pieces = desk.pieces.get(name) ?? []
    desk.pieces.set(name, [...pieces, { offset: Number(offset), bytes: body }])
    return reply(200, { offset: logOf(desk, name).length })
  }
  if (request.method === 'GET') return desk.newest ? reply(200, desk.newest) : reply(404)
  if (pathname.endsWith('/checkpoint')) {
    const commit = CheckpointCommit.parse(JSON.parse(body.toString()))
    if (!desk.work.some(({ epoch }) => epoch === commit.epoch)) return reply(409)
    desk.commits.push(commit)
    return reply(204)
  }
  if (desk.mood === 'gone') return reply(410)
  const sync = AgentSync.parse(JSON.parse(body.toString()))
  desk.syncs.push(sync)
  const until = performance.now() + sync.waitMs
  while (digest(desk) === sync.workSeen && desk.mood === 'kind' && performance.now() < until) {
    await sleep(5)
  }
  if (desk.mood !== 'kind') return request.socket.destroy()
  reply(200, { work: desk.work, workSeen: digest(desk), beatMs: 200 })
}

function digest({ work }: FakeDesk): string {
  return work.map(({ run, epoch, rank }) => `${run}.${epoch}.${rank}`).join()
}

/** What a log store holds after these pieces: what it has is skipped, a gap stores nothing. */
export function logOf({ pieces }: FakeDesk, rank: string): string {
  let log = Buffer.alloc(0)
  for (const { offset, bytes } of pieces.get(rank) ?? []) {
    if (offset > log.length || offset + bytes.length <= log.length) continue
    log = Buffer.concat([log, bytes.subarray(log.length - offset)])
  }
  return log.toString()
}

export interface Machine {
  readonly desk: FakeDesk
  readonly home: string
  boot(): void
  /** Kills the agent, and nothing else, as suddenly as can be. */
  crash(): Promise<void>
  tell(signal: NodeJS.Signals): void
  /** What the agents said went wrong. */
  errors(): string
  /** How the agent ended. */
  readonly exitCode: Promise<number | null>
  /** What the agent last said of a rank. */
  said(rank: string): RankSaid | null
  /** The pids of all that runs on this machine, the agent aside. */
  running(): readonly number[]
}

let count = 0

export async function machine(t: TestContext, env: NodeJS.ProcessEnv = {}): Promise<Machine> {
  const desk = await fakeDesk(t)
  const home = mkdtempSync(join(tmpdir(), 'agent-'))
  const name = `m-${process.pid}-${count++}`
  const main = fileURLToPath(new URL('../src/agent/main.ts', import.meta.url))
  let child: ChildProcess | null = null
  let errors = ''
  const over = Promise.withResolvers<number | null>()
  const running = () => pidsOf(name).filter((pid) => pid !== child?.pid)
  const told = {
    CALUMET_SERVER: desk.url,
    CALUMET_KEY: 'key-1',
    CALUMET_SECRET: 'very secret',
    CALUMET_NODE: '0',
    CALUMET_MACHINE: name,
    CALUMET_ADDRESS: '127.0.0.1',
    CALUMET_SHARED_HOST: '1',
    CALUMET_HOME: home,
    CALUMET_GRACE_MS: '400',
  }
  t.after(async () => {
    child?.kill('SIGKILL')
    for (let left = pidsOf(name); left.length > 0; left = pidsOf(name)) {
      for (const pid of left) process.kill(pid, 'SIGKILL')
      await sleep(10)
    }
    rmSync(home, { recursive: true, force: true })
  })
  return {
    desk,
    home,
    errors: () => errors,
    exitCode: over.promise,
    boot() {
      const { PATH } = process.env
      child = spawn(process.execPath, [main], {
        env: { PATH, HOME: home, ...told, ...env },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      child.stderr?.setEncoding('utf8').on('data', (text) => {
        errors += text
      })
      child.on('close', (code, signal) => signal === null && over.resolve(code))
    },
    async crash() {
      child?.kill('SIGKILL')
      if (child) await once(child, 'exit')
    },
    tell: (signal) => child?.kill(signal),
    said: (rank) =>
      desk.syncs
        .at(-1)
        ?.ranks.find(({ run, epoch, rank: number }) => `${run}.${epoch}.${number}` === rank) ??
      null,
    running,
  }
}

function pidsOf(machine: string): readonly number[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      if (!/^\d+$/.test(name) || readFileSync(`/proc/${name}/environ`).length === 0) return []
      const environment = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0')
      return environment.includes(`CALUMET_MACHINE=${machine}`) ? [Number(name)] : []
    } catch {
      return [] // It ended meanwhile, or belongs to somebody else.
    }
  })
}

/** Waits for a condition, for so long and no longer. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  for (const end = performance.now() + 15_000; !condition(); await sleep(10)) {
    if (performance.now() > end) throw new Error(`waited too long until ${what}`)
  }
}

/** Work of one rank: a job without a probe, unless it is said otherwise. */
export function work(changes: Partial<Work> = {}): Work {
  const place = { run: 'train.0', epoch: 1, rank: 0, worldSize: 1 }
  const terms = { setup: null, envs: {}, grantMs: 60_000, probe: null }
  return { ...place, command: 'true', ...terms, ...changes }
}
