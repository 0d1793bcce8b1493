/**
 * A bent that nine worlds of ten have: much of a few kinds of trouble at once, which seldom meet
 * where each is drawn by itself, in a world that is made for them.
 */

import {
  type Budget,
  defaultPolicy,
  type Policy,
  type SupplierClass,
} from '../core/domain/supplier.ts'
import type { Chance } from './engine/chance.ts'
import { fineWeather, type Weather } from './engine/network.ts'
import type { Draw, Wish } from './swarm.ts'

const second = 1_000
const minute = 60_000
const hour = 3_600_000

export type Lean = (draw: Draw, chance: Chance) => Draw

/** Jobs that move when they are cut off, by clocks that run slow. */
const fences: Lean = (draw, chance) => {
  const people = { buyingStop: 0, policyChange: 0, signing: 0, suspension: 0, rivalry: 0 }
  const plants = { plantKill: 0, plantPause: 0, ledgerOutage: 0 }
  const others = { ...people, ...plants, machineHang: 0, machineCut: 0, strangers: 0 }
  const storms = { ...others, machinePartition: 30 * minute, priceChange: 2 * minute }
  const { settings, shops, workloads, trouble, ...rest } = storming(draw, storms)
  const jobs = workloads.filter(({ spec }) => spec.kind === 'Job')
  return {
    ...rest,
    shops: shops.map((shop) => ({ ...shop, bootMs: [second, 10 * second] as const })),
    settings: { ...settings, ...patient, grantMs: chance.whole(24, 30) * minute },
    workloads: jobs.map(({ spec, fromMs }) => {
      const long = { ...spec, run: 'work 40000' }
      return { spec: long, fromMs: Math.floor(fromMs / 4), change: null, toMs: null }
    }),
    policy: { ...defaultPolicy, ...quotasOf(draw), moveWhenCheaperBy: 0.02 },
    // All else is quick, so that nothing but the fence keeps two epochs apart.
    trouble: {
      ...trouble,
      ...{ frontWeather: fineWeather, ledgerWeather: fineWeather, boundaryKill: 0 },
      ...{ spite: 0, severing: 1, drift: 0.045 },
    },
  }
}

/** Who is not heard is not given up, so that it moves only for its price. */
const patient = { tickMs: 30 * second, beatMs: 25 * second, silentMs: 40 * minute }

/** Machines that are cut off, are given up as silent, and work on until their grants end. */
const silences: Lean = (draw, chance) => {
  const others = { machineHang: 0, machineCut: 0, strangers: 0, preemption: 0, priceChange: 0 }
  const storms = { ...others, plantKill: 0, machinePartition: 10 * minute }
  const { settings, shops, workloads, trouble, ...rest } = storming(draw, storms)
  const jobs = workloads.filter(({ spec }) => spec.kind === 'Job')
  const quick = { tickMs: 30 * second, beatMs: 35 * second, silentMs: 100 * second }
  return {
    ...rest,
    shops: shops.map((shop) => ({ ...shop, bootMs: [second, 10 * second] as const })),
    settings: { ...settings, ...quick, grantMs: chance.whole(10, 15) * minute },
    workloads: jobs.map(({ spec, fromMs }) => {
      const long = { ...spec, run: 'work 40000' }
      return { spec: long, fromMs: Math.floor(fromMs / 4), change: null, toMs: null }
    }),
    trouble: {
      ...trouble,
      manners: { ...trouble.manners, endsWithinMs: 40 * minute },
      supplierWeather: { ...trouble.supplierWeather, requestLost: 0.25 },
      boundaryKill: 0,
      drift: 0.045,
    },
  }
}

/** Orders that come twice, where nothing tells the second from the first. */
const copies: Lean = (draw, chance) =>
  ordering(draw, chance, {
    supplierClass: 'C',
    weather: { requestLate: 0.3, requestCopied: 0.5, requestLost: 0, answerLost: 0.25 },
  })

/** Orders that come late, after others that were refused. */
const delays: Lean = (draw, chance) =>
  ordering(draw, chance, {
    supplierClass: 'B',
    weather: { requestLate: 0.5, requestCopied: 0.1, requestLost: 0.02, answerLost: 0.25 },
  })

interface Ordering {
  readonly supplierClass: SupplierClass
  readonly weather: Partial<Weather>
}

