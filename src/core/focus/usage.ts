/**
 * Charges as the Cost and Usage dataset of FOCUS 1.4: one row for each rental and day, one for each
 * prepayment, and one for what was promised for a span and not used. What was paid ahead is billed
 * once, when it is paid, and becomes effective as it is used or lapses, and so is what was owed for
 * hours that may be made up: over time the effective costs come to what was billed.
 */

import type { Draw } from '../contracts/money/draw.ts'
import type { Due } from '../contracts/money/dues.ts'
import type { Invoice, InvoiceLine } from '../domain/charge.ts'
import type { Checkpoint } from '../domain/checkpoint.ts'
import { type Clause, clauseName, type Prepay } from '../domain/clause.ts'
import { formatMoment, parseMoment } from '../domain/day.ts'
import { costOf } from '../domain/money.ts'
import type { SupplierSpec } from '../domain/supplier.ts'
import type { Ms } from '../domain/time.ts'
import { adjustmentRows } from './adjustments.ts'
import { type Goodput, goodput } from './goodput.ts'
import { type Asked, billing } from './invoice/billing.ts'
import type { Piece } from './invoice/pieces.ts'
import type { Span } from './invoice/spans.ts'
import { billed, decimal, type FocusRow, hours, monthOf } from './rows.ts'
import { trancheColumns } from './tranches.ts'

export interface UsageInput {
  readonly installation: string
  readonly pieces: readonly Piece[]
  readonly dues: readonly Due[]
  /** What was owed and could be made up, but no longer can. */
  readonly lapsed: readonly Due[]
  /** Clauses under which something was paid ahead. */
  readonly prepays: readonly Prepay[]
  readonly suppliers: readonly SupplierSpec[]
  /** Those that ever bound. */
  readonly clauses: readonly Clause[]
  /** The newest saved state of each job. */
  readonly saved: readonly Checkpoint[]
  /** What was not up as promised, and may be claimed. */
  readonly claims: readonly Claimed[]
  readonly invoices: readonly Invoice[]
  readonly now: Ms
}

/** A draft claim, with the parts of charges that it is about. */
export interface Claimed {
  /** `<contract>/<clause>/<month>`. */
  readonly id: string
  readonly parts: readonly string[]
}

/** Rows of the billing periods that begin in the span. */
export function usageRows(input: UsageInput, { from, to }: Span): readonly FocusRow[] {
  const { installation, pieces, dues, lapsed, prepays, invoices, now } = input
  const asked = billing(invoices, prepays)
  const charged = new Map<InvoiceLine, bigint>()
  const askedFor = (found: Asked | null, amount: bigint) => {
    if (found) charged.set(found.line, (charged.get(found.line) ?? 0n) + amount)
    return found
  }
  const own = { goodputOf: goodput(pieces, input.saved), claimOf: claimsByPart(input.claims) }
  const rows = [
    ...prepays
      .filter(({ paidAt }) => paidAt <= now)
      .map((each) => purchaseRow(installation, each, askedFor(asked.ofPrepay(each), paid(each)))),
    ...pieces.map((each) => ({
      ...usageRow(input, each, askedFor(asked.ofPart(each), owed(each))),
      ...ownColumns(input, each, own),
    })),
    ...dues.map((each) => unusedRow(input, each, askedFor(asked.ofDue(each), each.amount))),
    ...lapsed.map((each) => expiredRow(installation, each)),
    ...prepays.flatMap((each) => lapsedRow(input, each)),
  ]
  return [...rows, ...adjustmentRows(installation, invoices, charged)].filter((row) => {
    const start = parseMoment(row.BillingPeriodStart ?? '')
    return start !== null && start >= from && start < to
  })
}

/** What was not paid for before. */
function owed({ amount, ahead }: Piece): bigint {
  return ahead.reduce((rest, each) => rest - each.amount, BigInt(amount))
}

/** What is made up costs what was paid for it, whatever it is sold for by now. */
function effective({ amount, ahead }: Piece): bigint {
  return ahead.reduce((sum, each) => {
    return each.madeUp === null ? sum : sum - each.amount + each.madeUp
  }, BigInt(amount))
}

function paid({ dollars }: Prepay): bigint {
  return BigInt(dollars) * 1_000_000n
}

