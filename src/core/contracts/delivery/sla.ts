/**
 * Measures what was promised to be up, and what it gives where it was not.
 *
 * Time that the clause excludes is no part of the period at all; where an outage and an exclusion
 * overlap, the exclusion holds, so that a claim never says too much.
 */
import type { SlaCredit, SlaExclusion } from '../../domain/clause.ts'
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
  return measured(countedMs, downMs)
}

/** All of it together, by how much there was of each. */
export function together(parts: readonly (Measured & { readonly nodes: number })[]): Measured {
  const sum = (ms: (part: Measured) => number) => {
    return parts.reduce((total, part) => total + ms(part) * part.nodes, 0)
  }
  return measured(
    sum(({ countedMs }) => countedMs),
    sum(({ downMs }) => downMs),
  )
}

function measured(countedMs: number, downMs: number): Measured {
  const upPpm = countedMs === 0 ? 1_000_000 : ((countedMs - downMs) * 1_000_000) / countedMs
  return { countedMs, downMs, availabilityPpm: Math.floor(upPpm) }
}

/** What the clause gives for a period. `bill` is what the period cost. */
export function creditOf(
  clause: SlaCredit,
  { countedMs, downMs }: Measured,
  bill: Amount,
): Amount | null {
  const isBelow = (ppm: number) => (countedMs - downMs) * 1_000_000 < ppm * countedMs
  const band = clause.bands.filter(({ belowPpm }) => isBelow(belowPpm)).at(-1)
  return band ? least(shareOf(bill, band.creditPpm), shareOf(bill, clause.capPpm)) : null
}

/** The last moment to claim. */
export function claimBy(clause: SlaCredit, period: Span): Ms {
  return deadlineOf(period.to - 1, clause.claim, clause.calendar)
}
