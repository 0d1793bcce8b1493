/**
 * The columns of FOCUS 1.4, as data: for each dataset one line a column with its type, whether it
 * has to be there, whether it may be null, and its allowed values where there are few.
 *
 * A pricing currency may be a virtual one, so it is a text like any other. Facts from the FinOps
 * Open Cost and Usage Specification 1.4 (FinOps Foundation, CC-BY-4.0).
 */
import { categoryOf } from './lists.ts'

export const datasets = [
  'cost-and-usage',
  'contract-commitment',
  'invoice-detail',
  'billing-period',
] as const
export type Dataset = (typeof datasets)[number]

export interface Column {
  readonly name: string
  readonly type:
    | 'text'
    | 'decimal'
    | 'amount' // a decimal that is not negative
    | 'ratio' // a decimal from 0 to 1
    | 'moment'
    | 'pairs' // an object whose values are no objects
    | 'object' // with a form of its own: `objects.ts`
    | 'currency' // of a country
  /** Conditional: there wherever what it is about is supported. */
  readonly level: 'required' | 'conditional' | 'optional'
  readonly mayBeNull: boolean
  /** Empty where any value may stand. */
  readonly allowed: readonly string[]
}

const written: Readonly<Record<Dataset, string>> = {
  'cost-and-usage': `
    AllocatedMethodDetails object optional null
    AllocatedMethodId text conditional null
    AllocatedResourceId text conditional null
    AllocatedResourceName text conditional null
    AllocatedTags pairs conditional null
    AvailabilityZone text optional null
    BilledCost decimal required never-null
    BillingAccountId text required never-null
    BillingAccountName text required null
    BillingAccountType text conditional never-null
    BillingCurrency currency required never-null
    BillingPeriodEnd moment required never-null
    BillingPeriodStart moment required never-null
    CapacityReservationId text conditional null
    CapacityReservationStatus text conditional null Used|Unused
    ChargeCategory text required never-null Usage|Purchase|Tax|Credit|Adjustment
    ChargeClass text required null Correction
    ChargeDescription text required null
    ChargeFrequency text optional never-null One-Time|Recurring|Usage-Based
    ChargePeriodEnd moment required never-null
    ChargePeriodStart moment required never-null
    CommitmentDiscountCategory text conditional null Spend|Usage
    CommitmentDiscountId text conditional null
    CommitmentDiscountName text conditional null
    CommitmentDiscountQuantity decimal conditional null
    CommitmentDiscountStatus text conditional null Used|Unused
    CommitmentDiscountType text conditional null
    CommitmentDiscountUnit text conditional null
    CommitmentProgramEligibilityDetails object conditional null
    ConsumedQuantity decimal conditional null
    ConsumedUnit text conditional null
    ContractApplied object conditional null
    ContractedCost decimal required never-null
    ContractedUnitPrice amount conditional null
    EffectiveCost decimal required never-null
    HostProviderName text required null
    InvoiceDetailId text conditional null
    InvoiceId text conditional null
    InvoiceIssuerName text required never-null
    ListCost decimal required never-null
    ListUnitPrice amount conditional null
    PricingCategory text conditional null Standard|Dynamic|Committed|Other
    PricingCurrency text conditional never-null
    PricingCurrencyContractedUnitPrice amount conditional null
    PricingCurrencyEffectiveCost decimal conditional never-null
    PricingCurrencyListUnitPrice amount conditional null
    PricingQuantity decimal required null
    PricingUnit text required null
    RegionId text conditional null
    RegionName text conditional null
    ResourceId text conditional null
    ResourceName text conditional null
    ResourceType text conditional null
    ServiceCategory text required never-null
      |AI and Machine Learning|Analytics|Business Applications|Compute|Databases
      |Developer Tools|Multicloud|Identity|Integration|Internet of Things
      |Management and Governance|Media|Migration|Mobile|Networking|Security|Storage|Web
      |Other
    ServiceName text required never-null
    ServiceProviderName text required never-null
    ServiceSubcategory text optional never-null
    SkuId text conditional null
    SkuMeter text conditional null
    SkuPriceDetails pairs conditional null
    SkuPriceId text conditional null
    SubAccountId text conditional null
    SubAccountName text conditional null
    SubAccountType text conditional null
    Tags pairs conditional null
  `,
  'contract-commitment': `
    BillingCurrency currency required null
    ContractCommitmentApplicability object required never-null
    ContractCommitmentBenefitCategory text required never-null
      |Discount|Entitlement|Availability|Other
    ContractCommitmentCategory text required never-null Spend|Usage
    ContractCommitmentCost decimal required null
    ContractCommitmentCreated moment required never-null
    ContractCommitmentDescription text required null
    ContractCommitmentDiscountPercentage ratio required null
    ContractCommitmentDurationType text required never-null
    ContractCommitmentFulfillmentInterval text required never-null
      |Hourly|Daily|Weekly|Monthly|Quarterly|Semi-Annual|Annual|Full Period|Transactional
      |Custom
    ContractCommitmentId text required never-null
    ContractCommitmentLastUpdated moment required never-null
    ContractCommitmentLifecycleStatus text required never-null
      |Proposed|Pending|Active|Exhausted|Expired|Canceled|Superseded
    ContractCommitmentModel text required never-null Continuous|Discontinuous
    ContractCommitmentOfferCategory text required never-null Negotiated|Public
    ContractCommitmentPaymentInterval text required never-null
      |One-Time|Monthly|Quarterly|Semi-Annual|Annual|Custom
    ContractCommitmentPaymentModel text required never-null
      |No Upfront|Partial Upfront|All Upfront
    ContractCommitmentPaymentUpfrontPercentage ratio conditional never-null
    ContractCommitmentPeriodEnd moment required never-null
    ContractCommitmentPeriodStart moment required never-null
    ContractCommitmentQuantity decimal required null
    ContractCommitmentType text required never-null
    ContractCommitmentUnit text required null
    ContractId text required never-null
    ContractPeriodEnd moment required never-null
    ContractPeriodStart moment required never-null
    InvoiceIssuerName text required never-null
    PricingCurrency text conditional never-null
    PricingCurrencyContractCommitmentCost decimal conditional null
    ServiceProviderName text required never-null
  `,
  'invoice-detail': `
    BilledCost decimal required never-null
    BillingAccountId text required never-null
    BillingCurrency currency required never-null
    BillingPeriodEnd moment required never-null
    BillingPeriodStart moment required never-null
    ChargeCategory text required never-null Usage|Purchase|Tax|Credit|Adjustment
    InvoiceDetailCreated moment required never-null
    InvoiceDetailDescription text required null
    InvoiceDetailGrain pairs required null
    InvoiceDetailId text required never-null
    InvoiceDetailLastUpdated moment required never-null
    InvoiceId text required never-null
    InvoiceIssueDate moment required null
    InvoiceIssueStatus text required never-null Open|Issued|Voided
    InvoiceIssuerName text required never-null
    PaymentCurrency currency conditional never-null
    PaymentCurrencyBilledCost decimal conditional never-null
    PaymentCurrencyInvoiceDetailId text conditional never-null
    PaymentDueDate moment required null
    PaymentTerms text required never-null
    PurchaseOrderNumber text conditional null
    ReferenceInvoiceId text required never-null
  `,
  'billing-period': `
    BillingPeriodCreated moment required never-null
    BillingPeriodEnd moment required never-null
    BillingPeriodLastUpdated moment required never-null
    BillingPeriodStart moment required never-null
    BillingPeriodStatus text required never-null Open|Closed
    InvoiceIssuerName text required never-null
  `,
}

