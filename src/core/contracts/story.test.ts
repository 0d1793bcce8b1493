/** The story `incumbent-overflow-rival`, phase by phase: what was permitted, and why. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { job } from '../../testing/ledger-rows.ts'
import { asOf } from './as-of.ts'
import { contract, contracts, day } from './draw.test.ts'
import { type Buying, barOf, lawAt, noLaw, signed } from './law.ts'
import { permits } from './permits.ts'
import { type Act, noRecords, type Records } from './rights/act.ts'
import { overflowOrder } from './rights/overflow.ts'
import { advance } from './rofr/advance.ts'
import { openCase, opening, type Proposal } from './rofr/open.ts'

const file = new URL('../../../examples/contracts/incumbent-overflow-rival.yaml', import.meta.url)
const history = contracts(readFileSync(file, 'utf8'))

const facts = {
  workload_kind: ['Job'],
  product: ['training'],
  region: ['us-central'],
  accelerator: ['GB200'],
  data_class: ['C3'],
}
const placing = { jurisdiction: 'us', endUsers: null }
const deal = {
  accelerator: 'GB200',
  accelerators: 4_000,
  pricePerHour: 3_000_000,
  startAt: day('2025-12-01'),
  termDays: 365,
  region: 'us-central',
  controls: ['dedicated-hosts'],
}

function buy(at: string): Act {
  const firmness = 'binding-offer'
  return { do: 'buy', id: 'p1', at: day(at), supplier: 'rival', facts, deal, firmness, ...placing }
}

function activate(product: string, at: string, supplier = 'rival'): Act {
  return { do: 'activate', at: day(at), supplier, facts, product }
}

/** The clause that forbids and why, or what is owed. */
function answer(act: Act, records: Records = noRecords, knownAt = act.at): string {
  const permission = permits(asOf(history, act.at, knownAt).inForce, act, records)
  if (permission.allowed) return ['yes', ...permission.duties.map(({ duty }) => duty)].join('; ')
  const { clause, why, remedy } = permission
  return `no: ${clause.contract}/${clause.id}: ${why.replace(/ \(assumed.*/, '')}; ${remedy}`
}

it('[CL24] until 2025-01-21 the incumbent is the only one', () => {
  assert.equal(
    answer(buy('2025-01-20')),
    'no: incumbent-2019/sole-cloud: incumbent is exclusive for everything, until 2025-01-21; ' +
      'go to incumbent, or obtain a waiver of incumbent-2019/sole-cloud',
  )
  const waiver = {
    id: 'w1',
    clause: 'incumbent-2019/sole-cloud',
    kind: 'granted' as const,
    by: ['incumbent'],
    from: day('2024-06-01'),
    until: day('2024-12-01'),
    reason: 'no space in us-central',
  }
  const records = { ...noRecords, waivers: [waiver] }
  assert.equal(answer(buy('2024-07-01'), records), 'yes; name the waiver w1 in the order')
})

it('[CL25] from 2024-06-11 on, what the incumbent cannot hold goes to its ally first', () => {
  const rank = (supplier: string, at: string, outOfSpace = ['incumbent']) => {
    const { inForce } = asOf(history, day(at), day(at))
    return overflowOrder(inForce, { supplier, facts, outOfSpace })
  }
  assert.equal(rank('ally', '2024-06-10').why, 'no clause prefers anybody')
  assert.equal(rank('ally', '2024-07-01', []).why, 'no clause prefers anybody')
  assert.ok(rank('ally', '2024-07-01').rank < rank('rival', '2024-07-01').rank)
})

const told = { at: day('2025-08-01'), actor: 'ann' }

it('[CL26] from 2025-01-21 to 2025-10-28 the incumbent may refuse first', () => {
  assert.equal(
    answer(buy('2025-08-15')),
    'no: incumbent-2025/new-capacity: incumbent may refuse first, and was not given notice of ' +
      'this offer; give incumbent notice under incumbent-2025/new-capacity',
  )
  const right = asOf(history, told.at, told.at).inForce.find(({ kind }) => kind === 'rofr')
  assert.ok(right?.kind === 'rofr')
  const proposal = { ...buy('2025-08-01'), facts } as Proposal
  const found = opening(right, proposal, [])
  assert.ok(found)
  const triggered = openCase(right, proposal, found)
  const notice = { event: 'deliver', digest: 'd', proof: 'receipt', ...told } as const
  const noticed = advance(triggered, notice).case
  assert.match(
    answer(buy('2025-08-15'), { ...noRecords, cases: [noticed] }),
    /the right of incumbent is noticed; settle the case/,
  )
  // 20 business days by the holder's calendar: it was still July there: to the end of 2025-08-28.
  assert.match(
    answer(buy('2025-08-31'), { ...noRecords, cases: [noticed] }),
    /^yes; sign with rival by 2025-11-27, and keep the evidence of/,
  )
})

