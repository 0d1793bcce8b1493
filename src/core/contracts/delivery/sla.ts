/**
 * Measures what was promised to be up, and drafts the claim before its window closes.
 *
 * Time that the clause excludes is no part of the period at all; where an outage and an exclusion
 * overlap, the exclusion holds, so that a claim never says too much.
 */
import type { SlaCredit, SlaExclusion } from '../../domain/clause.ts'
import { clauseName } from '../../domain/clause.ts'
import { deadlineOf } from '../../domain/day.ts'
import type { Ms } from '../../domain/time.ts'
import { type Amount, least, shareOf } from '../amount.ts'

export interface Span {
  readonly from: Ms
  readonly to: Ms
}

export interface Outage extends Span {
  readonly cause: SlaExclusion | 'supplier'
  /** What proves it: a log, a ticket, a probe. */
  readonly evidence: string
}

export interface Measured {
  readonly countedMs: number
  readonly downMs: number
  /** Rounded down. */
  readonly availabilityPpm: number
}

export interface SlaClaim {
  readonly to: string
  readonly clause: string
  readonly period: Span
  readonly measured: Measured
  readonly credit: Amount
  /** The last moment to claim. */
  readonly deadline: Ms
  readonly isLate: boolean
  readonly evidence: readonly string[]
  readonly assumed: readonly string[]
}

export function measure(clause: SlaCredit, period: Span, outages: readonly Outage[]): Measured {
  const isExcluded = ({ cause }: Outage) => cause !== 'supplier' && clause.excluded.includes(cause)
  const within = outages.map((each) => ({
    ...each,
    from: Math.max(each.from, period.from),
    to: Math.min(each.to, period.to),
  }))
  const cuts = [period.from, period.to, ...within.flatMap(({ from, to }) => [from, to])]
  const edges = [...new Set(cuts)].sort((a, b) => a - b)
  let [countedMs, downMs] = [0, 0]
  edges.forEach((from, index) => {
    const to = edges[index + 1]
    if (to === undefined || from < period.from || to > period.to) return
    const here = within.filter((each) => each.from <= from && to <= each.to)
    if (here.some(isExcluded)) return
    countedMs += to - from
    if (here.length > 0) downMs += to - from
  })
  const upPpm = countedMs === 0 ? 1_000_000 : ((countedMs - downMs) * 1_000_000) / countedMs
  return { countedMs, downMs, availabilityPpm: Math.floor(upPpm) }
}

/** Null where the promise was kept. `bill` is what the period cost. */
export function draftClaim(
  clause: SlaCredit,
  {
    period,
    outages,
    bill,
    now,
  }: {
    readonly period: Span
    readonly outages: readonly Outage[]
    readonly bill: Amount
    readonly now: Ms
  },
): SlaClaim | null {
  const measured = measure(clause, period, outages)
  const { countedMs, downMs } = measured
  const isBelow = (ppm: number) => (countedMs - downMs) * 1_000_000 < ppm * countedMs
  const band = clause.bands.filter(({ belowPpm }) => isBelow(belowPpm)).at(-1)
  if (!band) return null
  const cap = shareOf(bill, clause.capPpm)
  const deadline = deadlineOf(period.to - 1, clause.claim, clause.calendar)
  const proven = outages.filter(({ from, to }) => from < period.to && to > period.from)
  return {
    to: clause.with,
    clause: clauseName(clause),
    period,
    measured,
    credit: least(shareOf(bill, band.creditPpm), cap),
    deadline,
    isLate: now > deadline,
    evidence: proven.map(({ evidence }) => evidence).sort(),
    assumed: clause.assumed,
  }
}
