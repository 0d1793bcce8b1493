/**
 * How much of a job's work is done, from what its checkpoints say it took to come so far.
 */
import type { Worked } from '../../domain/checkpoint.ts'
import type { Lease } from '../../domain/lease.ts'
import type { Run } from '../../domain/run.ts'
import type { Ms } from '../../domain/time.ts'
import type { Demand, Job, Workload } from '../../domain/workload.ts'
import type { World } from '../../domain/world.ts'
import { arrivalMs } from '../gravity/carriage.ts'
import { paceOn } from '../score.ts'
import type { View } from '../view.ts'

/** In time on the job's first alternative. */
export interface Progress {
  /** Never below a minute: what runs on is not done, whatever was estimated. */
  readonly leftMs: number
  /** Lost, at most, when its machines are taken away. */
  readonly atRiskMs: number
  /** Lost at the launch of what runs now, or of what comes next where nothing does. */
  readonly launchMs: number
}

/**
 * Lost at every launch: boot, setup, and loading what was saved. An assumption, on the careful side
 * of what rented machines take.
 */
const assumedLaunchMs = 5 * 60_000

/** What a gang loses at each launch, as far as it was said. */
export function launchOf(workload: Workload): Ms {
  const stated = workload.kind === 'Job' ? workload.deadline?.launchMs : undefined
  return stated ?? assumedLaunchMs
}

const leftMsMin = 60_000

/** When a job is to be done that may buy what is cheaper until then; null where none is kept. */
export function deadlineKept({ submittedAt, workload }: Demand, now: Ms): Ms | null {
  if (workload.kind !== 'Job' || workload.markets.length < 2 || !workload.deadline) return null
  const { deadline } = workload
  const at = 'at' in deadline ? deadline.at : submittedAt + deadline.withinMs
  return at > now ? at : null
}

/** `home` is where it runs now, if it does. */
export function progressOf(view: View, job: Job, run: Run, home: Lease | null): Progress {
  const { world } = view
  const saved = world.checkpoints.find(({ workload }) => workload === job.name)
  const savedMs = (saved?.worked ?? []).reduce((sum, each) => {
    return sum + usefulMs(world, job, each) * paceOn(world, job, each)
  }, 0)
  const isOfRun = saved !== undefined && saved.epoch === run.epoch
  const hasCome = home !== null && !isOfRun && saved?.region !== home.region
  const startMs = launchOf(job) + (hasCome ? arrivalMs(world, job, home.region) : 0)
  const since = isOfRun ? saved.acceptedAt : (run.startedAt ?? world.now) + startMs
  const unsavedMs = home ? Math.max(0, world.now - since) * paceOn(world, job, home) : 0
  const workMs = job.deadline?.workMs ?? 0
  const leftMs = Math.max(leftMsMin, workMs - savedMs - unsavedMs)
  return { leftMs, atRiskMs: job.checkpoint?.everyMs ?? workMs - leftMs, launchMs: startMs }
}

/** Each start spends a while before it works on, the longer where it comes from elsewhere. */
function usefulMs(world: World, job: Job, { ms, starts, arrivals = 0, region }: Worked): number {
  const arrived = region === undefined ? 0 : arrivals * arrivalMs(world, job, region)
  return Math.max(0, ms - starts * launchOf(job) - arrived)
}
