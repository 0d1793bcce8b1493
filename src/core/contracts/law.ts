/**
 * What contracts say to a purchase: the one door through which planning, buying and auditing ask.
 *
 * Where no clause is in force it costs nothing to ask.
 */
import type { Checkpoint } from '../domain/checkpoint.ts'
import { type Clause, clauseName, type PreferredOverflow, type Scope } from '../domain/clause.ts'
import type { Contract, Deal, RofrCase } from '../domain/contract.ts'
import { dayMs } from '../domain/day.ts'
import type { Micros } from '../domain/money.ts'
import type { Policy, SupplierSpec } from '../domain/supplier.ts'
import type { Ms } from '../domain/time.ts'
import type { DataClass, Shaping, Trust, Withholding } from '../domain/trust.ts'
import type { Workload } from '../domain/workload.ts'
import { siteOf } from '../trust/judge.ts'
import { jitterOf } from '../trust/shaping.ts'
import { inForceAt } from './as-of.ts'
import { classesBeside, trustBar, waiverNamed } from './custody.ts'
import { heard, isHard, permits } from './permits.ts'
import { phrase } from './phrase.ts'
import { type Act, noRecords, type Records, type Refusal, waiverOf } from './rights/act.ts'
import { type OverflowRank, overflowOrder } from './rights/overflow.ts'
import { advance, passed } from './rofr/advance.ts'
import { isAboutDeal, isCovered } from './rofr/bar.ts'
import { type Facts, isInScope } from './scope.ts'

export { trustBar, trustBars, trustTerms } from './custody.ts'
export { footingOf } from './footing.ts'

/** What binds at a moment, and what happened so far. */
export interface Law {
  readonly at: Ms
  /** What is decided now may take effect until then. */
  readonly until: Ms
  readonly inForce: readonly Clause[]
  readonly records: Records
  readonly house: House
}

/** What we ourselves lay down, beside what we signed. */
export interface House {
  readonly trust: Trust | null
  /** Whose requests are held back; nobody's where it is missing. */
  readonly shaping?: readonly Shaping[]
  /** What is kept from whom of our dealings with others; nothing where it is missing. */
  readonly withhold?: readonly Withholding[]
  /** Whose trust it is, for people. */
  readonly policy: string
  /** All that are on the list, since one may run the place of another. */
  readonly suppliers: readonly SupplierSpec[]
  /** By the name of its job, under which classes a state was saved that names any. */
  readonly saved?: ReadonlyMap<string, readonly DataClass[]>
}

export const noHouse: House = { trust: null, policy: '', suppliers: [] }

export function houseOf(
  policy: Policy | null,
  suppliers: readonly SupplierSpec[],
  checkpoints: readonly Checkpoint[] = [],
): House {
  const { trust = null, shaping = [], withhold = [], name = '' } = policy ?? {}
  const saved = new Map<string, readonly DataClass[]>()
  for (const { workload, dataClasses = [] } of checkpoints) {
    if (dataClasses.length > 0) saved.set(workload, dataClasses)
  }
  return { trust, shaping, withhold, policy: name, suppliers, saved }
}

export const noLaw: Law = { at: 0, until: 0, inForce: [], records: noRecords, house: noHouse }

/**
 * The law of a moment, as it is known at that moment; `history` is every version of every contract.
 * What is decided now takes effect up to `aheadMs` later, so what binds by then counts as well.
 */
export function lawAt(
  history: readonly Contract[],
  at: Ms,
  {
    records = noRecords,
    aheadMs = 0,
    house = noHouse,
  }: { records?: Records; aheadMs?: number; house?: House } = {},
): Law {
  const until = at + aheadMs
  const proven = house.suppliers.flatMap((each) => {
    const controls = provenOf.get(each) ?? provenBy(each)
    provenOf.set(each, controls)
    return controls
  })
  // What is set aside for less long than a decision may take counts as not set aside.
  const waivers = records.waivers.filter((each) => each.until > until)
  const known = { ...records, waivers, controls: [...records.controls, ...proven] }
  if (history.length === 0) return { ...noLaw, at, until, records: known, house }
  const now = inForceAt(history, at)
  const soon = inForceAt(history, until)
  return { at, until, records: known, house, inForce: now === soon ? now : either(now, soon) }
}

