/**
 * A charge, cut at every midnight of UTC: the parts add up to the whole, to the micro-dollar.
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
