/**
 * The clauses of a contract: one shape for each kind of thing that a paragraph can say.
 *
 * Terms only, as they were agreed. What follows from them is worked out by whoever asks. Shares are
 * whole parts of a million (`…Ppm`), amounts of terms whole dollars, prices whole micro-dollars.
 */
import type { Conversion, Quantity, Source } from './contract.ts'
import type { BusinessCalendar, Window } from './day.ts'
import type { Micros } from './money.ts'
import type { Ms } from './time.ts'

/** What a scope can speak of; FOCUS calls it a dimension. */
export type Dimension =
  | 'workload_kind'
  | 'workload'
  | 'product'
  | 'region'
  | 'accelerator'
  | 'supplier'
  | 'supplier_relation'
  | 'data_class'

/** The operators of FOCUS 1.4. */
export type Operator =
  | 'In'
  | 'NotIn'
  | 'StartsWith'
  | 'NotStartsWith'
  | 'Contains'
  | 'NotContains'
  | 'EndsWith'
  | 'Exists'
  | 'DoesNotExist'

export interface Condition {
  readonly dimension: Dimension
  readonly operator: Operator
  readonly values: readonly string[]
}

/** All conditions must hold; none at all means everything. */
export type Scope = readonly Condition[]

export interface Repeal {
  /** The contract that repeals. */
  readonly by: string
  readonly at: Ms
  readonly recordedAt: Ms
}

export interface ClauseCommon {
  /** Unique in its contract; the same id once more, recorded later, is a newer version. */
  readonly id: string
  readonly contract: string
  /** The other side of the contract. */
  readonly with: string
  readonly scope: Scope
  readonly from: Ms
  readonly to: Ms | null
  readonly recordedAt: Ms
  readonly repeal: Repeal | null
  readonly source: Source
  /** Keys as written in YAML whose values are ours, not the document's. */
  readonly assumed: readonly string[]
  readonly calendar: BusinessCalendar
  readonly conversions: readonly Conversion[]
}

/** Nothing in scope may be placed with or bought from anybody else. */
export interface Exclusivity extends ClauseCommon {
  readonly kind: 'exclusivity'
  readonly except: readonly Scope[]
}

/** The terms of a deal that a right of first refusal compares. */
export type DealTerm =
  | 'price_per_hour'
  | 'accelerators'
  | 'start'
  | 'term'
  | 'accelerator'
  | 'region'
  | 'security_class'

/** Right of first refusal: the other side may match what a third party offers us. */
export interface Rofr extends ClauseCommon {
  readonly kind: 'rofr'
  readonly trigger: 'binding-offer' | 'accepted-loi'
  /** How long the holder has, from the delivery of the notice. */
  readonly window: Window
  readonly channel: string
  readonly match: 'same-terms' | 'price-only'
  /** The terms that a notice must tell; all others stay behind the digest. */
  readonly disclose: readonly DealTerm[]
  /** How long we are free after a refusal or a lapse. */
  readonly tailDays: number
  /** By how much a term may get better for the third party before the holder is asked again. */
  readonly tolerancePpm: number
  readonly toleranceDays: number
  readonly partialAllowed: boolean
  /** The lower is asked first where several have a right. */
  readonly priority: number
  /** Purchases within this span count as one. */
  readonly aggregateDays: number
  /** Less than so many accelerators, taken together, triggers nothing. */
  readonly acceleratorsMin: number
  /** How long a holder who matched has to sign. */
  readonly longStopDays: number
}

/** Right of first offer, or first look: the other side is asked before the market is. */
export interface Rofo extends ClauseCommon {
  readonly kind: 'rofo'
  readonly window: Window
}

/** A product starts with the other side first, unless that is documented to be unable. */
export interface LaunchFirst extends ClauseCommon {
  readonly kind: 'launch_first'
  readonly lagDays: number
}

/** Where to go, in this order, once the other side has no space left. */
export interface PreferredOverflow extends ClauseCommon {
  readonly kind: 'preferred_overflow'
  readonly order: readonly string[]
}

export type Interval = 'hour' | 'month' | 'quarter' | 'year'

