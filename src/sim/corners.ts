/**
 * Worlds that are made for one rare moment each, which hardly comes in any other: one in three.
 */
import type { Clause, PreferredOverflow, Scope } from '../core/domain/clause.ts'
import type { Contract } from '../core/domain/contract.ts'
import { defaultPolicy } from '../core/domain/supplier.ts'
import type { Ms } from '../core/domain/time.ts'
import type { Chance } from './engine/chance.ts'
import { fineWeather } from './engine/network.ts'
import { type Lean, ofChat, soon, storming, wary } from './leaning.ts'
import { goodManners } from './shop.ts'
import type { Draw, Wish } from './swarm.ts'
import type { ShopPlan } from './world.ts'

const minute = 60_000
const hour = 60 * minute

/** A lean that has to be over before the calm, in which everything that is wanted has to run. */
type Corner = (draw: Draw, chance: Chance, calmAt: Ms) => Draw

/** Null where the world is none of these. */
export function cornered(draw: Draw, chance: Chance, calmAt: Ms): Draw | null {
  const found = Object.entries(corners).find(([name]) => chance.fork(name).often(0.08))
  return found?.[1](draw, chance, calmAt) ?? null
}

/** Nothing goes wrong but what is looked at. */
function quiet(draw: Draw): Draw {
  const people = { policyChange: 0, buyingStop: 0, signing: 0, suspension: 0, rivalry: 0 }
  const plants = { plantKill: 0, plantPause: 0, ledgerOutage: 0, ledgerJump: 0 }
  const shops = { outage: 0, strangers: 0, stockChange: 0, machineHang: 0, machineCut: 0 }
  const { trouble, ...rest } = storming(draw, { ...people, ...plants, ...shops, secondThought: 0 })
  return {
    ...rest,
    workloads: soon(draw.workloads),
    trouble: {
      ...trouble,
      manners: { ...goodManners, endsWithinMs: trouble.manners.endsWithinMs },
      supplierWeather: fineWeather,
      ledgerWeather: fineWeather,
      ...{ boundaryKill: 0, boundaryPause: 0, spite: 0 },
    },
  }
}

/** While the first supplier has nothing to sell, the dearest of the others is preferred. */
const overflow: Lean = (draw, chance) => {
  const { shops, ...rest } = storming(quiet(draw), { preemption: 10 * minute })
  const [full, ...others] = atLeastThree(shops)
  return {
    ...rest,
    shops: [stocked(full, 0), ...others.map((shop) => stocked(shop, chance.whole(12, 20)))],
    policy: null,
    contracts: [
      preferring(
        full.name,
        others.toSorted(byPrice).map(({ name }) => name),
      ),
    ],
  }
}

type Shops = readonly [ShopPlan, ...ShopPlan[]]

/** Whoever comes second in an order needs somebody before him, and no two are to be as cheap. */
function atLeastThree(shops: readonly ShopPlan[]): Shops {
  const [first, second, ...others] = shops as readonly [ShopPlan, ShopPlan, ...ShopPlan[]]
  const third = { ...dearer(second), name: 'core', skewMs: -second.skewMs }
  return [first, second, ...(others.length > 0 ? others : [third])]
}

function dearer({ terms, ...shop }: ShopPlan): ShopPlan {
  const offers = terms.offers.map((each) => ({ ...each, pricePerHour: each.pricePerHour * 1.25 }))
  return { ...shop, terms: { ...terms, offers } }
}

function stocked({ terms, ...shop }: ShopPlan, nodes: number): ShopPlan {
  return { ...shop, terms: { ...terms, offers: terms.offers.map((each) => ({ ...each, nodes })) } }
}

function byPrice(a: ShopPlan, b: ShopPlan): number {
  return priceAt(b) - priceAt(a)
}

function priceAt({ terms }: ShopPlan): number {
  return terms.offers[0]?.pricePerHour ?? 0
}

function preferring(party: string, order: readonly string[]): Contract {
  return signing('overflow', party, null, (common) => {
    return { ...common, kind: 'preferred_overflow', id: 'order', order }
  })
}

/** A contract with one clause, that nobody remembers to have been without. */
function signing(
  name: string,
  party: string,
  to: Ms | null,
  clauseOf: (common: Common) => Clause,
): Contract {
  const calendar = { offsetMinutes: 0, weekend: [6, 0], holidays: [] } as const
  const source = { document: 'a deal', section: null, quote: null, confidence: 'signed' } as const
  const frame = { with: party, from: 0, to, recordedAt: 0, calendar, conversions: [] }
  const more = { contract: name, scope: [], repeal: null, source, assumed: [] }
  return {
    ...{ ...frame, name, generation: 0, form: 'MSA', bindingness: 'definitive' },
    ...{ signedAt: 0, supersedes: [] },
    clauses: [clauseOf({ ...frame, ...more })],
  }
}

