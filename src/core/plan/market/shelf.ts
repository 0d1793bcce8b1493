/**
 * All that is for sale for a wish, sorted once for all workloads that wish the same.
 *
 * Knows the rules and the prices; what is left of stock and money is looked at elsewhere.
 */
import { areTermsAsked, lawfulWish } from '../../contracts/law.ts'
import type { Offer } from '../../domain/offer.ts'
import type { SoldBy } from '../../domain/reason.ts'
import type { Alternative, Workload } from '../../domain/workload.ts'
import { type Bars, type Because, ruledOut } from '../feasible.ts'
import { byWorth, type Candidate, candidate, isJoined } from '../score.ts'
import { shapeOf, type View } from '../view.ts'

export interface Shelf {
  /** What the rules allow, cheapest useful work first. */
  readonly open: readonly Candidate[]
  /** What they do not, cheapest first too. */
  readonly closed: readonly Closed[]
  /** That of it which refused a moment ago and may be had again. */
  readonly resting: readonly Closed[]
  /** Alternatives that nobody sells on a market the workload accepts. */
  readonly notOffered: readonly Missing[]
}

export interface Missing {
  readonly alternative: Alternative
  /** Who sells its accelerator otherwise, as the workload accepts it. */
  readonly sold: readonly SoldBy[]
}

export interface Closed {
  readonly candidate: Candidate
  readonly because: Because
}

export function shelfOf(view: View, workload: Workload): Shelf {
  const wish = wishOf(workload, view)
  const known = view.shelves.get(wish)
  if (known) return known
  const shelf = filled(view, workload)
  view.shelves.set(wish, shelf)
  return shelf
}

function filled(view: View, workload: Workload): Shelf {
  const wish = { workload, baggage: view.baggages.get(workload.name) ?? null }
  const open: Candidate[] = []
  const closed: Closed[] = []
  const notOffered: Missing[] = []
  const bars: Bars | null = areTermsAsked(view.law) ? null : new Map()
  for (const alternative of workload.resources) {
    const goods = view.goodsOf.get(shapeOf(alternative)) ?? []
    const offered = goods.filter(({ offer }) => isAccepted(workload, alternative, offer))
    if (offered.length === 0) {
      notOffered.push({ alternative, sold: soldOtherwise(view, workload, alternative) })
    }
    for (const good of offered) {
      const each = candidate(view.world, wish, alternative, good)
      const because = ruledOut(view, workload, each, bars)
      if (because) closed.push({ candidate: each, because })
      else open.push(each)
    }
  }
  open.sort(byWorth)
  closed.sort((a, b) => byWorth(a.candidate, b.candidate))
  const resting = view.poolOf.size === 0 ? [] : closed.filter(isResting(workload))
  return { open, closed, resting, notOffered }
}

function isResting(workload: Workload): (closed: Closed) => boolean {
  const anybody = { run: '', slot: 0, workload, submittedAt: 0 }
  return ({ because }) => because(anybody).why === 'cooling'
}

function isAccepted({ markets }: Workload, wish: Alternative, { market, fabric }: Offer): boolean {
  return markets.includes(market) && isJoined(wish, fabric)
}

function soldOtherwise(
  { offers }: View,
  workload: Workload,
  alternative: Alternative,
): readonly SoldBy[] {
  const { accelerator } = alternative
  const others = offers.filter((offer) => {
    return offer.accelerator === accelerator && isAccepted(workload, alternative, offer)
  })
  return [...Map.groupBy(others, ({ supplier }) => supplier)]
    .map(([supplier, own]) => {
      const sizes = new Set(own.map(({ perNode }) => perNode))
      return { supplier, perNode: [...sizes].sort((a, b) => a - b) }
    })
    .sort((a, b) => (a.supplier < b.supplier ? -1 : 1))
}

/** Workloads are values that never change, so what they wish is written down once for each. */
const wishes = new WeakMap<Workload, string>()

/** Equal for workloads that may buy the same at the same cost. */
export function wishOf(workload: Workload, { law, isLawAsked, baggages }: View): string {
  const baggage = baggages.get(workload.name)
  const own = wishOfRules(workload)
  const wish = baggage ? own + JSON.stringify(baggage) : own
  return isLawAsked ? wish + JSON.stringify(lawfulWish(law, workload)) : wish
}

function wishOfRules(workload: Workload): string {
  const known = wishes.get(workload)
  if (known !== undefined) return known
  const { resources, markets, suppliers, pricePerHourMax, data } = workload
  const wish = JSON.stringify([resources, markets, suppliers, pricePerHourMax, data])
  wishes.set(workload, wish)
  return wish
}
