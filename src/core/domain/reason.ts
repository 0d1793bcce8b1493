/**
 * Why a gang runs where it runs, and why not elsewhere. A closed list: every choice and every
 * refusal of the planner is one of these, with its numbers.
 */
import type { Micros } from './money.ts'
import type { Ms } from './time.ts'

/** By how many in a node a supplier sells an accelerator. */
export interface SoldBy {
  readonly supplier: string
  readonly perNode: readonly number[]
}

/** Prices are for the whole gang; `pricePerWork` is that price per unit of useful work. */
export type Reason = { readonly run: string } & (
  | {
      readonly why: 'chosen'
      readonly offer: string
      readonly pricePerHour: Micros
      readonly pricePerWork: number
      readonly outOf: number
      /** On top of the price; left out where it is nothing. */
      readonly egressPerHour?: Micros
      /** Paid once, to bring its data and what it saved; left out where it is nothing. */
      readonly carriage?: Micros
      /** Why it really costs less: by a contract, or since it is paid for and would go unused. */
      readonly paid?: string
      /** Why a clause prefers it to what may be cheaper. */
      readonly preferred?: string
    }
  | {
      readonly why: 'dearer'
      readonly offer: string
      readonly pricePerHour: Micros
      readonly pricePerWork: number
      readonly egressPerHour?: Micros
      readonly carriage?: Micros
      readonly than: string
      /** The table of chips may be off by this share between the two: it may as well be cheaper. */
      readonly offBy?: number
    }
  | {
      /** Cheaper than what was chosen, and worth more to others: by so much a node and hour. */
      readonly why: 'left'
      readonly offer: string
      readonly pricePerHour: Micros
      readonly worth: Micros
      /** Its work costs just as much; left out where it costs less. */
      readonly isEqual?: true
    }
  | {
      readonly why: 'kept'
      readonly lease: string
      readonly offer: string
      readonly pricePerHour: Micros
      readonly cheaper: string | null
      /** Something is cheaper and cannot be had yet; another reason says what. */
      readonly isForNow?: true
      /** With the carriage, which is paid once, weighed over the work that is left. */
      readonly saving: number
      readonly carriage?: Micros
    }
  | {
      readonly why: 'moving'
      readonly lease: string
      readonly to: string
      readonly saving: number
      readonly carriage?: Micros
      /** Why it really costs less there, as of what was chosen. */
      readonly paid?: string
    }
  | {
      readonly why: 'no-stock'
      readonly offer: string
      readonly nodesLeft: number
      readonly nodesNeeded: number
      /** What one more node of it would save those that buy now, an hour. */
      readonly worth?: Micros
    }
  | {
      readonly why: 'cooling'
      readonly offer: string
      readonly until: Ms
      readonly said: string
      /** Of the price of its work, beside where it runs; left out where it has no place. */
      readonly saving?: number
    }
  | {
      readonly why: 'too-dear'
      readonly offer: string
      readonly pricePerHour: Micros
      readonly limit: Micros
      readonly whose: string
    }
  | {
      readonly why: 'over-budget'
      readonly offer: string
      readonly pricePerHour: Micros
      readonly left: Micros
      readonly whose: string
    }
  | {
      /** A budget of a span, in micro-dollars, is used up or would be soon. */
      readonly why: 'spent'
      readonly offer: string
      readonly pricePerHour: Micros
      readonly left: Micros
      readonly whose: string
    }
  | {
      /** A team may hold no more of an accelerator, counted in accelerators. */
      readonly why: 'quota'
      readonly offer: string
      readonly accelerator: string
      readonly needed: number
      readonly held: number
      readonly quota: number
      readonly team: string
      /** What its cohort has to lend it just now; null without a cohort. */
      readonly lendable: number | null
    }
  | { readonly why: 'not-allowed'; readonly supplier: string; readonly whose: string }
  | {
      /** What we signed forbids it. */
      readonly why: 'clause'
      readonly offer: string
      /** `<contract>/<clause>`. */
      readonly clause: string
      readonly because: string
      readonly remedy: string
      readonly source: string
    }
  | {
      readonly why: 'not-offered'
      readonly accelerator: string
      readonly perNode: number
      readonly fabric?: string
      /** Who sells it by other numbers in a node; left out where nobody does. */
      readonly sold?: readonly SoldBy[]
    }
  | {
      readonly why: 'unreachable'
      readonly supplier: string
      readonly since: Ms
      readonly said: string
      /** What it quoted last that would do, for the gang. */
      readonly quoted?: { readonly offer: string; readonly pricePerHour: Micros; readonly at: Ms }
    }
  | { readonly why: 'spread'; readonly supplier: string; readonly replicas: number }
  | { readonly why: 'spread'; readonly region: string; readonly replicas: number }
  /** Had it gone there, too few would be left to close both gaps. */
  | { readonly why: 'spread'; readonly supplier: string; readonly region: string }
  | {
      readonly why: 'buying'
      readonly lease: string
      readonly offer: string
      readonly state: string
      /** Its supplier is not asked before, by the shaping of the policy. */
      readonly notBefore?: Ms
    }
  | {
      /** A block that opens later. */
      readonly why: 'not-yet'
      readonly offer: string
      readonly pricePerHour: Micros
      readonly from: Ms
      /** Of the price of its work, beside what was chosen or is kept; left out where it is none. */
      readonly saving?: number
    }
  | {
      /** A block that ends before it has been worth going there. */
      readonly why: 'too-short'
      readonly offer: string
      readonly pricePerHour: Micros
      readonly until: Ms
      readonly neededMs: Ms
    }
  | {
      /** How a deadline is kept at least cost. */
      readonly why: 'hunting'
      readonly does: 'tries' | 'waits' | 'stays' | 'pays'
      readonly deadline: Ms
      readonly workLeftMs: number
      /** What is asked for. */
      readonly offer?: string
      readonly pricePerHour?: Micros
      readonly carriage?: Micros
    }
  | {
      /** How much an alternative does, by the job's own steps. */
      readonly why: 'learnt'
      readonly accelerator: string
      readonly perNode: number
      readonly nodes: number
      readonly share: number
      readonly fromMs: Ms
    }
  | { readonly why: 'fencing'; readonly until: Ms; readonly epoch: number }
  | { readonly why: 'backing-off'; readonly until: Ms; readonly exitCode: number | null }
)
