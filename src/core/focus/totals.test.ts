/** What holds over a whole table and between two, each rule broken alone. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkFocus } from './check.ts'
import { type FocusRow, focusCsv } from './rows.ts'
import { bought, commitment, detail, end, told, unused, used } from './tables.test.ts'

describe('over a table', () => {
  it('[FC30] what a provider gives one name has one parent', () => {
    const other = { ...used, SkuId: 'H200', ServiceCategory: 'Storage' }
    const apart = { ...other, ServiceSubcategory: 'File Storage', CommitmentDiscountUnit: 'Hours' }
    assert.deepEqual(told('cost-and-usage', used, apart), [
      'SkuId: H100, as above for SkuPriceId acme/H100',
      'ServiceCategory: Compute, as above for ServiceName Accelerators',
      'CommitmentDiscountUnit: USD, as above for CommitmentDiscountId plan',
    ])
    assert.deepEqual(told('cost-and-usage', used, { ...apart, ServiceProviderName: 'bolt' }), [])
    assert.deepEqual(
      told('contract-commitment', commitment, { ...commitment, ContractId: 'sow' }),
      ['ContractId: msa, as above for ContractCommitmentId msa/spend'],
    )
  })

  it('[FC31] the lines of an invoice have names of their own', () => {
    assert.deepEqual(told('invoice-detail', detail, detail), [
      'InvoiceDetailId: an id that the invoice has once',
    ])
    assert.deepEqual(told('invoice-detail', detail, { ...detail, InvoiceId: 'J' }), [])
    assert.deepEqual(told('invoice-detail', { ...detail, PaymentCurrencyInvoiceDetailId: 'I-9' }), [
      'PaymentCurrencyInvoiceDetailId: the InvoiceDetailId of a line of this invoice',
    ])
  })

  it('[FC32] what was used and not used of a commitment comes to what was billed for it', () => {
    assert.deepEqual(told('cost-and-usage', bought, used, unused), [])
    const expected = ['EffectiveCost: 3, its BilledCost']
    assert.deepEqual(told('cost-and-usage', bought, used), expected)
    const less = { ...unused, EffectiveCost: '0.99999' }
    assert.deepEqual(told('cost-and-usage', bought, used, less), expected)
    const written = { ...unused, EffectiveCost: '0.1E1' }
    assert.deepEqual(told('cost-and-usage', { ...bought, BilledCost: '30e-1' }, used, written), [])
    const close = { ...unused, EffectiveCost: '0.9999995' }
    assert.deepEqual(told('cost-and-usage', bought, used, close), [])
    // A month of a year comes to no sum, and neither does what was bought before.
    const year = { ...bought, ChargePeriodEnd: '2027-05-01T00:00:00Z' }
    assert.deepEqual(told('cost-and-usage', year, used), [])
    const since = { ...bought, ChargePeriodStart: '2026-04-01T00:00:00Z' }
    assert.deepEqual(told('cost-and-usage', since, used), [])
    assert.deepEqual(told('cost-and-usage', used), [])
  })

  const sums = (rows: readonly FocusRow[], details: readonly FocusRow[]) => {
    const table = focusCsv('cost-and-usage', rows)
    return checkFocus('cost-and-usage', table, focusCsv('invoice-detail', details)).map(
      ({ line, column, found, expected }) => `${line} ${column}: ${found}; ${expected}`,
    )
  }

  it('[FC33] charges come to what their invoices ask, in all and line by line', () => {
    const rows = [bought, used, unused]
    assert.deepEqual(sums(rows, [detail]), [])
    // The specification lets them be a dollar apart, and an invoice that is not issued more.
    assert.deepEqual(sums(rows, [{ ...detail, BilledCost: '4' }]), [])
    const dearer = { ...detail, BilledCost: '4.01' }
    assert.deepEqual(sums(rows, [dearer]), [
      '2 BilledCost: 3 in all; 4.01, as the lines of invoice I come to',
      '2 BilledCost: 3 in all; 4.01, as the lines of invoice I, line I-1 come to',
    ])
    assert.deepEqual(sums(rows, [{ ...dearer, InvoiceIssueStatus: 'Open' }]), [])
    const [one, two] = [
      { ...detail, BilledCost: '1' },
      { ...detail, BilledCost: '2' },
    ]
    const second = { ...two, InvoiceDetailId: 'I-2' }
    assert.deepEqual(sums(rows, [one, second]), [
      '2 BilledCost: 3 in all; 1, as the lines of invoice I, line I-1 come to',
      '1 BilledCost: 0 in all; 2, as the lines of invoice I, line I-2 come to',
    ])
    const levied = { ...detail, InvoiceDetailId: 'I-3', ChargeCategory: 'Tax', BilledCost: '9' }
    assert.deepEqual(sums(rows, [detail, levied]), [])
    const none = { InvoiceId: null, InvoiceDetailId: null }
    assert.deepEqual(
      sums(
        rows.map((row) => ({ ...row, ...none })),
        [],
      ),
      [],
    )
  })

  it('[FC34] charges lie in the billing period of their invoice', () => {
    const later = '2026-07-01T00:00:00Z'
    const may = '2026-05-01T00:00:00Z; 2026-04-01T00:00:00Z'
    const earlier = { ...detail, BillingPeriodStart: '2026-04-01T00:00:00Z' }
    assert.deepEqual(sums([bought], [earlier]), [
      `2 BillingPeriodStart: ${may}, as its invoice has it`,
    ])
    const long = { ...detail, BillingPeriodEnd: later }
    assert.deepEqual(sums([bought], [long]), [
      `2 BillingPeriodEnd: ${end}; ${later}, as its invoice has it`,
    ])
  })

  it('[FO4] tells a thousand faults at most', () => {
    const rows = Array.from({ length: 600 }, () => ({ ...used, ListCost: 'x', BilledCost: 'y' }))
    assert.equal(told('cost-and-usage', ...rows).length, 1_000)
  })
})
