/**
 * Non-interference field by field: whatever can be written of bolt, in its spec, its offers and its
 * contracts, is changed one at a time. The lists of fields are those of the schemas, so that a new
 * one fails here until somebody says with which value it is changed.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { ClauseKind } from '../core/domain/clause.ts'
import type { Offer } from '../core/domain/offer.ts'
import { clause } from '../core/spec/contract/clauses.ts'
import { contractShape } from '../core/spec/contract/contract.ts'
import { supplierShape } from '../core/spec/supplier.ts'
import { OfferShown } from '../protocol/supplier.ts'
import { contentOf, noticeToAcme, type Scene, sentToAcme } from './barrier-stage.test.ts'

/** Values by field; of several each is tried. */
type Fields = Readonly<Record<string, readonly unknown[]>>

const spec = { kind: 'Supplier', name: 'bolt', url: 'http://bolt', class: 'A' }
const order = {
  ...{ kind: 'Contract', name: 'order', with: 'bolt', form: 'order', bindingness: 'definitive' },
  ...{ signed: '2026-01-01', from: '2026-01-01', source: 'a secret', clauses: [] },
}
const scene: Scene = { name: 'bolt', specs: JSON.stringify(spec), offer: {} }
const usual = await sentToAcme(scene)

const specFields: Fields = {
  name: ['aaa'],
  driver: ['slurm'],
  url: ['http://elsewhere'],
  token: [{ env: 'BOLT' }],
  class: ['B', 'C'],
  late_effect: ['1h'],
  list_lag: ['1h'],
  settings: [{ a: 'b' }],
  jurisdictions: [{ us: 'eu' }],
  relations: [['rival'], ['investor', 'landlord'], [{ is: 'rival', from: '2027-01-16' }]],
  hosts: [{ us: ['core'] }, { us: ['acme'] }],
  controls: [[{ name: 'kms', until: '2099-01-01', document: 'a letter' }]],
  scope: [{ products: ['other'] }, { regions: 'unknown' }],
  requests_per_minute: [12],
  buying: [false],
}

const offerFields: Readonly<Record<string, readonly Partial<Offer>[]>> = {
  id: [{ id: 'a100' }],
  accelerator: [{ accelerator: 'L4' }],
  accelerators_per_node: [{ perNode: 4 }],
  region: [{ region: 'eu' }],
  fabric: [{ fabric: 'infiniband' }],
  market: [{ market: 'spot' }],
  price_per_hour_micros: [{ pricePerHour: 35_000_000 }, { pricePerHour: 10_000_001 }],
  stock: [{ stock: { kind: 'count', nodes: 0 } }, { stock: { kind: 'level', level: 'high' } }],
  from: [{ window: { from: 1_800_000_001_000 } }, { window: { from: 1_900_000_000_000 } }],
  until: [{ window: { until: 1_900_000_000_000 } }],
}

/** A value for each field that every clause has, and for each of the contract itself. */
const commonFields: Fields = {
  id: ['x'],
  scope: [{ accelerator: 'H100' }, { product: 'other' }],
  from: ['2026-06-01', '2030-01-01'],
  to: ['2026-06-02', '2030-01-01'],
  recorded: ['2026-06-01'],
  repealed: [{ by: 'order', on: '2026-06-01' }],
  source: ['another letter'],
  assumed: [[]],
}

const orderFields: Fields = {
  name: ['a'],
  with: ['core'],
  form: ['MSA', 'LOI'],
  bindingness: ['rumoured', 'non-binding'],
  signed: ['2026-02-01'],
  from: ['2026-06-01', '2030-01-01'],
  to: ['2026-06-02', '2030-01-01'],
  recorded: ['2026-06-01'],
  supersedes: [['older']],
  coming: [['eu-new']],
  source: ['another letter'],
  calendar: [{ holidays: ['2027-01-15'] }],
  conversions: [[{ from: 'nodes', accelerator: 'H100', accelerators: 8 }]],
}

const much = '8 accelerators'

