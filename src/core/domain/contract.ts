/**
 * What we signed, and with whom: agreements, the clauses in them, and how firm they are.
 *
 * Announced is not contracted is not delivered, and a clause holds only for a time: that is why an
 * agreement has its bindingness, and a clause two times, when it holds and since when we know it.
 */
import type { Clause, Rofr, SlaExclusion } from './clause.ts'
import type { BusinessCalendar } from './day.ts'
import type { Micros } from './money.ts'
import type { Ms } from './time.ts'

/** Only `definitive` and, until its end, `terminated` bind anybody. */
export type Bindingness = 'rumoured' | 'announced' | 'non-binding' | 'definitive' | 'terminated'

export type AgreementForm = 'LOI' | 'MOU' | 'MSA' | 'order' | 'amendment'

/** How well we know what a clause says. */
export type Confidence = 'signed' | 'primary' | 'press' | 'weak' | 'unverified'

export interface Source {
  readonly document: string
  readonly section: string | null
  readonly quote: string | null
  readonly confidence: Confidence
}

/** Capacity is counted in these; `accelerator-hours` and `node-hours` are capacity times hours. */
export type Unit = 'accelerators' | 'nodes' | 'MW' | 'GW' | 'accelerator-hours' | 'node-hours'

export interface Quantity {
  readonly value: number
  readonly unit: Unit
}

/** What one unit of capacity comes to in accelerators of one kind, by the contract or by us. */
export interface Conversion {
  readonly from: 'nodes' | 'MW' | 'GW'
  readonly accelerator: string
  readonly accelerators: number
  /** Who says so; null where it is an assumption of ours. */
  readonly source: string | null
}

/** An agreement with everything that it binds us or the other side to. */
export interface Contract {
  readonly name: string
  readonly generation: number
  /** The other side: the name of a supplier, or of a party that supplies nothing yet. */
  readonly with: string
  readonly form: AgreementForm
  readonly bindingness: Bindingness
  readonly signedAt: Ms | null
  readonly from: Ms
  readonly to: Ms | null
  /** When we knew of it. */
  readonly recordedAt: Ms
  /** The contracts whose clauses this one puts an end to from its own `from` on. */
  readonly supersedes: readonly string[]
  /** Names in its scopes that nobody here has yet, though they look like one that is there. */
  readonly coming?: readonly string[]
  readonly calendar: BusinessCalendar
  readonly conversions: readonly Conversion[]
  readonly clauses: readonly Clause[]
}

/** The other side gives way, or two of us take it upon themselves. */
export interface Waiver {
  readonly id: string
  /** Name of the clause, `<contract>/<clause>`. */
  readonly clause: string
  readonly kind: 'granted' | 'override'
  readonly by: readonly string[]
  /** Since when it counts; for an override, when the second of us said so. */
  readonly from: Ms
  readonly until: Ms
  readonly reason: string
}

/** Whether enough people said so: one who has the other side's word, or two of us. */
export function isAgreed({ kind, by }: Pick<Waiver, 'kind' | 'by'>): boolean {
  return kind === 'granted' || new Set(by).size >= 2
}

/** An option that we take; it takes two of us to say the same. */
export interface Exercise {
  readonly id: string
  /** Name of the option, `<contract>/<clause>`. */
  readonly clause: string
  /** In the unit of the option. */
  readonly quantity: number
  readonly dueAt: Ms
  /** What says so: our letter, as it was first named. */
  readonly paper: string
  readonly by: readonly string[]
  /** When the second of us said so; null until then. */
  readonly takenAt: Ms | null
}

/** Something that happened and that clauses ask for, with the paper that shows it. */
export type LawRecord = {
  readonly id: string
  /** Who noted it. */
  readonly by: string
  readonly document: string
  readonly at: Ms
} & (
  | { readonly kind: 'launch' | 'inability'; readonly product: string; readonly supplier: string }
  /** Whoever may offer first was asked, and let us go, where that is not null. */
  | { readonly kind: 'first-look'; readonly clause: string; readonly releasedAt: Ms | null }
  /** What was down at a supplier from `at` until `until`: why, as clauses have it. */
  | {
      readonly kind: 'excuse'
      readonly supplier: string
      readonly cause: SlaExclusion
      readonly until: Ms
    }
  /** What an index stood at on some days, the last of which is `at`. */
  | {
      readonly kind: 'index'
      readonly index: string
      readonly unit: string
      readonly levels: readonly Level[]
      /** Since when we know it: of two levels for a day the one that was noted last holds. */
      readonly notedAt: Ms
    }
)

