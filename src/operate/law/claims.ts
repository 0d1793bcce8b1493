/**
 * What suppliers owe us: for machines that did not do, and for prices above the best that they
 * promised, or above those that were agreed. Charges, leases, records and invoices, as the clauses
 * about it ask for them.
 */
import { formatAmount } from '../../core/contracts/amount.ts'
import { type Clearance, keptFrom } from '../../core/contracts/clearance.ts'
import {
  type Excuse,
  recentMonths,
  type SlaMonth,
  slaMonths,
} from '../../core/contracts/delivery/claims.ts'
import type { Span } from '../../core/contracts/delivery/sla.ts'
import { bindingClauses } from '../../core/contracts/money/account.ts'
import { mfnClaim, type PaidLine } from '../../core/contracts/money/mfn.ts'
import { type Clause, clauseName, type Price } from '../../core/domain/clause.ts'
import { formatDay } from '../../core/domain/day.ts'
import type { Lease } from '../../core/domain/lease.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { Part } from '../../core/focus/parts.ts'
import type { Claimed } from '../../core/focus/usage.ts'
import type { Ledger } from '../../ports/ledger.ts'
import { every } from '../memory.ts'
import { clearanceFor } from './clearance.ts'
import { everyInvoice } from './invoices.ts'
import { type Charged, partsOf } from './money.ts'
import { overRates } from './price/claims.ts'
import { historyOf } from './take.ts'

const hourMs = 3_600_000

/** One clause and one month. Amounts in micro-dollars, as texts. */
export interface ClaimView {
  /** `<contract>/<clause>`. */
  readonly clause: string
  readonly with: string
  readonly kind: 'sla_credit' | 'price'
  readonly from: Ms
  readonly to: Ms
  /** Milliseconds of machines; null where the claim is about a price. */
  readonly up: {
    readonly countedMs: number
    readonly downMs: number
    readonly availabilityPpm: number
  } | null
  readonly bill: string
  /** Null where the promise was kept. */
  readonly credit: string | null
  /** The last moment to claim; null where the clause sets none. */
  readonly deadline: Ms | null
  /** It closes soon. */
  readonly isNear: boolean
  /** In words that may leave the house. */
  readonly evidence: string[]
  readonly excluded: string[]
  /** Why a price was not compared with that may not be told. */
  readonly withheld: string[]
  readonly assumed: string[]
  /** Commits us to what prices were compared with; whoever has the nonce can show it. */
  readonly proof: { readonly digest: string; readonly nonce: string } | null
}

export interface Sealing {
  readonly nonce: () => string
  readonly hash: (text: string) => string
}

export async function claimsView(
  ledger: Ledger,
  charged: Charged,
  sealing: Sealing,
): Promise<readonly ClaimView[]> {
  const { now } = charged.snapshot
  const clauses = bindingClauses(historyOf(charged.snapshot))
  const above = overRates(charged, await everyInvoice(ledger))
  if (!clauses.some(mayOwe)) return above
  const parts = partsOf(charged)
  const clearanceTo = (party: string) => clearanceFor(charged.snapshot, party)
  return [
    ...(await measured(ledger, charged)).map(slaView),
    ...recentMonths(now).flatMap((month) =>
      bestPrices(clauses, { parts, month, clearanceTo }, sealing),
    ),
    ...above,
  ]
}

/** What may still be claimed for machines that did not do, and of which parts of charges. */
export async function claimedParts(ledger: Ledger, charged: Charged): Promise<readonly Claimed[]> {
  const months = await measured(ledger, charged)
  return months.flatMap(({ clause, period, credit, parts }): readonly Claimed[] => {
    const id = `${clause}/${formatDay(period.from).slice(0, 7)}`
    return credit === null ? [] : [{ id, parts }]
  })
}

async function measured(ledger: Ledger, charged: Charged): Promise<readonly SlaMonth[]> {
  const { now, rows } = charged.snapshot
  const clauses = bindingClauses(historyOf(charged.snapshot))
  if (!clauses.some(({ kind }) => kind === 'sla_credit')) return []
  const leases: Lease[] = []
  for await (const { body } of every(ledger, 'lease')) leases.push(body)
  const excuses = rows.record.flatMap(({ body }): Excuse[] => {
    if (body.kind !== 'excuse') return []
    const { supplier, cause, at: from, until: to } = body
    return [{ supplier, cause, from, to }]
  })
  const rented = rentedOf(charged, partsOf(charged), leases)
  return slaMonths(clauses, rented, { excuses, now })
}

