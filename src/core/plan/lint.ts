/**
 * Reads a plan against its world and says what must not be carried out, one sentence a fault.
 *
 * Independent: shares no code with the planner and repeats none of its choices, so that an error
 * there is not made here as well. It asks whether a plan is safe, never whether it is the best.
 */
import { barOf, type Law, noLaw, trustBar } from '../contracts/law.ts'
import { isLeaving, type Lease, mayCost } from '../domain/lease.ts'
import { formatUsd } from '../domain/money.ts'
import type { Offer } from '../domain/offer.ts'
import type { Acquire, Action, Plan } from '../domain/plan.ts'
import type { Run } from '../domain/run.ts'
import type { Alternative, Demand } from '../domain/workload.ts'
import type { World } from '../domain/world.ts'

type ActionOf<Kind extends Action['do']> = Extract<Action, { readonly do: Kind }>

/** The world and the plan by name. */
interface Desk {
  readonly world: World
  readonly acquires: readonly Acquire[]
  readonly starts: readonly ActionOf<'start'>[]
  readonly drains: readonly ActionOf<'drain'>[]
  readonly releases: readonly ActionOf<'release'>[]
  readonly demands: ReadonlyMap<string, Demand>
  readonly runs: ReadonlyMap<string, Run>
  readonly leases: ReadonlyMap<string, Lease>
  /** Leases that hold or may hold capacity for a run, or will. */
  readonly live: ReadonlyMap<string, readonly Lease[]>
  readonly offers: ReadonlyMap<string, Offer>
  readonly released: ReadonlySet<string>
}

/** Empty for a plan that may be carried out. */
export function lint(world: World, plan: Plan, law: Law = noLaw): string[] {
  const desk = spreadOut(world, plan)
  return [
    ...frame(world, plan),
    ...desk.acquires.flatMap((each) => [...wrongBuyer(desk, each), ...wrongGoods(desk, each)]),
    ...desk.releases.flatMap((each) => wrongRelease(desk, each)),
    ...desk.starts.flatMap((each) => wrongStart(desk, each)),
    ...desk.drains.flatMap((each) => wrongDrain(desk, each)),
    ...repeated(desk),
    ...tooManyNodes(desk),
    ...tooMuchMoney(desk),
    ...overSpent(desk),
    ...tooMuchForTeams(desk),
    ...unlawful(desk, law),
  ]
}

function spreadOut(world: World, { actions }: Plan): Desk {
  const only = <Kind extends Action['do']>(kind: Kind) =>
    actions.filter((action): action is ActionOf<Kind> => action.do === kind)
  const isLive = ({ wanted, state }: Lease) => wanted && state !== 'releasing' && state !== 'gone'
  const [acquires, starts, drains] = [only('acquire'), only('start'), only('drain')]
  const releases = only('release')
  // Of a large world only what the plan names lies on the desk.
  const leaseIds = new Set([...acquires, ...starts, ...releases].map(({ lease }) => lease))
  const leases = world.leases.filter(({ id }) => leaseIds.has(id))
  const runIds = new Set([...acquires, ...starts, ...drains, ...leases].map(({ run }) => run))
  const offers = acquires.length > 0 ? world.offers : []
  return {
    world,
    acquires,
    starts,
    drains,
    releases,
    demands: new Map(named(world.demands, ({ run }) => run, runIds)),
    runs: new Map(named(world.runs, ({ id }) => id, runIds)),
    leases: new Map(leases.map((lease) => [lease.id, lease])),
    live: Map.groupBy(
      world.leases.filter((lease) => runIds.has(lease.run) && isLive(lease)),
      ({ run }) => run,
    ),
    offers: new Map(offers.map((offer) => [`${offer.supplier}/${offer.id}`, offer])),
    released: new Set(releases.map(({ lease }) => lease)),
  }
}

function named<T>(all: readonly T[], nameOf: (one: T) => string, names: ReadonlySet<string>) {
  if (names.size === 0) return []
  return all.filter((one) => names.has(nameOf(one))).map((one) => [nameOf(one), one] as const)
}

function frame(world: World, plan: Plan): string[] {
  return faults([
    [
      plan.generation !== world.generation + 1,
      `plan ${plan.generation} does not follow plan ${world.generation}`,
    ],
    [plan.at !== world.now, `the plan is of another moment than its world`],
  ])
}

