/**
 * Sets a scenario up in a simulated world, and makes happen in it what the scenario says.
 */

import { throughputs } from '../../core/catalog/accelerators.ts'
import type { Spec } from '../../core/domain/spec.ts'
import type { SupplierSpec } from '../../core/domain/supplier.ts'
import type { Job, Workload } from '../../core/domain/workload.ts'
import type { Settings } from '../../operate/settings.ts'
import { fineWeather } from '../engine/network.ts'
import { goodManners } from '../shop.ts'
import { makeStorms } from '../storms.ts'
import { noTrouble, type Trouble } from '../trouble.ts'
import { type ShopPlan, type World, worldOf } from '../world.ts'
import { alter, happen } from './happen.ts'
import type { Goods, RandomTrouble, Scenario } from './scenario.ts'
import { tellHappening } from './telling.ts'
import type { Change } from './trace.ts'

export interface Play {
  readonly scenario: Scenario
  readonly specs: readonly Spec[]
  /** What the traces say, all files together. */
  readonly changes: readonly Change[]
  readonly seed: string
}

export interface Stage {
  readonly world: World
  /** What happened because the scenario says so. */
  readonly said: readonly Said[]
  /** Load of each service as it changed, in the order of time. */
  readonly loads: readonly LoadStep[]
}

export interface Said {
  readonly at: number
  readonly text: string
}

export interface LoadStep {
  readonly service: string
  readonly at: number
  readonly requestsPerSecond: number
}

const [second, minute] = [1_000, 60_000]

/** The loop's own pace, as many times slower as makes days pass in seconds. */
export const settings: Settings = {
  serverUrl: 'http://plant',
  tickMs: minute,
  listEveryMs: 2 * minute,
  quoteEveryMs: 5 * minute,
  askDeadlineMs: 10 * second,
  callDeadlineMs: 30 * second,
  leadershipMs: 150 * second,
  grantMs: 4 * minute,
  beatMs: minute,
  deadManMs: 45 * minute,
  silentMs: 200 * second,
  bootTimeoutMs: 30 * minute,
  giveUpMs: 10 * minute,
}

export function stage(play: Play): Stage {
  const { scenario, changes, seed } = play
  const trouble = troubleOf(scenario.trouble)
  const world = worldOf({
    ...{ seed, startAt: scenario.startAt, settings, trouble, plants: 1, upgrades: false },
    shops: scenario.suppliers.map(shopPlan),
  })
  const said: Said[] = []
  const loads: LoadStep[] = []
  const carry = (service: string, requestsPerSecond: number) => {
    loads.push({ service, requestsPerSecond, at: world.kernel.now() })
  }
  for (const [service, rate] of Object.entries(scenario.load)) carry(service, rate)
  const ready = submitAll(world, play)
  const submit = (name: string) => {
    const wish = play.specs.find((each) => isWorkload(each) && each.spec.name === name)
    if (!wish) throw new Error(`there is no workload ${name}`)
    ready.then(() => world.people.apply(simulated(wish, scenario))).catch(() => {})
  }
  for (const each of scenario.timeline) {
    world.kernel.after(each.atMs, () => {
      said.push({ at: world.kernel.now(), text: tellHappening(each) })
      happen(each, { world, scenario, carry, submit })
    })
  }
  for (const { atMs, ...change } of changes) {
    if (atMs < scenario.durationMs)
      world.kernel.after(atMs, () => alter({ world, scenario }, change))
  }
  said.push(...turnsOfLaw(play))
  makeStorms(world, trouble.storms, scenario.durationMs)
  keepLoad(world, loads)
  return { world, said, loads }
}

/** When clauses begin to bind and cease to, in the days that are played. */
function turnsOfLaw({ scenario: { startAt, durationMs }, specs }: Play): readonly Said[] {
  const clauses = specs.flatMap((each) => (each.kind === 'Contract' ? each.spec.clauses : []))
  return clauses
    .flatMap(({ contract, id, from, to, repeal }) => [
      { at: from, text: `${contract}/${id} begins to bind` },
      ...(to === null ? [] : [{ at: to, text: `${contract}/${id} binds no more` }]),
      ...(repeal === null ? [] : [{ at: repeal.at, text: `${contract}/${id} is repealed` }]),
    ])
    .filter(({ at }) => at >= startAt && at < startAt + durationMs)
}

