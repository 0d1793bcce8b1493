/**
 * Prices by contract in a real ledger: where indices stood, what that makes of a price on a day,
 * and what the planner buys by it.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import type { Charge } from '../../../core/domain/charge.ts'
import type { Offer } from '../../../core/domain/offer.ts'
import { readSubmission } from '../../../core/spec/read.ts'
import { embedded } from '../../../drivers/ledgers/embedded.ts'
import { lease as leasePut } from '../../../testing/ledger-rows.ts'
import { defaultSettings } from '../../settings.ts'
import { submit } from '../../submit.ts'
import { decide } from '../../turn/decide.ts'
import type { Observed } from '../../turn/observed.ts'
import { verdictsAt } from '../../verdicts.ts'
import { keep } from '../record.ts'
import type { IndexOrder } from './note.ts'
import { ratesView } from './rates.ts'

const day = (text: string) => Date.parse(text)

const indexed = (more = '') => `  - kind: price
    id: power
    scope: { accelerator: H100 }
    pricing: { form: indexed, price_per_hour: 2.00, index: power, base: 100,
      floor_per_hour: 1.50, cap_per_hour: 3.00${more} }
`
const job = (more = '') => `---
kind: Job
name: train
run: ./train
resources: { accelerators: H100:8 }
${more}`

const msa = (clauses: string) => `kind: Contract
name: msa
with: acme
form: MSA
bindingness: definitive
signed: 2026-01-01
from: 2026-01-01
to: 2028-01-01
source: letter
clauses:
${clauses}`

async function house(t: TestContext, clauses: string) {
  const folder = mkdtempSync(join(tmpdir(), 'calumet-price-'))
  let now = day('2026-03-01')
  const path = join(folder, 'ledger.db')
  const ledger = await embedded({ path, clock: () => now, randomId: () => 'us' })
  t.after(async () => {
    await ledger.close()
    rmSync(folder, { recursive: true })
  })
  const apply = async (text: string) => {
    const known = { canonical: (name: string) => name, knownAccelerators: [] }
    const { specs, faults } = readSubmission([{ file: 'a.yaml', text }], known)
    assert.deepEqual(faults, [])
    assert.equal((await submit(ledger, specs, null)).outcome, 'done')
  }
  await apply(msa(clauses))
  return {
    ledger,
    apply,
    on: (date: string) => {
      now = day(date)
    },
    /** `day value` each; answers why it was refused, else with the id of what is kept. */
    async note(levels: readonly string[], more: Partial<IndexOrder> = {}) {
      const told = levels.map((each) => {
        const [at = '', value] = each.split(' ')
        return { at: day(at), value: Number(value) }
      })
      const base = { kind: 'index', index: 'power', unit: 'USD/MWh', by: 'ann' } as const
      const done = await keep(ledger, { ...base, levels: told, document: 'exchange', ...more })
      return done.outcome === 'refused' ? done.why : done.record.id
    },
    async rates(at: string, known: string) {
      const charged = { snapshot: await ledger.read(), charges: [] }
      const asked = { at: day(at), known: day(known), offers: [] }
      return ratesView(charged, asked).map(({ clause, accelerator, perHour, because }) => {
        const price = perHour === null ? '-' : perHour / 1e6
        return `${clause} ${accelerator ?? 'any'} ${price} ${because}`
      })
    },
  }
}

it('[OP50] where an index stood is kept once, and corrected by what is said later', async (t) => {
  const home = await house(t, indexed())
  assert.equal(await home.note(['2026-02-01 100']), 'f1')
  assert.equal(await home.note(['2026-02-01 100'], { by: 'ben' }), 'f1')
  assert.equal(await home.note(['2026-02-02 110']), 'f2')
  assert.equal(await home.note(['2026-02-01 100']), 'f1')
  home.on('2026-03-02')
  assert.equal(await home.note(['2026-02-01 90', '2026-02-03 120']), 'f3')
  // What is changed back is no repetition.
  home.on('2026-03-03')
  assert.equal(await home.note(['2026-02-01 100']), 'f4')
  const on = (known: string) => home.rates('2026-02-01', known)
  const at = (value: number, price: number) => [
    `msa/power H100 ${price} power at ${value} USD/MWh on 2026-02-01`,
  ]
  assert.deepEqual(await on('2026-03-01'), at(100, 2))
  assert.deepEqual(await on('2026-03-02'), at(90, 1.8))
  assert.deepEqual(await on('2026-03-03'), at(100, 2))
  assert.deepEqual(await on('2026-02-28'), ['msa/power H100 3 its cap, since power is not known'])
})

