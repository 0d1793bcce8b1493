/**
 * Charges as the Cost and Usage dataset of FOCUS 1.4: one row for each rental and day, one for each
 * prepayment, and one for what was promised for a span and not used. What was paid ahead is billed
 * once, when it is paid, and becomes effective as it is used, so that over time the effective costs
 * come to what was billed.
 */
import type { Account } from '../contracts/money/account.ts'
import { bindingClauses } from '../contracts/money/account.ts'
import type { Draw } from '../contracts/money/draw.ts'
import type { Due } from '../contracts/money/dues.ts'
import { type Clause, clauseName } from '../domain/clause.ts'
import type { Contract } from '../domain/contract.ts'
import { formatMoment } from '../domain/day.ts'
import type { SupplierSpec } from '../domain/supplier.ts'
import type { Ms } from '../domain/time.ts'
import type { Slice } from '../meter/slices.ts'
import { decimal, type FocusRow, hours, monthOf } from './rows.ts'

export interface UsageInput {
  readonly installation: string
  /** Parts of charges with the names under which the account knows them. */
  readonly parts: readonly (Slice & { readonly id: string })[]
  readonly account: Account
  readonly dues: readonly Due[]
  readonly history: readonly Contract[]
  readonly suppliers: readonly SupplierSpec[]
  /** The invoice that covers a part, by the name of the part; none where it is not billed yet. */
  readonly invoiceOf: (part: Slice) => string | null
  /** The invoice that asks for what was promised and not used. */
  readonly invoiceOfDue: (due: Due) => string | null
}

export interface Span {
  readonly from: Ms
  readonly to: Ms
}

/** Rows whose charge period begins in the span. */
export function usageRows(input: UsageInput, { from, to }: Span): readonly FocusRow[] {
  const { parts, account, history } = input
  const draws = Map.groupBy(account.draws, ({ charge }) => charge)
  const ahead = Map.groupBy(account.prepaid, ({ charge }) => charge)
  const usage = parts
    .filter((part) => part.from >= from && part.from < to)
    .map((part) => {
      const paid = (ahead.get(part.id) ?? []).reduce((sum, { amount }) => sum + amount, 0n)
      return usageRow(
        input,
        part,
        [...(draws.get(part.id) ?? []), ...(ahead.get(part.id) ?? [])],
        paid,
      )
    })
  const purchases = bindingClauses(history)
    .filter((clause) => clause.kind === 'prepay' && clause.form === 'prepay')
    .filter((clause) => clause.kind === 'prepay' && clause.paidAt >= from && clause.paidAt < to)
    .map((clause) => purchaseRow(input.installation, clause))
  const unused = input.dues.filter((due) => due.to > from && due.to <= to)
  return [...purchases, ...usage, ...unused.map((due) => unusedRow(input, due))]
}

function usageRow(
  { installation, suppliers, invoiceOf }: UsageInput,
  part: UsageInput['parts'][number],
  draws: readonly Draw[],
  paidAhead: bigint,
): FocusRow {
  const { charge, from, to, amount } = part
  const { supplier, region = null, accelerator, accelerators, workload, team, product } = charge
  const seller = suppliers.find(({ name }) => name === supplier)
  const host = region === null ? null : (seller?.hosts?.[region]?.at(-1) ?? supplier)
  const relations = seller?.relations?.map(({ relation }) => relation) ?? []
  const cost = decimal(amount)
  const price = decimal(charge.pricePerHour)
  const isUse = charge.account === 'usage'
  const name = `${accelerator ?? 'capacity'}${accelerators === null ? '' : ` x${accelerators}`}`
  const tags = {
    ...(workload !== null && { workload }),
    ...(team && { team }),
    ...(product && { product }),
  }
  return {
    ...billed(installation, supplier, from),
    BilledCost: decimal(BigInt(amount) - paidAhead),
    ChargeCategory: 'Usage',
    ChargeDescription: isUse
      ? `${name} for ${workload}`
      : `${name} that nobody could use, paid for all the same`,
    ChargeFrequency: 'Usage-Based',
    ChargePeriodStart: formatMoment(from),
    ChargePeriodEnd: formatMoment(to),
    ConsumedQuantity: accelerators === null ? null : hours(to - from, accelerators),
    ConsumedUnit: accelerators === null ? null : 'Accelerator-Hours',
    ContractApplied: draws.length === 0 ? null : JSON.stringify(applied(draws)),
    ContractedCost: cost,
    ContractedUnitPrice: price,
    EffectiveCost: cost,
    HostProviderName: host,
    InvoiceId: invoiceOf(part),
    ListCost: cost,
    ListUnitPrice: price,
    PricingCategory: charge.market === 'spot' ? 'Dynamic' : 'Standard',
    PricingQuantity: hours(to - from),
    PricingUnit: 'Hours',
    RegionId: region,
    RegionName: region,
    ResourceId: charge.rental,
    ResourceName: charge.lease,
    ResourceType: 'Rental',
    SkuId: accelerator,
    SkuMeter: 'Rental Hours',
    SkuPriceId: accelerator === null ? null : `${supplier}/${accelerator}`,
    SubAccountId: team ?? null,
    SubAccountName: team ?? null,
    Tags: JSON.stringify(tags),
    x_AcceleratorCount: accelerators === null ? null : String(accelerators),
    x_ChipType: accelerator,
    x_PlacementDecisionId: charge.lease,
    x_SupplierRelation: relations.length === 0 ? null : relations.join(' '),
  }
}

