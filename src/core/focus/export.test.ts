/** What is exported conforms, and its sums come to what was charged, paid ahead and asked for. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Charge, Invoice } from '../domain/charge.ts'
import { costOf, sum } from '../domain/money.ts'
import type { SupplierSpec } from '../domain/supplier.ts'
import { checkFocus } from './check.ts'
import { type FocusRow, focusCsv } from './rows.ts'
import {
  always,
  april,
  block,
  charge,
  compared,
  contracts,
  exported,
  hour,
  invoiceOf,
  type Ledger,
  may,
  paidAhead,
  spend,
} from './stage.test.ts'
import { commitmentRows, invoiceRows, periodRows } from './terms.ts'

const total = (rows: readonly FocusRow[], column: string) =>
  sum(rows.map((row) => Math.round(Number(row[column]) * 1_000_000)))

const june = Date.parse('2026-06-01')

const rate = '  - { kind: price, id: rate, pricing: { form: fixed, price_per_hour: 1.00 } }'
const tiers = `  - { kind: price, id: tiers, from: 2026-04-20, pricing: { form: tiered, tiers: [
      { accelerators: 0, price_per_hour: 1.10 }, { accelerators: 8, price_per_hour: 0.33 }] } }`
const isRental = ({ ResourceType: type }: FocusRow) => type === 'Rental'

/** All four datasets of a ledger, as tables. */
function tables({ charges, history = [], invoices = [], ...rest }: Ledger) {
  const { now = may } = rest
  const rows = {
    'cost-and-usage': exported({ charges, history, invoices, ...rest }),
    'contract-commitment': commitmentRows(history, now),
    'invoice-detail': invoiceRows('us', invoices, always),
    'billing-period': periodRows(charges, invoices, always, now),
  } as const
  const text = (name: keyof typeof rows) => focusCsv(name, rows[name])
  const faults = (Object.keys(rows) as (keyof typeof rows)[]).flatMap((name) => [
    ...checkFocus(name, text(name), name === 'cost-and-usage' ? text('invoice-detail') : null),
  ])
  return { rows, faults }
}

