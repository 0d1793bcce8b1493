/** Invoices beside the prices that contracts give: what was charged above them is not owed. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Charge } from '../../domain/charge.ts'
import { formatMoment } from '../../domain/day.ts'
import { formatUsd, sum } from '../../domain/money.ts'
import {
  april,
  block,
  charge,
  compared,
  contracts,
  hour,
  invoiceOf,
  may,
  paidAhead,
} from '../stage.test.ts'
import type { Comparison } from './compare.ts'

const usd = (micros: number) => formatUsd(micros)

function said({ line, rental, verdict, billed, charged }: Comparison): string {
  return `${line ?? '-'} ${rental} ${verdict} ${usd(billed)} of ${usd(charged)}`
}

const head = 'invoice,rental,amount,currency,from,to\n'
const line = (rental: string, amount: string) => `I,${rental},${amount},USD,2026-05-01,2026-06-01\n`
const of = (...lines: string[]) => invoiceOf(head + lines.join(''))

const rate = '  - { kind: price, id: rate, pricing: { form: fixed, price_per_hour: 1.00 } }'
const fixed = contracts(rate)
const two = [charge('r1', may, may + 2 * hour)]
const asked = (amount: string, history = fixed, charges: readonly Charge[] = two) => {
  const rows = compared({ charges, history, invoices: [of(line('r1', amount))] })
  const row = rows.find(({ rental }) => rental === 'r1')
  assert.ok(row)
  return [said(row), usd(row.aboveRate), row.rates.join()]
}

it('[FO30] what is charged above the price is not owed, and may be asked back', () => {
  assert.deepEqual(asked('20'), ['2 r1 dearer $20.00 of $16.00', '$4.00', 'msa/rate'])
  assert.deepEqual(asked('16'), ['2 r1 same $16.00 of $16.00', '$4.00', 'msa/rate'])
  assert.deepEqual(asked('12'), ['2 r1 cheaper $12.00 of $16.00', '$4.00', 'msa/rate'])
})

it('[FO30] who charges less than the price is owed what it charges', () => {
  const cheap = [charge('r1', may, may + 2 * hour, { pricePerHour: 7_000_000 })]
  assert.deepEqual(asked('14', fixed, cheap), ['2 r1 same $14.00 of $14.00', '$0.00', ''])
})

it('[FO30] what nobody asks for is missing at the price, and nothing was paid ahead twice', () => {
  const invoice = of(line('', '1'))
  const [missing] = compared({ charges: two, history: fixed, invoices: [invoice] })
  assert.ok(missing)
  assert.equal(said(missing), '- r1 not billed $0.00 of $16.00')
  const both = contracts(`${paidAhead}\n${rate}`)
  // All of it was paid ahead, as it was charged, so nothing is left to owe.
  assert.deepEqual(asked('0.00', both), ['2 r1 same $0.00 of $0.00', '$4.00', 'msa/rate'])
})

it('[FO30] is owed by tier and by day, however finely it is billed', () => {
  const tiers = contracts(`  - { kind: price, id: tiers, pricing: { form: tiered, tiers: [
      { accelerators: 0, price_per_hour: 1 }, { accelerators: 8, price_per_hour: 0.50 }] } }`)
  const charges = [charge('r0', may, may + hour), charge('r1', may + 1, may + 3 * hour + 1)]
  // The second stands above eight for an hour, and alone for two.
  const [row] = asked('30', tiers, charges)
  assert.equal(row, '2 r1 dearer $30.00 of $20.00')
  const at = (after: number) => formatMoment(may + after * hour)
  const parts = [0, 1, 2].map((each) => `I,r1,10,USD,${at(each)},${at(each + 1)}\n`)
  const rows = compared({ charges, history: tiers, invoices: [of(...parts)] })
  const owed = rows.filter(({ rental }) => rental === 'r1').map(({ charged }) => charged)
  assert.ok(Math.abs(sum(owed) - 20_000_000) < 10_000, `${owed}`)
})

it('[FO30] [FO19] what is made up costs nothing, and what is used beside it its price', () => {
  const history = contracts(`${block.replace('month }', 'month, make_up_intervals: 1 }')}\n${rate}`)
  const charges = [charge('r0', april, april + hour), charge('r1', may, may + 100 * hour)]
  const invoices = [of(line('r1', '1000'))]
  const now = Date.parse('2026-06-01')
  const [row] = compared({ charges, history, invoices, now })
  assert.ok(row)
  // Of 800 hours at $1.25 May pays for 744, at $1 each, and April for the last 56.
  assert.equal(said(row), '2 r1 dearer $1,000.00 of $744.00')
  assert.deepEqual([row.ahead, row.aboveRate].map(usd), ['$70.00', '$186.00'])
})
