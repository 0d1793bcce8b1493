/**
 * Whom we trust with what: classes of data, how a supplier stands to us, and what it has proven.
 */
import type { Secret } from './clause.ts'
import type { Ms } from './time.ts'

/**
 * `C0` public, `C1` internal, `C2` customers' data, `C3` weights that are served, `C4` weights and
 * methods that are not released, `C5` frontier weights.
 */
export const dataClasses = ['C0', 'C1', 'C2', 'C3', 'C4', 'C5'] as const
export type DataClass = (typeof dataClasses)[number]

/** One party may be several of these at once. Who is none of them is `neutral`. */
export const relations = [
  'owned',
  'joint-venture',
  'neutral',
  'partner',
  'landlord',
  'investor',
  'rival',
  'unknown',
] as const
export type Relation = (typeof relations)[number]

export interface DatedRelation {
  readonly relation: Relation
  /** Null: always. */
  readonly from: Ms | null
  /** Null: without an end. */
  readonly to: Ms | null
}

/** Evidence that a control is in force; it counts until it expires, and never as a mere promise. */
export interface Proof {
  readonly control: string
  readonly until: Ms
  readonly document: string
}

/** What holds for these classes of data at parties with these relations. */
export interface TrustRule {
  readonly data: readonly DataClass[]
  readonly relations: readonly Relation[]
  readonly verdict: 'allow' | 'deny'
  /** All of them have to be proven. */
  readonly controls: readonly string[]
  /** What is owed where it is allowed. */
  readonly duties: readonly string[]
}

/** How requests to parties with these relations are held back, so that they tell less of us. */
export interface Shaping {
  readonly relations: readonly Relation[]
  /** Something new is asked for so much later at most, drawn for each purchase. */
  readonly jitterMs: Ms
}

/** What parties with these relations are not told of our dealings with others. */
export interface Withholding {
  readonly relations: readonly Relation[]
  readonly facts: readonly Secret[]
}

/** The first rule that fits decides; where none fits it is denied. */
export interface Trust {
  readonly rules: readonly TrustRule[]
  /** Whether the usual rules follow those that were written. */
  readonly isUsual: boolean
  /** What a workload counts as that names no class. */
  readonly unclassified: DataClass
}
