/** Tables that conform to FOCUS, with a value under every name, and what is told of a change. */
import { checkFocus } from './check.ts'
import type { Dataset } from './columns.ts'
import { type FocusRow, focusCsv } from './rows.ts'

export const start = '2026-05-01T00:00:00Z'
export const end = '2026-06-01T00:00:00Z'
export const object = (value: object) => JSON.stringify(value)

export const applied = { ContractId: 'msa', ContractCommitmentId: 'msa/use' }

/** What was used under a commitment, with a value under every name. */
export const used: FocusRow = {
  AllocatedMethodDetails: object({ Elements: [{ AllocatedRatio: 0.5 }] }),
  AllocatedMethodId: 'by-hours',
  AllocatedResourceId: 'pod-1',
  AllocatedResourceName: 'pod',
  AllocatedTags: object({ team: 'nlp' }),
  AvailabilityZone: 'us-a',
  BilledCost: '0',
  BillingAccountId: '1',
  BillingAccountName: 'house',
  BillingAccountType: 'Account',
  BillingCurrency: 'USD',
  BillingPeriodEnd: end,
  BillingPeriodStart: start,
  CapacityReservationId: 'block',
  CapacityReservationStatus: 'Used',
  ChargeCategory: 'Usage',
  ChargeClass: null,
  ChargeDescription: 'H100',
  ChargeFrequency: 'Usage-Based',
  ChargePeriodEnd: end,
  ChargePeriodStart: start,
  CommitmentDiscountCategory: 'Spend',
  CommitmentDiscountId: 'plan',
  CommitmentDiscountName: 'a plan',
  CommitmentDiscountQuantity: '2',
  CommitmentDiscountStatus: 'Used',
  CommitmentDiscountType: 'Savings Plan',
  CommitmentDiscountUnit: 'USD',
  CommitmentProgramEligibilityDetails: object({
    CommitmentPrograms: [{ ProgramType: 'Savings Plan' }],
  }),
  ConsumedQuantity: '4',
  ConsumedUnit: 'Hours',
  ContractApplied: object({ Elements: [{ ...applied, ContractCommitmentAppliedCost: 2 }] }),
  ContractedCost: '8',
  ContractedUnitPrice: '2',
  EffectiveCost: '2',
  HostProviderName: 'acme',
  InvoiceDetailId: 'I-1',
  InvoiceId: 'I',
  InvoiceIssuerName: 'acme',
  ListCost: '12',
  ListUnitPrice: '3',
  PricingCategory: 'Committed',
  PricingCurrency: 'Tokens',
  PricingCurrencyContractedUnitPrice: '20',
  PricingCurrencyEffectiveCost: '20',
  PricingCurrencyListUnitPrice: '30',
  PricingQuantity: '4',
  PricingUnit: 'Hours',
  RegionId: 'us',
  RegionName: 'States',
  ResourceId: 'r1',
  ResourceName: 'one',
  ResourceType: 'Rental',
  ServiceCategory: 'Compute',
  ServiceName: 'Accelerators',
  ServiceProviderName: 'acme',
  ServiceSubcategory: 'Virtual Machines',
  SkuId: 'H100',
  SkuMeter: 'Hours',
  SkuPriceDetails: object({ CoreCount: 8 }),
  SkuPriceId: 'acme/H100',
  SubAccountId: 'nlp',
  SubAccountName: 'language',
  SubAccountType: 'Team',
  Tags: object({ team: 'nlp' }),
  x_ChipType: 'H100',
}

const itself = { ResourceId: 'plan', ConsumedQuantity: null, ConsumedUnit: null }
export const unused: FocusRow = {
  ...{ ...used, ...itself, CommitmentDiscountStatus: 'Unused', EffectiveCost: '1' },
  CommitmentDiscountQuantity: '1',
}
export const bought: FocusRow = {
  ...{ ...used, ...itself, CommitmentDiscountStatus: null, CapacityReservationStatus: null },
  ...{ ChargeCategory: 'Purchase', ChargeFrequency: 'One-Time', EffectiveCost: '0' },
  ...{ BilledCost: '3', CommitmentDiscountQuantity: '3', PricingCategory: 'Standard' },
}
export const undiscounted = {
  ...{ CommitmentDiscountCategory: null, CommitmentDiscountId: null },
  ...{ CommitmentDiscountName: null, CommitmentDiscountQuantity: null },
  ...{ CommitmentDiscountStatus: null, CommitmentDiscountType: null, CommitmentDiscountUnit: null },
}
const unpriced = {
  ...{ ConsumedQuantity: null, ConsumedUnit: null, ContractedUnitPrice: null },
  ...{ ListUnitPrice: null, PricingCategory: null, PricingCurrencyContractedUnitPrice: null },
  ...{ PricingCurrencyListUnitPrice: null, PricingQuantity: null, PricingUnit: null },
  ...{ SkuId: null, SkuMeter: null, SkuPriceDetails: null, SkuPriceId: null },
}
export const plain = { ...used, ...undiscounted, ...unpriced, CapacityReservationStatus: null }
export const tax: FocusRow = { ...plain, ChargeCategory: 'Tax', BilledCost: '2' }
export const credit: FocusRow = {
  ...{ ...plain, ChargeCategory: 'Credit', BilledCost: '-2', EffectiveCost: '-2' },
  ...{ ListCost: '-2', ContractedCost: '-2' },
}

