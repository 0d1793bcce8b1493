/** What is exported conforms; what does not is told; invoices are compared to the cent. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { account, bindingClauses } from '../contracts/money/account.ts'
import { type Due, dues } from '../contracts/money/dues.ts'
import type { Charge, Invoice } from '../domain/charge.ts'
import type { Contract } from '../domain/contract.ts'
import { costOf, sum } from '../domain/money.ts'
import { slices } from '../meter/slices.ts'
import { readContracts } from '../spec/read.ts'
import { checkFocus } from './check.ts'
import { compareInvoice, isBilledBy, readInvoice } from './invoice.ts'
import { type FocusRow, focusCsv } from './rows.ts'
import { commitmentRows, invoiceRows, periodRows } from './terms.ts'
import { usageRows } from './usage.ts'

const hour = 3_600_000
const may = Date.parse('2026-05-01')
const always = { from: 0, to: 4e12 }

function charge(rental: string, from: number, to: number, more: Partial<Charge> = {}): Charge {
  const pricePerHour = 10_000_000
  return {
    ...{ id: `acme/${rental}`, supplier: 'acme', rental, lease: 'train.0.1', workload: 'train' },
    ...{ account: 'usage', accelerator: 'H100', accelerators: 8, pricePerHour, from, to },
    ...{ amount: costOf(pricePerHour, to - from), region: 'us', market: 'on-demand' },
    ...more,
  }
}

function contracts(clauses: string): readonly Contract[] {
  const text = `
kind: Contract
name: msa
with: acme
form: MSA
bindingness: definitive
signed: 2026-01-01
from: 2026-01-01
to: 2027-01-01
source: letter
clauses:
${clauses}`
  const read = readContracts([{ file: 'msa.yaml', text }], {
    canonical: (name) => name,
    knownAccelerators: ['H100'],
  })
  assert.deepEqual(read.faults, [])
  return read.contracts
}

const paidAhead = '  - { kind: prepay, id: ahead, form: prepay, amount: $30, paid: 2026-05-01 }'
const spend = '  - { kind: spend_commit, id: spend, total: $1M }'

function exported(
  charges: readonly Charge[],
  history: readonly Contract[],
  now = may,
): readonly FocusRow[] {
  const parts = charges.flatMap((each) =>
    slices(each, each.to ?? 0).map((slice) => ({ ...slice, id: `${each.id}@${slice.from}` })),
  )
  const paid = parts.map(({ id, charge: of, from, to, amount }) => {
    return { ...of, id, from, to, amount }
  })
  const told = account(history, paid)
  const clauses = bindingClauses(history)
  const startOf = new Map(parts.map(({ id, from }) => [id, from]))
  const taken = told.draws.map((each) => ({ ...each, at: startOf.get(each.charge) ?? 0 }))
  const owed = dues(clauses, taken, { now, accepted: () => null })
  const input = { installation: 'us', parts, account: told, dues: owed, history }
  return usageRows(
    { ...input, suppliers: [], invoiceOf: () => null, invoiceOfDue: () => null },
    always,
  )
}

const total = (rows: readonly FocusRow[], column: string) =>
  sum(rows.map((row) => Math.round(Number(row[column]) * 1_000_000)))

describe('export', () => {
  it('[FO1] conforms in all four datasets', () => {
    const history = contracts(`${paidAhead}\n${spend}`)
    const charges = [
      charge('r1', may - hour, may + 3 * hour, { team: 'nlp', market: 'spot' }),
      charge('r2', may, may + hour, { account: 'waste', lease: null, workload: null }),
    ]
    const invoice = {
      ...{ supplier: 'acme', number: 'INV-7', from: may, to: may + 9 * hour, by: 'ann' },
      importedAt: may,
      lines: [{ line: 2, rental: 'r1', amount: 30_000_000, description: 'H100, a lot' }],
    }
    const tables = {
      'cost-and-usage': exported(charges, history),
      'contract-commitment': commitmentRows(history, may),
      'invoice-detail': invoiceRows('us', [invoice], always),
      'billing-period': periodRows(['acme'], [invoice], { from: may, to: may + hour }, may),
    } as const
    for (const [dataset, rows] of Object.entries(tables)) {
      const name = dataset as keyof typeof tables
      assert.ok(rows.length > 0, dataset)
      assert.deepEqual(checkFocus(name, focusCsv(name, rows)), [], dataset)
    }
  })

  it('[FO2] bills what was paid ahead once, and makes it effective as it is used', () => {
    const rows = exported([charge('r1', may, may + 5 * hour)], contracts(paidAhead))
    const [purchase, use] = rows
    assert.deepEqual([purchase?.BilledCost, purchase?.EffectiveCost], ['30', '0'])
    assert.deepEqual([use?.BilledCost, use?.EffectiveCost], ['20', '50'])
    assert.deepEqual(JSON.parse(use?.ContractApplied ?? ''), {
      Elements: [
        {
          ContractId: 'msa',
          ContractCommitmentId: 'msa/ahead',
          ContractCommitmentAppliedCost: 30,
        },
      ],
    })
  })

  it('[FO7] [CL64] what was promised and not used is a row of its own after its span', () => {
    const block = `  - { kind: take_or_pay, id: block, from: 2026-04-01, quantity: 1 accelerators,
      accelerator: H100, price_per_hour: 2.00, interval: month }`
    // Eight accelerators for ten hours: eighty of the 720 hours of April.
    const april = Date.parse('2026-04-10')
    const used = [charge('r1', april, april + 10 * hour)]
    const history = contracts(block)
    const unused = (now: number) => {
      const rows = exported(used, history, now)
      return rows.filter(({ PricingUnit }) => PricingUnit === 'Shortfalls')
    }
    assert.deepEqual(unused(may - 1), [])
    const rows = unused(may)
    assert.deepEqual(
      rows.map(({ BilledCost, EffectiveCost }) => [BilledCost, EffectiveCost]),
      [['1280', '1280']],
    )
    assert.deepEqual(checkFocus('cost-and-usage', focusCsv('cost-and-usage', rows)), [])
    const [first] = unused(Date.parse('2026-06-01'))
    assert.equal(first?.ChargePeriodStart, '2026-04-01T00:00:00Z')
  })

  it('[FO2] [FO3] billed and effective costs come to the charges, whatever was paid ahead', () => {
    const spans = fc.array(
      fc.record({
        from: fc.integer({ min: 0, max: 60 * 24 * hour }),
        span: fc.integer({ min: 0, max: 9 * 24 * hour }),
        price: fc.integer({ min: 1, max: 400_000_007 }),
      }),
      { maxLength: 8 },
    )
    const history = contracts(`${paidAhead}\n${spend}`)
    fc.assert(
      fc.property(spans, (all) => {
        const charges = all.map(({ from, span, price }, index) => {
          const end = may + from + span
          const more = { pricePerHour: price, amount: costOf(price, span) }
          return charge(`r${index}`, may + from, end, more)
        })
        const rows = exported(charges, history)
        const uses = rows.filter(({ ChargeCategory }) => ChargeCategory === 'Usage')
        const charged = sum(charges.map(({ amount }) => amount))
        assert.equal(total(uses, 'EffectiveCost'), charged)
        const ahead = Math.min(charged, 30_000_000)
        assert.equal(total(uses, 'BilledCost'), charged - ahead)
        assert.deepEqual(checkFocus('cost-and-usage', focusCsv('cost-and-usage', rows)), [])
      }),
      { numRuns: 50 },
    )
  })
})

describe('check', () => {
  const good = focusCsv('cost-and-usage', exported([charge('r1', may, may + hour)], []))
  const broken = (change: (text: string) => string) => {
    return checkFocus('cost-and-usage', change(good)).map(({ line, column }) => `${line} ${column}`)
  }

  it('[FO4] names the line and the column of a fault', () => {
    assert.deepEqual(
      broken((text) => text.replace('BilledCost', 'Billed')),
      ['1 BilledCost', '1 Billed'],
    )
    assert.deepEqual(
      broken((text) => text.replaceAll('USD', 'dollars')),
      ['2 BillingCurrency'],
    )
    assert.deepEqual(
      broken((text) => text.replace(',Usage,', ',Use,')),
      ['2 ChargeCategory'],
    )
    assert.deepEqual(
      broken((text) => text.replace('T01:00:00Z', 'T01:00:00')),
      ['2 ChargePeriodEnd'],
    )
  })

  it('[FO4] holds columns against each other', () => {
    assert.deepEqual(
      broken((text) => text.replace(/,10,10,/, ',11,10,')),
      ['2 ContractedCost'],
    )
    const applied = '"[{""ContractCommitmentID"":""a""}]"'
    const draft = focusCsv('cost-and-usage', [
      {
        ...(exported([charge('r1', may, may + hour)], [])[0] as FocusRow),
        ContractApplied: '{"Elements":[{"ContractId":"a","ContractCommitmentId":"b"}]}',
      },
    ])
    const faults = checkFocus('cost-and-usage', draft).map(({ column }) => column)
    assert.deepEqual(faults, ['ContractApplied'], applied)
  })
})

describe('invoices', () => {
  const head = 'invoice,rental,amount,currency,from,to\n'
  const line = (rental: string, amount: string) =>
    `INV-7,${rental},${amount},USD,2026-05-01,2026-06-01\n`
  const faultsOf = (text: string) => {
    const read = readInvoice(text, 'acme')
    return 'faults' in read ? read.faults.map(({ line: at, column }) => `${at} ${column}`) : []
  }

  it('[FO5] takes nothing of an invoice where anything is wrong', () => {
    assert.deepEqual(faultsOf(head + line('r1', '10.00')), [])
    assert.deepEqual(faultsOf('a,b\n1,2\n'), ['1 number, amount, currency, from, to'])
    assert.deepEqual(faultsOf(head + line('r1', '10').replace('USD', 'EUR')), ['2 currency'])
    assert.deepEqual(faultsOf(head + line('r1', 'ten')), ['2 amount'])
    assert.deepEqual(faultsOf(head + line('r1', '1') + line('r2', '1').replace('7', '8')), [
      '3 number',
    ])
    assert.deepEqual(faultsOf(head + line('r1', '1').replace('2026-06-01', '2026-04-01')), ['2 to'])
    const issued = `supplier,${head}bolt,${line('r1', '1')}`
    assert.deepEqual(faultsOf(issued), ['2 issuer'])
  })

  it('[FO6] is compared rental by rental, to the cent', () => {
    const text = head + line('r1', '10.004') + line('r2', '25') + line('r9', '5') + line('', '1')
    const read = readInvoice(text, 'acme')
    assert.ok('invoice' in read)
    const ours = [
      charge('r1', may, may + hour),
      charge('r2', may, may + 2 * hour),
      charge('r3', may, may + 3 * hour),
      charge('r4', may - 9 * hour, may - 8 * hour),
    ].flatMap((each) => slices(each, 0))
    const reckoned = { slices: ours, dues: [], clauses: [], earlier: [] }
    const told = compareInvoice(read.invoice, reckoned).map(
      ({ rental, verdict, billed, charged }) => {
        return `${rental || '-'} ${verdict} ${billed / 1e6} ${charged / 1e6}`
      },
    )
    assert.deepEqual(told, [
      'r3 not billed 0 30',
      'r2 differs 25 20',
      'r9 not ours 5 0',
      '- no rental 1 0',
      'r1 same 10.004 10',
    ])
  })

  it('[FO6] our own export, sent back as an invoice, agrees', () => {
    const charges = [charge('r1', may, may + 40 * hour), charge('r2', may, may + 2 * hour)]
    const rows = exported(charges, []).map((row) => ({ ...row, InvoiceId: 'INV-7' }))
    const read = readInvoice(focusCsv('cost-and-usage', rows), 'acme')
    assert.ok('invoice' in read)
    const ours = charges.flatMap((each) => slices(each, 0))
    const reckoned = { slices: ours, dues: [], clauses: [], earlier: [] }
    const compared = compareInvoice(read.invoice, reckoned)
    assert.deepEqual(
      compared.map(({ verdict }) => verdict),
      ['same', 'same'],
    )
  })

  const april = Date.parse('2026-04-01')
  const due: Due = {
    ...{ clause: 'msa/block', with: 'acme', from: april, to: may, accelerator: 'H100', hours: 640 },
    amount: 1_280_000_000n,
  }
  const promises = (lines: string, dues: readonly Due[] = [due]) => {
    const columns = 'invoice,rental,commitment,amount,currency,from,to\n'
    const read = readInvoice(`${columns}${lines}`, 'acme')
    assert.ok('invoice' in read)
    const used = slices(charge('r1', april + hour, april + 2 * hour), 0)
    const reckoned = { slices: used, dues, clauses: ['msa/block', 'msa/spend'], earlier: [] }
    return compareInvoice(read.invoice, reckoned).map(({ rental, clause, verdict }) => {
      return `${clause ?? rental} ${verdict}`
    })
  }
  const rented = 'I,r1,,10,USD,2026-04-01,2026-05-01\n'

  it('[FO8] holds what is asked for a promise against what is owed for its span', () => {
    const asked = (clause: string, amount: string, from = '2026-04-01', to = '2026-05-01') =>
      promises(`${rented}I,,${clause},${amount},USD,${from},${to}\n`)
    assert.deepEqual(asked('msa/block', '1280'), ['msa/block same', 'r1 same'])
    assert.deepEqual(asked('msa/block', '1300'), ['msa/block differs', 'r1 same'])
    assert.deepEqual(asked('msa/spend', '5'), [
      'msa/block not billed',
      'msa/spend differs',
      'r1 same',
    ])
    const foreign = ['msa/block not billed', 'other/block not ours', 'r1 same']
    assert.deepEqual(asked('other/block', '5'), foreign)
    assert.deepEqual(promises(rented), ['msa/block not billed', 'r1 same'])
    // Of May, when April is over and nothing is owed yet.
    const early = promises('I,,msa/block,9,USD,2026-05-01,2026-06-01\n')
    assert.deepEqual(early, ['msa/block differs'])
  })

  it('[FO9] tells what an earlier invoice asked for as well, though it agrees', () => {
    const columns = 'invoice,rental,commitment,amount,currency,from,to\n'
    const block = 'msa/block,1280,USD,2026-04-01,2026-05-01\n'
    const invoiceOf = (lines: string): Invoice => {
      const read = readInvoice(`${columns}${lines}`, 'acme')
      assert.ok('invoice' in read)
      return { ...read.invoice, supplier: 'acme', importedAt: may, by: 'ann' }
    }
    const again = invoiceOf(`J,r1,,10,USD,2026-04-01,2026-05-01\nJ,,${block}`)
    const used = slices(charge('r1', april + hour, april + 2 * hour), 0)
    const told = (...earlier: Invoice[]) => {
      const reckoned = { slices: used, dues: [due], clauses: ['msa/block'], earlier }
      return compareInvoice(again, reckoned).map(({ rental, clause, verdict, before }) => {
        return `${clause ?? rental} ${verdict} ${before ?? '-'}`
      })
    }
    assert.deepEqual(told(), ['msa/block same -', 'r1 same -'])
    assert.deepEqual(told(invoiceOf(`I,,${block}`)), ['msa/block billed twice I', 'r1 same -'])
    assert.deepEqual(told(invoiceOf(rented)), ['msa/block same -', 'r1 billed twice I'])
    const march = invoiceOf('I,r1,,10,USD,2026-03-01,2026-04-01\n')
    assert.deepEqual(told(march), ['msa/block same -', 'r1 same -'])
  })

  it('[FO8] what is owed for long before does not widen the span of the rentals', () => {
    const quarter = { ...due, from: Date.parse('2026-01-01'), to: april }
    const line = 'I,,msa/block,1280,USD,2026-01-01,2026-04-01\n'
    assert.deepEqual(promises(`${rented}${line}`, [quarter]), ['msa/block same', 'r1 same'])
  })

  it('[FO8] our own export of what was not used, sent back, agrees', () => {
    const block = `  - { kind: take_or_pay, id: block, from: 2026-04-01, quantity: 1 accelerators,
      accelerator: H100, price_per_hour: 2.00, interval: month }`
    const rows = exported([], contracts(block), may).map((row) => ({ ...row, InvoiceId: 'I' }))
    const read = readInvoice(focusCsv('cost-and-usage', rows), 'acme')
    assert.ok('invoice' in read)
    const whole = { ...due, amount: 1_440_000_000n }
    const reckoned = { slices: [], dues: [whole], clauses: ['msa/block'], earlier: [] }
    assert.deepEqual(
      compareInvoice(read.invoice, reckoned).map(({ clause, verdict }) => `${clause} ${verdict}`),
      ['msa/block same'],
    )
    assert.ok(isBilledBy(read.invoice, whole))
    assert.ok(!isBilledBy(read.invoice, { ...whole, to: may + hour }))
  })
})
