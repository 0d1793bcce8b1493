/**
 * Makes the storms of a world happen: each kind at moments of its own, until the calm.
 */
import { type Clause, clauseName } from '../core/domain/clause.ts'
import type { Contract } from '../core/domain/contract.ts'
import type { Spec } from '../core/domain/spec.ts'
import type { Workload } from '../core/domain/workload.ts'
import type { RecordOrder } from '../operate/law/record.ts'
import type { Chance } from './engine/chance.ts'
import type { Machine } from './machine.ts'
import type { Shop } from './shop.ts'
import { policyOf } from './swarm.ts'
import type { Storms } from './trouble.ts'
import type { World } from './world.ts'

const second = 1_000
const minute = 60_000
const hour = 3_600_000

/** Until this long after the start; what has begun by then may go on a little. */
export function makeStorms(world: World, storms: Storms, untilMs: number): void {
  const end = world.kernel.now() + untilMs
  for (const [name, mean] of Object.entries(storms) as [keyof Storms, number][]) {
    if (mean === 0) continue
    const chance = world.chance.fork(`storm ${name}`)
    const strike = strikes[name]
    const next = () => {
      world.kernel.after(chance.wait(mean), () => {
        if (world.kernel.now() >= end) return
        world.note(name)
        strike(world, chance)
        next()
      })
    }
    next()
  }
}

type Strike = (world: World, chance: Chance) => void

const strikes: Readonly<Record<keyof Storms, Strike>> = {
  outage: (world, chance) => goAway(world, chance, anyShop(world, chance)),
  strangers: (world, chance) => {
    const shop = anyShop(world, chance)
    shop.strangers(true)
    world.kernel.after(chance.wait(hour), () => {
      shop.strangers(false)
    })
  },
  stockChange: (world, chance) => {
    const offer = chance.pick(['h100', 'tpu', 'spot'])
    anyShop(world, chance).setOffer(offer, { nodes: chance.whole(0, 8) })
  },
  priceChange: (world, chance) => {
    const offer = chance.pick(['h100', 'tpu'])
    const pricePerHour = chance.whole(12, 40) * 1_000_000
    anyShop(world, chance).setOffer(offer, { pricePerHour })
  },
  preemption: (world, chance) => {
    const shop = anyShop(world, chance)
    const alive = shop.alive()
    if (alive.length === 0) return
    shop.preempt(chance.pick(alive).id, chance.often(0.5) ? chance.whole(0, 120) * second : 0)
  },
  machineCut: (world, chance) =>
    withMachine(world, chance, ({ rental, index, cut }, shop) => {
      cut()
      shop.powerOff(rental, index)
    }),
  // It hangs for good, and its supplier sees no fault.
  machineHang: (world, chance) => withMachine(world, chance, ({ cut }) => cut()),
  machinePause: (world, chance) =>
    withMachine(world, chance, ({ pause }) => pause(chance.wait(3 * minute))),
  machinePartition: (world, chance) =>
    withMachine(world, chance, (machine) => {
      world.cutOffUntil.set(machine, world.kernel.now() + chance.whole(1, 15) * minute)
    }),
  agentRestart: (world, chance) => withMachine(world, chance, ({ restartAgent }) => restartAgent()),
  rankFailure: (world, chance) =>
    withMachine(world, chance, ({ fail }) => fail(chance.whole(1, 9))),
  plantKill: (world, chance) => {
    const plants = world.plants()
    if (plants.length > 0) world.killPlant(chance.pick(plants))
  },
  plantPause: (world, chance) => {
    const plants = world.plants()
    if (plants.length > 0) chance.pick(plants).process.pause(chance.wait(3 * minute))
  },
  ledgerOutage: (world, chance) => {
    world.ledgerAwayUntil = world.kernel.now() + chance.wait(2 * minute)
  },
  // A standby that takes over has a clock of its own.
  ledgerJump: (world, chance) => {
    world.ledgerAwayUntil = world.kernel.now() + chance.wait(20 * second)
    world.jumpLedger(chance.whole(-5 * second, 5 * second))
  },
  policyChange: (world, chance) => {
    deny(world, chance.often(0.5) ? [anyShop(world, chance).name] : [])
  },
  rivalry: (world, chance) => turnRival(world, chance, anyShop(world, chance).name, 0),
  suspension: (world, chance) => suspend(world, chance, anyShop(world, chance).name),
  signing: (world, chance) => {
    const accelerator = chance.pick(['H100', 'TPU-v6e'])
    sign(world, chance, { party: anyShop(world, chance).name, accelerator })
  },
  buyingStop: (world, chance) => stopBuying(world, chance, anyShop(world, chance).name),
  secondThought(world, chance) {
    const active = world.store.every('workload').filter(({ body }) => body.state === 'active')
    if (active.length > 0) hasten(world, chance, chance.pick(active).body.spec)
  },
}

export function goAway(world: World, chance: Chance, shop: Shop): void {
  shop.isAway = true
  world.kernel.after(chance.wait(20 * minute), () => {
    shop.isAway = false
  })
}

