/** What differs where something is supposed: a drawn world, what is supposed, what comes of it. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { drawnWorld } from '../../../testing/world.ts'
import { formatUsd } from '../../domain/money.ts'
import type { Belief } from '../../domain/world.ts'
import { observe } from '../../hunt/belief.ts'
import { plan } from '../plan.ts'
import { compare, type Place } from './compare.ts'
import { type Supposition, suppose, wrongSuppositions } from './suppose.ts'
import { waitOf } from './wait.ts'

const usd = 1_000_000
const without = (supplier: string): Supposition => ({ suppose: 'without', supplier })
const stock = (offer: string, nodes: number): Supposition => ({ suppose: 'stock', offer, nodes })
const price = (offer: string, dollars: number): Supposition => ({
  suppose: 'price',
  offer,
  pricePerHour: dollars * usd,
})

function check(drawing: string, supposed: readonly Supposition[], expected: string): void {
  const world = drawnWorld(drawing)
  const text = JSON.stringify(world)
  assert.deepEqual(wrongSuppositions(world, supposed), [])
  const then = suppose(world, supposed)
  const told = compare({ world, plan: plan(world) }, { world: then, plan: plan(then) })
  const lines = [
    ...told.shifts.map(({ run, before, after }) => `${run}: ${at(before)} → ${at(after)}`),
    `${formatUsd(told.before.pricePerHour)} → ${formatUsd(told.after.pricePerHour)}`,
    ...told.after.waiting.map((run) => `${run} waits`),
  ]
  assert.deepEqual(
    lines,
    expected.split('\n').map((line) => line.trim()),
  )
  assert.equal(JSON.stringify(world), text, 'the world that was asked about is as it was')
}

function at(place: Place | null): string {
  return place ? `${place.supplier}/${place.offer} ${formatUsd(place.pricePerHour)}` : 'nowhere'
}

const rented = `offer acme/h100 H100:8 us $20 stock 1
  offer bolt/h100 H100:8 us $30 stock 1
  job train H100:8
  job tune H100:8
  lease train.0.1 ready at acme/h100 for $20
  run train.0 running epoch 3 on train.0.1`

it('[PL34] a supplier that is gone takes its offers and its leases with it', () => {
  check(
    rented,
    [without('acme')],
    `train.0: acme/h100 $20.00 → bolt/h100 $30.00
     tune.0: acme/h100 $20.00 → nowhere
     $40.00 → $30.00
     tune.0 waits`,
  )
})

it('[PL34] stock that is supposed can be bought, also where the offer rests', () => {
  check(
    `${rented}
     offer cut/h100 H100:8 us $5 stock none
     cooling cut/h100 until 1m`,
    [stock('cut/h100', 1)],
    `tune.0: acme/h100 $20.00 → cut/h100 $5.00
     $40.00 → $25.00`,
  )
  check(
    rented,
    [stock('acme/h100', 0)],
    `tune.0: acme/h100 $20.00 → bolt/h100 $30.00
     $40.00 → $50.00`,
  )
})

it('[PL34] another price is paid for what is bought, and not for what is held', () =>
  check(
    rented,
    [price('acme/h100', 25)],
    `tune.0: acme/h100 $20.00 → acme/h100 $25.00
     $40.00 → $45.00`,
  ))

it('[PL34] a gang that saved its work is moved where the supposed price pays for it', () =>
  check(
    `${rented}
     checkpoint train`,
    [price('bolt/h100', 2), stock('bolt/h100', 2)],
    `train.0: acme/h100 $20.00 → bolt/h100 $2.00
     tune.0: acme/h100 $20.00 → bolt/h100 $2.00
     $40.00 → $4.00`,
  ))

it('[PL34] a commitment pays for the same share of a price that is supposed', () => {
  const offers = `offer acme/h100 H100:8 us $20
    offer bolt/h100 H100:8 us $9
    job tune H100:8`
  check(`${offers}\npaid acme/h100 $10`, [], '$9.00 → $9.00')
  check(
    `${offers}\npaid acme/h100 $10`,
    [price('acme/h100', 16)],
    `tune.0: bolt/h100 $9.00 → acme/h100 $16.00
     $9.00 → $16.00`,
  )
})

it('[PL34] a price that a contract gives is the most that a supposed one comes to', () => {
  const drawing = `offer acme/h100 H100:8 us $20
    offer bolt/h100 H100:8 us $9
    job tune H100:8`
  const world = drawnWorld(drawing)
  const costs = (dollars: number, agreed: number, added?: number) => {
    const offers: Record<string, number> =
      added === undefined ? {} : { 'acme/h100': added * 1_000_000 }
    const most = { 'acme/h100': agreed * 1_000_000 }
    const marginals = { ...world.marginals, offers, agreed: most }
    const supposed = suppose({ ...world, marginals }, [price('acme/h100', dollars)])
    return (supposed.marginals.offers['acme/h100'] ?? dollars * 1_000_000) / 1_000_000
  }
  assert.deepEqual([costs(40, 8, 8), costs(9, 8, 8), costs(6, 8, 8)], [8, 8, 6])
  // What is asked for now is less than was agreed.
  assert.deepEqual([costs(40, 25), costs(10, 25)], [25, 10])
  // Half of it is paid for already.
  assert.deepEqual([costs(40, 8, 4), costs(6, 8, 4)], [4, 3])
})

const listed = {
  supplier: 'cut',
  id: 'h100',
  accelerator: 'H100',
  perNode: 8,
  region: 'eu',
  market: 'spot',
  pricePerHour: 9 * usd,
} as const

it('[PL34] others sell at the prices of a list, as far as rules allow', () => {
  const offers: Supposition = { suppose: 'offers', offers: [listed], asOf: 0 }
  check(
    rented,
    [offers],
    `tune.0: acme/h100 $20.00 → cut/h100 $9.00
     $40.00 → $29.00`,
  )
  check(`policy deny cut\n${rented}`, [offers], '$40.00 → $40.00')
})

it('[PL34] what changes nothing says so', () => {
  check(rented, [stock('bolt/h100', 9)], '$40.00 → $40.00')
})

it('[PL64] tells how long one waits: until a block opens, or spot that was seen comes back', () => {
  const waitIn = (drawing: string, answers: readonly (readonly [number, boolean])[] = []) => {
    const pool = { id: 'acme/h100', region: 'acme/us' }
    const world = drawnWorld(`${drawing}\njob train H100:8`)
    const belief = answers.reduce<Belief>((all, [agoMs, isThere]) => {
      const outcome = isThere ? 'available' : 'refused'
      return observe(all, pool, { pool: pool.id, atMs: world.now - agoMs, outcome })
    }, world.belief)
    return waitOf({ ...world, belief }, plan(world).reasons)
  }
  const hour = 3_600_000
  const spot = 'offer acme/h100 H100:8 us $20 spot stock none'
  const lately = [[hour, true]] as const
  const longAway = Array.from({ length: 48 }, (_, at) => [(48 - at) * hour, at === 0] as const)
  assert.equal(waitIn('offer acme/h100 H100:8 us $20 opens 2h'), 2 * hour)
  const soon = waitIn(spot, lately)
  assert.ok(soon !== null && soon > 0 && soon < 12 * hour, `${soon}`)
  const later = waitIn(spot, longAway)
  assert.ok(later === null || later > 2 * soon, `${later} beside ${soon}`)
  // Nobody asked there yet; nobody learns when what is sold until released comes back.
  assert.equal(waitIn(spot), null)
  assert.equal(waitIn(spot.replace('spot ', ''), lately), null)
})

it('[PL35] what makes no sense here is named', () => {
  const world = drawnWorld(rented)
  const wrong = (...supposed: Supposition[]) => wrongSuppositions(world, supposed)
  assert.deepEqual(wrong(without('acne')), [
    'there is no supplier acne to do without; there are: acme, bolt',
  ])
  assert.deepEqual(wrong(price('acme/l4', 1), stock('acme/h100', 1), stock('acme/h100', 2)), [
    'nobody sells acme/l4 now; `calumet offers` lists what is for sale',
    'stock acme/h100 is supposed twice; once is enough',
  ])
  assert.deepEqual(
    wrong({ suppose: 'offers', offers: [{ ...listed, supplier: 'acme' }], asOf: 0 }),
    ['acme is a supplier of ours; what it sells is known from itself'],
  )
  assert.deepEqual(wrong(without('acme'), price('acme/h100', 1)), [
    'acme/h100 is supposed to sell, and acme to be gone; leave one out',
  ])
  assert.deepEqual(wrong(price('acne/h100', 1)), [
    'nobody sells acne/h100 now; `calumet offers` lists what is for sale; ' +
      'there is no acne, but acme, bolt',
  ])
  for (const dollars of [0, -1, 1_000_000]) {
    assert.deepEqual(
      wrong(price('acme/h100', dollars)).map((text) => text.replace(/^\S+/, '')),
      [' was given for a node of acme/h100, more than nothing and at most $8,000.00/h expected'],
      `${dollars}`,
    )
  }
})
