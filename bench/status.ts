/**
 * How long people wait for the state of a large fleet: 1,500 leases in force, 12,500 jobs, 220,000
 * events of history, asked of a real server process over its embedded ledger.
 *
 * Protocol: the ledger is filled, then `calumet server` leads over it while its only supplier is
 * away. Each question is what one command of the CLI asks, all its pages; 500 times after 20 to
 * warm up, one at a time, over loopback. Nothing is drawn at random. Beside it stands the status of
 * the jobs queue in SkyPilot's nightly benchmark of its API server at that size: 17 to 18.5 s.
 */
import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '../src/api/client.ts'
import { embedded } from '../src/drivers/ledgers/embedded.ts'
import { fill, nameOf } from './control/fleet.ts'
import { cpuSeconds, memoryMb } from './control/process.ts'
import { served } from './control/served.ts'
import { quantile, type Table, tenths } from './table.ts'

export const name = 'status'

const size = { leases: 1_500, jobs: 12_500, events: 220_000 }
const [asks, warmUp] = [500, 20]
const goalMs = 100
const goalMb = 200
const peerMs = 17_000
/** No agent speaks for the machines, so their silence must not count while we ask. */
const patient = ['--silent', '2h', '--grant', '1h']

export async function run(): Promise<Table> {
  const data = mkdtempSync(join(tmpdir(), 'bench-status-'))
  try {
    const token = await filled(data)
    const { client, pid, stop } = await served({ data, token, args: patient })
    try {
      const before = memoryMb(pid)
      const rows: (string | number)[][] = []
      for (const question of questions(client)) rows.push(await row(question, pid))
      const after = memoryMb(pid)
      const running = await everyWorkload(client)
      if (running !== size.leases) throw new Error(`${running} jobs run at the end`)
      return {
        title: 'status: a fleet of 1,500 leases with 12,500 jobs and 220,000 events',
        columns: [
          ...['question', 'p50 ms', 'p99 ms', 'goal p99', 'server CPU ms'],
          ...['peer ms', 'peer ÷ p99'],
        ],
        rows,
        note: [
          'The peer answers one question, its jobs queue; where it has no such command, a dash.',
          `The server held ${before?.now} MB when it led, ${after?.now} MB after the questions`,
          `and ${after?.most} MB at most (goal: ${goalMb} MB).`,
        ].join('\n  '),
      }
    } finally {
      await stop()
    }
  } finally {
    rmSync(data, { recursive: true })
  }
}

/** The secret of a token of the ledger that it leaves in the folder. */
async function filled(data: string): Promise<string> {
  const secret = `cal_${randomUUID().replaceAll('-', '')}`
  const hash = createHash('sha256').update(secret).digest('hex')
  const path = join(data, 'ledger.db')
  const ledger = await embedded({ path, clock: Date.now, randomId: randomUUID })
  await fill(ledger, size, {
    name: 'bench',
    role: 'admin',
    hash,
    createdAt: await ledger.now(),
    expiresAt: null,
  })
  await ledger.close()
  return secret
}

interface Question {
  readonly what: string
  readonly hasPeer: boolean
  ask(): Promise<unknown>
}

function questions(client: Client): readonly Question[] {
  const params = { name: nameOf(7) }
  return [
    { what: 'get: all jobs that run', hasPeer: true, ask: () => everyWorkload(client) },
    { what: 'get leases: all in force', hasPeer: false, ask: () => everyLease(client) },
    { what: 'describe', hasPeer: false, ask: () => client.call('workload', { params }) },
    { what: 'why', hasPeer: false, ask: () => client.call('why', { params }) },
    {
      what: 'events: the last 100',
      hasPeer: false,
      ask: () => client.call('events', { query: { limit: 100, before: Number.MAX_SAFE_INTEGER } }),
    },
  ]
}

const limit = 1_000

/** Page after page, as the CLI asks for them; answers how many there are. */
function everyWorkload(client: Client): Promise<number> {
  return every(async (after) => {
    const { workloads } = await client.call('workloads', { query: { after, limit } })
    return workloads.map((each) => each.name)
  })
}

function everyLease(client: Client): Promise<number> {
  return every(async (after) => {
    const { leases } = await client.call('leases', { query: { after, limit } })
    return leases.map((each) => each.id)
  })
}

async function every(page: (after?: string) => Promise<readonly string[]>): Promise<number> {
  let count = 0
  let after: string | undefined
  for (;;) {
    const names = await page(after)
    count += names.length
    after = names.at(-1)
    if (names.length < limit) return count
  }
}

async function row({ what, hasPeer, ask }: Question, pid: number): Promise<(string | number)[]> {
  for (let count = 0; count < warmUp; count += 1) await ask()
  const spentMs: number[] = []
  const before = cpuSeconds(pid)
  for (let count = 0; count < asks; count += 1) {
    const from = performance.now()
    await ask()
    spentMs.push(performance.now() - from)
  }
  const after = cpuSeconds(pid)
  const cpuMs = before === null || after === null ? '–' : tenths(((after - before) / asks) * 1e3)
  const [p50, p99] = [quantile(spentMs, 0.5), quantile(spentMs, 0.99)]
  const peer = hasPeer ? [peerMs, Math.round(peerMs / p99)] : ['–', '–']
  return [what, tenths(p50), tenths(p99), goalMs, cpuMs, ...peer]
}
