/**
 * What we are about to do, what is on record, and what a clause may find about it.
 */
import type { Clause, Secret } from '../../domain/clause.ts'
import { type Deal, isAgreed, type RofrCase, type Waiver } from '../../domain/contract.ts'
import type { Ms } from '../../domain/time.ts'
import type { Proposal, Purchase } from '../rofr/open.ts'
import type { Facts } from '../scope.ts'

interface ActCommon {
  readonly at: Ms
  /** With whom: who sells, hosts, or is told. */
  readonly supplier: string
  /** What is known of it; the supplier itself need not be repeated. */
  readonly facts: Facts
}

/** Where it would run, and for whom; null where that is not known. */
interface Placing {
  readonly jurisdiction: string | null
  readonly endUsers: readonly string[] | null
}

export type Act = ActCommon &
  (
    | ({
        readonly do: 'buy'
        readonly id: string
        readonly deal: Deal
        readonly firmness: Proposal['firmness']
      } & Placing)
    | ({ readonly do: 'place' } & Placing)
    | { readonly do: 'activate'; readonly product: string }
    /** Ask somebody for offers. */
    | { readonly do: 'ask' }
    /** Tell somebody of our dealings with another party. */
    | { readonly do: 'disclose'; readonly secret: Secret; readonly about: string }
  )

/** Whoever reads what is published: on no list, so nothing is known of how it stands to us. */
export const outsiders = 'public'

/** What happened so far, as far as clauses ask for it. */
export interface Records {
  readonly waivers: readonly Waiver[]
  readonly cases: readonly RofrCase[]
  readonly purchases: readonly Purchase[]
  /** Who was asked first, when, and when it let us go. */
  readonly firstLooks: readonly {
    readonly clause: string
    readonly askedAt: Ms
    readonly releasedAt: Ms | null
  }[]
  readonly launches: readonly {
    readonly product: string
    readonly supplier: string
    readonly at: Ms
  }[]
  /** Documented: this supplier cannot carry this product. */
  readonly inabilities: readonly {
    readonly product: string
    readonly supplier: string
    readonly at: Ms
    readonly document: string
  }[]
  /** Controls that were proven at a supplier, and until when the proof counts. */
  readonly controls: readonly {
    readonly supplier: string
    readonly control: string
    readonly until: Ms
  }[]
}

export const noRecords: Records = {
  waivers: [],
  cases: [],
  purchases: [],
  firstLooks: [],
  launches: [],
  inabilities: [],
  controls: [],
}

export interface Refusal {
  readonly clause: Clause
  readonly why: string
  readonly remedy: string
}

export interface Duty {
  readonly clause: Clause
  readonly duty: string
}

/** What a clause says to an act; null where it is not about it. */
export type Finding =
  | { readonly finding: 'bar'; readonly why: string; readonly remedy: string }
  | { readonly finding: 'duty'; readonly duty: string }
  | null

/** The facts of an act, with what the act itself says. */
export function factsOf(act: Act): Facts {
  const product = act.do === 'activate' ? { product: [act.product] } : {}
  return { ...act.facts, supplier: [act.supplier], ...product }
}

/** The waiver that lifts a clause, by its name, now. An override needs two persons. */
export function waiverOf(clause: string, at: Ms, { waivers }: Records): Waiver | null {
  const inForce = waivers.filter((each) => {
    const isOurs = each.clause === clause && each.from <= at && at < each.until
    return isOurs && isAgreed(each)
  })
  const [first] = inForce.sort((a, b) =>
    a.kind === b.kind ? (a.id < b.id ? -1 : 1) : a.kind === 'granted' ? -1 : 1,
  )
  return first ?? null
}
