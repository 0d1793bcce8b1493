/** Every fault that the checker knows, made by hand in a plan that was in order. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { drawnWorld } from '../../testing/world.ts'
import type { Acquire, Action } from '../domain/plan.ts'
import { lint } from './lint.ts'
import { plan } from './plan.ts'

const drawing = `
  policy max $400 deny evil
  offer acme/h H100:8 us $80 stock 3
  offer evil/h H100:8 us $1
  offer mute/h H100:8 us $1
  offer shut/h H100:8 us $1
  offer hot/h H100:8 us $1
  offer acme/s H100:8 us $1 spot
  offer acme/x H100:8 us $120
  offer acme/late H100:8 us $90 opens 1h
  offer acme/past H100:8 us $90 ends 0s
  offer acme/block H100:8 us $90 ends 9h
  supplier shut not-buying
  outage mute
  cooling hot/h until 1m
  job train H100:8 x2 max $200 markets on-demand suppliers acme,evil,mute,shut,hot
  job keen H100:8
  job over H100:8
  job calm H100:8
  lease keen.0.1 ready at acme/h for $80
  lease calm.0.1 ready at acme/h for $80
  lease calm.0.2 releasing at acme/h for $0
  run keen.0 waiting epoch 3
  run calm.0 running epoch 1 on calm.0.1
  run over.0 done epoch 1`

const world = drawnWorld(drawing)
const good = plan(world)
const acquire = good.actions.find((action): action is Acquire => action.do === 'acquire')
assert.ok(acquire)
const { pricePerHour } = acquire

/** The faults of a plan with only these actions. */
function faults(...actions: readonly Action[]): string[] {
  return lint(world, { ...good, actions })
}

function buying(change: Partial<Acquire>): string[] {
  return faults({ ...(acquire as Acquire), ...change })
}

const at = (supplier: string, offer: string, price: number) => ({
  supplier,
  offer,
  pricePerHour: price * 2,
  pricePerHourMax: price * 2,
})

it('[PL26] has nothing to say of a plan in order', () => {
  assert.deepEqual(lint(world, good), [])
  assert.deepEqual(faults(), [])
})

it('[PL26] knows a plan of another world', () => {
  assert.deepEqual(lint(world, { ...good, generation: 9 }), ['plan 9 does not follow plan 1'])
  assert.deepEqual(lint(world, { ...good, at: 0 }), [
    'the plan is of another moment than its world',
  ])
})

it('[PL26] knows who may not buy', () => {
  assert.match(buying({ run: 'who.0', lease: 'who.0.1' })[0] ?? '', /who.0, which nobody demands/)
  assert.match(buying({ run: 'over.0', lease: 'over.0.1' })[0] ?? '', /which nobody demands/)
  assert.deepEqual(buying({ slot: 4 }), ['train.0.1 is bought under another name than train.0 has'])
  assert.deepEqual(buying({ attempt: 2, lease: 'train.0.2' }), [
    'train.0.2 is purchase 2 of train.0; the next one is 1',
  ])
  assert.deepEqual(buying({ lease: 'train.0.7' }), [
    'train.0.7 is not the name of purchase 1 of train.0',
  ])
  assert.deepEqual(buying({ replaces: 'train.0.0' }), [
    'train.0.1 replaces train.0.0, which is no lease that train.0 keeps',
  ])
})

it('[PL26] knows two live purchases for one run', () => {
  const one = { ...acquire, ...at('acme', 'h', 80_000_000), run: 'keen.0', workload: 'keen' }
  const second: Acquire = { ...one, attempt: 2, lease: 'keen.0.2', nodes: 1, pricePerHour: 80e6 }
  const bought = { ...second, pricePerHourMax: 80e6 }
  assert.deepEqual(faults(bought), ['keen.0.2 is bought while keen.0 has keen.0.1'])
  assert.deepEqual(faults({ ...bought, replaces: 'keen.0.1' }), [])
  const release: Action = { do: 'release', lease: 'keen.0.1', because: '' }
  assert.deepEqual(faults(bought, release), [])
  assert.match(faults(acquire, acquire)[0] ?? '', /^train.0 is bought for 2 times/)
})

it('[PL26] knows where nothing may be bought', () => {
  assert.deepEqual(buying(at('acme', 'gone', 80)), [
    'train.0.1 is bought at acme/gone, which is not for sale',
  ])
  assert.deepEqual(buying(at('evil', 'h', 1e6)), [
    'train.0.1 is bought at evil, which default forbids',
  ])
  assert.deepEqual(buying(at('mute', 'h', 1e6)), [
    'train.0.1 is bought at mute, which does not answer',
  ])
  assert.deepEqual(buying(at('shut', 'h', 1e6)), [
    'train.0.1 is bought at shut, where buying is off',
  ])
  assert.deepEqual(buying(at('hot', 'h', 1e6)), [
    'train.0.1 is bought at hot/h, which refused a moment ago',
  ])
  const strange = { ...world, suppliers: world.suppliers.filter(({ name }) => name !== 'acme') }
  assert.deepEqual(lint(strange, { ...good, actions: [acquire] }), [
    'train.0.1 is bought at acme, which is no supplier of ours',
  ])
  const { demands } = world
  const choosy = demands.map((demand) => ({
    ...demand,
    workload: { ...demand.workload, suppliers: ['evil'] },
  }))
  assert.deepEqual(lint({ ...world, demands: choosy }, { ...good, actions: [acquire] }), [
    'train.0.1 is bought at acme, which train does not name',
  ])
})

