/**
 * What suppliers owe us for machines that did not do, month by month: measured on what we rented,
 * by our own record of when machines failed, and told in time to be claimed.
 *
 * Spot capacity is promised to nobody, and capacity that a supplier ended is rented no more:
 * neither counts, so that a claim never says too much.
 */
import { type Clause, clauseName, type SlaCredit, type SlaExclusion } from '../../domain/clause.ts'
import { addMonths, civilOf, dayMs, formatMoment, msOfCivil } from '../../domain/day.ts'
import type { Failure } from '../../domain/lease.ts'
import type { Ms } from '../../domain/time.ts'
import type { Market } from '../../domain/workload.ts'
import type { Amount } from '../amount.ts'
import { factsOf, type Paid } from '../money/account.ts'
import { isInScope } from '../scope.ts'
import { claimBy, creditOf, type Measured, measure, type Span, together } from './sla.ts'

/** Of a rental, for a day of UTC or less, with what is known of its machines. */
export interface Rented extends Omit<Paid, 'since'> {
  readonly rental: string
  readonly market: Market | undefined
  readonly nodes: number
  readonly failed: Failure | undefined
  /** Why it was let go. */
  readonly why: string | null
}

/** Time for which a supplier answers by no clause that excludes its cause. */
export interface Excuse extends Span {
  readonly supplier: string
  readonly cause: SlaExclusion
}

/** One clause and one month. */
export interface SlaMonth {
  /** `<contract>/<clause>`. */
  readonly clause: string
  readonly with: string
  readonly period: Span
  /** Milliseconds of machines. */
  readonly measured: Measured
  /** What was charged for it. */
  readonly bill: Amount
  /** Null where the promise was kept. */
  readonly credit: Amount | null
  /** The last moment to claim. */
  readonly deadline: Ms
  /** The month is over, the window is open, and it closes soon. */
  readonly isNear: boolean
  /** What failed, in words that may leave the house. */
  readonly evidence: readonly string[]
  /** What the clause excludes; only what was recorded of it was left out. */
  readonly excluded: readonly SlaExclusion[]
  readonly assumed: readonly string[]
  /** The parts of charges that were measured. */
  readonly parts: readonly string[]
}

/** So many months back a window may still be open. */
const monthsBack = 3
/** So long before it closes somebody is warned; ours, and no term of any contract. */
const warnMs = 10 * dayMs

/** The newest month first; months without a rental in scope are left out. */
export function slaMonths(
  clauses: readonly Clause[],
  rented: readonly Rented[],
  { excuses, now }: { readonly excuses: readonly Excuse[]; readonly now: Ms },
): readonly SlaMonth[] {
  const promises = clauses.filter((clause) => clause.kind === 'sla_credit')
  return recentMonths(now).flatMap((period) =>
    promises.flatMap((clause) => {
      const ours = rented.filter((part) => isAbout(clause, part, period))
      return ours.length > 0 ? [monthOf(clause, { period, ours, excuses, now })] : []
    }),
  )
}

/** Of UTC, this one first. */
export function recentMonths(now: Ms): readonly Span[] {
  const { year, month } = civilOf(now)
  const thisMonth = msOfCivil({ year, month, day: 1 })
  return Array.from({ length: monthsBack + 1 }, (_, back) => ({
    from: addMonths(thisMonth, -back),
    to: addMonths(thisMonth, 1 - back),
  }))
}

function isAbout(clause: SlaCredit, part: Rented, period: Span): boolean {
  if (part.supplier !== clause.with || part.market === 'spot') return false
  const from = Math.max(period.from, clause.from)
  const to = Math.min(period.to, clause.to ?? period.to)
  if (part.from < from || part.from >= to) return false
  const { accelerator } = part
  const known = { supplier: [part.supplier], ...(accelerator && { accelerator: [accelerator] }) }
  return isInScope(clause.scope, { ...factsOf(part), ...known })
}

function monthOf(
  clause: SlaCredit,
  {
    period,
    ours,
    excuses,
    now,
  }: {
    readonly period: Span
    readonly ours: readonly Rented[]
    readonly excuses: readonly Excuse[]
    readonly now: Ms
  },
): SlaMonth {
  const excused = excuses
    .filter(({ supplier, cause }) => supplier === clause.with && clause.excluded.includes(cause))
    .map((excuse) => ({ ...excuse, evidence: '' }))
  const all = together(
    ours.flatMap((part) => {
      const { from, to, nodes, failed } = part
      const failing = failed ? Math.min(failed.nodes, nodes) : 0
      const outage = { from: failed?.since ?? to, to, cause: 'supplier', evidence: '' } as const
      return [
        { ...measure(clause, { from, to }, excused), nodes: nodes - failing },
        { ...measure(clause, { from, to }, [...excused, outage]), nodes: failing },
      ]
    }),
  )
  const bill = ours.reduce((sum, { amount }) => sum + BigInt(amount), 0n)
  const deadline = claimBy(clause, period)
  return {
    ...{ clause: clauseName(clause), with: clause.with, period, measured: all, bill, deadline },
    credit: creditOf(clause, all, bill),
    isNear: now >= period.to && now <= deadline && now > deadline - warnMs,
    evidence: evidenceOf(ours),
    excluded: clause.excluded,
    assumed: clause.assumed,
    parts: ours.map(({ id }) => id),
  }
}

/** Each rental once, to the end of the last of its days. */
function evidenceOf(ours: readonly Rented[]): readonly string[] {
  const failed = Map.groupBy(
    ours.filter((part) => part.failed && part.failed.since < part.to),
    ({ rental }) => rental,
  )
  return [...failed].sort().flatMap(([rental, parts]) => {
    const [first] = parts
    if (!first?.failed) return []
    const { since, nodes } = first.failed
    const from = Math.max(since, Math.min(...parts.map((part) => part.from)))
    const to = Math.max(...parts.map((part) => part.to))
    const which = `${Math.min(nodes, first.nodes)} of ${first.nodes}`
    const span = `from ${formatMoment(from)} to ${formatMoment(to)}`
    return [`${rental}: ${which} machines did not do ${span}${first.why ? `: ${first.why}` : ''}`]
  })
}
