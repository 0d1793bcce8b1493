/**
 * What was and is being spent, from charges alone: by supplier, workload or accelerator.
 *
 * Charges that run are counted up to now. What nobody knows to exist is no spending: it stands
 * apart, as the most that it can have cost.
 */
import type { Charge } from '../domain/charge.ts'
import { type Lease, mayCost, mayCostFrom } from '../domain/lease.ts'
import { costOf, type Micros, sum } from '../domain/money.ts'
import type { Ms } from '../domain/time.ts'

export type StatementBy = 'supplier' | 'workload' | 'team' | 'accelerator'

export interface StatementRow {
  readonly name: string
  readonly usage: Micros
  readonly waste: Micros
  /** Accelerators times milliseconds, of usage and waste. */
  readonly acceleratorMs: number
  readonly rentals: number
  readonly pricePerHourNow: Micros
}

export interface Statement {
  readonly by: StatementBy
  /** The dearest first. */
  readonly rows: readonly StatementRow[]
  readonly total: Micros
  /** Ceiling of what leases that no charge stands for may have cost so far. */
  readonly unsure: Micros
}

export interface StatementInput {
  readonly charges: readonly Charge[]
  readonly leases: readonly Lease[]
  readonly now: Ms
  readonly by: StatementBy
}

export function statement({ charges, leases, now, by }: StatementInput): Statement {
  const rows = [...Map.groupBy(charges, (charge) => charge[by] ?? 'none')].map(
    ([name, group]): StatementRow => ({
      name,
      usage: sum(group.filter(({ account }) => account === 'usage').map((c) => spent(c, now))),
      waste: sum(group.filter(({ account }) => account === 'waste').map((c) => spent(c, now))),
      acceleratorMs: sum(group.map((c) => (c.accelerators ?? 0) * spanMs(c, now))),
      rentals: group.length,
      pricePerHourNow: sum(group.filter(({ to }) => to === null).map((c) => c.pricePerHour)),
    }),
  )
  return {
    by,
    rows: rows.sort(dearestFirst),
    total: sum(charges.map((charge) => spent(charge, now))),
    unsure: unsure(charges, leases, now),
  }
}

/** What a charge comes to so far. */
export function spent(charge: Charge, now: Ms): Micros {
  return charge.to === null ? costOf(charge.pricePerHour, now - charge.from) : charge.amount
}

/** The supplier's clock may run ahead of ours: a span is never below zero. */
function spanMs({ from, to }: Charge, now: Ms): number {
  return Math.max(0, (to ?? now) - from)
}

function unsure(charges: readonly Charge[], leases: readonly Lease[], now: Ms): Micros {
  const charged = new Set(charges.map(({ lease }) => lease))
  const open = leases.filter((lease) => mayCost(lease) && !charged.has(lease.id))
  return sum(open.map((lease) => costOf(lease.pricePerHourMax, now - mayCostFrom(lease))))
}

function dearestFirst(a: StatementRow, b: StatementRow): number {
  return b.usage + b.waste - (a.usage + a.waste) || (a.name < b.name ? -1 : 1)
}