function mayOwe(clause: Clause): boolean {
  return clause.kind === 'sla_credit' || (clause.kind === 'price' && clause.pricing.form === 'mfn')
}

function rentedOf(
  { snapshot: { rows } }: Charged,
  parts: readonly Part[],
  leases: readonly Lease[],
) {
  const leaseOf = new Map(leases.map((lease) => [lease.id, lease]))
  const kinds = new Map(rows.workload.map(({ id, body }) => [id, body.spec.kind]))
  return parts.flatMap((part) => {
    const { workload, lease: id, rental, market } = part.charge
    const lease = leaseOf.get(id ?? '')
    // A second rental under the key of a lease served nobody, and its machines are not known.
    if (!lease || part.charge.account === 'waste') return []
    // Of a charge of an earlier version its workload tells, as long as that is there.
    const workloadKind = part.charge.workloadKind ?? kinds.get(workload ?? '')
    const { nodes, failed, why } = lease
    return [{ ...part.charge, ...part, workloadKind, rental, market, nodes, failed, why }]
  })
}

function slaView({ period, measured: up, bill, credit, parts: _, ...rest }: SlaMonth): ClaimView {
  return {
    ...{ ...rest, ...period, kind: 'sla_credit', up, bill: String(bill), proof: null },
    credit: credit === null ? null : String(credit),
    evidence: [...rest.evidence],
    excluded: [...rest.excluded],
    withheld: [],
    assumed: [...rest.assumed],
  }
}

interface Bought {
  readonly parts: readonly Part[]
  readonly month: Span
  readonly clearanceTo: (party: string) => Clearance
}

/**
 * Whether the best price was given, clause by clause, where anything was bought there. What was
 * paid too much tells what somebody else asks, so that only prices count that may be told.
 */
function bestPrices(
  clauses: readonly Clause[],
  { parts, month, clearanceTo }: Bought,
  { nonce: draw, hash }: Sealing,
): readonly ClaimView[] {
  return clauses.flatMap((clause): ClaimView[] => {
    if (clause.kind !== 'price' || clause.pricing.form !== 'mfn') return []
    const from = Math.max(month.from, clause.from)
    const to = Math.min(month.to, clause.to ?? month.to)
    const clearance = clearanceTo(clause.with)
    const withheld = new Set<string>()
    const lines = linesOf(parts, { from, to }).filter(
      ({ supplier: about, accelerator, region }) => {
        const facts = { accelerator: [accelerator], region: [region] }
        const kept = keptFrom(clearance, { fact: 'prices', about, facts })
        if (kept && isCompared(clause, about)) withheld.add(`${kept.because} (${kept.source})`)
        return kept === null
      },
    )
    const theirs = lines.filter(({ supplier }) => supplier === clause.with)
    if (theirs.length === 0) return []
    const nonce = draw()
    const claim = mfnClaim(clause, lines, { nonce, hash })
    const bill = theirs.reduce((sum, { amount }) => sum + amount, 0)
    const shared = { clause: clauseName(clause), with: clause.with, kind: 'price' as const }
    return [
      {
        ...{ ...shared, ...month, up: null, bill: String(bill), deadline: null, isNear: false },
        credit: claim ? String(claim.overpaid) : null,
        evidence: (claim?.lines ?? []).map(({ id, overpaid }) => {
          return `${id}: ${formatAmount(overpaid)} above the best price`
        }),
        ...{ excluded: [], withheld: [...withheld].sort(), assumed: [...clause.assumed] },
        proof: claim ? { digest: claim.digest, nonce } : null,
      },
    ]
  })
}

function isCompared({ pricing }: Price, supplier: string): boolean {
  return pricing.form === 'mfn' && pricing.comparators.includes(supplier)
}

/** What was charged within a span, a line for each rental. */
function linesOf(parts: readonly Part[], { from, to }: Span) {
  const within = parts.filter((part) => part.from >= from && part.from < to)
  const groups = Map.groupBy(within, ({ charge }) => charge.id)
  return [...groups].flatMap(([id, days]): (PaidLine & { readonly amount: number })[] => {
    const [{ charge } = { charge: null }] = days
    if (!charge?.accelerator || !charge.accelerators || charge.region === undefined) return []
    const { supplier, accelerator, accelerators, region, pricePerHour } = charge
    const ms = days.reduce((sum, day) => sum + day.to - day.from, 0)
    const perHour = Math.round(pricePerHour / accelerators)
    const amount = days.reduce((sum, day) => sum + day.amount, 0)
    const hours = (accelerators * ms) / hourMs
    return [{ id, supplier, accelerator, region, perHour, hours, amount }]
  })
}
