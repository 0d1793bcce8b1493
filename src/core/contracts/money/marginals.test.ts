/** From contracts and charges to the prices that the planner compares. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Charge } from '../../domain/charge.ts'
import { dayMs } from '../../domain/day.ts'
import type { Lease } from '../../domain/lease.ts'
import type { Offer } from '../../domain/offer.ts'
import type { Ms } from '../../domain/time.ts'
import { cutParts, paidPart } from '../../focus/parts.ts'
import { readContracts } from '../../spec/read.ts'
import { levelsAt } from '../price/levels.ts'
import { accountFrom, bindingClauses } from './account.ts'
import { untouched } from './draw.ts'
import { marginals } from './marginals.ts'

const hour = 3_600_000
const now = Date.parse('2026-05-16')

const offer = (supplier: string): Offer => ({
  ...{ id: 'h100', supplier, accelerator: 'H100', perNode: 8, region: 'us', observedAt: now },
  ...{ market: 'on-demand', pricePerHour: 16_000_000, stock: { kind: 'unknown' } },
})

function lease(id: string, accelerators: number): Lease {
  const base = { supplier: 'acme', accelerator: 'H100', perNode: accelerators, nodes: 1, calls: 1 }
  return { ...base, id, state: 'ready', intendedAt: Number(id) } as unknown as Lease
}

function priced(clause: string, leases: readonly Lease[], open: readonly Charge[] = []) {
  const text = `
kind: Contract
name: msa
with: acme
form: MSA
bindingness: definitive
signed: 2026-05-01
from: 2026-05-01
to: 2027-05-01
source: letter
clauses:
  - ${clause}`
  const read = readContracts([{ file: 'a.yaml', text }], {
    canonical: (name) => name,
    knownAccelerators: ['H100'],
  })
  assert.deepEqual(read.faults, [])
  const inForce = bindingClauses(read.contracts)
  const offers = [offer('acme'), offer('bolt')]
  const parts = (until: Ms, since?: Ms) => {
    const all = cutParts(open, { clauses: inForce, now: until, ...(since && { since }) })
    return all.map((part) => paidPart(part))
  }
  const { drawdown } = accountFrom(inForce, parts(now), untouched)
  const ahead = parts(now + dayMs, now)
  const levels = levelsAt([], { at: now, known: now })
  return marginals({ inForce, drawdown, ahead, leases, offers, levels, now })
}

const use =
  '{ kind: take_or_pay, id: use, quantity: 16 accelerators, accelerator: H100, interval: month, ' +
  'price_per_hour: $2 }'

it('[CL35] an hour that would go unused costs nothing, and others cost their price', () => {
  const idle = priced(use, [lease('1', 8)])
  assert.deepEqual([idle.offers, idle.leases], [{ 'acme/h100': 0 }, { '1': 0 }])
  assert.match(idle.because['acme/h100'] ?? '', /^msa\/use: \d+ accelerator-hours are paid for/)
})

it('[CL35] what is committed to frees no hour twice', () => {
  // Nothing was used in the first half of the month: all that is held fits into the rest of it.
  const full = priced(use, [lease('1', 8), lease('2', 16), lease('3', 16)])
  assert.deepEqual(full.leases, { '1': 0, '2': 0 })
  assert.deepEqual(full.offers, {})
})

it('[CL35] what is held out of scope is not paid for, and uses nothing that is', () => {
  const at = (region: string, ids: string) => {
    const kind = { product: 'api', workloadKind: 'Job' } as const
    return [...ids].map((id) => ({ ...lease(id, 16), region, ...kind }))
  }
  const free = (scope: string, leases: readonly Lease[]) => {
    const found = priced(use.replace('id: use', `id: use, scope: { ${scope} }`), leases)
    return [found.offers, found.leases].map((prices) => Object.keys(prices))
  }
  assert.deepEqual(free('region: eu', at('us', '1')), [[], []])
  assert.deepEqual(free('region: us', at('us', '1')), [['acme/h100'], ['1']])
  assert.deepEqual(free('region: us', at('us', '12')), [[], ['1']])
  assert.deepEqual(free('region: us', [...at('eu', '12'), ...at('us', '3')]), [
    ['acme/h100'],
    ['3'],
  ])
  // A lease tells its product, and an offer does not.
  assert.deepEqual(free('product: api', at('us', '1')), [[], ['1']])
  assert.deepEqual(free('product: chat', at('us', '1')), [[], []])
  assert.deepEqual(free('workload_kind: Job', at('us', '1')), [[], ['1']])
  assert.deepEqual(free('workload_kind: Service', at('us', '1')), [[], []])
})

it('[CL35] what runs out of scope uses no hour that is paid for', () => {
  const scoped = use.replace('id: use', 'id: use, scope: { region: us }')
  const leases = ['1', '2', '3', '4'].map((id) => ({ ...lease(id, 8), region: 'us' }))
  const free = (place: Partial<Charge>) => {
    const from = Date.parse('2026-05-01')
    const open = { supplier: 'acme', accelerator: 'H100', accelerators: 16, pricePerHour: 0, from }
    return Object.keys(priced(scoped, leases, [{ ...open, ...place } as Charge]).leases)
  }
  assert.deepEqual(free({ region: 'us' }), ['1', '2'])
  assert.deepEqual(free({ region: 'eu' }), ['1', '2', '3'])
  // Rows of earlier versions do not say where it ran.
  assert.deepEqual(free({}), ['1', '2', '3'])
})

it('[CL33] what was not delivered is not paid for, and frees nothing', () => {
  const waiting = use.replace(' }', ', ramp: steps }')
  const tranche = 'id: one, quantity: 16 accelerators, accelerator: H100, due: 2026-05-01'
  const under = (rungs: string) => {
    const steps = `  - { kind: ramp, id: steps, tranches: [{ ${tranche}${rungs} }] }`
    const { offers, leases } = priced(`${waiting}\n${steps}`, [lease('1', 8)])
    return [offers, leases]
  }
  assert.deepEqual(under(''), [{}, {}])
  const accepted = ', delivered: 2026-05-01, accepted: 2026-05-01'
  assert.deepEqual(under(accepted), [{ 'acme/h100': 0 }, { '1': 0 }])
})

it('[CL36] a prepaid dollar costs what would come back of it', () => {
  const ahead = '{ kind: prepay, id: ahead, form: prepay, amount: $1M, paid: 2026-05-01 }'
  assert.deepEqual(priced(ahead, []).offers, { 'acme/h100': 0 })
  const open = [
    {
      ...{ id: 'acme/r1', supplier: 'acme', accelerator: 'H100', accelerators: 8, to: null },
      ...{ pricePerHour: 1_000_000_000_000, from: now - hour, amount: 0 },
    } as unknown as Charge,
  ]
  assert.deepEqual(priced(ahead, [], open).offers, {})
  const scoped = ahead.replace('id: ahead', 'id: ahead, scope: { region: us }')
  const ran = (region: string) =>
    priced(
      scoped,
      [],
      open.map((each) => ({ ...each, region })),
    )
  assert.deepEqual([ran('us').offers, ran('eu').offers], [{}, { 'acme/h100': 0 }])
})

it('[CL36] a dollar that would be charged unspent costs nothing', () => {
  const spend = '{ kind: spend_commit, id: spend, total: $5M, shortfall: charged }'
  assert.deepEqual(priced(spend, []).offers, { 'acme/h100': 0 })
})

it('[CL36] what ran before a commitment began uses no dollar of it', () => {
  const base = { supplier: 'acme', accelerator: 'H100', accelerators: 8, to: null, amount: 0 }
  const price = { pricePerHour: 1_000_000_000, from: Date.parse('2026-04-01') }
  const open = [{ ...base, ...price, id: 'acme/r1' } as unknown as Charge]
  // A thousand dollars an hour for 15 days are $360k, and $1.08M since it runs.
  const spend = (total: string) => {
    const clause = `{ kind: spend_commit, id: spend, to: 2026-05-17, total: ${total}, `
    return priced(`${clause} shortfall: charged }`, [], open).offers
  }
  assert.deepEqual([spend('$500k'), spend('$300k')], [{ 'acme/h100': 0 }, {}])
  const paid = (on: string, amount: string) => {
    const clause = `{ kind: prepay, id: ahead, form: prepay, amount: ${amount}, paid: ${on} }`
    return priced(clause, [], open).offers
  }
  assert.deepEqual(
    [paid('2026-05-01', '$500k'), paid('2026-05-01', '$300k')],
    [{ 'acme/h100': 0 }, {}],
  )
  assert.deepEqual(paid('2026-05-11', '$200k'), { 'acme/h100': 0 })
})

it('[CL36] a lease costs no more than what would be got for giving it back', () => {
  const held = { ...lease('1', 8), region: 'us', pricePerHour: 16_000_000 }
  const spend = '{ kind: spend_commit, id: spend, total: $5M, shortfall: charged }'
  assert.deepEqual(priced(spend, [held]).leases, { '1': 0 })
  assert.deepEqual(priced(spend.replace('charged', 'none'), [held]).leases, {})
  assert.deepEqual(priced(spend, [{ ...held, supplier: 'bolt' }]).leases, {})
  const elsewhere = spend.replace('id: spend', 'id: spend, scope: { region: eu }')
  assert.deepEqual(priced(elsewhere, [held]).leases, {})
  const ahead = 'kind: prepay, id: ahead, form: prepay, amount: $1M, paid: 2026-05-01'
  assert.deepEqual(priced(`{ ${ahead}, refund: 25% }`, [held]).leases, { '1': 4_000_000 })
})

it('[CL35] hours that an older interval left cost nothing while they are good', () => {
  const hourly = use.replace('interval: month', 'interval: hour')
  const offers = (more: string) =>
    priced(hourly.replace(' }', `${more} }`), [lease('1', 16)]).offers
  // What is held uses all that is paid for this hour; nothing was used of those before.
  assert.deepEqual(offers(''), {})
  assert.deepEqual(offers(', make_up_intervals: 12'), { 'acme/h100': 0 })
  // Eleven hours of 16 are 16 less than the day of 8 that is asked about.
  assert.deepEqual(offers(', make_up_intervals: 11'), { 'acme/h100': 1_333_333 })
})

it('[CL37] what runs and what is held count against one commitment alone', () => {
  const held = ['1', '2', '3'].map((id) => lease(id, 16))
  const both = priced(`${use}\n  - ${use.replace('id: use', 'id: more')}`, held)
  // For the rest of the month three times 16 are less than what two months of 16 still pay for.
  assert.deepEqual([both.offers, both.leases], [{ 'acme/h100': 0 }, { '1': 0, '2': 0, '3': 0 }])
  const from = Date.parse('2026-05-01')
  const base = { id: 'acme/r1', supplier: 'acme', accelerator: 'H100', to: null, amount: 0 }
  const open = { ...base, accelerators: 16, pricePerHour: 32_000_000, from } as unknown as Charge
  const spend = '{ kind: spend_commit, id: spend, to: 2026-05-17, total: $10k, shortfall: charged }'
  const [one] = held
  assert.ok(one)
  // All that ran was paid for by the hour, and no dollar of it was spent on the other.
  const { because } = priced(`${use}\n  - ${spend}`, [one], [open])
  assert.match(because['acme/h100'] ?? '', /^msa\/spend: \$10,000\.00 would be charged unspent/)
  assert.deepEqual(priced(spend, [], [open]).offers, {})
})

const rate = '{ kind: price, id: rate, pricing: { form: fixed, price_per_hour: 1.50 } }'

it('[CL110] what costs less by a contract than it is quoted for costs that', () => {
  const { offers, because, agreed } = priced(rate, [])
  assert.deepEqual([offers, agreed], [{ 'acme/h100': 12_000_000 }, { 'acme/h100': 12_000_000 }])
  assert.equal(because['acme/h100'], 'msa/rate: $1.50 an accelerator, fixed')
  const dear = priced(rate.replace('1.50', '2.50'), [])
  assert.deepEqual([dear.offers, dear.agreed], [{}, { 'acme/h100': 20_000_000 }])
  // An offer does not tell for which product it would be, and a benefit is not guessed.
  assert.deepEqual(priced(rate.replace('id: rate', 'id: rate, scope: { product: api }'), []), {
    ...{ offers: {}, leases: {}, because: {}, agreed: {} },
  })
})

it('[CL110] an hour that is paid for and idle costs nothing, whatever was agreed of others', () => {
  const { offers, because } = priced(`${use}\n  - ${rate}`, [])
  assert.deepEqual(offers, { 'acme/h100': 0 })
  assert.match(because['acme/h100'] ?? '', /^msa\/rate: \$1.50 .*; msa\/use: \d+ accelerator-hours/)
})

const tiers =
  '{ kind: price, id: tiers, pricing: { form: tiered, tiers: [{ accelerators: 0, ' +
  'price_per_hour: 1.50 }, { accelerators: 20, price_per_hour: 1 }] } }'

it('[CL110] a node costs what the tiers say that it comes to stand in', () => {
  const price = (...held: readonly number[]) => {
    const leases = held.map((accelerators, index) => lease(`${index + 1}`, accelerators))
    return priced(tiers, leases).offers['acme/h100']
  }
  // Of eight accelerators that come to sixteen, four stand above twenty.
  assert.deepEqual([price(), price(16), price(8, 16)], [12_000_000, 10_000_000, 8_000_000])
})

it('[CL110] a lease costs no more than its like would, nor than it was taken for', () => {
  const charged = (id: string, accelerators: number, pricePerHour: number): Lease => {
    return { ...lease(id, accelerators), pricePerHour }
  }
  const [old, more] = [charged('1', 16, 32_000_000), charged('2', 8, 16_000_000)]
  // The next sixteen stand above twenty, and so does half of the second lease.
  const { offers, leases } = priced(tiers, [more, old])
  assert.deepEqual([offers['acme/h100'], leases], [8_000_000, { '1': 16_000_000, '2': 8_000_000 }])
  assert.deepEqual(priced(tiers, [old, charged('2', 8, 7_000_000)]).leases, { '1': 16_000_000 })
  // In tiers that rise a gang of four nodes is taken for four times its first one.
  const rise = tiers.replace('price_per_hour: 1 }', 'price_per_hour: 3 }').replace('20', '8')
  const gang = { ...charged('1', 8, 80_000_000), nodes: 4 }
  assert.equal(priced(rise, []).offers['acme/h100'], 12_000_000)
  assert.deepEqual(priced(rise, [gang]).leases, { '1': 48_000_000 })
})

it('[CL110] [CL35] a lease that a price and a commitment are about costs the lower of both', () => {
  const charged = (id: string, accelerators: number): Lease => {
    return { ...lease(id, accelerators), pricePerHour: accelerators * 2_000_000 }
  }
  const hourly = use.replace('interval: month', 'interval: hour')
  const both = (price: string, terms = hourly) => {
    return priced(`${terms}\n  - ${price}`, [charged('1', 16), charged('2', 8)])
  }
  const { offers, leases } = both(rate)
  assert.deepEqual([offers, leases], [{ 'acme/h100': 12_000_000 }, { '1': 0, '2': 12_000_000 }])
  // What is paid for by the hour is held all the same, and the next stands above it.
  assert.deepEqual(both(tiers).offers, { 'acme/h100': 8_000_000 })
  // Of a day of eight 168 hours are left of older ones, once the second lease took its own.
  const madeUp = both(rate, hourly.replace(' }', ', make_up_intervals: 11 }'))
  assert.deepEqual([madeUp.offers, madeUp.leases], [{ 'acme/h100': 1_500_000 }, { '1': 0, '2': 0 }])
})

it('[CL110] [CL36] a commitment is used up by what was charged, whatever was agreed of it', () => {
  const from = Date.parse('2026-05-01')
  const base = { id: 'acme/r1', supplier: 'acme', accelerator: 'H100', to: null, amount: 0 }
  const open = { ...base, accelerators: 16, pricePerHour: 32_000_000, from } as unknown as Charge
  const spend = (total: string) => {
    return `{ kind: spend_commit, id: spend, to: 2026-05-17, total: ${total}, shortfall: charged }`
  }
  const price = (total: string) => priced(`${spend(total)}\n  - ${rate}`, [], [open]).offers
  // $11,520 by now, and $768 by tomorrow; at the price it would be $9,216.
  assert.deepEqual(price('$12288'), { 'acme/h100': 12_000_000 })
  assert.deepEqual(price('$12300'), { 'acme/h100': 11_500_000 })
})
