/**
 * Whether budgets of a span last: for what runs until it can be given back, and for what is bought
 * for a while on top of it.
 */
import type { Lease } from '../../domain/lease.ts'
import { costOf, type Micros } from '../../domain/money.ts'
import { type Budget, isBudgetOf } from '../../domain/supplier.ts'
import type { Ms } from '../../domain/time.ts'
import { byUrgency, type Workload } from '../../domain/workload.ts'
import type { World } from '../../domain/world.ts'
import { priceOf } from '../score.ts'
import { ownLeases, type View } from '../view.ts'

/** What is held is stopped so long before its money ends: giving back takes time, too. */
export const stopAheadMs = 30 * 60_000
/** What is bought is paid for at least so long. */
export const buyAheadMs = 60 * 60_000

/** A budget while a plan is made. */
export interface Fund {
  readonly budget: Budget
  /** For what is held; whoever comes first takes from it first. */
  left: Micros
  /** For what is bought: what is left once all that is held has its part. */
  room: Micros
}

export function openFunds({ purses, leases, workloads, now }: World): readonly Fund[] {
  if (purses.length === 0) return []
  const teams = new Map(workloads.map(({ spec }) => [spec.name, spec.team]))
  const held = leases.filter(
    ({ state, calls }) => state !== 'gone' && (calls > 0 || state === 'intended'),
  )
  return purses.map(({ budget, left }) => {
    const ours = held.filter((lease) => {
      return isBudgetOf(budget, { ...lease, team: lease.team ?? teams.get(lease.workload) })
    })
    const ahead = ours.reduce((total, lease) => {
      return total + costOf(lease.pricePerHour ?? lease.pricePerHourMax, aheadOf(lease, now))
    }, 0)
    return { budget, left, room: left - ahead }
  })
}

/** What was just bought has its hour still, or the next plan would spend it once more. */
function aheadOf({ intendedAt }: Lease, now: Ms): Ms {
  return Math.max(stopAheadMs, Math.min(buyAheadMs, intendedAt + buyAheadMs - now))
}

interface Payment {
  readonly workload: Workload
  readonly supplier: string
  readonly pricePerHour: Micros
}

/** The budget that does not last for a purchase; null where all do. */
export function tooShort(funds: readonly Fund[], payment: Payment): Fund | null {
  const needed = costOf(payment.pricePerHour, buyAheadMs)
  return funds.find((fund) => isFor(fund, payment) && fund.room < needed) ?? null
}

/**
 * The leases that budgets do not last for, each with the budget that is too short. Whoever is most
 * urgent is paid for first, whether it runs or waits: else what was stopped would come back first.
 */
export function unpaidLeases(view: View, funds: readonly Fund[]): ReadonlyMap<string, Fund> {
  const unpaid = new Map<string, Fund>()
  if (funds.length === 0) return unpaid
  for (const { run, workload } of view.world.demands.toSorted(byUrgency)) {
    for (const lease of ownLeases(view, run)) {
      const { id, supplier } = lease
      const short = takePart(funds, { workload, supplier, pricePerHour: priceOf(lease) })
      if (short) unpaid.set(id, short)
    }
  }
  return unpaid
}

function takePart(funds: readonly Fund[], payment: Payment): Fund | null {
  const needed = costOf(payment.pricePerHour, stopAheadMs)
  const ours = funds.filter((fund) => isFor(fund, payment))
  const short = ours.find(({ left }) => left < needed)
  if (short) return short
  for (const fund of ours) fund.left -= needed
  return null
}

export function takeRoom(funds: readonly Fund[], payment: Payment): void {
  const needed = costOf(payment.pricePerHour, buyAheadMs)
  for (const fund of funds) if (isFor(fund, payment)) fund.room -= needed
}

function isFor({ budget }: Fund, { workload: { name, team }, supplier }: Payment): boolean {
  return isBudgetOf(budget, { workload: name, team, supplier })
}
