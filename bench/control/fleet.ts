/**
 * Fills a ledger with a large fleet and its history: so many leases in force with their runs, nodes
 * and open charges, so many jobs, most of them long over, so many events.
 *
 * The rows are such as a control plane would have written that did all of it, so that it changes
 * nothing of them: the supplier of the fleet cannot be reached, and says nothing else.
 */
import { chargeId } from '../../src/core/domain/charge.ts'
import { type EventDraft, event } from '../../src/core/domain/event.ts'
import type { Lease } from '../../src/core/domain/lease.ts'
import type { Node, Run } from '../../src/core/domain/run.ts'
import type { SupplierSpec } from '../../src/core/domain/supplier.ts'
import type { Token } from '../../src/core/domain/token.ts'
import type { WorkloadStatus } from '../../src/core/domain/workload.ts'
import type { Bodies, Kind, Ledger, Put } from '../../src/ports/ledger.ts'
import { job, lease, run } from '../../src/testing/ledger-rows.ts'

export interface FleetSize {
  /** Each of them under one job that runs. */
  readonly leases: number
  /** Those that run and those that are over. */
  readonly jobs: number
  readonly events: number
}

const batchSize = 250
const pricePerHour = 20_000_000
const hourMs = 3_600_000

export async function fill(ledger: Ledger, size: FleetSize, token: Token): Promise<void> {
  const now = await ledger.now()
  await commit(ledger, [row('token', token.name, token), row('supplier', 'acme', acme)], [])
  for (let first = 0; first < size.jobs; first += batchSize) {
    const puts: Put[] = []
    const events: EventDraft[] = []
    for (let index = first; index < Math.min(first + batchSize, size.jobs); index += 1) {
      const name = nameOf(index)
      puts.push(...(index < size.leases ? living(name, now) : over(name, now)))
      const share = size.events / size.jobs
      for (let at = Math.floor(index * share); at < Math.floor((index + 1) * share); at += 1) {
        events.push(told(name, at))
      }
    }
    await commit(ledger, puts, events)
  }
}

export function nameOf(index: number): string {
  return `job-${index}`
}

const acme: SupplierSpec = {
  name: 'acme',
  generation: 1,
  driver: 'remote',
  // A port that nothing may listen on.
  url: 'http://127.0.0.1:1',
  tokenFrom: null,
  promises: { class: 'A', lateEffectMs: 60_000, listLagMs: 10_000 },
  buying: true,
}

function living(name: string, now: number): Put[] {
  const { status, bought, works, cost } = partsOf(name, now)
  const ranks = [
    { run: works.id, epoch: 1, lease: bought.id, rank: 0, state: 'running' as const },
  ].map((each) => ({ ...each, exitCode: null, endpoint: null }))
  const node: Node = {
    id: `${bought.id}/0`,
    lease: bought.id,
    index: 0,
    machine: `machine-${name}`,
    address: '127.0.0.1',
    ports: null,
    firstSeenAt: now,
    ranks,
  }
  return [
    row('workload', name, status),
    row('lease', bought.id, bought),
    row('run', works.id, works),
    row('node', node.id, node),
    row('charge', cost.id, cost),
  ]
}

function over(name: string, now: number): Put[] {
  const { status, bought, works, cost } = partsOf(name, now - hourMs)
  const gone: Lease = { ...bought, state: 'gone', wanted: false, goneAt: now, end: 'released' }
  const done: Run = { ...works, state: 'done', lease: null, endedAt: now, exitCode: 0 }
  return [
    row('workload', name, { ...status, state: 'succeeded', endedAt: now }, false),
    row('lease', gone.id, gone, false),
    row('run', done.id, done, false),
    row('charge', cost.id, { ...cost, to: now, amount: pricePerHour }, false),
  ]
}

/** A job that runs on its first lease since `from`. */
function partsOf(name: string, from: number) {
  const runId = `${name}.0`
  const leaseId = `${runId}.1`
  const rental = `r-${name}`
  const status: WorkloadStatus = {
    spec: { ...job(name), generation: 1, revision: 1 },
    state: 'active',
    submittedAt: from,
    endedAt: null,
  }
  const bought: Lease = {
    ...(lease(leaseId, 0, 'ready').body as Lease),
    ...{ workload: name, run: runId, calls: 1, calledAt: from, rental, pricePerHour },
    ...{ intendedAt: from, heldAt: from, readyAt: from },
  }
  const works: Run = {
    ...(run(runId, 0, 'running').body as Run),
    ...{ workload: name, lease: leaseId, epoch: 1, attempts: 1, startedAt: from },
  }
  const cost: Bodies['charge'] = {
    id: chargeId('acme', rental),
    supplier: 'acme',
    rental,
    lease: leaseId,
    workload: name,
    account: 'usage',
    accelerator: 'H100',
    accelerators: 8,
    pricePerHour,
    from,
    to: null,
    amount: 0,
  }
  return { status, bought, works, cost }
}

function told(name: string, step: number): EventDraft {
  const subject = { workload: name, run: `${name}.0`, lease: `${name}.0.1`, supplier: 'acme' }
  const facts = { step, epoch: 1, uri: `file:///checkpoints/${name}/${step}` }
  return event('checkpoint.accepted', subject, facts)
}

function row<K extends Kind>(kind: K, id: string, body: Bodies[K], live = true): Put {
  return { kind, id, version: 0, live, body } as Put
}

async function commit(ledger: Ledger, puts: readonly Put[], events: readonly EventDraft[]) {
  const done = await ledger.commit({ puts, events })
  if (done.outcome !== 'done') throw new Error(`the ledger could not be filled: ${done.outcome}`)
}
