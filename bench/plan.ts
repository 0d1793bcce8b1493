/**
 * How long a plan takes: fresh, where every gang must be bought; settled, where all of them run and
 * the planner only looks whether moving pays; and settled but for one event, another each time: a
 * new price, a lease that was taken back, a workload that arrived. And how long it takes to tell
 * whoever arrives what the last plan leaves to it.
 *
 * Worlds come from a seed. Offers bunch in few shapes, which is the planner's bad case. Says
 * nothing of how good a plan is.
 */

import { demands, firstDemand } from '../src/core/demand/demands.ts'
import type { Lease } from '../src/core/domain/lease.ts'
import type { Offer } from '../src/core/domain/offer.ts'
import type { Acquire, Plan } from '../src/core/domain/plan.ts'
import type { Run } from '../src/core/domain/run.ts'
import { defaultPolicy, type SupplierSpec } from '../src/core/domain/supplier.ts'
import type { Demand, Job, Service, Workload } from '../src/core/domain/workload.ts'
import { noBelief, noMarginals, type World } from '../src/core/domain/world.ts'
import { lint } from '../src/core/plan/lint.ts'
import { plan, planning } from '../src/core/plan/plan.ts'

export const name = 'plan'

const seed = 20250121
const now = 1_750_000_000_000
const shapes = ['H100:8', 'A100-80GB:8', 'L40S:4', 'L4:1', 'MI300X:8'] as const
const throughputs = { H100: 1, 'A100-80GB': 0.32, L40S: 0.3, L4: 0.12, MI300X: 0.9 }
const sizes = [
  { demands: 50, offers: 200 },
  { demands: 200, offers: 1_000 },
  { demands: 1_000, offers: 2_000 },
  { demands: 10_000, offers: 2_000 },
] as const
/** In a large fleet many workloads wish the same: so many templates there are at most. */
const templatesMax = 300

export async function run(): Promise<{
  title: string
  columns: string[]
  rows: (string | number)[][]
  note: string
}> {
  const rows = sizes.flatMap((size) => {
    const fresh = freshWorld(size.demands, size.offers)
    const settled = settledWorld(fresh, plan(fresh))
    return [
      row('fresh', () => fresh),
      row('settled', () => settled),
      row('a new price', (turn) => repriced(settled, turn)),
      row('a lost lease', (turn) => bereft(settled, turn)),
      row('an arrival', (turn) => joined(settled, fresh, turn)),
      arrivalRow(settled, fresh),
    ]
  })
  return {
    title: 'plan: one world, one plan',
    columns: [
      'world',
      'demands',
      'offers',
      'bought',
      'one by one',
      'over the bound',
      'one by one',
      'plan ms',
      'lint ms',
    ],
    rows,
    note: `median of 7 after 2 to warm up; seed ${seed}; ${shapes.length} shapes of machine`,
  }
}

/** `worldOf` gives the world of a turn; every turn is told of as something new. */
function row(label: string, worldOf: (turn: number) => World): (string | number)[] {
  const world = worldOf(0)
  const planned = plan(world)
  const faults = lint(world, planned)
  if (faults.length > 0) throw new Error(`the plan does not pass its lint: ${faults[0]}`)
  const worlds = Array.from({ length: 9 }, (_, turn) => worldOf(turn + 1))
  const planMs = medianMs((turn) => plan(worlds[turn] as World))
  const lintMs = medianMs(() => lint(world, planned))
  const { market } = planned
  const over = market ? percent(market.cost / market.least - 1) : '–'
  const size = [label, world.demands.length, world.offers.length]
  const alone = label === 'fresh' ? oneByOne(world) : null
  const oneByOneOver = alone && market ? percent(alone.cost / market.least - 1) : '–'
  const served = [purchases(planned).length, alone?.served ?? '–']
  return [...size, ...served, over, oneByOneOver, ms(planMs), ms(lintMs)]
}