interface Promised {
  readonly party: string
  /** Null for all of them. */
  readonly accelerator: string | null
  /** The kind of clause; any where there is none. */
  readonly only?: ClauseDrawn
}

/** For a while, somebody alone may sell us anything. */
export function promise(world: World, party: string, chance: Chance): void {
  sign(world, chance, { party, accelerator: null, only: 'alone' })
}

/** For a while, somebody may alone, or first, or on other terms, sell us something. */
function sign(world: World, chance: Chance, promised: Promised): void {
  const { party, accelerator, only } = promised
  const from = world.kernel.now()
  // Shorter than the calm, in which everything that is wanted has to run.
  const to = from + chance.whole(5, 80) * minute
  const name = `deal-${from}`
  const calendar = { offsetMinutes: 0, weekend: [6, 0] as const, holidays: [] }
  const source = { document: 'a deal', section: null, quote: null, confidence: 'signed' } as const
  const frame = { with: party, from, to, recordedAt: from, calendar, conversions: [] }
  const about = { dimension: 'accelerator', operator: 'In' } as const
  const common = {
    ...{ ...frame, contract: name, repeal: null, source, assumed: [] },
    scope: accelerator === null ? [] : [{ ...about, values: [accelerator] }],
  }
  const drawn = chance.pick(clausesDrawn)
  const clause = clauseOf(only ?? drawn, common, chance, [...world.shops.keys()])
  const spec: Contract = {
    ...{ ...frame, name, generation: 0, form: 'MSA', bindingness: 'definitive', signedAt: from },
    to: from + 24 * hour,
    supersedes: [],
    clauses: [clause],
  }
  world.people.apply({ kind: 'Contract', spec }).catch(() => {})
  if (clause.kind === 'rofr') {
    hush(world, chance.fork(name), { spec, common })
    askAround(world, chance)
  }
  if (clause.kind === 'launch_first' || clause.kind === 'rofo') noteSoon(world, chance, clause)
}

/** Whom the holder of a right competes with may keep from it what it asks. */
function hush(
  world: World,
  chance: Chance,
  { spec: right, common }: { readonly spec: Contract; readonly common: Common },
): void {
  const others = [...world.shops.keys()].filter((each) => each !== right.with)
  for (const party of others.filter(() => chance.often(0.5))) {
    const name = `${right.name}-${party}`
    const about = { ...common, contract: name, with: party, scope: [] }
    const terms = { secrets: ['prices'], audience: [] } as const
    const clause: Clause = { ...about, ...terms, kind: 'confidentiality', id: 'hush' }
    const spec = { ...right, name, with: party, clauses: [clause] }
    world.people.apply({ kind: 'Contract', spec }).catch(() => {})
  }
}

type Common = Omit<Extract<Clause, { kind: 'rofo' }>, 'kind' | 'id' | 'window'>

/** By what they do; what bars most purchases comes most often. */
const clausesDrawn = [
  ...(['alone', 'alone', 'alone', 'refuse', 'refuse', 'refuse', 'launch', 'launch'] as const),
  ...(['overflow', 'offer', 'use', 'spend', 'spend', 'ahead', 'ahead', 'place', 'proof'] as const),
]
type ClauseDrawn = (typeof clausesDrawn)[number]

/** Whatever may stand in the way of a purchase, or change what it really costs. */
function clauseOf(
  what: ClauseDrawn,
  common: Common,
  chance: Chance,
  shops: readonly string[],
): Clause {
  const id = what
  if (what === 'alone') return { ...common, kind: 'exclusivity', id, except: [] }
  if (what === 'launch') return { ...common, kind: 'launch_first', id, lagDays: 0 }
  if (what === 'place') {
    const isBarred = chance.fork('export').often(0.5)
    if (isBarred) return { ...common, kind: 'export', id, jurisdictions: ['us'], endUsers: [] }
    return { ...common, kind: 'residency', id, jurisdictions: ['eu'] }
  }
  if (what === 'proof') return { ...common, kind: 'security', id, controls: ['kms'] }
  if (what === 'spend') {
    const terms = { milestones: [], shortfall: 'charged', warnDays: 7 } as const
    return {
      ...common,
      ...terms,
      to: common.from + 12 * hour,
      kind: 'spend_commit',
      id,
      totalDollars: chance.whole(1, 30),
    }
  }
  if (what === 'ahead') {
    const terms = { form: 'prepay', paidAt: common.from, refundPpm: 0 } as const
    return {
      ...common,
      ...terms,
      to: common.from + 12 * hour,
      kind: 'prepay',
      id,
      dollars: chance.whole(1, 30),
    }
  }
  if (what === 'use') {
    const quantity = { value: chance.whole(8, 64), unit: 'accelerators' } as const
    const makeUpIntervals = chance.fork('made up').whole(0, 3)
    const terms = { interval: 'hour', freeIntervals: 0, makeUpIntervals, ramp: null } as const
    const price = { accelerator: 'H100', pricePerHour: 2_000_000, steps: [] }
    return { ...common, ...terms, ...price, kind: 'take_or_pay', id, quantity }
  }
  if (what === 'refuse') {
    return { ...common, ...firstTerms, kind: 'rofr', id, acceleratorsMin: chance.whole(1, 24) }
  }
  if (what === 'offer') {
    return { ...common, kind: 'rofo', id, window: { days: 1, counted: 'calendar' } }
  }
  const order = shops.filter((shop) => shop !== common.with)
  return { ...common, kind: 'preferred_overflow', id, order }
}

