/**
 * Contracts, invoices and billing periods as the other three datasets of FOCUS 1.4.
 */
import { commitments } from '../contracts/money/commitments.ts'
import type { Left } from '../contracts/money/drawdown/credits.ts'
import type { Due } from '../contracts/money/dues.ts'
import type { Invoice } from '../domain/charge.ts'
import { type Clause, clauseName, type Dimension } from '../domain/clause.ts'
import type { Contract } from '../domain/contract.ts'
import { formatMoment } from '../domain/day.ts'
import type { Ms } from '../domain/time.ts'
import type { Span } from './invoice/spans.ts'
import { decimal, detailIdOf, type FocusRow, hours, monthOf, periodOf } from './rows.ts'
import { trancheColumns } from './tranches.ts'

/** How far commitments are used by now. */
export interface Standing {
  readonly dues: readonly Due[]
  /** Hours that may be made up. */
  readonly credits: readonly Left[]
  /** The names of those with nothing left to draw. */
  readonly exhausted: readonly string[]
}

const untold: Standing = { dues: [], credits: [], exhausted: [] }

export function commitmentRows(
  history: readonly Contract[],
  now: Ms,
  standing: Standing = untold,
): readonly FocusRow[] {
  return commitments(history, now, standing.exhausted).map((each) => {
    const contract = history.findLast(({ name }) => name === each.contract)
    const from = contract?.from ?? each.from
    const clause = contract?.clauses.find((one) => clauseName(one) === each.id) ?? null
    const cost = each.costDollars === null ? null : decimal(BigInt(each.costDollars) * 1_000_000n)
    return {
      BillingCurrency: cost === null ? null : 'USD',
      ContractCommitmentApplicability: JSON.stringify(applicability(clause)),
      ContractCommitmentBenefitCategory: each.benefit,
      ContractCommitmentCategory: each.category,
      ContractCommitmentCost: cost,
      ContractCommitmentCreated: formatMoment(contract?.recordedAt ?? each.from),
      ContractCommitmentDescription: null,
      ContractCommitmentDiscountPercentage: null,
      ContractCommitmentDurationType: durationType(each.from, each.to),
      ContractCommitmentFulfillmentInterval: each.interval,
      ContractCommitmentId: each.id,
      ContractCommitmentLastUpdated: formatMoment(contract?.recordedAt ?? each.from),
      ContractCommitmentLifecycleStatus: each.lifecycle,
      ContractCommitmentModel: each.model,
      ContractCommitmentOfferCategory: 'Negotiated',
      ContractCommitmentPaymentInterval: each.payment === 'All Upfront' ? 'One-Time' : 'Monthly',
      ContractCommitmentPaymentModel: each.payment,
      ContractCommitmentPeriodEnd: formatMoment(each.to ?? contract?.to ?? endless),
      ContractCommitmentPeriodStart: formatMoment(each.from),
      ContractCommitmentQuantity: each.quantity === null ? null : String(each.quantity.value),
      ContractCommitmentType: each.category === 'Usage' ? 'Take or Pay' : 'Spend Commitment',
      ContractCommitmentUnit: each.quantity?.unit ?? null,
      ContractId: each.contract,
      ContractPeriodEnd: formatMoment(contract?.to ?? endless),
      ContractPeriodStart: formatMoment(from),
      InvoiceIssuerName: each.supplier,
      ServiceProviderName: each.supplier,
      ...trancheColumns(contract?.clauses ?? [], [each.id], { at: now, isWhole: true }),
      ...accrued(clause, standing),
    }
  })
}

/** What is owed by now for what was promised and not used; null where nothing ever is. */
function accrued(clause: Clause | null, { dues, credits }: Standing): FocusRow {
  const isCharged = clause?.kind === 'spend_commit' && clause.shortfall === 'charged'
  const isOwed = isCharged || clause?.kind === 'take_or_pay'
  const name = clause ? clauseName(clause) : ''
  const owed = dues.filter((due) => due.clause === name)
  const left = credits.filter((each) => each.clause === name)
  const isMadeUp = clause?.kind === 'take_or_pay' && clause.makeUpIntervals > 0
  const hoursLeft = left.reduce((sum, each) => sum + each.hours, 0)
  return {
    x_MakeUpHours: isMadeUp ? hours(Math.round(hoursLeft * 3_600_000)) : null,
    x_ShortfallAccrued: isOwed ? decimal(owed.reduce((sum, due) => sum + due.amount, 0n)) : null,
  }
}

