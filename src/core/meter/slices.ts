/**
 * A charge, cut at every midnight of UTC, and where else it is asked for: the parts add up to the
 * whole, to the micro-dollar.
 */
import type { Charge } from '../domain/charge.ts'
import { dayMs } from '../domain/day.ts'
import { costOf, type Micros } from '../domain/money.ts'
import type { Ms } from '../domain/time.ts'

export interface Slice {
  readonly charge: Charge
  readonly from: Ms
  readonly to: Ms
  readonly amount: Micros
}

/** A charge that runs is cut up to `now`. One of no length has one part, of nothing. */
export function slices(charge: Charge, now: Ms): readonly Slice[] {
  const { pricePerHour, from } = charge
  const end = Math.max(from, charge.to ?? now)
  const all: Slice[] = []
  let paid = 0
  for (let start = from; start < end || all.length === 0; ) {
    const to = Math.min(end, (Math.floor(start / dayMs) + 1) * dayMs)
    const until = costOf(pricePerHour, to - from)
    all.push({ charge, from: start, to, amount: until - paid })
    paid = until
    start = to
    if (start >= end) break
  }
  return all
}

/** A part of a charge, cut at moments as well. Those outside of it are of no account. */
export function cutAt(part: Slice, moments: Iterable<Ms>): readonly Slice[] {
  const { charge, from, to, amount } = part
  const inside = [...new Set(moments)].filter((at) => at > from && at < to).sort((a, b) => a - b)
  // What the part begins with: the parts before it came to as much.
  const before = costOf(charge.pricePerHour, to - charge.from) - amount
  let [start, paid] = [from, before]
  return [...inside, to].map((end) => {
    const until = costOf(charge.pricePerHour, end - charge.from)
    const piece = { charge, from: start, to: end, amount: until - paid }
    start = end
    paid = until
    return piece
  })
}
