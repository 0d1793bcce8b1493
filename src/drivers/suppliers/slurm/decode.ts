/**
 * One decoder for all dialects of Slurm's JSON, from v0.0.38 on: what was a text or a plain number
 * there became a list or `{set, infinite, number}` later, and lists of nodes stay texts.
 *
 * Reads only what it needs, and takes nothing that makes no sense.
 */
import { z } from 'zod'
import type { SlurmJob, SlurmNode } from './cluster.ts'
import { hostsOf } from './hosts.ts'

/** A number, null where it is not set, or has no end. */
const amount = z
  .union([
    z.number(),
    z.null(),
    z.object({ set: z.boolean(), infinite: z.boolean().optional(), number: z.number() }),
  ])
  .transform((value) => {
    if (value === null || typeof value === 'number') return value
    return value.set && !value.infinite ? value.number : null
  })

/** One text with words between commas, or a list of them. */
const list = z
  .union([z.string(), z.array(z.string()), z.null()])
  .transform((value) => (typeof value === 'string' ? value.split(',') : (value ?? [])))
  .transform((words) => words.map((word) => word.trim()).filter((word) => word !== ''))

const states = list.transform((words) => words.map((word) => word.toUpperCase()))

/** Seconds since 1970; nothing where they are 0. */
const moment = amount.transform((seconds) => (seconds ? seconds * 1_000 : null))

const Job = z.object({
  job_id: z.number().int().min(1),
  name: z.string(),
  comment: z.union([z.string(), z.null()]).transform((text) => text ?? ''),
  partition: z.string(),
  job_state: states,
  state_reason: z.string(),
  node_count: amount,
  nodes: z.union([z.string(), z.null()]).transform((text) => hostsOf(text ?? '')),
  submit_time: moment,
  start_time: moment,
  end_time: moment,
  preempt_time: moment.optional(),
})

const Node = z.object({
  name: z.string(),
  partitions: list,
  state: states,
  state_flags: states.optional(),
  gres: z.union([z.string(), z.null()]).transform((text) => text ?? ''),
})

/** The same job, as accounting writes it. */
const PastJob = z.object({
  job_id: z.number().int().min(1),
  name: z.string(),
  partition: z.string(),
  state: z.object({ current: states, reason: z.string() }),
  allocation_nodes: amount,
  nodes: z
    .union([z.string(), z.null()])
    .transform((text) => (text === 'None assigned' ? [] : hostsOf(text ?? ''))),
  time: z.object({ submission: moment, start: moment, end: moment }),
})

const Partition = z.object({
  name: z.string(),
  max_time_limit: amount.optional(),
  maximums: z.object({ time: amount }).optional(),
})

const PastJobs = z.object({ jobs: z.array(PastJob) })
const Partitions = z.object({ partitions: z.array(Partition) })
const Jobs = z.object({ jobs: z.array(Job) })
const Nodes = z.object({ nodes: z.array(Node) })
const Submitted = z.object({ job_id: z.number().int().min(1) })

/** Slurm's own complaint; which of the keys holds the number differs from place to place. */
const Fault = z
  .object({
    error: z.string().optional(),
    description: z.string().optional(),
    error_number: z.number().optional(),
    error_code: z.number().optional(),
    errno: z.number().optional(),
  })
  .transform(({ error, description, error_number, error_code, errno }) => ({
    number: error_number ?? error_code ?? errno ?? null,
    text: [error, description].filter(Boolean).join(': '),
  }))
const Faults = z.object({ errors: z.array(Fault) })
export type Fault = z.infer<typeof Fault>

/** Empty where there is none, or where it is no answer of Slurm's at all. */
export function faultsOf(answer: unknown): readonly Fault[] {
  return Faults.safeParse(answer).data?.errors.filter(({ number }) => number !== 0) ?? []
}

/** Null where the answer does not say. */
export function submittedOf(answer: unknown): number | null {
  return Submitted.safeParse(answer).data?.job_id ?? null
}

/** Throws where it is no list of jobs. */
export function jobsOf(answer: unknown): readonly SlurmJob[] {
  return read(Jobs, answer).jobs.map(toJob)
}

/** Throws where it is no list of jobs. Their comments are often not kept. */
export function pastJobsOf(answer: unknown): readonly SlurmJob[] {
  return read(PastJobs, answer).jobs.map(({ job_id, name, partition, state, nodes, ...rest }) => {
    const { time, allocation_nodes } = rest
    return {
      ...{ id: job_id, name, comment: '', partition, nodes, preemptedAt: null },
      ...{ states: state.current, reason: state.reason },
      nodeCount: allocation_nodes ?? nodes.length,
      submittedAt: time.submission ?? 0,
      startedAt: nodes.length > 0 ? time.start : null,
      endedAt: time.end,
    }
  })
}

/** Minutes by partition, null for no end. Throws where it is no list of partitions. */
export function partitionLimitsOf(answer: unknown): ReadonlyMap<string, number | null> {
  const { partitions } = read(Partitions, answer)
  return new Map(
    partitions.map(({ name, max_time_limit, maximums }) => {
      const limit = maximums?.time ?? max_time_limit ?? null
      return [name, limit !== null && limit >= 0 ? limit : null]
    }),
  )
}

/** The same, from lines such as `gpu infinite` and `short 1-12:30:00`. */
export function limitsOf(text: string): ReadonlyMap<string, number | null> {
  const lines = text.matchAll(/^(\S+) +(?:(?:(\d+)-)?(?:(\d+):)?(\d+):\d+|\S+)\s*$/gm)
  return new Map(
    [...lines].map(([, name = '', days = 0, hours = 0, minutes]) => {
      if (minutes === undefined) return [name, null]
      return [name, (Number(days) * 24 + Number(hours)) * 60 + Number(minutes)]
    }),
  )
}

/** Throws where it is no list of nodes. */
export function nodesOf(answer: unknown): readonly SlurmNode[] {
  return read(Nodes, answer).nodes.map(({ name, partitions, state, state_flags = [], gres }) => ({
    ...{ name, partitions },
    states: [...state, ...state_flags],
    accelerators: acceleratorsOf(gres),
  }))
}

function read<T>(shape: z.ZodType<T>, answer: unknown): T {
  const parsed = shape.safeParse(answer)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Error(`no answer of Slurm’s: ${issue?.path.join('.')}: ${issue?.message}`)
}

function toJob(job: z.infer<typeof Job>): SlurmJob {
  const { job_id: id, name, comment, partition, job_state, nodes } = job
  const submittedAt = job.submit_time ?? 0
  // Of a job that waits it is a guess; of one that never began it is when it ended.
  const startedAt = nodes.length > 0 ? job.start_time : null
  return {
    ...{ id, name, comment, partition, nodes, submittedAt, startedAt },
    states: job_state,
    reason: job.state_reason,
    nodeCount: job.node_count ?? nodes.length,
    endedAt: job.end_time,
    preemptedAt: job.preempt_time ?? null,
  }
}

/** `gpu:h100:8(S:0-1),gpu:a100:2,gpu:4,shard:8` into its accelerators. */
function acceleratorsOf(gres: string): SlurmNode['accelerators'] {
  const counts = new Map<string, number>()
  for (const [, type, count] of gres.matchAll(/(?:^|,)gpu(?::([^:,()]+))?:(\d+)(?![^(,])/g)) {
    const key = (type ?? 'gpu').toLowerCase()
    counts.set(key, (counts.get(key) ?? 0) + Number(count))
  }
  return [...counts].map(([type, count]) => ({ type, count }))
}
