/**
 * Who comes first: whoever needs capacity before whoever would only like a cheaper one.
 */
import type { Demand } from '../../domain/workload.ts'
import { homeOf, runFor, type View } from '../view.ts'

export function inOrder(view: View): readonly Demand[] {
  const { needy = [], settled = [] } = Object.groupBy(view.world.demands, (demand) =>
    isSettled(view, demand) ? 'settled' : 'needy',
  )
  return [...needy.sort(byUrgency), ...settled.sort(byUrgency)]
}

function isSettled(view: View, demand: Demand): boolean {
  const run = runFor(view, demand)
  return run.state === 'running' && homeOf(view, run)?.noticeUntil === null
}

export function byUrgency(a: Demand, b: Demand): number {
  const [x, y] = [a.workload, b.workload]
  if (x.priority !== y.priority) return y.priority - x.priority
  if (x.kind !== y.kind) return x.kind === 'Service' ? -1 : 1
  if (a.submittedAt !== b.submittedAt) return a.submittedAt - b.submittedAt
  if (x.name !== y.name) return x.name < y.name ? -1 : 1
  return a.slot - b.slot
}
