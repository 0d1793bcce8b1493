/**
 * What contracts say of what was charged: how far commitments are used, and what FOCUS tells of it.
 */

import type { Told } from '../../core/audit/evidence.ts'
import { amountOf, costOfHours } from '../../core/contracts/amount.ts'
import {
  type Account,
  acceptedUnder,
  account,
  accountFrom,
  bindingClauses,
} from '../../core/contracts/money/account.ts'
import { burnDown } from '../../core/contracts/money/burn-down.ts'
import { type Draw, type Drawdown, untouched } from '../../core/contracts/money/draw.ts'
import {
  type Credits,
  creditsLeft,
  creditsOf,
} from '../../core/contracts/money/drawdown/credits.ts'
import { type Due, dues, expiries } from '../../core/contracts/money/dues.ts'
import { salvage } from '../../core/contracts/money/exit.ts'
import { committedHours, intervalAt } from '../../core/contracts/money/take-or-pay.ts'
import { type Agreed, agreed } from '../../core/contracts/price/agreed.ts'
import type { Charge, Invoice } from '../../core/domain/charge.ts'
import { type Clause, clauseName, type Prepay, type TakeOrPay } from '../../core/domain/clause.ts'
import { dayMs } from '../../core/domain/day.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { Purse } from '../../core/domain/world.ts'
import type { Dataset } from '../../core/focus/columns.ts'
import { type Comparison, compareInvoice } from '../../core/focus/invoice/compare.ts'
import { pieces } from '../../core/focus/invoice/pieces.ts'
import type { Span } from '../../core/focus/invoice/spans.ts'
import { cutDays, cutParts, type Part, paidPart } from '../../core/focus/parts.ts'
import type { FocusRow } from '../../core/focus/rows.ts'
import { commitmentRows, invoiceRows, periodRows, type Standing } from '../../core/focus/terms.ts'
import { type Claimed, type UsageInput, usageRows } from '../../core/focus/usage.ts'
import { count, purses, type Spending } from '../../core/meter/spending.ts'
import type { Snapshot } from '../../ports/ledger.ts'
import { historyOf } from './take.ts'

/** All charges, those that are closed among them. */
export interface Charged {
  readonly snapshot: Snapshot
  readonly charges: readonly Charge[]
  /** Gives others their turn while years of charges are gone through; without it they wait. */
  readonly pause?: () => Promise<unknown>
}

export function partsOf({ snapshot, charges }: Charged): readonly Part[] {
  const clauses = bindingClauses(historyOf(snapshot))
  return cutParts(charges, { clauses, now: snapshot.now })
}

export function accountOf({ snapshot }: Charged, parts: readonly Part[]): Account {
  return account(historyOf(snapshot), parts.map(paidIn(snapshot)))
}

function paidIn({ rows }: Snapshot) {
  const kinds = new Map(rows.workload.map(({ id, body }) => [id, body.spec.kind]))
  return (part: Part) => paidPart(part, kinds.get(part.charge.workload ?? ''))
}

/** What was taken of commitments at a moment, whichever rentals took it. */
export type Taken = Omit<Draw, 'charge'>

export interface Used {
  /** Of each commitment in order of time. */
  readonly taken: readonly Taken[]
  readonly drawdown: Drawdown
}

/** Years of charges are gone through day by day, and whoever leads has its turn in between. */
export async function usedOf({ snapshot, charges, pause }: Charged): Promise<Used> {
  const clauses = bindingClauses(historyOf(snapshot))
  const paid = paidIn(snapshot)
  const taken = new Map<string, Taken[]>()
  let drawdown = untouched
  for (const parts of cutDays(charges, { clauses, now: snapshot.now })) {
    const day = accountFrom(clauses, parts.map(paid), drawdown)
    for (const draw of day.draws) addTo(taken, draw)
    drawdown = day.drawdown
    await pause?.()
  }
  return { taken: [...taken.values()].flat(), drawdown }
}

