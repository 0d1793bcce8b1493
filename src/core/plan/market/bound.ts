/**
 * What all bidders together must pay at the least, proven, whatever way their gangs are shared out.
 *
 * The Lagrangian dual of the relaxation in which gangs may be split: any prices give a bound, and
 * better prices a better one. A subgradient method in the manner of the volume algorithm sharpens
 * them (F. Barahona and R. Anbil, "The volume algorithm", Mathematical Programming 87, 2000), each
 * lot by a step of its own: a few units of one may weigh more than hundreds of another.
 */
import type { Market, Wish } from './market.ts'

export interface Bound {
  readonly least: number
  /** The prices that prove it. */
  readonly prices: Float64Array
}

/** So much of each new answer goes into the running mean that gives the direction. */
const blend = 0.1
const firstStride = 0.1
const strideUp = 1.1
const strideDown = 0.7
const patience = 8

/** `upper` is what some sharing costs; `rounds` is how often the prices are moved. */
export function lowerBound(
  market: Market,
  start: Float64Array,
  upper: number,
  rounds: number,
): Bound {
  const { lots } = market
  const counts = counted(market)
  const used = new Float64Array(lots.length)
  const mean = new Float64Array(lots.length)
  let prices: Float64Array = Float64Array.from(start, (price, lot) =>
    Number.isFinite(lots[lot] as number) ? price : 0,
  )
  let best: Bound = { least: Number.NEGATIVE_INFINITY, prices }
  let stride = firstStride
  let stalled = 0
  for (let round = 0; round <= rounds; round += 1) {
    const least = dual(lots, counts, prices, used)
    if (least > best.least) {
      best = { least, prices }
      stalled = 0
      stride *= strideUp
    } else {
      stalled += 1
      if (stalled % patience === 0) stride *= strideDown
    }
    for (let lot = 0; lot < lots.length; lot += 1) {
      const share = round === 0 ? 1 : blend
      mean[lot] = share * (used[lot] as number) + (1 - share) * (mean[lot] as number)
    }
    prices = moved(lots, best, mean, stride * (upper - best.least))
  }
  return lowest(lots, counts, best)
}

/** Looking at so many choices takes no time that anybody would notice. */
const looksMax = 2_000_000
const halvings = 16
/** One price may be lower once another one is. */
const passes = 3
/** Sums of fractions are not exact. */
const tiny = 1e-9

/**
 * Many prices prove as much; the lowest of them say what one more unit would save. Of large markets
 * they are left as they are.
 */
function lowest(lots: Float64Array, counts: ReadonlyMap<Wish, number>, bound: Bound): Bound {
  const priced = [...bound.prices.keys()].filter((lot) => (bound.prices[lot] as number) > 0)
  const choices = [...counts.keys()].reduce((sum, wish) => sum + wish.lots.length, 0)
  if (passes * priced.length * halvings * choices > looksMax) return bound
  const prices = Float64Array.from(bound.prices)
  const used = new Float64Array(lots.length)
  const enough = bound.least - tiny * Math.abs(bound.least)
  for (const lot of Array.from({ length: passes }, () => priced).flat()) {
    let low = 0
    let high = prices[lot] as number
    for (let round = 0; round < halvings; round += 1) {
      const middle = round === 0 ? 0 : (low + high) / 2
      prices[lot] = middle
      if (dual(lots, counts, prices, used) >= enough) high = middle
      else low = middle
    }
    prices[lot] = high
  }
  return { least: bound.least, prices }
}

/** Equal wishes are looked at once. */
function counted({ wishes }: Market): ReadonlyMap<Wish, number> {
  const counts = new Map<Wish, number>()
  for (const wish of wishes) counts.set(wish, (counts.get(wish) ?? 0) + 1)
  return counts
}

/** The bound at these prices; `used` gets what everybody would take of each lot. */
function dual(
  lots: Float64Array,
  counts: ReadonlyMap<Wish, number>,
  prices: Float64Array,
  used: Float64Array,
): number {
  used.fill(0)
  let least = 0
  for (const [{ lots: where, units, costs, rest }, count] of counts) {
    let choice = -1
    // What was left out may need none of these lots: it counts as free of their prices.
    let lowest = rest
    for (let index = 0; index < where.length; index += 1) {
      const cost = costs[index] as number
      if (cost >= lowest) break
      const total = cost + (units[index] as number) * (prices[where[index] as number] as number)
      if (total >= lowest) continue
      lowest = total
      choice = index
    }
    if (Number.isFinite(lowest)) least += count * lowest
    if (choice < 0) continue
    const lot = where[choice] as number
    used[lot] = (used[lot] as number) + count * (units[choice] as number)
  }
  for (let lot = 0; lot < lots.length; lot += 1) {
    if ((prices[lot] as number) > 0) least -= (prices[lot] as number) * (lots[lot] as number)
  }
  return least
}

/** Dearer where more is wanted than there is, cheaper where less is; never below zero. */
function moved(
  lots: Float64Array,
  { prices }: Bound,
  mean: Float64Array,
  gap: number,
): Float64Array {
  const excess = mean.map((used, lot) => {
    const more = used - (lots[lot] as number)
    return Number.isFinite(more) && (more > 0 || (prices[lot] as number) > 0) ? more : 0
  })
  const scale = (lot: number) => 1 / (1 + (lots[lot] as number))
  const square = excess.reduce((sum, more, lot) => sum + more * more * scale(lot), 0)
  const stride = square > 0 ? gap / square : 0
  return prices.map((price, lot) =>
    Math.max(0, price + stride * scale(lot) * (excess[lot] as number)),
  )
}