/** Whether this run may buy at all, and now. */
function wrongBuyer(desk: Desk, { lease, run: id, attempt, replaces, ...buys }: Acquire): string[] {
  const run = desk.runs.get(id)
  const demand = desk.demands.get(id)
  const others = (desk.live.get(id) ?? []).filter((each) => !desk.released.has(each.id))
  const next = (run?.attempts ?? 0) + 1
  const hasEnded = run?.state === 'done' || run?.state === 'failed'
  const isOfDemand = demand?.workload.name === buys.workload && demand.slot === buys.slot
  return faults([
    [!demand || hasEnded, `${lease} is bought for ${id}, which nobody demands`],
    [demand && !isOfDemand, `${lease} is bought under another name than ${id} has`],
    [attempt !== next, `${lease} is purchase ${attempt} of ${id}; the next one is ${next}`],
    [lease !== `${id}.${attempt}`, `${lease} is not the name of purchase ${attempt} of ${id}`],
    [desk.leases.has(lease), `${lease} is bought, but there is such a lease already`],
    [
      replaces !== null && !others.some((each) => each.id === replaces),
      `${lease} replaces ${replaces}, which is no lease that ${id} keeps`,
    ],
    ...others
      .filter((each) => each.id !== replaces)
      .map((each): Fault => [true, `${lease} is bought while ${id} has ${each.id}`]),
  ])
}

/** Whether what is bought is what the offer sells, the workload asks for and people allow. */
function wrongGoods(desk: Desk, buys: Acquire): string[] {
  const { lease, supplier } = buys
  const { policy, suppliers, outages, pools, now } = desk.world
  const name = `${supplier}/${buys.offer}`
  const offer = desk.offers.get(name)
  if (!offer) return [`${lease} is bought at ${name}, which is not for sale`]
  const spec = suppliers.find((each) => each.name === supplier)
  const pool = pools.find(({ id, until }) => id === name && until > now)
  const isDenied = policy.suppliersDenied.includes(supplier)
  const isLeftOut = policy.suppliersAllowed?.includes(supplier) === false
  const price = offer.pricePerHour * buys.nodes
  const [planned, quoted] = [formatUsd(buys.pricePerHourMax), formatUsd(price)]
  return [
    ...wrongWish(desk.demands.get(buys.run), buys),
    ...faults([
      [!spec, `${lease} is bought at ${supplier}, which is no supplier of ours`],
      [spec?.buying === false, `${lease} is bought at ${supplier}, where buying is off`],
      [
        spec?.standing && spec.standing.state !== 'active',
        `${lease} is bought at ${supplier}, which is ${spec?.standing?.state}`,
      ],
      [isDenied || isLeftOut, `${lease} is bought at ${supplier}, which ${policy.name} forbids`],
      [
        outages.some((each) => each.supplier === supplier),
        `${lease} is bought at ${supplier}, which does not answer`,
      ],
      [pool, `${lease} is bought at ${name}, which refused a moment ago`],
      [!isSame(offer, buys), `${lease} is not what ${name} sells`],
      [
        now < (offer.window?.from ?? now) || now >= (offer.window?.until ?? Infinity),
        `${lease} is bought at ${name}, which is not open now`,
      ],
      [buys.endsAt !== offer.window?.until, `${lease} does not end as ${name} does`],
      [
        buys.pricePerHour !== price || buys.pricePerHourMax !== price,
        `${lease} is planned at ${planned}, but ${name} asks ${quoted}`,
      ],
    ]),
  ]
}

function wrongWish(demand: Demand | undefined, buys: Acquire): string[] {
  if (!demand) return []
  const { name, resources, markets, suppliers, pricePerHourMax } = demand.workload
  const { lease } = buys
  const shape = `${buys.nodes} nodes with ${buys.perNode} ${buys.accelerator} each`
  return faults([
    [!isAskedFor(resources, buys), `${lease} is ${shape}; no alternative of ${name} is that`],
    [!markets.includes(buys.market), `${lease} is ${buys.market}, which ${name} does not accept`],
    [
      suppliers?.includes(buys.supplier) === false,
      `${lease} is bought at ${buys.supplier}, which ${name} does not name`,
    ],
    [
      pricePerHourMax !== null && buys.pricePerHourMax > pricePerHourMax,
      `${lease} costs ${formatUsd(buys.pricePerHourMax)} an hour, above the ceiling of ${name}`,
    ],
  ])
}

function wrongRelease(desk: Desk, { lease: id }: ActionOf<'release'>): string[] {
  const lease = desk.leases.get(id)
  if (!lease) return [`${id} is released, but there is no such lease`]
  const run = desk.runs.get(lease.run)
  const mayWork = run && ['running', 'fencing', 'draining'].includes(run.state)
  const isOver = !lease.wanted || lease.state === 'releasing' || lease.state === 'gone'
  return faults([
    [isOver, `${id} is released, but it is on its way out already`],
    [mayWork && run.lease === id, `${id} is released under ${run?.id}, which is ${run?.state}`],
  ])
}