/** Suppliers and rules first, then all workloads that the timeline does not submit later. */
async function submitAll({ people }: World, play: Play): Promise<void> {
  const { scenario, specs } = play
  const described = specs.filter((each) => each.kind === 'Supplier').map(({ spec }) => spec)
  const suppliers = scenario.suppliers.map((goods) =>
    supplierOf(
      goods,
      described.find(({ name }) => name === goods.name),
    ),
  )
  await people.apply(
    ...suppliers.map((spec) => ({ kind: 'Supplier', spec }) as const),
    ...specs.filter(({ kind }) => kind === 'Policy' || kind === 'Contract'),
  )
  const later = scenario.timeline.flatMap((each) => (each.do === 'submit' ? each.workload : []))
  for (const each of specs) {
    if (isWorkload(each) && !later.includes(each.spec.name)) {
      people.apply(simulated(each, scenario)).catch(() => {})
    }
  }
}

function isWorkload({ kind }: Spec): boolean {
  return kind === 'Job' || kind === 'Service'
}

/** What people told the control plane of it, else the truth. */
function supplierOf(goods: Goods, described: SupplierSpec | undefined): SupplierSpec {
  const where = { driver: 'simulated', url: `http://${goods.name}`, tokenFrom: null }
  const { class: supplierClass, lateEffectMs, listLagMs } = goods
  const promises = { class: supplierClass, lateEffectMs, listLagMs }
  return described
    ? { ...described, ...where, settings: {} }
    : { name: goods.name, generation: 0, ...where, promises, buying: true }
}

function shopPlan(goods: Goods): ShopPlan {
  const { name, region, bootMs, lateEffectMs, listLagMs, offers } = goods
  return {
    ...{ name, region, skewMs: 0, bootMs: [bootMs, bootMs] },
    terms: { class: goods.class, listLagMs, offers },
    promises: { class: goods.class, lateEffectMs, listLagMs },
  }
}

/** The same wish, with work that a simulated machine understands. */
function simulated(each: Spec, { workMs, durationMs }: Scenario): Spec {
  if (each.kind === 'Service') return { ...each, spec: { ...each.spec, setup: null, run: 'serve' } }
  if (each.kind !== 'Job') return each
  const seconds = Math.ceil((workMs[each.spec.name] ?? 2 * durationMs) / second)
  const run = [`work ${seconds}`, ...pacesOf(each.spec)].join(' ')
  return { ...each, spec: { ...each.spec, setup: null, run } }
}

/** How fast each alternative is beside the first. */
function pacesOf({ resources }: Job): readonly string[] {
  const worth = ({ accelerator, perNode, nodes, throughput }: Workload['resources'][number]) =>
    throughput ?? (throughputs[accelerator] ?? 1) * perNode * nodes
  const [first, ...others] = resources
  if (!first) return []
  return others.map((other) => {
    const { accelerator, perNode, nodes } = other
    return `pace ${accelerator}:${perNode}x${nodes} ${(worth(other) / worth(first)).toFixed(6)}`
  })
}

/** Gateways report so often, and are forgotten soon after they fall silent. */
const reportEveryMs = 5_000

function keepLoad(world: World, loads: readonly LoadStep[]): void {
  const report = () => {
    const now = new Map(loads.map((each) => [each.service, each.requestsPerSecond]))
    for (const [service, rate] of now) {
      for (const { operator } of world.plants()) operator.noteLoad('gateway', service, rate)
    }
    world.kernel.after(reportEveryMs, report)
  }
  report()
}

function troubleOf(random: RandomTrouble): Trouble {
  return {
    ...noTrouble,
    storms: {
      ...noTrouble.storms,
      outage: random.supplierOutageEveryMs,
      machineCut: random.machineFailureEveryMs,
      rankFailure: random.workFailureEveryMs,
      plantKill: random.controlPlaneKillEveryMs,
    },
    manners: { ...goodManners, refuses: random.refusals },
    supplierWeather: { ...fineWeather, answerLost: random.lostAnswers, answerBroken: 1 },
    drift: 0,
  }
}
