/**
 * What holds of plans for worlds that nobody drew: thousands of them, by chance, small and crowded.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { drawnNow, drawnWorld } from '../../testing/world.ts'
import type { Law } from '../contracts/law.ts'
import { type Lease, mayCost } from '../domain/lease.ts'
import type { Acquire, Plan } from '../domain/plan.ts'
import type { Run } from '../domain/run.ts'
import type { World } from '../domain/world.ts'
import { lint } from './lint.ts'
import { plan, planning } from './plan.ts'
import { anyCase, type Case } from './worlds.test.ts'

function holds(property: (world: World, law: Law) => void, runs = 400) {
  fc.assert(
    fc.property(anyCase, ({ world, law }) => property(world, law)),
    { numRuns: runs },
  )
}

function purchases({ actions }: Plan): readonly Acquire[] {
  return actions.filter((action) => action.do === 'acquire')
}

it('[PL26] the checker finds nothing wrong with any plan', () => {
  const said = new Map<string, number>()
  holds((world, law) => {
    const planned = plan(world, law)
    assert.deepEqual(lint(world, planned, law), [])
    for (const reason of planned.reasons) {
      const facts = ['paid', 'egressPerHour', 'carriage'].filter((fact) => fact in reason)
      for (const each of [reason.why, ...facts]) said.set(each, (said.get(each) ?? 0) + 1)
    }
  }, 1_500)
  // What was drawn had its say.
  const facts = ['paid', 'egressPerHour', 'carriage']
  for (const why of ['clause', 'spent', 'learnt', 'quota', 'no-stock', ...facts]) {
    assert.ok((said.get(why) ?? 0) > 5, `${why}: ${said.get(why)} times`)
  }
})

it('[PL56] who arrives gets what the plan leaves, and no more', () => {
  let served = 0
  holds((world, law) => {
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
    const { plan: planned, arrive } = planning(before, law)
    const { actions, reasons } = arrive(arrival)
    assert.deepEqual(arrive(arrival), { actions, reasons })
    const after = { ...before, workloads: world.workloads, demands: world.demands }
    const both = { ...planned, actions: [...planned.actions, ...actions] }
    assert.deepEqual(lint(after, both, law), [])
    served += actions.length
  }, 800)
  assert.ok(served > 50, `${served} were served`)
})

it('[PL1] a shuffled world gives the identical plan', () => {
  const shuffled = <T>(all: readonly T[]) =>
    fc.shuffledSubarray([...all], { minLength: all.length, maxLength: all.length })
  const both = anyCase.chain(({ world, law }) =>
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
      .map((parts) => ({ world, law, other: { ...world, ...parts } })),
  )
  const same = ({ world, law, other }: Case & { readonly other: World }) =>
    assert.equal(JSON.stringify(plan(other, law)), JSON.stringify(plan(world, law)))
  fc.assert(fc.property(both, same), { numRuns: 400 })
})

it('[PL36] what earlier plans looked up changes no plan', () => {
  const [offer, supplier, outage, pool] = [fc.nat(19), fc.nat(9), fc.nat(9), fc.nat(9)]
  const turns = fc.array(fc.record({ offer, supplier, outage, pool }), { maxLength: 4 })
  fc.assert(
    fc.property(anyCase, turns, ({ world: start, law }, changes) => {
      let world = start
      plan(world, law)
      for (const change of changes) {
        world = changed(world, change)
        // Figures that were never seen before: nothing that is remembered fits them.
        const cold = { ...world, throughputs: { ...world.throughputs } }
        assert.equal(JSON.stringify(plan(world, law)), JSON.stringify(plan(cold, law)))
        plan(world, law)
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
  holds((world, law) => {
    const bought = purchases(plan(world, law))
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
  holds((world, law) => {
    const denied = new Set([
      ...world.policy.suppliersDenied,
      ...world.suppliers.filter(({ buying }) => !buying).map(({ name }) => name),
      ...world.outages.map((outage) => outage.supplier),
    ])
    for (const bought of purchases(plan(world, law))) assert.ok(!denied.has(bought.supplier))
  }))

it('[PL27] planning again with the purchases under way buys nothing more', () =>
  holds((world, law) => {
    const first = plan(world, law)
    const second = plan(withPurchases(world, first), law)
    assert.deepEqual(purchases(second), [])
  }))

it('[PL25] twelve reasons a run, and at least one for every gang that cannot run', () =>
  holds((world, law) => {
    const { reasons, actions } = plan(world, law)
    const byRun = Map.groupBy(reasons, ({ run }) => run)
    for (const each of byRun.values()) assert.ok(each.length <= 12)
    for (const { run: id } of world.demands) {
      const hasEnded = world.runs.some(({ id: other, state }) => other === id && state === 'done')
      const isMoved = actions.some((action) => 'run' in action && action.run === id)
      assert.ok(hasEnded || isMoved || byRun.has(id), `${id} is left without a word`)
    }
  }))

it('[PL28] plans come to rest in a world that does as it is told', () =>
  holds((start, law) => {
    let world = start
    for (let turn = 0; turn < 24; turn += 1) {
      const planned = plan(world, law)
      assert.deepEqual(lint(world, planned, law), [])
      const stopping = world.runs.some(({ state }) => state === 'draining' || state === 'fencing')
      if (planned.actions.length === 0 && !stopping && turn > 2) return
      world = obeyed(world, planned)
    }
    assert.fail(`still busy: ${JSON.stringify(plan(world, law).actions)}`)
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
  // What is paid for stays so once it is bought.
  const paid = bought.flatMap(({ lease, supplier, offer, nodes }) => {
    const price = world.marginals.offers[`${supplier}/${offer}`]
    return price === undefined ? [] : [[lease, price * nodes] as const]
  })
  return {
    ...world,
    marginals: {
      ...world.marginals,
      leases: { ...world.marginals.leases, ...Object.fromEntries(paid) },
    },
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
