/**
 * All that the law of a moment says to a purchase, for people who ask: every clause that bars it,
 * and where none does what is owed for it, and whom a clause prefers.
 *
 * What is bought goes by `barOf`, which stops at the first bar.
 */
import { clauseName } from '../domain/clause.ts'
import type { Waiver } from '../domain/contract.ts'
import { formatDay } from '../domain/day.ts'
import { standingAt } from '../domain/supplier.ts'
import type { Ms } from '../domain/time.ts'
import {
  actsOf,
  type Bar,
  type Buying,
  besideBar,
  type Law,
  overflowOf,
  phraseBar,
  scopeBar,
  trustBars,
} from './law.ts'
import { permits } from './permits.ts'
import { waiverOf } from './rights/act.ts'

export interface Said {
  /** `<contract>/<clause>`. */
  readonly clause: string
  readonly says: string
}

export interface Findings {
  /** What was signed first, then the list of suppliers, then our own rules of trust. */
  readonly bars: readonly Bar[]
  /** Where nothing bars it. */
  readonly duties: readonly Said[]
  readonly preferred: readonly Said[]
}

export function findings(law: Law, buying: Buying): Findings {
  const { inForce, records } = law
  const permissions = actsOf(law, buying).map((act) => permits(inForce, act, records))
  const signed = permissions.flatMap((each) => {
    return each.allowed ? [] : [each, ...each.also].map(phraseBar)
  })
  const listed = [besideBar(law, buying), standingBar(buying, law.at), scopeBar(law, buying)]
  const bars = [...signed, ...listed, ...trustBars(law, buying)].filter((bar) => bar !== null)
  const duties = permissions.flatMap((each) => (each.allowed ? each.duties : []))
  return {
    bars: once(bars),
    duties: once(duties.map(({ clause, duty }) => ({ clause: clauseName(clause), says: duty }))),
    preferred: preferred(law, buying),
  }
}

/** What a purchase that nothing bars counts on: each waiver without which a clause would bar it. */
export function waiversOf(law: Law, buying: Buying): readonly Waiver[] {
  const { at, records } = law
  if (records.waivers.length === 0) return []
  const { bars } = findings({ ...law, records: { ...records, waivers: [] } }, buying)
  return bars.flatMap(({ clause }) => waiverOf(clause, at, records) ?? [])
}

/** A clause is asked about each act, and says the same to all of them. */
function once<T extends { readonly clause: string }>(found: readonly T[]): readonly T[] {
  return found.filter(({ clause }, index) => {
    return found.findIndex((each) => each.clause === clause) === index
  })
}

/** Nothing new is bought from whoever was not active on that day. */
function standingBar({ seller }: Buying, at: Ms): Bar | null {
  const standing = seller && standingAt(seller, at)
  if (!seller || !standing || standing.state === 'active') return null
  const { state, since, reason } = standing
  return {
    clause: `list/${seller.name}`,
    because: `${seller.name} is ${state} since ${formatDay(since)} (${reason})`,
    remedy: `make it active: \`calumet supplier activate ${seller.name}\``,
    source: 'the list of suppliers',
  }
}

/** Who is asked first while whoever we signed with has no space. */
function preferred(law: Law, { workload, supplier }: Buying): readonly Said[] {
  const overflow = overflowOf(law, workload)
  if (!overflow) return []
  return overflow.clauses.flatMap((clause) => {
    if (clause.with === supplier) return []
    const { with: party, order } = clause
    const place = order.indexOf(supplier)
    const then = `while ${party} has no space`
    const says =
      place >= 0
        ? `it is asked as number ${place + 1} ${then}`
        : `${order.join(', then ')} is asked before it ${then}`
    return [{ clause: clauseName(clause), says }]
  })
}