function addTo(all: Map<string, Taken[]>, { clause, at, hours, amount, madeUp }: Draw): void {
  const key = `${clause} ${madeUp === null}`
  const ours = all.get(key) ?? []
  all.set(key, ours)
  const before = ours.at(-1)?.at === at ? ours.pop() : undefined
  ours.push({
    ...{ clause, at, hours: hours + (before?.hours ?? 0), amount: amount + (before?.amount ?? 0n) },
    madeUp: madeUp === null ? null : madeUp + (before?.madeUp ?? 0n),
  })
}

/** What contracts say that rentals cost, from the first of their days to the last. */
export function agreedOf({ snapshot, charges }: Charged): Agreed {
  const clauses = bindingClauses(historyOf(snapshot))
  const { now, rows } = snapshot
  const kinds = new Map(rows.workload.map(({ id, body }) => [id, body.spec.kind]))
  const rented = charges.map((charge) => {
    const { workloadKind = kinds.get(charge.workload ?? '') } = charge
    return { ...charge, to: charge.to ?? now, workloadKind }
  })
  const records = rows.record.map(({ body }) => body)
  return agreed(clauses, rented, records)
}

/** What is owed by now for what was promised and not used. */
export function duesOf({ snapshot }: Charged, taken: readonly Taken[]): readonly Due[] {
  const clauses = bindingClauses(historyOf(snapshot))
  return dues(clauses, taken, { now: snapshot.now, accepted: acceptedUnder(clauses) })
}

/** What was owed and could be made up, but no longer can. */
function expiriesOf({ snapshot }: Charged, { draws }: Account): readonly Due[] {
  const clauses = bindingClauses(historyOf(snapshot))
  return expiries(clauses, draws, { now: snapshot.now, accepted: acceptedUnder(clauses) })
}

/** All that is told of commitments, for whoever audits it. */
export function toldOf(charged: Charged): readonly Told[] {
  const parts = partsOf(charged)
  const { draws, prepaid } = accountOf(charged, parts)
  const byId = new Map(parts.map((part) => [part.id, part]))
  const told = (of: Told['of']) => (each: Draw) => {
    const part = byId.get(each.charge)
    if (!part) return []
    const { charge, from: at, to } = part
    const partAmount = BigInt(part.amount)
    const { clause, amount, hours, madeUp } = each
    const about = { of, clause, charge: charge.id, part: part.id, partAmount, at, to }
    return { ...about, amount, hours, isMadeUp: madeUp !== null }
  }
  return [...draws.flatMap(told('commitment')), ...prepaid.flatMap(told('prepayment'))]
}

/** One commitment and one of its dates or intervals. Amounts in micro-dollars, as texts. */
export interface BurnDownView {
  /** `<contract>/<clause>`. */
  readonly clause: string
  readonly with: string
  readonly kind: 'spend_commit' | 'take_or_pay' | 'prepay'
  /** The milestone, or the end of the present interval. */
  readonly at: Ms | null
  readonly due: string
  readonly used: string
  /** For what ended before and was not used; told once, in the first row of a commitment. */
  readonly owed: string
  /** What will be missing at the present pace. */
  readonly shortfall: string
  /** To be spent every day from now on, to be in time. */
  readonly neededPerDay: string
  readonly warns: boolean
  /** What the best way out of what will be missing brings back; null where there is none. */
  readonly wayOut: { readonly way: 'cancel' | 'resale' | 'pause'; readonly amount: string } | null
  /** Hours that were paid for and not used, where they may be made up; else null. */
  readonly credits: Credits | null
}

/** Over these days the present pace is measured. */
const paceDays = 7

