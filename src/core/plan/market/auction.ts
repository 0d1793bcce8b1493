/**
 * Shares scarce lots out so that all bidders together pay least.
 *
 * An auction in the manner of Bertsekas: whoever is without a lot bids for the one that is best at
 * the prices of the moment, just so much that it is no better than the second best, and whoever bid
 * less there has to look again. The prices that remain are shadow prices (D. P. Bertsekas and
 * D. A. Castañon, "The auction algorithm for the transportation problem", Annals of Operations
 * Research 20, 1989; for gangs of several units it is a good rule, not an exact one).
 */
import type { Market, Sharing, Wish } from './market.ts'

interface Seat {
  readonly bidder: number
  readonly units: number
  /** What the bidder would at most pay for a unit. */
  readonly level: number
}

interface Choice {
  readonly choice: number
  readonly cost: number
  /** By how much the best choice at any other lot is worse. */
  readonly margin: number
}

/** A bidder leaves when it would pay so many times what its dearest choice costs. */
const walkFactor = 3
/** So often a bidder may bid in the mean before the rest is left without. */
const bidsEach = 100

/** `step` is how much a bid rises at the least: the finer, the closer to the optimum. */
export function auction({ lots, wishes }: Market, step: number): Sharing {
  const free = Float64Array.from(lots)
  /** What a unit costs who finds it free, and who has to send somebody away. */
  const prices = new Float64Array(lots.length)
  const crowded = new Float64Array(lots.length)
  const seats: Seat[][] = Array.from(lots, () => [])
  const taken = new Int32Array(wishes.length).fill(-1)
  const waiting = Array.from(wishes.keys()).reverse()

  function best({ lots: where, units, costs, rest }: Wish): Choice | null {
    let choice = -1
    let first = Number.POSITIVE_INFINITY
    let second = rest
    for (let index = 0; index < where.length; index += 1) {
      const cost = costs[index] as number
      // Prices are never below zero, so nothing behind this one can be better.
      if (cost >= second) break
      const lot = where[index] as number
      const count = units[index] as number
      const price = ((free[lot] as number) < count ? crowded[lot] : prices[lot]) as number
      const total = cost + count * price
      if (total < first) {
        second = first
        first = total
        choice = index
      } else if (total < second) second = total
    }
    return choice < 0 ? null : { choice, cost: first, margin: second - first }
  }

  function seatAt(lot: number, seat: Seat): void {
    const own = seats[lot] as Seat[]
    let left = free[lot] as number
    while (left < seat.units) {
      const out = own.pop() as Seat
      left += out.units
      prices[lot] = Math.max(prices[lot] as number, out.level)
      taken[out.bidder] = -1
      waiting.push(out.bidder)
    }
    free[lot] = left - seat.units
    own.splice(placeFor(own, seat.level), 0, seat)
    crowded[lot] = Math.max(prices[lot] as number, own.at(-1)?.level ?? 0)
  }

  let bidsLeft = wishes.length * bidsEach
  for (let bidder = waiting.pop(); bidder !== undefined; bidder = waiting.pop()) {
    if (bidsLeft === 0) break
    bidsLeft -= 1
    const wish = wishes[bidder] as Wish
    const found = best(wish)
    // To go without has its price too: two that fit nowhere else would outbid each other for ever.
    const walk = walkFactor * (wish.costs.at(-1) ?? 0)
    if (!found || found.cost > walk) continue
    const { choice, cost, margin } = found
    const lot = wish.lots[choice] as number
    const units = wish.units[choice] as number
    const price = (cost - (wish.costs[choice] as number)) / units
    const level = price + Math.min(margin, walk - cost) / units + step
    taken[bidder] = choice
    seatAt(lot, { bidder, units, level })
  }
  return { taken, prices: crowded }
}

/** Highest level first, so that the one to go is the last. */
function placeFor(seats: readonly Seat[], level: number): number {
  let low = 0
  let high = seats.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((seats[middle] as Seat).level >= level) low = middle + 1
    else high = middle
  }
  return low
}
