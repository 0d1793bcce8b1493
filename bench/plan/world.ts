/**
 * Fleets from a seed: offers that bunch in few shapes, which is the planner's bad case, and gangs
 * that may run on several, under what was signed and laid down: an exclusivity, trust between
 * rivals, budgets of teams, and capacity that is paid for already.
 */
import { houseOf, type Law, lawAt, noLaw } from '../../src/core/contracts/law.ts'
import { type Offer, offerName } from '../../src/core/domain/offer.ts'
import { defaultPolicy, type SupplierSpec } from '../../src/core/domain/supplier.ts'
import type { DataClass } from '../../src/core/domain/trust.ts'
import type { Demand, Job, Service, Workload } from '../../src/core/domain/workload.ts'
import {
  type Marginals,
  noBelief,
  noMarginals,
  type Purse,
  type World,
} from '../../src/core/domain/world.ts'
import { readContracts } from '../../src/core/spec/read.ts'

export const now = 1_750_000_000_000
export const shapes = ['H100:8', 'A100-80GB:8', 'L40S:4', 'L4:1', 'MI300X:8'] as const
const throughputs = { H100: 1, 'A100-80GB': 0.32, L40S: 0.3, L4: 0.12, MI300X: 0.9 }
/** In a large fleet many workloads wish the same: so many templates there are at most. */
const templatesMax = 300

export interface Size {
  readonly demands: number
  readonly offers: number
}

export interface Fleet {
  readonly world: World
  readonly law: Law
}

/** What each may spend in the next hour, beside all gangs there are, in dollars: one has little. */
const budgetOf = { vision: 60, speech: 60, search: 60, safety: 20 } as const
const teams = Object.keys(budgetOf) as (keyof typeof budgetOf)[]

const signed = `
kind: Contract
name: msa
with: supplier-0
form: MSA
bindingness: definitive
signed: 2025-01-01
from: 2025-01-01
source: letter
clauses:
  - { kind: exclusivity, id: search-on-supplier-0, scope: { product: search } }
`

export function fleetOf(seed: number, size: Size): Fleet {
  const { demands: demandCount, offers: offerCount } = size
  const draw = dice(seed)
  // Enough for nearly all, with little to spare of what is cheap.
  const stockMax = 4 + Math.ceil((40 * demandCount) / offerCount)
  const suppliers = Array.from({ length: 12 }, (_, index) => supplier(index))
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
  const policy = { ...defaultPolicy, pricePerHourMax: demandCount * 400_000_000, trust }
  const world: World = {
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
    policy,
    purses: teams.map((team) => purse(team, demandCount * budgetOf[team] * 1_000_000)),
    marginals: paidAhead(offers),
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
  const { contracts } = readContracts([{ file: 'msa.yaml', text: signed }], {
    canonical: (name) => name,
    knownAccelerators: Object.keys(throughputs),
  })
  return { world, law: lawAt(contracts, now, { house: houseOf(policy, suppliers) }) }
}

/** The same with nothing signed, nothing paid for, and nobody counting. */
export function withoutRules({ world }: Fleet): Fleet {
  return { world: { ...world, purses: [], marginals: noMarginals }, law: noLaw }
}

/** The usual rules; work that says nothing of its data is of the least class. */
const trust = { rules: [], isUsual: true, unclassified: 'C1' } as const

function purse(team: string, left: number): Purse {
  const budget = { of: 'team', name: team, amount: left, per: 'month' } as const
  return { budget, spent: 0, left, until: now + 30 * 86_400_000 }
}

/** What supplier-1 sells of H100 is paid for, and some of the others' A100 half. */
function paidAhead(offers: readonly Offer[]): Marginals {
  const costs: Record<string, number> = {}
  const because: Record<string, string> = {}
  for (const each of offers) {
    const isPaid = each.supplier === 'supplier-1' && each.accelerator === 'H100'
    const isHalf = each.supplier === 'supplier-2' && each.accelerator === 'A100-80GB'
    if (!isPaid && !isHalf) continue
    costs[offerName(each)] = isPaid ? 0 : Math.round(each.pricePerHour / 2)
    because[offerName(each)] = 'paid for by msa/floor'
  }
  return { offers: costs, leases: {}, because }
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

/** Two are rivals; every second one has proven what customers' data and served weights need. */
function supplier(index: number): SupplierSpec {
  const title = `supplier-${index}`
  const promises = { class: 'A' as const, lateEffectMs: 60_000, listLagMs: 10_000 }
  return {
    name: title,
    generation: 1,
    driver: 'open',
    url: `https://${title}.example`,
    tokenFrom: null,
    promises,
    buying: true,
    ...(index % 6 === 5 && { relations: [{ relation: 'rival', from: null, to: null }] }),
    ...(index % 2 === 0 && { controls }),
  }
}

const controls = ['residency', 'dpa', 'customer-keys', 'external-kms'].map((control) => {
  return { control, until: now + 90 * 86_400_000, document: 'report of 2025-05' }
})

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
    team: teams[draw(teams.length)] as string,
    product: draw(8) === 0 ? 'search' : 'chat',
    ...(draw(5) === 0 && { dataClass: (draw(2) === 0 ? 'C2' : 'C3') as DataClass }),
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

function work({ accelerator, perNode, nodes }: Workload['resources'][number]): number {
  return perNode * nodes * (throughputs[accelerator as keyof typeof throughputs] ?? 1)
}
