/**
 * The stage for tests of the agents' desk: a real ledger with a drawn gang, and what agents say.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import type { Lease } from '../../core/domain/lease.ts'
import type { Run } from '../../core/domain/run.ts'
import { workOf } from '../../core/run/work.ts'
import { keptBackBy } from '../../operate/law/clearance.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Ledger, Put } from '../../ports/ledger.ts'
import type { AgentIdentity } from '../../ports/runtime.ts'
import type { AgentSync, RankSaid } from '../../protocol/agent.ts'
import { drawnWorld } from '../../testing/world.ts'
import { embedded } from '../ledgers/embedded.ts'
import { files } from '../logs/files.ts'
import { systemClock } from '../system/clock.ts'
import { systemKeys } from '../system/keys.ts'
import { type AgentRuntime, agentRuntime } from './agent.ts'

const folder = mkdtempSync(join(tmpdir(), 'desk-'))
after(() => rmSync(folder, { recursive: true }))

export const gang = `
  job train H100:8 x2
  lease train.0.1 ready at acme/h100x8
  run train.0 running epoch 3 on train.0.1`
export const replica = `
  service chat L4:1
  lease chat.0.1 ready at bolt/l4
  run chat.0 running epoch 1 on chat.0.1`

export interface Stage {
  readonly ledger: Ledger
  readonly desk: AgentRuntime
  /** A desk that has just been started over the same ledger. */
  again(clock?: Clock): AgentRuntime
  readonly news: () => number
  who(index: number, lease?: string): AgentIdentity
  change(lease: Partial<Lease>, run?: Partial<Run>): Promise<void>
  /** Events since the stage was set, as `kind fact…`. */
  events(): Promise<readonly string[]>
}

export async function stage(drawing: string, wallMs = Date.now): Promise<Stage> {
  const name = randomUUID()
  const path = join(folder, name, 'ledger.db')
  const ledger = await embedded({ path, clock: wallMs, randomId: randomUUID })
  const keys = systemKeys('secret of the installation')
  const world = drawnWorld(drawing)
  const puts: Put[] = [
    ...world.workloads.map((body) => put('workload', body.spec.name, body)),
    ...world.leases.map((body) => put('lease', body.id, body)),
    ...world.runs.map((body) => put('run', body.id, body)),
  ]
  await ledger.commit({ puts, events: [] })
  let count = 0
  const again = (clock = systemClock()) =>
    agentRuntime({
      ...{ ledger, keys, workOf, clock },
      keptBack: keptBackBy(ledger),
      logs: files(join(folder, name, 'logs')),
      settings: { grantMs: 60_000, beatMs: 2_000 },
      onNews: () => {
        count += 1
      },
    })
  const desk = again()
  return {
    ...{ ledger, desk, again },
    news: () => count,
    who(index, lease = world.leases[0]?.id) {
      const key = `key-${lease}`
      return { key, secret: keys.secretOf(key), index }
    },
    async change(lease, run = {}) {
      const [held] = await ledger.list('lease', { all: true })
      const [runs] = await ledger.list('run', { all: true })
      assert.ok(held && runs)
      const body = { ...held.body, ...lease }
      const next = [
        { ...held, body, live: body.state !== 'gone' },
        { ...runs, body: { ...runs.body, ...run } },
      ] as Put[]
      assert.equal((await ledger.commit({ puts: next, events: [] })).outcome, 'done')
      desk.wake()
    },
    async events() {
      const all = await ledger.events({})
      return all.map(({ kind, facts }) => [kind, ...Object.values(facts)].join(' '))
    },
  }
}

function put(kind: Put['kind'], id: string, body: Put['body']): Put {
  return { kind, id, version: 0, live: true, body } as Put
}

let sent = 0

export function said(changes: Partial<AgentSync> = {}): AgentSync {
  sent += 1
  const place = { machine: 'm0', address: '10.0.0.1', ports: null }
  const when = { sent: { boot: 'b', atMicros: sent }, waitMs: 0, workSeen: null }
  return { ...place, ...when, ranks: [], ...changes }
}

export function rank(changes: Partial<RankSaid> = {}): RankSaid {
  const id = { run: 'train.0', epoch: 3, rank: 0 }
  return { ...id, state: 'running', exitCode: null, endpoint: null, ...changes }
}

export const second = { machine: 'm1', address: '10.0.0.2' }

export async function rowsOf(ledger: Ledger) {
  const [lease] = await ledger.list('lease')
  const [run] = await ledger.list('run')
  const [workload] = await ledger.list('workload')
  assert.ok(lease && run && workload)
  return { lease: lease.body, run: run.body, workload: workload.body }
}

export async function value<T>(
  answer: Promise<{ outcome: string; value?: T; why?: string }>,
): Promise<T> {
  const { outcome, value, why } = await answer
  assert.equal(outcome, 'ok', why)
  return value as T
}

export async function outcome(answer: Promise<{ readonly outcome: string }>): Promise<string> {
  return (await answer).outcome
}
