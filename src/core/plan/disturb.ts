/**
 * Whether a running gang may be stopped for its own good: to move, to restart, to take over.
 *
 * A job must not lose its work, a service must not fall silent. One replica of a service at a time.
 */
import type { Demand } from '../domain/workload.ts'
import type { Tally } from './tally/tally.ts'
import type { Fleet, View } from './view.ts'

/** Whether to begin a move that only saves money. */
export function mayMove(view: View, tally: Tally, { workload }: Demand): boolean {
  if (workload.kind === 'Job') return view.saved.has(workload.name)
  const fleet = fleetOf(view, workload.name)
  return fleet.running >= 2 && !fleet.isMoving && !tally.disturbed.has(workload.name)
}

/** Whether to stop now, with capacity ready to go on with. */
export function mayStop(view: View, tally: Tally, { run, workload }: Demand): boolean {
  if (workload.kind === 'Job') return true
  const others = fleetOf(view, workload.name).answering - (view.answering.has(run) ? 1 : 0)
  return others > 0 && !tally.disturbed.has(workload.name)
}

/**
 * Whether to stop for a newer specification. A replica that answers nobody has nothing to lose, so
 * a fix reaches a broken service at once; one that answers waits until all others answer too.
 */
export function mayRestart(view: View, tally: Tally, { run, workload }: Demand): boolean {
  if (workload.kind === 'Job' || !view.answering.has(run)) return true
  const { answering, replicas } = fleetOf(view, workload.name)
  return answering === replicas && !tally.disturbed.has(workload.name)
}

function fleetOf(view: View, service: string): Fleet {
  return view.fleetOf.get(service) ?? { replicas: 0, running: 0, answering: 0, isMoving: false }
}
