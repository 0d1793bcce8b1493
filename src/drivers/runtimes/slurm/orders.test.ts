/**
 * What a cluster is told, and what its folder is taken to say.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Lease } from '../../../core/domain/lease.ts'
import type { RankWork, Run } from '../../../core/domain/run.ts'
import { orders, rankSaid } from './orders.ts'
import { type LeaseFolder, readLook } from './spool.ts'

const lease = { id: 'train.0.1', run: 'train.0', nodes: 2 } as Lease
const run = { id: 'train.0', lease: lease.id, epoch: 5 } as Run

function work(rank: number): RankWork {
  const texts = { setup: 'true', command: 'echo "$A"', envs: { A: `it's ${rank}` } }
  return { run: run.id, epoch: 5, rank, worldSize: 2, ...texts, grantMs: null, probe: null }
}

/** The folder as a listing of its files shows it. */
function folder(...lines: readonly string[]): LeaseFolder {
  const text = ['node.0\tn1 10.0.0.1 20002 20003', ...lines].map((line) => `key/${line}\n`).join('')
  const found = readLook(text).get('key')
  assert.ok(found)
  return found
}

const both = [work(0), work(1)]
const names = (files: readonly (readonly [string, string])[]) => files.map(([name]) => name)

describe('a cluster', () => {
  it('is told of an epoch with all that it needs, the word to go last', () => {
    const files = orders(lease, run, folder(), both, 'p.1')
    assert.deepEqual(names(files), ['e5.setup', 'e5.run', 'e5.r0.env', 'e5.r1.env', 'go'])
    assert.deepEqual(files.at(-2), ['e5.r1.env', "export A='it'\\''s 1'\n"])
    assert.deepEqual(files.at(-1), ['go', 'run 5 p.1\n'])
  })

  it('is told nothing twice, and from time to time that somebody is there', () => {
    const knows = folder('go\trun 5 p.1')
    assert.deepEqual(orders(lease, run, knows, both, 'p.1'), [])
    assert.deepEqual(orders(lease, run, knows, both, 'p.2'), [['go', 'run 5 p.2\n']])
  })

  it('lets the others go on when the first rank is done', () => {
    assert.deepEqual(orders(lease, run, folder('go\trun 5 p.1'), [null, work(1)], 'p.1'), [])
  })

  it('is told to stop also what it may not have heard of yet', () => {
    const stop = (seen: LeaseFolder, other: Run | null) => orders(lease, other, seen, [null], 'p.1')
    assert.deepEqual(stop(folder('go\trun 5 p.1'), run), [['go', 'stop 5 p.1\n']])
    assert.deepEqual(stop(folder(), run), [['go', 'stop 5 p.1\n']])
    const elsewhere = { ...run, lease: 'train.0.2', epoch: 6 }
    assert.deepEqual(stop(folder('go\trun 5 p.1'), elsewhere), [['go', 'stop 5 p.1\n']])
    assert.deepEqual(stop(folder('go\tstop 5 p.1'), null), [])
  })
})

describe('a rank', () => {
  const said = (seen: LeaseFolder, rank = 0, own: Run | null = run) => {
    const [found] = rankSaid(lease, own, seen, rank, null)
    return found && [found.state, found.exitCode]
  }

  it('is starting, running, and over with its code', () => {
    assert.deepEqual(said(folder()), ['starting', null])
    assert.deepEqual(said(folder('e5.r0.log\t0')), ['running', null])
    assert.deepEqual(said(folder('e5.r0.log\t9', 'e5.r0.exit\t3')), ['exited', 3])
  })

  it('that never began, or whose node is gone, is lost once its epoch is over', () => {
    assert.deepEqual(said(folder('over\t5')), ['exited', -1])
    assert.deepEqual(said(folder('over\t5', 'e5.r0.log\t9'), 0), ['exited', -1])
    assert.deepEqual(said(folder('over\t4')), ['starting', null])
  })

  it('of another epoch, or another lease, says nothing', () => {
    assert.deepEqual(said(folder('e4.r0.exit\t0')), ['starting', null])
    assert.equal(said(folder(), 0, { ...run, lease: 'train.0.2' }), undefined)
    assert.equal(said(folder(), 0, null), undefined)
  })
})