/** A memo and nothing else: a supplier that proves no more is the very same. */
const provenOf = new WeakMap<SupplierSpec, Records['controls']>()

function provenBy({ name: supplier, controls = [] }: SupplierSpec): Records['controls'] {
  return controls.map(({ control, until }) => ({ supplier, control, until }))
}

/** A memo and nothing else: turn by turn the same two are asked for. */
const pairs = new WeakMap<
  readonly Clause[],
  { readonly soon: readonly Clause[]; readonly all: readonly Clause[] }
>()

function either(now: readonly Clause[], soon: readonly Clause[]): readonly Clause[] {
  const known = pairs.get(now)
  if (known?.soon === soon) return known.all
  const all = [...new Set([...now, ...soon])]
  pairs.set(now, { soon, all })
  return all
}

/** Whose work would be where. */
export interface Placing {
  readonly workload: Workload
  readonly region: string
  /** Who sells it, as we know them; null where nobody describes them. */
  readonly seller: SupplierSpec | null
}

/** Capacity that is about to be bought for somebody. */
export interface Buying extends Placing {
  readonly id: string
  readonly supplier: string
  readonly accelerator: string
  readonly perNode: number
  readonly nodes: number
  /** For all nodes together. */
  readonly pricePerHour: Micros
  /** Of a block; what is bought by the hour has no end. */
  readonly endsAt?: Ms
}

/** A clause that forbids it, in words for people. */
export interface Bar {
  /** `<contract>/<clause>`. */
  readonly clause: string
  readonly because: string
  readonly remedy: string
  readonly source: string
}

/** Whether the answer depends on who asks, and when; else equal wishes are answered alike. */
export function isAsked({ inForce, records, house }: Law): boolean {
  if (inForce.length > 0 || records.cases.length > 0 || house.trust !== null) return true
  return house.suppliers.some(({ scope }) => scope !== undefined)
}

/** Null where nothing forbids it. */
export function barOf(law: Law, buying: Buying): Bar | null {
  return scopeBar(law, buying) ?? contractBar(law, buying) ?? trustBar(law, buying)
}

/** What the list of suppliers does not name it for. */
export function scopeBar({ at, records }: Law, { seller, workload, region }: Buying): Bar | null {
  const { products, regions } = seller?.scope ?? {}
  const isRegion = regions === undefined || regions?.includes(region)
  const isProduct =
    products === undefined ||
    (workload.product !== undefined && products?.includes(workload.product))
  if (!seller || (isRegion && isProduct)) return null
  const clause = `list/${seller.name}`
  if (waiverNamed(clause, at, records)) return null
  const dimension = isRegion ? 'products' : 'regions'
  const list = isRegion ? products : regions
  const wanted = isRegion ? (workload.product ?? 'a product that it does not name') : region
  const because =
    list === null
      ? `nobody knows for which ${dimension} ${seller.name} may be used`
      : `${seller.name} is on the list for ${list?.join(', ')}, and not for ${wanted}`
  const remedy = `enlarge its scope, or have two persons set ${clause} aside`
  return { clause, because, remedy, source: 'the list of suppliers' }
}

/** By how much something new that is asked for at a place is held back at most. */
export function jitterAt({ at, until, house }: Law, site: Omit<Placing, 'workload'>): Ms {
  const { shaping = [], suppliers } = house
  if (shaping.length === 0) return 0
  return jitterOf(shaping, siteOf(site.seller, site.region, { at, until }, suppliers))
}

/**
 * Why what a workload has saved may not be copied to capacity of another; null where it may. What
 * is demanded for data itself is asked, and not what was agreed of who trains or serves.
 */
export function copyBar(law: Law, copying: Copying): Bar | null {
  const { dataClass } = copying.workload
  const classes = [dataClass ?? null, ...classesBeside(copying.workload, law.house)]
  return dataBar(law, copying, classes) ?? trustBar(law, copying)
}

type Copying = Placing & Pick<Buying, 'supplier' | 'accelerator'>