function usageRow(
  { installation, suppliers }: UsageInput,
  piece: Piece,
  asked: Asked | null,
): FocusRow {
  const { charge, from, to, amount, draws, ahead, rate } = piece
  const { supplier, region = null, accelerator, accelerators, workload, team, product } = charge
  const seller = suppliers.find(({ name }) => name === supplier)
  // The last of a chain is who runs the machines; who is not told of is the seller itself.
  const host = region === null ? null : (seller?.hosts?.[region]?.at(-1) ?? supplier)
  const cost = decimal(amount)
  const price = decimal(charge.pricePerHour)
  const isUse = charge.account === 'usage'
  const name = `${accelerator ?? 'capacity'}${accelerators === null ? '' : ` x${accelerators}`}`
  const tags = {
    ...(workload !== null && { workload }),
    ...(team && { team }),
    ...(product && { product }),
  }
  const used = [...draws, ...ahead]
  return {
    ...billed(installation, supplier, from, asked),
    BilledCost: decimal(owed(piece)),
    ChargeCategory: 'Usage',
    ChargeDescription: isUse
      ? `${name} for ${workload}`
      : `${name} that nobody could use, paid for all the same`,
    ChargeFrequency: 'Usage-Based',
    ChargePeriodStart: formatMoment(from),
    ChargePeriodEnd: formatMoment(to),
    ConsumedQuantity: hours(to - from, accelerators ?? 1),
    ConsumedUnit: accelerators === null ? 'Hours' : 'Accelerator-Hours',
    ContractApplied: used.length === 0 ? null : JSON.stringify(applied(used)),
    ContractedCost: rate ? decimal(costOf(rate.pricePerHour, to - from)) : cost,
    ContractedUnitPrice: rate ? decimal(rate.pricePerHour) : price,
    EffectiveCost: decimal(effective(piece)),
    HostProviderName: host,
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
    SkuId: accelerator ?? 'capacity',
    SkuMeter: 'Rental Hours',
    SkuPriceId: `${supplier}/${accelerator ?? 'capacity'}`,
    SubAccountId: team ?? null,
    SubAccountName: team ?? null,
    Tags: JSON.stringify(tags),
  }
}

interface Own {
  readonly goodputOf: Goodput
  readonly claimOf: ReadonlyMap<string, readonly string[]>
}

/** What FOCUS has no column for; null where it is not known. */
function ownColumns({ suppliers, clauses }: UsageInput, piece: Piece, own: Own): FocusRow {
  const { charge, from, part, draws } = piece
  const { supplier, accelerator, accelerators, lease } = charge
  const seller = suppliers.find(({ name }) => name === supplier)
  const share = own.goodputOf(charge)
  const names = draws.map(({ clause }) => clause)
  return {
    ...trancheColumns(clauses, names, { at: from, isWhole: false }),
    x_AcceleratorCount: accelerators === null ? null : String(accelerators),
    x_ChipType: accelerator,
    x_Goodput: share === null ? null : share.toFixed(6),
    x_PlacementDecisionId: lease,
    x_ShortfallAccrued: null,
    x_SlaCreditClaimId: own.claimOf.get(part)?.join(' ') ?? null,
    x_SupplierRelation: relationAt(seller, from),
  }
}

function claimsByPart(claims: readonly Claimed[]): Own['claimOf'] {
  const ids = new Map<string, string[]>()
  for (const { id, parts } of claims) {
    for (const part of parts) ids.set(part, [...(ids.get(part) ?? []), id])
  }
  return ids
}

/** What it was to us by then; null where nobody said. */
function relationAt(seller: SupplierSpec | undefined, at: Ms): string | null {
  const now = seller?.relations?.filter(({ from, to }) => {
    return (from === null || from <= at) && (to === null || at < to)
  })
  return now?.map(({ relation }) => relation).join(' ') || null
}

/** The final form of the object: a cost, or a quantity with its unit, never both. */
function applied(draws: readonly Pick<Draw, 'clause' | 'hours' | 'amount'>[]) {
  const elements = draws.map(({ clause, hours: taken, amount }) => {
    const [contract = ''] = clause.split('/', 1)
    const ids = { ContractId: contract, ContractCommitmentId: clause }
    if (taken === 0) return { ...ids, ContractCommitmentAppliedCost: Number(decimal(amount)) }
    const unit = { ContractCommitmentAppliedUnit: 'Accelerator-Hours' }
    return { ...ids, ContractCommitmentAppliedQuantity: taken, ...unit }
  })
  return { Elements: elements }
}

