/**
 * The planner at the bench: all that the control plane decides with, from the fleet as its ledger
 * would show it to the purchase that the plan asks for, and anew after every refusal.
 *
 * Plays supplier, agent and ledger for it: rentals are ready at once, and all work is saved.
 */
import { cooled, poolOf } from '../../src/core/acquire/cool.ts'
import type { Lease, LeaseEnd } from '../../src/core/domain/lease.ts'
import type { Offer } from '../../src/core/domain/offer.ts'
import type { Acquire } from '../../src/core/domain/plan.ts'
import type { Run } from '../../src/core/domain/run.ts'
import {
  defaultPolicy,
  type EgressRate,
  type SupplierSpec,
} from '../../src/core/domain/supplier.ts'
import type { Job, Market } from '../../src/core/domain/workload.ts'
import {
  type Belief,
  noBelief,
  noMarginals,
  type Pool,
  type World,
} from '../../src/core/domain/world.ts'
import {
  type Lesson,
  learn,
  lessonsOf,
  lessonsOfQuotes,
  ripe,
} from '../../src/core/hunt/lessons.ts'
import { plan } from '../../src/core/plan/plan.ts'
import { unborn } from '../../src/core/plan/view.ts'
import type { Policy, Scenario, View } from './replay.ts'

/** The planner counts on being asked every 5 minutes at least; a tick of the traces is 10. */
const unaskedMs = 5 * 60_000

/** A plan that asks for what was refused in this very tick would ask for ever. */
const asksMax = 100

/** Where it is told, quotes say at each tick what is in stock, as those of many suppliers do. */
export function calumet(scenario: Scenario, { isTold } = { isTold: false }): Policy {
  const goods = marketOf(scenario)
  const zoneOf = (offer: string) => {
    return scenario.zones.findIndex(({ name }) => offer.startsWith(`${name}-`))
  }
  const job = jobOf(scenario)
  let fleet: Fleet = {
    belief: noBelief,
    unripe: [],
    pools: new Map(),
    home: null,
    run: waiting,
    savedIn: null,
  }

  /** What a lease teaches is learnt once: at its start, and at its end. */
  const learns = (lease: Lease, before: Lease | null) => {
    const lessons = lessonsOf(lease).slice(before ? lessonsOf(before).length : 0)
    fleet = { ...fleet, unripe: [...fleet.unripe, ...lessons] }
  }
  const letGo = (now: number, end: LeaseEnd) => {
    const { home } = fleet
    if (!home) return
    learns({ ...home, state: 'gone', goneAt: now, end }, home)
    fleet = { ...fleet, home: null, run: { ...fleet.run, state: 'waiting', lease: null } }
  }
  const refused = (lease: Lease, now: number) => {
    learns({ ...lease, state: 'gone', goneAt: now, end: 'refused' }, null)
    const id = poolOf(lease)
    const pool = cooled(id, fleet.pools.get(id) ?? null, 'no-stock', 'no stock', now)
    fleet = { ...fleet, pools: new Map(fleet.pools).set(id, pool) }
  }
  const starts = (lease: Lease, now: number) => {
    letGo(now, 'released')
    const home: Lease = { ...lease, state: 'ready', heldAt: now, readyAt: now }
    learns(home, null)
    const pools = new Map(fleet.pools)
    pools.delete(poolOf(lease))
    const { run } = fleet
    const started = { ...run, state: 'running', epoch: run.epoch + 1, lease: lease.id } as const
    const savedIn = home.region
    fleet = { ...fleet, pools, home, savedIn, run: { ...started, startedAt: now } }
  }
  /** False once nothing more is to be asked in this tick. */
  const step = (view: View, now: number): boolean => {
    const { due, unripe } = ripe(fleet.unripe, now)
    fleet = { ...fleet, unripe, belief: learn(fleet.belief, due) }
    const isUp = (offer: string) => scenario.isUp[zoneOf(offer)]?.[view.tick] === 1
    const quoted = isTold ? goods.map((each) => inStock(each, isUp(each.id), now)) : goods
    const lessons = lessonsOfQuotes(fleet.belief, quoted)
    fleet = { ...fleet, belief: learn(fleet.belief, lessons) }
    const offers = quoted.filter(({ market, id }) => market !== 'spot' || !view.isTaken(zoneOf(id)))
    const world = worldOf(scenario, { now, fleet, job, offers, leftS: view.leftS })
    const bought = plan(world).actions.find((action) => action.do === 'acquire')
    if (!bought) return false
    const lease = leaseOf(bought, now)
    const zone = zoneOf(bought.offer)
    fleet = { ...fleet, run: { ...fleet.run, attempts: bought.attempt } }
    if (bought.market === 'on-demand') view.onDemand(zone)
    else if (!view.take(zone)) {
      refused(lease, now)
      return true
    }
    starts(lease, now)
    return false
  }
  return (view) => {
    const now = view.tick * scenario.tickS * 1_000
    if (view.preempted !== null) letGo(now, 'lost')
    for (let asks = 0; step(view, now); asks++) {
      if (asks === asksMax) throw new Error('what was refused is asked for again and again')
    }
  }
}

