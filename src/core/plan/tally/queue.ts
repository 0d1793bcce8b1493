/**
 * Jobs that wait for the very same: what the first of them cannot have, none behind it can.
 *
 * True only until something is taken, for a claim may be given up with it; then each is asked anew.
 */
import type { Reason } from '../../domain/reason.ts'
import type { Demand, Workload } from '../../domain/workload.ts'
import { wishOf } from '../market/shelf.ts'
import type { View } from '../view.ts'
import { worthwhileMs } from '../window/window.ts'
import type { Decision, Tally } from './tally.ts'

/** Workloads are values that never change, so the name of their queue is made once for each. */
const names = new WeakMap<Workload, string>()

/** Null where a job has a say of its own: by its name, its deadline or what it takes along. */
export function queueOf(view: View, workload: Workload): string | null {
  if (view.isLawAsked || workload.kind !== 'Job' || workload.deadline) return null
  if (view.baggages.has(workload.name)) return null
  const known = names.get(workload)
  if (known !== undefined) return known
  // Whoever is done sooner may use a block that is too short for others.
  const lastsMs = Math.min(worthwhileMs, workload.lastsMs ?? worthwhileMs)
  const name = JSON.stringify([workload.team ?? null, lastsMs, wishOf(workload, view)])
  names.set(workload, name)
  return name
}

/** To wait as the run at the front of its queue does; null where it has to ask for itself. */
export function behind(view: View, tally: Tally, { run, workload }: Demand): Decision | null {
  if (tally.refused.size === 0 || tally.shares?.owed.has(run)) return null
  const queue = queueOf(view, workload)
  return queue === null ? null : (tally.refused.get(queue) ?? null)
}

/** Writes down that nothing is left for a gang, in words that hold for all behind it too. */
export function refuse(
  view: View,
  tally: Tally,
  { run, workload }: Demand,
  reasons: readonly Reason[],
): void {
  const queue = queueOf(view, workload)
  const own = `workload ${workload.name}`
  const isOwn = reasons.some((reason) => 'whose' in reason && reason.whose === own)
  const isCounted = tally.funds.some(({ budget }) => budget.of === 'workload')
  if (queue === null || isOwn || isCounted || tally.shares?.owed.has(run)) return
  tally.refused.set(queue, { actions: [], reasons: [], as: run })
}
