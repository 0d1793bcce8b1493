/**
 * Lets gangs change places where that costs no more together, and a service gets suppliers or
 * regions that it wants: whoever chose first could not know who would need the place.
 *
 * Looks at room and cost; what is said here is a wish, and each purchase is checked on its own.
 */
import type { Acquire } from '../../domain/plan.ts'
import type { Demand, Workload } from '../../domain/workload.ts'
import { type Candidate, costOfWork } from '../score.ts'
import { gapsOf, type Seat, wantsSpread } from '../spread.ts'
import type { Tally } from '../tally/tally.ts'
import type { View } from '../view.ts'
import { shelfOf } from './shelf.ts'

export interface Purchase {
  readonly demand: Demand
  readonly bought: Acquire
  /** Nothing but cost and spread says where it goes. */
  isFree(): boolean
}

interface Guest {
  readonly demand: Demand
  isFree(): boolean
  at: Candidate
}

interface Move {
  readonly guest: Guest
  readonly to: Candidate
}

/** Who would be where, while it is thought about. */
interface Floor {
  readonly view: View
  readonly free: number[]
  readonly guests: ReadonlyMap<number, Set<Guest>>
  readonly seats: ReadonlyMap<string, Map<string, Seat>>
}

/** A replica looks at so many places that would spread its service, and at so many guests there. */
const placesMax = 16
const guestsMax = 8
/** Equal costs are equal up to the rounding of sums. */
const tiny = 1e-6

/** How many suppliers and regions are missing to all services that something is bought for. */
export function missingIn(view: View, tally: Tally, purchases: readonly Purchase[]): number {
  const services = new Map(purchases.map(({ demand: { workload } }) => [workload.name, workload]))
  let missing = 0
  for (const [name, workload] of services) {
    missing += missingTo(view, workload, tally.seats.get(name) ?? nobody)
  }
  return missing
}

/** Where each is bought once some have changed places; null where that spreads nothing. */
export function exchange(
  view: View,
  tally: Tally,
  purchases: readonly Purchase[],
): ReadonlyMap<string, Candidate> | null {
  const guests = guestsOf(view, purchases)
  const floor: Floor = {
    view,
    free: [...tally.nodesLeft],
    guests: groupedByPlace(guests),
    seats: new Map([...tally.seats].map(([name, seats]) => [name, new Map(seats)])),
  }
  let isChanged = false
  for (const guest of guests) {
    const { workload } = guest.demand
    const isShort = missingTo(view, workload, floor.seats.get(workload.name) ?? nobody) > 0
    if (!isShort || !guest.isFree()) continue
    const moves = movesFor(floor, guest)
    for (const move of moves) make(floor, move)
    isChanged ||= moves.length > 0
  }
  return isChanged ? new Map(guests.map(({ demand, at }) => [demand.run, at])) : null
}

function missingTo(view: View, workload: Workload, seats: ReadonlyMap<string, Seat>): number {
  if (!wantsSpread(workload)) return 0
  const replicas = view.fleetOf.get(workload.name)?.replicas ?? 0
  return gapsOf(workload, [...seats.values()], replicas).reduce((sum, gap) => sum + gap.missing, 0)
}

function guestsOf(view: View, purchases: readonly Purchase[]): readonly Guest[] {
  return purchases.flatMap(({ demand, bought, isFree }) => {
    const at = shelfOf(view, demand.workload).open.find(({ offer, alternative }) => {
      const isThere = offer.supplier === bought.supplier && offer.id === bought.offer
      return isThere && alternative.nodes === bought.nodes
    })
    return at ? [{ demand, isFree, at }] : []
  })
}

function groupedByPlace(guests: readonly Guest[]): ReadonlyMap<number, Set<Guest>> {
  const grouped = Map.groupBy(guests, ({ at }) => at.place)
  return new Map([...grouped].map(([place, there]) => [place, new Set(there)]))
}

/** To the first place that spreads its service more and has room, or gets it; none if none does. */
function movesFor(floor: Floor, guest: Guest): readonly Move[] {
  const { at } = guest
  let looked = 0
  for (const to of shelfOf(floor.view, guest.demand.workload).open) {
    if (gainOf(floor, guest, to) <= 0) continue
    looked += 1
    if (looked > placesMax) break
    const saving = costOf(floor, guest, at) - costOf(floor, guest, to)
    const need = to.alternative.nodes - (floor.free[to.place] ?? 0)
    if (need <= 0 && saving >= -tiny) return [{ guest, to }]
    const other = need > 0 ? leaving(floor, { guest, to }, need, saving) : null
    if (other) return [other, { guest, to }]
  }
  return []
}

/** Who may leave that place for another, at no more than is saved, so that there is room. */
function leaving(floor: Floor, { guest, to }: Move, need: number, saving: number): Move | null {
  let looked = 0
  for (const other of floor.guests.get(to.place) ?? []) {
    const { demand, at } = other
    if (demand.workload.name === guest.demand.workload.name) continue
    if (!other.isFree() || at.alternative.nodes < need) continue
    looked += 1
    if (looked > guestsMax) break
    const way = shelfOf(floor.view, demand.workload).open.find((each) => {
      if (each.place === to.place) return false
      const left = each.place === guest.at.place ? guest.at.alternative.nodes : 0
      if ((floor.free[each.place] ?? 0) + left < each.alternative.nodes) return false
      if (costOf(floor, other, each) - costOf(floor, other, at) > saving + tiny) return false
      return gainOf(floor, other, each) >= 0
    })
    if (way) return { guest: other, to: way }
  }
  return null
}

/** How many fewer would be missing to its service, were it there. */
function gainOf({ view, seats }: Floor, { demand: { run, workload } }: Guest, to: Candidate) {
  const before = seats.get(workload.name) ?? nobody
  const after = new Map(before).set(run, to.offer)
  return missingTo(view, workload, before) - missingTo(view, workload, after)
}

function costOf({ view }: Floor, { demand }: Guest, { pricePerWork }: Candidate): number {
  return costOfWork(view.world, demand.workload, pricePerWork)
}

function make({ free, guests, seats }: Floor, { guest, to }: Move): void {
  const { at, demand } = guest
  guests.get(at.place)?.delete(guest)
  guests.get(to.place)?.add(guest)
  free[at.place] = (free[at.place] ?? 0) + at.alternative.nodes
  free[to.place] = (free[to.place] ?? 0) - to.alternative.nodes
  seats.get(demand.workload.name)?.set(demand.run, to.offer)
  guest.at = to
}

const nobody: ReadonlyMap<string, Seat> = new Map()
