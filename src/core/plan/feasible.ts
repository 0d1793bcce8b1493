/**
 * Whether a gang may be bought at an offer, and if not, the one reason that says most.
 *
 * Rules of people come first, then what the supplier's state allows, then money: a reason should
 * name what would have to change.
 */
import { type Bar, barOf, trustBar } from '../contracts/law.ts'
import { isLeaving, type Lease } from '../domain/lease.ts'
import type { Micros } from '../domain/money.ts'
import { type Offer, offerName } from '../domain/offer.ts'
import type { Reason } from '../domain/reason.ts'
import { budgetName, forbiddenBy } from '../domain/supplier.ts'
import type { Demand, Workload } from '../domain/workload.ts'
import { alternativeOf, type Candidate, isJoined, priceOf } from './score.ts'
import { type Fund, tooShort } from './tally/afford.ts'
import { chipsOf, overQuota, roomOf, type Share } from './tally/quota.ts'
import type { Tally } from './tally/tally.ts'
import type { View } from './view.ts'
import { outsideWindow } from './window/window.ts'

/** Says to a demand why it may not buy there. */
export type Because = (demand: Demand) => Reason

/** Why nobody with such a wish may buy there, whatever is left; null where they may. */
export function ruledOut(
  view: View,
  workload: Workload,
  candidate: Candidate,
  bars: Bars | null,
): Because | null {
  const { offer } = candidate
  return (
    supplierRefusal(view, workload, offer.supplier) ??
    clauseRefusal(view, workload, candidate, bars) ??
    restingRefusal(view, offer) ??
    limitRefusal(workload, candidate)
  )
}

/** Whether it is for sale now, and there are nodes, quota and money enough for it. */
export function isLeft(tally: Tally, candidate: Candidate, demand: Demand): boolean {
  const { view, nodesLeft, left, funds } = tally
  const { place, alternative, pricePerHour } = candidate
  if ((nodesLeft[place] ?? 0) < alternative.nodes) return false
  if (left !== null && pricePerHour > left) return false
  if (outsideWindow(view, demand, candidate)) return false
  if (overQuota(tally.shares, demand, alternative)) return false
  return funds.length === 0 || tooShort(funds, paymentOf(candidate, demand.workload)) === null
}

function paymentOf({ offer: { supplier }, pricePerHour }: Candidate, workload: Workload) {
  return { workload, supplier, pricePerHour }
}

/** Why this gang cannot be bought there any more; null where it can. */
export function usedUp(
  view: View,
  tally: Tally,
  demand: Demand,
  candidate: Candidate,
): Reason | null {
  if (isLeft(tally, candidate, demand)) return null
  const outside = outsideWindow(view, demand, candidate)
  if (outside) return outside
  const { run, workload } = demand
  const { offer, place, alternative, pricePerHour } = candidate
  const nodesLeft = tally.nodesLeft[place] ?? 0
  if (nodesLeft < alternative.nodes) {
    const nodesNeeded = alternative.nodes
    const name = offerName(offer)
    const prices = tally.placement?.facts?.prices ?? []
    const worth = prices.find((price) => price.offer === name)?.perNodeHour
    const priced = worth === undefined ? {} : { worth }
    return { run, why: 'no-stock', offer: name, nodesLeft, nodesNeeded, ...priced }
  }
  const share = overQuota(tally.shares, demand, alternative)
  if (share) return aboveQuota(run, offerName(offer), chipsOf(alternative), share)
  const short = tooShort(tally.funds, paymentOf(candidate, workload))
  if (short) return overSpent(run, offerName(offer), pricePerHour, short)
  const money = { pricePerHour, left: Math.max(0, tally.left ?? 0) }
  const whose = `policy ${view.world.policy.name}`
  return { run, why: 'over-budget', offer: offerName(offer), ...money, whose }
}

/** A budget does not last for it. */
export function overSpent(run: string, offer: string, pricePerHour: Micros, fund: Fund): Reason {
  const left = Math.max(0, fund.room)
  return { run, why: 'spent', offer, pricePerHour, left, whose: budgetName(fund.budget) }
}

