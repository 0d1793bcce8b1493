/** Quotes as suppliers may send them, and what of them is planned with. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Offer } from '../domain/offer.ts'
import { goodsOf } from './goods.ts'

const sound: Offer = {
  id: 'h100',
  supplier: 'acme',
  accelerator: 'H100',
  perNode: 8,
  region: 'us',
  market: 'on-demand',
  pricePerHour: 20_000_000,
  stock: { kind: 'count', nodes: 4 },
  observedAt: 0,
}
const other: Offer = { ...sound, id: 'l4', accelerator: 'L4', perNode: 1 }

for (const [what, spoilt, fault] of [
  ['a negative price', { pricePerHour: -1 }, /^acme\/h100 asks -1 micro-dollars, .* no price$/],
  ['no price', { pricePerHour: Number.NaN }, /asks NaN micro-dollars/],
  ['a fraction', { pricePerHour: 0.5 }, /asks 0.5 micro-dollars/],
  [
    'an absurd price',
    { pricePerHour: 9e12 },
    /asks \$9,000,000.00\/h, above \$1,000.00\/h for each/,
  ],
  [
    'next to no price',
    { pricePerHour: 1 },
    /asks \$0.000001\/h, below the \$0.16\/h of current for 8 H100; what is free asks \$0$/,
  ],
  [
    'too little for a slice',
    { accelerator: 'v5p-8', perNode: 1, pricePerHour: 40_000 },
    /for 1 v5p-8/,
  ],
  ['too little for any chip', { accelerator: 'Zeta-9', pricePerHour: 9_000 }, /of current for 8 Z/],
  ['an empty machine', { perNode: 0 }, /has 0 accelerators in a machine/],
  ['negative stock', { stock: { kind: 'count', nodes: -1 } }, /has -1 nodes left/],
  ['a block that is over', { window: { until: 0 } }, /is over since 1970-01-01T00:00:00Z$/],
  ['a block that ends first', { window: { from: 9, until: 8 } }, /ends .*, before it begins$/],
  ['a moment that is none', { window: { from: Number.NaN } }, /has no such moments/],
  ['a moment nobody means', { window: { until: 9e15 } }, /has no such moments/],
  ['no name', { accelerator: '' }, /lacks an id or an accelerator/],
] as const) {
  it(`[CA5] names ${what} and leaves out that offer alone`, () => {
    const { offers, faults } = goodsOf([{ ...sound, ...spoilt }, other])
    assert.deepEqual(offers, [other])
    assert.equal(faults.length, 1)
    assert.match(faults[0] ?? '', fault)
  })
}

it('[CA5] takes one of two offers that are the same, and neither of two that contradict', () => {
  assert.deepEqual(goodsOf([sound, other, { ...sound }]), { offers: [sound, other], faults: [] })
  assert.deepEqual(goodsOf([sound, other, { ...sound, pricePerHour: 1 }]), {
    offers: [other],
    faults: ['acme/h100 is quoted 2 ways at once'],
  })
})

it('[CA5] takes a block as it is, and neither of two that open apart', () => {
  const block = { ...sound, window: { from: 5, until: 9 } }
  assert.deepEqual(goodsOf([block, { ...block, window: { ...block.window } }]).offers, [block])
  assert.deepEqual(goodsOf([block, { ...block, window: { from: 6 } }]).offers, [])
})

it('[CA6] knows what is sold by its one name, and a slice by its chips', () => {
  const names = (accelerator: string, perNode = 1) => {
    const [offer] = goodsOf([{ ...sound, accelerator, perNode }]).offers
    return `${offer?.accelerator}:${offer?.perNode}`
  }
  assert.equal(names('nvidia h100 80gb', 8), 'H100:8')
  assert.equal(names('v5p-8'), 'tpu-v5p:4')
  assert.equal(names('tpu-v6e-8'), 'tpu-v6e:8')
  assert.equal(names('tpu-v6e-8', 2), 'tpu-v6e-8:2')
  assert.equal(names('V100-32'), 'V100-32:1')
  assert.equal(names('Zeta-9'), 'Zeta-9:1')
})

it('[CA5] takes what is free or dearer than current, and chips that nobody knows', () => {
  const free = { ...sound, pricePerHour: 0, accelerator: 'Zeta-9' }
  const cheap = { ...sound, id: 'cheap', pricePerHour: 160_000 }
  const t4 = { ...sound, id: 't4', accelerator: 'T4', perNode: 1, pricePerHour: 1_200 }
  const offers = [free, cheap, t4]
  assert.deepEqual(goodsOf(offers), { offers, faults: [] })
})

it('[CA5] names a row that nobody can read and leaves it out alone', () => {
  const { offers, faults } = goodsOf([
    { supplier: 'acme', id: 'b200', fault: 'price: too small' },
    sound,
  ])
  assert.deepEqual(offers, [sound])
  assert.deepEqual(faults, ['acme/b200 makes no sense: price: too small'])
})
