/**
 * Turns the sheet and what was observed into the one picture that the planner gets.
 */
import { throughputs } from '../../core/catalog/accelerators.ts'
import type { Law } from '../../core/contracts/law.ts'
import { demands } from '../../core/demand/demands.ts'
import type { Checkpoint } from '../../core/domain/checkpoint.ts'
import { defaultPolicy } from '../../core/domain/supplier.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { Demand, WorkloadStatus } from '../../core/domain/workload.ts'
import type { World } from '../../core/domain/world.ts'
import { purses } from '../../core/meter/spending.ts'
import { asLearnt } from '../../core/plan/pace/learnt.ts'
import type { Memory } from '../memory.ts'
import { marginalsOn } from './marginals.ts'
import type { Observed } from './observed.ts'
import type { Sheet } from './sheet.ts'

export function worldOf(
  rows: Sheet,
  observed: Observed,
  { memory, law }: { readonly memory: Memory; readonly law: Law },
): World {
  const { spending } = memory
  const now = law.at
  const suppliers = rows.all('supplier')
  const names = new Set(suppliers.map(({ name }) => name))
  // Nothing is bought before everybody has had a chance to quote: the first answer is not the best.
  const quoted = suppliers.every(({ name }) => observed.known(name))
  const policy = rows.get('policy', 'policy') ?? defaultPolicy
  // What closes in this very turn is not in memory yet.
  const closing = rows.changed('charge').filter(({ to }) => to !== null)
  const open = [...rows.all('charge'), ...closing]
  const books = { closed: spending, open, leases: rows.all('lease'), now }
  const workloads = learntWorkloads(rows)
  return {
    now,
    generation: rows.get('plan', 'plan')?.generation ?? 0,
    workloads,
    demands: demandsOf(rows, observed, now, workloads),
    suppliers,
    policy,
    purses: purses(policy.budgets ?? [], books),
    marginals: marginalsOn(rows, observed.offers, { law, memory, open }),
    offers: quoted ? observed.offers.filter(({ supplier }) => names.has(supplier)) : [],
    outages: rows.all('outage'),
    pools: rows.all('pool'),
    belief: memory.belief,
    leases: rows.all('lease'),
    runs: rows.all('run'),
    sights: observed.sights,
    checkpoints: rows.all('checkpoint'),
    throughputs,
    requestsPerSecond: observed.requestsPerSecond,
  }
}

/** Places are compared by what jobs themselves have shown; what was submitted stays as it is. */
function learntWorkloads(rows: Sheet): readonly WorkloadStatus[] {
  const learnt = new Map<string, WorkloadStatus>()
  for (const saved of rows.all('checkpoint')) {
    const status = rows.get('workload', saved.workload)
    const known = status && learntFrom(status, saved)
    if (known && known !== status) learnt.set(saved.workload, known)
  }
  const all = rows.all('workload')
  // The very same list where nothing was learnt: others remember what they made of it.
  return learnt.size === 0 ? all : all.map((status) => learnt.get(status.spec.name) ?? status)
}

/** A memo and nothing else: a checkpoint stands for many turns. */
const lessons = new WeakMap<Checkpoint, { readonly of: WorkloadStatus; known: WorkloadStatus }>()

function learntFrom(status: WorkloadStatus, saved: Checkpoint): WorkloadStatus {
  const last = lessons.get(saved)
  if (last?.of === status) return last.known
  const spec = asLearnt(status.spec, saved, { throughputs })
  const known = spec === status.spec ? status : { ...status, spec }
  lessons.set(saved, { of: status, known })
  return known
}

export function demandsOf(
  rows: Sheet,
  { sights, requestsPerSecond }: Pick<Observed, 'sights' | 'requestsPerSecond'>,
  now: Ms,
  workloads: readonly WorkloadStatus[] = rows.all('workload'),
): readonly Demand[] {
  return demands({
    now,
    workloads,
    runs: rows.all('run'),
    leases: rows.all('lease'),
    sights,
    requestsPerSecond,
  })
}
