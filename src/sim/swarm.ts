/**
 * Draws a world from a seed: which suppliers there are, what people want, and what goes wrong. Each
 * kind of trouble is there in six worlds of ten, each time of another strength; nine worlds of ten
 * lean to some of them.
 */

import type { Contract } from '../core/domain/contract.ts'
import type { Budget, Policy } from '../core/domain/supplier.ts'
import type { Job, Service, Workload } from '../core/domain/workload.ts'
import type { Settings } from '../operate/settings.ts'
import type { OfferTerms } from '../supplier-server/state.ts'
import { cornered } from './corners.ts'
import type { Chance } from './engine/chance.ts'
import type { Weather } from './engine/network.ts'
import { leant, ofChat, wary } from './leaning.ts'
import type { Manners } from './shop.ts'
import type { Storms, Trouble } from './trouble.ts'
import type { ShopPlan } from './world.ts'

const second = 1_000
const minute = 60_000
const hour = 3_600_000

export interface Draw {
  readonly shops: readonly ShopPlan[]
  readonly plants: number
  /** Control planes of this version and of the next one take turns. */
  readonly upgrades: boolean
  readonly settings: Settings
  readonly policy: Policy | null
  /** Signed before anything is wanted. */
  readonly contracts?: readonly Contract[]
  readonly workloads: readonly Wish[]
  readonly trouble: Trouble
}

/** Submitted at a moment, perhaps changed and perhaps deleted; all from the start of the world. */
export interface Wish {
  readonly spec: Workload
  readonly fromMs: number
  readonly change: { readonly spec: Workload; readonly atMs: number } | null
  readonly toMs: number | null
}

const troubled = 0.6
/** When every world begins. */
export const startAt = 1_800_000_000_000

export function draw(chance: Chance, troubleMs: number): Draw {
  const shops = shopsOf(chance.fork('shops'))
  const people = chance.fork('wishes')
  const even: Draw = {
    shops,
    plants: chance.fork('plants').often(0.5) ? 2 : 1,
    upgrades: chance.fork('upgrades').often(0.3),
    settings: settingsOf(chance.fork('settings')),
    policy: people.often(0.5)
      ? policyOf(people.whole(40, 250) * 1_000_000, {
          ...(people.often(0.5) && { trust: wary }),
          ...(people.often(0.3) && { budgets: budgetsOf(people) }),
        })
      : null,
    workloads: wishes(people, shops, troubleMs),
    trouble: troubleOf(chance.fork('trouble')),
  }
  const products = chance.fork('products')
  const workloads = even.workloads.map((each) => (products.often(0.6) ? ofChat(each) : each))
  const teams = chance.fork('teams')
  const named = { ...even, workloads }
  const known = teams.often(0.3) ? shared(named, teams) : named
  const hurry = chance.fork('hurry')
  const all = hurry.often(0.2) ? hurried(known, hurry) : known
  const corner = cornered(all, chance.fork('corners'), startAt + troubleMs)
  if (corner) return corner
  const whole = leant(all, chance.fork('leaning'))
  const barrier = chance.fork('barrier')
  const discreet = barrier.often(0.2) ? shaped(whole, barrier) : whole
  const blocks = chance.fork('blocks')
  return blocks.often(0.4) ? blocked(discreet, blocks, troubleMs) : discreet
}

/** Most suppliers sell a cheap block, which opens and ends while there is trouble or soon after. */
function blocked(even: Draw, chance: Chance, troubleMs: number): Draw {
  const shops = even.shops.map((shop) => {
    if (!chance.often(troubled)) return shop
    const from = startAt + chance.whole(0, Math.floor(troubleMs * 0.8))
    const until = from + chance.whole(30, 360) * minute
    const block = offerOf('block', 'H100', chance.whole(4, 14), chance.whole(1, 6))
    const offers = [...shop.terms.offers, { ...block, window: { from, until } }]
    return { ...shop, terms: { ...shop.terms, offers } }
  })
  return { ...even, shops }
}