export async function burnDownView(charged: Charged): Promise<readonly BurnDownView[]> {
  const { now } = charged.snapshot
  const { taken, drawdown } = await usedOf(charged)
  const owed = new Map<string, bigint>()
  for (const { clause, amount } of duesOf(charged, taken)) {
    owed.set(clause, (owed.get(clause) ?? 0n) + amount)
  }
  const clauses = bindingClauses(historyOf(charged.snapshot))
  return clauses.flatMap((clause): readonly BurnDownView[] => {
    const name = clauseName(clause)
    const about = { clause: name, with: clause.with, owed: '0', credits: null }
    const sum = String(owed.get(name) ?? 0n)
    const spends = taken.filter((each) => each.clause === name)
    if (clause.kind === 'spend_commit') {
      const late = spends.filter(({ at }) => at > now - paceDays * dayMs)
      const perDay = late.reduce((sum, { amount }) => sum + amount, 0n) / BigInt(paceDays)
      return burnDown(clause, spends, { now, perDay }).map((row, index) => ({
        ...{ ...about, owed: index === 0 ? sum : '0' },
        kind: 'spend_commit',
        at: row.at,
        due: String(row.due),
        used: String(row.spent),
        shortfall: String(row.shortfall),
        neededPerDay: String(row.neededPerDay),
        warns: row.warns,
        wayOut: null,
      }))
    }
    if (clause.kind === 'take_or_pay') {
      const accepted = acceptedUnder(clauses)
      const credits = creditsOf(clause, spends, { now, accepted, drawdown })
      const hours = { ...about, kind: 'take_or_pay', credits } as const
      const row = takeOrPayRow(clause, spends, { clauses, now })
      if (row) return [{ ...hours, ...row, owed: sum }]
      const over = { ...nothingDue, at: clause.to, used: '0', due: '0', owed: sum }
      return sum === '0' ? [] : [{ ...hours, ...over }]
    }
    if (clause.kind !== 'prepay' || clause.form !== 'prepay') return []
    const paid = BigInt(clause.dollars) * 1_000_000n
    const used = drawdown.dollars.get(name) ?? 0n
    return [
      {
        ...about,
        kind: 'prepay',
        at: clause.to,
        due: String(paid),
        used: String(used),
        ...nothingDue,
      },
    ]
  })
}

const nothingDue = { shortfall: '0', neededPerDay: '0', warns: false, wayOut: null } as const

function takeOrPayRow(
  clause: TakeOrPay,
  spends: readonly Taken[],
  { clauses, now }: { readonly clauses: readonly Clause[]; readonly now: Ms },
): Omit<BurnDownView, 'clause' | 'with' | 'kind' | 'owed' | 'credits'> | null {
  const span = intervalAt(clause, now)
  if (!span) return null
  const committed = committedHours(clause, span, acceptedUnder(clauses)(clause, span.from))
  const used = spends
    .filter(({ at, madeUp }) => at >= span.from && at < span.to && madeUp === null)
    .reduce((sum, { hours }) => sum + hours, 0)
  const gone = (now - span.from) / (span.to - span.from)
  const expected = gone > 0 ? used / gone : used
  const missing = Math.max(0, committed - expected)
  const daysLeft = Math.max(1, Math.ceil((span.to - now) / dayMs))
  const price = (hours: number) => String(costOfHours(clause.pricePerHour, Math.max(0, hours)))
  return {
    at: span.to,
    due: price(committed),
    used: price(Math.min(used, committed)),
    shortfall: price(missing),
    neededPerDay: price((committed - used) / daysLeft),
    // A pace is known once a tenth of the interval is over.
    warns: missing > 0 && gone >= 0.1,
    wayOut: wayOutOf(clause, clauses, { missing, now, until: span.to }),
  }
}

/** What will not be used of the interval is taken as spread evenly over the rest of it. */
function wayOutOf(
  { with: supplier, accelerator, pricePerHour }: TakeOrPay,
  clauses: readonly Clause[],
  { missing, now, until }: { readonly missing: number; readonly now: Ms; readonly until: Ms },
): BurnDownView['wayOut'] {
  const hoursLeft = (until - now) / 3_600_000
  if (missing <= 0 || hoursLeft <= 0) return null
  const perHour = Math.round((pricePerHour * missing) / hoursLeft)
  const binding = clauses.filter(({ from, to }) => from <= now && (to === null || now < to))
  const facts = { accelerator: [accelerator] }
  const found = salvage(binding, { supplier, facts, pricePerHour: perHour, now, until })
  return found.way === 'none' ? null : { way: found.way, amount: String(found.amount) }
}

