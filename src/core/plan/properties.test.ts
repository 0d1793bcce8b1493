/**
 * What holds of plans for worlds that nobody drew: thousands of them, by chance, small and crowded.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { drawnNow, drawnWorld } from '../../testing/world.ts'
import { type Lease, mayCost } from '../domain/lease.ts'
import type { Acquire, Plan } from '../domain/plan.ts'
import type { Run } from '../domain/run.ts'
import type { World } from '../domain/world.ts'
import { lint } from './lint.ts'
import { plan, planning } from './plan.ts'

const suppliers = ['acme', 'bolt', 'coil'] as const
const shapes = ['H100:8', 'A100-80GB:8', 'L4:1'] as const
const maybe = (text: string) => fc.constantFrom('', text)
const figure = (max: number) => fc.integer({ min: 1, max })
const line = (...parts: readonly (fc.Arbitrary<string | number> | string)[]) =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((words) => words.filter((word) => word !== '').join(' '))

const supplier = fc.constantFrom(...suppliers)
const shape = fc.constantFrom(...shapes)
const region = fc.constantFrom('us', 'us', 'eu')

function offers(): fc.Arbitrary<readonly string[]> {
  const stock = fc.constantFrom('', 'stock none', 'stock low', 'stock 1', 'stock 2', 'stock 4')
  const span = fc.constantFrom('', '', '', 'opens 1h', 'ends 30m', 'ends 90m', 'ends 30h')
  const offer = fc
    .tuple(
      supplier,
      fc.integer({ min: 0, max: 3 }),
      shape,
      region,
      figure(20),
      maybe('spot'),
      stock,
      span,
    )
    .map(([name, id, sold, where, price, market, left, open]) => ({
      key: `${name}/${id}`,
      text: `offer ${name}/${id} ${sold} ${where} $${price} ${market} ${left} ${open}`,
    }))
  const unique = fc.uniqueArray(offer, { selector: ({ key }) => key, maxLength: 10 })
  return unique.map((all) => all.map(({ text }) => text))
}

const asked = fc
  .tuple(shape, figure(2), shape, figure(2), fc.boolean())
  .map(([a, x, b, y, two]) => (two ? `${a} x${x} or ${b} x${y}` : `${a} x${x}`))

const wish = line(
  'priority',
  fc.constantFrom(10, 50, 90),
  'revision',
  fc.constantFrom(1, 1, 2),
  fc.constantFrom('', '', 'max $25'),
  maybe('suppliers acme,bolt'),
  maybe('markets on-demand'),
)

/** One run in some state, with up to three leases of it in some states. */
function history(run: string): fc.Arbitrary<readonly string[]> {
  const state = fc.constantFrom('ready', 'ready', 'held', 'unsure', 'asked', 'intended', 'gone')
  const lease = (attempt: number) =>
    line(
      `lease ${run}.${attempt}`,
      state,
      'at',
      supplier.map((name) => `${name}/0`),
      fc.constantFrom('', '', '', '', 'as L4:1 x2'),
      'for',
      figure(30).map((price) => `$${price}`),
      fc.constantFrom('', '', '', 'notice 2m', 'ends 10m', 'ends 40m'),
      fc.constantFrom('', '', '', '', 'unwanted'),
      attempt > 1 ? maybe(`replaces ${run}.${attempt - 1}`) : '',
    )
  const alive = fc.constantFrom('running', 'running', 'draining', 'fencing')
  const on = fc.constantFrom(1, 1, 2).map((attempt) => `on ${run}.${attempt}`)
  const stands = fc.oneof(
    { arbitrary: line('waiting', maybe('retry-in 30s')), weight: 4 },
    { arbitrary: line(alive, on, maybe('answering'), maybe('revision 1')), weight: 6 },
    { arbitrary: line('done'), weight: 1 },
  )
  return fc
    .tuple(fc.integer({ min: 0, max: 3 }), lease(1), lease(2), lease(3), stands)
    .map(([count, first, second, third, word]) => [
      `run ${run} ${word} attempts 3`,
      ...[first, second, third].slice(0, count),
    ])
}

const anyWorld: fc.Arbitrary<World> = fc
  .tuple(
    offers(),
    line('policy', maybe('max $150'), maybe('deny bolt'), 'move', fc.constantFrom(0, 0.25)),
    fc.subarray(['supplier coil not-buying', 'outage acme', 'cooling bolt/1 until 1m']),
    fc.subarray(['checkpoint a', 'checkpoint b', 'throughput L4 0.1']),
    fc.subarray(['quota x H100:8 of house', 'quota y H100:16 of house borrows 8', 'quota x L4:2']),
    line(
      'job a',
      asked,
      wish,
      maybe('team x'),
      fc.constantFrom('', 'deadline 30h work 2h saves 5m', 'deadline 130m work 2h saves 5m'),
    ),
    line('job b', asked, wish, maybe('team y'), maybe('deleting')),
    line(
      'service c',
      asked,
      wish,
      maybe('team x'),
      'replicas',
      fc.constantFrom(1, 2, 3),
      maybe('spread 2'),
      maybe('regions 2'),
    ),
    fc.tuple(...['a.0', 'b.0', 'c.0', 'c.1', 'c.2', 'd.0'].map(history)),
  )
  .map((parts) => drawnWorld(parts.flat(2).join('\n')))