/** The final form of the object: a cost, or a quantity with its unit, never both. */
function applied(draws: readonly Draw[]) {
  const elements = draws.map(({ clause, hours: taken, amount }) => {
    const [contract = ''] = clause.split('/', 1)
    const ids = { ContractId: contract, ContractCommitmentId: clause }
    if (taken === 0) return { ...ids, ContractCommitmentAppliedCost: Number(decimal(amount)) }
    const unit = { ContractCommitmentAppliedUnit: 'Accelerator-Hours' }
    return { ...ids, ContractCommitmentAppliedQuantity: taken, ...unit }
  })
  return { Elements: elements }
}

/** Paid for the future: nothing of it is effective yet. */
function purchaseRow(installation: string, clause: Clause): FocusRow {
  const { dollars = 0, paidAt = 0 } = clause.kind === 'prepay' ? clause : {}
  const cost = decimal(BigInt(dollars) * 1_000_000n)
  return {
    ...billed(installation, clause.with, paidAt),
    BilledCost: cost,
    ChargeCategory: 'Purchase',
    ChargeDescription: `paid ahead under ${clauseName(clause)}`,
    ChargeFrequency: 'One-Time',
    ChargePeriodStart: formatMoment(paidAt),
    ChargePeriodEnd: formatMoment(clause.to ?? monthOf(paidAt).to),
    ContractedCost: cost,
    ContractedUnitPrice: cost,
    EffectiveCost: '0',
    HostProviderName: null,
    ListCost: cost,
    ListUnitPrice: cost,
    PricingCategory: 'Committed',
    PricingQuantity: '1',
    PricingUnit: 'Prepayments',
    SkuId: clauseName(clause),
    SkuPriceId: clauseName(clause),
  }
}

/** Owed once its span is over, and billed in the month in which that is. */
function unusedRow({ installation, invoiceOfDue }: UsageInput, due: Due): FocusRow {
  const { clause, with: supplier, accelerator, hours: missing, amount } = due
  const from = Math.max(due.from, monthOf(due.to - 1).from)
  const cost = decimal(amount)
  const taken = { charge: '', clause, hours: missing ?? 0, amount }
  return {
    ...billed(installation, supplier, from),
    BilledCost: cost,
    ChargeCategory: 'Usage',
    ChargeDescription: `promised under ${clause} and not used`,
    ChargeFrequency: 'Usage-Based',
    ChargePeriodStart: formatMoment(from),
    ChargePeriodEnd: formatMoment(due.to),
    ContractApplied: JSON.stringify(applied([taken])),
    ContractedCost: cost,
    ContractedUnitPrice: cost,
    EffectiveCost: cost,
    HostProviderName: null,
    InvoiceId: invoiceOfDue(due),
    ListCost: cost,
    ListUnitPrice: cost,
    PricingCategory: 'Committed',
    PricingQuantity: '1',
    PricingUnit: 'Shortfalls',
    SkuId: clause,
    SkuPriceId: clause,
    x_ChipType: accelerator,
  }
}

/** What all rows say of who bills whom, for what, and in which month. */
function billed(installation: string, supplier: string, at: Ms): FocusRow {
  const month = monthOf(at)
  return {
    BillingAccountId: installation,
    BillingAccountName: installation,
    BillingCurrency: 'USD',
    BillingPeriodStart: formatMoment(month.from),
    BillingPeriodEnd: formatMoment(month.to),
    ChargeClass: null,
    InvoiceIssuerName: supplier,
    ServiceCategory: 'Compute',
    ServiceName: 'Accelerators',
    ServiceProviderName: supplier,
    ServiceSubcategory: 'Virtual Machines',
  }
}