/** Some or all are asked for something new a while after it was decided. */
function shaped({ policy, ...rest }: Draw, chance: Chance): Draw {
  const relations = chance.pick([['rival'], ['neutral', 'rival']] as const)
  const shaping = [{ relations, jitterMs: chance.whole(1, 10) * minute }]
  return { ...rest, policy: { ...(policy ?? policyOf(null)), shaping } }
}

/** Two teams of one cohort lend each other what they may hold. */
function shared(even: Draw, chance: Chance): Draw {
  const quotas = ['x', 'y'].map((team) => {
    const borrow = chance.often(0.3) ? 8 * chance.whole(0, 2) : null
    return { team, cohort: 'all', accelerator: 'H100', count: 8 * chance.whole(1, 4), borrow }
  })
  const workloads = even.workloads.map((wish) => {
    const team = chance.pick(['x', 'y'])
    const { spec, change } = wish
    return { ...wish, spec: { ...spec, team }, change: change && inTeam(change, team) }
  })
  return { ...even, workloads, policy: { ...(even.policy ?? policyOf(null)), quotas } }
}

function inTeam({ atMs, spec }: Exclude<Wish['change'], null>, team: string): Wish['change'] {
  return { atMs, spec: { ...spec, team } }
}

/** Everybody sells spot capacity too, and most jobs have a deadline. */
function hurried(even: Draw, chance: Chance): Draw {
  const shops = even.shops.map((shop) => {
    const { offers } = shop.terms
    const spot = offerOf('spot', 'H100', chance.whole(6, 14), chance.whole(0, 6))
    return { ...shop, terms: { ...shop.terms, offers: [...offers, { ...spot, market: 'spot' }] } }
  }) as readonly ShopPlan[]
  const hasten = (spec: Workload): Workload => {
    if (spec.kind !== 'Job') return spec
    const workMs = chance.whole(10, 180) * minute
    const deadline = { withinMs: workMs + chance.wait(4 * hour), workMs }
    return { ...spec, markets: ['on-demand', 'spot'], deadline }
  }
  const workloads = even.workloads.map((wish) => {
    if (chance.often(0.2)) return wish
    const { change } = wish
    const spec = hasten(wish.spec)
    return { ...wish, spec, change: change && { ...change, spec: hasten(change.spec) } }
  })
  return { ...even, shops, workloads }
}

/** The loop's own defaults, as many times slower as keeps a day of virtual time affordable. */
function settingsOf(chance: Chance): Settings {
  return {
    serverUrl: 'http://plant',
    tickMs: chance.whole(50, 80) * second,
    listEveryMs: chance.pick([30, 60, 90, 120, 180]) * second,
    quoteEveryMs: 10 * minute,
    askDeadlineMs: 10 * second,
    callDeadlineMs: 30 * second,
    leadershipMs: chance.whole(250, 330) * second,
    grantMs: chance.whole(8, 20) * minute,
    beatMs: chance.whole(70, 110) * second,
    deadManMs: 45 * minute,
    silentMs: 250 * second,
    bootTimeoutMs: 20 * minute,
    giveUpMs: 10 * minute,
  }
}

/** Two of them stand side by side where there is a third. */
function shopsOf(chance: Chance): readonly ShopPlan[] {
  const names = ['acme', 'bolt', 'core', 'dell'].slice(0, chance.whole(2, 4))
  return names.map((name) => {
    const supplierClass = chance.pick(['A', 'B', 'C'] as const)
    const lateEffectMs = chance.whole(30, 180) * second
    const listLagMs = chance.often(troubled) ? chance.whole(0, 240) * second : 0
    const h100 = offerOf('h100', 'H100', chance.whole(18, 30), chance.whole(2, 8))
    const tpu = offerOf('tpu', 'TPU-v6e', chance.whole(14, 24), chance.whole(2, 6))
    const offers = chance.often(0.5) ? [h100, tpu] : [h100]
    return {
      name,
      terms: { class: supplierClass, listLagMs, offers },
      promises: { class: supplierClass, lateEffectMs, listLagMs },
      skewMs: chance.whole(-2 * second, 2 * second),
      ...(isNear(name) && names.length > 2 && { region: 'here-1' }),
    }
  })
}

