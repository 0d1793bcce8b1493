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
import { carryOut, type Deed } from './deeds.ts'
import { alter, happen } from './happen.ts'
import { type LawSeen, type Turn, turnsOfLaw, watchLaw } from './phases.ts'
import type { Goods, RandomTrouble, Scenario } from './scenario.ts'
import { tellHappening } from './telling.ts'
import type { Change } from './trace.ts'

export interface Play {
  readonly scenario: Scenario
  readonly specs: readonly Spec[]
  /** What the traces say, all files together. */
  readonly changes: readonly Change[]
  /** What stands in each file that people submit in the timeline. */
  readonly applied?: Readonly<Record<string, readonly Spec[]>>
  readonly seed: string
}

export interface Stage {
  readonly world: World
  /** What happened because the scenario says so. */
  readonly said: readonly Said[]
  /** Load of each service as it changed, in the order of time. */
  readonly loads: readonly LoadStep[]
  readonly law: LawSeen
  readonly turns: readonly Turn[]
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

const second = 1_000

/**
 * The loop's own pace, as many times slower as makes days pass in seconds: all that is counted in
 * turns grows with a turn, and a call takes as long as ever.
 */
export function settingsFor({ turnEveryMs: turn }: Pick<Scenario, 'turnEveryMs'>): Settings {
  return {
    serverUrl: 'http://plant',
    tickMs: turn,
    listEveryMs: 2 * turn,
    quoteEveryMs: 5 * turn,
    askDeadlineMs: 10 * second,
    callDeadlineMs: 30 * second,
    leadershipMs: 2.5 * turn,
    grantMs: 4 * turn,
    beatMs: turn,
    deadManMs: 45 * turn,
    silentMs: Math.round((10 * turn) / 3),
    bootTimeoutMs: 30 * turn,
    giveUpMs: 10 * turn,
  }
}

export function stage(play: Play): Stage {
  const { scenario, changes, seed } = play
  const trouble = troubleOf(scenario.trouble)
  const world = worldOf({
    ...{
      seed,
      startAt: scenario.startAt,
      settings: settingsFor(scenario),
      trouble,
      plants: 1,
      upgrades: false,
    },
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
  const act = (what: Deed) => {
    const specs = what.do === 'apply' ? fileOf(play, what.file) : []
    ready
      .then(() => world.people.act(what.do, (plant) => carryOut(what, plant, specs)))
      .then((refused) => {
        if (refused === null) return
        said.push({ at: world.kernel.now(), text: `that was refused: ${refused}` })
      })
      .catch(() => {})
  }
  for (const each of scenario.timeline) {
    world.kernel.after(each.atMs, () => {
      said.push({ at: world.kernel.now(), text: tellHappening(each) })
      happen(each, { world, scenario, carry, submit, act })
    })
  }
  for (const { atMs, ...change } of changes) {
    if (atMs < scenario.durationMs)
      world.kernel.after(atMs, () => alter({ world, scenario }, change))
  }
  makeStorms(world, trouble.storms, scenario.durationMs)
  // Nobody reports what nobody ever carries: that would be most of what happens in a year.
  if (loads.length > 0 || scenario.timeline.some((each) => each.do === 'load')) {
    keepLoad(world, loads)
  }
  return { world, said, loads, law: watchLaw(world), turns: turnsOf(play) }
}

function turnsOf({ scenario, specs, applied = {} }: Play): readonly Turn[] {
  const { startAt: from, durationMs, timeline } = scenario
  const contracts = (list: readonly Spec[]) =>
    list.flatMap((each) => (each.kind === 'Contract' ? [each.spec] : []))
  const later = timeline.flatMap((each) => {
    if (each.do !== 'apply') return []
    // What is submitted later was not known before, whatever day it is of.
    return contracts(applied[each.file] ?? []).map((contract) => {
      return { ...contract, recordedAt: Math.max(contract.recordedAt, from + each.atMs) }
    })
  })
  return turnsOfLaw([...contracts(specs), ...later], { from, to: from + durationMs })
}

/** As the control plane takes it: a simulated supplier, and work that a simulated machine does. */
function fileOf({ applied = {}, scenario }: Play, file: string): readonly Spec[] {
  return (applied[file] ?? []).map((each) => {
    const goods = scenario.suppliers.find(({ name }) => name === each.spec.name)
    if (each.kind !== 'Supplier' || !goods) return simulated(each, scenario)
    return { kind: 'Supplier', spec: supplierOf(goods, each.spec) }
  })
}

/** Suppliers and rules first, then all workloads that the timeline does not submit later. */
async function submitAll({ people }: World, play: Play): Promise<void> {
  const { scenario, specs } = play
  const described = suppliersIn(specs)
  const isThere = (name: string) => described.some((each) => each.name === name)
  const later = suppliersIn(Object.values(play.applied ?? {}).flat())
  // Whom only a file of the timeline describes is on the list from then on.
  const listed = scenario.suppliers.filter(({ name }) => {
    return isThere(name) || !later.some((each) => each.name === name)
  })
  const suppliers = listed.map((goods) =>
    supplierOf(
      goods,
      described.find(({ name }) => name === goods.name),
    ),
  )
  await people.apply(
    ...suppliers.map((spec) => ({ kind: 'Supplier', spec }) as const),
    ...specs.filter(({ kind }) => kind === 'Policy' || kind === 'Contract'),
  )
  const submitted = scenario.timeline.flatMap((each) => {
    return each.do === 'submit' ? each.workload : []
  })
  for (const each of specs) {
    if (isWorkload(each) && !submitted.includes(each.spec.name)) {
      people.apply(simulated(each, scenario)).catch(() => {})
    }
  }
}

function suppliersIn(specs: readonly Spec[]): readonly SupplierSpec[] {
  return specs.flatMap((each) => (each.kind === 'Supplier' ? [each.spec] : []))
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
