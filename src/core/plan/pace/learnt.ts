/**
 * What a job's own steps say its alternatives do, in place of what was stated of them or stands in
 * the table.
 *
 * Only where the job says that its steps are even, and once two of its alternatives have been seen
 * long enough: steps have a unit of their own, so one alone has nothing to be compared with.
 */
import type { Checkpoint } from '../../domain/checkpoint.ts'
import type { Reason } from '../../domain/reason.ts'
import type { Alternative, Demand, Workload } from '../../domain/workload.ts'
import type { World } from '../../domain/world.ts'
import { workPerHour } from '../score.ts'

/** Less than this says more about its start than about its pace. */
const enoughMs = 3_600_000

interface Seen {
  readonly ms: number
  /** Steps in an hour beside the work that was expected of it in one. */
  readonly share: number
}

/** The same job where nothing was learnt. */
export function asLearnt(
  job: Workload,
  saved: Checkpoint | undefined,
  world: Pick<World, 'throughputs'>,
): Workload {
  if (job.kind !== 'Job' || !job.checkpoint?.evenSteps || !saved) return job
  const seen = job.resources.map((each) => seenOn(saved, job.revision, each, world))
  const known = seen.filter((each) => each !== null)
  if (known.length < 2) return job
  const allMs = known.reduce((sum, { ms }) => sum + ms, 0)
  const common = Math.exp(
    known.reduce((sum, { ms, share }) => sum + ms * Math.log(share), 0) / allMs,
  )
  const resources = job.resources.map((each, index): Alternative => {
    const found = seen[index]
    if (!found) return each
    const share = found.share / common
    const throughput = workPerHour(world, each) * share
    return { ...each, throughput, learnt: { share, fromMs: Math.round(found.ms) } }
  })
  return { ...job, resources }
}

/** Null where that is too little; regions are one, as they do not change how fast a chip is. */
function seenOn(
  { worked = [] }: Checkpoint,
  revision: number,
  alternative: Alternative,
  world: Pick<World, 'throughputs'>,
): Seen | null {
  const { accelerator, perNode, nodes } = alternative
  let [steps, ms] = [0, 0]
  for (const { pace, ...on } of worked) {
    const isHere = on.accelerator === accelerator && on.perNode === perNode && on.nodes === nodes
    if (!isHere || pace?.revision !== revision) continue
    steps += pace.steps
    ms += pace.ms
  }
  if (ms < enoughMs || steps <= 0) return null
  return { ms, share: steps / ms / workPerHour(world, alternative) }
}

/** What was learnt, told with whatever is decided. */
export function learntOf({ run, workload }: Demand): readonly Reason[] {
  if (workload.kind !== 'Job' || !workload.checkpoint?.evenSteps) return nothing
  return workload.resources.flatMap(({ accelerator, perNode, nodes, learnt }) => {
    if (!learnt) return []
    return [{ run, why: 'learnt', accelerator, perNode, nodes, ...learnt }]
  })
}

const nothing: readonly Reason[] = []