describe('export', () => {
  it('[FO1] conforms in all four datasets', () => {
    const history = contracts(`${paidAhead}\n${spend}\n${block}`)
    const charges = [
      charge('r1', may - hour, may + 3 * hour, { team: 'nlp', market: 'spot' }),
      charge('r2', may, may + hour, { account: 'waste', lease: null, workload: null }),
      charge('r3', may, may + hour, { accelerator: null, accelerators: null }),
    ]
    const invoice = invoiceOf(
      'invoice,rental,amount,currency,from,to\nI,r1,30,USD,2026-05-01,2026-06-01\n',
    )
    const { rows, faults } = tables({ charges, history, invoices: [invoice], now: june })
    assert.deepEqual(faults, [])
    assert.deepEqual(
      Object.values(rows).map((table) => table.length > 0),
      [true, true, true, true],
    )
  })

  it('[FO31] what a contract says that it costs stands beside what is charged', () => {
    const priced = (clauses: string, charges: readonly Charge[], now = june) => {
      const { rows, faults } = tables({ charges, history: contracts(clauses), now })
      assert.deepEqual(faults, [])
      return rows['cost-and-usage'].map((row) => {
        const { ChargePeriodStart: from, ContractedUnitPrice: price, ContractedCost: cost } = row
        return `${from?.slice(8, 16)} ${price} ${cost} of ${row.ListCost} ${row.BilledCost}`
      })
    }
    const twoHours = charge('r1', may, may + 2 * hour)
    assert.deepEqual(priced(rate, [twoHours]), ['01T00:00 8 16 of 20 20'])
    const cheap = { ...twoHours, pricePerHour: 7_000_000, amount: 14_000_000 }
    assert.deepEqual(priced(rate, [cheap]), ['01T00:00 7 14 of 14 14'])
    // The second stands above eight until the first is over.
    const first = charge('r0', may - 2 * hour, may + hour, { pricePerHour: 1, amount: 3 })
    const [, , ...second] = priced(tiers, [first, twoHours])
    assert.deepEqual(second, ['01T00:00 2.64 2.64 of 10 10', '01T01:00 8.8 8.8 of 10 10'])
  })

  it('[FO2] bills what was paid ahead once, and makes it effective as it is used', () => {
    const history = contracts(paidAhead)
    const [purchase, use] = exported({ charges: [charge('r1', may, may + 5 * hour)], history })
    assert.deepEqual([purchase?.BilledCost, purchase?.EffectiveCost], ['30', '0'])
    assert.deepEqual([use?.BilledCost, use?.EffectiveCost], ['20', '50'])
    const part = { ContractId: 'msa', ContractCommitmentId: 'msa/ahead' }
    assert.deepEqual(JSON.parse(use?.ContractApplied ?? ''), {
      Elements: [{ ...part, ContractCommitmentAppliedCost: 30 }],
    })
  })

  it('[FO2] nothing is billed before it is paid', () => {
    assert.deepEqual(exported({ charges: [], history: contracts(paidAhead), now: may - 1 }), [])
  })

  it('[FO7] [CL64] what was promised and not used is a row of its own after its span', () => {
    // Eight accelerators for ten hours: eighty of the 720 hours of April.
    const from = Date.parse('2026-04-10')
    const charges = [charge('r1', from, from + 10 * hour)]
    const history = contracts(block)
    const unused = (now: number) => {
      const rows = exported({ charges, history, now })
      return rows.filter(({ PricingUnit }) => PricingUnit === 'Shortfalls')
    }
    assert.deepEqual(unused(may - 1), [])
    const rows = unused(may)
    assert.deepEqual(
      rows.map(({ BilledCost, EffectiveCost, ResourceId }) => [
        BilledCost,
        EffectiveCost,
        ResourceId,
      ]),
      [['1280', '1280', 'msa/block']],
    )
    assert.deepEqual(checkFocus('cost-and-usage', focusCsv('cost-and-usage', rows)), [])
    const [first] = unused(june)
    assert.equal(first?.ChargePeriodStart, '2026-04-01T00:00:00Z')
  })

  it('[FO19] what is made up is not billed again, and costs what was paid for it', () => {
    const from = Date.parse('2026-04-10')
    const charges = [
      charge('r1', from, from + 10 * hour),
      charge('r2', may, may + 60 * hour),
      charge('r3', may + 60 * hour, may + 100 * hour),
    ]
    const history = contracts(block.replace('month }', 'month, make_up_intervals: 1 }'))
    const told = (now: number) => {
      const rows = exported({ charges, history, now })
      return rows.map(({ ResourceId: id, BilledCost: billed, EffectiveCost: cost }) => {
        return `${id} ${billed} ${cost}`
      })
    }
    // In April 640 hours go unused. In May the last 56 of 800 are made up, at $2 for $1.25 each.
    const [, ...days] = exported({ charges, history, now: june })
    assert.equal(total(days.filter(isRental), 'BilledCost'), 930_000_000)
    assert.equal(total(days.filter(isRental), 'EffectiveCost'), 1_042_000_000)
    assert.ok(told(june).includes('msa/block 1280 0'))
    assert.ok(told(june).includes('msa/block 0 1168'))
    assert.ok(!told(june - 1).includes('msa/block 0 1168'))
    assert.deepEqual(tables({ charges, history, now: june }).faults, [])
  })

  it('[FO19] an invoice that asks again for what is made up is dearer than it may be', () => {
    const from = Date.parse('2026-04-10')
    const charges = [charge('r1', from, from + 10 * hour), charge('r2', may, may + 100 * hour)]
    const history = contracts(block.replace('month }', 'month, make_up_intervals: 1 }'))
    const asked = (dollars: number) => {
      const head = 'invoice,rental,amount,currency,from,to\n'
      const text = `${head}I,r2,${dollars},USD,2026-05-01,2026-06-01\n`
      const [line] = compared({ charges, history, invoices: [invoiceOf(text, june)], now: june })
      return [line?.verdict, line?.charged, line?.ahead]
    }
    assert.deepEqual(asked(1_000), ['dearer', 930_000_000, 70_000_000])
    assert.deepEqual(asked(930), ['same', 930_000_000, 70_000_000])
  })

  it('[FO18] says what a supplier was to us when it was used', () => {
    const relations = [
      { relation: 'partner', from: null, to: may },
      { relation: 'rival', from: may, to: may + 2 * hour },
      { relation: 'investor', from: may + hour, to: null },
    ] as const
    const acme = { name: 'acme', relations } as unknown as SupplierSpec
    const at = (from: number) => {
      const charges = [charge('r1', from, from + 60_000)]
      const [row] = exported({ charges, now: may + 9 * hour, suppliers: [acme] })
      return row?.x_SupplierRelation
    }
    const hours = [-1, 0, 1, 2].map((each) => at(may + each * hour))
    assert.deepEqual(hours, ['partner', 'rival', 'rival investor', 'investor'])
  })

  it('[FO11] the host is the last of the chain, and the seller where it tells of none', () => {
    const hosts = { us: ['broker', 'landlord'], eu: ['barn'] }
    const acme = { name: 'acme', hosts } as unknown as SupplierSpec
    const hostOf = (region: string, suppliers: readonly SupplierSpec[]) => {
      const charges = [charge('r1', may, may + hour, { region })]
      return exported({ charges, suppliers })[0]?.HostProviderName
    }
    const all = ['us', 'eu', 'asia'].map((region) => hostOf(region, [acme]))
    assert.deepEqual(all, ['landlord', 'barn', 'acme'])
    assert.equal(hostOf('us', []), 'acme')
    const { region: _, ...nowhere } = charge('r1', may, may + hour)
    assert.equal(exported({ charges: [nowhere] })[0]?.HostProviderName, null)
  })

  it('[FO12] what was paid ahead and not used by its end becomes effective then', () => {
    const ends = paidAhead.replace(' }', ', to: 2026-06-01 }')
    const charges = [charge('r1', may, may + 2 * hour)]
    const lapsed = (now: number) =>
      exported({ charges, history: contracts(ends), now })
        .filter(({ ConsumedQuantity }) => ConsumedQuantity === '0')
        .map(({ BilledCost, EffectiveCost }) => [BilledCost, EffectiveCost])
    assert.deepEqual(lapsed(june - 1), [])
    assert.deepEqual(lapsed(june), [['0', '10']])
    const rows = exported({ charges, history: contracts(ends), now: june })
    assert.deepEqual([total(rows, 'BilledCost'), total(rows, 'EffectiveCost')], [30e6, 30e6])
  })

  it('[FO10] what lines ask for beyond what was charged are rows of their own', () => {
    const invoice = invoiceOf(`invoice,rental,category,amount,currency,from,to
I,r1,Usage,25,USD,2026-04-20,2026-06-01
I,r9,Usage,5,USD,2026-05-01,2026-06-01
I,,Tax,3,USD,2026-05-01,2026-06-01
I,,Credit,-4,USD,2026-05-01,2026-06-01
`)
    const charges = [charge('r1', may, may + 2 * hour), charge('r2', may, may + hour)]
    const rows = exported({ charges, invoices: [invoice], now: june })
    const told = rows.map((row) => {
      const { InvoiceDetailId: id, ChargeCategory: category, BilledCost: cost } = row
      return `${id ?? '-'} ${category} ${cost} of ${row.BillingPeriodStart?.slice(0, 7)}`
    })
    assert.deepEqual(told, [
      'I-2 Usage 20 of 2026-04',
      '- Usage 10 of 2026-05',
      'I-2 Adjustment 5 of 2026-04',
      'I-3 Adjustment 5 of 2026-04',
      'I-4 Tax 3 of 2026-04',
      'I-5 Credit -4 of 2026-04',
    ])
    // Of one month: what is on its invoices, and what is on none.
    const month = exported({ charges, invoices: [invoice] }, { from: may, to: june })
    assert.deepEqual(
      month.map(({ ResourceId }) => ResourceId),
      ['r2'],
    )
  })

  it('[FO17] every month of a supplier is a billing period, closed by its invoice', () => {
    const charges = [charge('r1', april, april + hour), charge('r2', may, may + hour)]
    const invoice = invoiceOf(
      'invoice,rental,amount,currency,from,to\nI,r1,10,USD,2026-04-01,2026-05-01\n',
    )
    const told = (span = always) =>
      periodRows(charges, [invoice], span, june).map((row) => {
        return `${row.BillingPeriodStart?.slice(0, 10)} ${row.BillingPeriodStatus}`
      })
    assert.deepEqual(told(), ['2026-04-01 Closed', '2026-05-01 Open'])
    assert.deepEqual(told({ from: may, to: june }), ['2026-05-01 Open'])
    // Whoever bills ahead has said nothing before the month began.
    const ahead = { ...invoice, from: may, importedAt: april }
    const [, month] = periodRows(charges, [ahead], always, june)
    assert.equal(month?.BillingPeriodLastUpdated, month?.BillingPeriodCreated)
  })
})

