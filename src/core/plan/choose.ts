/**
 * Looks along the shelf for where to buy for a gang now, and for what there is to say about it.
 */

import type { Reason } from '../domain/reason.ts'
import type { Demand } from '../domain/workload.ts'
import { huntingOf } from './deadline/hunting.ts'
import { isLeft, usedUp } from './feasible.ts'
import { type Missing, type Shelf, shelfOf } from './market/shelf.ts'
import { type Preference, preferenceOf } from './overflow.ts'
import { byWorth, type Candidate } from './score.ts'
import { type CrowdReason, crowding, crowdsAt, type Spread, spreadOf } from './spread.ts'
import type { Tally } from './tally/tally.ts'
import type { View } from './view.ts'
import { type Home, outsideWindow } from './window/window.ts'

/**
 * The cheapest that can be had, at a crowded place only where there is no other; or the place
 * that is best for all gangs together, where that can still be had. What has a deadline goes by it.
 * `home` is where it runs, if it may stay there: then it goes nowhere for a short while.
 */
export function choose(
  view: View,
  tally: Tally,
  demand: Demand,
  home: Home | null,
): Candidate | null {
  const isOpen = (each: Candidate) => {
    if (!isLeft(tally, each, demand)) return false
    return home === null || !outsideWindow(view, demand, each, home)
  }
  const hunting = huntingOf(view, demand)
  if (hunting) return hunting.order.find(isOpen) ?? null
  const preference = preferenceOf(view, tally, demand)
  if (preference) return firstPreferred(view, tally, demand, { ...preference, isOpen })
  const spread = spreadOf(view, tally, demand)
  const placed = tally.placement?.places.get(demand.run)
  const own = placed && isOpen(placed) ? { placed, crowd: crowding(spread, placed.offer) } : null
  if (own?.crowd === 0) return own.placed
  let behind: Candidate | null = null
  let least = Number.POSITIVE_INFINITY
  for (const each of shelfOf(view, demand.workload).open) {
    if (!isOpen(each)) continue
    const crowd = crowding(spread, each.offer)
    if (crowd === 0) return each
    if (crowd < least) [behind, least] = [each, crowd]
  }
  const isAsGood = own?.crowd === least && own.placed.pricePerWork === behind?.pricePerWork
  return isAsGood ? own.placed : behind
}

/** The cheapest of whoever comes first, at a crowded place only where there is no other. */
function firstPreferred(
  view: View,
  tally: Tally,
  demand: Demand,
  { rank, isOpen }: Preference & { readonly isOpen: (each: Candidate) => boolean },
): Candidate | null {
  const spread = spreadOf(view, tally, demand)
  const open = shelfOf(view, demand.workload).open
  const [first] = open
    .filter(isOpen)
    .map((each) => ({
      each,
      place: rank(each.offer.supplier),
      crowd: crowding(spread, each.offer),
    }))
    .sort((a, b) => a.crowd - b.crowd || a.place - b.place)
  return first?.each ?? null
}

/**
 * The best place that is cheaper per useful work than `home`, does not harm the spread, and comes
 * no later in the order that a clause prefers than where it runs; and what is cheaper but rests
 * after a refusal, or is a block that is not open or ends too soon.
 */
export function cheaperThan(
  view: View,
  tally: Tally,
  demand: Demand,
  { home, supplier }: { readonly home: Home; readonly supplier: string },
): Cheaper {
  const { open } = shelfOf(view, demand.workload)
  const limit = home.pricePerWork
  const later: Reason[] = [...resting(view, demand, home)]
  // Most gangs run where it is cheapest: no more is asked about them.
  if ((open[0]?.pricePerWork ?? limit) >= limit) {
    return later.length > 0 ? { best: null, later } : nothingCheaper
  }
  let blocks = 0
  let spread: Spread | null = null
  const preference = preferenceOf(view, tally, demand)
  const isLater = (other: string) => {
    return preference !== null && preference.rank(other) > preference.rank(supplier)
  }
  for (const each of open) {
    if (each.pricePerWork >= limit) break
    const outside = outsideWindow(view, demand, each, home)
    if (outside && blocks < shownMax) {
      later.push(withSaving(outside, each, home))
      blocks += 1
    }
    if (outside || isLater(each.offer.supplier) || !isLeft(tally, each, demand)) continue
    spread ??= spreadOf(view, tally, demand)
    if (crowding(spread, each.offer) === 0) return { best: each, later }
  }
  return { best: null, later }
}