/** Told what the last plan leaves to it; half of them are of a kind that was never seen before. */
function arrivalRow(settled: World, { workloads }: World): (string | number)[] {
  const { arrive } = planning(settled)
  const arrivals = Array.from({ length: 9 }, (_, turn) => {
    const like = workloads[turn * 5 + 1] ?? workloads[0]
    const [way, ...others] = like?.spec.resources ?? []
    if (!like || !way) throw new Error('there is nothing to arrive')
    const resources = turn % 2 === 0 ? [{ ...way, nodes: way.nodes + 1 }, ...others] : [way]
    return firstDemand({ ...like, spec: { ...like.spec, name: `arrived-${turn}`, resources } })
  })
  const toldMs = medianMs((turn) => arrive(arrivals[turn] as Demand))
  const size = [settled.demands.length, settled.offers.length]
  return ['an arrival, told at once', ...size, '–', '–', '–', '–', toldMs.toFixed(2), '–']
}

/** As other tools do it: one gang after another, each where it is cheapest by then. */
function oneByOne(world: World): { readonly cost: number; readonly served: number } {
  const isAway = new Set(world.outages.map(({ supplier }) => supplier))
  const left = new Map(
    world.offers.map(({ id, stock }) => [id, 'nodes' in stock ? stock.nodes : 0]),
  )
  const urgent = world.demands.toSorted((a, b) => b.workload.priority - a.workload.priority)
  let cost = 0
  let served = 0
  for (const { workload } of urgent) {
    const { resources, pricePerHourMax } = workload
    const ways = resources.flatMap((way) =>
      world.offers
        .filter(({ supplier, accelerator, perNode, id, pricePerHour }) => {
          const fits = accelerator === way.accelerator && perNode === way.perNode
          const isIn = pricePerHour * way.nodes <= (pricePerHourMax ?? Number.POSITIVE_INFINITY)
          return fits && isIn && !isAway.has(supplier) && (left.get(id) ?? 0) >= way.nodes
        })
        .map(({ id, pricePerHour }) => ({
          ...{ id, nodes: way.nodes },
          perWork: (pricePerHour * way.nodes) / work(way),
        })),
    )
    const best = ways.reduce((a, b) => (b.perWork < a.perWork ? b : a), {
      ...ways[0],
      perWork: Infinity,
    })
    const [first] = resources
    if (best.id === undefined || !first) continue
    left.set(best.id, (left.get(best.id) ?? 0) - (best.nodes ?? 0))
    cost += best.perWork * work(first)
    served += 1
  }
  return { cost, served }
}