/** What clauses ask of data itself, for each of some classes; null is one that nobody named. */
function dataBar(law: Law, copying: Copying, classes: readonly (DataClass | null)[]): Bar | null {
  if (classes.length === 0) return null
  const hard = law.inForce.filter(isHard)
  if (hard.length === 0) return null
  const { workload, supplier, region, seller } = copying
  const { endUsers = null } = workload
  const jurisdiction = seller?.jurisdictions?.[region] ?? null
  const known = factsOfBuying(copying, law)
  for (const dataClass of classes) {
    const facts = dataClass ? { ...known, data_class: [dataClass] } : known
    const act: Act = { do: 'place', at: law.at, supplier, facts, jurisdiction, endUsers }
    const permission = permits(hard, act, law.records)
    if (!permission.allowed) return phraseBar(permission)
  }
  return null
}

/** The same of whatever comes along with a purchase, beside the data that it is made for. */
export function besideBar(law: Law, buying: Buying): Bar | null {
  return dataBar(law, buying, classesBeside(buying.workload, law.house))
}

function contractBar(law: Law, buying: Buying): Bar | null {
  if (heard(law.inForce, law.records).length === 0) return null
  for (const act of actsOf(law, buying)) {
    const permission = permits(law.inForce, act, law.records)
    if (!permission.allowed) return phraseBar(permission)
  }
  return besideBar(law, buying)
}

export function phraseBar({ clause, why, remedy }: Refusal): Bar {
  const { source } = phrase(clause)
  return { clause: clauseName(clause), because: why, remedy, source }
}

/** Who buys capacity for work places it there; who buys it for a product starts that there, too. */
export function actsOf(law: Law, buying: Buying): readonly Act[] {
  const { at } = law
  const { workload, supplier, region, seller } = buying
  const { endUsers = null } = workload
  const placed = { jurisdiction: seller?.jurisdictions?.[region] ?? null, endUsers }
  const facts = factsOfBuying(buying, law)
  const deal = dealOf(law, buying)
  const buy: Act = {
    ...{ at, supplier, facts, ...placed },
    // A purchase is what a workload buys there, however often it is tried.
    ...{ do: 'buy', id: workload.name, deal, firmness: 'binding-offer' },
  }
  const place: Act = { ...{ at, supplier, facts, ...placed }, do: 'place' }
  const { product } = workload
  return product ? [buy, place, { do: 'activate', at, supplier, facts, product }] : [buy, place]
}

/** The most that a workload may buy there of this kind, as a deal that may begin later. */
export function dealOf(
  { at, until, records }: Pick<Law, 'at' | 'until' | 'records'>,
  buying: Omit<Buying, 'seller'>,
  startAt = at,
): Deal {
  const { workload, accelerator, perNode, nodes, region, pricePerHour, endsAt = null } = buying
  const gang = perNode * nodes
  const gangs = workload.kind === 'Service' ? workload.replicasMax : 1
  const proven = records.controls.filter((each) => {
    return each.supplier === buying.supplier && each.until > until
  })
  return {
    accelerator,
    accelerators: gang * gangs,
    pricePerHour: Math.round(pricePerHour / gang),
    startAt,
    // What is bought by the hour is given back at any moment, so it binds us for none.
    termDays: endsAt === null ? 0 : Math.ceil((endsAt - at) / dayMs),
    region,
    controls: [...new Set(proven.map(({ control }) => control))].sort(),
  }
}

/** Who, as clauses prefer, is asked in which order while others have no space. */
export interface Overflow {
  readonly clauses: readonly PreferredOverflow[]
  /** By clauses about this workload: whoever of them has space ends the preference. */
  readonly parties: readonly string[]
  /** The lower is asked first; `outOfSpace` are those of the parties that have none. */
  rank(supplier: string, outOfSpace: readonly string[]): OverflowRank
}