/** So much is paid for in every interval, used or not. */
export interface TakeOrPay extends ClauseCommon {
  readonly kind: 'take_or_pay'
  readonly quantity: Quantity
  readonly accelerator: string
  readonly interval: Interval
  /** Of one accelerator. */
  readonly pricePerHour: Micros
  readonly freeIntervals: number
  readonly steps: readonly { readonly from: Ms; readonly quantity: Quantity }[]
  /** For so many intervals what was paid and not used can still be used. */
  readonly makeUpIntervals: number
  /** The clause whose accepted tranches bound the duty; null where it does not wait for them. */
  readonly ramp: string | null
}

/** So many dollars are to be spent in all, with dated minima on the way. */
export interface SpendCommit extends ClauseCommon {
  readonly kind: 'spend_commit'
  readonly totalDollars: number
  /** Cumulative minima; the total itself is due at the end of the clause. */
  readonly milestones: readonly { readonly at: Ms; readonly dollars: number }[]
  readonly shortfall: 'charged' | 'none'
  readonly warnDays: number
}

/** The rungs between what is signed and what may be used. */
export type Rung = 'energised' | 'delivered' | 'accepted'

export interface Tranche {
  readonly id: string
  readonly quantity: Quantity
  readonly accelerator: string
  readonly dueAt: Ms
  readonly acceptance: string | null
  readonly reached: Readonly<Record<Rung, Ms | null>>
}

/** Capacity comes in tranches, each with its date. */
export interface Ramp extends ClauseCommon {
  readonly kind: 'ramp'
  readonly tranches: readonly Tranche[]
  readonly graceDays: number
}

/** What late tranches of a ramp cost the supplier. */
export interface LateDelivery extends ClauseCommon {
  readonly kind: 'late_delivery'
  readonly ramp: string
  /** So many days after the grace this share of what the tranche would cost is credited. */
  readonly credits: readonly { readonly afterDays: number; readonly sharePpm: number }[]
  readonly terminateAfterDays: number
  readonly cureDays: number
  readonly terminates: 'tranche' | 'agreement'
}

export interface SlaBand {
  readonly belowPpm: number
  readonly creditPpm: number
}

export type SlaExclusion = 'maintenance' | 'force-majeure' | 'our-fault'

export interface SlaCredit extends ClauseCommon {
  readonly kind: 'sla_credit'
  readonly bands: readonly SlaBand[]
  readonly excluded: readonly SlaExclusion[]
  readonly claim: Window
  /** Of the bill of the period. */
  readonly capPpm: number
}

export interface ExpansionOption extends ClauseCommon {
  readonly kind: 'expansion_option'
  readonly quantity: Quantity
  readonly accelerator: string
  /** Of one accelerator. */
  readonly strikePerHour: Micros
  readonly termDays: number
  /** What we think of the days to come, in order of time; ours, and no term of the contract. */
  readonly forecast?: readonly Outlook[]
  /** How far it is, once it was taken. */
  readonly reached?: Tranche['reached']
  /** No term of the contract: who took it, and when. */
  readonly taken?: { readonly at: Ms; readonly by: readonly string[] }
}

/** What we think of the time from a day on, until the next one. */
export interface Outlook {
  readonly from: Ms
  /** Of one accelerator on the market, in whole micro-dollars. */
  readonly perHour: Range
  /** That we would use. */
  readonly accelerators: Range
}

export interface Range {
  readonly least: number
  readonly likely: number
  readonly most: number
}

/** We buy what the other side cannot sell, up to a cap. */
export interface BackstopPurchase extends ClauseCommon {
  readonly kind: 'backstop_purchase'
  readonly capDollars: number
  readonly quantity: Quantity
  readonly accelerator: string
  /** Share of it that we expect to have to buy; ours, and not known where nobody said it. */
  readonly expectedPpm?: number
}

/** Money that the other side holds before it has delivered. */
export interface Prepay extends ClauseCommon {
  readonly kind: 'prepay'
  readonly form: 'prepay' | 'deposit' | 'loan'
  readonly dollars: number
  readonly paidAt: Ms
  /** Share that comes back if the agreement ends. */
  readonly refundPpm: number
}

export interface EquityVesting extends ClauseCommon {
  readonly kind: 'equity_vesting'
  readonly milestones: readonly { readonly quantity: Quantity; readonly shares: number }[]
  readonly accelerator: string
}

