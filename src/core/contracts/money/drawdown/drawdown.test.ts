/** Who draws hours and dollars in which order, and what is made up of what was paid for before. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import type { Evidence, Told } from '../../../audit/evidence.ts'
import { hoursAddUp } from '../../../audit/hours.ts'
import type { Charge } from '../../../domain/charge.ts'
import { dayMs } from '../../../domain/day.ts'
import { costOf } from '../../../domain/money.ts'
import type { Ms } from '../../../domain/time.ts'
import { cutDays, cutParts, paidPart } from '../../../focus/parts.ts'
import { formatAmount } from '../../amount.ts'
import { contract, day } from '../../draw.test.ts'
import { accountFrom } from '../account.ts'
import { untouched } from '../draw.ts'
import { intervalAt } from '../take-or-pay.ts'
import { creditsOf } from './credits.ts'

const hour = 3_600_000
const accepted = () => null

/** Of the incumbent's H100, at $3 each and hour. */
function rental(id: string, accelerators: number, [from, to]: readonly [Ms, Ms | null]): Charge {
  const pricePerHour = accelerators * 3_000_000
  return {
    ...{ id: `incumbent/${id}`, supplier: 'incumbent', rental: id, lease: id, workload: 'w' },
    ...{ account: 'usage', accelerator: 'H100', accelerators, pricePerHour, from, to },
    amount: to === null ? 0 : costOf(pricePerHour, to - from),
  }
}

const span = (from: string, to: string): readonly [Ms, Ms] => [day(from), day(to)]

function booked(text: string, charges: readonly Charge[], now: Ms) {
  const { clauses } = contract(text)
  const paid = cutParts(charges, { clauses, now }).map((part) => paidPart(part))
  return { clauses, paid, ...accountFrom(clauses, paid, untouched) }
}

const use = (more: string) => `- {kind: take_or_pay, quantity: 10 accelerators,
   accelerator: H100, price_per_hour: 2.00, ${more}}\n`
const monthly = use('interval: month, make_up_intervals: 1')

const months = [
  rental('a', 8, span('2025-01-01', '2025-02-01')),
  rental('b', 12, span('2025-02-01', '2025-03-01')),
  rental('c', 11, span('2025-03-01', '2025-04-01')),
]

function credited(text: string, charges: readonly Charge[], now: Ms) {
  const { clauses, draws, drawdown } = booked(text, charges, now)
  return clauses.flatMap((clause) => {
    if (clause.kind !== 'take_or_pay') return []
    const found = creditsOf(clause, draws, { drawdown, now, accepted })
    return found ? [Object.values(found).map((each) => Math.round(each))] : []
  })
}

it('[CL90] what was paid for and not used is made up in time, and no more is owed for it', () => {
  const { draws } = booked(monthly, months, day('2025-04-01'))
  const sums = (id: string, isMadeUp: boolean) => {
    const ours = draws.filter(({ charge, madeUp }) => {
      return charge.startsWith(`incumbent/${id}@`) && (madeUp !== null) === isMadeUp
    })
    const paid = ours.reduce((sum, { madeUp }) => sum + (madeUp ?? 0n), 0n)
    return [ours.reduce((sum, { hours }) => sum + hours, 0), formatAmount(paid)]
  }
  assert.deepEqual(sums('a', false), [8 * 744, '$0.00'])
  assert.deepEqual(sums('b', false), [10 * 672, '$0.00'])
  assert.deepEqual(sums('b', true), [2 * 672, '$2,688.00'])
  // By March what is left is lost, and the last month uses more than it pays for.
  assert.deepEqual([...sums('c', false), ...sums('c', true)], [7_440, '$0.00', 0, '$0.00'])
})

