/** Every date in one list, and every clause in plain words. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { dayMs, formatDay } from '../domain/day.ts'
import { clauseKinds } from '../spec/contract/clauses.ts'
import { calendar } from './calendar.ts'
import { contract, day } from './draw.test.ts'
import { phrase, phraseSilence } from './phrase.ts'
import { openCase, opening } from './rofr/open.ts'

const everything = contract(
  `- {kind: exclusivity, to: 2025-04-01}
- {kind: rofr}
- {kind: rofo, to: 2025-02-01}
- {kind: launch_first}
- {kind: preferred_overflow, order: [ally]}
- {kind: take_or_pay, quantity: 8 accelerators, accelerator: H100, interval: quarter,
   price_per_hour: 2, steps: [{from: 2026-01-01, quantity: 4 accelerators}]}
- {kind: spend_commit, total: $5M, milestones: [{at: 2026-01-01, dollars: $2M}], warn: 300 days}
- kind: ramp
  grace: 10 days
  tranches: [{id: one, quantity: 8 accelerators, accelerator: H100, due: 2025-06-01}]
- {kind: late_delivery, ramp: ramp, terminate_after: 30 days}
- {kind: sla_credit, bands: [{below: 99.9%, credit: 10%}], claim: 30 days}
- {kind: expansion_option, to: 2025-05-01, quantity: 8 accelerators, accelerator: H100,
   strike_per_hour: 2, term: 90 days}
- {kind: backstop_purchase, cap: $1M, quantity: 8 accelerators, accelerator: H100}
- {kind: prepay, form: prepay, amount: $1M, paid: 2025-04-15}
- {kind: equity_vesting, accelerator: H100, milestones: [{quantity: 8 accelerators, shares: 1}]}
- {kind: credit_support, guarantor: bank, amount: $1M, to: 2026-06-01}
- {kind: price, review: 2025-09-01, pricing: {form: fixed, price_per_hour: 2}}
- {kind: substitution, floor: {hbm_gb: 80}}
- {kind: cancel_resale_pause, resale: 40%}
- {kind: term_end, notice: 90 days, renews_months: 12}
- {kind: residency, jurisdictions: [eu]}
- {kind: security, controls: [attestation]}
- {kind: export, jurisdictions: [xx]}
- {kind: confidentiality}`,
)
const now = day('2025-03-20')

it('[CL60] tells every date ahead once, with whose turn it is and whether it is near', () => {
  const told = calendar([everything], [], now)
    .filter(({ at }) => at < day('2027-12-01'))
    .map(({ at, what, by, isNear }) => {
      return `${formatDay(at)} ${by ?? '-'}${isNear ? ' near' : ''}: ${what}`
    })
  assert.deepEqual(told, [
    '2025-03-30 us: last day to claim for 2025-02',
    '2025-04-01 - near: exclusivity ends',
    '2025-04-01 us: the quarter ends, and what was not used of it is owed',
    '2025-04-15 us near: $1M are due',
    '2025-05-01 us near: last day to take 8 accelerators at $2.00; two persons decide',
    '2025-06-01 incumbent: one is due: 8 accelerators',
    '2025-06-11 incumbent: the grace of one ends',
    '2025-07-11 us: from now on the tranche may be ended for one',
    '2025-09-01 us: the price is looked at again',
    '2026-01-01 us near: $2M have to be spent',
    '2026-01-01 -: the quantity becomes 4 accelerators',
    '2026-06-01 bank: bank stands for it no more',
    '2027-10-03 us: last day to give notice; else it goes on for 12 months',
  ])
})

it('[CL60] an open case of a right of first refusal has its date there too', () => {
  const rofr = everything.clauses.find(({ kind }) => kind === 'rofr')
  assert.ok(rofr?.kind === 'rofr')
  const deal = {
    accelerator: 'H100',
    accelerators: 8,
    pricePerHour: 2_000_000,
    startAt: now,
    termDays: 90,
    region: 'us',
  }
  const proposal = { id: 'p', at: now, supplier: 'rival', deal, facts: {} }
  const firm = { ...proposal, firmness: 'binding-offer' } as const
  const found = opening(rofr, firm, [])
  assert.ok(found)
  const noticed = {
    ...openCase(rofr, firm, found),
    step: 'noticed',
    deadline: now + dayMs,
  } as const
  const [first] = calendar([everything], [noticed], now)
  assert.equal(first?.what, 'last moment for incumbent to answer in deal/rofr/p')
  assert.ok(first?.isNear && first.assumed.includes('window'))
})

it('[CL61] every kind of clause is told in words, with its source and what of it is ours', () => {
  assert.deepEqual(
    [...new Set(everything.clauses.map(({ kind }) => kind))].sort(),
    [...clauseKinds].sort(),
  )
  for (const clause of everything.clauses) {
    const { says, source } = phrase(clause)
    assert.ok(says.length > 5 && !/undefined|NaN|\[object/.test(says), says)
    assert.equal(source, 'the deal (unverified)')
  }
  const option = everything.clauses.find(({ kind }) => kind === 'spend_commit')
  assert.ok(option)
  assert.deepEqual(phrase(option), {
    says: '$5M are to be spent in all',
    about: 'everything',
    when: 'from 2025-01-01 until 2028-01-01',
    source: 'the deal (unverified)',
    assumed: 'assumed by us: shortfall',
  })
})

it('says in plain words why a clause does not bind', () => {
  const at = Date.UTC(2025, 9, 28)
  assert.deepEqual(
    (
      [
        { why: 'not-known', recordedAt: at },
        { why: 'newer-version', recordedAt: at },
        { why: 'not-binding', bindingness: 'announced' },
        { why: 'not-begun', from: at },
        { why: 'ended', to: at },
        { why: 'repealed', at, by: 'amendment 2' },
        { why: 'superseded', at, by: 'amendment 3' },
      ] as const
    ).map(phraseSilence),
    [
      'not known before 2025-10-28',
      'replaced by the version recorded on 2025-10-28',
      'its agreement is announced, and binds nobody',
      'begins on 2025-10-28',
      'ended on 2025-10-28',
      'repealed on 2025-10-28 by amendment 2',
      'superseded on 2025-10-28 by amendment 3',
    ],
  )
})
