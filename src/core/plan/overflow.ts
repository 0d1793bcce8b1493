/**
 * While whoever we signed with has no space left, others are asked in the order that the clause
 * prefers, whatever they cost; and nobody moves down that order for a price.
 */
import { type Overflow, overflowOf } from '../contracts/law.ts'
import type { Demand } from '../domain/workload.ts'
import { isLeft } from './feasible.ts'
import { shelfOf } from './market/shelf.ts'
import type { Tally } from './tally/tally.ts'
import type { View } from './view.ts'

export interface Preference {
  /** The lower is asked first. */
  rank(supplier: string): number
  /** In words for people. */
  why(supplier: string): string
}

/** Null where nobody is preferred now: whoever is signed with has space. */
export function preferenceOf(view: View, tally: Tally, demand: Demand): Preference | null {
  const overflow = overflowFor(view, demand)
  if (!overflow) return null
  const { open } = shelfOf(view, demand.workload)
  const full = overflow.parties.filter((party) => {
    return !open.some((each) => each.offer.supplier === party && isLeft(tally, each, demand))
  })
  if (full.length === 0) return null
  return {
    rank: (supplier) => overflow.rank(supplier, full).rank,
    why: (supplier) => overflow.rank(supplier, full).why,
  }
}

/** Whether a clause may say where this one goes: then it is not placed together with others. */
export function overflowFor(view: View, { workload }: Demand): Overflow | null {
  return view.law.inForce.length === 0 ? null : overflowOf(view.law, workload)
}
