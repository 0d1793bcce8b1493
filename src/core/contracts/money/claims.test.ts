/** Who draws what, who owes what back, and what may come. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { it } from 'node:test'
import fc from 'fast-check'
import { dayMs, formatDay } from '../../domain/day.ts'
import { amountOf, formatAmount } from '../amount.ts'
import { clauseOf, contract, day } from '../draw.test.ts'
import { bindingClauses } from './account.ts'
import { commitments } from './commitments.ts'
import { backstop, optionValue } from './contingent.ts'
import { type DrawnCharge, draw } from './draw.ts'
import { claimed } from './drawdown/takers.ts'
import { exitCost, noticeDeadline, salvage } from './exit.ts'
import { exposures, lapses, overLimit } from './exposure.ts'
import { mfnClaim, type PaidLine } from './mfn.ts'

const { clauses } = contract(`- kind: take_or_pay
  quantity: 1 accelerators
  accelerator: H100
  interval: month
  price_per_hour: 2.00
- {kind: spend_commit, id: early, to: 2026-01-01, total: $2000}
- {kind: spend_commit, id: late, total: $3000}`)

const charge: DrawnCharge = {
  id: 'c1',
  ...{ at: day('2025-02-10'), since: day('2025-02-10') },
  supplier: 'incumbent',
  accelerator: 'H100',
  hours: 1_000,
  amount: amountOf(3_000),
  facts: {},
}
const accepted = () => null

it('[CL48] a charge draws hours first, then what ends first, and each part of it once', () => {
  const told = (each: DrawnCharge) => {
    return draw(claimed(clauses, [each]), { accepted }).draws.map(({ clause, hours, amount }) => {
      return `${clause} ${hours} ${formatAmount(amount)}`
    })
  }
  assert.deepEqual(told(charge), ['deal/take-or-pay 672 $2,016.00', 'deal/early 0 $984.00'])
  assert.deepEqual(told({ ...charge, at: day('2026-02-10'), accelerator: 'A100' }), [
    'deal/late 0 $3,000.00',
  ])
  assert.deepEqual(told({ ...charge, supplier: 'rival' }), [])
})

it('[CL4] a commitment that was changed is drawn on and told once, as it was changed', () => {
  const changed = contract(`- {kind: spend_commit, id: spend, total: $5M}
- {kind: spend_commit, id: spend, total: $6M, recorded: 2025-06-01}
- {kind: prepay, id: ahead, form: prepay, amount: $1M, paid: 2025-02-01}`)
  const told = bindingClauses([changed]).map((each) => {
    return each.kind === 'spend_commit' ? each.totalDollars : each.id
  })
  assert.deepEqual(told, ['ahead', 6_000_000])
})

it('[CL48] no commitment gives more than it has, and no charge is drawn beyond itself', () => {
  const any = fc.record({
    days: fc.integer({ min: 0, max: 700 }),
    hours: fc.integer({ min: 0, max: 900 }),
    dollars: fc.integer({ min: 0, max: 2_000 }),
  })
  fc.assert(
    fc.property(fc.array(any, { maxLength: 12 }), (drawn) => {
      const charges = drawn.map(({ days, hours, dollars }, index) => {
        const at = day('2025-01-01') + days * dayMs
        return { ...charge, id: `c${index}`, at, hours, amount: amountOf(dollars) }
      })
      const { draws } = draw(claimed(clauses, charges), { accepted })
      for (const { id, hours, amount } of charges) {
        const ours = draws.filter((each) => each.charge === id)
        assert.ok(ours.reduce((sum, each) => sum + each.amount, 0n) <= amount)
        assert.ok(ours.reduce((sum, each) => sum + each.hours, 0) <= hours)
      }
      const spent = (id: string) => {
        const ours = draws.filter(({ clause }) => clause === `deal/${id}`)
        return ours.reduce((sum, { amount }) => sum + amount, 0n)
      }
      assert.ok(spent('early') <= amountOf(2_000) && spent('late') <= amountOf(3_000))
      const hours = draws.reduce((sum, each) => sum + each.hours, 0)
      assert.ok(hours <= 24 * 31 * 24)
      assert.deepEqual(draw(claimed(clauses, [...charges].reverse()), { accepted }).draws, draws)
    }),
  )
})

const hash = (text: string) => createHash('sha256').update(text).digest('hex')
const mfn = clauseOf(
  'price',
  '- {kind: price, pricing: {form: mfn, tolerance: 10%, comparators: [rival, ally]}}',
)
const line = (supplier: string, perHour: number, id = supplier): PaidLine => {
  return { id, supplier, accelerator: 'H100', region: 'us', perHour, hours: 100 }
}

it('[CL49] a broken promise of the best price is claimed without telling who was cheaper', () => {
  const claim = (...others: readonly PaidLine[]) => {
    return mfnClaim(mfn, [line('incumbent', 2_200_000, 'i1'), ...others], { nonce: 'n', hash })
  }
  assert.equal(claim(line('rival', 2_000_000)), null)
  assert.equal(claim(line('stranger', 1_000_000)), null)
  const broken = claim(line('rival', 1_500_000, 'secret-7'))
  assert.equal(formatAmount(broken?.overpaid ?? 0n), '$70.00')
  assert.ok(
    !/rival|secret-7/.test(JSON.stringify({ ...broken, lines: broken?.lines.length, overpaid: 0 })),
  )
  const { digest: _a, ...byRival } = broken ?? { digest: '' }
  const { digest: _b, ...byAlly } = claim(line('ally', 1_500_000, 'other-9')) ?? { digest: '' }
  assert.deepEqual(byRival, byAlly)
})

it('[CL50] at risk is what a supplier holds of ours, less what a guarantor stands for', () => {
  const held = contract(`- {kind: prepay, form: prepay, amount: $1000, paid: 2025-01-01}
- {kind: prepay, id: loan, form: loan, amount: $500, paid: 2025-06-01}
- {kind: credit_support, guarantor: bank, amount: $300}`).clauses
  const told = (at: string) => {
    return exposures(held, { used: { 'deal/prepay': amountOf(400) } }, day(at)).map((each) => {
      return [each.supplier, ...[each.held, each.supported, each.atRisk].map(formatAmount)].join(
        ' ',
      )
    })
  }
  assert.deepEqual(told('2025-02-01'), ['incumbent $600.00 $300.00 $300.00'])
  assert.deepEqual(told('2025-07-01'), ['incumbent $1,100.00 $300.00 $800.00'])
  const over = (dollars: number) => {
    const limits = [{ supplier: 'incumbent', max: dollars * 1_000_000 }]
    const found = overLimit(held, { used: {} }, limits, day('2025-02-01'))
    return found && [formatAmount(found.atRisk), found.at]
  }
  // Hours that were paid for and not used are at risk while they may be made up.
  const left = { clause: 'deal/hours', with: 'incumbent', hours: 10, until: day('2025-03-01') }
  const credits = [{ ...left, paid: amountOf(70) }]
  const withHours = (at: string) => exposures(held, { used: {}, credits }, day(at))[0]?.atRisk
  assert.deepEqual(
    ['2025-02-28', '2025-03-01'].map((at) => formatAmount(withHours(at) ?? 0n)),
    ['$770.00', '$700.00'],
  )
  // A guarantor stands for nothing before its day.
  const later = held.map((each) => ({ ...each, from: day('2025-03-01') }))
  const supported = (at: string) =>
    exposures(later, { used: {} }, day(at)).map((each) => each.supported)
  assert.deepEqual([supported('2025-02-28'), supported('2025-03-01')], [[0n], [300_000_000n]])
  // Each for itself, and nothing that is over.
  const theirs = held.map((each) => ({ ...each, with: 'rival', to: day('2025-06-15') }))
  const both = (at: string) =>
    exposures([...theirs, ...held], { used: {} }, day(at)).map(({ supplier, atRisk }) => {
      return `${supplier} ${formatAmount(atRisk)}`
    })
  assert.deepEqual(both('2025-06-14'), ['incumbent $1,200.00', 'rival $1,200.00'])
  assert.deepEqual(both('2025-06-15'), ['incumbent $1,200.00'])
  const limited = (supplier: string) => {
    const limits = [
      { supplier: 'nobody', max: 0 },
      { supplier, max: 1_000_000_000 },
    ]
    return overLimit([...held, ...theirs], { used: {} }, limits, day('2025-02-01'))?.supplier
  }
  assert.deepEqual(['rival', 'incumbent', 'nobody'].map(limited), ['rival', 'incumbent', undefined])
  assert.deepEqual(over(699), ['$700.00', day('2025-02-01')])
  assert.deepEqual(over(700), ['$1,200.00', day('2025-06-01')])
  assert.equal(over(1_200), null)
})

it('[CL73] support that ends before what it stands for is told while its end is near', () => {
  const prepay = '- {kind: prepay, form: prepay, amount: $1000, paid: 2025-01-01}\n'
  const bank = '- {kind: credit_support, id: bank, guarantor: bank, amount: $300, to: 2025-06-30}\n'
  const told = (more: string, at: string, used = 400) => {
    const held = contract(prepay + bank + more).clauses
    return lapses(held, { used: { 'deal/prepay': amountOf(used) } }, day(at)).map((each) => {
      return `${each.clause.id} ${formatDay(each.at)} ${formatAmount(each.atRisk)}`
    })
  }
  assert.deepEqual(told('', '2025-03-31'), [])
  assert.deepEqual(told('', '2025-04-01'), ['bank 2025-06-30 $600.00'])
  assert.deepEqual(told('', '2025-06-29'), ['bank 2025-06-30 $600.00'])
  assert.deepEqual(told('', '2025-06-30'), [])
  // Nothing is left that it would stand for.
  assert.deepEqual(told('', '2025-06-01', 1_000), [])
  const other = (more: string) => {
    return told(`- {kind: credit_support, id: other, guarantor: fund, ${more}}`, '2025-06-01')
  }
  assert.deepEqual(other('amount: $200'), ['bank 2025-06-30 $400.00'])
  assert.deepEqual(other('amount: $600'), [])
  // Who takes its place stands for as much, or for less.
  assert.deepEqual(other('amount: $300, from: 2025-06-30'), [])
  assert.deepEqual(other('amount: $299, from: 2025-06-30'), ['bank 2025-06-30 $301.00'])
})

it('[CL51] an option is worth what its futures come to, a backstop costs its cap', () => {
  const option = clauseOf(
    'expansion_option',
    `- {kind: expansion_option, quantity: 100 accelerators, accelerator: H100,
   strike_per_hour: 2.00, term: 10 days}`,
  )
  const value = optionValue(option, [
    { likelyPpm: 500_000, pricePerHour: 3_000_000, accelerators: 50 },
    { likelyPpm: 500_000, pricePerHour: 1_000_000, accelerators: 500 },
  ])
  assert.equal(formatAmount(value ?? 0n), '$6,000.00')
  const duty = clauseOf(
    'backstop_purchase',
    '- {kind: backstop_purchase, cap: $6.3B, quantity: 1000 accelerators, accelerator: H100}',
  )
  const { worst, accelerators } = backstop(duty)
  assert.equal(formatAmount(worst), '$6.3B')
  assert.equal(accelerators, 1_000)
})

it('[CL52] of the ways out the best is taken, and notices have their last day', () => {
  const ways = contract(
    `- {kind: cancel_resale_pause, notice: 5 days, resale: 40%, pause: 10%}
- {kind: term_end, notice: 90 days, exit_fee: 50%}`,
  )
  const [now, until] = [day('2025-03-01'), day('2025-03-16')]
  const unwanted = { supplier: 'incumbent', facts: {}, pricePerHour: 10_000_000, now, until }
  const best = salvage(ways.clauses, unwanted)
  assert.deepEqual([best.way, formatAmount(best.amount)], ['resale', '$960.00'])
  assert.equal(salvage(ways.clauses, { ...unwanted, supplier: 'rival' }).way, 'none')
  const end = ways.clauses.find((each) => each.kind === 'term_end')
  assert.ok(end?.kind === 'term_end')
  assert.equal(formatDay(noticeDeadline(end) ?? 0), '2027-10-03')
  assert.equal(exitCost(end, amountOf(10)), amountOf(5))
})

it('[CL53] commitments are told in the words of FOCUS, with where they stand', () => {
  const deal = contract(`- {kind: spend_commit, total: $5M}
- {kind: take_or_pay, from: 2026-01-01, quantity: 8 accelerators, accelerator: H100,
   interval: month, price_per_hour: 2.00}`)
  const told = (at: string, exhausted: readonly string[] = []) => {
    return commitments([deal], day(at), exhausted).map(({ id, category, model, lifecycle }) => {
      return [id, category, model, lifecycle].join(' ')
    })
  }
  assert.deepEqual(told('2025-06-01'), [
    'deal/spend-commit Spend Discontinuous Active',
    'deal/take-or-pay Usage Continuous Pending',
  ])
  assert.match(told('2025-06-01', ['deal/spend-commit'])[0] ?? '', /Exhausted$/)
  assert.match(told('2028-06-01')[1] ?? '', /Expired$/)
})

it('[CL53] a commitment is told once, as recorded last, also where it is only left out', () => {
  const both = contract(`- {kind: spend_commit, total: $5M}
- {kind: spend_commit, total: $7M, recorded: 2025-06-01}`)
  const less = { ...contract('- {kind: rofo}'), generation: 2, recordedAt: day('2025-09-01') }
  const told = (at: string) => {
    return commitments([both, less], day(at)).map(({ id, costDollars }) => `${id} ${costDollars}`)
  }
  assert.deepEqual(told('2025-05-31'), ['deal/spend-commit 5000000'])
  assert.deepEqual(told('2025-06-01'), ['deal/spend-commit 7000000'])
  assert.deepEqual(told('2025-09-02'), ['deal/spend-commit 7000000'])
})
