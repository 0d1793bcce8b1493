/**
 * What FOCUS 1.4 demands between the columns of one row, as data: for each dataset which columns
 * are null where, and what else has to hold.
 *
 * Facts from the FinOps Open Cost and Usage Specification 1.4 (FinOps Foundation, CC-BY-4.0).
 */
import type { Dataset } from './columns.ts'
import { categoryOf } from './lists.ts'
import { elementsOf } from './objects.ts'

/** A value by the name of its column; empty where it is null. */
export type Get = (name: string) => string

/** Of one column: what was expected where it does not hold, and null where it does. */
export interface RowRule {
  readonly column: string
  /** Columns without which it says nothing. */
  readonly needs: readonly string[]
  readonly expected: (get: Get) => string | null
}

const isNull = (get: Get, name: string) => get(name) === ''
const isCategory = (get: Get, ...names: readonly string[]) => names.includes(get('ChargeCategory'))

const rule = (
  column: string,
  expected: string,
  holds: (get: Get) => boolean,
  needs: readonly string[] = [],
): RowRule => {
  return { column, needs, expected: (get) => (holds(get) ? null : expected) }
}

const nothingWhere = (column: string, where: string, is: (get: Get) => boolean) => {
  return rule(column, `nothing ${where}`, (get) => !is(get) || isNull(get, column))
}

const valueWhere = (column: string, where: string, is: (get: Get) => boolean) => {
  return rule(column, `a value ${where}`, (get) => !is(get) || !isNull(get, column))
}

/** Each pair: a column that has a value exactly where the other has one. */
function together(pairs: string): readonly RowRule[] {
  return pairsIn(pairs).map(([column, other]) => {
    const expected = `a value exactly where ${other} has one`
    return rule(column, expected, (get) => isNull(get, column) === isNull(get, other), [other])
  })
}

/** Each pair: a column that has no value where the other has none. */
function onlyWith(pairs: string): readonly RowRule[] {
  return pairsIn(pairs).map(([column, other]) => {
    const holds = (get: Get) => isNull(get, column) || !isNull(get, other)
    return rule(column, `nothing where ${other} is null`, holds, [other])
  })
}

function pairsIn(text: string): readonly (readonly [string, string])[] {
  const lines = text.trim().split('\n')
  return lines.flatMap((line) => {
    const [other = '', columns = ''] = line.trim().split(': ')
    return columns.split(' ').map((column) => [column, other] as const)
  })
}

const unitPrices = ['ContractedUnitPrice', 'ListUnitPrice']
const pricing = [
  ...unitPrices,
  'PricingCategory',
  'PricingCurrencyContractedUnitPrice',
  'PricingCurrencyListUnitPrice',
  'PricingQuantity',
  'SkuId',
  'SkuPriceId',
]

const isSold = (get: Get) => {
  return isCategory(get, 'Usage', 'Purchase') && get('ChargeClass') !== 'Correction'
}
const isDiscounted = (get: Get) => !isNull(get, 'CommitmentDiscountId')
const isUnused = (get: Get) => get('CommitmentDiscountStatus') === 'Unused'

/** A commitment that is bought here names itself as the resource that is paid for. */
const coversOthers = (get: Get) => {
  const ids = elementsOf(get('ContractApplied')).map((each) => each.ContractCommitmentId)
  return isDiscounted(get) || (!isNull(get, 'ResourceId') && ids.includes(get('ResourceId')))
}

/** Within a micro-dollar and a millionth: unit prices and quantities are rounded. */
const product = (column: string, price: string): RowRule => ({
  column,
  needs: [price],
  expected: (get) => {
    const [unit, quantity] = [get(price), get('PricingQuantity')]
    if (unit === '' || quantity === '') return null
    const cost = Number(unit) * Number(quantity)
    const isClose = Math.abs(cost - Number(get(column))) <= 2e-6 + Math.abs(cost) * 1e-6
    return isClose ? null : `${price} times PricingQuantity, ${cost}`
  },
})

const asBilled = (column: string, where: string, is: (get: Get) => boolean) => {
  const holds = (get: Get) => !is(get) || Number(get(column)) === Number(get('BilledCost'))
  return rule(column, `BilledCost ${where}`, holds)
}

const after = (column: string, other: string) => {
  const holds = (get: Get) => get(column) > get(other)
  return rule(column, `an end after ${other}`, holds, [other])
}