export interface Level {
  /** Its day, in UTC. */
  readonly at: Ms
  readonly value: number
}

/** A commitment as FOCUS 1.4 names its parts; derived from clauses, never typed in. */
export interface Commitment {
  /** `<contract>/<clause>`. */
  readonly id: string
  readonly contract: string
  readonly supplier: string
  readonly category: 'Spend' | 'Usage'
  readonly benefit: 'Discount' | 'Entitlement' | 'Availability' | 'Other'
  readonly lifecycle: 'Proposed' | 'Pending' | 'Active' | 'Exhausted' | 'Expired' | 'Superseded'
  readonly model: 'Continuous' | 'Discontinuous'
  readonly interval: 'Hourly' | 'Monthly' | 'Quarterly' | 'Annual' | 'Full Period' | 'Custom'
  readonly quantity: Quantity | null
  /** Whole dollars. */
  readonly costDollars: number | null
  readonly payment: 'No Upfront' | 'Partial Upfront' | 'All Upfront'
  readonly from: Ms
  readonly to: Ms | null
}

/** What is bought of a third party. Prices are for one accelerator, so that shapes compare. */
export interface Deal {
  readonly accelerator: string
  readonly accelerators: number
  /** Of one accelerator. */
  readonly pricePerHour: Micros
  readonly startAt: Ms
  readonly termDays: number
  readonly region: string
  /** What its supplier has proven of its security; missing in cases of before that was compared. */
  readonly controls?: readonly string[]
}

/** Where a case of a right of first refusal stands. */
export type RofrStep =
  | 'triggered' // an offer in scope; the holder has to be told
  | 'noticed' // the holder was told and its time runs
  | 'matched' // the holder takes all of it and has to sign
  | 'contracted' // signed with the holder; the end
  | 'free' // the holder does not take it: others may, for a time and on these terms
  | 'waived' // the holder gave its right up for this deal
  | 'disputed' // the holder objects; nobody signs
  | 'withdrawn' // we take the deal back; the end
  | 'bound' // signed with the third party; the end
  | 'expired' // the time to sign with the third party is over; a new notice is needed

/** The life of a case. A move that is not in this table is refused. */
export const rofrMoves: Readonly<Record<RofrStep, readonly RofrStep[]>> = {
  triggered: ['noticed', 'waived', 'withdrawn'],
  noticed: ['matched', 'free', 'waived', 'disputed', 'withdrawn'],
  matched: ['contracted', 'free', 'disputed'],
  free: ['free', 'bound', 'triggered', 'expired', 'disputed', 'withdrawn'],
  waived: ['waived', 'bound', 'triggered', 'withdrawn'],
  disputed: ['noticed', 'matched', 'free', 'waived', 'withdrawn'],
  contracted: [],
  withdrawn: [],
  bound: [],
  expired: [],
}

/** Why others may have it. */
export type Freedom = 'declined' | 'lapsed' | 'partial' | 'failed-match'

export interface Evidence {
  readonly at: Ms
  readonly from: RofrStep | null
  readonly to: RofrStep
  readonly actor: string
  readonly why: string
  /** Digest of the notice or of the paper that proves the move; null where there is none. */
  readonly digest: string | null
  /** How a delivery is proven. */
  readonly proof: string | null
}

export interface RofrCase {
  readonly id: string
  readonly clause: Rofr
  readonly thirdParty: string
  /** What the holder was or is to be asked about. */
  readonly deal: Deal
  readonly step: RofrStep
  /** Of the full terms with a nonce; what was shown can be proven by it later. */
  readonly digest: string | null
  readonly deadline: Ms | null
  /** Until when a holder who matched has to sign. */
  readonly longStop: Ms | null
  readonly freedom: Freedom | null
  readonly freeUntil: Ms | null
  /** Accelerators that the holder took, and that others may have. */
  readonly acceleratorsTaken: number
  readonly acceleratorsFree: number
  /** Accelerators that were signed for with the third party. */
  readonly acceleratorsSigned: number
  /** What was signed with the third party under this case. */
  readonly purchases: readonly string[]
  readonly evidence: readonly Evidence[]
}