interface Cheaper {
  readonly best: Candidate | null
  /** What is cheaper and cannot be had yet. */
  readonly later: readonly Reason[]
}

const nothingCheaper: Cheaper = { best: null, later: [] }

/** Cheaper than where it runs, and left alone for a while as it refused. */
function resting(view: View, demand: Demand, home: Home): readonly Reason[] {
  return shelfOf(view, demand.workload)
    .resting.filter(({ candidate }) => candidate.pricePerWork < home.pricePerWork)
    .slice(0, shownMax)
    .map(({ candidate, because }) => withSaving(because(demand), candidate, home))
}

/** What a block that opens later would save, or an offer that refused a moment ago. */
function withSaving(
  reason: Reason,
  { pricePerWork }: Candidate,
  than: Pick<Home, 'pricePerWork'> | null,
): Reason {
  if (reason.why !== 'not-yet' && reason.why !== 'cooling') return reason
  if (!than || pricePerWork >= than.pricePerWork) return reason
  return { ...reason, saving: 1 - pricePerWork / than.pricePerWork }
}

export interface Refused {
  readonly candidate: Candidate
  readonly reason: Reason
}

/** What tells most about a choice; of each kind the cheapest few. */
export interface Survey {
  /** How many offers the gang could be bought at. */
  readonly outOf: number
  /** Could be had for less, or for as much and come first by name; and are not crowded. */
  readonly cheaper: readonly Candidate[]
  readonly dearer: readonly Candidate[]
  /** Places that could have been had for less, or the crowded one that had to do. */
  readonly crowded: readonly CrowdReason[]
  readonly refused: readonly Refused[]
  /** Alternatives that nobody sells on a market the workload accepts. */
  readonly notOffered: readonly Missing[]
  /** Why a clause prefers the place that was chosen; null where it is the cheapest. */
  readonly preferred: string | null
}

export const shownMax = 3

export function survey(view: View, tally: Tally, demand: Demand, chosen: Candidate | null): Survey {
  const shelf = shelfOf(view, demand.workload)
  const spread = spreadOf(view, tally, demand)
  const preference = preferenceOf(view, tally, demand)
  const passedOver = new Map<string, CrowdReason>()
  const cheaper: Candidate[] = []
  const dearer: Candidate[] = []
  let outOf = 0
  for (const each of shelf.open) {
    if (!isLeft(tally, each, demand)) continue
    outOf += 1
    if (!chosen || each === chosen) continue
    if (byWorth(each, chosen) > 0) {
      if (dearer.length < shownMax) dearer.push(each)
      continue
    }
    const crowds = crowdsAt(demand.run, spread, each.offer)
    for (const crowd of crowds) passedOver.set(JSON.stringify(crowd), crowd)
    if (crowds.length === 0 && !preference && cheaper.length < shownMax) cheaper.push(each)
  }
  // There was no other: the crowded place had to do.
  const forced = chosen ? crowdsAt(demand.run, spread, chosen.offer) : []
  return {
    outOf,
    cheaper,
    dearer,
    crowded: forced.length > 0 ? forced : [...passedOver.values()],
    refused: refusedOn(shelf, view, tally, { demand, chosen }),
    notOffered: shelf.notOffered,
    preferred: chosen && preference ? preference.why(chosen.offer.supplier) : null,
  }
}

/** The cheapest that are out of stock or money, and all that the rules forbid. */
function refusedOn(
  shelf: Shelf,
  view: View,
  tally: Tally,
  { demand, chosen }: { readonly demand: Demand; readonly chosen: Candidate | null },
): readonly Refused[] {
  const refused: Refused[] = []
  for (const candidate of shelf.open) {
    const reason = usedUp(view, tally, demand, candidate)
    if (reason) refused.push({ candidate, reason: withSaving(reason, candidate, chosen) })
    if (refused.length === refusedMax) break
  }
  for (const { candidate, because } of shelf.closed) {
    refused.push({ candidate, reason: because(demand) })
  }
  return refused.sort((a, b) => byWorth(a.candidate, b.candidate))
}

/** More than anybody is told of. */
const refusedMax = 12