it('[PL26] knows goods that nobody asked for or sells', () => {
  assert.deepEqual(buying({ nodes: 1, pricePerHour: 80e6, pricePerHourMax: 80e6 }), [
    'train.0.1 is 1 nodes with 8 H100 each; no alternative of train is that',
  ])
  assert.deepEqual(buying({ region: 'eu' }), ['train.0.1 is not what acme/h sells'])
  assert.deepEqual(buying({ ...at('acme', 's', 1e6), market: 'spot' }), [
    'train.0.1 is spot, which train does not accept',
  ])
})

it('[PL26] knows blocks that are not open, and ends that are not theirs', () => {
  const { now } = world
  assert.deepEqual(buying(at('acme', 'late', 90e6)), [
    'train.0.1 is bought at acme/late, which is not open now',
  ])
  assert.deepEqual(buying({ ...at('acme', 'past', 90e6), endsAt: now }), [
    'train.0.1 is bought at acme/past, which is not open now',
  ])
  assert.deepEqual(buying(at('acme', 'block', 90e6)), ['train.0.1 does not end as acme/block does'])
  assert.deepEqual(buying({ endsAt: now + 9 }), ['train.0.1 does not end as acme/h does'])
  const endsAt = now + 9 * 3_600_000
  assert.deepEqual(buying({ ...at('acme', 'block', 90e6), endsAt }), [])
})

it('[PL26] knows prices, ceilings, stock and budget', () => {
  assert.deepEqual(buying({ pricePerHourMax: pricePerHour + 10_000 }), [
    'train.0.1 is planned at $160.01, but acme/h asks $160.00',
  ])
  assert.deepEqual(buying(at('acme', 'x', 120e6)), [
    'train.0.1 costs $240.00 an hour, above the ceiling of train',
  ])
  const poor = { ...world, policy: { ...world.policy, pricePerHourMax: 300e6 } }
  assert.deepEqual(lint(poor, { ...good, actions: [acquire] }), [
    'the plan comes to $320.00 an hour; default allows $300.00',
  ])
  const scarce = drawnWorld(drawing.replace('stock 3', 'stock 1'))
  assert.deepEqual(lint(scarce, { ...good, actions: [acquire] }), [
    '2 nodes of acme/h are bought; it has 1',
  ])
})

it('[PL26] knows a release that pulls the ground away', () => {
  const release = (lease: string) => faults({ do: 'release', lease, because: '' })
  assert.deepEqual(release('calm.0.1'), ['calm.0.1 is released under calm.0, which is running'])
  assert.deepEqual(release('calm.0.2'), ['calm.0.2 is released, but it is on its way out already'])
  assert.deepEqual(release('calm.0.9'), ['calm.0.9 is released, but there is no such lease'])
  assert.deepEqual(release('keen.0.1'), [])
})

it('[PL26] knows a start that must not be', () => {
  const start = (change: Partial<Extract<Action, { do: 'start' }>>) =>
    faults({ do: 'start', run: 'keen.0', lease: 'keen.0.1', epoch: 4, ...change })
  assert.deepEqual(start({}), [])
  assert.deepEqual(start({ epoch: 5 }), ['keen.0 is started with epoch 5; the next one is 4'])
  assert.deepEqual(start({ lease: 'calm.0.1' }), [
    'keen.0 is started on calm.0.1, which is of calm.0',
  ])
  assert.deepEqual(start({ lease: 'none' }), [
    'keen.0 is started on none, but there is no such lease',
  ])
  assert.deepEqual(start({ run: 'calm.0', lease: 'calm.0.2', epoch: 2 }), [
    'calm.0 is started while it is running',
    'calm.0 is started on calm.0.2, which is releasing',
  ])
  const early = drawnWorld(`${drawing}\nlease late.0.1 ready at acme/h as L4:1 for $1 unwanted
    job late H100:8
    run late.0 waiting retry-in 1s`)
  const action: Action = { do: 'start', run: 'late.0', lease: 'late.0.1', epoch: 1 }
  assert.deepEqual(lint(early, { ...good, actions: [action] }), [
    'late.0 is started before its back-off is over',
    'late.0 is started on late.0.1, which goes',
    'late.0 is started on late.0.1, which is none of its alternatives',
  ])
  const alone = { ...world, demands: [] }
  const only: Action = { do: 'start', run: 'keen.0', lease: 'keen.0.1', epoch: 4 }
  assert.deepEqual(lint(alone, { ...good, actions: [only] }), [
    'keen.0 is started, which nobody demands',
  ])
})

it('[PL26] knows a drain of what does not run', () => {
  const drain = (run: string) => faults({ do: 'drain', run, because: '' })
  assert.deepEqual(drain('calm.0'), [])
  assert.deepEqual(drain('over.0'), ['over.0 is drained while it is done'])
  assert.deepEqual(drain('none.0'), ['none.0 is drained, but there is no such run'])
  assert.deepEqual(drain('keen.0'), ['keen.0 is drained while it waits, though it is demanded'])
})
