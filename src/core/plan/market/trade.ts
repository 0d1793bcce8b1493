/**
 * Betters a sharing step by step: gangs move to cheaper lots that have room, or that get room when
 * a gang there moves on at a smaller loss.
 */
import type { Market, Sharing, Wish } from './market.ts'

const passesMax = 6
/** A gang looks at so many of the choices that would be cheaper for it. */
const choicesMax = 16
/** Of who could make room for it, at so many. */
const guestsMax = 8

/** The same sharing where nothing pays; never a dearer one, and nobody loses its lot. */
export function trade(market: Market, { taken: before, prices }: Sharing): Sharing {
  const { wishes } = market
  const taken = Int32Array.from(before)
  const free = roomLeft(market, taken)
  const guests = guestsOf(market, taken)
  const rooms = new Map<Wish, number>()

  function move(bidder: number, choice: number): void {
    const wish = wishes[bidder] as Wish
    const old = taken[bidder] as number
    if (old >= 0) {
      const lot = wish.lots[old] as number
      free[lot] = (free[lot] as number) + (wish.units[old] as number)
      guests[lot]?.delete(bidder)
    }
    const lot = wish.lots[choice] as number
    free[lot] = (free[lot] as number) - (wish.units[choice] as number)
    guests[lot]?.add(bidder)
    taken[bidder] = choice
  }

  /**
   * A cheap choice with room, other than at this lot; -1 where there is none. What gets room in the
   * middle of a pass is found in the next one.
   */
  function roomFor(wish: Wish, except: number): number {
    const { lots, units } = wish
    for (let index = rooms.get(wish) ?? 0; index < lots.length; index += 1) {
      const lot = lots[index] as number
      if ((free[lot] as number) < (units[index] as number)) continue
      if (lot === except) return -1
      rooms.set(wish, index)
      return index
    }
    rooms.set(wish, lots.length)
    return -1
  }

  /** Who could leave this lot so that so many units are free, and what that costs. */
  function leaving(lot: number, need: number, limit: number) {
    let best: { guest: number; choice: number; loss: number } | null = null
    let looked = 0
    for (const guest of guests[lot] ?? []) {
      looked += 1
      if (looked > guestsMax) break
      const wish = wishes[guest] as Wish
      const own = taken[guest] as number
      if ((wish.units[own] as number) < need) continue
      const choice = roomFor(wish, lot)
      if (choice < 0) continue
      const loss = (wish.costs[choice] as number) - (wish.costs[own] as number)
      if (loss < (best?.loss ?? limit)) best = { guest, choice, loss }
    }
    return best
  }

  function better(bidder: number): boolean {
    const { lots, units, costs } = wishes[bidder] as Wish
    const own = taken[bidder] as number
    const cost = own < 0 ? Number.POSITIVE_INFINITY : (costs[own] as number)
    // Who has no lot at all looks everywhere.
    const most = own < 0 ? lots.length : Math.min(lots.length, choicesMax)
    for (let index = 0; index < most; index += 1) {
      const gain = cost - (costs[index] as number)
      if (gain <= tiny) return false
      const lot = lots[index] as number
      const need = (units[index] as number) - (free[lot] as number)
      const other = need > 0 ? leaving(lot, need, gain - tiny) : null
      if (need > 0 && !other) continue
      if (other) move(other.guest, other.choice)
      move(bidder, index)
      return true
    }
    return false
  }

  for (let pass = 0; pass < passesMax; pass += 1) {
    let isBetter = false
    rooms.clear()
    for (let bidder = 0; bidder < wishes.length; bidder += 1) isBetter = better(bidder) || isBetter
    if (!isBetter) break
  }
  return { taken, prices }
}

/** A gain below this is none: sums of fractions are not exact. */
const tiny = 1e-6

function roomLeft({ lots, wishes }: Market, taken: Int32Array): Float64Array {
  const free = Float64Array.from(lots)
  for (const [bidder, choice] of taken.entries()) {
    if (choice < 0) continue
    const { lots: where, units } = wishes[bidder] as Wish
    const lot = where[choice] as number
    free[lot] = (free[lot] as number) - (units[choice] as number)
  }
  return free
}

function guestsOf({ lots, wishes }: Market, taken: Int32Array): readonly Set<number>[] {
  const guests = Array.from(lots, () => new Set<number>())
  for (const [bidder, choice] of taken.entries()) {
    if (choice < 0) continue
    guests[(wishes[bidder] as Wish).lots[choice] as number]?.add(bidder)
  }
  return guests
}
