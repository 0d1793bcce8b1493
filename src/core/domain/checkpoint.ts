/**
 * The newest saved state of a job that was accepted from a rank.
 *
 * Data stays in the team's own storage; only the pointer is here. A pointer from an older epoch
 * than the last accepted one is refused: storage is the last fence.
 */
import type { Ms } from './time.ts'
import type { DataClass } from './trust.ts'

export interface Checkpoint {
  readonly workload: string
  readonly epoch: number
  readonly step: number
  readonly uri: string
  readonly acceptedAt: Ms
  /** Where the gang ran that saved it. Not in rows that earlier versions wrote. */
  readonly region?: string
  /** Each class that its job named while it came so far: what was secret once stays it. */
  readonly dataClasses?: readonly DataClass[]
  /** What it took to come so far. Not in rows that earlier versions wrote. */
  readonly worked?: readonly Worked[]
}

/** Work on one shape of capacity that is saved. */
export interface Worked {
  readonly accelerator: string
  readonly perNode: number
  readonly nodes: number
  /** Not in rows that earlier versions wrote. */
  readonly region?: string
  /** From the starts of the ranks to their last saved states. */
  readonly ms: number
  /** Epochs that saved anything: each began by loading what the one before had saved. */
  readonly starts: number
  /** Those of them whose last saved state lay in another region, the very first included. */
  readonly arrivals?: number
  /** Not in rows that earlier versions wrote, nor before an epoch has saved twice. */
  readonly pace?: Pace
}

/** Steps beside the time that they took; of what is old, both count less. */
export interface Pace {
  /** Of the workload: another one may be faster. */
  readonly revision: number
  readonly steps: number
  readonly ms: number
}
