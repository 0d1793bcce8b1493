/**
 * What was spent on which day, for whom: so that a budget can be held to without reading all
 * charges again. Days are those of UTC; a charge over midnight is split exactly.
 */
import type { Charge } from '../domain/charge.ts'
import { addMonths, civilOf, dayMs, msOfCivil } from '../domain/day.ts'
import { type Lease, mayCost, mayCostFrom } from '../domain/lease.ts'
import { costOf, type Micros, sum } from '../domain/money.ts'
import { type Budget, isBudgetOf } from '../domain/supplier.ts'
import type { Ms } from '../domain/time.ts'
import type { Purse } from '../domain/world.ts'
import { slices } from './slices.ts'

/** By `<of>:<name>`, and by the number of the day since 1970. */
export type Spending = Map<string, Map<number, Micros>>

type Payer = Pick<Charge, 'supplier' | 'workload' | 'team'>

/** Counts a charge that is closed; each must be counted once. */
export function count(spending: Spending, charge: Charge): void {
  if (charge.to === null) return
  const parts = slices(charge, charge.to)
  for (const key of keysOf(charge)) {
    const days = spending.get(key) ?? new Map<number, Micros>()
    spending.set(key, days)
    for (const { from, amount } of parts) {
      const day = Math.floor(from / dayMs)
      days.set(day, (days.get(day) ?? 0) + amount)
    }
  }
}

function keysOf({ supplier, workload, team }: Payer): readonly string[] {
  const keys = ['everything:', `supplier:${supplier}`]
  if (workload !== null) keys.push(`workload:${workload}`)
  if (team !== undefined) keys.push(`team:${team}`)
  return keys
}

/** The span of a budget that a moment lies in. */
export function spanOf(per: Budget['per'], at: Ms): { readonly from: Ms; readonly to: Ms } {
  const day = Math.floor(at / dayMs) * dayMs
  if (per === 'day') return { from: day, to: day + dayMs }
  const { year, month } = civilOf(at)
  const from = msOfCivil({ year, month: per === 'year' ? 1 : month, day: 1 })
  return { from, to: addMonths(from, per === 'year' ? 12 : 1) }
}

export interface Books {
  readonly closed: Spending
  /** Those that run, and those that were closed just now and are not among the closed ones yet. */
  readonly open: readonly Charge[]
  readonly leases: readonly Lease[]
  readonly now: Ms
}

/** What every budget has left: what nobody knows the outcome of counts as spent, at its ceiling. */
export function purses(budgets: readonly Budget[], books: Books): readonly Purse[] {
  const { now, open, leases } = books
  if (budgets.length === 0) return []
  const charged = new Set(open.map(({ lease }) => lease))
  const begunAt = new Map(leases.map((lease) => [lease.id, mayCostFrom(lease)]))
  const unsure = leases.filter((lease) => mayCost(lease) && !charged.has(lease.id))
  return budgets.map((budget) => {
    const { from, to } = spanOf(budget.per, now)
    const within = (price: Micros, since: Ms, until: Ms) => {
      return costOf(price, until - Math.max(since, from))
    }
    const days = books.closed.get(`${budget.of}:${budget.name}`) ?? new Map<number, Micros>()
    const inSpan = [...days].filter(([day]) => day * dayMs >= from && day * dayMs < to)
    const spent = sum([
      ...inSpan.map(([, amount]) => amount),
      ...open
        .filter((each) => isBudgetOf(budget, each))
        .map((each) => {
          const { pricePerHour, lease, from: begun, to: over } = each
          // What its supplier's clock shows is not compared with ours.
          const since = over === null ? begunAt.get(lease ?? '') : undefined
          return within(pricePerHour, since ?? begun, over ?? now)
        }),
      ...unsure
        .filter((each) => isBudgetOf(budget, each))
        .map((each) => within(each.pricePerHourMax, mayCostFrom(each), now)),
    ])
    return { budget, spent, left: budget.amount - spent, until: to }
  })
}
