/**
 * The rules of runs: a gang, what its ranks and its lease report, what becomes of it.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Lease } from '../domain/lease.ts'
import type { Run } from '../domain/run.ts'
import type { Workload } from '../domain/workload.ts'
import type { NodeSight } from '../domain/world.ts'
import { type AdvanceInput, advance } from './advance.ts'

const job = { kind: 'Job', name: 'train', retryCount: 1 } as Workload
const service = { kind: 'Service', name: 'train', retryCount: 0 } as Workload
const held = { id: 'train.0.1', state: 'ready', wanted: true, nodes: 2, end: null } as Lease
const lost: Lease = { ...held, wanted: false, why: 'node 1 was not heard' }
const off: Lease = { ...lost, state: 'gone', end: 'lost', machinesOff: true }

function run(changes: Partial<Run> = {}): Run {
  const counts = { revision: 1, epoch: 3, attempts: 1, retries: 0, slot: 0 }
  const times = { notBefore: 0, startedAt: 0, fencedAt: null, endedAt: null }
  const rest = { lease: held.id, exitCode: null, why: null }
  const id = { id: 'train.0', workload: 'train', state: 'running' as const }
  return { ...id, ...counts, ...times, ...rest, ...changes }
}

/** `exits` holds what each rank reported: an exit code, or null while it runs. */
function ranks(exits: readonly (number | null)[], epoch = 3): NodeSight[] {
  return exits.map((exitCode, rank) => {
    const state = exitCode === null ? ('running' as const) : ('exited' as const)
    const said = { run: 'train.0', epoch, lease: held.id, rank, state, exitCode, endpoint: null }
    const node = { id: `train.0.1/${rank}`, lease: held.id, index: rank, machine: `m${rank}` }
    const place = { address: '127.0.0.1', ports: null, firstSeenAt: 0 }
    return { node: { ...node, ...place, ranks: [said] }, heardAgoMs: 0 }
  })
}

function after(before: Run, changes: Partial<AdvanceInput> = {}): Run {
  const common = { now: 10_000, lease: held, workload: job, demanded: true, fenceMs: 1_000 }
  return advance({ ...common, run: before, sights: [], ...changes }).run
}

describe('a gang', () => {
  it('[RN1] is done once every rank ended well', () => {
    assert.equal(after(run(), { sights: ranks([0, null]) }).state, 'running')
    const done = after(run(), { sights: ranks([0, 0]) })
    assert.deepEqual([done.state, done.exitCode, done.endedAt], ['done', 0, 10_000])
  })

  it('[RN2] falls as a whole and rises as a whole', () => {
    const draining = after(run(), { sights: ranks([null, 7]) })
    assert.deepEqual([draining.state, draining.exitCode, draining.retries], ['draining', 7, 1])
    assert.equal(after(draining, { sights: ranks([null, 7]) }).state, 'draining')
    const waiting = after(draining, { sights: ranks([143, 7]) })
    assert.deepEqual([waiting.state, waiting.lease, waiting.notBefore], ['waiting', null, 11_000])
  })

  it('[RN3] of a job fails for good after its retries, a replica never', () => {
    const often = after(run({ retries: 1 }), { sights: ranks([1, 1]) })
    assert.equal(after(often, { sights: ranks([1, 1]) }).state, 'failed')
    const replica = after(run({ retries: 9 }), { workload: service, sights: ranks([0, 0]) })
    assert.equal(replica.state, 'draining')
    assert.equal(after(replica, { workload: service, sights: ranks([0, 0]) }).state, 'waiting')
  })

  it('[RN8] hears only its own epoch', () => {
    assert.equal(after(run(), { sights: ranks([1, 1], 2) }).state, 'running')
  })
})

describe('a lost lease', () => {
  it('[RN4] fences a job until its grants are over, and a replica not at all', () => {
    const lostNow = after(run(), { lease: lost, now: 9_000 })
    assert.deepEqual([lostNow.state, lostNow.fencedAt], ['fencing', null])
    const fencing = after(lostNow, { lease: lost })
    assert.equal(fencing.fencedAt, 11_000, 'counted from when the stop is seen in the ledger')
    assert.equal(after(fencing, { lease: lost, now: 10_999 }).state, 'fencing')
    assert.equal(after(fencing, { lease: lost, now: 11_000 }).state, 'waiting')
    assert.equal(after(fencing, { lease: null, now: 10_999 }).state, 'fencing')
    const replica = after(run(), { lease: lost, workload: service })
    assert.equal(after(replica, { lease: lost, workload: service }).state, 'waiting')
  })

  it('[RN5] fences no longer than the machines or the ranks are known to run', () => {
    assert.equal(after(after(run(), { lease: off }), { lease: null }).state, 'waiting')
    const absent: Lease = { ...lost, state: 'gone', end: 'absent' }
    assert.equal(after(run(), { lease: absent }).fencedAt, null, 'absence stops nothing')
    const unseen = { ...off, machinesOff: false }
    assert.equal(after(run(), { lease: unseen }).fencedAt, null, 'nor do machines that nobody saw')
    const fencing = after(run(), { lease: lost })
    assert.equal(after(fencing, { lease: lost, sights: ranks([143, 143]) }).state, 'waiting')
  })

  it('[RN9] at an engine fences until the engine says that all is over, however long', () => {
    const engine = { lease: lost, fenceMs: null, now: 9e9 }
    const fencing = after(after(run(), engine), engine)
    assert.deepEqual([fencing.state, fencing.fencedAt], ['fencing', null])
    assert.equal(after(fencing, { ...engine, sights: ranks([143, -1]) }).state, 'waiting')
    assert.equal(after(fencing, { ...engine, lease: off }).state, 'waiting')
  })

  it('[RN4] while draining a job is fenced all the same', () => {
    const draining = run({ state: 'draining', fencedAt: 11_000 })
    assert.equal(after(draining, { lease: lost }).state, 'fencing')
  })
})

describe('a run', () => {
  it('[RN6] that nobody demands is done once it has stopped', () => {
    const draining = run({ state: 'draining', fencedAt: 11_000 })
    assert.equal(after(draining, { demanded: false }).state, 'draining')
    assert.equal(after(draining, { demanded: false, sights: ranks([143, 143]) }).state, 'done')
    assert.equal(after(draining, { demanded: false, now: 11_000 }).state, 'done')
  })

  it('[RN7] whose rank lost its grant loses no retry', () => {
    const draining = after(run(), { sights: ranks([1, -1]) })
    assert.deepEqual([draining.state, draining.exitCode, draining.retries], ['draining', null, 0])
    assert.equal(after(draining, { sights: ranks([1, -1]) }).notBefore, 10_000)
  })

  it('[RN7] that moves loses neither a retry nor time', () => {
    const moving = run({ state: 'draining', fencedAt: 11_000 })
    const moved = after(moving, { sights: ranks([143, 143]) })
    assert.deepEqual([moved.state, moved.retries, moved.notBefore], ['waiting', 0, 10_000])
  })
})
