/**
 * From wishes to gangs: one for every job, as many as are wanted now for every service.
 *
 * Decides how many replicas and which ones, not where they run. A run that is in nobody's demand is
 * to end, so leaving one out is how a service shrinks.
 */

import type { Run } from '../domain/run.ts'
import { byUrgency, type Demand, type Service, type WorkloadStatus } from '../domain/workload.ts'
import type { World } from '../domain/world.ts'
import { type Fleet, type Replica, survey } from './fleet.ts'
import { wantedReplicas } from './replicas.ts'

export type Wishes = Pick<World, 'workloads' | 'runs' | 'leases' | 'sights' | 'requestsPerSecond'>

/** Every gang that shall run now, the most urgent first. */
export function demands(wishes: Wishes): Demand[] {
  const runsOf = Map.groupBy(wishes.runs, (run) => run.workload)
  const surveyed = survey(wishes)
  return activeOf(wishes.workloads).flatMap((status) => {
    const { spec } = status
    const runs = runsOf.get(spec.name) ?? []
    const slots =
      spec.kind === 'Job'
        ? slotsOfJob(runs)
        : slotsOfService(spec, surveyed(runs), wishes.requestsPerSecond[spec.name] ?? null)
    return slots.map((slot) => toDemand(status, slot))
  })
}

/** A memo and nothing else: what is wished changes less often than what runs. */
const actives = new WeakMap<World['workloads'], readonly WorkloadStatus[]>()

function activeOf(workloads: World['workloads']): readonly WorkloadStatus[] {
  const known = actives.get(workloads)
  if (known) return known
  const active = workloads.filter(({ state }) => state === 'active')
  const first = active.map((status) => ({ status, ...toDemand(status, 0) }))
  const sorted = first.sort(byUrgency).map(({ status }) => status)
  actives.set(workloads, sorted)
  return sorted
}

function slotsOfJob(runs: readonly Run[]): readonly number[] {
  return runs.some(hasEnded) ? [] : [0]
}

/**
 * A replica whose lease is about to go is worth nothing tomorrow, so another one is wanted in its
 * place; but it still answers today, so it stays until the others can do without it.
 */
function slotsOfService(
  service: Service,
  fleet: Fleet,
  requestsPerSecond: number | null,
): readonly number[] {
  const current = fleet.staying.length
  const wanted = wantedReplicas(service, current, requestsPerSecond)
  const kept = best(fleet.staying, wanted)
  const missing = wanted - kept.length
  const answering = kept.filter(({ answers }) => answers).length
  const held = best(fleet.leaving, wanted - answering)
  return [...kept, ...held]
    .map(({ run }) => run.slot)
    .concat(freeSlots(fleet.slotsUsed, missing))
    .sort((a, b) => a - b)
}

/** The replicas that are worth most; of equals those with the lowest slots. */
function best(replicas: readonly Replica[], count: number): readonly Replica[] {
  return replicas
    .toSorted((a, b) => a.rank - b.rank || a.run.slot - b.run.slot)
    .slice(0, Math.max(0, count))
}

/** The smallest numbers that no run has, ended ones included: a slot's history is never mixed. */
function freeSlots(used: ReadonlySet<number>, count: number): readonly number[] {
  const free: number[] = []
  for (let slot = 0; free.length < count; slot += 1) if (!used.has(slot)) free.push(slot)
  return free
}

function hasEnded(run: Run): boolean {
  return run.state === 'done' || run.state === 'failed'
}

/** The gang that a workload wants before any other. */
export function firstDemand(status: WorkloadStatus): Demand {
  return toDemand(status, 0)
}

function toDemand({ spec, submittedAt }: WorkloadStatus, slot: number): Demand {
  return { run: `${spec.name}.${slot}`, slot, workload: spec, submittedAt }
}