it('[CL26] what was signed under a case may be asked for again, and counts no second time', () => {
  const right = asOf(history, told.at, told.at).inForce.find(({ kind }) => kind === 'rofr')
  assert.ok(right?.kind === 'rofr')
  const proposal = { ...buy('2025-08-01'), facts } as Proposal
  const opened = openCase(right, proposal, { accelerators: 4_000, added: [] })
  const waived = advance(opened, { event: 'waive', digest: 'w', ...told }).case
  const signed = advance(waived, { event: 'bind', purchase: 'p1', deal, ...told }).case
  assert.equal(signed.step, 'bound')
  const records = { ...noRecords, cases: [signed], purchases: [proposal] }
  assert.match(answer(buy('2025-08-02'), records), /^yes; keep the evidence of/)
  const small = { ...buy('2025-08-02'), id: 'p2', deal: { ...deal, accelerators: 8 } } as Act
  assert.equal(answer(small, records), 'yes')
  assert.match(answer({ ...small, deal } as Act, records), /^no: .* was not given notice/)
})

it('[CL26] of two cases over the same the one that is free is signed under, and it alone', () => {
  const right = asOf(history, told.at, told.at).inForce.find(({ kind }) => kind === 'rofr')
  assert.ok(right?.kind === 'rofr')
  const waived = (id: string, accelerators: number) => {
    const terms = { ...deal, controls: [] }
    const proposal = { ...buy('2025-08-01'), facts, id, deal: terms } as Proposal
    const opened = openCase(right, proposal, { accelerators, added: [] })
    return advance(opened, { event: 'waive', digest: 'w', ...told }).case
  }
  const [small, large, other] = [waived('a', 8), waived('b', 64), waived('c', 64)]
  const records = { ...noRecords, cases: [small, large, other] }
  const law = { ...noLaw, at: told.at, inForce: [right], records }
  const buying: Buying = {
    ...{
      id: 'w.0.1',
      workload: { ...job('w'), product: 'training' },
      seller: null,
      supplier: 'rival',
      region: deal.region,
    },
    ...{ accelerator: 'GB200', perNode: 8, nodes: 4, pricePerHour: 32 * deal.pricePerHour },
  }
  assert.equal(barOf(law, buying), null)
  const done = signed(law, buying)
  assert.ok('cases' in done)
  assert.deepEqual(
    done.cases.map(({ id, acceleratorsFree }) => [id, acceleratorsFree]),
    [[large.id, 32]],
  )
})

it('[CL26] the repeal of 2025-10-28 was not known the day before', () => {
  assert.match(answer(buy('2025-10-28'), noRecords, day('2025-10-27')), /^no: .*new-capacity/)
  assert.equal(answer(buy('2025-10-28')), 'yes')
})

it('[CL27] what begins with api stays with the incumbent until 2026-04, then starts there', () => {
  assert.match(
    answer(activate('api-models', '2025-11-01')),
    /^no: incumbent-2025\/api-on-incumbent/,
  )
  assert.equal(answer(activate('chat', '2025-11-01')), 'yes')
  assert.equal(answer(activate('api-models', '2025-11-01', 'incumbent')), 'yes')
  assert.match(
    answer(activate('api-models', '2026-05-01')),
    /^no: launch-2026\/api-first: api-models has to start at incumbent first/,
  )
  const start = { product: 'api-models', supplier: 'incumbent', at: day('2026-04-20') }
  assert.equal(
    answer(activate('api-models', '2026-05-01'), { ...noRecords, launches: [start] }),
    'yes',
  )
  const inabilities = [{ ...start, document: 'letter of 2026-04-20' }]
  assert.equal(
    answer(activate('api-models', '2026-05-01'), { ...noRecords, inabilities }),
    'yes; keep letter of 2026-04-20, which shows that incumbent cannot carry it',
  )
})