interface Drawn {
  readonly charges: readonly Charge[]
  readonly history: Ledger['history']
  readonly invoices: readonly Invoice[]
}

const day = 24 * hour

/** Charges of April and May under some contract, and invoices that are right, wrong, or both. */
const ledgers: fc.Arbitrary<Drawn> = fc
  .record({
    spans: fc.array(
      fc.record({
        from: fc.integer({ min: 0, max: 60 * day }).map((ms) => ms - (ms % 1_000)),
        span: fc.integer({ min: 0, max: 9 * day }).map((ms) => ms - (ms % 1_000)),
        price: fc.integer({ min: 1, max: 400_000_007 }),
        region: fc.constantFrom('us', undefined),
        accelerators: fc.constantFrom(8, null),
      }),
      { maxLength: 6 },
    ),
    clauses: fc.subarray([
      ...[paidAhead, paidAhead.replace(' }', ', to: 2026-05-20 }'), spend, block],
      ...[rate, tiers],
    ]),
    lines: fc.array(
      fc.record({
        rental: fc.constantFrom('r0', 'r1', 'r2', 'r9', ''),
        clause: fc.constantFrom('', 'msa/ahead', 'msa/block', 'msa/no'),
        category: fc.constantFrom('Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment'),
        cents: fc.integer({ min: -50_000, max: 500_000 }),
        from: fc.integer({ min: 0, max: 1_200 }),
        hours: fc.integer({ min: 0, max: 900 }),
        invoice: fc.constantFrom('I', 'J'),
      }),
      { maxLength: 8 },
    ),
  })
  .map(({ spans, clauses, lines }) => {
    const head = 'invoice,rental,commitment,category,amount,currency,from,to\n'
    const at = (hours: number) => new Date(april + hours * hour).toISOString().replace('.000', '')
    const texts = Map.groupBy(lines, ({ invoice }) => invoice)
    const invoices = [...texts.values()].map((all) => {
      const rows = all.map(({ invoice, rental, clause, category, cents, from, hours }) => {
        const amount = (cents / 100).toFixed(2)
        const about = `${invoice},${rental},${clause},${category},${amount},USD`
        return `${about},${at(from)},${at(from + hours)}\n`
      })
      return invoiceOf(head + rows.join(''))
    })
    const charges = spans.map(({ from, span, price, region, accelerators }, index) => {
      const { region: _, ...rest } = charge(`r${index}`, april + from, april + from + span, {
        ...{ pricePerHour: price, amount: costOf(price, span), accelerators },
      })
      return { ...rest, ...(region && { region }) }
    })
    const ids = clauses.map((text, index) => text.replace(/id: \w+/, `$&${index || ''}`))
    return { charges, history: clauses.length > 0 ? contracts(ids.join('\n')) : [], invoices }
  })