function wrongStart(desk: Desk, { run: id, lease: leaseId, epoch }: ActionOf<'start'>): string[] {
  const run = desk.runs.get(id)
  const lease = desk.leases.get(leaseId)
  const demand = desk.demands.get(id)
  const next = (run?.epoch ?? 0) + 1
  if (!lease) return [`${id} is started on ${leaseId}, but there is no such lease`]
  return faults([
    [!demand, `${id} is started, which nobody demands`],
    [run && run.state !== 'waiting', `${id} is started while it is ${run?.state}`],
    [run && run.notBefore > desk.world.now, `${id} is started before its back-off is over`],
    [epoch !== next, `${id} is started with epoch ${epoch}; the next one is ${next}`],
    [lease.run !== id, `${id} is started on ${leaseId}, which is of ${lease.run}`],
    [lease.state !== 'ready', `${id} is started on ${leaseId}, which is ${lease.state}`],
    [!lease.wanted || desk.released.has(leaseId), `${id} is started on ${leaseId}, which goes`],
    [
      demand && !isAskedFor(demand.workload.resources, lease),
      `${id} is started on ${leaseId}, which is none of its alternatives`,
    ],
  ])
}

function wrongDrain(desk: Desk, { run: id }: ActionOf<'drain'>): string[] {
  const run = desk.runs.get(id)
  if (!run) return [`${id} is drained, but there is no such run`]
  const canStop = run.state === 'running' || run.state === 'waiting'
  return faults([
    [!canStop, `${id} is drained while it is ${run.state}`],
    [
      run.state === 'waiting' && desk.demands.has(id),
      `${id} is drained while it waits, though it is demanded`,
    ],
  ])
}

/** One run is told one thing, one lease goes once. */
function repeated({ acquires, starts, drains, releases }: Desk): string[] {
  const twice = (names: readonly string[], what: string) =>
    [...Map.groupBy(names, (name) => name)]
      .filter(([, each]) => each.length > 1)
      .map(([name, each]) => `${name} is ${what} ${each.length} times`)
  return [
    ...twice(
      acquires.map(({ run }) => run),
      'bought for',
    ),
    ...twice(
      releases.map(({ lease }) => lease),
      'released',
    ),
    ...twice(
      [...starts, ...drains].map(({ run }) => run),
      'started or drained',
    ),
  ]
}

function tooManyNodes({ acquires, offers }: Desk): string[] {
  const byOffer = Map.groupBy(acquires, ({ supplier, offer }) => `${supplier}/${offer}`)
  return [...byOffer].flatMap(([name, each]) => {
    const stock = offers.get(name)?.stock
    const wanted = each.reduce((total, { nodes }) => total + nodes, 0)
    const isOut = stock?.kind === 'level' && stock.level === 'none'
    const left = stock?.kind === 'count' ? stock.nodes : isOut ? 0 : wanted
    return faults([[wanted > left, `${wanted} nodes of ${name} are bought; it has ${left}`]])
  })
}

/** What is held or may be held, and what is about to be, under the ceiling of the policy. */
function tooMuchMoney({ acquires, world }: Desk): string[] {
  const { name, pricePerHourMax: max } = world.policy
  if (max === null || acquires.length === 0) return []
  let total = 0
  for (const lease of world.leases) {
    const counts = mayCost(lease) || lease.state === 'intended'
    if (counts) total += lease.pricePerHour ?? lease.pricePerHourMax
  }
  for (const { pricePerHourMax } of acquires) total += pricePerHourMax
  return faults([
    [
      total > max,
      `the plan comes to ${formatUsd(total)} an hour; ${name} allows ${formatUsd(max)}`,
    ],
  ])
}

/** Each budget has to last for an hour of all that the plan buys on it. */
function overSpent({ acquires, demands, world: { purses } }: Desk): string[] {
  return purses.flatMap(({ budget, left }) => {
    const ours = acquires.filter(({ run, supplier }) => {
      const workload = demands.get(run)?.workload
      const payers = { supplier, workload: workload?.name, team: workload?.team, everything: '' }
      return payers[budget.of] === budget.name
    })
    const total = ours.reduce((sum, { pricePerHourMax }) => sum + pricePerHourMax, 0)
    const [planned, has] = [formatUsd(total), formatUsd(Math.max(0, left))]
    const whose = `${budget.of} ${budget.name}`.trim()
    return faults([
      [total > Math.max(0, left), `an hour of the plan costs ${planned}; ${whose} has ${has} left`],
    ])
  })
}