it('[OP50] what cannot be meant is refused, with what would put it right', async (t) => {
  const home = await house(t, indexed())
  const told = await Promise.all([
    home.note(['2026-03-02 100']),
    home.note(['2026-02-01T12:00Z 100']),
    home.note(['2026-02-01 100', '2026-02-01 101']),
    home.note(['2026-02-01 100'], { index: 'powr' }),
  ])
  assert.deepEqual(told, [
    'it lies ahead; expected the day on which it happened',
    'a level is of a whole day of UTC',
    'it tells a day twice',
    'no clause asks for powr; they ask for power',
  ])
  assert.equal(await home.note(['2026-02-01 100'], { unit: 'USD/kWh' }), 'f1')
  const slip = 'power was noted in USD/kWh, not in USD/MWh; '
  assert.equal(
    await home.note(['2026-02-01 100']),
    `${slip}if that was a slip, write unit: USD/MWh in msa/power`,
  )
  await home.apply(msa(indexed(', unit: USD/MWh')))
  assert.deepEqual(await home.rates('2026-02-01', '2026-03-01'), [
    'msa/power H100 3 its cap, since power is not known',
  ])
  assert.equal(await home.note(['2026-02-01 100']), 'f2')
  const other = await home.note(['2026-02-01 100'], { unit: 'EUR/MWh' })
  assert.equal(other, 'msa/power has power in USD/MWh, not in EUR/MWh')
  const bare = await house(t, '  - { kind: exclusivity, id: alone }')
  assert.equal(await bare.note(['2026-02-01 1']), 'no clause asks for power; none asks for any')
})

it('[OP51] every clause about a price is told, with why it says no price', async (t) => {
  const home = await house(
    t,
    `${indexed()}  - { kind: price, id: best, scope: { accelerator: { starts_with: H } },
      pricing: { form: mfn, tolerance: 10%, comparators: [bolt, cut] } }
  - { kind: price, id: room, review: 2026-06-01, pricing: { form: auction, index: clearing } }
  - { kind: price, id: steps, pricing: { form: tiered, tiers: [
      { accelerators: 16, price_per_hour: 1.50 }, { accelerators: 32, price_per_hour: 1.25 }] } }
`,
  )
  await home.note(['2026-02-20 2.35'], { index: 'clearing', unit: 'USD/h' })
  const { ledger } = home
  const charge = (rental: string, accelerators: number): Charge => ({
    ...{ id: `acme/${rental}`, supplier: 'acme', rental, lease: null, workload: null },
    ...{ account: 'usage', accelerator: 'H100', accelerators, pricePerHour: 1, amount: 0 },
    ...{ from: day('2026-02-01'), to: null, region: 'us' },
  })
  const told = async (...held: readonly number[]) => {
    const charges = held.map((accelerators, index) => charge(`r${index}`, accelerators))
    const charged = { snapshot: await ledger.read(), charges }
    const asked = { at: day('2026-03-01'), known: day('2026-03-01'), offers: [] }
    return ratesView(charged, asked)
  }
  const rows = (await told(8)).map(({ clause, accelerator, perHour, because, held }) => {
    return [clause, accelerator, perHour, held, because]
  })
  assert.deepEqual(rows, [
    ['msa/best', 'H100', null, 8, 'no dearer than bolt, cut, or by 10% at most'],
    ['msa/power', 'H100', 3_000_000, 8, 'its cap, since power is not known'],
    [
      ...['msa/room', 'H100', null, 8],
      'whatever the auction gives; of those before, clearing at 2.35 USD/h on 2026-02-20',
    ],
    ['msa/steps', 'H100', null, 8, 'nothing is promised below its first tier'],
  ])
  const [, power, room, steps] = await told(8, 24)
  assert.deepEqual([steps?.perHour, steps?.because], [1_250_000, 'with 32 held'])
  assert.deepEqual([room?.reviewAt, power?.bestPrice], [day('2026-06-01'), ['msa/best']])
  assert.deepEqual(power?.assumed, ['pricing.stale_after'])
  // Nobody sells or rents anything there yet.
  assert.deepEqual((await told()).at(-1)?.accelerator, null)
})

const quoted = (supplier: string, pricePerHour: number): Offer => ({
  ...{ id: 'h100', supplier, accelerator: 'H100', perNode: 8, region: 'us', market: 'on-demand' },
  ...{ pricePerHour, stock: { kind: 'count', nodes: 4 }, observedAt: 0 },
})
const offers = [quoted('acme', 24_000_000), quoted('bolt', 20_000_000)]