function holds(property: (world: World) => void, runs = 400) {
  fc.assert(fc.property(anyWorld, property), { numRuns: runs })
}

function purchases({ actions }: Plan): readonly Acquire[] {
  return actions.filter((action) => action.do === 'acquire')
}

it('[PL26] the checker finds nothing wrong with any plan', () =>
  holds((world) => assert.deepEqual(lint(world, plan(world)), []), 1_500))

it('[PL56] who arrives gets what the plan leaves, and no more', () => {
  let served = 0
  holds((world) => {
    const arrival = world.demands.find(({ workload }) => workload.name === 'a')
    if (!arrival) return
    const isOther = ({ workload }: { readonly workload: string }) => workload !== 'a'
    const before = {
      ...world,
      workloads: world.workloads.filter(({ spec }) => spec.name !== 'a'),
      demands: world.demands.filter((demand) => demand !== arrival),
      runs: world.runs.filter(isOther),
      leases: world.leases.filter(isOther),
    }
    const { plan: planned, arrive } = planning(before)
    const { actions, reasons } = arrive(arrival)
    assert.deepEqual(arrive(arrival), { actions, reasons })
    const after = { ...before, workloads: world.workloads, demands: world.demands }
    const both = { ...planned, actions: [...planned.actions, ...actions] }
    assert.deepEqual(lint(after, both), [])
    served += actions.length
  })
  assert.ok(served > 50, `${served} were served`)
})

it('[PL1] a shuffled world gives the identical plan', () => {
  const shuffled = <T>(all: readonly T[]) =>
    fc.shuffledSubarray([...all], { minLength: all.length, maxLength: all.length })
  const both = anyWorld.chain((world) =>
    fc
      .record({
        workloads: shuffled(world.workloads),
        demands: shuffled(world.demands),
        suppliers: shuffled(world.suppliers),
        offers: shuffled(world.offers),
        outages: shuffled(world.outages),
        pools: shuffled(world.pools),
        leases: shuffled(world.leases),
        runs: shuffled(world.runs),
        sights: shuffled(world.sights),
      })
      .map((parts) => [world, { ...world, ...parts }] as const),
  )
  const same = ([world, other]: readonly [World, World]) =>
    assert.equal(JSON.stringify(plan(other)), JSON.stringify(plan(world)))
  fc.assert(fc.property(both, same), { numRuns: 400 })
})

it('[PL36] what earlier plans looked up changes no plan', () => {
  const [offer, supplier, outage, pool] = [fc.nat(19), fc.nat(9), fc.nat(9), fc.nat(9)]
  const turns = fc.array(fc.record({ offer, supplier, outage, pool }), { maxLength: 4 })
  fc.assert(
    fc.property(anyWorld, turns, (start, changes) => {
      let world = start
      plan(world)
      for (const change of changes) {
        world = changed(world, change)
        // Figures that were never seen before: nothing that is remembered fits them.
        const cold = { ...world, throughputs: { ...world.throughputs } }
        assert.equal(JSON.stringify(plan(world)), JSON.stringify(plan(cold)))
        plan(world)
      }
    }),
    { numRuns: 600 },
  )
})

/** The next turn: stock is sold, and now and then a price, a supplier or a refusal is another. */
function changed(
  world: World,
  at: Record<'offer' | 'supplier' | 'outage' | 'pool', number>,
): World {
  const suppliers = world.suppliers.map((each, index) =>
    index === at.supplier ? { ...each, buying: !each.buying } : each,
  )
  const sold = world.offers.map((each, index) => ({
    ...each,
    stock: { kind: 'count', nodes: index } as const,
    pricePerHour: each.pricePerHour + (index === at.offer ? 1_000_000 : 0),
  }))
  const outages = at.outage > 7 ? [] : world.outages
  const pools = world.pools.map((pool) => ({ ...pool, until: pool.until - at.pool * 10_000 }))
  return { ...world, suppliers, offers: sold, outages, pools }
}

it('[PL21] whatever is bought stays within the ceiling', () =>
  holds((world) => {
    const bought = purchases(plan(world))
    const max = world.policy.pricePerHourMax
    if (max === null || bought.length === 0) return
    const held = world.leases
      .filter((lease) => mayCost(lease) || lease.state === 'intended')
      .map((lease) => lease.pricePerHour ?? lease.pricePerHourMax)
    const planned = bought.map(({ pricePerHourMax }) => pricePerHourMax)
    const total = [...held, ...planned].reduce((sum, price) => sum + price, 0)
    assert.ok(total <= max, `${total} is more than ${max}`)
  }))