/** A team may hold no more, or has to give back what it borrowed. */
export function aboveQuota(run: string, offer: string, needed: number, share: Share): Reason {
  const { quota, held } = share
  const { team, accelerator, cohort, count } = quota
  const lendable = cohort === null ? null : Math.max(0, roomOf(share))
  return { run, why: 'quota', offer, accelerator, needed, held, quota: count, team, lendable }
}

/** Why a lease that we have is none to stay on or to start on; null where it is good. */
export function unusable(view: View, workload: Workload, lease: Lease): string | null {
  if (lease.noticeUntil !== null) return `${lease.supplier} takes it back`
  if (isLeaving(lease, view.world.now)) return 'its block is about to end'
  const alternative = alternativeOf(workload, lease)
  const isAskedFor =
    alternative !== null &&
    isJoined(alternative, lease.fabric) &&
    workload.markets.includes(lease.market) &&
    (workload.suppliers?.includes(lease.supplier) ?? true) &&
    priceOf(lease) <= (workload.pricePerHourMax ?? Number.POSITIVE_INFINITY)
  if (!isAskedFor) return `${workload.name} asks for something else now`
  return distrusted(view, workload, lease)
}

/** Why data of the workload may no longer be where a lease is; null where it may. */
export function distrusted(
  { law, supplierOf }: View,
  workload: Workload,
  { supplier, region }: Lease,
): string | null {
  if (!law.house.trust) return null
  const seller = supplierOf.get(supplier) ?? null
  return trustBar(law, { workload, region, seller })?.because ?? null
}

function supplierRefusal(view: View, workload: Workload, supplier: string): Because | null {
  const spec = view.supplierOf.get(supplier)
  const whose = spec ? forbiddenBy(spec, workload, view.world.policy) : 'the list of suppliers'
  if (whose !== null) {
    return ({ run, workload: { name } }) => {
      const by = whose === 'workload' ? `workload ${name}` : whose
      return { run, why: 'not-allowed', supplier, whose: by }
    }
  }
  const outage = view.outageOf.get(supplier)
  if (!outage) return null
  const { since, said } = outage
  return ({ run }) => ({ run, why: 'unreachable', supplier, since, said })
}

/**
 * What the law says to a workload by supplier, region and accelerator; null where it asks for terms
 * as well.
 */
export type Bars = Map<string, Bar | null>

/** What we signed comes before what we would like. */
function clauseRefusal(
  { law, isLawAsked, supplierOf }: View,
  workload: Workload,
  { offer, alternative, pricePerHour }: Candidate,
  bars: Bars | null,
): Because | null {
  if (!isLawAsked) return null
  const { supplier, region } = offer
  const seller = supplierOf.get(supplier) ?? null
  const endsAt = offer.window?.until
  const block = endsAt === undefined ? {} : { endsAt }
  const terms = { ...alternative, ...block, supplier, seller, region, pricePerHour }
  // Names may have blanks in them, and no two kinds may ever be taken for one.
  const kind = [supplier, region, alternative.accelerator].join('\n')
  const known = bars?.get(kind)
  const bar = known === undefined ? barOf(law, { ...terms, workload, id: '' }) : known
  bars?.set(kind, bar)
  if (!bar) return null
  return ({ run }) => ({ run, why: 'clause', offer: offerName(offer), ...bar })
}

/** An offer that refused a moment ago is left alone for a while. */
function restingRefusal({ poolOf, world }: View, offer: Offer): Because | null {
  if (poolOf.size === 0) return null
  const name = offerName(offer)
  const pool = poolOf.get(name)
  if (!pool || pool.until <= world.now) return null
  const { until, said } = pool
  return ({ run }) => ({ run, why: 'cooling', offer: name, until, said })
}

function limitRefusal(workload: Workload, { offer, pricePerHour }: Candidate): Because | null {
  const limit = workload.pricePerHourMax
  if (limit === null || pricePerHour <= limit) return null
  return ({ run, workload: { name } }) => {
    const whose = `workload ${name}`
    return { run, why: 'too-dear', offer: offerName(offer), pricePerHour, limit, whose }
  }
}