/** Two of several share a region, so that other suppliers are not always other regions. */
function isNear(name: string): boolean {
  return name === 'acme' || name === 'bolt'
}

function offerOf(id: string, accelerator: string, dollars: number, nodes: number): OfferTerms {
  const pricePerHour = dollars * 1_000_000
  return { id, accelerator, perNode: 8, market: 'on-demand', pricePerHour, nodes }
}

export function policyOf(
  pricePerHourMax: number | null,
  more: Pick<Policy, 'trust' | 'budgets' | 'quotas'> = {},
): Policy {
  const rules = { pricePerHourMax, suppliersAllowed: null, suppliersDenied: [] }
  return { name: 'house', generation: 0, ...rules, moveWhenCheaperBy: 0.25, ...more }
}

/** Enough for some hours, for all or for whoever sells. */
function budgetsOf(chance: Chance): readonly Budget[] {
  const amount = chance.whole(50, 600) * 1_000_000
  const supplier = { of: 'supplier', name: chance.pick(['acme', 'bolt']) } as const
  const all = { of: 'everything', name: '' } as const
  return [{ ...(chance.often(0.5) ? all : supplier), amount, per: 'day' }]
}

function wishes(chance: Chance, shops: Draw['shops'], troubleMs: number): readonly Wish[] {
  return Array.from({ length: chance.whole(2, 5) }, (_, index) => {
    const fromMs = chance.whole(0, Math.floor(troubleMs * 0.7))
    const isJob = chance.often(0.65)
    const toMs = chance.often(0.2) ? fromMs + chance.wait(2 * hour) : null
    const spec = isJob ? jobOf(`job-${index}`, chance) : serviceOf(`service-${index}`, chance)
    const atMs = fromMs + chance.wait(2 * hour)
    const change = chance.often(0.4) ? { atMs, spec: changed(spec, shops, chance) } : null
    return { spec, fromMs, change, toMs }
  })
}

/** Second thoughts: another command, another size, other suppliers, or less money. */
function changed(spec: Workload, shops: Draw['shops'], chance: Chance): Workload {
  const what = chance.pick(['run', 'nodes', 'suppliers', 'ceiling'] as const)
  if (what === 'run') return { ...spec, run: `${spec.run} again` }
  if (what === 'suppliers') return { ...spec, suppliers: [chance.pick(shops).name] }
  if (what === 'nodes') return { ...spec, resources: alternatives(chance.whole(1, 3), chance) }
  const nodes = Math.max(...spec.resources.map((each) => each.nodes))
  return { ...spec, pricePerHourMax: chance.whole(21, 30) * nodes * 1_000_000 }
}

const common = {
  generation: 0,
  revision: 0,
  setup: null,
  envs: {},
  markets: ['on-demand'] as const,
  pricePerHourMax: null,
  suppliers: null,
}

function jobOf(name: string, chance: Chance): Job {
  const nodes = chance.whole(1, 3)
  const seconds = chance.wait(3 * 3_600)
  const fails = chance.often(0.3) ? 0.3 : 0
  const straggles = chance.often(0.8) ? chance.whole(10, 600) : 0
  return {
    ...common,
    kind: 'Job',
    name,
    priority: chance.whole(0, 100),
    run: `work ${seconds} fails ${fails} straggles ${straggles}`,
    resources: alternatives(nodes, chance),
    retryCount: chance.whole(0, 5),
    checkpoint: { dir: '/checkpoints', everyMs: 5 * minute, evenSteps: true },
  }
}