/** Orders that are refused after they were taken; listings that come after them. */
function ordering(draw: Draw, chance: Chance, { supplierClass, weather }: Ordering): Draw {
  const shops = { preemption: 6 * minute, strangers: 2 * hour }
  const storms = { ...shops, rankFailure: 15 * minute, machinePartition: 6 * minute }
  const { trouble, ...rest } = storming(draw, storms)
  const listLagMs = chance.whole(0, 240) * second
  const lateEffectMs = 180 * second
  return {
    ...rest,
    shops: draw.shops.map((shop) => ({
      ...shop,
      bootMs: [second, 30 * second] as const,
      terms: { ...shop.terms, class: supplierClass, listLagMs },
      promises: { class: supplierClass, lateEffectMs, listLagMs },
    })),
    settings: { ...draw.settings, listEveryMs: 30 * second },
    workloads: soon(draw.workloads),
    trouble: {
      ...trouble,
      manners: {
        ...trouble.manners,
        ...{ refuses: 0.5, failsAfter: 0.3, forgets: 0.02, dead: 0.02, endsWithinMs: 40 * minute },
      },
      supplierWeather: { ...trouble.supplierWeather, ...weather, answerBroken: 1 },
    },
  }
}

/** Wanted early, and to the end. */
export function soon(wishes: readonly Wish[]): readonly Wish[] {
  return wishes.map((each) => ({ ...each, fromMs: Math.floor(each.fromMs / 4), toMs: null }))
}

/** People who forbid, stop and delete in the very moment in which something is bought. */
const rules: Lean = (draw, chance) => {
  const changes = { policyChange: 20 * minute, buyingStop: 30 * minute, signing: 20 * minute }
  const stands = { suspension: 30 * minute, rivalry: 12 * minute, secondThought: 20 * minute }
  const storms = { ...changes, ...stands, preemption: 10 * minute }
  const { trouble, ...rest } = storming(draw, storms)
  return {
    ...rest,
    policy: ruled(draw, chance.whole(40, 90), { trust: wary }),
    trouble: {
      ...trouble,
      spite: 0.8,
      ledgerWeather: { ...trouble.ledgerWeather, requestLate: 0.3, lateMsMax: 3 * second },
      supplierWeather: { ...trouble.supplierWeather, answerLost: 0.3 },
    },
  }
}

/** Suppliers that become rivals as something is bought of them or starts there. */
const sides: Lean = (draw, chance) => {
  const people = { policyChange: 0, buyingStop: 0, signing: 0, suspension: 0, rivalry: hour }
  const others = { plantKill: 0, plantPause: 0, ledgerOutage: 0, strangers: 0, outage: 0 }
  const { trouble, settings, ...rest } = storming(draw, {
    ...people,
    ...others,
    preemption: 4 * minute,
  })
  return {
    ...rest,
    shops: draw.shops.map((shop) => ({ ...shop, bootMs: [second, 10 * second] as const })),
    settings: { ...settings, listEveryMs: 30 * second },
    policy: ruled(draw, chance.whole(150, 250), { trust: wary }),
    workloads: soon(draw.workloads),
    trouble: {
      ...trouble,
      spite: 0.5,
      frontWeather: fineWeather,
      ledgerWeather: { ...fineWeather, requestLate: 0.15, lateMsMax: 2 * second },
      boundaryKill: 0,
    },
  }
}

/** Two control planes that are killed, stand still and take over from one another. */
const leaders: Lean = (draw, chance) => {
  const storms = { plantKill: 20 * minute, plantPause: 5 * minute, ledgerJump: hour }
  const { trouble, settings, ...rest } = storming(draw, storms)
  const late = { requestLate: 0.1, lateMsMax: 4 * minute, answerLost: 0.1 }
  return {
    ...rest,
    plants: 2,
    settings: { ...settings, ...brisk },
    policy: ruled(draw, 250, { budgets: tight(chance) }),
    workloads: soon(draw.workloads),
    trouble: {
      ...trouble,
      ledgerWeather: { ...trouble.ledgerWeather, ...late },
      boundaryPause: 0.002,
      boundaryKill: 0.001,
    },
  }
}

/** Whoever leads again after a while has not heard anybody for longer than silence takes. */
const brisk = {
  ...{ tickMs: 30 * second, leadershipMs: 90 * second },
  ...{ beatMs: 35 * second, silentMs: 120 * second },
}

/** Two that take over from one another all the time, while everybody else does what is right. */
const handovers: Lean = (draw, chance) => {
  const storms = { plantKill: 0, plantPause: 4 * minute, ledgerJump: 0, ledgerOutage: 0 }
  const { trouble, settings, ...rest } = storming(draw, { ...storms, machinePartition: 0 })
  const quick = { beatMs: 24 * second, silentMs: 120 * second }
  return {
    ...rest,
    plants: 2,
    settings: { ...settings, ...quick, tickMs: 30 * second, leadershipMs: 80 * second },
    workloads: soon(draw.workloads),
    trouble: {
      ...trouble,
      ledgerWeather: { ...fineWeather, requestLost: 0.02 },
      frontWeather: fineWeather,
      manners: { ...trouble.manners, overlooks: 0 },
      ...{ boundaryPause: 0.0005 * chance.next(), spite: 0 },
    },
  }
}