describe('export, of any ledger', () => {
  const now = Date.parse('2026-07-01')

  it('[FO1] [FO10] conforms, and comes to its invoices to the micro-dollar', () => {
    let [billed, adjusted] = [0, 0]
    fc.assert(
      fc.property(ledgers, (ledger) => {
        const { rows, faults } = tables({ ...ledger, now })
        assert.deepEqual(faults, [])
        for (const { number, lines } of ledger.invoices) {
          const of = rows['cost-and-usage'].filter(({ InvoiceId }) => InvoiceId === number)
          assert.equal(total(of, 'BilledCost'), sum(lines.map(({ amount }) => amount)))
          for (const { line, amount } of lines) {
            const here = of.filter((row) => row.InvoiceDetailId === `${number}-${line}`)
            assert.equal(total(here, 'BilledCost'), amount)
          }
          billed += of.filter(({ ChargeCategory }) => ChargeCategory === 'Usage').length
          adjusted += of.filter(({ ChargeCategory }) => ChargeCategory === 'Adjustment').length
        }
      }),
      { numRuns: 100 },
    )
    assert.ok(billed > 20 && adjusted > 20, `${billed} billed, ${adjusted} adjusted`)
  })

  it('[FO2] [FO3] costs come to the charges, to the prepayments and to the dues', () => {
    let [ahead, shortfalls] = [0, 0]
    fc.assert(
      fc.property(ledgers, ({ charges, history = [], invoices }) => {
        const rows = exported({ charges, history, invoices, now })
        const isOwn = ({ ChargeCategory: category, ResourceType: type }: FocusRow) => {
          return category === 'Usage' && type === 'Rental'
        }
        const rentals = rows.filter(isOwn)
        const charged = sum(charges.map(({ amount }) => amount))
        assert.equal(total(rentals, 'EffectiveCost'), charged)
        const purchases = rows.filter(({ ChargeCategory }) => ChargeCategory === 'Purchase')
        assert.ok(purchases.every(({ EffectiveCost }) => EffectiveCost === '0'))
        const used = charged - total(rentals, 'BilledCost')
        const lapsed = rows.filter(
          (row) => row.ResourceType === 'Prepayment' && !purchases.includes(row),
        )
        const left = total(purchases, 'BilledCost') - used - total(lapsed, 'EffectiveCost')
        // Only what has no end yet is still to be used.
        const endless = purchases.filter(
          ({ ChargePeriodEnd: end }) => end === '2027-01-01T00:00:00Z',
        )
        assert.ok(left >= 0 && (endless.length > 0 || left === 0), `${left} left`)
        const dues = rows.filter(({ ResourceType }) => ResourceType === 'Commitment')
        assert.equal(total(dues, 'EffectiveCost'), total(dues, 'BilledCost'))
        ahead += used > 0 ? 1 : 0
        shortfalls += dues.length
      }),
      { numRuns: 100 },
    )
    assert.ok(ahead > 10 && shortfalls > 10, `${ahead} paid ahead, ${shortfalls} not used`)
  })
})