export const commitment: FocusRow = {
  BillingCurrency: 'USD',
  ContractCommitmentApplicability: object({ IsGlobalScope: true }),
  ContractCommitmentBenefitCategory: 'Discount',
  ContractCommitmentCategory: 'Spend',
  ContractCommitmentCost: '100',
  ContractCommitmentCreated: start,
  ContractCommitmentDescription: 'much',
  ContractCommitmentDiscountPercentage: '0.2',
  ContractCommitmentDurationType: '1 Year',
  ContractCommitmentFulfillmentInterval: 'Full Period',
  ContractCommitmentId: 'msa/spend',
  ContractCommitmentLastUpdated: start,
  ContractCommitmentLifecycleStatus: 'Active',
  ContractCommitmentModel: 'Discontinuous',
  ContractCommitmentOfferCategory: 'Negotiated',
  ContractCommitmentPaymentInterval: 'One-Time',
  ContractCommitmentPaymentModel: 'All Upfront',
  ContractCommitmentPaymentUpfrontPercentage: '1',
  ContractCommitmentPeriodEnd: end,
  ContractCommitmentPeriodStart: start,
  ContractCommitmentQuantity: '8',
  ContractCommitmentType: 'Spend',
  ContractCommitmentUnit: 'Hours',
  ContractId: 'msa',
  ContractPeriodEnd: end,
  ContractPeriodStart: start,
  InvoiceIssuerName: 'acme',
  PricingCurrency: 'Tokens',
  PricingCurrencyContractCommitmentCost: '1000',
  ServiceProviderName: 'acme',
}

export const detail: FocusRow = {
  BilledCost: '3',
  BillingAccountId: '1',
  BillingCurrency: 'USD',
  BillingPeriodEnd: end,
  BillingPeriodStart: start,
  ChargeCategory: 'Usage',
  InvoiceDetailCreated: start,
  InvoiceDetailDescription: 'H100',
  InvoiceDetailGrain: object({ ResourceId: 'r1' }),
  InvoiceDetailId: 'I-1',
  InvoiceDetailLastUpdated: start,
  InvoiceId: 'I',
  InvoiceIssueDate: end,
  InvoiceIssueStatus: 'Issued',
  InvoiceIssuerName: 'acme',
  PaymentCurrency: 'EUR',
  PaymentCurrencyBilledCost: '3',
  PaymentCurrencyInvoiceDetailId: 'I-1',
  PaymentDueDate: end,
  PaymentTerms: 'soon',
  PurchaseOrderNumber: '7',
  ReferenceInvoiceId: 'I',
}

export const period: FocusRow = {
  BillingPeriodCreated: start,
  BillingPeriodEnd: end,
  BillingPeriodLastUpdated: start,
  BillingPeriodStart: start,
  BillingPeriodStatus: 'Open',
  InvoiceIssuerName: 'acme',
}

export const good: Readonly<Record<Dataset, FocusRow>> = {
  'cost-and-usage': used,
  'contract-commitment': commitment,
  'invoice-detail': detail,
  'billing-period': period,
}

export const told = (dataset: Dataset, ...rows: readonly FocusRow[]) =>
  checkFocus(dataset, focusCsv(dataset, rows)).map(({ column, expected }) => {
    return `${column}: ${expected}`
  })

/** What is told of one changed row of Cost and Usage, or of another. */
export const broken = (change: FocusRow, of: FocusRow = used) =>
  told('cost-and-usage', { ...of, ...change })
export const brokenTerms = (change: FocusRow) =>
  told('contract-commitment', { ...commitment, ...change })