/** What a clause of a kind has to say, and all that it may say beside. */
const kinds: Readonly<Record<ClauseKind, readonly [must: Fields, may: Fields]>> = {
  exclusivity: [{}, { except: [[{ product: 'chat' }]] }],
  rofr: [
    {},
    {
      trigger: ['accepted-loi'],
      window: ['5 days'],
      channel: ['by hand'],
      match: ['price-only'],
      disclose: [['accelerators']],
      tail: ['5 days'],
      tolerance: [{ share: '5%' }],
      partial: [true],
      priority: [2],
      aggregate: ['5 days'],
      at_least: [1_000],
      long_stop: ['5 days'],
    },
  ],
  rofo: [{}, { window: ['5 days'] }],
  launch_first: [{}, { lag: ['5 days'] }],
  preferred_overflow: [{ order: [['bolt'], ['core']] }, {}],
  residency: [{ jurisdictions: [['us'], ['eu']] }, {}],
  security: [{ controls: [['kms'], ['sl3']] }, {}],
  export: [{}, { jurisdictions: [['xx']], end_users: [['xx']] }],
  confidentiality: [{}, { secrets: [['prices']], audience: [['acme']] }],
  take_or_pay: [
    {
      quantity: [much, '16 accelerators'],
      accelerator: ['H100', 'L4'],
      interval: ['month', 'year'],
      price_per_hour: [2, 9],
    },
    {
      free_intervals: [1],
      steps: [[{ from: '2026-06-01', quantity: much }]],
      make_up_intervals: [1],
      ramp: ['ramp'],
    },
  ],
  spend_commit: [
    { total: ['$5M', '$6M'] },
    {
      milestones: [[{ at: '2026-06-01', dollars: '$1M' }]],
      shortfall: ['none'],
      warn: ['5 days'],
    },
  ],
  expansion_option: [
    {
      quantity: [much, '16 accelerators'],
      accelerator: ['H100', 'L4'],
      strike_per_hour: [2, 3],
      term: ['90 days', '30 days'],
    },
    {
      reached: [{ energised: '2026-06-01' }],
      forecast: [[{ from: '2027-01-01', price_per_hour: 2, accelerators: 8 }]],
    },
  ],
  backstop_purchase: [
    { cap: ['$1M', '$2M'], quantity: [much, '16 accelerators'], accelerator: ['H100', 'L4'] },
    { expected: ['25%'] },
  ],
  prepay: [
    { form: ['prepay', 'loan'], amount: ['$1M', '$2M'], paid: ['2026-06-01', '2026-07-01'] },
    { refund: ['5%'] },
  ],
  equity_vesting: [
    {
      accelerator: ['H100', 'L4'],
      milestones: [[{ quantity: much, shares: 1 }], [{ quantity: much, shares: 2 }]],
    },
    {},
  ],
  credit_support: [{ guarantor: ['bank', 'acme'], amount: ['$1M', '$2M'] }, {}],
  price: [
    {
      pricing: [
        { form: 'fixed', price_per_hour: 9 },
        { form: 'fixed', price_per_hour: 31 },
        { form: 'mfn', comparators: ['acme'] },
      ],
    },
    { review: ['2026-06-01'] },
  ],
  ramp: [
    {
      tranches: [
        [{ id: 'one', quantity: much, accelerator: 'H100', due: '2026-06-01' }],
        [{ id: 'one', quantity: much, accelerator: 'H100', due: '2027-06-01' }],
      ],
    },
    { grace: ['5 days'] },
  ],
  late_delivery: [
    { ramp: ['ramp', 'ramp'], terminate_after: ['30 days', '5 days'] },
    {
      credits: [[{ after: '5 days', share: '5%' }]],
      cure: ['5 days'],
      terminates: ['agreement'],
    },
  ],
  sla_credit: [
    { bands: [[{ below: '99.9%', credit: '10%' }], [{ below: '99%', credit: '10%' }]] },
    { excluded: [['maintenance']], claim: ['5 days'], cap: ['5%'] },
  ],
  substitution: [
    { floor: [{ hbm_gb: 80 }, { hbm_gb: 90 }] },
    { consent: ['like-kind'], meeting: ['5 days'] },
  ],
  cancel_resale_pause: [{}, { notice: ['5 days'], cancel: ['5%'], resale: ['5%'], pause: ['5%'] }],
  term_end: [
    { notice: ['90 days', '5 days'] },
    { renews_months: [12], cure: ['5 days'], exit_fee: ['5%'], assignment: ['free'] },
  ],
}

/** What others lean on. */
const ramp = {
  ...{ kind: 'ramp', id: 'ramp' },
  tranches: [{ id: 'one', quantity: much, accelerator: 'H100', due: '2026-06-01' }],
}

/** Kinds that bar acme, or make bolt the one to ask first. */
const diverting: readonly string[] = [
  ...(['exclusivity', 'rofr', 'rofo', 'launch_first'] as const),
  ...(['residency', 'security', 'export', 'take_or_pay', 'prepay'] as const),
]

interface Fact {
  readonly what: string
  readonly scene: Scene
}

/** One field after the other is changed, to each of its values. */
function changed(base: object, fields: Fields): readonly (readonly [string, object])[] {
  return Object.entries(fields).flatMap(([key, values]) =>
    values.map((value) => [`${key} ${JSON.stringify(value)}`, { ...base, [key]: value }] as const),
  )
}

function specFacts(): readonly Fact[] {
  return changed(spec, specFields).map(([what, each]) => {
    const { name } = each as typeof spec
    return { what, scene: { ...scene, name, specs: JSON.stringify(each) } }
  })
}