function serviceOf(name: string, chance: Chance): Service {
  const replicas = chance.whole(1, 3)
  return {
    ...common,
    kind: 'Service',
    name,
    priority: chance.whole(0, 100),
    run: `serve fails ${chance.often(0.3) ? 0.2 : 0}`,
    resources: alternatives(1, chance),
    retryCount: 3,
    replicasMin: replicas,
    replicasMax: replicas,
    requestsPerSecondPerReplica: null,
    port: 80,
    readiness: { path: '/', periodMs: 5_000, timeoutMs: 1_000, initialDelayMs: 10 * minute },
    spreadSuppliers: chance.whole(1, 2),
    ...(replicas > 1 && { spreadRegions: 2 }),
  }
}

/** Two replicas that must sit neither at one supplier nor in one region. */
export const probe: Service = {
  ...common,
  kind: 'Service',
  name: 'probe',
  priority: 100,
  run: 'serve',
  resources: [{ accelerator: 'H100', perNode: 8, nodes: 1, throughput: null }],
  retryCount: 3,
  replicasMin: 2,
  replicasMax: 2,
  requestsPerSecondPerReplica: null,
  port: 80,
  readiness: { path: '/', periodMs: 5_000, timeoutMs: 1_000, initialDelayMs: 10 * minute },
  spreadSuppliers: 2,
  spreadRegions: 2,
}

function alternatives(nodes: number, chance: Chance): Workload['resources'] {
  const h100 = { accelerator: 'H100', perNode: 8, nodes, throughput: null }
  const tpu = { accelerator: 'TPU-v6e', perNode: 8, nodes, throughput: null }
  return chance.often(0.5) ? [h100, tpu] : [h100]
}

function troubleOf(chance: Chance): Trouble {
  const share = (most: number) => (chance.often(troubled) ? chance.next() * most : 0)
  const mean = (least: number) => (chance.often(troubled) ? chance.whole(least, 8 * least) : 0)
  const storms: Storms = {
    outage: mean(90 * minute),
    strangers: mean(8 * hour),
    stockChange: mean(30 * minute),
    priceChange: mean(hour),
    preemption: mean(45 * minute),
    machineCut: mean(hour),
    machineHang: mean(2 * hour),
    machinePause: mean(30 * minute),
    machinePartition: mean(10 * minute),
    agentRestart: mean(20 * minute),
    rankFailure: mean(2 * hour),
    plantKill: mean(10 * minute),
    plantPause: mean(30 * minute),
    ledgerOutage: mean(hour),
    ledgerJump: mean(4 * hour),
    policyChange: mean(3 * hour),
    buyingStop: mean(3 * hour),
    signing: mean(3 * hour),
    suspension: mean(3 * hour),
    rivalry: mean(3 * hour),
    secondThought: mean(hour),
  }
  return {
    storms,
    manners: mannersOf(share),
    supplierWeather: weatherOf(share, chance, 0),
    ledgerWeather: { ...weatherOf(share, chance, minute), requestCopied: 0, answerBroken: 1 },
    frontWeather: weatherOf(share, chance, 5 * minute),
    boundaryKill: share(0.002),
    boundaryPause: share(0.001),
    spite: share(0.6),
    foresight: 0,
    severing: share(0.3),
    drift: Math.max(0.01, share(0.045)),
  }
}

function mannersOf(share: (most: number) => number): Manners {
  return {
    refuses: share(0.4),
    throttles: share(0.2),
    failsAfter: share(0.3),
    overcharges: share(0.1),
    forgets: share(0.15),
    dead: share(0.15),
    truncates: share(0.3),
    overlooks: share(0.1),
    endsWithinMs: 20 * second + Math.round(share(40 * minute)),
  }
}

function weatherOf(share: (most: number) => number, chance: Chance, lateMsMax: number): Weather {
  return {
    requestLost: share(0.08),
    requestLate: share(0.15),
    lateMsMax,
    requestCopied: share(0.12),
    answerLost: share(0.12),
    answerBroken: chance.next(),
  }
}
