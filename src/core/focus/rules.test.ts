/** What holds between the columns of a row, each rule broken alone. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkFocus } from './check.ts'
import type { Dataset } from './columns.ts'
import { categoryOf } from './lists.ts'
import { focusCsv } from './rows.ts'
import {
  applied,
  bought,
  broken,
  brokenTerms,
  credit,
  good,
  object,
  start,
  tax,
  told,
  undiscounted,
  unused,
  used,
} from './tables.test.ts'

describe('between columns', () => {
  it('[FC14] some have a value exactly where another has one', () => {
    const pairs: readonly (readonly [string, string])[] = [
      ['AllocatedResourceName', 'AllocatedResourceId'],
      ['CommitmentDiscountCategory', 'CommitmentDiscountId'],
      ['CommitmentDiscountType', 'CommitmentDiscountId'],
      ['CommitmentDiscountUnit', 'CommitmentDiscountQuantity'],
      ['ConsumedUnit', 'ConsumedQuantity'],
      ['InvoiceDetailId', 'InvoiceId'],
      ['PricingUnit', 'PricingQuantity'],
      ['RegionName', 'RegionId'],
      ['ResourceType', 'ResourceId'],
      ['SubAccountName', 'SubAccountId'],
      ['SubAccountType', 'SubAccountId'],
    ]
    for (const [column, other] of pairs) {
      const expected = `${column}: a value exactly where ${other} has one`
      assert.deepEqual(broken({ [column]: null }), [expected])
      assert.ok(broken({ [other]: null }).includes(expected), column)
    }
    for (const price of ['ContractedUnitPrice', 'ListUnitPrice']) {
      const correction = { ...credit, ChargeClass: 'Correction', [price]: '2' }
      const expected = `${price}: a value exactly where SkuPriceId has one`
      assert.deepEqual(broken({}, correction), [expected])
    }
    assert.deepEqual(brokenTerms({ ContractCommitmentUnit: null }), [
      'ContractCommitmentUnit: a value exactly where ContractCommitmentQuantity has one',
    ])
  })

  it('[FC15] some have no value where another has none', () => {
    const pairs: readonly (readonly [string, string])[] = [
      ['AllocatedMethodDetails', 'AllocatedMethodId'],
      ['AllocatedResourceId', 'AllocatedMethodId'],
      ['AllocatedTags', 'AllocatedMethodId'],
      ['CapacityReservationStatus', 'CapacityReservationId'],
      ['CommitmentDiscountName', 'CommitmentDiscountId'],
      ['CommitmentDiscountStatus', 'CommitmentDiscountId'],
      ['ResourceName', 'ResourceId'],
      ['SkuMeter', 'SkuId'],
      ['CommitmentDiscountQuantity', 'SkuPriceId'],
      ['ConsumedQuantity', 'SkuPriceId'],
      ['PricingCategory', 'SkuPriceId'],
      ['PricingQuantity', 'SkuPriceId'],
      ['SkuPriceDetails', 'SkuPriceId'],
    ]
    for (const [column, other] of pairs) {
      const expected = `${column}: nothing where ${other} is null`
      assert.ok(broken({ [other]: null }).includes(expected), column)
      assert.ok(!broken({ [other]: null, [column]: null }).includes(expected), column)
    }
    const alone = broken({ CapacityReservationId: null })
    assert.deepEqual(alone, [
      'CapacityReservationStatus: nothing where CapacityReservationId is null',
    ])
  })

  const pricing = ['PricingCategory', 'PricingCurrencyContractedUnitPrice', 'PricingQuantity']
  const names = [...pricing, 'PricingCurrencyListUnitPrice', 'SkuId', 'SkuPriceId']
  const priced = [...names, 'ContractedUnitPrice', 'ListUnitPrice']

  it('[FC16] a tax has no price', () => {
    for (const column of priced) {
      const expected = `${column}: nothing for a tax`
      assert.ok(broken({ [column]: used[column] ?? '' }, tax).includes(expected), column)
    }
  })

  it('[FC17] what was used or bought has a price, but for a correction', () => {
    for (const column of priced) {
      const expected = `${column}: a value for a use or a purchase`
      assert.ok(broken({ [column]: null }).includes(expected), column)
      assert.ok(broken({ [column]: null }, bought).includes(expected), column)
      const corrected = broken({ [column]: null, ChargeClass: 'Correction' })
      assert.ok(!corrected.includes(expected), column)
    }
  })

  it('[FC18] a use of a reservation or under a commitment says whether it was used', () => {
    assert.deepEqual(broken({ CapacityReservationStatus: null }), [
      'CapacityReservationStatus: a value for the use of a reservation',
    ])
    assert.deepEqual(broken({ CommitmentDiscountStatus: null }), [
      'CommitmentDiscountStatus: a value for a use under a commitment',
    ])
    assert.deepEqual(broken({ CapacityReservationStatus: null }, bought), [])
  })

  it('[FC19] nothing was consumed of what was not used or only bought', () => {
    const consumed = { ConsumedQuantity: '4', ConsumedUnit: 'Hours' }
    const nothing = 'ConsumedQuantity: nothing where nothing was used'
    assert.deepEqual(broken(consumed, unused), [nothing])
    assert.deepEqual(broken(consumed, bought), [nothing])
    const none = { ConsumedQuantity: null, ConsumedUnit: null }
    assert.deepEqual(broken(none), ['ConsumedQuantity: a value where something was used'])
    assert.deepEqual(broken({ ...none, ChargeClass: 'Correction' }), [])
  })

  it('[FC20] a quantity of a commitment stands where there is a commitment', () => {
    const none = { CommitmentDiscountQuantity: null, CommitmentDiscountUnit: null }
    assert.deepEqual(broken(none), ['CommitmentDiscountQuantity: a value under a commitment'])
    assert.deepEqual(broken({ ...none, ChargeClass: 'Correction' }), [])
    const some = { CommitmentDiscountQuantity: '1', CommitmentDiscountUnit: 'USD' }
    assert.deepEqual(broken({ ...undiscounted, ...some }), [
      'CommitmentDiscountQuantity: nothing without a commitment',
    ])
  })

  it('[FC21] a commitment is the resource of what is bought of it and not used', () => {
    const expected = ['CommitmentDiscountId: ResourceId, for what is bought or not used of it']
    assert.deepEqual(broken({ ResourceId: 'r1' }, bought), expected)
    assert.deepEqual(broken({ ResourceId: 'r1' }, unused), expected)
  })

  it('[FC22] a purchase is not charged by use', () => {
    assert.deepEqual(broken({ ChargeFrequency: 'Usage-Based' }, bought), [
      'ChargeFrequency: One-Time or Recurring for a purchase',
    ])
    assert.deepEqual(broken({ ChargeFrequency: 'Recurring' }, bought), [])
  })

  it('[FC23] nothing of a purchase that covers charges to come is effective', () => {
    const expected = ['EffectiveCost: 0 for a purchase that covers charges to come']
    assert.deepEqual(broken({ EffectiveCost: '3' }, bought), expected)
    const elements = [{ ...applied, ContractCommitmentAppliedCost: 3 }]
    const ahead = { ...bought, ...undiscounted, ResourceId: 'msa/use', EffectiveCost: '3' }
    const named = { ...ahead, ContractApplied: object({ Elements: elements }) }
    assert.deepEqual(broken({}, named), expected)
    const once = { ...named, ResourceId: 'licence' }
    assert.deepEqual(broken({}, once), [])
    assert.deepEqual(broken({ EffectiveCost: '2' }, once), [
      'EffectiveCost: BilledCost, or 0 for a purchase that covers others',
    ])
  })

  it('[FC24] a tax and a credit are effective as billed', () => {
    const effective = ['EffectiveCost: BilledCost for a tax or a credit']
    assert.deepEqual(broken({ EffectiveCost: '1' }, tax), effective)
    assert.deepEqual(broken({ EffectiveCost: '1' }, credit), effective)
    for (const column of ['ListCost', 'ContractedCost']) {
      const expected = [`${column}: BilledCost for a credit without a unit price`]
      assert.deepEqual(broken({ [column]: '1' }, credit), expected)
      assert.deepEqual(broken({ [column]: '1' }, tax), [])
    }
  })

  it('[FC25] a cost is its unit price times the quantity', () => {
    assert.deepEqual(broken({ ListCost: '12.1' }), [
      'ListCost: ListUnitPrice times PricingQuantity, 12',
    ])
    assert.deepEqual(broken({ ContractedCost: '8.001' }), [
      'ContractedCost: ContractedUnitPrice times PricingQuantity, 8',
    ])
    assert.deepEqual(broken({ ContractedCost: '8.000001' }), [])
  })

  it('[FC26] nothing ends before it begins, and nothing changes before it is there', () => {
    const before = '2026-04-01T00:00:00Z'
    assert.deepEqual(broken({ ChargePeriodEnd: before }), [
      'ChargePeriodEnd: no moment before ChargePeriodStart',
    ])
    assert.deepEqual(broken({ ChargePeriodEnd: start }), [])
    assert.deepEqual(broken({ BillingPeriodEnd: start }), [
      'BillingPeriodEnd: an end after BillingPeriodStart',
    ])
    assert.deepEqual(brokenTerms({ ContractPeriodEnd: start }), [
      'ContractPeriodEnd: an end after ContractPeriodStart',
    ])
    assert.deepEqual(brokenTerms({ ContractCommitmentPeriodEnd: start }), [
      'ContractCommitmentPeriodEnd: an end after ContractCommitmentPeriodStart',
    ])
    const updated = (dataset: Dataset, column: string) =>
      told(dataset, { ...good[dataset], [column]: before })
    const since = 'no moment before'
    assert.deepEqual(updated('contract-commitment', 'ContractCommitmentLastUpdated'), [
      `ContractCommitmentLastUpdated: ${since} ContractCommitmentCreated`,
    ])
    assert.deepEqual(updated('invoice-detail', 'InvoiceDetailLastUpdated'), [
      `InvoiceDetailLastUpdated: ${since} InvoiceDetailCreated`,
    ])
    assert.deepEqual(updated('billing-period', 'BillingPeriodLastUpdated'), [
      `BillingPeriodLastUpdated: ${since} BillingPeriodCreated`,
    ])
    for (const dataset of ['invoice-detail', 'billing-period'] as const) {
      const faults = told(dataset, { ...good[dataset], BillingPeriodEnd: start })
      assert.deepEqual(faults, ['BillingPeriodEnd: an end after BillingPeriodStart'])
    }
  })

  it('[FC27] a subcategory belongs to its category', () => {
    assert.deepEqual(broken({ ServiceSubcategory: 'Caching' }), [
      'ServiceSubcategory: one of Compute; this is one of Databases',
    ])
    for (const [ServiceSubcategory, ServiceCategory] of categoryOf) {
      assert.deepEqual(broken({ ServiceSubcategory, ServiceCategory }), [])
    }
  })

  it('[FC28] a commitment says how much, and how much less it costs', () => {
    assert.deepEqual(brokenTerms({ ContractCommitmentCost: null }), [
      'ContractCommitmentCost: a value for Spend',
    ])
    assert.deepEqual(brokenTerms({ PricingCurrencyContractCommitmentCost: null }), [
      'PricingCurrencyContractCommitmentCost: a value for Spend in a PricingCurrency',
    ])
    const usage = { ContractCommitmentCategory: 'Usage', ContractCommitmentQuantity: null }
    assert.deepEqual(brokenTerms({ ...usage, ContractCommitmentUnit: null }), [
      'ContractCommitmentQuantity: a value for Usage',
    ])
    assert.deepEqual(brokenTerms({ ContractCommitmentDiscountPercentage: null }), [
      'ContractCommitmentDiscountPercentage: a value where the benefit is a discount',
    ])
    assert.deepEqual(brokenTerms({ ContractCommitmentBenefitCategory: 'Availability' }), [
      'ContractCommitmentDiscountPercentage: nothing where the benefit is availability',
    ])
  })

  it('[FC29] a commitment is paid as its model says', () => {
    assert.deepEqual(brokenTerms({ ContractCommitmentModel: 'Continuous' }), [
      'ContractCommitmentModel: Discontinuous over the Full Period',
    ])
    assert.deepEqual(brokenTerms({ ContractCommitmentPaymentInterval: 'Monthly' }), [
      'ContractCommitmentPaymentInterval: One-Time for All Upfront',
    ])
    const ahead = 'ContractCommitmentPaymentUpfrontPercentage'
    const paid = (model: string, part: string) =>
      brokenTerms({ ContractCommitmentPaymentModel: model, [ahead]: part })
    const wrong = [`${ahead}: what the payment model says`]
    assert.deepEqual(paid('All Upfront', '0.9'), wrong)
    assert.deepEqual(paid('No Upfront', '0.1'), wrong)
    assert.deepEqual(paid('Partial Upfront', '0'), wrong)
    assert.deepEqual(paid('Partial Upfront', '1'), wrong)
    assert.deepEqual([paid('No Upfront', '0'), paid('Partial Upfront', '0.5')], [[], []])
  })

  it('[FO4] what is no number is told once, and held against nothing', () => {
    const lines = checkFocus(
      'cost-and-usage',
      focusCsv('cost-and-usage', [{ ...used, ListCost: 'x' }]),
    )
    assert.deepEqual(lines, [
      { line: 2, column: 'ListCost', found: 'x', expected: 'a decimal such as 12.5' },
    ])
  })
})