/** Contracts that promise to somebody alone or first what is bought all the time. */
const promises: Lean = (draw) => {
  const people = { policyChange: 0, buyingStop: 0, suspension: 0, rivalry: 0 }
  const storms = { ...people, signing: 8 * minute, preemption: 6 * minute, plantKill: 0 }
  return {
    ...storming(draw, storms),
    policy: quotasOf(draw).quotas ? { ...defaultPolicy, ...quotasOf(draw) } : null,
    workloads: soon(draw.workloads).map(ofChat),
  }
}

/** A product that may have to start somewhere first. */
export function ofChat(wish: Wish): Wish {
  const { spec, change } = wish
  const product = 'chat'
  const changed = change && { ...change, spec: { ...change.spec, product } }
  return { ...wish, spec: { ...spec, product }, change: changed }
}

/** Contracts about money, and budgets that are used up. */
const money: Lean = (draw, chance) => {
  const storms = { signing: 30 * minute, preemption: 12 * minute, rankFailure: 30 * minute }
  const { trouble, ...rest } = storming(draw, storms)
  const silent = { answerLost: 0.2, answerBroken: 0.2 }
  return {
    ...rest,
    policy: ruled(draw, chance.whole(60, 250), { budgets: tight(chance) }),
    workloads: soon(draw.workloads),
    trouble: { ...trouble, supplierWeather: { ...trouble.supplierWeather, ...silent } },
  }
}

/** Whoever becomes a rival has to prove something. */
export const wary: Policy['trust'] = {
  rules: [
    { data: ['C2'], relations: ['neutral'], verdict: 'allow', controls: [], duties: [] },
    { data: ['C2'], relations: ['rival'], verdict: 'allow', controls: ['kms'], duties: [] },
  ],
  isUsual: false,
  unclassified: 'C2',
}

function ruled(draw: Draw, dollars: number, more: Pick<Policy, 'trust' | 'budgets'>): Policy {
  const pricePerHourMax = dollars * 1_000_000
  return { ...defaultPolicy, ...quotasOf(draw), ...more, pricePerHourMax }
}

/** What teams may hold is there whatever a world leans to. */
function quotasOf({ policy }: Draw): Pick<Policy, 'quotas'> {
  return policy?.quotas ? { quotas: policy.quotas } : {}
}

/** Used up within hours. */
function tight(chance: Chance): readonly Budget[] {
  const of = chance.pick(['everything', 'everything', 'supplier'] as const)
  const name = of === 'supplier' ? chance.pick(['acme', 'bolt']) : ''
  return [{ of, name, amount: chance.whole(60, 300) * 1_000_000, per: 'day' }]
}

/** Agents whose reports are copied, lost and overtaken while ranks fail and start again. */
const reports: Lean = (draw) => {
  const agents = { agentRestart: 10 * minute, rankFailure: 12 * minute, machinePause: 15 * minute }
  const storms = { ...agents, preemption: 20 * minute, plantPause: 8 * minute }
  const { trouble, ...rest } = storming(draw, storms)
  const requests = { requestLate: 0.25, requestCopied: 0.25, lateMsMax: 5 * minute }
  return {
    ...rest,
    plants: 2,
    workloads: draw.workloads.map(saving),
    trouble: {
      ...trouble,
      frontWeather: { ...trouble.frontWeather, ...requests },
      boundaryPause: 0.001,
    },
  }
}

/** A long job that saves its state often, and fails often without an end. */
function saving(wish: Wish): Wish {
  const { spec } = wish
  if (spec.kind !== 'Job') return wish
  const checkpoint = { dir: '/checkpoints', everyMs: minute }
  const long = { ...spec, run: 'work 40000', retryCount: 1_000, checkpoint }
  return { ...wish, spec: long, change: null, toMs: null }
}

/** Machines that never boot or hang, and stay: nothing else takes them away. */
function dull(draw: Draw): Draw {
  const { trouble, ...rest } = storming(draw, { machineHang: 40 * minute, preemption: 0 })
  return { ...rest, trouble: { ...trouble, manners: { ...trouble.manners, dead: 0.25 } } }
}

/** Two epochs meet only where many things come together: that world is drawn twice as often. */
const leanings = [
  ...[fences, fences, silences, copies, delays],
  ...[rules, sides, leaders, handovers, promises, money, reports],
] as const

export function leant(draw: Draw, chance: Chance): Draw {
  const drawn = chance.fork('machines').often(0.3) ? dull(draw) : draw
  return chance.often(0.9) ? chance.pick(leanings)(drawn, chance) : drawn
}

export function storming(draw: Draw, storms: Partial<Draw['trouble']['storms']>): Draw {
  const { trouble } = draw
  return { ...draw, trouble: { ...trouble, storms: { ...trouble.storms, ...storms } } }
}
