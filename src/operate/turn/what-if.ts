/**
 * The plan as it is beside the plan as it would be if something outside were different, or more
 * were submitted. Both are made by the planner that plans the loop's turns; neither is carried out.
 */
import { demands } from '../../core/demand/demands.ts'
import { reasonsIn } from '../../core/domain/plan.ts'
import type { Reason } from '../../core/domain/reason.ts'
import type { Ms } from '../../core/domain/time.ts'
import { compare, type Difference } from '../../core/plan/what-if/compare.ts'
import { type Supposition, suppose, wrongSuppositions } from '../../core/plan/what-if/suppose.ts'
import { waitOf } from '../../core/plan/what-if/wait.ts'
import { type Decision, planned } from './decide.ts'

export interface WhatIf extends Difference {
  /** Why whoever is elsewhere then is there, or waits. */
  readonly reasons: readonly Reason[]
  /** Of the runs that wait on either side, by name. */
  readonly waits: readonly Waits[]
}

/** Null where it does not wait. */
export interface Waits {
  readonly run: string
  readonly before: Wait | null
  readonly after: Wait | null
}

/** As likely as not it is over after so long; null where nothing tells. */
export interface Wait {
  readonly aboutMs: Ms | null
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
  const [before, after] = [
    waitsIn(now, difference.before.waiting),
    waitsIn({ world, plan }, difference.after.waiting),
  ]
  const waits = [...new Set([...before.keys(), ...after.keys()])].sort().map((run) => {
    return { run, before: before.get(run) ?? null, after: after.get(run) ?? null }
  })
  return { ...difference, reasons: reasonsIn(plan, (run) => shifted.has(run)), waits }
}

function waitsIn(
  { world, plan }: Pick<Decision, 'world' | 'plan'>,
  waiting: readonly string[],
): ReadonlyMap<string, Wait> {
  const meant = new Set(waiting)
  const told = Map.groupBy(
    reasonsIn(plan, (run) => meant.has(run)),
    ({ run }) => run,
  )
  return new Map(waiting.map((run) => [run, { aboutMs: waitOf(world, told.get(run) ?? []) }]))
}
