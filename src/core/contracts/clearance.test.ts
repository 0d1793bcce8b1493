/** What is kept from whom of our dealings with others. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Secret } from '../domain/clause.ts'
import { defaultPolicy, type SupplierSpec } from '../domain/supplier.ts'
import type { Relation } from '../domain/trust.ts'
import type { Workload } from '../domain/workload.ts'
import { clearanceOf, keptFrom, type Tale } from './clearance.ts'
import { contracts, day } from './draw.test.ts'
import { type Buying, barOf, factsOfBuying, houseOf, lawAt } from './law.ts'

const frame = (name: string, party: string, clause: string) => `kind: Contract
name: ${name}
with: ${party}
form: MSA
bindingness: definitive
signed: 2025-01-01
from: 2025-01-01
to: 2028-01-01
source: the deal
clauses:
  - ${clause}
`

function supplier(name: string, ...relations: readonly Relation[]): SupplierSpec {
  return {
    ...{ name, generation: 1, driver: 'remote', url: '', tokenFrom: null, buying: true },
    promises: { class: 'A', lateEffectMs: 60_000, listLagMs: 0 },
    relations: relations.map((relation) => ({ relation, from: day('2025-06-01'), to: null })),
  }
}

const suppliers = [supplier('incumbent', 'investor', 'rival'), supplier('ally'), supplier('rival')]

interface House {
  readonly clause?: string
  readonly withhold?: { readonly relations: readonly Relation[]; readonly facts: readonly Secret[] }
  readonly at?: string
}

/** The source of what keeps it; null where it may be told. */
function kept(
  to: string,
  tale: Tale,
  { clause, withhold, at = '2026-01-01' }: House,
): string | null {
  const history = clause ? contracts(frame('rival-2025', 'rival', clause)) : []
  const policy = { ...defaultPolicy, name: 'house', ...(withhold && { withhold: [withhold] }) }
  const law = lawAt(history, day(at), { house: houseOf(policy, suppliers) })
  return keptFrom(clearanceOf(law, to), tale)?.source ?? null
}

const prices = { fact: 'prices', about: 'rival' } as const

describe('a clause of confidentiality', () => {
  const clause = '{kind: confidentiality, secrets: [prices], audience: [ally], from: 2025-07-16}'
  const nda = 'rival-2025/confidentiality'

  it('[CL66] keeps what it names from all but the two sides and those that it names', () => {
    assert.equal(kept('incumbent', prices, { clause }), nda)
    assert.equal(kept('public', prices, { clause }), nda)
    assert.equal(kept('ally', prices, { clause }), null)
    assert.equal(kept('rival', prices, { clause }), null)
    assert.equal(kept('incumbent', { ...prices, fact: 'terms' }, { clause }), null)
    assert.equal(kept('incumbent', { ...prices, about: 'ally' }, { clause }), null)
  })

  it('[CL66] keeps nothing that the public may know', () => {
    const open = '{kind: confidentiality, secrets: [prices], audience: [public]}'
    assert.equal(kept('incumbent', prices, { clause: open }), null)
    assert.equal(kept('public', prices, { clause: open }), null)
  })

  it('[CL66] binds from its first day on', () => {
    assert.equal(kept('incumbent', prices, { clause, at: '2025-07-15' }), null)
    assert.equal(kept('incumbent', prices, { clause, at: '2025-07-16' }), nda)
  })

  it('[CL66] is about the deals in its scope, and about those of which that is not known', () => {
    const scoped = '{kind: confidentiality, secrets: [prices], scope: {accelerator: GB200}}'
    const of = (accelerator: string) => ({ ...prices, facts: { accelerator: [accelerator] } })
    assert.equal(kept('incumbent', of('GB200'), { clause: scoped }), nda)
    assert.equal(kept('incumbent', of('H100'), { clause: scoped }), null)
    assert.equal(kept('incumbent', prices, { clause: scoped }), nda)
  })
})

describe('what a policy withholds', () => {
  const withhold = { relations: ['rival', 'unknown'], facts: ['prices'] } as const

  it('[CL67] is kept from whoever is one of these to us, on the day that it is', () => {
    assert.equal(kept('incumbent', prices, { withhold }), 'policy house')
    assert.equal(kept('incumbent', { ...prices, fact: 'terms' }, { withhold }), null)
    assert.equal(kept('incumbent', prices, { withhold, at: '2025-05-31' }), null)
    assert.equal(kept('ally', prices, { withhold }), null)
  })

  it('[CL67] is kept from outsiders, of whom nothing is known', () => {
    assert.equal(kept('public', prices, { withhold }), 'policy house')
    assert.equal(kept('a-stranger', prices, { withhold }), 'policy house')
  })

  it('[CL67] is never what a party does with us itself', () => {
    assert.equal(kept('incumbent', { ...prices, about: 'incumbent' }, { withhold }), null)
  })
})

it('[CL71] a supplier stands to us as it does and as its hosts do, on that day', () => {
  const [, , rival] = suppliers
  assert.ok(rival)
  const seller = { ...supplier('ally', 'partner'), hosts: { us: ['rival'] } }
  const related = { ...rival, relations: supplier('', 'rival').relations ?? [] }
  const law = (at: string, others: readonly SupplierSpec[] = [seller, related]) => {
    const clause = '{kind: exclusivity, scope: {supplier_relation: rival}}'
    const history = contracts(frame('alone', 'incumbent', clause))
    return lawAt(history, day(at), { house: houseOf(null, others) })
  }
  const buying = { ...bought, supplier: 'ally', seller }
  const bar = (at: string, region: string) => barOf(law(at), { ...buying, region })?.clause ?? null
  assert.equal(bar('2025-06-01', 'us'), 'alone/exclusivity')
  assert.equal(bar('2025-05-31', 'us'), null)
  assert.equal(bar('2025-06-01', 'eu'), null)
  const facts = factsOfBuying({ ...buying, region: 'us' }, law('2025-06-01', [seller]))
  assert.deepEqual(facts.supplier_relation, ['partner', 'unknown'])
})

const bought: Buying = {
  ...{ id: '', supplier: 'ally', accelerator: 'H100', perNode: 8, nodes: 1, region: 'us' },
  ...{ pricePerHour: 8_000_000, seller: null },
  workload: { kind: 'Job', name: 'train' } as Workload,
}