/** Now and then it turns out that whoever comes first had its chance. */
function noteSoon(world: World, chance: Chance, clause: Clause): void {
  if (chance.often(0.4)) return
  world.kernel.after(chance.whole(1, 30) * minute, () => {
    const at = world.kernel.now()
    const paper = { by: 'people', document: 'a letter', at: at - minute }
    const supplier = clause.with
    const kind = chance.pick(['launch', 'inability'] as const)
    const order: RecordOrder =
      clause.kind === 'rofo'
        ? { ...paper, kind: 'first-look', clause: clauseName(clause), releasedAt: at }
        : { ...paper, kind, product: 'chat', supplier }
    world.people.note(order).catch(() => {})
  })
}

/** For some workloads somebody asks whoever may refuse first, a while later. */
function askAround(world: World, chance: Chance): void {
  world.kernel.after(chance.whole(1, 30) * minute, () => {
    for (const { body } of world.store.every('workload')) {
      if (body.state !== 'active' || chance.often(0.5)) continue
      const { name } = body.spec
      const sellers = [...world.shops.keys()]
      const seller = chance.pick(sellers)
      const more = chance.fork(`${name} ${world.kernel.now()}`)
      for (const each of sellers.filter((other) => other === seller || more.often(0.7))) {
        world.people.askFirst(name, each).catch(() => {})
      }
    }
  })
}

const firstTerms = {
  trigger: 'binding-offer',
  window: { days: 1, counted: 'calendar' },
  channel: 'letter',
  match: 'same-terms',
  disclose: ['price_per_hour'],
  tailDays: 1,
  tolerancePpm: 500_000,
  toleranceDays: 3,
  partialAllowed: false,
  priority: 1,
  aggregateDays: 1,
  longStopDays: 1,
} as const

export function deny(world: World, denied: readonly string[]): void {
  const spec = { ...(world.policies[0] ?? policyOf(null)), suppliersDenied: denied }
  world.people.apply({ kind: 'Policy', spec }).catch(() => {})
}

function hasten(world: World, chance: Chance, spec: Workload): void {
  const next = { ...spec, priority: chance.whole(0, 100) }
  world.people.apply({ kind: spec.kind, spec: next } as Spec).catch(() => {})
}

/** For a while, for a reason. */
export function suspend(world: World, chance: Chance, name: string): void {
  world.people.judge(name, 'suspended').catch(() => {})
  world.kernel.after(chance.whole(5, 80) * minute, () => {
    world.people.judge(name, 'active').catch(() => {})
  })
}

/**
 * For a while it is a rival, with a proof that does not last as long, or with none. It has been one
 * for long, or becomes one at once, or in a moment that everybody knows before.
 */
export function turnRival(world: World, chance: Chance, name: string, inMs: number): void {
  const spec = world.suppliers.find((each) => each.name === name)
  if (!spec) return
  const from = world.kernel.now() + inMs
  const until = world.kernel.now() + chance.whole(1, 60) * minute
  const relations = [{ relation: 'rival', from, to: from + 2 * hour }] as const
  const controls = chance.often(0.5) ? [{ control: 'kms', until, document: 'a letter' }] : []
  world.people.apply({ kind: 'Supplier', spec: { ...spec, relations, controls } }).catch(() => {})
  world.kernel.after(chance.wait(hour / 4), () => {
    world.people.apply({ kind: 'Supplier', spec }).catch(() => {})
  })
}

export function stopBuying(world: World, chance: Chance, name: string): void {
  const spec = world.suppliers.find((each) => each.name === name)
  if (!spec) return
  world.people.apply({ kind: 'Supplier', spec: { ...spec, buying: false } }).catch(() => {})
  world.kernel.after(chance.wait(hour), () => {
    world.people.apply({ kind: 'Supplier', spec }).catch(() => {})
  })
}

export function anyShop({ shops }: World, chance: Chance): Shop {
  return chance.pick([...shops.values()])
}

function withMachine(
  { machines, shops }: World,
  chance: Chance,
  strike: (machine: Machine, shop: Shop) => void,
): void {
  const all = [...machines.values()]
  if (all.length === 0) return
  // What hits idle machines teaches little.
  const busy = all.filter((each) => each.working() !== null)
  const machine = chance.pick(busy.length > 0 ? busy : all)
  const shop = shops.get(machine.rental.replace(/-\d+$/, ''))
  if (shop) strike(machine, shop)
}
