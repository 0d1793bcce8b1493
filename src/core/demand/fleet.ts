/**
 * How the replicas of a service are doing: which are there to stay, which are about to lose their
 * machines, and which of them are worth keeping first.
 *
 * Looks only at what was observed; what follows from it is decided elsewhere.
 */
import { isLeaving, type Lease } from '../domain/lease.ts'
import type { Run } from '../domain/run.ts'
import { answeringRanks, type World } from '../domain/world.ts'

export interface Replica {
  readonly run: Run
  readonly answers: boolean
  /** Lower is worth more: answering, running, with capacity on the way, with nothing yet. */
  readonly rank: 0 | 1 | 2 | 3
}

export interface Fleet {
  readonly staying: readonly Replica[]
  /** Alive on leases that their suppliers take back or that nobody wants. */
  readonly leaving: readonly Replica[]
  /** Of all runs, ended ones included. */
  readonly slotsUsed: ReadonlySet<number>
}

/** Looks at everything once; the answer looks at the runs of one service. */
export function survey({
  now,
  leases,
  sights,
}: Pick<World, 'now' | 'leases' | 'sights'>): (runs: readonly Run[]) => Fleet {
  const mayServe = (lease: Lease): boolean => {
    const over = lease.state === 'releasing' || lease.state === 'gone'
    return lease.wanted && !over && !isLeaving(lease, now)
  }
  const leaseOf = new Map(leases.map((lease) => [lease.id, lease]))
  const supplied = new Set(leases.filter(mayServe).map(({ run }) => run))
  const answering = new Set(
    answeringRanks(sights).map(({ run, epoch, lease }) => `${run} ${epoch} ${lease}`),
  )
  const look = (run: Run): Replica => {
    const answers = run.state === 'running' && answering.has(`${run.id} ${run.epoch} ${run.lease}`)
    return { run, answers, rank: rankOf(run, answers, supplied.has(run.id)) }
  }
  // A run that is fenced or waiting has already left its lease, and will start on another.
  const leaves = (run: Run): boolean => {
    if (run.state !== 'running' && run.state !== 'draining') return false
    const lease = run.lease === null ? undefined : leaseOf.get(run.lease)
    return lease !== undefined && !mayServe(lease)
  }
  return (runs) => {
    const alive = runs.filter(({ state }) => state !== 'done' && state !== 'failed')
    return {
      staying: alive.filter((run) => !leaves(run)).map(look),
      leaving: alive.filter(leaves).map(look),
      slotsUsed: new Set(runs.map(({ slot }) => slot)),
    }
  }
}

function rankOf(run: Run, answers: boolean, supplied: boolean): Replica['rank'] {
  if (run.state === 'running') return answers ? 0 : 1
  return supplied ? 2 : 3
}