type Common = Omit<PreferredOverflow, 'kind' | 'id' | 'order'>

/** The two that sell for the least sell where nothing may run, or without a proof. */
const placed: Corner = (draw, chance, calmAt) => {
  const { shops, ...rest } = supplied(draw, chance)
  const [next, cheap] = shops.toSorted(byPrice).slice(-2) as [ShopPlan, ShopPlan]
  const at = ({ name }: ShopPlan): Scope => [
    { dimension: 'supplier', operator: 'In', values: [name] },
  ]
  const isBarred = chance.often(0.5)
  const proof = signing('proof', cheap.name, calmAt - hour, (common) => {
    return { ...common, kind: 'security', id: 'kms', scope: at(cheap), controls: ['kms'] }
  })
  const place = signing('place', next.name, calmAt - hour, (common) => {
    const there = { ...common, id: 'place', scope: at(next) }
    return isBarred
      ? { ...there, kind: 'export', jurisdictions: ['us'], endUsers: [] }
      : { ...there, kind: 'residency', jurisdictions: ['eu'] }
  })
  return { ...rest, shops, contracts: [proof, place] }
}

/** The dearest of all is to be first: what is wanted has to start there, or to be offered there. */
const promised: Corner = (draw, chance, calmAt) => {
  const { shops, workloads, ...rest } = supplied(draw, chance)
  const [dear] = shops.toSorted(byPrice) as [ShopPlan]
  const isLaunch = chance.often(0.5)
  const first = signing('first', dear.name, calmAt - hour, (common) => {
    if (isLaunch) return { ...common, kind: 'launch_first', id: 'launch', lagDays: 0 }
    return { ...common, kind: 'rofo', id: 'look', window: { days: 1, counted: 'calendar' } }
  })
  return { ...rest, shops, workloads: workloads.map(ofChat), contracts: [first] }
}

/** At least three suppliers with enough of everything, so that only a clause keeps anybody out. */
function supplied(draw: Draw, chance: Chance): Draw {
  const rest = storming(quiet(draw), { preemption: 10 * minute })
  const shops = atLeastThree(rest.shops).map((shop) => stocked(shop, chance.whole(12, 20)))
  return { ...rest, shops, policy: null }
}

/**
 * A budget that is used up while what was given back goes on to cost for long, so that more is paid
 * than there was; and the ledger may be late with saying so.
 */
const debt: Lean = (draw, chance) => {
  const { trouble, ...rest } = storming(quiet(draw), { priceChange: 0, preemption: 40 * minute })
  const amount = chance.whole(100, 160) * 1_000_000
  const budgets = [{ of: 'everything', name: '', amount, per: 'day' }] as const
  return {
    ...rest,
    policy: { ...defaultPolicy, budgets },
    workloads: rest.workloads.map((wish) => {
      const { spec } = wish
      const long = spec.kind === 'Job' ? { ...spec, run: 'work 40000' } : spec
      return { ...wish, spec: long, change: null }
    }),
    trouble: {
      ...trouble,
      manners: { ...trouble.manners, endsWithinMs: 60 * minute },
      ledgerWeather: { ...fineWeather, requestLate: 0.002, lateMsMax: 2 * minute },
    },
  }
}

/** Short jobs, each wanted just as whoever sells for the least is about to become a rival. */
const foreboding: Lean = (draw, chance) => {
  const { trouble, ...rest } = storming(quiet(draw), { preemption: 0, priceChange: 0 })
  const jobs = draw.workloads.filter(({ spec }) => spec.kind === 'Job')
  const [pattern] = jobs
  const workloads = Array.from({ length: pattern ? 8 : 0 }, (_, index) => {
    const wish = pattern as Wish
    const spec = { ...wish.spec, name: `job-${index}`, run: 'work 600', suppliers: null }
    return { spec, fromMs: chance.whole(1, 15 * 60) * minute, change: null, toMs: null }
  })
  return {
    ...rest,
    policy: { ...defaultPolicy, trust: wary },
    workloads: [...draw.workloads.filter(({ spec }) => spec.kind !== 'Job'), ...workloads],
    trouble: { ...trouble, foresight: 1, frontWeather: fineWeather },
  }
}

const corners = { overflow, debt, foreboding, placed, promised } as const