/** Whoever buys stays within its quota and what it may borrow, and its cohort within its quotas. */
function tooMuchForTeams({ acquires, demands, world }: Desk): string[] {
  const { quotas = [] } = world.policy
  if (quotas.length === 0 || acquires.length === 0) return []
  const ownerless = new Set(
    world.leases.filter(({ team }) => team === undefined).map(({ workload }) => workload),
  )
  const owners = new Map(
    (ownerless.size > 0 ? world.workloads : [])
      .filter(({ spec }) => ownerless.has(spec.name))
      .map(({ spec }) => [spec.name, spec.team]),
  )
  const bought = acquires.map((each) => {
    return { ...each, team: demands.get(each.run)?.workload.team, isLeaving: false }
  })
  const held = world.leases
    .filter(({ state, calls }) => state !== 'gone' && (calls > 0 || state === 'intended'))
    .map((lease) => {
      const team = lease.team ?? owners.get(lease.workload)
      return { ...lease, team, isLeaving: isLeaving(lease, world.now) }
    })
  const count = (
    teams: readonly string[],
    chip: string,
    among: readonly (typeof bought)[number][],
  ) =>
    among
      .filter((each) => {
        return teams.includes(each.team ?? '') && each.accelerator === chip && !each.isLeaving
      })
      .reduce((sum, { nodes, perNode }) => sum + nodes * perNode, 0)
  return quotas.flatMap(({ team, cohort, accelerator, count: own, borrow }) => {
    const news = count([team], accelerator, bought)
    if (news === 0) return []
    const all = quotas.filter((each) => {
      return (
        each.accelerator === accelerator && (cohort ? each.cohort === cohort : each.team === team)
      )
    })
    const most = all.reduce((sum, each) => sum + each.count, 0)
    const together = count(
      all.map((each) => each.team),
      accelerator,
      [...bought, ...held] as typeof bought,
    )
    const alone = count([team], accelerator, [...bought, ...held] as typeof bought)
    return faults([
      [
        together > most,
        `${cohort ?? team} comes to ${together} ${accelerator}; it may hold ${most}`,
      ],
      [alone > own + (borrow ?? most), `${team} comes to ${alone} ${accelerator}, above its quota`],
    ])
  })
}

/** Whether what we signed allows each purchase. */
function unlawful({ acquires, starts, leases, demands, world }: Desk, law: Law): string[] {
  const started = starts.flatMap(({ run, lease: id }) => {
    const [workload, lease] = [demands.get(run)?.workload, leases.get(id)]
    if (!workload || !lease) return []
    const seller = world.suppliers.find(({ name }) => name === lease.supplier) ?? null
    const bar = trustBar(law, { workload, seller, region: lease.region })
    return bar ? [`${run} is started at ${lease.supplier}, which ${bar.clause} forbids`] : []
  })
  const bought = acquires.flatMap(({ lease, run, ...buys }) => {
    const workload = demands.get(run)?.workload
    const seller = world.suppliers.find(({ name }) => name === buys.supplier) ?? null
    const bar = workload && barOf(law, { ...buys, workload, seller, id: lease })
    return bar ? [`${lease} is bought at ${buys.supplier}, which ${bar.clause} forbids`] : []
  })
  return [...started, ...bought]
}

type Shape = Pick<Alternative, 'accelerator' | 'perNode' | 'nodes' | 'fabric'>

/** All of one alternative: a gang that is split, or half of one, is no gang. */
function isAskedFor(resources: readonly Alternative[], shape: Shape) {
  const { accelerator, perNode, nodes, fabric } = shape
  return resources.some((each) => {
    const isSame = each.accelerator === accelerator && each.perNode === perNode
    return isSame && each.nodes === nodes && (each.fabric ?? fabric) === fabric
  })
}

function isSame(offer: Offer, buys: Acquire): boolean {
  return (
    offer.accelerator === buys.accelerator &&
    offer.perNode === buys.perNode &&
    offer.region === buys.region &&
    offer.fabric === buys.fabric &&
    offer.market === buys.market
  )
}

type Fault = readonly [isWrong: unknown, sentence: string]

function faults(checks: readonly Fault[]): string[] {
  return checks.filter(([isWrong]) => Boolean(isWrong)).map(([, sentence]) => sentence)
}