/** The scope of a clause in the grammar of FOCUS, which knows columns and no others. */
function applicability(clause: Clause | null): object {
  const scope = clause?.scope ?? []
  if (scope.length === 0) return { IsGlobalScope: true }
  const rules = scope.map(({ dimension, operator, values }) => {
    const column = columnOf[dimension]
    return (
      column && {
        Dimension: column,
        Operator: operator,
        Values: values.length > 0 ? values : ['*'],
      }
    )
  })
  if (rules.some((rule) => rule === undefined)) return { IsComplexScope: true }
  return { InclusionOperator: 'And', Inclusions: rules }
}

const columnOf: Readonly<Partial<Record<Dimension, string>>> = {
  accelerator: 'SkuId',
  region: 'RegionId',
  supplier: 'ServiceProviderName',
}

/** What has no end in the contract: the last second of the year 9999. */
const endless = 253_402_300_799_000

function durationType(from: Ms, to: Ms | null): string {
  if (to === null) return 'Perpetual'
  const months = Math.max(1, Math.round((to - from) / (30.4375 * 86_400_000)))
  const [count, unit] = months % 12 === 0 ? [months / 12, 'Year'] : [months, 'Month']
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

export function invoiceRows(
  installation: string,
  invoices: readonly Invoice[],
  { from, to }: Span,
): readonly FocusRow[] {
  return invoices
    .filter((each) => each.from >= from && each.from < to)
    .flatMap((invoice) =>
      invoice.lines.map((line): FocusRow => {
        return {
          BilledCost: decimal(line.amount),
          BillingAccountId: installation,
          BillingCurrency: 'USD',
          ...periodOf(invoice.from),
          ChargeCategory: line.category ?? (line.rental === null ? 'Adjustment' : 'Usage'),
          InvoiceDetailCreated: formatMoment(invoice.importedAt),
          InvoiceDetailDescription: line.description.trim() || null,
          InvoiceDetailGrain:
            line.rental === null ? null : JSON.stringify({ ResourceId: line.rental }),
          InvoiceDetailId: detailIdOf({ invoice, line }),
          InvoiceDetailLastUpdated: formatMoment(invoice.importedAt),
          InvoiceId: invoice.number,
          InvoiceIssueDate: null,
          InvoiceIssueStatus: 'Issued',
          InvoiceIssuerName: invoice.supplier,
          PaymentDueDate: null,
          PaymentTerms: 'as agreed',
          ReferenceInvoiceId: invoice.number,
        }
      }),
    )
}

/** The months in which a supplier billed, or charged something; closed once its invoice is here. */
export function periodRows(
  charged: readonly { readonly supplier: string; readonly from: Ms }[],
  invoices: readonly Invoice[],
  { from, to }: Span,
  now: Ms,
): readonly FocusRow[] {
  const keys = [...charged, ...invoices].map(({ supplier, from: at }) => {
    return JSON.stringify([supplier, monthOf(at).from])
  })
  return [...new Set(keys)].sort().flatMap((key): readonly FocusRow[] => {
    const [supplier, month] = JSON.parse(key) as [string, Ms]
    if (month < from || month >= to) return []
    const invoice = invoices.findLast((each) => {
      return each.supplier === supplier && monthOf(each.from).from === month
    })
    return [
      {
        BillingPeriodCreated: formatMoment(month),
        ...periodOf(month),
        BillingPeriodLastUpdated: formatMoment(Math.max(month, invoice?.importedAt ?? now)),
        BillingPeriodStatus: invoice ? 'Closed' : 'Open',
        InvoiceIssuerName: supplier,
      },
    ]
  })
}
