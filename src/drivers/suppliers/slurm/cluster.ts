/**
 * What a Slurm cluster says and takes, whichever way and in whichever dialect it was asked.
 */
export interface Cluster {
  nodes(): Promise<readonly SlurmNode[]>
  /** Every job that the controller still knows. */
  jobs(): Promise<readonly SlurmJob[]>
  /** What accounting has under these numbers; rejects where nothing is accounted. */
  past(jobs: readonly number[]): Promise<readonly SlurmJob[]>
  /** After how many minutes each partition ends a job; null for never. */
  limits(): Promise<ReadonlyMap<string, number | null>>
  /** Resolves with the number of the job, which then surely is in the queue. */
  submit(job: JobOrder): Promise<number>
  /** Resolves also where there is no such job, or none any more. */
  cancel(job: number): Promise<void>
}

export interface SlurmNode {
  readonly name: string
  readonly partitions: readonly string[]
  /** Words such as IDLE, ALLOCATED, DOWN, DRAIN and NOT_RESPONDING. */
  readonly states: readonly string[]
  /** Accelerators by type; one without a type is called after its kind, `gpu`. */
  readonly accelerators: readonly { readonly type: string; readonly count: number }[]
}

export interface SlurmJob {
  readonly id: number
  readonly name: string
  readonly comment: string
  readonly partition: string
  /** One base state such as PENDING, and flags such as COMPLETING. */
  readonly states: readonly string[]
  readonly reason: string
  readonly nodeCount: number
  /** In the order in which its ranks are counted; empty before it begins. */
  readonly nodes: readonly string[]
  readonly submittedAt: number
  /** Null before it begins, and where it never did. */
  readonly startedAt: number | null
  readonly endedAt: number | null
  /** A notice of preemption, where one was given. */
  readonly preemptedAt: number | null
}

export interface JobOrder {
  readonly name: string
  readonly comment: string
  readonly partition: string
  readonly nodes: number
  readonly type: string
  readonly perNode: number
  readonly account: string | null
  readonly qos: string | null
  readonly reservation: string | null
  readonly timeLimitMinutes: number | null
  readonly switches: Switches | null
  readonly folder: string
  readonly script: string
}

/** At most so many leaf switches between its nodes, for as long as Slurm may wait for them. */
export interface Switches {
  readonly count: number
  /** Null for as long as the cluster says. */
  readonly waitMinutes: number | null
}

const overStates = new Set([
  'BOOT_FAIL',
  'CANCELLED',
  'COMPLETED',
  'DEADLINE',
  'FAILED',
  'NODE_FAIL',
  'OUT_OF_MEMORY',
  'PREEMPTED',
  'REVOKED',
  'TIMEOUT',
])

/** It runs nowhere any more, as far as its controller can know. */
export function isOver({ states }: SlurmJob): boolean {
  return states.some((state) => overStates.has(state)) && !states.includes('COMPLETING')
}

/** The controller hears it and gives it work. */
export function isFree({ states }: SlurmNode): boolean {
  return states.length === 1 && states[0] === 'IDLE'
}

/** What is off is out of its controller's sight: what ran there may run on. */
export function isOutOfSight({ states }: SlurmNode): boolean {
  return states.some((state) => ['DOWN', 'NOT_RESPONDING', 'POWERED_DOWN'].includes(state))
}