function work({ accelerator, perNode, nodes }: Workload['resources'][number]): number {
  return perNode * nodes * (throughputs[accelerator as keyof typeof throughputs] ?? 1)
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

function freshWorld(demandCount: number, offerCount: number): World {
  const draw = dice(seed)
  // Enough for nearly all, with little to spare of what is cheap.
  const stockMax = 4 + Math.ceil((40 * demandCount) / offerCount)
  const suppliers = Array.from({ length: 12 }, (_, index) => supplier(`supplier-${index}`))
  const offers = Array.from({ length: offerCount }, (_, index) =>
    offer(draw, suppliers, index, stockMax),
  )
  const count = Math.min(demandCount, templatesMax)
  const templates = Array.from({ length: count }, (_, index) => drawWorkload(draw, `t-${index}`))
  const demands: Demand[] = []
  while (demands.length < demandCount) {
    const template = templates[demands.length % templates.length] as Workload
    const workload = { ...template, name: `work-${demands.length}`, priority: draw(100) }
    const replicas = workload.kind === 'Job' ? 1 : workload.replicasMin
    for (let slot = 0; slot < replicas; slot += 1) {
      demands.push({ run: `${workload.name}.${slot}`, slot, workload, submittedAt: now })
    }
  }
  const workloads = [...new Set(demands.map(({ workload }) => workload))]
  return {
    now,
    generation: 1,
    workloads: workloads.map((spec) => ({
      spec,
      state: 'active',
      submittedAt: now,
      endedAt: null,
    })),
    demands,
    suppliers,
    policy: { ...defaultPolicy, pricePerHourMax: demandCount * 400_000_000 },
    purses: [],
    marginals: noMarginals,
    offers,
    outages: [{ supplier: 'supplier-3', cause: 'silent', since: now, said: 'timed out' }],
    pools: [],
    leases: [],
    runs: [],
    sights: [],
    checkpoints: [],
    belief: noBelief,
    throughputs,
    requestsPerSecond: {},
  }
}

/** The world as it is once everything that was bought runs. */
function settledWorld(world: World, planned: Plan): World {
  const bought = purchases(planned)
  const saved = world.workloads.map(({ spec }) => spec.name)
  return asked({
    ...world,
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

type Draw = (below: number) => number

/** A small generator of the multiplicative kind; good enough to spread prices. */
function dice(from: number): Draw {
  let state = from
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

function supplier(title: string): SupplierSpec {
  const promises = { class: 'A' as const, lateEffectMs: 60_000, listLagMs: 10_000 }
  return {
    name: title,
    generation: 1,
    driver: 'open',
    url: `https://${title}.example`,
    tokenFrom: null,
    promises,
    buying: true,
  }
}

function offer(
  draw: Draw,
  suppliers: readonly SupplierSpec[],
  index: number,
  stockMax: number,
): Offer {
  const [accelerator = '', perNode] = (shapes[draw(shapes.length)] ?? '').split(':')
  return {
    id: `offer-${index}`,
    supplier: suppliers[draw(suppliers.length)]?.name ?? '',
    accelerator,
    perNode: Number(perNode),
    region: `region-${draw(5)}`,
    market: draw(3) === 0 ? 'spot' : 'on-demand',
    pricePerHour: Math.round(Number(perNode) * priceOf(accelerator) * (900_000 + draw(400_000))),
    stock: { kind: 'count', nodes: draw(perNode === '1' ? 20 * stockMax : stockMax) },
    observedAt: now,
  }
}

/** Dollars an hour, about as the market has it: not all of them in proportion to their work. */
function priceOf(accelerator: string): number {
  const prices = { H100: 2.4, 'A100-80GB': 1.4, L40S: 0.9, L4: 0.4, MI300X: 2.2 }
  return prices[accelerator as keyof typeof prices] ?? 1
}

function drawWorkload(draw: Draw, title: string): Workload {
  // Alternatives that do about as much work as the first one, as people write them.
  const asked = (1 + draw(4)) * 8
  const names = [...new Set(Array.from({ length: 1 + draw(3) }, () => shapes[draw(shapes.length)]))]
  const resources = names.map((shape) => {
    const [accelerator = '', count] = (shape ?? '').split(':')
    const perNode = Number(count)
    const perNodeWork = work({ accelerator, perNode, nodes: 1, throughput: null })
    const nodes = Math.max(1, Math.round((asked * 0.9) / perNodeWork))
    return { accelerator, perNode, nodes: Math.min(nodes, 32), throughput: null }
  })
  const wish = {
    name: title,
    generation: 1,
    revision: 1,
    priority: draw(100),
    setup: null,
    run: './work',
    envs: {},
    resources,
    markets: ['on-demand', 'spot'],
    pricePerHourMax: draw(2) === 0 ? null : 300_000_000,
    suppliers: null,
    retryCount: 3,
  } satisfies Partial<Job>
  if (draw(3) > 0) return { ...wish, kind: 'Job', checkpoint: null }
  const service: Service = {
    ...wish,
    kind: 'Service',
    replicasMin: 1 + draw(8),
    replicasMax: 10,
    requestsPerSecondPerReplica: null,
    port: 8_000,
    readiness: { path: '/', periodMs: 1_000, timeoutMs: 1_000, initialDelayMs: 60_000 },
    spreadSuppliers: 1 + draw(3),
  }
  return service
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
