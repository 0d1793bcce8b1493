/**
 * Shares that vest as capacity is accepted. Reports, and decides nothing.
 */
import type { EquityVesting } from '../../domain/clause.ts'
import { acceleratorsOf } from '../capacity.ts'

export interface Vesting {
  readonly vestedShares: number
  /** Accelerators that are missing for the next milestone; null where all are reached. */
  readonly missing: number | null
}

/** Null where a milestone's unit cannot be compared with what was accepted. */
export function vesting(clause: EquityVesting, accepted: number): Vesting | null {
  let vestedShares = 0
  let missing: number | null = null
  for (const { quantity, shares } of clause.milestones) {
    const needed = acceleratorsOf(quantity, clause.accelerator, clause.conversions)
    if (needed === null) return null
    if (needed <= accepted) vestedShares += shares
    else missing = Math.min(missing ?? needed, needed - accepted)
  }
  return { vestedShares, missing }
}
