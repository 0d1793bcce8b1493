/**
 * The plan as it is beside the plan as it would be if something outside were different, or more
 * were submitted. Both are made by the planner that plans the loop's turns; neither is carried out.
 */
import { demands } from '../../core/demand/demands.ts'
import { reasonsIn } from '../../core/domain/plan.ts'
import type { Reason } from '../../core/domain/reason.ts'
import { compare, type Difference } from '../../core/plan/what-if/compare.ts'
import { type Supposition, suppose, wrongSuppositions } from '../../core/plan/what-if/suppose.ts'
import { type Decision, planned } from './decide.ts'

export interface WhatIf extends Difference {
  /** Why whoever is elsewhere then is there, or waits. */
  readonly reasons: readonly Reason[]
}

type Planned = Pick<Decision, 'world' | 'law' | 'plan'>

/** `then` is what suppositions are made of; sentences where they make no sense there. */
export function whatIf(
  now: Planned,
  then: Pick<Decision, 'world' | 'law'>,
  suppositions: readonly Supposition[],
): WhatIf | { readonly wrong: readonly string[] } {
  const wrong = wrongSuppositions(then.world, suppositions)
  if (wrong.length > 0) return { wrong }
  const supposed = suppose(then.world, suppositions)
  const world = { ...supposed, demands: demands(supposed) }
  const { plan } = planned(world, then.law)
  const difference = compare(now, { world, plan })
  const shifted = new Set(difference.shifts.map(({ run }) => run))
  return { ...difference, reasons: reasonsIn(plan, (run) => shifted.has(run)) }
}
