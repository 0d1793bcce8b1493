/**
 * Custody of data: which classes of it a workload brings to a place, and whether each of them may
 * be there. Asked again before work starts, for proofs expire.
 *
 * What was saved keeps the classes under which that was done, whatever its job names by now.
 */
import type { Ms } from '../domain/time.ts'
import type { DataClass, Trust } from '../domain/trust.ts'
import type { Workload } from '../domain/workload.ts'
import { type Judgement, judge, siteOf } from '../trust/judge.ts'
import type { Bar, House, Law, Placing } from './law.ts'
import type { Records } from './rights/act.ts'

/** Where data of a class does not go. */
export function trustBar(law: Law, site: Placing): Bar | null {
  return trustBars(law, site)[0] ?? null
}

/** The same of each class that comes along. */
export function trustBars(law: Law, site: Placing): readonly Bar[] {
  const { trust } = law.house
  if (!trust) return []
  return broughtBy(site.workload, trust, law.house).flatMap((brought) => {
    const judgement = judged(law, trust, site, brought.dataClass)
    const bar = judgement.allowed ? null : barBy(law, judgement, brought)
    return bar ?? []
  })
}

/** What comes along beside the workload's own class. */
export function classesBeside(
  { name, dataClass, data }: Workload,
  { saved }: House,
): readonly DataClass[] {
  const beside = [...(data?.dataClass ? [data.dataClass] : []), ...(saved?.get(name) ?? [])]
  return [...new Set(beside)].filter((each) => each !== dataClass)
}

/** On what terms data of a workload is at a place, in one line; null where nobody asks. */
export function trustTerms(law: Law, site: Placing): string | null {
  const { trust } = law.house
  if (!trust) return null
  const terms = broughtBy(site.workload, trust, law.house).map(({ dataClass }) => {
    const judgement = judged(law, trust, site, dataClass)
    if (!judgement.allowed) return `${dataClass}: by waiver`
    const { controls, duties } = judgement
    const held = controls.length > 0 ? `with ${controls.join(', ')}` : 'as it is'
    return `${dataClass}: ${held}${duties.length > 0 ? `; owed: ${duties.join(', ')}` : ''}`
  })
  return terms.join('; ')
}

/** Two persons said so, and it still counts. */
export function waiverNamed(clause: string, at: Ms, { waivers }: Records): boolean {
  return waivers.some((each) => {
    const isNow = each.from <= at && at < each.until
    return each.clause === clause && isNow && new Set(each.by).size >= 2
  })
}

/** Data that comes to wherever a workload starts. */
interface Brought {
  readonly dataClass: DataClass
  /** Which, where that is not plain. */
  readonly which: string
}

/** Each class once. */
function broughtBy(
  { name, dataClass, data }: Workload,
  { unclassified }: Trust,
  { saved }: House,
): readonly Brought[] {
  const own = dataClass
    ? { dataClass, which: '' }
    : { dataClass: unclassified, which: ' (no data_class is named)' }
  const read = data?.dataClass ? [{ dataClass: data.dataClass, which: ' (what it reads)' }] : []
  const kept = (saved?.get(name) ?? []).map((each) => {
    return { dataClass: each, which: ' (what it has saved)' }
  })
  const all: readonly Brought[] = [own, ...read, ...kept]
  return all.filter((each, index) => {
    return all.findIndex((other) => other.dataClass === each.dataClass) === index
  })
}

function judged(law: Law, trust: Trust, { seller, region }: Placing, dataClass: DataClass) {
  const { until, house } = law
  return judge(trust, dataClass, siteOf(seller, region, law, house.suppliers), until)
}

/** Null where two persons set the rule aside. */
function barBy(
  { at, records, house }: Law,
  { rule, why, remedy }: Extract<Judgement, { allowed: false }>,
  { dataClass, which }: Brought,
): Bar | null {
  const clause = `trust/${rule}`
  // What nobody may ever see no two persons can show.
  const isHard = dataClass === 'C5'
  if (!isHard && waiverNamed(clause, at, records)) return null
  return {
    clause,
    because: `${why}${which}`,
    remedy: `${remedy}${isHard ? '' : `, or have two persons set ${clause} aside`}`,
    source: `policy ${house.policy}`,
  }
}