/** A third party stands in for the other side. */
export interface CreditSupport extends ClauseCommon {
  readonly kind: 'credit_support'
  readonly guarantor: string
  readonly dollars: number
}

export type Pricing =
  | { readonly form: 'fixed'; readonly perHour: Micros }
  | { readonly form: 'tiered'; readonly tiers: readonly PriceTier[] }
  | {
      readonly form: 'indexed'
      readonly perHour: Micros
      readonly index: string
      readonly base: number
      /** What the index is told in; whatever its readings say where it is missing. */
      readonly unit?: string
      readonly floorPerHour: Micros
      readonly capPerHour: Micros
      /** For so long a reading counts. Not in rows of earlier versions. */
      readonly staleDays?: number
    }
  | { readonly form: 'mfn'; readonly tolerancePpm: number; readonly comparators: readonly string[] }
  /** Under the name of the index what was paid in past auctions is noted. */
  | { readonly form: 'auction'; readonly index?: string }

export interface PriceTier {
  /** From so many accelerators held at once on, this price holds for those above. */
  readonly accelerators: number
  readonly perHour: Micros
}

/** The price of one accelerator. */
export interface Price extends ClauseCommon {
  readonly kind: 'price'
  readonly pricing: Pricing
  readonly reviewAt: Ms | null
}

export interface Substitution extends ClauseCommon {
  readonly kind: 'substitution'
  /** Figures that the delivered thing must reach, and texts that it must equal. */
  readonly floor: Readonly<Record<string, number | string>>
  readonly consent: 'like-kind' | 'written'
  readonly meetingDays: number
}

export interface CancelResalePause extends ClauseCommon {
  readonly kind: 'cancel_resale_pause'
  readonly noticeDays: number
  /** Shares of the price that come back; 0 where there is no such right. */
  readonly cancelPpm: number
  readonly resalePpm: number
  readonly pausePpm: number
}

export interface TermEnd extends ClauseCommon {
  readonly kind: 'term_end'
  readonly noticeDays: number
  readonly renewsMonths: number
  readonly cureDays: number
  /** Share of what remains to be paid that leaving early costs. */
  readonly exitFeePpm: number
  readonly assignment: 'free' | 'consent' | 'forbidden'
}

/** Where work may run. */
export interface Residency extends ClauseCommon {
  readonly kind: 'residency'
  readonly jurisdictions: readonly string[]
}

/** What must be proven before work may run. */
export interface Security extends ClauseCommon {
  readonly kind: 'security'
  readonly controls: readonly string[]
}

/** Where, and for whom, nothing may run. */
export interface Export extends ClauseCommon {
  readonly kind: 'export'
  readonly jurisdictions: readonly string[]
  readonly endUsers: readonly string[]
}

/**
 * What can be kept from others, and nothing else: that there are dealings at all; what was agreed
 * or offered; for how much; how many, from when and for how long; and who was given notice of what.
 */
export const secrets = ['existence', 'terms', 'prices', 'forecast', 'notices'] as const
export type Secret = (typeof secrets)[number]

export interface Confidentiality extends ClauseCommon {
  readonly kind: 'confidentiality'
  readonly secrets: readonly Secret[]
  /** Who may learn them besides the two sides. */
  readonly audience: readonly string[]
}

export type Clause =
  | Exclusivity
  | Rofr
  | Rofo
  | LaunchFirst
  | PreferredOverflow
  | TakeOrPay
  | SpendCommit
  | Ramp
  | LateDelivery
  | SlaCredit
  | ExpansionOption
  | BackstopPurchase
  | Prepay
  | EquityVesting
  | CreditSupport
  | Price
  | Substitution
  | CancelResalePause
  | TermEnd
  | Residency
  | Security
  | Export
  | Confidentiality

export type ClauseKind = Clause['kind']

export type ClauseOf<Kind extends ClauseKind> = Extract<Clause, { readonly kind: Kind }>

/** The name under which a clause is known across contracts. */
export function clauseName(clause: Pick<Clause, 'contract' | 'id'>): string {
  return `${clause.contract}/${clause.id}`
}
