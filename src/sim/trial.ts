/**
 * One seed, one day: trouble, then calm, then nobody wants anything any more. Says which invariants
 * did not hold.
 */
import { createHash } from 'node:crypto'
import { check } from '../core/audit/check.ts'
import type { Violation } from '../core/audit/evidence.ts'
import type { Spec } from '../core/domain/spec.ts'
import type { Ms } from '../core/domain/time.ts'
import type { Workload } from '../core/domain/workload.ts'
import { standBy } from './bystander.ts'
import { chance as chanceOf } from './engine/chance.ts'
import { want } from './spite.ts'
import { makeStorms } from './storms.ts'
import { type Draw, draw, policyOf, probe, startAt } from './swarm.ts'
import { calm } from './trouble.ts'
import { evidenceOf } from './witness.ts'
import { installation, type World, worldOf } from './world.ts'

const hour = 3_600_000

export interface Phases {
  /** Trouble goes on for so long. */
  readonly troubleMs: number
  /** After the calm, all that is wanted runs within so long. */
  readonly convergeMs: number
  /** After everything is deleted, nothing is left within so long. */
  readonly emptyMs: number
}

/** A day. */
export const dayPhases: Phases = {
  troubleMs: 18 * hour,
  convergeMs: 3 * hour,
  emptyMs: 3 * hour,
}

export interface TrialResult {
  readonly seed: string
  readonly violations: readonly Violation[]
  /** Equal for equal seeds and code. */
  readonly hash: string
  /**
   * What was decided and when, whatever the clocks of others showed: equal for equal seeds and
   * code. Null where what is agreed with suppliers goes by their clocks.
   */
  readonly decisions: string | null
  readonly hours: number
  readonly counts: {
    readonly events: number
    readonly kills: number
    readonly lostAnswers: number
    readonly sales: number
    readonly excused: number
    /** Before and after each call of a control plane; and those until the calm. */
    readonly boundaries: number
    readonly troubled: number
  }
}

export interface Trial extends TrialResult {
  readonly world: World
  readonly drawn: Draw
}

export interface TrialOptions {
  readonly seed: string
  readonly phases?: Phases
  /** Kills the control plane at this one of its calls, counted from 1. */
  readonly killAt?: number
  /** Another world than the one that the seed would draw. */
  readonly drawn?: Draw
  /** Every clock but the ledger's shows another time all day, by up to an hour. */
  readonly wrongClocks?: boolean
  /** A service comes when all is calm, so that what a calm world owes can be asked for. */
  readonly probe?: boolean
}

export async function trial(options: TrialOptions): Promise<Trial> {
  const { seed, phases = dayPhases, killAt } = options
  const { troubleMs, convergeMs, emptyMs } = phases
  const drawn = options.drawn ?? draw(chanceOf(`${seed}/draw`), troubleMs)
  let boundaries = 0
  const world = worldOf({
    seed,
    startAt,
    shops: drawn.shops,
    plants: drawn.plants,
    upgrades: drawn.upgrades,
    settings: drawn.settings,
    trouble: drawn.trouble,
    wrongBy: (name) =>
      options.wrongClocks ? chanceOf(`${seed}/clock of ${name}`).whole(-hour, hour) : 0,
    onBoundary() {
      boundaries += 1
      return boundaries === killAt
    },
  })
  const pricePerHourMax = drawn.policy?.pricePerHourMax ?? null
  const { kernel } = world
  standBy(world, drawn.settings)
  begin(world, drawn, troubleMs)
  await kernel.run(startAt + troubleMs)
  const troubled = boundaries
  const early = check(evidenceOf(world, { settled: false, pricePerHourMax }))
  recover(world)
  await kernel.run(startAt + troubleMs + convergeMs / 2)
  if (options.probe ?? true) world.people.apply({ kind: 'Service', spec: probe }).catch(() => {})
  const stuck = await stuckBy(world, startAt + troubleMs, convergeMs)
  for (const { spec } of [...drawn.workloads, { spec: probe }]) {
    world.people.remove(spec.name).catch(() => {})
  }
  await kernel.run(startAt + troubleMs + convergeMs + emptyMs)
  const late = check(evidenceOf(world, { settled: true, pricePerHourMax: null }))
  const bugs = world.bugs.map((text) => ({ invariant: 'BUG', text }))
  return {
    seed,
    drawn,
    world,
    violations: distinct([
      ...early,
      ...stuck,
      ...late,
      ...leftOver(world),
      ...bugs,
      ...world.faults,
    ]),
    hash: hashOf(world),
    decisions: isByTheirClocks(world, drawn) ? null : digestOf(decisionsOf(world)),
    hours: (troubleMs + convergeMs + emptyMs) / hour,
    counts: { ...countsOf(world), boundaries, troubled },
  }
}

/** Budgets and commitments count what is charged when it is, blocks open and end when they say. */
function isByTheirClocks({ store }: World, { policy, shops }: Draw): boolean {
  const hasBudgets = (policy?.budgets?.length ?? 0) > 0
  const hasBlocks = shops.some(({ terms }) => terms.offers.some(({ window }) => window))
  const signed = store.every('contract').flatMap(({ body }) => body.clauses)
  return hasBudgets || hasBlocks || signed.some(({ kind }) => isCommitment.has(kind))
}

const isCommitment: ReadonlySet<string> = new Set(['take_or_pay', 'spend_commit', 'prepay'])

function distinct(violations: readonly Violation[]): Violation[] {
  const texts = violations.map(({ text }) => text)
  return violations.filter(({ text }, index) => texts.indexOf(text) === index)
}