const notBefore = (column: string, other: string) => {
  return rule(column, `no moment before ${other}`, (get) => get(column) >= get(other), [other])
}

const rungs = new Set(['contracted', 'energised', 'delivered', 'accepted'])

const wordsOf = (text: string) => text.split(' ').filter(Boolean)

/** Of our own columns. */
const ofTranches: readonly RowRule[] = [
  rule(
    'x_DeliveryStatus',
    `one of ${[...rungs].join(', ')} for each of x_TrancheId`,
    (get) => {
      const [told, tranches] = [wordsOf(get('x_DeliveryStatus')), wordsOf(get('x_TrancheId'))]
      return told.length === tranches.length && told.every((each) => rungs.has(each))
    },
    ['x_TrancheId'],
  ),
]

const costAndUsage: readonly RowRule[] = [
  ...ofTranches,
  rule(
    'x_ShortfallAccrued',
    'nothing where something was consumed',
    (get) => isNull(get, 'x_ShortfallAccrued') || Number(get('ConsumedQuantity')) === 0,
    ['ConsumedQuantity'],
  ),
  ...['x_Goodput', 'x_SlaCreditClaimId'].map((column) =>
    nothingWhere(column, 'for what is no use', (get) => !isCategory(get, 'Usage')),
  ),
  ...together(`
    AllocatedResourceId: AllocatedResourceName
    CommitmentDiscountId: CommitmentDiscountCategory CommitmentDiscountType
    CommitmentDiscountQuantity: CommitmentDiscountUnit
    ConsumedQuantity: ConsumedUnit
    InvoiceId: InvoiceDetailId
    PricingQuantity: PricingUnit
    RegionId: RegionName
    ResourceId: ResourceType
    SkuPriceId: ContractedUnitPrice ListUnitPrice
    SubAccountId: SubAccountName SubAccountType
  `),
  ...onlyWith(`
    AllocatedMethodId: AllocatedMethodDetails AllocatedResourceId AllocatedTags
    CapacityReservationId: CapacityReservationStatus
    CommitmentDiscountId: CommitmentDiscountName CommitmentDiscountStatus
    ResourceId: ResourceName
    SkuId: SkuMeter
    SkuPriceId: CommitmentDiscountQuantity ConsumedQuantity PricingCategory PricingQuantity
    SkuPriceId: SkuPriceDetails
  `),
  ...pricing.map((column) => nothingWhere(column, 'for a tax', (get) => isCategory(get, 'Tax'))),
  ...pricing.map((column) => valueWhere(column, 'for a use or a purchase', isSold)),
  valueWhere('CapacityReservationStatus', 'for the use of a reservation', (get) => {
    return isCategory(get, 'Usage') && !isNull(get, 'CapacityReservationId')
  }),
  valueWhere('CommitmentDiscountStatus', 'for a use under a commitment', (get) => {
    return isCategory(get, 'Usage') && isDiscounted(get)
  }),
  nothingWhere('ConsumedQuantity', 'where nothing was used', (get) => {
    return !isCategory(get, 'Usage') || isUnused(get)
  }),
  valueWhere('ConsumedQuantity', 'where something was used', (get) => {
    return isCategory(get, 'Usage') && isSold(get) && !isUnused(get)
  }),
  nothingWhere('CommitmentDiscountQuantity', 'without a commitment', (get) => {
    return !isCategory(get, 'Usage', 'Purchase') || !isDiscounted(get)
  }),
  valueWhere('CommitmentDiscountQuantity', 'under a commitment', (get) => {
    return isSold(get) && isDiscounted(get)
  }),
  rule('CommitmentDiscountId', 'ResourceId, for what is bought or not used of it', (get) => {
    const isItself = isCategory(get, 'Purchase') || isUnused(get)
    return !isItself || !isDiscounted(get) || get('CommitmentDiscountId') === get('ResourceId')
  }),
  rule('ChargeFrequency', 'One-Time or Recurring for a purchase', (get) => {
    return !(isCategory(get, 'Purchase') && get('ChargeFrequency') === 'Usage-Based')
  }),
  rule('EffectiveCost', '0 for a purchase that covers charges to come', (get) => {
    return !(isCategory(get, 'Purchase') && coversOthers(get)) || Number(get('EffectiveCost')) === 0
  }),
  rule('EffectiveCost', 'BilledCost, or 0 for a purchase that covers others', (get) => {
    const [effective, billed] = [Number(get('EffectiveCost')), Number(get('BilledCost'))]
    return !isCategory(get, 'Purchase') || effective === 0 || effective === billed
  }),
  asBilled('EffectiveCost', 'for a tax or a credit', (get) => isCategory(get, 'Tax', 'Credit')),
  asBilled('ListCost', 'for a credit without a unit price', (get) => {
    return isCategory(get, 'Credit') && isNull(get, 'ListUnitPrice')
  }),
  asBilled('ContractedCost', 'for a credit without a unit price', (get) => {
    return isCategory(get, 'Credit') && isNull(get, 'ContractedUnitPrice')
  }),
  product('ListCost', 'ListUnitPrice'),
  product('ContractedCost', 'ContractedUnitPrice'),
  notBefore('ChargePeriodEnd', 'ChargePeriodStart'),
  after('BillingPeriodEnd', 'BillingPeriodStart'),
  {
    column: 'ServiceSubcategory',
    needs: ['ServiceCategory'],
    expected: (get) => {
      const category = categoryOf.get(get('ServiceSubcategory'))
      const isIn = category === undefined || category === get('ServiceCategory')
      return isIn ? null : `one of ${get('ServiceCategory')}; this is one of ${category}`
    },
  },
]