/** Null where no clause prefers anybody for such a workload. */
export function overflowOf({ inForce }: Law, workload: Workload): Overflow | null {
  const { kind, name, product, dataClass } = workload
  const facts: Facts = {
    ...{ workload_kind: [kind], workload: [name] },
    ...(product && { product: [product] }),
    ...(dataClass && { data_class: [dataClass] }),
  }
  const preferring = inForce.filter((clause): clause is PreferredOverflow => {
    return clause.kind === 'preferred_overflow' && isInScope(clause.scope, facts)
  })
  if (preferring.length === 0) return null
  return {
    clauses: preferring,
    parties: [...new Set(preferring.map((clause) => clause.with))],
    rank: (supplier, outOfSpace) => overflowOrder(preferring, { supplier, facts, outOfSpace }),
  }
}

/** The cases under which a purchase goes on, with it signed; what is refused is told instead. */
export function signed(
  law: Law,
  buying: Omit<Buying, 'seller'>,
): { readonly cases: readonly RofrCase[] } | { readonly refused: string } {
  const { at, records, inForce } = law
  const deal = dealOf(law, buying)
  const { name: purchase } = buying.workload
  const binding = new Set(inForce.map(clauseName))
  const about = records.cases
    .map((each) => passed(each, at))
    .filter((each) => isAboutDeal(each, buying.supplier, deal))
    .filter(({ clause }) => binding.has(clauseName(clause)))
  const cases: RofrCase[] = []
  for (const [right, ours] of Map.groupBy(about, ({ clause }) => clauseName(clause))) {
    const signedFor = ours.filter(({ purchases }) => purchases.includes(purchase))
    if (signedFor.some((each) => isCovered(each, { at, supplier: buying.supplier, deal }))) continue
    // Of several cases of one right any that is free will do, as where it is asked about.
    const said = ours
      .filter((each) => !signedFor.includes(each))
      .map((each) => advance(each, { at, actor: 'us', event: 'bind', purchase, deal }))
    const free = said.find(({ refused }) => refused === null)
    const [first] = said
    if (free) cases.push(free.case)
    else if (signedFor.length > 0 || first === undefined) continue
    // Where the right is set aside, what its cases do not allow goes on without them.
    else if (!waiverOf(right, at, records)) return { refused: first.refused ?? '' }
  }
  return { cases }
}

/** What is known of a purchase; a dimension that nobody told is left out. */
export function factsOfBuying(
  { workload, accelerator, region, seller }: Placing & Pick<Buying, 'accelerator'>,
  { at, house: { suppliers } }: Pick<Law, 'at' | 'house'>,
): Facts {
  const { kind, name, product, dataClass } = workload
  const site = siteOf(seller, region, { at, until: at }, suppliers)
  const relations = site.relations.map(({ relation }) => relation)
  return {
    workload_kind: [kind],
    workload: [name],
    accelerator: [accelerator],
    region: [region],
    ...(seller?.relations && { supplier_relation: relations }),
    ...(product && { product: [product] }),
    ...(dataClass && { data_class: [dataClass] }),
  }
}

/** Whether an answer depends on how much is bought, for how much, and under which name. */
export function areTermsAsked({ inForce, records }: Law): boolean {
  return heard(inForce, records).some(({ clause }) => clause.kind === 'rofr')
}

/** What tells two wishes apart before the law; equal ones are answered alike. */
export function lawfulWish(law: Law, workload: Workload): readonly unknown[] {
  const { kind, name, product, dataClass, data, endUsers } = workload
  const classes = [dataClass, data?.dataClass, law.house.saved?.get(name)]
  return [kind, isNameAsked(law) ? name : null, product, classes, endUsers]
}

/** A memo and nothing else: a law never changes but is replaced. */
const namesAsked = new WeakMap<Law, boolean>()

function isNameAsked(law: Law): boolean {
  const known = namesAsked.get(law)
  if (known !== undefined) return known
  const isAboutOne = (scope: Scope) => scope.some(({ dimension }) => dimension === 'workload')
  const named = heard(law.inForce, law.records).some(({ clause }) => {
    const except = 'except' in clause ? clause.except : []
    return isAboutOne(clause.scope) || except.some(isAboutOne)
  })
  const isAskedFor = named || areTermsAsked(law)
  namesAsked.set(law, isAskedFor)
  return isAskedFor
}
