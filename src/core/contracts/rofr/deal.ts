/**
 * Deals, and whether one of them is better than another: for the third party who sells to us, or
 * for us who buy. Prices are for one accelerator and hour, so that shapes of machines compare.
 */
import type { DealTerm, Rofr } from '../../domain/clause.ts'
import type { Deal } from '../../domain/contract.ts'
import { dayMs, formatDay } from '../../domain/day.ts'
import { formatUsd } from '../../domain/money.ts'

export interface Difference {
  readonly term: DealTerm
  readonly noticed: string
  readonly now: string
}

/**
 * The terms that got better for the third party than what the holder was told, beyond the tolerance
 * of the clause. A dearer, larger, longer or later deal is better for who sells it; another kind of
 * accelerator or place, or less security, is another deal, which the holder was never asked about.
 */
export function improvements(noticed: Deal, now: Deal, clause: Rofr): readonly Difference[] {
  const grew = (term: 'pricePerHour' | 'accelerators' | 'termDays') => {
    const limit = BigInt(noticed[term]) * BigInt(1_000_000 + clause.tolerancePpm)
    return BigInt(now[term]) * 1_000_000n > limit
  }
  const changed: readonly (readonly [DealTerm, boolean])[] = [
    ['price_per_hour', grew('pricePerHour')],
    ['accelerators', grew('accelerators')],
    ['term', grew('termDays')],
    ['start', now.startAt > noticed.startAt + clause.toleranceDays * dayMs],
    ['accelerator', now.accelerator !== noticed.accelerator],
    ['region', now.region !== noticed.region],
    ['security_class', isLessSecure(now, noticed)],
  ]
  return differences(changed, noticed, now)
}

/** What a counter-offer of the holder lacks to match the deal; nothing where it matches. */
export function lacks(noticed: Deal, counter: Deal, clause: Rofr): readonly Difference[] {
  const isDearer = counter.pricePerHour > noticed.pricePerHour
  const lacking: readonly (readonly [DealTerm, boolean])[] = [
    ['price_per_hour', isDearer],
    ['accelerators', counter.accelerators < noticed.accelerators],
    ['term', counter.termDays !== noticed.termDays],
    ['start', counter.startAt > noticed.startAt],
    ['accelerator', counter.accelerator !== noticed.accelerator],
    ['region', counter.region !== noticed.region],
    ['security_class', isLessSecure(counter, noticed)],
  ]
  const judged = clause.match === 'price-only' ? lacking.slice(0, 1) : lacking
  return differences(judged, noticed, counter)
}

function isLessSecure({ controls = [] }: Deal, than: Deal): boolean {
  return (than.controls ?? []).some((each) => !controls.includes(each))
}

function differences(
  changed: readonly (readonly [DealTerm, boolean])[],
  noticed: Deal,
  now: Deal,
): readonly Difference[] {
  return changed.flatMap(([term, differs]) => {
    return differs ? [{ term, noticed: tell(noticed, term), now: tell(now, term) }] : []
  })
}

/** One term of a deal in words. */
export function tell(deal: Deal, term: DealTerm): string {
  switch (term) {
    case 'price_per_hour':
      return formatUsd(deal.pricePerHour)
    case 'accelerators':
      return String(deal.accelerators)
    case 'start':
      return formatDay(deal.startAt)
    case 'term':
      // What is bought by the hour binds nobody for longer.
      return deal.termDays === 0 ? 'until it is given back' : `${deal.termDays} days`
    case 'accelerator':
      return deal.accelerator
    case 'region':
      return deal.region
    case 'security_class':
      return deal.controls?.join(', ') || 'no control is proven'
  }
}