const observed: Observed = {
  ...{ sightings: [], offers, outages: [], sights: [], known: () => true },
  ...{ inFlight: new Set(), requestsPerSecond: {}, straysSeen: new Set() },
}

function turn() {
  return {
    installation: 'us',
    settings: { ...defaultSettings, serverUrl: 'http://us' },
    memory: {
      ...{ owners: new Map(), purchases: null, formerRuns: new Map(), drawn: null, closed: [] },
      ...{ closedCharges: new Set<string>(), spending: new Map(), unripe: [] },
      ...{ formerVersions: { pool: new Map(), outage: new Map() }, belief: { pools: {} } },
    },
    keyOf: (_: string, lease: string) => `key-${lease}`,
    chanceOf: () => 0,
    digest: (text: string) => text,
  }
}

const sellers = ['acme', 'bolt'].map((name) => {
  return `---\nkind: Supplier\nname: ${name}\nurl: http://${name}\nclass: A\n`
})

it('[OP52] buys by the price of a contract, for what is quoted at most, and says', async (t) => {
  const home = await house(t, indexed())
  const bought = async () => {
    const { plan } = await decide(await home.ledger.read(), observed, turn())
    const action = plan.actions.find((each) => each.do === 'acquire')
    const reason = plan.reasons.find(({ why }) => why === 'chosen')
    const paid = reason?.why === 'chosen' ? reason.paid : undefined
    return action ? [action.supplier, action.pricePerHourMax, paid] : plan.reasons.map((r) => r.why)
  }
  await home.apply(sellers.join('') + job())
  // Nobody knows the index: at three dollars acme is dearer than bolt.
  assert.deepEqual(await bought(), ['bolt', 20_000_000, undefined])
  await home.note(['2026-02-01 100'])
  const told = 'msa/power: $2.00 an accelerator, power at 100 USD/MWh on 2026-02-01'
  assert.deepEqual(await bought(), ['acme', 24_000_000, told])
  // A ceiling is held against what the supplier may charge, whatever is owed of it.
  await home.apply(`${job('max_price: $22')}`.slice(4))
  assert.deepEqual(await bought(), ['bolt', 20_000_000, undefined])
})

it('[OP52] what was bought by the price of a contract costs that while it is held', async (t) => {
  const home = await house(t, indexed())
  await home.apply(sellers.join('') + job())
  await home.note(['2026-02-01 100'])
  const lease = leasePut('train.0.1', 0, 'ready')
  assert.ok(lease.kind === 'lease')
  const bought = { supplier: 'acme', offer: 'h100', accelerator: 'H100', perNode: 8, nodes: 1 }
  const charged = { calls: 1, pricePerHour: 24_000_000, pricePerHourMax: 24_000_000 }
  const body = { ...lease.body, ...bought, ...charged, region: 'us' }
  await home.ledger.commit({ puts: [{ ...lease, body }], events: [] })
  const { world } = await decide(await home.ledger.read(), observed, turn())
  assert.deepEqual(world.marginals.offers, { 'acme/h100': 16_000_000 })
  assert.deepEqual(world.marginals.leases, { 'train.0.1': 16_000_000 })
})

it('[OP45] a price of another day goes by what was known of its index then', async (t) => {
  const home = await house(t, indexed())
  await home.apply(sellers.join('') + job())
  await home.note(['2026-02-01 100'])
  home.on('2026-04-10')
  await home.note(['2026-04-01 120', '2026-02-01 75'])
  const row = await home.ledger.get('workload', 'train')
  assert.ok(row)
  const says = async (at: string) => {
    const asked = { offers: offers.slice(0, 1), at: day(at), charges: [] }
    const [verdict] = await verdictsAt(home.ledger, row.body.spec, asked)
    return verdict?.says.map((each) => `${each.clause}: ${each.says}`)
  }
  const adds = (dollars: string) =>
    `so an hour of a node adds ${dollars} to what is owed, instead of $24.00`
  assert.deepEqual(await says('2026-02-20'), [])
  assert.deepEqual(await says('2026-03-05'), [
    `msa/power: $2.00 an accelerator, power at 100 USD/MWh on 2026-02-01, ${adds('$16.00')}`,
  ])
  assert.deepEqual(await says('2026-04-11'), [
    `msa/power: $2.40 an accelerator, power at 120 USD/MWh on 2026-04-01, ${adds('$19.20')}`,
  ])
})
