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

export type Wishes = Pick<
  World,
  'now' | 'workloads' | 'runs' | 'leases' | 'sights' | 'requestsPerSecond'
>

/** Every gang that shall run now, the most urgent first. */
export function demands(wishes: Wishes): Demand[] {
  const { sorted, services } = activeOf(wishes.workloads)
  const ended = new Set<string>()
  for (const run of wishes.runs) if (hasEnded(run)) ended.add(run.workload)
  const slotsOf = services.size > 0 ? slotsOfServices(wishes, services) : null
  const all: Demand[] = []
  for (const status of sorted) {
    const { spec } = status
    if (spec.kind === 'Service') {
      for (const slot of slotsOf?.(spec) ?? []) all.push(toDemand(status, slot))
    } else if (!ended.has(spec.name)) all.push(firstDemand(status))
  }
  return all
}

/** A memo and nothing else: what is wished changes less often than what runs. */
const actives = new WeakMap<World['workloads'], Active>()

interface Active {
  /** The most urgent first. */
  readonly sorted: readonly WorkloadStatus[]
  readonly services: ReadonlySet<string>
}

function activeOf(workloads: World['workloads']): Active {
  const known = actives.get(workloads)
  if (known) return known
  const active = workloads.filter(({ state }) => state === 'active')
  const first = active.map((status) => ({ status, demand: firstDemand(status) }))
  const urgent = first.sort((a, b) => byUrgency(a.demand, b.demand))
  const sorted = urgent.map(({ status }) => status)
  const named = sorted.filter(({ spec }) => spec.kind === 'Service').map(({ spec }) => spec.name)
  const fresh = { sorted, services: new Set(named) }
  actives.set(workloads, fresh)
  return fresh
}

/** What each service wants; whoever asks has looked at all that runs once. */
function slotsOfServices(
  wishes: Wishes,
  services: ReadonlySet<string>,
): (service: Service) => readonly number[] {
  const runs = wishes.runs.filter(({ workload }) => services.has(workload))
  const runsOf = Map.groupBy(runs, ({ workload }) => workload)
  const surveyed = survey(wishes)
  return (service) => {
    const fleet = surveyed(runsOf.get(service.name) ?? [])
    return slotsOfService(service, fleet, wishes.requestsPerSecond[service.name] ?? null)
  }
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

/** A memo and nothing else: what waits is asked about in every turn. */
const firsts = new WeakMap<WorkloadStatus, Demand>()

/** The gang that a workload wants before any other. */
export function firstDemand(status: WorkloadStatus): Demand {
  const known = firsts.get(status)
  if (known) return known
  const first = toDemand(status, 0)
  firsts.set(status, first)
  return first
}

function toDemand({ spec, submittedAt }: WorkloadStatus, slot: number): Demand {
  return { run: `${spec.name}.${slot}`, slot, workload: spec, submittedAt }
}
