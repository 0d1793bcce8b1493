/**
 * How long a plan takes: fresh, where every gang must be bought; settled, where all of them run and
 * the planner only looks whether moving pays; and settled but for one event, another each time: a
 * new price, a lease that was taken back, a workload that arrived. And how long it takes to tell
 * whoever arrives what the last plan leaves to it.
 *
 * Beside it one gang after another, and a general solver. Worlds come from a seed.
 */

import type { Law } from '../src/core/contracts/law.ts'
import { demands, firstDemand } from '../src/core/demand/demands.ts'
import type { Lease } from '../src/core/domain/lease.ts'
import { type Offer, offerName } from '../src/core/domain/offer.ts'
import type { Acquire, Plan } from '../src/core/domain/plan.ts'
import type { Run } from '../src/core/domain/run.ts'
import type { Demand, Workload } from '../src/core/domain/workload.ts'
import type { World } from '../src/core/domain/world.ts'
import { lint } from '../src/core/plan/lint.ts'
import { plan, planning } from '../src/core/plan/plan.ts'
import { oneByOne } from './plan/alone.ts'
import { exactly } from './plan/exact.ts'
import { type Fleet, fleetOf, now, shapes, withoutRules } from './plan/world.ts'
import type { Table } from './table.ts'

export const name = 'plan'

const seed = 20250121
const sizes = [
  { demands: 50, offers: 200 },
  { demands: 200, offers: 1_000 },
  { demands: 1_000, offers: 2_000 },
  { demands: 10_000, offers: 2_000 },
] as const

/** A general solver has had all the time that it may take by then. */
const exactMax = 200

export async function run(): Promise<Table> {
  const rows: Row[] = []
  for (const size of sizes) {
    const signed = fleetOf(seed, size)
    rows.push(...(await rowsOf('', withoutRules(signed))), ...(await rowsOf('*', signed)))
  }
  return {
    title: 'plan: one world, one plan',
    columns: [
      'world',
      'demands',
      'offers',
      'plan ms',
      'lint ms',
      'bought',
      'over the bound',
      'one by one: bought',
      'over the bound',
      'HiGHS: over the bound',
      'ms',
    ],
    rows,
    note:
      `median of 7 after 2 to warm up; seed ${seed}; ${shapes.length} shapes of machine. * with ` +
      'budgets of teams, an exclusivity, trust between rivals and capacity that is paid for. ' +
      'HiGHS buys for whoever the plan buys for, without spreading; ? not proven in a minute.',
  }
}

type Row = (string | number)[]

/** `mark` tells worlds apart. */
async function rowsOf(mark: string, fleet: Fleet): Promise<readonly Row[]> {
  const { world, law } = fleet
  const settled = settledWorld(world, plan(world, law))
  return [
    await freshRow(`${mark}fresh`, fleet),
    row(`${mark}settled`, law, () => settled),
    row(`${mark}a new price`, law, (turn) => repriced(settled, turn)),
    row(`${mark}a lost lease`, law, (turn) => bereft(settled, turn)),
    row(`${mark}an arrival`, law, (turn) => joined(settled, world, turn)),
    arrivalRow(`${mark}an arrival, told at once`, settled, fleet),
  ]
}

/** `worldOf` gives the world of a turn; every turn is told of as something new. */
function row(label: string, law: Law, worldOf: (turn: number) => World): Row {
  const world = worldOf(0)
  const planned = plan(world, law)
  const faults = lint(world, planned, law)
  if (faults.length > 0) throw new Error(`the plan does not pass its lint: ${faults[0]}`)
  const worlds = Array.from({ length: 9 }, (_, turn) => worldOf(turn + 1))
  const planMs = medianMs((turn) => plan(worlds[turn] as World, law))
  const lintMs = medianMs(() => lint(world, planned, law))
  const size = [label, world.demands.length, world.offers.length]
  return [...size, ms(planMs), ms(lintMs), purchases(planned).length, '–', ...none]
}

const none = ['–', '–', '–', '–']

/** Beside others that buy for the same gangs. */
async function freshRow(label: string, fleet: Fleet): Promise<Row> {
  const { world, law } = fleet
  const bought = row(label, law, () => world).slice(0, -none.length - 1)
  const planned = plan(world, law)
  const least = planned.market?.least ?? Number.NaN
  const over = (cost: number) => percent(cost / least - 1)
  const alone = oneByOne(fleet)
  const others = [over(planned.market?.cost ?? Number.NaN), alone.served, over(alone.cost)]
  if (world.demands.length > 2 * exactMax) return [...bought, ...others, '–', '–']
  const runs = new Set(purchases(planned).map(({ run }) => run))
  const { cost, isProven, ms: exactMs } = await exactly(fleet, runs)
  const exact = cost === null ? 'nothing' : `${over(cost * 1_000_000)}${isProven ? '' : ' ?'}`
  return [...bought, ...others, exact, ms(exactMs)]
}