it('[CL90] tells what was earned, used, lost and is left of it', () => {
  const at = (now: string) => {
    const begun = months.filter(({ from }) => from < day(now))
    return credited(
      monthly,
      begun.map((each) => ({ ...each, to: Math.min(each.to ?? 0, day(now)) })),
      day(now),
    )
  }
  assert.deepEqual(at('2025-01-20'), [[0, 0, 0, 0]])
  assert.deepEqual(at('2025-02-01'), [[1_488, 0, 0, 1_488]])
  // The commitment of a month is used up first.
  const early = [rental('a', 8, span('2025-01-01', '2025-02-01'))]
  const late = (to: string) => [...early, rental('b', 12, span('2025-02-01', to))]
  assert.deepEqual(credited(monthly, late('2025-02-24'), day('2025-02-24')), [[1_488, 0, 0, 1_488]])
  assert.deepEqual(credited(monthly, late('2025-02-25'), day('2025-02-25')), [
    [1_488, 192, 0, 1_296],
  ])
  assert.deepEqual(at('2025-03-01'), [[1_488, 1_344, 144, 0]])
  assert.deepEqual(credited(use('interval: month'), months, day('2025-03-01')), [])
})

it('[CL91] no part of what runs lies in two intervals, and by the hour each has its own', () => {
  const from = day('2025-03-10') + 1.5 * hour
  const running = [rental('r', 16, [from, null])]
  const hourly = use('interval: hour')
  const { clauses, paid, draws } = booked(hourly, running, from + 5 * hour)
  const [clause] = clauses
  assert.ok(clause?.kind === 'take_or_pay')
  for (const part of paid) assert.ok((intervalAt(clause, part.from)?.to ?? 0) >= part.to)
  assert.deepEqual(
    draws.map(({ hours }) => hours),
    [8, 10, 10, 10, 10, 8],
  )
  // Two months of a charge that runs over both.
  const over = [rental('r', 10, [day('2025-01-30'), null])]
  const drawn = booked(monthly, over, day('2025-02-02')).draws
  const before = drawn.filter(({ at }) => at < day('2025-02-01'))
  assert.equal(
    before.reduce((sum, { hours }) => sum + hours, 0),
    480,
  )
})

it('[CL92] what is paid for now goes first, then what was before, then dollars', () => {
  const other = '- {kind: take_or_pay, id: other, quantity: 2 accelerators, accelerator: H100, '
  const terms = 'from: 2025-02-01, interval: month, price_per_hour: 2.00}\n'
  const spend = '- {kind: spend_commit, id: spend, total: $1M}\n'
  const text = `${monthly}${other}${terms}${spend}`
  const charges = [
    rental('a', 8, span('2025-01-01', '2025-02-01')),
    rental('b', 16, span('2025-02-01', '2025-03-01')),
  ]
  const { draws } = booked(text, charges, day('2025-03-01'))
  const sums = new Map<string, number>()
  for (const { charge, clause, hours, amount, madeUp } of draws) {
    if (!charge.startsWith('incumbent/b@')) continue
    const name = `${clause}${madeUp === null ? '' : ' made up'}`
    sums.set(name, (sums.get(name) ?? 0) + (hours || Number(amount) / 3_000_000))
  }
  assert.deepEqual(
    [...sums].map(([name, hours]) => `${name} ${Math.round(hours)}`),
    [
      'deal/other 1344',
      'deal/take-or-pay 6720',
      'deal/take-or-pay made up 1488',
      'deal/spend 1200',
    ],
  )
})

it('[CL92] at one moment who began first draws first, whatever it is called', () => {
  const text = use('interval: month')
  const charges = [
    rental('z', 10, span('2025-01-01', '2025-02-01')),
    rental('a', 17, span('2025-01-02', '2025-02-01')),
  ]
  const { draws } = booked(text, charges, day('2025-02-01'))
  // Of the month 72 hours are left for that day.
  const last = draws.filter(({ at }) => at >= day('2025-01-13'))
  assert.deepEqual(
    last.map(({ charge, hours }) => `${charge.replace(/@.*/, '')} ${hours}`),
    ['incumbent/z 72'],
  )
})

const rentals = fc.array(
  fc.record({
    accelerators: fc.integer({ min: 1, max: 24 }),
    from: fc.integer({ min: 0, max: 50 * 24 * 60 }),
    minutes: fc.integer({ min: 1, max: 60 * 24 * 60 }),
    runs: fc.boolean(),
  }),
  { maxLength: 8 },
)
const everything = `${use('interval: month, make_up_intervals: 2')}
- {kind: take_or_pay, id: hourly, to: 2025-01-15, quantity: 3 accelerators, accelerator: H100,
   interval: hour, price_per_hour: 2.50, make_up_intervals: 5}
- {kind: spend_commit, id: spend, total: $100000}
- {kind: prepay, id: ahead, form: prepay, amount: $50000, paid: 2025-01-20}\n`
const start = day('2025-01-01')
const now = day('2025-05-06') + 17 * 60_000