it('[CL28] an override needs two persons, and shows in the duties', () => {
  const override = (...by: readonly string[]): Records => {
    const clause = 'incumbent-2025/new-capacity'
    const [from, until] = [day('2025-08-01'), day('2025-09-01')]
    const reason = 'outage'
    return {
      ...noRecords,
      waivers: [{ id: 'o1', clause, kind: 'override', by, from, until, reason }],
    }
  }
  assert.match(answer(buy('2025-08-15'), override('ann', 'ann')), /^no/)
  assert.equal(
    answer(buy('2025-08-15'), override('bob', 'ann')),
    'yes; log the override o1 by ann and bob: outage',
  )
})

it('[CL28] a waiver that ends before a decision takes effect lifts nothing', () => {
  const waiver = {
    id: 'w1',
    clause: 'trust/C2-rival',
    kind: 'override',
    by: ['ann', 'bob'],
  } as const
  const kept = (until: number) => {
    const records = { ...noRecords, waivers: [{ ...waiver, from: 0, until, reason: 'outage' }] }
    return lawAt([], 1_000, { records, aheadMs: 10 }).records.waivers.length
  }
  assert.deepEqual([kept(1_010), kept(1_011)], [0, 1])
})

it('[CL29] what a customer or a law demands is lifted by nobody', () => {
  const place: Act = {
    do: 'place',
    at: day('2025-08-01'),
    supplier: 'rival',
    facts: { ...facts, data_class: ['C2'] },
    jurisdiction: null,
    endUsers: null,
  }
  assert.match(answer(place), /^no: rival-2025\/residency: its jurisdiction is not known/)
  assert.match(answer({ ...place, jurisdiction: 'sg' }), /sg is not among us, eu/)
  assert.equal(answer({ ...place, jurisdiction: 'eu' }), 'yes')
  const tell = {
    do: 'disclose',
    at: place.at,
    supplier: 'ally',
    facts: {},
    secret: 'prices',
  } as const
  assert.match(answer({ ...tell, about: 'rival' }), /^no: rival-2025\/confidentiality/)
  assert.equal(answer({ ...tell, about: 'rival', supplier: 'rival' }), 'yes')
})

it('[CL29] whom an export clause bars is not served, nor somebody who is not named', () => {
  const clause = '- {kind: export, end_users: [a-sanctioned-bank]}'
  const place = (endUsers: readonly string[] | null) => {
    const at = day('2025-08-01')
    const act: Act = { do: 'place', at, supplier: 'rival', facts: {}, jurisdiction: null, endUsers }
    const permission = permits(contract(clause).clauses, act, noRecords)
    return permission.allowed ? 'yes' : `${permission.why}; ${permission.remedy}`
  }
  const barred = 'a-sanctioned-bank is barred as an end user; do not serve it'
  assert.equal(place(['our-lab', 'a-sanctioned-bank']), barred)
  assert.equal(place(['our-lab']), 'yes')
  const unknown = 'whom it serves is not known, and some are barred; name its end_users'
  assert.equal(place(null), unknown)
})

it('[CL30] nobody else is asked before who may offer first was asked and had its time', () => {
  const text = `kind: Contract
name: look
with: incumbent
form: MSA
bindingness: definitive
signed: 2025-01-01
from: 2025-01-01
source: the deal
clauses:
  - {kind: rofo, window: 5 business days}
`
  const ask = (at: string, looks: Records['firstLooks']) => {
    const act: Act = { do: 'ask', at: day(at), supplier: 'rival', facts }
    const { inForce } = asOf(contracts(text), act.at, act.at)
    return permits(inForce, act, { ...noRecords, firstLooks: looks }).allowed
  }
  const look = { clause: 'look/rofo', askedAt: day('2025-03-03'), releasedAt: null }
  assert.equal(ask('2025-03-03', []), false)
  assert.equal(ask('2025-03-10', [look]), false)
  assert.equal(ask('2025-03-11', [look]), true)
  assert.equal(ask('2025-03-05', [{ ...look, releasedAt: day('2025-03-04') }]), true)
})
