/** The head and the values of a table, each rule broken alone. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkFocus } from './check.ts'
import { columnsOf, type Dataset, datasets } from './columns.ts'
import { categoryOf, currencies } from './lists.ts'
import { focusCsv } from './rows.ts'
import {
  applied,
  bought,
  broken,
  brokenTerms,
  credit,
  detail,
  good,
  period,
  start,
  tax,
  told,
  unused,
  used,
} from './tables.test.ts'

describe('a table that conforms', () => {
  it('[FC1] has every column of the specification, and no fault', () => {
    const count = datasets.map((dataset) => columnsOf[dataset].length)
    assert.deepEqual(count, [65, 30, 22, 6])
    for (const dataset of datasets) {
      const own = Object.keys(good[dataset]).filter((name) => !name.startsWith('x_'))
      const names = columnsOf[dataset].map(({ name }) => name)
      assert.deepEqual(own.sort(), names.sort())
      assert.deepEqual(told(dataset, good[dataset]), [])
    }
    assert.deepEqual(told('cost-and-usage', used, unused, bought, tax, credit), [])
  })
})

describe('the head', () => {
  const text = focusCsv('billing-period', [period])
  const said = (change: (text: string) => string) =>
    checkFocus('billing-period', change(text)).map(({ line, column, found }) => {
      return `${line} ${column}: ${found}`
    })

  it('[FC1] has every column that has to be there', () => {
    for (const dataset of datasets) {
      const rows = focusCsv(dataset, [good[dataset]])
      for (const { name, level } of columnsOf[dataset]) {
        const without = rows.replace(new RegExp(`(^|,)${name}(?=,|\r)`), `$1x_Other`)
        const faults = checkFocus(dataset, without).filter(({ line }) => line === 1)
        const missing = faults.filter(({ found }) => found === 'no such column')
        const expected = level === 'required' ? [name] : []
        assert.deepEqual(
          missing.map(({ column }) => column),
          expected,
          name,
        )
      }
    }
  })

  it('[FC2] has no other columns than those of FOCUS, and those that begin with x_', () => {
    assert.deepEqual(
      said((whole) => whole.replace('InvoiceIssuerName', 'InvoiceIssuerName,Own')),
      ['1 Own: the column Own', '2 BillingPeriodCreated: 6 values'],
    )
    const cased = said((whole) => whole.replace('InvoiceIssuerName', 'invoiceissuername'))
    assert.deepEqual(cased, [
      '1 InvoiceIssuerName: no such column',
      '1 invoiceissuername: the column invoiceissuername',
    ])
  })

  it('[FC3] has custom columns after all others', () => {
    const swapped = said((whole) =>
      whole.replace('BillingPeriodCreated', 'x_Own,BillingPeriodCreated').replace(/\n2/, '\n,2'),
    )
    assert.deepEqual(
      swapped,
      columnsOf['billing-period'].map(({ name }) => `1 ${name}: a column after custom ones`),
    )
  })

  it('[FC4] has every column once', () => {
    const twice = said((whole) =>
      whole.replace(/\r\n/, ',InvoiceIssuerName\r\n').replace(/acme/, 'acme,acme'),
    )
    assert.deepEqual(twice, ['1 InvoiceIssuerName: the column twice'])
  })

  it('[FC5] has as many names as each row has values', () => {
    const wide = said((whole) => whole.replace('acme', 'acme,'))
    assert.deepEqual(wide, ['2 BillingPeriodCreated: 7 values'])
    const short = said((whole) => whole.replace(',acme', ''))
    assert.deepEqual(short, ['2 BillingPeriodCreated: 5 values', '2 InvoiceIssuerName: nothing'])
  })
})

describe('a value', () => {
  it('[FC6] is there in every column that may not be null', () => {
    for (const dataset of datasets) {
      for (const { name, mayBeNull } of columnsOf[dataset]) {
        const faults = told(dataset, { ...good[dataset], [name]: null })
        assert.equal(faults.includes(`${name}: a value`), !mayBeNull, name)
      }
    }
  })

  const wrong: Readonly<Record<string, readonly string[]>> = {
    text: [],
    decimal: ['1,5', '$1', '1.', '.5', 'NaN', '0x1', '1e999'],
    amount: ['-1', 'one', '-0.5'],
    ratio: ['1.1', '-0.1', '20%'],
    moment: ['2026-05-01', '2026-02-30T00:00:00Z', '2026-05-01T24:00:00Z', start.slice(0, -1)],
    pairs: ['[]', '{"a":{}}', '{"a":[1]}', '{', '7'],
    object: ['[]', '{', '"a"', 'null'],
    currency: ['usd', 'USDT', 'ZZZ', '$'],
  }

  it('[FC8] [FC9] [FC10] [FC12] [FC13] has the type of its column', () => {
    for (const dataset of datasets) {
      for (const { name, type } of columnsOf[dataset]) {
        for (const value of [' a', 'a ', ...(wrong[type] ?? [])]) {
          const faults = told(dataset, { ...good[dataset], [name]: value })
          const own = faults.filter((fault) => fault.startsWith(`${name}: `))
          assert.equal(own.length, 1, `${name} ${value}: ${own}`)
        }
      }
    }
  })

  it('[FC7] has no blanks around it', () => {
    assert.deepEqual(broken({ ChargeDescription: ' H100' }), [
      'ChargeDescription: no blanks around it',
    ])
  })

  it('[FC8] is a number as programs write them', () => {
    for (const fine of ['-12', '0.000001', '1.2E5', '3e-7']) {
      assert.deepEqual(told('invoice-detail', { ...detail, BilledCost: fine }), [])
    }
    const isDecimal = 'BilledCost: a decimal such as 12.5'
    assert.deepEqual(told('invoice-detail', { ...detail, BilledCost: '1,5' }), [isDecimal])
    const negative = broken({ ListUnitPrice: '-3', ListCost: '-12' })
    assert.deepEqual(negative, ['ListUnitPrice: a decimal from 0 on'])
    assert.deepEqual(brokenTerms({ ContractCommitmentDiscountPercentage: '20' }), [
      'ContractCommitmentDiscountPercentage: a decimal from 0 to 1',
    ])
  })

  it('[FC10] is a currency of a country where something is billed or paid', () => {
    const expected = 'a currency of ISO 4217 such as USD'
    assert.deepEqual(broken({ BillingCurrency: 'Tokens' }), [`BillingCurrency: ${expected}`])
    const paid = told('invoice-detail', { ...detail, PaymentCurrency: 'ABC' })
    assert.deepEqual(paid, [`PaymentCurrency: ${expected}`])
    for (const code of currencies) assert.deepEqual(broken({ BillingCurrency: code }), [])
    assert.equal(currencies.size, 178)
  })

  it('[FC11] is one of those that are allowed', () => {
    for (const dataset of datasets) {
      for (const { name, allowed } of columnsOf[dataset]) {
        if (allowed.length === 0) continue
        const faults = told(dataset, { ...good[dataset], [name]: 'Else' })
        const most = allowed.length > 20 ? 'one of the allowed values' : allowed.join(', ')
        assert.ok(
          faults.some((fault) => fault.startsWith(`${name}: `) && fault.endsWith(most)),
          `${name}: ${faults}`,
        )
      }
    }
    assert.equal(categoryOf.size, 82)
    assert.equal(new Set(categoryOf.values()).size, 19)
  })
})

describe('JSON', () => {
  const fault = (column: string, value: unknown, dataset: Dataset = 'cost-and-usage') =>
    told(dataset, { ...good[dataset], [column]: JSON.stringify(value) }).map((each) =>
      each.replace(`${column}: `, ''),
    )
  const cost = { ContractCommitmentAppliedCost: 2 }
  const quantity = { ContractCommitmentAppliedQuantity: 2, ContractCommitmentAppliedUnit: 'Hours' }
  const elements = (...all: object[]) => fault('ContractApplied', { Elements: all })

  it('[FC13] says of a contract a cost, or a quantity with its unit, and never both', () => {
    for (const fine of [
      { ...applied, ...cost },
      { ...applied, ...quantity },
      { ...applied, ...cost, ContractCommitmentAppliedQuantity: null, x_Own: 1 },
    ]) {
      assert.deepEqual(elements(fine), [])
    }
    const either = 'Elements: at 1, either a cost, or a quantity with its unit'
    const { ContractCommitmentAppliedUnit: _, ...bare } = quantity
    for (const wrong of [{}, { ...cost, ...quantity }, bare]) {
      assert.deepEqual(elements({ ...applied, ...wrong }), [either])
    }
    const named = 'Elements: at 2, ContractId, which has to be there'
    assert.deepEqual(elements({ ...applied, ...cost }, cost), [named])
    const number = { ...applied, ContractCommitmentAppliedCost: '2' }
    assert.deepEqual(elements(number), ['Elements: at 1, ContractCommitmentAppliedCost: a number'])
    assert.deepEqual(elements(), ['Elements: a list that is not empty'])
    assert.deepEqual(fault('ContractApplied', [applied]), ['a JSON object'])
  })

  it('[FC13] has keys in Pascal case, its own after x_', () => {
    const own = (key: string) => elements({ ...applied, ...cost, [key]: 1 })
    assert.deepEqual(own('x_Own'), [])
    for (const wrong of ['x_own', 'x_Own_It', 'Own', 'ContractCommitmentID']) {
      assert.deepEqual(own(wrong), [`Elements: at 1, ${wrong}: no such key, or one like x_Name`])
    }
    assert.deepEqual(fault('ContractApplied', { Elements: [{ ...applied, ...cost }], own: 1 }), [
      'own: no such key, or one like x_Name',
    ])
  })

  it('[FC13] says how a shared cost was split, and what a use would be eligible for', () => {
    const split = (element: object) => fault('AllocatedMethodDetails', { Elements: [element] })
    assert.deepEqual(split({ AllocatedRatio: 1, UsageUnit: 'Hours', UsageQuantity: 3 }), [])
    for (const AllocatedRatio of [1.1, -0.1, '1']) {
      assert.deepEqual(split({ AllocatedRatio }), [
        'Elements: at 1, AllocatedRatio: a number from 0 to 1',
      ])
    }
    assert.deepEqual(split({ AllocatedRatio: 1, UsageQuantity: 3 }), [
      'Elements: at 1, UsageUnit beside UsageQuantity',
    ])
    const programs = { CommitmentPrograms: [{ ProgramType: 1 }] }
    assert.deepEqual(fault('CommitmentProgramEligibilityDetails', programs), [
      'CommitmentPrograms: at 1, ProgramType: a text',
    ])
  })

  it('[FC13] says what a commitment applies to', () => {
    const scope = (value: object) =>
      fault('ContractCommitmentApplicability', value, 'contract-commitment')
    const region = { Dimension: 'RegionId', Operator: 'In', Values: ['us'] }
    const and = (...rules: object[]) => ({ InclusionOperator: 'And', Inclusions: rules })
    const any = { ...region, Values: ['*'] }
    const fine = [
      { IsComplexScope: true, Inclusions: [] },
      and(region),
      and(any, { ...any, Operator: 'Exists', Applicability: { Cost: 0.5, Usage: 1 } }),
      { ...and(region), ExclusionOperator: 'Or', Exclusions: [region], Applicability: { Cost: 0 } },
    ]
    for (const each of fine) assert.deepEqual(scope(each), [], JSON.stringify(each))
    const wrong: readonly (readonly [object, string])[] = [
      [{}, 'Inclusions with their InclusionOperator, or IsGlobalScope, or IsComplexScope'],
      [
        { InclusionOperator: 'And', Inclusions: [] },
        'Inclusions with their InclusionOperator, or IsGlobalScope, or IsComplexScope',
      ],
      [{ IsGlobalScope: 1 }, 'IsGlobalScope: true or false'],
      [{ IsGlobalScope: true, IsComplexScope: true }, 'IsGlobalScope or IsComplexScope, not both'],
      [
        { IsGlobalScope: true, ...and(region) },
        'no Inclusions where the scope is global or complex',
      ],
      [{ ...and(region), Exclusions: [region] }, 'ExclusionOperator beside Exclusions'],
      [{ ...and(region), InclusionOperator: 'Xor' }, 'InclusionOperator: one of And, Or'],
      [and({ ...region, Values: [] }), 'Inclusions: at 1, Values: a list that is not empty'],
      [
        and({ ...any, Operator: 'NotIn' }),
        'Inclusions: at 1, Values: * alone, with an Operator that takes it',
      ],
      [
        and({ ...region, Values: ['*', 'us'] }),
        'Inclusions: at 1, Values: * alone, with an Operator that takes it',
      ],
      [and({ ...region, Operator: 'Exists' }), 'Inclusions: at 1, Values: * for this Operator'],
      [
        and({ ...region, Applicability: { Cost: 2 } }),
        'Inclusions: at 1, Applicability: Cost: a number from 0 to 1',
      ],
    ]
    for (const [value, expected] of wrong) assert.deepEqual(scope(value), [expected])
  })
})