/** Told what the last plan leaves to it; half of them are of a kind that was never seen before. */
function arrivalRow(label: string, settled: World, { world, law }: Fleet): Row {
  const { arrive } = planning(settled, law)
  const { workloads } = world
  const arrivals = Array.from({ length: 9 }, (_, turn) => {
    const like = workloads[turn * 5 + 1] ?? workloads[0]
    const [way, ...others] = like?.spec.resources ?? []
    if (!like || !way) throw new Error('there is nothing to arrive')
    const resources = turn % 2 === 0 ? [{ ...way, nodes: way.nodes + 1 }, ...others] : [way]
    return firstDemand({ ...like, spec: { ...like.spec, name: `arrived-${turn}`, resources } })
  })
  const toldMs = medianMs((turn) => arrive(arrivals[turn] as Demand))
  const size = [settled.demands.length, settled.offers.length]
  return [label, ...size, toldMs.toFixed(2), '–', '–', '–', ...none]
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}

function medianMs(work: (turn: number) => unknown): number {
  const times = Array.from({ length: 9 }, (_, turn) => {
    const from = performance.now()
    work(turn)
    return performance.now() - from
  })
  return times.slice(2).sort((a, b) => a - b)[3] ?? 0
}

function ms(value: number): number {
  return Math.round(value * 10) / 10
}

/** The world as it is once everything that was bought runs. */
function settledWorld(world: World, planned: Plan): World {
  const bought = purchases(planned)
  const nodesOf = new Map<string, number>()
  for (const each of bought) {
    const name = offerName({ supplier: each.supplier, id: each.offer })
    nodesOf.set(name, (nodesOf.get(name) ?? 0) + each.nodes)
  }
  const { marginals } = world
  const paid = bought.flatMap(({ lease, supplier, offer: id, nodes }) => {
    const node = marginals.offers[offerName({ supplier, id })]
    return node === undefined ? [] : [[lease, node * nodes] as const]
  })
  const saved = world.workloads.map(({ spec }) => spec.name)
  return asked({
    ...world,
    offers: world.offers.map((each) => sold(each, nodesOf.get(offerName(each)) ?? 0)),
    marginals: { ...marginals, leases: Object.fromEntries(paid) },
    leases: bought.map(lease),
    runs: bought.map(running),
    checkpoints: saved.map((workload) => ({
      workload,
      epoch: 1,
      step: 1,
      uri: 'file:///saved',
      acceptedAt: now,
    })),
  })
}

function sold(offer: Offer, nodes: number): Offer {
  const { stock } = offer
  return stock.kind === 'count'
    ? { ...offer, stock: { ...stock, nodes: stock.nodes - nodes } }
    : offer
}

/** With what is wanted now, as each turn of the loop finds it. */
function asked(world: World): World {
  return { ...world, demands: demands(world) }
}

function repriced(world: World, turn: number): World {
  const offers = world.offers.map((each, index) => {
    return index % 97 === turn ? { ...each, pricePerHour: each.pricePerHour + 1_000 } : each
  })
  return { ...world, offers }
}

function bereft(world: World, turn: number): World {
  const lost = world.leases[turn * 3]?.id
  const leases = world.leases.filter(({ id }) => id !== lost)
  const runs = world.runs.map((run): Run => {
    return run.lease === lost ? { ...run, state: 'waiting', lease: null } : run
  })
  return asked({ ...world, leases, runs })
}

function joined(world: World, { workloads }: World, turn: number): World {
  const like = workloads[turn * 5 + 1] ?? workloads[0]
  if (!like) return world
  const spec: Workload = { ...like.spec, name: `arrived-${turn}`, priority: 50 }
  return asked({ ...world, workloads: [...world.workloads, { ...like, spec }] })
}

function purchases({ actions }: Plan): readonly Acquire[] {
  return actions.filter((action) => action.do === 'acquire')
}

function lease({ do: _, slot: __, lease: id, ...bought }: Acquire): Lease {
  return {
    ...bought,
    id,
    key: id,
    state: 'ready',
    wanted: true,
    calls: 1,
    calledAt: now - 60_000,
    refusedUnsettled: false,
    absentCount: 0,
    rental: id,
    intendedAt: now - 60_000,
    heldAt: now - 50_000,
    readyAt: now - 40_000,
    goneAt: null,
    end: null,
    why: null,
    noticeUntil: null,
  }
}

function running({ run: id, workload, slot, lease: on, attempt }: Acquire): Run {
  return {
    id,
    workload,
    slot,
    revision: 1,
    state: 'running',
    epoch: 1,
    lease: on,
    attempts: attempt,
    retries: 0,
    notBefore: 0,
    startedAt: now - 30_000,
    fencedAt: null,
    endedAt: null,
    exitCode: null,
    why: null,
  }
}