/** What the control plane remembers from tick to tick. */
interface Fleet {
  readonly belief: Belief
  readonly unripe: readonly Lesson[]
  readonly pools: ReadonlyMap<string, Pool>
  readonly home: Lease | null
  readonly run: Run
  /** Where it saved last. */
  readonly savedIn: string | null
}

const supplier = 'cloud'
const shape = { accelerator: 'H100', perNode: 8, nodes: 1 } as const
const micros = (dollars: number) => Math.round(dollars * 1_000_000)

const waiting: Run = { ...unborn, id: 'job.0', workload: 'job', slot: 0, revision: 1 }

function jobOf({ taskS, ticks, tickS, restartS, checkpointGb }: Scenario): Job {
  return {
    kind: 'Job',
    name: waiting.workload,
    generation: 1,
    revision: 1,
    priority: 50,
    setup: null,
    run: './train',
    envs: {},
    resources: [{ ...shape, throughput: null }],
    markets: ['spot', 'on-demand'],
    pricePerHourMax: null,
    suppliers: null,
    retryCount: 0,
    checkpoint: { dir: 's3://bucket', everyMs: 0, gb: checkpointGb },
    deadline: {
      at: ticks * tickS * 1_000 - unaskedMs,
      workMs: taskS * 1_000,
      launchMs: restartS * 1_000,
    },
  }
}

/** Each zone sells the same twice: until it is taken away, and for more until it is given back. */
function marketOf({ zones }: Scenario): readonly Offer[] {
  return zones.flatMap(({ name, region, spot, onDemand }) => {
    const sold = (market: Market, perHour: number): Offer => ({
      id: `${name}-${market}`,
      supplier,
      accelerator: shape.accelerator,
      perNode: shape.perNode,
      region,
      market,
      pricePerHour: micros(perHour),
      stock: { kind: 'unknown' },
      observedAt: 0,
    })
    return [sold('spot', spot), sold('on-demand', onDemand)]
  })
}

function inStock(offer: Offer, isUp: boolean, observedAt: number): Offer {
  if (offer.market !== 'spot') return offer
  return { ...offer, stock: { kind: 'level', level: isUp ? 'high' : 'none' }, observedAt }
}

const seller: SupplierSpec = {
  name: supplier,
  generation: 1,
  driver: 'open',
  url: 'https://cloud.example',
  tokenFrom: null,
  promises: { class: 'A', lateEffectMs: 60_000, listLagMs: 10_000 },
  buying: true,
}

function egressOf({ zones }: Scenario): readonly EgressRate[] {
  return [...new Set(zones.map(({ region }) => region))].map((from) => {
    return { from, to: null, perGb: micros(0.02), gbPerHour: 1e12 }
  })
}

interface Moment {
  readonly now: number
  readonly fleet: Fleet
  readonly job: Job
  readonly offers: readonly Offer[]
  readonly leftS: number
}

function worldOf(scenario: Scenario, { now, fleet, job, offers, leftS }: Moment): World {
  const { run, home, pools, belief, savedIn } = fleet
  const doneMs = (scenario.taskS - leftS) * 1_000
  const worked = { ...shape, ms: doneMs + run.epoch * scenario.restartS * 1_000, starts: run.epoch }
  const saved = {
    workload: job.name,
    epoch: run.epoch,
    step: 1,
    uri: 's3://bucket/1',
    acceptedAt: now,
    ...(savedIn !== null && { region: savedIn }),
    worked: [worked],
  }
  return {
    now,
    generation: 1,
    workloads: [{ spec: job, state: 'active', submittedAt: 0, endedAt: null }],
    demands: [{ run: run.id, slot: 0, workload: job, submittedAt: 0 }],
    suppliers: [seller],
    policy: { ...defaultPolicy, egress: egressOf(scenario) },
    purses: [],
    marginals: noMarginals,
    offers,
    outages: [],
    pools: [...pools.values()],
    belief,
    leases: home ? [home] : [],
    runs: [run],
    sights: [],
    checkpoints: run.epoch > 0 ? [saved] : [],
    throughputs: {},
    requestsPerSecond: {},
  }
}

function leaseOf(bought: Acquire, now: number): Lease {
  const { do: _, lease: id, ...terms } = bought
  return {
    ...terms,
    id,
    key: id,
    state: 'asked',
    wanted: true,
    calls: 1,
    calledAt: now,
    refusedUnsettled: false,
    absentCount: 0,
    rental: id,
    intendedAt: now,
    heldAt: null,
    readyAt: null,
    goneAt: null,
    end: null,
    why: null,
    noticeUntil: null,
  }
}