/** What every budget of the policy in force has left. */
export function pursesOf({ snapshot, charges }: Charged): readonly Purse[] {
  const budgets = snapshot.rows.policy[0]?.body.budgets ?? []
  if (budgets.length === 0) return []
  const closed: Spending = new Map()
  for (const charge of charges) count(closed, charge)
  const open = charges.filter(({ to }) => to === null)
  const leases = snapshot.rows.lease.map(({ body }) => body)
  return purses(budgets, { closed, open, leases, now: snapshot.now })
}

/** An invoice beside what we charged for ourselves, and what the supplier asked for before. */
export function comparisonOf(
  invoice: Invoice,
  charged: Charged,
  invoices: readonly Invoice[],
): readonly Comparison[] {
  const { supplier, number, importedAt } = invoice
  const parts = partsOf(charged)
  const account = accountOf(charged, parts)
  const ours = parts.filter(({ charge }) => charge.supplier === supplier)
  const clauses = bindingClauses(historyOf(charged.snapshot)).filter((clause) => {
    return clause.with === supplier
  })
  const earlier = invoices.filter((each) => {
    const isBefore = importedAt - each.importedAt || (number < each.number ? -1 : 1)
    return each.supplier === supplier && each.number !== number && isBefore > 0
  })
  return compareInvoice(invoice, {
    pieces: pieces(ours, account, [...earlier, invoice], agreedOf(charged)),
    dues: duesOf(charged, account.draws).filter((due) => due.with === supplier),
    prepays: clauses.filter(isPaidAhead),
    clauses: clauses.map(clauseName),
    earlier,
  })
}

function isPaidAhead(clause: Clause): clause is Prepay {
  return clause.kind === 'prepay' && clause.form === 'prepay'
}

export interface FocusOptions {
  readonly span: Span
  readonly invoices: readonly Invoice[]
  readonly installation: string
  readonly claims: readonly Claimed[]
}

/** Rows of one dataset of FOCUS 1.4 for a span. */
export function focusRows(
  dataset: Dataset,
  charged: Charged,
  { span, invoices, installation, claims }: FocusOptions,
): readonly FocusRow[] {
  const { now } = charged.snapshot
  switch (dataset) {
    case 'cost-and-usage':
      return usageRows(usageInput(charged, { invoices, installation, claims }), span)
    case 'contract-commitment':
      return commitmentRows(historyOf(charged.snapshot), now, standingOf(charged))
    case 'invoice-detail':
      return invoiceRows(installation, invoices, span)
    case 'billing-period': {
      const parts = partsOf(charged).map(({ charge, from }) => ({
        supplier: charge.supplier,
        from,
      }))
      return periodRows(parts, invoices, span, now)
    }
  }
}

function usageInput(charged: Charged, options: Omit<FocusOptions, 'span'>): UsageInput {
  const { rows, now } = charged.snapshot
  const clauses = bindingClauses(historyOf(charged.snapshot))
  const parts = partsOf(charged)
  const account = accountOf(charged, parts)
  return {
    ...{ ...options, clauses, now },
    prepays: clauses.filter(isPaidAhead),
    suppliers: rows.supplier.map(({ body }) => body),
    saved: rows.checkpoint.map(({ body }) => body),
    pieces: pieces(parts, account, options.invoices, agreedOf(charged)),
    dues: duesOf(charged, account.draws),
    lapsed: expiriesOf(charged, account),
  }
}

function standingOf(charged: Charged): Standing {
  const account = accountOf(charged, partsOf(charged))
  const { drawdown } = account
  const clauses = bindingClauses(historyOf(charged.snapshot))
  const options = { now: charged.snapshot.now, accepted: acceptedUnder(clauses) }
  const exhausted = clauses.filter((clause) => {
    const used = drawdown.dollars.get(clauseName(clause)) ?? 0n
    if (clause.kind === 'spend_commit') return used >= amountOf(clause.totalDollars)
    return isPaidAhead(clause) && used >= amountOf(clause.dollars)
  })
  return {
    dues: duesOf(charged, account.draws),
    credits: clauses.flatMap((clause) => {
      return clause.kind === 'take_or_pay' ? creditsLeft(clause, drawdown, options) : []
    }),
    exhausted: exhausted.map(clauseName),
  }
}
