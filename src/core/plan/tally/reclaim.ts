/**
 * Opens the shares of a plan: what teams hold, what gangs that wait have a right to, and which runs
 * give back what their teams borrowed, those that are least urgent first.
 */
import type { Lease } from '../../domain/lease.ts'
import { offerName } from '../../domain/offer.ts'
import type { Acquire } from '../../domain/plan.ts'
import type { Quota } from '../../domain/supplier.ts'
import { byUrgency, type Demand } from '../../domain/workload.ts'
import { hasEnded } from '../finish.ts'
import { shelfOf } from '../market/shelf.ts'
import type { Candidate } from '../score.ts'
import type { Standing, View } from '../view.ts'
import { queueOf } from './queue.ts'
import {
  type Claim,
  chipsOf,
  type Holding,
  hold,
  type Pot,
  type Share,
  type Shares,
  shareOf,
  sharesOf,
} from './quota.ts'

/** A memo and nothing else: a plan is sketched first, and nothing is held in between. */
const opened = new WeakMap<View, Shares>()

/** To be written on; null where nobody has a quota. */
export function openShares(view: View, nodesLeft: readonly number[]): Shares | null {
  const { quotas = [] } = view.world.policy
  if (quotas.length === 0) return null
  const known = opened.get(view) ?? claims(view, quotas, nodesLeft)
  opened.set(view, known)
  return copied(known)
}

/** Runs that had a right to something here, and buy something else. */
export function boughtElsewhere(view: View, bought: readonly Acquire[]): ReadonlySet<string> {
  const known = opened.get(view)
  const away = bought.filter(({ run, accelerator }) => {
    const claim = known?.owed.get(run)
    if (!known || !claim) return false
    const team = view.demandOf.get(run)?.workload.team
    return shareOf(known, team, accelerator)?.pot !== claim.pot
  })
  return new Set(away.map(({ run }) => run))
}

function copied({ shares, owed, takenBack: whys }: Shares): Shares {
  const pots = new Map([...shares.values()].map(({ pot }) => [pot, { ...pot }]))
  const own = <T extends Share | Claim>(one: T): T => ({
    ...one,
    pot: pots.get(one.pot) ?? one.pot,
  })
  return {
    shares: new Map([...shares].map(([key, share]) => [key, own(share)])),
    owed: new Map([...owed].map(([run, claim]) => [run, own(claim)])),
    takenBack: whys,
  }
}

function claims(view: View, quotas: readonly Quota[], nodesLeft: readonly number[]): Shares {
  const shares = sharesOf(quotas)
  const holdings = hold(shares, view.world, teamsOf(view.world))
  const owed = new Map<string, Claim>()
  const claimed = new Map<Share, number>()
  const waiting = view.standings.filter(isWaiting).map(({ demand }) => demand)
  // What has been claimed only grows: behind a gang that has no right to anything nobody has.
  const without = new Set<string>()
  for (const demand of waiting.sort(byUrgency)) {
    if (view.claimless.has(demand.run)) continue
    const queue = queueOf(view, demand.workload)
    if (queue !== null && without.has(queue)) continue
    const claim = claimOf(view, { shares, nodesLeft, holdings, claimed }, demand)
    if (!claim && queue !== null) without.add(queue)
    if (!claim) continue
    const { share, chips } = claim
    claimed.set(share, (claimed.get(share) ?? 0) + chips)
    share.pot.owed += chips
    owed.set(demand.run, { pot: share.pot, chips })
  }
  return { shares, owed, takenBack: takenBack(view, holdings) }
}

/** Of the workloads that have leases which do not say whose they are. */
function teamsOf({ leases, workloads }: View['world']): ReadonlyMap<string, string | undefined> {
  const asked = new Set(
    leases.filter(({ team }) => team === undefined).map(({ workload }) => workload),
  )
  if (asked.size === 0) return new Map()
  const owners = workloads.filter(({ spec }) => asked.has(spec.name))
  return new Map(owners.map(({ spec }) => [spec.name, spec.team]))
}

