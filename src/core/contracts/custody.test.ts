/** What comes along with a workload, and whether all of it may be where that would run. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { job } from '../../testing/ledger-rows.ts'
import type { Waiver } from '../domain/contract.ts'
import { defaultPolicy, type SupplierSpec } from '../domain/supplier.ts'
import type { DataClass } from '../domain/trust.ts'
import type { Workload } from '../domain/workload.ts'
import { contracts, day } from './draw.test.ts'
import {
  type Buying,
  barOf,
  copyBar,
  footingOf,
  houseOf,
  lawAt,
  lawfulWish,
  trustBar,
  trustTerms,
} from './law.ts'
import { noRecords } from './rights/act.ts'
import { findings, waiversOf } from './verdict.ts'

const seller: SupplierSpec = {
  ...{ name: 'bolt', generation: 1, driver: 'remote', url: '', tokenFrom: null, buying: true },
  promises: { class: 'A', lateEffectMs: 0, listLagMs: 0 },
  relations: [{ relation: 'rival', from: null, to: null }],
}

const all = { data: ['C0', 'C1', 'C2'], relations: ['rival'], controls: [] } as const
const rules = [
  { ...all, data: ['C2'], verdict: 'deny', duties: [] },
  { ...all, verdict: 'allow', duties: ['neutral names'] },
] as const
const policy = { ...defaultPolicy, trust: { rules, isUsual: false, unclassified: 'C1' } } as const

const buying = (workload: Workload): Buying => ({
  ...{ ...site(workload), id: 'w.0.1', supplier: 'bolt', accelerator: 'H100' },
  ...{ perNode: 8, nodes: 1, pricePerHour: 1 },
})

const read = (dataClass: DataClass) => ({ data: { region: 'us', gbPerHour: 1, dataClass } })
const site = (workload: Workload) => ({ workload, region: 'us', seller })

/** The law where a state of `w` was saved under these classes. */
function lawFor(...saved: readonly DataClass[]) {
  const checkpoint = { workload: 'w', epoch: 1, step: 1, uri: 'x', acceptedAt: 0 }
  const house = houseOf(policy, [seller], [{ ...checkpoint, dataClasses: saved }])
  return lawAt([], 0, { house })
}

it('[CL97] asks each class that comes along, that of what is read and of what was saved', () => {
  const says = (workload: Workload, ...saved: readonly DataClass[]) =>
    trustBar(lawFor(...saved), site(workload))?.because ?? null
  const w = { ...job('w'), dataClass: 'C0' } as const
  assert.equal(says(w), null)
  assert.equal(says(w, 'C0', 'C1'), null)
  assert.equal(
    says(w, 'C1', 'C2'),
    'data of class C2 does not go to bolt (rival) (what it has saved)',
  )
  assert.equal(says({ ...w, name: 'other' }, 'C2'), null)
  assert.equal(says({ ...w, ...read('C1') }), null)
  assert.equal(
    says({ ...w, ...read('C2') }),
    'data of class C2 does not go to bolt (rival) (what it reads)',
  )
  assert.match(says({ ...w, dataClass: 'C2' }, 'C2') ?? '', /bolt \(rival\)$/)
})

it('[CL97] tells the terms of each class once', () => {
  const w = { ...job('w'), ...read('C1') }
  assert.equal(trustTerms(lawFor('C1'), site(w)), 'C1: as it is; owed: neutral names')
  assert.equal(
    trustTerms(lawFor('C0', 'C2'), site(w)),
    'C1: as it is; owed: neutral names; C0: as it is; owed: neutral names; C2: by waiver',
  )
})

it('[CL97] takes no two wishes for the same that bring something else', () => {
  const wishes = [job('w'), { ...job('w'), ...read('C1') }, { ...job('w'), ...read('C2') }]
  const told = wishes.map((each) => JSON.stringify(lawfulWish(lawFor(), each)))
  told.push(JSON.stringify(lawfulWish(lawFor('C2'), job('w'))))
  assert.equal(new Set(told).size, 4)
  const [before, after] = [footingOf(lawFor('C1')), footingOf(lawFor('C1', 'C2'))]
  assert.ok(before.some((each, index) => each !== after[index]))
})

const signed = (clause: string) =>
  contracts(`kind: Contract
name: msa
with: acme
form: MSA
bindingness: definitive
signed: 2025-01-01
from: 2025-01-01
source: letter
clauses:
  - ${clause}
`)

it('[CL99] asks a clause about data of each class that comes along', () => {
  const history = signed(
    '{ kind: residency, id: eu, jurisdictions: [eu], scope: { data_class: C2 } }',
  )
  const law = lawAt(history, day('2026-01-01'))
  const bar = (workload: Workload) => barOf(law, buying(workload))?.clause
  const w = { ...job('w'), dataClass: 'C1' } as const
  assert.equal(bar(w), undefined)
  assert.equal(bar({ ...w, dataClass: 'C2' }), 'msa/eu')
  assert.equal(bar({ ...w, ...read('C2') }), 'msa/eu')
  const { bars } = findings(law, buying({ ...w, ...read('C2') }))
  assert.deepEqual(
    bars.map(({ clause }) => clause),
    ['msa/eu'],
  )
})

it('[CL99] names what two persons set aside for each class', () => {
  const of = (clause: string): Waiver => {
    const by = ['ann', 'bob']
    return { id: clause, clause, kind: 'override', by, from: 0, until: 9, reason: 'x' }
  }
  const waivers = [of('trust/C2-rival'), of('trust/C4-rival'), of('trust/C3-rival')]
  const law = lawAt([], 0, { house: houseOf(policy, [seller]), records: { ...noRecords, waivers } })
  const w = { ...job('w'), dataClass: 'C4', ...read('C2') } as const
  assert.equal(barOf(law, buying(w)), null)
  assert.deepEqual(
    waiversOf(law, buying(w)).map(({ clause }) => clause),
    ['trust/C4-rival', 'trust/C2-rival'],
  )
})

it('[CL98] lets a copy go where data may be, though its job may not run there', () => {
  const copied = (clause: string, dataClass: DataClass = 'C1') => {
    const law = lawAt(signed(clause), day('2026-01-01'), { house: houseOf(policy, [seller]) })
    const workload = { ...job('w'), dataClass }
    return copyBar(law, { ...site(workload), supplier: 'bolt', accelerator: 'H100' })?.clause
  }
  assert.equal(copied('{ kind: exclusivity, id: alone }'), undefined)
  assert.equal(copied('{ kind: residency, id: eu, jurisdictions: [eu] }'), 'msa/eu')
  assert.equal(copied('{ kind: exclusivity, id: alone }', 'C2'), 'trust/C2-rival')
})