function chargesOf(
  drawn: readonly { accelerators: number; from: number; minutes: number; runs: boolean }[],
) {
  return drawn.map(({ accelerators, from: minute, minutes, runs }, index) => {
    const from = start + minute * 60_000
    const to = Math.min(now, from + minutes * 60_000)
    return rental(`r${index}`, accelerators, [from, runs ? null : to])
  })
}

it('[CL90] earned comes to used, lost and left, and the auditor reckons the same', () => {
  fc.assert(
    fc.property(rentals, (drawn) => {
      const charges = chargesOf(drawn)
      const { clauses, paid, draws, drawdown } = booked(everything, charges, now)
      for (const clause of clauses) {
        if (clause.kind !== 'take_or_pay') continue
        const found = creditsOf(clause, draws, { drawdown, now, accepted })
        assert.ok(found)
        const { earnedHours, usedHours, expiredHours, leftHours } = found
        assert.ok(Math.abs(earnedHours - usedHours - expiredHours - leftHours) < 0.001)
      }
      const byId = new Map(paid.map((part) => [part.id, part]))
      const told = draws.map(({ charge, clause, amount, hours, madeUp }): Told => {
        const part = byId.get(charge)
        assert.ok(part)
        const { from: at, to, amount: partAmount } = part
        const about = {
          of: 'commitment',
          clause,
          charge: charge.replace(/@.*/, ''),
          part: charge,
        } as const
        return {
          ...about,
          at,
          to,
          partAmount: BigInt(partAmount),
          amount,
          hours,
          isMadeUp: madeUp !== null,
        }
      })
      const contracts = [{ ...contract(everything), generation: 1 }]
      const evidence = { draws: told, charges, contracts, workloads: [], now }
      assert.deepEqual(hoursAddUp(evidence as unknown as Evidence), [])
    }),
    { numRuns: 30 },
  )
})

it('[CL91] cut day by day it is cut as it is at once', () => {
  fc.assert(
    fc.property(rentals, (drawn) => {
      // One that was never used has a part all the same.
      const charges = [...chargesOf(drawn), rental('none', 1, [start, start])]
      const { clauses } = contract(everything)
      const days = [...cutDays(charges, { clauses, now })]
      const order = new Map(charges.map((charge, index) => [charge, index]))
      const all = days.flat().sort((a, b) => {
        return (order.get(a.charge) ?? 0) - (order.get(b.charge) ?? 0) || a.from - b.from
      })
      assert.deepEqual(all, cutParts(charges, { clauses, now }))
      for (const parts of days) {
        assert.ok(new Set(parts.map(({ from }) => Math.floor(from / dayMs))).size <= 1)
      }
    }),
    { numRuns: 20 },
  )
})

it('[CL92] it is all the same whether it is drawn at once or day by day', () => {
  fc.assert(
    fc.property(rentals, fc.integer({ min: 0, max: 130 }), (drawn, days) => {
      const { clauses, paid, ...whole } = booked(everything, chargesOf(drawn), now)
      const at = start + days * dayMs
      const before = accountFrom(
        clauses,
        paid.filter(({ from }) => from < at),
        untouched,
      )
      const rest = paid.filter(({ from }) => from >= at)
      const after = accountFrom(clauses, rest, before.drawdown)
      assert.deepEqual([...before.draws, ...after.draws], whole.draws)
      assert.deepEqual([...before.prepaid, ...after.prepaid], whole.prepaid)
      assert.deepEqual(after.drawdown, whole.drawdown)
      const [shares, sum] = [new Map<string, bigint>(), (all: bigint, each: bigint) => all + each]
      for (const { charge, amount } of whole.draws) {
        shares.set(charge, sum(shares.get(charge) ?? 0n, amount))
      }
      for (const { id, amount } of paid) assert.ok((shares.get(id) ?? 0n) <= BigInt(amount))
    }),
    { numRuns: 30 },
  )
})
