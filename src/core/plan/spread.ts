/**
 * Keeps the replicas of a service with enough suppliers, and in enough regions, that one of them
 * may fail.
 *
 * A preference, not a wall: a replica at a crowded place is better than none.
 */
import type { Reason } from '../domain/reason.ts'
import type { Demand, Workload } from '../domain/workload.ts'
import { isLeft } from './feasible.ts'
import { shelfOf } from './market/shelf.ts'
import type { Tally } from './tally/tally.ts'
import type { View } from './view.ts'

/** Where a replica is, or is to be; offers and leases tell it as they are. */
export interface Seat {
  readonly supplier: string
  readonly region: string
}

/** What a service is spread over, and has too few of. */
export interface Gap {
  readonly over: keyof Seat
  /** So many more are wanted. */
  readonly missing: number
  /** Replicas at each that there is one at already. */
  readonly counts: ReadonlyMap<string, number>
}

export interface Spread {
  readonly gaps: readonly Gap[]
  /** Replicas yet to come that can still close a gap. */
  readonly toCome: number
  /** Where these could go; nobody asks while there is one gap. */
  readonly places: readonly Seat[]
}

/** How far the other replicas are spread; without a gap where that is enough without this one. */
export function spreadOf(view: View, tally: Tally, demand: Demand): Spread {
  const { run, workload } = demand
  if (!wantsSpread(workload)) return wide
  const seats = tally.seats.get(workload.name) ?? nobody
  const others: Seat[] = []
  for (const [replica, seat] of seats) if (replica !== run) others.push(seat)
  const replicas = view.fleetOf.get(workload.name)?.replicas ?? 0
  // Whoever has a place already opens no gap there for those that may never find one.
  const own = seats.get(run)
  const toCome = own ? 0 : replicas - others.length - 1
  const gaps = gapsOf(workload, others, replicas)
  if (gaps.length < 2) return { gaps, toCome, places: [] }
  const open = shelfOf(view, workload).open.filter((each) => isLeft(tally, each, demand))
  const sold: readonly Seat[] = open.map(({ offer }) => offer)
  return { gaps, toCome, places: placesOf(own ? [...sold, own] : sold) }
}

export function wantsSpread(workload: Workload): boolean {
  const { supplier, region } = wantedOf(workload)
  return supplier >= 2 || region >= 2
}

/** Then where one replica may go depends on where all others can: each is decided by itself. */
export function wantsBoth(workload: Workload): boolean {
  const { supplier, region } = wantedOf(workload)
  return supplier >= 2 && region >= 2
}

/** So many different ones at least; one is no spread. */
function wantedOf(workload: Workload): Readonly<Record<keyof Seat, number>> {
  if (workload.kind !== 'Service') return unspread
  return { supplier: workload.spreadSuppliers, region: workload.spreadRegions ?? 1 }
}

const unspread = { supplier: 1, region: 1 } as const

export function gapsOf(
  workload: Workload,
  seats: readonly Seat[],
  replicas: number,
): readonly Gap[] {
  const { supplier, region } = wantedOf(workload)
  return [
    gap('supplier', Math.min(supplier, replicas), seats),
    gap('region', Math.min(region, replicas), seats),
  ].filter(({ missing }) => missing > 0)
}

function gap(over: keyof Seat, wanted: number, seats: readonly Seat[]): Gap {
  const counts = new Map<string, number>()
  if (wanted < 2) return { over, missing: 0, counts }
  for (const { [over]: name } of seats) counts.set(name, (counts.get(name) ?? 0) + 1)
  return { over, missing: wanted - counts.size, counts }
}

/** Each place once. */
function placesOf(seats: readonly Seat[]): readonly Seat[] {
  return [...new Map(seats.map((seat) => [`${seat.supplier}/${seat.region}`, seat])).values()]
}

/**
 * Whether one more replica there would be one too many, 0 where not: it closes no gap at all, or
 * leaves so much open that too few are yet to come. The lower, the less is lost.
 */
export function crowding(spread: Spread, seat: Seat): number {
  const { gaps, toCome } = spread
  const left = leftOpen(gaps, seat).length
  if (gaps.length < 2) return left
  return left < gaps.length && neededAfter(spread, seat) <= toCome ? 0 : 1 + left
}

function leftOpen(gaps: readonly Gap[], seat: Seat): readonly Gap[] {
  return gaps.filter(({ over, counts }) => counts.has(seat[over]))
}

/**
 * How many replicas it would still take to close two gaps as far as there are places for it: one
 * for each of both, but for those that close one of each.
 */
function neededAfter({ gaps, toCome, places }: Spread, seat: Seat): number {
  const isNew = gaps.map(({ over, counts }) => (place: Seat) => {
    return place[over] !== seat[over] && !counts.has(place[over])
  })
  const missing = gaps.map(({ over, missing: before, counts }, index) => {
    const found = new Set(places.filter(isNew[index] as Test).map((place) => place[over]))
    return Math.min(found.size, counts.has(seat[over]) ? before : before - 1)
  })
  const all = missing.reduce((sum, each) => sum + each, 0)
  // Enough even if none closes both, and too few even if each does: no more is to be known.
  if (all <= toCome || Math.max(...missing) > toCome) return all
  const pairs = pairsIn(places.filter((place) => isNew.every((test) => test(place))))
  return all - Math.min(pairs, ...missing)
}

type Test = (place: Seat) => boolean

/** Of how many places no two have a supplier or a region in common, at most. */
function pairsIn(places: readonly Seat[]): number {
  const regionsOf = Map.groupBy(places, ({ supplier }) => supplier)
  const takenBy = new Map<string, string>()
  const pair = (supplier: string, seen: Set<string>): boolean => {
    return (regionsOf.get(supplier) ?? []).some(({ region }) => {
      if (seen.has(region)) return false
      seen.add(region)
      const other = takenBy.get(region)
      if (other !== undefined && !pair(other, seen)) return false
      takenBy.set(region, supplier)
      return true
    })
  }
  return [...regionsOf.keys()].filter((supplier) => pair(supplier, new Set())).length
}

export type CrowdReason = Extract<Reason, { readonly why: 'spread' }>

/** Why this run would be one too many there, by each gap that it leaves. */
export function crowdsAt(run: string, spread: Spread, seat: Seat): readonly CrowdReason[] {
  if (crowding(spread, seat) === 0) return []
  const { supplier, region } = seat
  const left = leftOpen(spread.gaps, seat)
  if (left.length === 0) return [{ run, why: 'spread', supplier, region }]
  return left.map(({ over, counts }) => {
    const place = over === 'supplier' ? { supplier } : { region }
    return { run, why: 'spread', ...place, replicas: counts.get(seat[over]) ?? 0 }
  })
}

const wide: Spread = { gaps: [], toCome: 0, places: [] }
const nobody: ReadonlyMap<string, Seat> = new Map()
