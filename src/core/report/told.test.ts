/** What left for one supplier, drawn from events of all. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { type Event, event } from '../domain/event.ts'
import type { Lease } from '../domain/lease.ts'
import { type Given, leaving, toldTo } from './told.ts'

function lease(id: string, supplier: string): Lease {
  const shape = { accelerator: 'H100', perNode: 8, nodes: 2, region: 'us', market: 'on-demand' }
  const own = { key: `k-${supplier}`, offer: 'gpu-h100', pricePerHourMax: 40_000_000 }
  const names = { id, supplier, workload: 'pretrain', team: 'nlp', product: 'chat' }
  return { ...names, ...own, ...shape, rental: `r-${supplier}` } as Lease
}

const leases = [lease('pretrain.0.1', 'acme'), lease('pretrain.0.2', 'rival')]

function happened(at: number, kind: Event['kind'], about: string, facts: Event['facts'] = {}) {
  const { id, supplier } = leases.find((each) => each.supplier === about) ?? assert.fail()
  const draft = event(kind, { lease: id, supplier, workload: 'pretrain' }, facts)
  return { ...draft, seq: at, at }
}

const events: readonly Event[] = [
  happened(1, 'lease.asked', 'acme', { call: 1 }),
  happened(2, 'lease.asked', 'rival', { call: 1 }),
  happened(3, 'lease.asked', 'acme', { call: 2 }),
  happened(4, 'lease.unwanted', 'acme', { because: 'pretrain.0 moves to rival' }),
  happened(6, 'lease.releasing', 'acme', { because: 'pretrain.0 moves to rival' }),
  happened(7, 'orphan.releasing', 'acme', { rental: 'r-9' }),
]

const given: Given = {
  ...{ at: 5, clause: 'msa/first', channel: 'letter', answerWithin: '10 days' },
  ...{ terms: { accelerators: '8' }, digest: 'abc' },
}

const ask = {
  ...{ what: 'ask', key: 'k-acme', offer: 'gpu-h100', accelerators: 'H100:8 x2' },
  ...{ region: 'us', market: 'on-demand', pricePerHourMax: 40_000_000 },
}

it('tells what was asked for, given notice of and given back, in order', () => {
  assert.deepEqual(toldTo('acme', { events, leases, notices: [given] }), [
    { at: 1, call: 1, ...ask },
    { at: 3, call: 2, ...ask },
    { what: 'notice', ...given },
    { at: 6, what: 'release', rental: 'r-acme' },
    { at: 7, what: 'release', rental: 'r-9' },
  ])
  const kinds = events.filter(({ kind }) => leaving.has(kind)).map(({ kind }) => kind)
  assert.equal(new Set(kinds).size, leaving.size)
})

it('tells no name of ours, and nothing of anybody else', () => {
  const told = JSON.stringify(toldTo('acme', { events, leases, notices: [given] }))
  assert.doesNotMatch(told, /rival|pretrain|nlp|chat/)
})

it('tells the same whatever others are told', () => {
  const own = events.filter(({ supplier }) => supplier === 'acme')
  const [first] = leases
  assert.deepEqual(
    toldTo('acme', { events: own, leases: first ? [first] : [], notices: [given] }),
    toldTo('acme', { events, leases, notices: [given] }),
  )
})
