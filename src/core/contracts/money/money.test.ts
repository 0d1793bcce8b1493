/** What is owed, what is idle, and what the next hour costs. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import type { Contract } from '../../domain/contract.ts'
import { dayMs, formatDay } from '../../domain/day.ts'
import { amountOf, formatAmount } from '../amount.ts'
import { acceleratorsOf } from '../capacity.ts'
import { clauseOf, contract, day } from '../draw.test.ts'
import { bindingClauses } from './account.ts'
import { burnDown } from './burn-down.ts'
import { dues } from './dues.ts'
import { type MarginalQuestion, marginalPrice, type UsageSoFar } from './marginal.ts'
import { intervalAt, settle, spanOf } from './take-or-pay.ts'

const paid = `- kind: take_or_pay
  quantity: 100 accelerators
  accelerator: H100
  interval: month
  price_per_hour: 2.00
  free_intervals: 1
  make_up_intervals: 2`
const takeOrPay = clauseOf('take_or_pay', paid)

function table(used: readonly number[]): readonly string[] {
  return settle(
    takeOrPay,
    used.map((usedHours) => ({ usedHours, accepted: null })),
  ).map((row) => {
    const { committedHours, shortfallHours, madeUpHours, overageHours, expiredHours } = row
    const hours = [committedHours, shortfallHours, madeUpHours, overageHours, expiredHours]
    return `${formatDay(row.from)} ${hours.join(' ')} ${formatAmount(row.shortfall)}`
  })
}

it('[CL31] what is not used is owed, may be made up in time, and counts once', () => {
  assert.deepEqual(table([10, 60_000, 74_400, 80_000, 72_000, 80_000]), [
    '2025-01-01 0 0 0 10 0 $0.00',
    '2025-02-01 67200 7200 0 0 0 $14,400.00',
    '2025-03-01 74400 0 0 0 0 $0.00',
    '2025-04-01 72000 0 7200 800 0 $0.00',
    '2025-05-01 74400 2400 0 0 0 $4,800.00',
    '2025-06-01 72000 0 2400 5600 0 $0.00',
  ])
  assert.equal(table([0, 60_000, 74_400, 72_000, 74_400])[4], '2025-05-01 74400 0 0 0 7200 $0.00')
})

it('[CL31] no hour that was paid for is lost sight of, nor counted twice', () => {
  const hours = fc.array(fc.integer({ min: 0, max: 150_000 }), { maxLength: 20 })
  fc.assert(
    fc.property(hours, (used) => {
      const rows = settle(
        takeOrPay,
        used.map((usedHours) => ({ usedHours, accepted: null })),
      )
      const sum = (key: 'shortfallHours' | 'madeUpHours' | 'expiredHours') => {
        return rows.reduce((total, row) => total + row[key], 0)
      }
      const credit = rows.at(-1)?.creditHours ?? 0
      assert.equal(sum('shortfallHours'), sum('madeUpHours') + sum('expiredHours') + credit)
      for (const row of rows) {
        const { usedHours, shortfallHours, committedHours, madeUpHours, overageHours } = row
        assert.equal(usedHours + shortfallHours, committedHours + madeUpHours + overageHours)
      }
    }),
  )
})

it('[CL32] every moment of the clause lies in exactly one interval', () => {
  const interval = fc.constantFrom('hour', 'month', 'quarter', 'year')
  fc.assert(
    fc.property(interval, fc.integer({ min: 0, max: 1_094 * 24 }), (each, hour) => {
      const clause = { ...takeOrPay, interval: each as 'hour' }
      const at = clause.from + hour * 3_600_000
      const span = intervalAt(clause, at)
      assert.ok(span && span.from <= at && at < span.to)
      assert.equal(spanOf(clause, span.index + 1).from >= span.to, true)
    }),
  )
  assert.equal(intervalAt(takeOrPay, day('2028-01-01')), null)
})

it('[CL33] what was not delivered is not owed', () => {
  const waiting = { ...takeOrPay, ramp: 'delivery', freeIntervals: 0 }
  const [row] = settle(waiting, [{ usedHours: 0, accepted: 40 }])
  assert.equal(row?.committedHours, 40 * 31 * 24)
})

const spend = clauseOf(
  'spend_commit',
  `- kind: spend_commit
  total: $250B
  milestones: [{at: 2026-01-01, dollars: $50B}, {at: 2027-01-01, dollars: $150B}]`,
)

it('[CL34] a missing dollar is charged once, at the first milestone that misses it', () => {
  const rows = burnDown(spend, [{ at: day('2025-06-01'), amount: amountOf(30e9) }], {
    now: day('2026-10-03'),
    perDay: amountOf(1e9),
  })
  assert.deepEqual(
    rows.map(({ due, shortfall, neededPerDay, warns }) => {
      return [due, shortfall, neededPerDay].map(formatAmount).concat(String(warns)).join(' ')
    }),
    [
      '$50B $20B $0.00 false',
      '$150B $10B $1,111,111,111.11 true',
      '$250B $0.00 $439,560,439.56 false',
    ],
  )
})

it('[CL5] [CL34] of what was repealed, or replaced by another contract, no more is due', () => {
  const clauses = `- kind: spend_commit
  total: $250
  milestones: [{at: 2026-01-01, dollars: $50}, {at: 2027-01-01, dollars: $150}]
- kind: take_or_pay
  quantity: 1 accelerators
  accelerator: H100
  interval: year
  price_per_hour: 1.00`
  const old = contract(clauses)
  const next: Contract = {
    ...contract('- {kind: rofo}'),
    ...{ name: 'next', from: day('2026-07-02'), supersedes: ['deal'] },
  }
  const due = (...history: readonly Contract[]) => {
    const all = bindingClauses(history)
    const owed = dues(all, [], { now: day('2029-01-01'), accepted: () => null })
    return owed.map(({ clause, to, amount }) => {
      return `${clause.replace('deal/', '')} ${formatDay(to)} ${formatAmount(amount)}`
    })
  }
  const kept = ['spend-commit 2026-01-01 $50.00', 'take-or-pay 2026-01-01 $8,760.00']
  assert.deepEqual(due(old), [
    ...kept,
    ...['spend-commit 2027-01-01 $100.00', 'take-or-pay 2027-01-01 $8,760.00'],
    ...['spend-commit 2028-01-01 $100.00', 'take-or-pay 2028-01-01 $8,760.00'],
  ])
  const replaced = [...kept, 'take-or-pay 2026-07-02 $4,368.00']
  assert.deepEqual(due(old, next), replaced)
  assert.deepEqual(due(old, { ...next, bindingness: 'announced' }), due(old))
  // What is over by then is due as it was agreed.
  assert.deepEqual(due(old, { ...next, from: day('2028-01-01') }), due(old))
  const repeal = { by: 'next', at: day('2026-07-02'), recordedAt: day('2026-07-02') }
  const repealed = { ...old, clauses: old.clauses.map((each) => ({ ...each, repeal })) }
  assert.deepEqual(due(repealed), replaced)
  // Whichever comes first.
  assert.deepEqual(due(repealed, { ...next, from: day('2026-01-01') }), kept.slice(1))
})

it('[CL34] what is spent and charged comes to what was promised', () => {
  const spends = fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 1_094 }).map((days) => day('2025-01-01') + days * dayMs),
      amount: fc.integer({ min: 0, max: 100e9 }).map(amountOf),
    }),
    { maxLength: 10 },
  )
  fc.assert(
    fc.property(spends, (all) => {
      const rows = burnDown(spend, all, { now: day('2028-01-02'), perDay: 0n })
      const charged = rows.reduce((sum, { shortfall }) => sum + shortfall, 0n)
      const spent = all.reduce((sum, { amount }) => sum + amount, 0n)
      assert.ok(spent + charged >= amountOf(250e9))
      assert.ok(charged <= amountOf(250e9))
      if (charged > 0n && spent <= amountOf(50e9)) assert.equal(spent + charged, amountOf(250e9))
    }),
  )
})

const question: MarginalQuestion = {
  offer: {
    supplier: 'incumbent',
    accelerator: 'H100',
    perNode: 8,
    pricePerHour: 24_000_000,
    facts: { region: ['us'] },
  },
  now: day('2025-03-10'),
  hours: 1,
  rate: null,
}
const use: UsageSoFar = {
  clause: 'deal/take-or-pay',
  usedHours: 0,
  expectedHours: 0,
  creditHours: 0,
  accepted: null,
  counted: 0n,
  perDay: 0n,
  prepaidLeft: 0n,
}

it('[CL35] an hour that is paid for and would go unused costs nothing', () => {
  const { clauses } = contract(paid)
  const price = (usedHours: number, expectedHours = 0) => {
    return marginalPrice(clauses, [{ ...use, usedHours, expectedHours }], question).pricePerHour
  }
  assert.equal(price(1_000), 0)
  assert.equal(price(74_400), 24_000_000)
  // What others will use of it anyway is not idle.
  assert.equal(price(1_000, 73_400), 24_000_000)
  assert.equal(price(74_396), 12_000_000)
})

it('[CL35] says why, and knows no commitment of another supplier, place or accelerator', () => {
  assert.deepEqual(marginalPrice(contract(paid).clauses, [use], question).because, [
    'deal/take-or-pay: 8 accelerator-hours are paid for and idle',
  ])
  const elsewhere = { ...question, offer: { ...question.offer, supplier: 'rival' } }
  assert.equal(marginalPrice(contract(paid).clauses, [use], elsewhere).pricePerHour, 24_000_000)
  const scoped = contract(paid.replace('quantity', 'scope: {region: eu}\n  quantity')).clauses
  assert.deepEqual(marginalPrice(scoped, [use], question).because, ['list price $24.00'])
})

it('[CL36] a dollar that would be charged unspent costs nothing, else itself', () => {
  const commit = (shortfall: string) =>
    contract(`- {kind: spend_commit, total: $100, shortfall: ${shortfall}}`).clauses
  const spent = (counted: number) => [
    { ...use, clause: 'deal/spend-commit', counted: amountOf(counted) },
  ]
  assert.equal(marginalPrice(commit('charged'), spent(0), question).pricePerHour, 0)
  assert.equal(marginalPrice(commit('charged'), spent(88), question).pricePerHour, 12_000_000)
  assert.equal(marginalPrice(commit('none'), spent(0), question).pricePerHour, 24_000_000)
})

it('[CL36] the milestone that misses most decides, not the next one', () => {
  const { clauses } = contract(`- kind: spend_commit
  total: $300
  milestones: [{at: 2026-01-01, dollars: $100}]`)
  const usage = (perDay: number) => {
    return [{ ...use, clause: 'deal/spend-commit', counted: amountOf(100), perDay: BigInt(perDay) }]
  }
  assert.equal(marginalPrice(clauses, usage(0), question).pricePerHour, 0)
  assert.deepEqual(marginalPrice(clauses, usage(0), question).because, [
    'deal/spend-commit: $200.00 would be charged unspent on 2028-01-01',
  ])
  assert.equal(marginalPrice(clauses, usage(1_000_000), question).pricePerHour, 24_000_000)
})

it('[CL36] what is prepaid costs what would come back of it', () => {
  const { clauses } = contract(
    '- {kind: prepay, form: prepay, amount: $1000, paid: 2025-01-01, refund: 25%}',
  )
  const left = (dollars: number) => [
    { ...use, clause: 'deal/prepay', prepaidLeft: amountOf(dollars) },
  ]
  assert.equal(marginalPrice(clauses, left(500), question).pricePerHour, 6_000_000)
  assert.equal(marginalPrice(clauses, left(12), question).pricePerHour, 15_000_000)
})

it('[CL37] commitments together free no hour and no dollar twice', () => {
  const { clauses } = contract(`${paid}
- {kind: spend_commit, total: $100}
- {kind: prepay, form: prepay, amount: $1000, paid: 2025-01-01, refund: 100%}`)
  const money = fc.integer({ min: 0, max: 100 })
  fc.assert(
    fc.property(
      money,
      money,
      fc.integer({ min: 74_380, max: 74_420 }),
      (counted, left, usedHours) => {
        const usage = [
          { ...use, usedHours },
          { ...use, clause: 'deal/spend-commit', counted: amountOf(counted) },
          { ...use, clause: 'deal/prepay', prepaidLeft: amountOf(left) },
        ]
        const { pricePerHour } = marginalPrice(clauses, usage, question)
        const billed = 3 * Math.max(0, 8 - Math.max(0, 74_400 - usedHours))
        // Drawing what would come back in full costs all of it.
        assert.equal(pricePerHour, Math.max(0, billed - (100 - counted)) * 1_000_000)
      },
    ),
  )
})

it('[CL38] what was agreed is paid where it is less than what is asked for', () => {
  const priced = (pricePerHour: number) => {
    return marginalPrice([], [], {
      ...question,
      rate: { clause: 'deal/rate', pricePerHour, how: 'fixed' },
    })
  }
  assert.deepEqual(priced(16_000_000), {
    pricePerHour: 16_000_000,
    because: ['deal/rate: $2.00 an accelerator, fixed'],
  })
  const dear = { pricePerHour: 24_000_000, because: ['list price $24.00'] }
  assert.deepEqual([24_000_000, 24_000_001].map(priced), [dear, dear])
})

it('[CL38] idle hours and what is paid ahead come off what was agreed', () => {
  const { clauses } = contract(paid)
  const rate = { clause: 'deal/rate', pricePerHour: 16_000_000, how: 'fixed' }
  const price = (usedHours: number) => {
    return marginalPrice(clauses, [{ ...use, usedHours }], { ...question, rate }).pricePerHour
  }
  assert.deepEqual([74_400, 74_396, 0].map(price), [16_000_000, 8_000_000, 0])
})

it('[CL39] a unit comes to accelerators only where somebody said how many', () => {
  const conversions = [
    { from: 'GW', accelerator: 'GB200', accelerators: 500_000, source: 'x' },
  ] as const
  assert.equal(acceleratorsOf({ value: 2, unit: 'MW' }, 'GB200', conversions), 1_000)
  assert.equal(acceleratorsOf({ value: 2, unit: 'MW' }, 'H100', conversions), null)
  assert.equal(acceleratorsOf({ value: 2, unit: 'nodes' }, 'GB200', conversions), null)
})

it('[CL39] amounts are short where that is exact', () => {
  const told = [250_000_000_000, 1_500_000, 12].map((each) => formatAmount(amountOf(each)))
  assert.deepEqual(told, ['$250B', '$1.5M', '$12.00'])
  assert.equal(formatAmount(-1_234_567_890n), '-$1,234.57')
})