/** Paid for the future: nothing of it is effective yet. A commitment is a resource of its own. */
function purchaseRow(installation: string, prepay: Prepay, asked: Asked | null): FocusRow {
  const { paidAt, to } = prepay
  const [clause, amount] = [clauseName(prepay), paid(prepay)]
  const cost = decimal(amount)
  return {
    ...billed(installation, prepay.with, paidAt, asked),
    ...commitmentOf(clause, 'Prepayment'),
    BilledCost: cost,
    ChargeCategory: 'Purchase',
    ChargeDescription: `paid ahead under ${clause}`,
    ChargeFrequency: 'One-Time',
    ChargePeriodStart: formatMoment(paidAt),
    ChargePeriodEnd: formatMoment(to !== null && to > paidAt ? to : monthOf(paidAt).to),
    ContractApplied: JSON.stringify(applied([{ clause, hours: 0, amount }])),
    ContractedCost: cost,
    ContractedUnitPrice: cost,
    EffectiveCost: '0',
    ListCost: cost,
    ListUnitPrice: cost,
    PricingQuantity: '1',
    PricingUnit: 'Prepayments',
  }
}

/** Owed once its span is over, and billed in the month in which that is. */
function unusedRow({ installation, clauses }: UsageInput, due: Due, asked: Asked | null): FocusRow {
  const { clause, with: supplier, accelerator, hours: missing, amount } = due
  const from = Math.max(due.from, monthOf(due.to - 1).from)
  const taken = { clause, hours: missing ?? 0, amount }
  return {
    ...billed(installation, supplier, from, asked),
    ...notUsed({ clause, from, to: due.to, amount, kind: 'Commitment' }),
    BilledCost: decimal(amount),
    ...(due.isCredited && { EffectiveCost: '0' }),
    ChargeDescription: `promised under ${clause} and not used`,
    ContractApplied: JSON.stringify(applied([taken])),
    ...trancheColumns(clauses, [clause], { at: due.from, isWhole: false }),
    x_ChipType: accelerator,
    x_ShortfallAccrued: decimal(amount),
  }
}

/** What nobody made up while it could be: billed before, and effective now. */
function expiredRow(installation: string, due: Due): FocusRow {
  const { clause, with: supplier, accelerator, hours: missing, to, amount } = due
  const from = Math.max(due.from, monthOf(to - 1).from)
  const taken = { clause, hours: missing ?? 0, amount }
  return {
    ...billed(installation, supplier, from, null),
    ...notUsed({ clause, from, to, amount, kind: 'Commitment' }),
    BilledCost: '0',
    ChargeDescription: `owed under ${clause} and not made up in time`,
    ContractApplied: JSON.stringify(applied([taken])),
    x_ChipType: accelerator,
  }
}

/** What nobody used of a prepayment by its end: effective then, and billed when it was paid. */
function lapsedRow({ installation, pieces, now }: UsageInput, prepay: Prepay): readonly FocusRow[] {
  const { with: supplier, paidAt, to } = prepay
  if (to === null || to > now || to <= paidAt) return []
  const clause = clauseName(prepay)
  const used = pieces
    .flatMap(({ ahead }) => ahead.filter((each) => each.clause === clause))
    .reduce((sum, each) => sum + each.amount, 0n)
  const amount = paid(prepay) - used
  if (amount <= 0n) return []
  const from = Math.max(paidAt, monthOf(to - 1).from)
  return [
    {
      ...billed(installation, supplier, from, null),
      ...notUsed({ clause, from, to, amount, kind: 'Prepayment' }),
      BilledCost: '0',
      ChargeDescription: `paid ahead under ${clause} and not used by its end`,
      ContractApplied: JSON.stringify(applied([{ clause, hours: 0, amount }])),
    },
  ]
}

/** A use of which nothing was consumed. */
function notUsed({
  clause,
  from,
  to,
  amount,
  kind,
}: Span & {
  readonly clause: string
  readonly amount: bigint
  readonly kind: 'Commitment' | 'Prepayment'
}): FocusRow {
  const cost = decimal(amount)
  return {
    ...commitmentOf(clause, kind),
    ChargeCategory: 'Usage',
    ChargeFrequency: 'Usage-Based',
    ChargePeriodStart: formatMoment(from),
    ChargePeriodEnd: formatMoment(to),
    ConsumedQuantity: '0',
    ConsumedUnit: 'Accelerator-Hours',
    ContractedCost: cost,
    ContractedUnitPrice: cost,
    EffectiveCost: cost,
    ListCost: cost,
    ListUnitPrice: cost,
    PricingQuantity: '1',
    PricingUnit: 'Shortfalls',
  }
}

function commitmentOf(clause: string, type: 'Commitment' | 'Prepayment'): FocusRow {
  return {
    HostProviderName: null,
    PricingCategory: 'Committed',
    ResourceId: clause,
    ResourceType: type,
    SkuId: clause,
    SkuPriceId: clause,
  }
}