function offerFacts(): readonly Fact[] {
  return Object.entries(offerFields).flatMap(([what, offers]) => {
    return offers.map((offer) => ({ what, scene: { ...scene, offer } }))
  })
}

const older = { ...order, name: 'older', form: 'MOU', bindingness: 'non-binding' }

function signed(what: string, paper: object): Fact {
  const specs = [spec, older, paper].map((each) => JSON.stringify(each)).join('\n---\n')
  return { what, scene: { ...scene, specs } }
}

function orderFacts(): readonly Fact[] {
  const clauses = [leastOf('sla_credit')]
  return changed({ ...order, clauses }, orderFields).map(([what, paper]) => signed(what, paper))
}

function leastOf(kind: ClauseKind): object {
  const must = Object.entries(kinds[kind][0]).map(([key, [value]]) => [key, value])
  return { kind, ...Object.fromEntries(must) }
}

function clauseFacts(kind: ClauseKind): readonly Fact[] {
  const [must, may] = kinds[kind]
  // What all kinds have in common is tried on one of them.
  const common = kind === 'sla_credit' ? commonFields : {}
  const least = leastOf(kind)
  const beside = kind === 'late_delivery' || 'ramp' in may ? [ramp] : []
  const all = [['itself', least] as const, ...changed(least, { ...must, ...may, ...common })]
  return all.map(([what, each]) => {
    return signed(`${kind} ${what}`, { ...order, clauses: [...beside, each] })
  })
}

const names = Object.keys(kinds) as readonly ClauseKind[]
const isDiverting = (kind: ClauseKind) => diverting.includes(kind)

/** Facts by which the same is bought. */
const idle: Readonly<Record<string, readonly Fact[]>> = {
  'its spec': specFacts(),
  'its offers': offerFacts(),
  'what was signed with it': orderFacts(),
  'its clauses': names.filter((kind) => !isDiverting(kind)).flatMap(clauseFacts),
}

for (const [about, facts] of Object.entries(idle)) {
  it(`[OP28] tells others, and their machines, nothing of ${about}, field by field`, async () => {
    for (const { what, scene } of facts) {
      assert.deepEqual(await sentToAcme(scene), usual, what)
    }
  })
}

it('[OP28] tells others only whether and when, where it is the one to ask first', async () => {
  const cheap = [{ pricePerHour: 9_000_000 }, { pricePerHour: 1, fabric: 'infiniband' }]
  const facts = [
    ...cheap.map((offer) => ({ what: 'its price', scene: { ...scene, offer } })),
    ...names.filter(isDiverting).flatMap(clauseFacts),
  ]
  const later: string[] = []
  for (const { what, scene } of facts) {
    const sent = await sentToAcme(scene)
    if (sent.length === 0) continue
    assert.deepEqual(contentOf(sent), contentOf(usual), what)
    if (sent[0] !== usual[0]) later.push(what)
  }
  assert.ok(later.includes('its price'))
  assert.ok(later.some((what) => what.startsWith('take_or_pay')))
})

it('[OP28] tells the holder of a right what its clause names of the deal alone', async () => {
  const told = await noticeToAcme(scene)
  assert.match(told ?? '', /"accelerators":"16"/)
  // What contradicts the right of acme is not taken.
  const others = names.filter((kind) => kind !== 'exclusivity' && kind !== 'rofr')
  const more = others.map((kind) => clauseFacts(kind)[0])
  let same = 0
  for (const fact of [...specFacts(), ...offerFacts(), ...orderFacts(), ...more]) {
    if (!fact) continue
    const notice = await noticeToAcme(fact.scene)
    // What the job does not ask for is no deal, and of what is kept there is no notice.
    if (notice === null) continue
    assert.equal(notice, told, fact.what)
    same += 1
  }
  assert.ok(same > 40, `${same} notices`)
})

it('[OP28] knows of each field that can be written, or is shown, of another', () => {
  const keys = (...fields: object[]) => fields.flatMap((each) => Object.keys(each)).sort()
  assert.deepEqual(keys({ kind: 0 }, specFields), keys(supplierShape.shape))
  assert.deepEqual(keys({ kind: 0, clauses: 0 }, orderFields), keys(contractShape.shape))
  assert.deepEqual(keys(offerFields), keys(OfferShown.shape))
  const shapes = clause.options.map(({ in: { shape } }) => [shape.kind.value, keys(shape)] as const)
  assert.deepEqual(shapes.map(([kind]) => kind).sort(), keys(kinds))
  for (const [kind, shape] of shapes) {
    assert.deepEqual(keys({ kind: 0 }, commonFields, ...kinds[kind]), shape, kind)
  }
})