interface Claims {
  readonly shares: ReadonlyMap<string, Share>
  readonly nodesLeft: readonly number[]
  readonly holdings: readonly Holding[]
  readonly claimed: ReadonlyMap<Share, number>
}

/** It has nothing yet, and nothing is on its way. */
function isWaiting({ run, own }: Standing): boolean {
  return own.length === 0 && !hasEnded(run)
}

/** What a gang that waits has a right to, where it can be had or would be once it is given back. */
function claimOf(view: View, { shares, nodesLeft, ...rest }: Claims, { workload }: Demand) {
  for (const each of shelfOf(view, workload).open) {
    const { alternative, place } = each
    const share = shareOf({ shares }, workload.team, alternative.accelerator)
    if (!share) return null
    const chips = chipsOf(alternative)
    const isOwn = share.held + (rest.claimed.get(share) ?? 0) + chips <= share.quota.count
    const isThere = (nodesLeft[place] ?? 0) >= alternative.nodes
    if (isOwn && (isThere || isBorrowed(rest.holdings, share.pot, each))) return { share, chips }
  }
  return null
}

/** Whoever borrows from this pot holds some of this very offer. */
function isBorrowed(holdings: readonly Holding[], pot: Pot, { offer }: Candidate): boolean {
  const name = offerName(offer)
  return holdings.some(({ lease, share }) => {
    return share.pot === pot && excessOf(share) > 0 && `${lease.supplier}/${lease.offer}` === name
  })
}

const excessOf = ({ held: all, quota }: Share): number => all - quota.count

/** Taken back is no more than is missing, and only from whoever holds more than its quota. */
function takenBack(view: View, holdings: readonly Holding[]): ReadonlyMap<string, string> {
  const whys = new Map<string, string>()
  for (const [pot, all] of Map.groupBy(holdings, ({ share }) => share.pot)) {
    const { going = [], staying = [] } = Object.groupBy(all, ({ lease }) =>
      isGoing(view, lease) ? 'going' : 'staying',
    )
    const left = new Map(all.map(({ share }) => [share, excessOf(share)]))
    const give = ({ share, chips }: Holding) => left.set(share, (left.get(share) ?? 0) - chips)
    for (const each of going) give(each)
    const leaving = going.reduce((sum, { chips }) => sum + chips, 0)
    let missing = pot.owed - (pot.count - pot.held + leaving)
    const taken: Holding[] = []
    for (const each of staying.sort((a, b) => byLoss(view, a, b))) {
      if (missing <= 0) break
      if ((left.get(each.share) ?? 0) <= 0) continue
      give(each)
      taken.push(each)
      missing -= each.chips
    }
    // What came last may have brought more than was missing: whoever is not needed for it stays.
    for (const { lease, share, chips } of taken.reverse()) {
      if (missing + chips <= 0) missing += chips
      else whys.set(lease.id, becauseOf(share))
    }
  }
  return whys
}

function becauseOf({ quota: { team, cohort } }: Share): string {
  return `team ${team} gives back what it borrowed of cohort ${cohort}`
}

/** The least urgent first; of one gang what it does not run on, then what it bought last. */
function byLoss(view: View, a: Holding, b: Holding): number {
  const urgency = byUrgency(demandOf(view, b), demandOf(view, a))
  const home = view.runOf.get(a.lease.run)?.lease
  const isHome = ({ lease }: Holding) => Number(lease.id === home)
  return urgency || isHome(a) - isHome(b) || b.lease.attempt - a.lease.attempt
}

function isGoing(view: View, { run, wanted, state }: Lease): boolean {
  return !wanted || state === 'releasing' || !view.demandOf.has(run)
}

function demandOf(view: View, { lease }: Holding): Demand {
  const demand = view.demandOf.get(lease.run)
  if (!demand) throw new Error(`nobody demands ${lease.run}`)
  return demand
}