const isModel = (get: Get, model: string) => get('ContractCommitmentPaymentModel') === model
const is = (column: string, value: string) => (get: Get) => get(column) === value

const contractCommitment: readonly RowRule[] = [
  ...ofTranches,
  nothingWhere('x_MakeUpHours', 'for Spend', is('ContractCommitmentCategory', 'Spend')),
  ...together('ContractCommitmentQuantity: ContractCommitmentUnit'),
  valueWhere('ContractCommitmentCost', 'for Spend', is('ContractCommitmentCategory', 'Spend')),
  valueWhere('ContractCommitmentQuantity', 'for Usage', is('ContractCommitmentCategory', 'Usage')),
  valueWhere('PricingCurrencyContractCommitmentCost', 'for Spend in a PricingCurrency', (get) => {
    return get('ContractCommitmentCategory') === 'Spend' && !isNull(get, 'PricingCurrency')
  }),
  valueWhere(
    'ContractCommitmentDiscountPercentage',
    'where the benefit is a discount',
    is('ContractCommitmentBenefitCategory', 'Discount'),
  ),
  nothingWhere(
    'ContractCommitmentDiscountPercentage',
    'where the benefit is availability',
    is('ContractCommitmentBenefitCategory', 'Availability'),
  ),
  rule('ContractCommitmentModel', 'Discontinuous over the Full Period', (get) => {
    const isWhole = get('ContractCommitmentFulfillmentInterval') === 'Full Period'
    return !isWhole || get('ContractCommitmentModel') === 'Discontinuous'
  }),
  rule('ContractCommitmentPaymentInterval', 'One-Time for All Upfront', (get) => {
    const isOnce = get('ContractCommitmentPaymentInterval') === 'One-Time'
    return !isModel(get, 'All Upfront') || isOnce
  }),
  rule('ContractCommitmentPaymentUpfrontPercentage', 'what the payment model says', (get) => {
    const part = Number(get('ContractCommitmentPaymentUpfrontPercentage'))
    if (isModel(get, 'All Upfront')) return part === 1
    return isModel(get, 'No Upfront') ? part === 0 : part > 0 && part < 1
  }),
  after('ContractCommitmentPeriodEnd', 'ContractCommitmentPeriodStart'),
  after('ContractPeriodEnd', 'ContractPeriodStart'),
  notBefore('ContractCommitmentLastUpdated', 'ContractCommitmentCreated'),
]

export const rowRules: Readonly<Record<Dataset, readonly RowRule[]>> = {
  'cost-and-usage': costAndUsage,
  'contract-commitment': contractCommitment,
  'invoice-detail': [
    after('BillingPeriodEnd', 'BillingPeriodStart'),
    notBefore('InvoiceDetailLastUpdated', 'InvoiceDetailCreated'),
  ],
  'billing-period': [
    after('BillingPeriodEnd', 'BillingPeriodStart'),
    notBefore('BillingPeriodLastUpdated', 'BillingPeriodCreated'),
  ],
}