function countsOf(world: World) {
  const { history } = world.store
  const sales = [...world.shops.values()].flatMap((shop) => shop.sales(installation))
  return {
    events: history.length,
    kills: world.incidents.filter(({ what }) => /^(kill |plantKill)/.test(what)).length,
    lostAnswers: history.filter(({ kind }) => kind === 'lease.unsure').length,
    sales: sales.length,
    excused: sales.filter(({ excuse }) => excuse !== null).length,
  }
}

/** All trouble ends, everybody sells everything again, and no rule forbids anything. */
function recover(world: World): void {
  calm(world)
  for (const shop of world.shops.values()) {
    shop.setOffer('h100', { nodes: 100, pricePerHour: 20_000_000 })
    shop.setOffer('spot', { nodes: 100, pricePerHour: 10_000_000 })
    shop.setOffer('tpu', { nodes: 100, pricePerHour: 20_000_000 })
  }
  for (const spec of world.suppliers) {
    world.people.apply({ kind: 'Supplier', spec }).catch(() => {})
    // A copy of an older word may have come last.
    world.people.judge(spec.name, 'active').catch(() => {})
  }
  const free = () => world.people.apply({ kind: 'Policy', spec: policyOf(null) }).catch(() => {})
  free()
  world.kernel.after(hour / 4, () => {
    // An older word of somebody may have come last.
    free()
    // What was opened by a commit that came late, and that nobody was told of.
    world.people.settle().catch(() => {})
  })
}

function begin(world: World, drawn: Draw, troubleMs: number): void {
  const { policy, contracts = [], workloads, trouble } = drawn
  const { kernel, people, suppliers } = world
  const ready = (async () => {
    if (policy) {
      world.policies.push(policy)
      await people.apply({ kind: 'Policy', spec: policy })
    }
    await people.apply(...suppliers.map((spec) => ({ kind: 'Supplier', spec }) as const))
    for (const spec of contracts) await people.apply({ kind: 'Contract', spec })
  })()
  const wanted = world.chance.fork('wanted')
  const wish = (spec: Workload) =>
    ready.then(() => people.apply({ kind: spec.kind, spec } as Spec)).catch(() => {})
  for (const { spec, fromMs, change, toMs } of workloads) {
    kernel.after(fromMs, () => void ready.then(() => want(world, wanted, spec)).catch(() => {}))
    if (change && change.atMs < troubleMs) kernel.after(change.atMs, () => wish(change.spec))
    if (toMs !== null) kernel.after(toMs, () => people.remove(spec.name).catch(() => {}))
  }
  makeStorms(world, trouble.storms, troubleMs)
}

/** What lacks at every look to the end: what failed by itself or moves is about to run again. */
async function stuckBy(world: World, from: Ms, convergeMs: Ms): Promise<readonly Violation[]> {
  const looks: (readonly Violation[])[] = []
  for (const share of [0.85, 0.9, 0.95, 1]) {
    await world.kernel.run(from + convergeMs * share)
    looks.push(notConverged(world))
  }
  return (looks.at(-1) ?? []).filter(({ text }) => {
    return looks.every((look) => look.some((each) => each.text === text))
  })
}

/** [I21] Once nothing goes wrong any more, all that is wanted runs, and no call stays open. */
function notConverged(world: World): Violation[] {
  const { store } = world
  const wanted = store.every('workload').filter(({ body }) => body.state === 'active')
  const leases = new Map(store.every('lease').map(({ id, body }) => [id, body]))
  const works = [...world.machines.values()].map((each) => each.working())
  const running = store.every('run').filter(({ id, body: { state, epoch, lease } }) => {
    const ranks = works.filter((work) => work === `${id} ${epoch}`).length
    return state === 'running' && ranks >= (leases.get(lease ?? '')?.nodes ?? 1)
  })
  const faults = wanted.flatMap(({ id, body: { spec } }) => {
    const runs = running.filter(({ body }) => body.workload === id)
    const homes = runs.map(({ body }) => leases.get(body.lease ?? ''))
    const replicas = spec.kind === 'Service' ? spec.replicasMin : 1
    if (runs.length < replicas) return [`${id} does not run`]
    if (id !== probe.name) return []
    return (['supplier', 'region'] as const).flatMap((over) => {
      const places = new Set(homes.map((home) => home?.[over]))
      return places.size < 2 ? [`${id} has all its replicas at ${[...places].join()}`] : []
    })
  })
  const open = [...leases].filter(([, { state }]) => state === 'unsure' || state === 'asked')
  const unsure = open.map(([id, { state }]) => `${id} is still ${state}`)
  return [...faults, ...unsure].map((text) => ({ invariant: 'I21', text }))
}

/** [I1] Once nobody wants anything, no row of it is in force. */
function leftOver({ store }: World): Violation[] {
  const kinds = ['lease', 'run', 'node', 'workload'] as const
  const left = kinds.flatMap((kind) => store.every(kind).filter(({ live }) => live))
  return left.map(({ kind, id }) => ({ invariant: 'I1', text: `${kind} ${id} is left over` }))
}

function hashOf(world: World): string {
  return digestOf([
    world.store.history,
    [...world.shops.values()].map((shop) => shop.sales(installation)),
    world.works(),
  ])
}

/** All that the ledger tells, but for what it was told by the clocks of suppliers. */
function decisionsOf({ store }: World): readonly unknown[] {
  return store.history.map(({ kind, facts, ...event }) => {
    const isTheirs = kind === 'lease.notice' || kind.startsWith('charge.')
    const { from, to, until, ...ours } = facts
    return { kind, ...event, facts: isTheirs ? ours : facts }
  })
}

function digestOf(trace: unknown): string {
  return createHash('sha256').update(JSON.stringify(trace)).digest('hex').slice(0, 16)
}
