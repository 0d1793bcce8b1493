/**
 * What people ask for: jobs that train and services that stay up.
 *
 * A workload is the wish as submitted. How it is going stands in its runs and leases.
 */
import type { Micros } from './money.ts'
import type { Ms } from './time.ts'
import type { DataClass } from './trust.ts'

/** How a supplier sells: until released, or until it wants the capacity back. */
export type Market = 'on-demand' | 'spot'

/** One way to run a gang: so many nodes, each with so many accelerators of one kind. */
export interface Alternative {
  /** Canonical accelerator name, for example `H100`. */
  readonly accelerator: string
  /** Accelerators in each node. */
  readonly perNode: number
  readonly nodes: number
  /**
   * Useful work of the whole gang per hour, in any unit as long as all alternatives of the workload
   * use the same; null where the catalogue's table is to be used.
   */
  readonly throughput: number | null
  /** What has to join its nodes, in its supplier's word; anything where it is left out. */
  readonly fabric?: string
  /** Set where `throughput` was learnt from the job's own steps. */
  readonly learnt?: Learnt
}

export interface Learnt {
  /** Of the work that was stated, or stands in the table. */
  readonly share: number
  /** Work on it that was seen; what is old counts less. */
  readonly fromMs: Ms
}

interface WorkloadCommon {
  readonly name: string
  /** Counts the submissions that changed this workload, from 1. */
  readonly generation: number
  /** Counts the submissions that changed what its ranks run; only these restart what is running. */
  readonly revision: number
  /** 0 to 100; a higher one is planned first. */
  readonly priority: number
  readonly setup: string | null
  /** Shell text, run by `/bin/sh -c` as one process group a rank. */
  readonly run: string
  readonly envs: Readonly<Record<string, string>>
  readonly resources: readonly Alternative[]
  readonly markets: readonly Market[]
  /** Ceiling for one gang (a job, or one replica of a service), in micro-dollars per hour. */
  readonly pricePerHourMax: Micros | null
  /** Names of suppliers that may be used; null means all. */
  readonly suppliers: readonly string[] | null
  /** How often a gang that failed by itself is started again. */
  readonly retryCount: number
  /** What it trains or serves, as contracts name it; not known where it is left out. */
  readonly product?: string
  /** Of the data that it works on; not known where it is left out. */
  readonly dataClass?: DataClass
  /** Whom it serves in the end; not known where it is left out. */
  readonly endUsers?: readonly string[]
  /** Whose it is; nobody's where it is left out. */
  readonly team?: string
  /** What it reads from afar; nothing where it is left out. */
  readonly data?: DataSource
  /** How long it is expected to work on the first of its alternatives; not known if left out. */
  readonly lastsMs?: Ms
}

/** Where the data of a gang lies, and how much of it the gang reads. */
export interface DataSource {
  /** As suppliers name their regions. */
  readonly region: string
  /** Gigabytes, of 10⁹ bytes, that each gang reads from there as it works. */
  readonly gbPerHour: number
  /** Gigabytes that are copied once to wherever a gang starts; nothing where it is left out. */
  readonly gb?: number
  /** Its own, beside the one of what the gang works on and makes; that one where it is left out. */
  readonly dataClass?: DataClass
}

export interface Job extends WorkloadCommon {
  readonly kind: 'Job'
  readonly checkpoint: Checkpointing | null
  /** Until when it shall be done; whenever it is done where this is left out. */
  readonly deadline?: Deadline
}

/** Either a moment, or so long after the submission. */
export type Deadline = ({ readonly at: Ms } | { readonly withinMs: number }) & {
  /** How long it takes on the first of its alternatives, if nothing interrupts it. */
  readonly workMs: number
  /** Lost at each launch before work goes on; an assumption where it is left out. */
  readonly launchMs?: number
}

export interface Checkpointing {
  /** A path or URI prefix that every supplier's machines can reach. */
  readonly dir: string
  readonly everyMs: number
  /** Gigabytes that a move to another region carries; nothing where it is left out. */
  readonly gb?: number
  /** A step is the same work on every alternative; not known where it is left out. */
  readonly evenSteps?: boolean
}

export interface Service extends WorkloadCommon {
  readonly kind: 'Service'
  readonly replicasMin: number
  readonly replicasMax: number
  /** Requests per second that one replica is meant to carry; null keeps `replicasMin`. */
  readonly requestsPerSecondPerReplica: number | null
  readonly port: number
  readonly readiness: Readiness
  /** Replicas must not all sit with fewer suppliers than this, as far as there are replicas. */
  readonly spreadSuppliers: number
  /** The same of regions, whoever runs them; one is enough where it is left out. */
  readonly spreadRegions?: number
}

export interface Readiness {
  readonly path: string
  readonly periodMs: number
  readonly timeoutMs: number
  /** How long a replica may take from its start to its first good answer. */
  readonly initialDelayMs: number
}

export type Workload = Job | Service

/** The wish together with where it stands; `deleting` until its last lease is gone. */
export interface WorkloadStatus {
  readonly spec: Workload
  readonly state: 'active' | 'deleting' | 'deleted' | 'succeeded' | 'failed'
  readonly submittedAt: number
  readonly endedAt: number | null
}

/**
 * One gang that shall run: a job, or one replica of a service.
 */
export interface Demand {
  /** `<workload>.<slot>`. */
  readonly run: string
  readonly slot: number
  readonly workload: Workload
  readonly submittedAt: Ms
}

/** Who comes first where not all can be served. */
export function byUrgency(a: Demand, b: Demand): number {
  const [x, y] = [a.workload, b.workload]
  if (x.priority !== y.priority) return y.priority - x.priority
  if (x.kind !== y.kind) return x.kind === 'Service' ? -1 : 1
  if (a.submittedAt !== b.submittedAt) return a.submittedAt - b.submittedAt
  if (x.name !== y.name) return x.name < y.name ? -1 : 1
  return a.slot - b.slot
}
