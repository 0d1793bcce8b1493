/**
 * How often each supplier may be asked. Whatever comes too early is not sent: the next
 * turn decides anew, and nothing is lost but a moment.
 *
 * Half of what a supplier takes is for looking at it, the other half for buying and giving back. It
 * is counted by this process alone, which asks only while it leads.
 */
import type { SupplierSpec } from '../../core/domain/supplier.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { Clock } from '../../ports/clock.ts'

type Limited = Pick<SupplierSpec, 'name' | 'requestsPerMinute'>

/** A look is two requests at most: what is rented, and what is sold. */
const requestsALook = 2

/** The least time between two looks. */
export function lookEveryMs({ requestsPerMinute }: Limited): Ms {
  return requestsPerMinute === undefined ? 0 : (60_000 * requestsALook * 2) / requestsPerMinute
}

export interface Pace {
  /** Whether one more may be sent now; counts it where it may. */
  mayAsk(supplier: Limited): boolean
  /** It is sent in any case, and counts: what is not given back costs money. */
  giveBack(supplier: Limited): void
}

/** So much may be made up for at once. */
const burstMs = 10_000

export function pace(clock: Clock): Pace {
  const budgets = new Map<string, { left: number; atMs: Ms }>()

  function budgetOf(name: string, perMs: number) {
    const most = Math.max(1, perMs * burstMs)
    const now = clock.steadyMs()
    const last = budgets.get(name) ?? { left: most, atMs: now }
    const budget = { left: Math.min(most, last.left + (now - last.atMs) * perMs), atMs: now }
    budgets.set(name, budget)
    return budget
  }

  return {
    mayAsk({ name, requestsPerMinute }) {
      if (requestsPerMinute === undefined) return true
      const budget = budgetOf(name, requestsPerMinute / 2 / 60_000)
      if (budget.left < 1) return false
      budget.left -= 1
      return true
    },
    giveBack({ name, requestsPerMinute }) {
      if (requestsPerMinute !== undefined) budgetOf(name, requestsPerMinute / 2 / 60_000).left -= 1
    },
  }
}