/** What FOCUS has no column for; each may be missing, and may be null. */
const ours: Readonly<Partial<Record<Dataset, string>>> = {
  'cost-and-usage': `
    x_AcceleratorCount amount optional null
    x_ChipType text optional null
    x_DeliveryStatus text optional null
    x_Goodput ratio optional null
    x_PlacementDecisionId text optional null
    x_ShortfallAccrued amount optional null
    x_SlaCreditClaimId text optional null
    x_SupplierRelation text optional null
    x_TrancheId text optional null
  `,
  'contract-commitment': `
    x_DeliveryStatus text optional null
    x_MakeUpHours amount optional null
    x_ShortfallAccrued amount optional null
    x_TrancheId text optional null
  `,
}

function read(line: string): Column {
  const [name = '', type, level, nulls, ...rest] = line.trim().split(' ')
  const allowed = rest
    .join(' ')
    .split('|')
    .map((value) => value.trim())
    .filter(Boolean)
  return {
    name,
    type: type as Column['type'],
    level: level as Column['level'],
    mayBeNull: nulls === 'null',
    allowed: name === 'ServiceSubcategory' ? [...categoryOf.keys()] : allowed,
  }
}

/** In the order of the specification. */
export const columnsOf: Readonly<Record<Dataset, readonly Column[]>> = {
  'cost-and-usage': columns(written['cost-and-usage']),
  'contract-commitment': columns(written['contract-commitment']),
  'invoice-detail': columns(written['invoice-detail']),
  'billing-period': columns(written['billing-period']),
}

/** Those that we add, as far as they are known; others may add theirs. */
export const ownColumnsOf: Readonly<Record<Dataset, readonly Column[]>> = {
  'cost-and-usage': columns(ours['cost-and-usage'] ?? ''),
  'contract-commitment': columns(ours['contract-commitment'] ?? ''),
  'invoice-detail': [],
  'billing-period': [],
}

function columns(lines: string): readonly Column[] {
  // Values that did not fit on the line of their column go on below it.
  return lines
    .trim()
    .replace(/\n +\|/g, ' |')
    .split('\n')
    .map(read)
}