it('[PL17] [PL18] nothing is bought that is denied, shut off or silent', () =>
  holds((world) => {
    const denied = new Set([
      ...world.policy.suppliersDenied,
      ...world.suppliers.filter(({ buying }) => !buying).map(({ name }) => name),
      ...world.outages.map((outage) => outage.supplier),
    ])
    for (const bought of purchases(plan(world))) assert.ok(!denied.has(bought.supplier))
  }))

it('[PL27] planning again with the purchases under way buys nothing more', () =>
  holds((world) => {
    const first = plan(world)
    const second = plan(withPurchases(world, first))
    assert.deepEqual(purchases(second), [])
  }))

it('[PL25] twelve reasons a run, and at least one for every gang that cannot run', () =>
  holds((world) => {
    const { reasons, actions } = plan(world)
    const byRun = Map.groupBy(reasons, ({ run }) => run)
    for (const each of byRun.values()) assert.ok(each.length <= 12)
    for (const { run: id } of world.demands) {
      const hasEnded = world.runs.some(({ id: other, state }) => other === id && state === 'done')
      const isMoved = actions.some((action) => 'run' in action && action.run === id)
      assert.ok(hasEnded || isMoved || byRun.has(id), `${id} is left without a word`)
    }
  }))

it('[PL28] plans come to rest in a world that does as it is told', () =>
  holds((start) => {
    let world = start
    for (let turn = 0; turn < 24; turn += 1) {
      const planned = plan(world)
      assert.deepEqual(lint(world, planned), [])
      const stopping = world.runs.some(({ state }) => state === 'draining' || state === 'fencing')
      if (planned.actions.length === 0 && !stopping && turn > 2) return
      world = obeyed(world, planned)
    }
    assert.fail(`still busy: ${JSON.stringify(plan(world).actions)}`)
  }))

/** A minute later: what was bought is ready, what was drained has stopped, what started answers. */
function obeyed(world: World, planned: Plan): World {
  const next = withPurchases(world, planned)
  const { actions } = planned
  const released = new Set(
    actions.flatMap((action) => (action.do === 'release' ? [action.lease] : [])),
  )
  const demanded = new Set(world.demands.map(({ run }) => run))
  const told = (run: Run) => actions.find((each) => 'run' in each && each.run === run.id)
  const runs = next.runs.map((run): Run => {
    const action = told(run)
    if (action?.do === 'drain') return { ...run, state: 'draining' }
    if (action?.do === 'start') {
      const { epoch, lease } = action
      const wish = world.demands.find((each) => each.run === run.id)?.workload
      const startedAt = world.now
      return { ...run, state: 'running', epoch, lease, startedAt, revision: wish?.revision ?? 1 }
    }
    if (run.state !== 'draining' && run.state !== 'fencing') return run
    return { ...run, state: demanded.has(run.id) ? 'waiting' : 'done', lease: null }
  })
  return {
    ...next,
    now: world.now + 60_000,
    leases: next.leases.map((lease) => {
      const isOver = released.has(lease.id) || !lease.wanted || lease.state === 'gone'
      return isOver ? { ...lease, state: 'gone', wanted: false } : arrived(lease)
    }),
    runs,
    sights: runs.filter(({ state }) => state === 'running').flatMap(answering),
  }
}

function arrived(lease: Lease): Lease {
  const calledAt = lease.calledAt ?? drawnNow
  return { ...lease, state: 'ready', calls: 1, calledAt, pricePerHour: lease.pricePerHourMax }
}

function answering({ id, epoch, lease }: Run): World['sights'] {
  return drawnWorld(`run ${id} running epoch ${epoch} on ${lease} answering`).sights
}

function withPurchases(world: World, { actions }: Plan): World {
  const bought = actions.filter((action) => action.do === 'acquire')
  const attempts = new Map(bought.map(({ run, attempt }) => [run, attempt]))
  const known = new Set(world.runs.map(({ id }) => id))
  const born = bought.filter(({ run }) => !known.has(run)).map(bornFor)
  return {
    ...world,
    generation: world.generation + 1,
    leases: [...world.leases, ...bought.map(intended)],
    runs: [
      ...world.runs.map((run) => ({ ...run, attempts: attempts.get(run.id) ?? run.attempts })),
      ...born,
    ],
  }
}

function bornFor({ run, workload }: Acquire): Run {
  const drawn = drawnWorld(`run ${run} waiting attempts 1`).runs[0]
  assert.ok(drawn)
  return { ...drawn, workload }
}

function intended({ do: _, slot: __, lease: id, pricePerHour: ___, ...bought }: Acquire): Lease {
  return {
    ...bought,
    id,
    key: `key-${id}`,
    state: 'intended',
    wanted: true,
    calls: 0,
    calledAt: null,
    refusedUnsettled: false,
    absentCount: 0,
    rental: null,
    pricePerHour: null,
    intendedAt: drawnNow,
    heldAt: null,
    readyAt: null,
    goneAt: null,
    end: null,
    why: null,
    noticeUntil: null,
  }
}
