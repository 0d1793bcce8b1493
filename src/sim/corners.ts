/**
 * Worlds that are made for one rare moment each, which hardly comes in any other: one in five.
 */
import type { Contract } from '../core/domain/contract.ts'
import { defaultPolicy } from '../core/domain/supplier.ts'
import type { Chance } from './engine/chance.ts'
import { fineWeather } from './engine/network.ts'
import { type Lean, soon, storming, wary } from './leaning.ts'
import { goodManners } from './shop.ts'
import type { Draw, Wish } from './swarm.ts'
import type { ShopPlan } from './world.ts'

const minute = 60_000

/** Null where the world is none of these. */
export function cornered(draw: Draw, chance: Chance): Draw | null {
  const found = Object.entries(corners).find(([name]) => chance.fork(name).often(0.08))
  return found?.[1](draw, chance) ?? null
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

/** Whoever comes second in an order needs somebody before him. */
function atLeastThree(shops: readonly ShopPlan[]): Shops {
  const [first, second, ...others] = shops as readonly [ShopPlan, ShopPlan, ...ShopPlan[]]
  const third = { ...second, name: 'core', skewMs: -second.skewMs }
  return [first, second, ...(others.length > 0 ? others : [third])]
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
  const calendar = { offsetMinutes: 0, weekend: [6, 0], holidays: [] } as const
  const source = { document: 'a deal', section: null, quote: null, confidence: 'signed' } as const
  const frame = { with: party, from: 0, to: null, recordedAt: 0, calendar, conversions: [] }
  const more = { contract: 'overflow', scope: [], repeal: null, source, assumed: [] }
  return {
    ...{ ...frame, name: 'overflow', generation: 0, form: 'MSA', bindingness: 'definitive' },
    ...{ signedAt: 0, supersedes: [] },
    clauses: [{ ...frame, ...more, kind: 'preferred_overflow', id: 'order', order }],
  }
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

const corners = { overflow, debt, foreboding } as const
