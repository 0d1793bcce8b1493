/**
 * What a team may hold of a kind of accelerator: its own quota, and what the other teams of its
 * cohort leave to be borrowed.
 */
import { isLeaving, type Lease } from '../../domain/lease.ts'
import type { Quota } from '../../domain/supplier.ts'
import type { Ms } from '../../domain/time.ts'
import type { Demand } from '../../domain/workload.ts'

/** A team and a kind of accelerator while a plan is made. */
export interface Share {
  readonly quota: Quota
  readonly pot: Pot
  /** Accelerators that are held, or may be. */
  held: number
}

/** What all teams of a cohort may hold together; a team without one has a pot of its own. */
export interface Pot {
  count: number
  held: number
  /** Belongs to gangs that wait, within the quotas of their teams. */
  owed: number
}

/** Accelerators that a gang may take of a pot, and nobody else may borrow. */
export interface Claim {
  readonly pot: Pot
  readonly chips: number
}

export interface Shares {
  /** By team and accelerator. */
  readonly shares: ReadonlyMap<string, Share>
  /** What gangs that wait have a right to, by their runs. */
  readonly owed: Map<string, Claim>
  /** Why a run gives back a lease that others have a right to, by the lease. */
  readonly takenBack: ReadonlyMap<string, string>
}

interface Gang {
  readonly accelerator: string
  readonly perNode: number
  readonly nodes: number
}

export const chipsOf = ({ perNode, nodes }: Omit<Gang, 'accelerator'>): number => perNode * nodes

export function shareOf(
  { shares }: Pick<Shares, 'shares'>,
  team: string | undefined,
  accelerator: string,
): Share | null {
  return shares.get(shareKey(team, accelerator)) ?? null
}

export function shareKey(team: string | undefined, accelerator: string): string {
  return `${team ?? ''} ${accelerator}`
}

/** As they are before anything is held. */
export function sharesOf(quotas: readonly Quota[]): ReadonlyMap<string, Share> {
  const pots = new Map<string, Pot>()
  const shares = new Map<string, Share>()
  for (const quota of quotas) {
    const { team, cohort, accelerator, count } = quota
    const name = cohort === null ? `team ${team} ${accelerator}` : `cohort ${cohort} ${accelerator}`
    const pot = pots.get(name) ?? { count: 0, held: 0, owed: 0 }
    pot.count += count
    pots.set(name, pot)
    shares.set(shareKey(team, accelerator), { quota, pot, held: 0 })
  }
  return shares
}

export interface Holding {
  readonly lease: Lease
  readonly share: Share
  readonly chips: number
}

/** Writes down what is held, or may be; a lease that its supplier takes back does not count. */
export function hold(
  shares: ReadonlyMap<string, Share>,
  { now, leases }: { readonly now: Ms; readonly leases: readonly Lease[] },
  teams: ReadonlyMap<string, string | undefined>,
): readonly Holding[] {
  return leases.flatMap((lease) => {
    const team = lease.team ?? teams.get(lease.workload)
    const share = shareOf({ shares }, team, lease.accelerator)
    const counts = lease.calls > 0 || lease.state === 'intended'
    if (!share || !counts || lease.state === 'gone' || isLeaving(lease, now)) return []
    const chips = chipsOf(lease)
    share.held += chips
    share.pot.held += chips
    return { lease, share, chips }
  })
}

/**
 * How many more a team may hold: its own, or what it borrows and nobody else waits for. A gang that
 * has `claimed` some of the pot itself need not leave that to others.
 */
export function roomOf({ quota, held, pot }: Share, claimed = 0): number {
  const free = pot.count - pot.held
  const own = Math.min(quota.count - held, free)
  const most = quota.count + (quota.borrow ?? Infinity)
  return Math.max(own, Math.min(most - held, free - pot.owed + claimed))
}

/** The share that a gang would pass; null where its team may hold it. */
export function overQuota(all: Shares | null, { run, workload }: Demand, gang: Gang): Share | null {
  const share = all && shareOf(all, workload.team, gang.accelerator)
  if (!share) return null
  const claim = all.owed.get(run)
  const claimed = claim?.pot === share.pot ? claim.chips : 0
  return roomOf(share, claimed) < chipsOf(gang) ? share : null
}

/** Writes down a purchase. */
export function takeShare(all: Shares | null, { run, workload }: Demand, gang: Gang): void {
  const claim = all?.owed.get(run)
  if (claim) claim.pot.owed -= claim.chips
  all?.owed.delete(run)
  const share = all && shareOf(all, workload.team, gang.accelerator)
  if (!share) return
  const chips = chipsOf(gang)
  share.held += chips
  share.pot.held += chips
}
