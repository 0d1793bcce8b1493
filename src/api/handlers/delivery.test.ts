/** What was promised to come, what may come besides, and what may stand in for it, over HTTP. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Charge } from '../../core/domain/charge.ts'
import type { Offer } from '../../core/domain/offer.ts'
import { contingentView } from '../../operate/law/contingent.ts'
import { refused, stage } from '../stage.test.ts'

const contract = `kind: Contract
name: build
with: acme
form: MSA
bindingness: definitive
signed: 1970-01-01
from: 1970-01-01
to: 2100-01-01
source: letter
conversions: [{ from: MW, accelerator: H100, accelerators: 700 }]
clauses:
  - kind: ramp
    id: steps
    grace: 5 days
    tranches:
      - { id: one, quantity: 100 accelerators, accelerator: H100, due: 1970-01-02,
          energised: 1970-01-01, delivered: 1970-01-01, accepted: 1970-01-02 }
      - { id: two, quantity: 1 MW, accelerator: H100, due: 1970-01-05 }
  - kind: late_delivery
    id: late
    ramp: steps
    credits: [{ after: 0 days, share: 10% }]
    terminate_after: 90 days
    cure: 30 days
  - { kind: price, id: rate, pricing: { form: fixed, price_per_hour: 2.00 } }
  - kind: equity_vesting
    id: shares
    accelerator: H100
    milestones: [{ quantity: 100 accelerators, shares: 10 }, { quantity: 1 MW, shares: 90 }]
  - kind: expansion_option
    id: more
    quantity: 10 accelerators
    accelerator: H100
    strike_per_hour: 1.50
    term: 10 days
  - { kind: backstop_purchase, id: unsold, cap: $2M, quantity: 50 accelerators, accelerator: H100 }
  - kind: substitution
    id: like-kind
    floor: { memory_gb: 80, fabric: infiniband }
    consent: like-kind
    meeting: 10 days
`

const hour = 3_600_000

it('[AP39] a late tranche is told with its credit, and since when we may leave', async (t) => {
  const home = await stage(t, { aheadMs: 480 * hour - Date.now() })
  assert.deepEqual((await home.apply(contract)).body.faults ?? [], [])
  const { tranches, ramps, vesting } = (await home.ask('GET /v1/law/delivery')).body
  const [one, two] = tranches
  assert.deepEqual([one.rung, one.accelerators, one.late], ['accepted', 100, null])
  assert.deepEqual([two.rung, two.accelerators, two.dueAt], ['contracted', 700, 96 * hour])
  assert.ok(two.likelyAt > 480 * hour && two.lateAt > two.likelyAt)
  // Of 700 accelerators at $2 an hour a tenth, for eleven days past the grace.
  const credit = String(700 * 2_000_000 * 24 * 0.1 * 11)
  const mayEndFrom = (96 + 24 * (5 + 90)) * hour
  assert.deepEqual(two.late, {
    clause: 'build/late',
    days: 11,
    credit,
    mayEndFrom,
    ends: 'tranche',
  })
  const [{ accepted, promised, expected }] = ramps
  assert.deepEqual([accepted, promised], [100, 800])
  const ahead = expected.map((each: { accelerators: number }) => each.accelerators)
  assert.ok(ahead.every((each: number) => each > 100 && each < 800))
  assert.deepEqual(ahead, ahead.toSorted())
  const [shares] = vesting
  assert.deepEqual([shares.clause, shares.vestedShares, shares.missing], ['build/shares', 10, 600])
  const [score] = (await home.ask('GET /v1/suppliers/scores')).body.scores
  assert.deepEqual([score.supplier, score.tranches, score.late], ['acme', 2, 1])
})

it('[AP39] a late tranche is credited by the tier that it would stand in', async (t) => {
  const home = await stage(t, { aheadMs: 480 * hour - Date.now() })
  const tiers = [
    { accelerators: 0, price_per_hour: 2 },
    { accelerators: 350, price_per_hour: 1 },
  ]
  const pricing = `{ form: tiered, tiers: ${JSON.stringify(tiers)} }`
  const tiered = contract.replace('{ form: fixed, price_per_hour: 2.00 }', pricing)
  assert.deepEqual((await home.apply(tiered)).body.faults ?? [], [])
  const [, two] = (await home.ask('GET /v1/law/delivery')).body.tranches
  // Half of its 700 accelerators cost two dollars an hour, the others one.
  assert.equal(two.late.credit, String(700 * 1_500_000 * 24 * 0.1 * 11))
})

it('[AP39] options and backstops stand apart from what is certain', async (t) => {
  const home = await stage(t)
  await home.apply(contract)
  const { options, backstops } = (await home.ask('GET /v1/law/contingent')).body
  const [option] = options
  assert.deepEqual(
    [option.accelerators, option.strikePerHour, option.termDays],
    [10, 1_500_000, 10],
  )
  // Nobody sells anything here, so nobody knows what it saves.
  assert.deepEqual([option.marketPerHour, option.value], [null, null])
  const [backstop] = backstops
  assert.deepEqual([backstop.clause, backstop.worst], ['build/unsold', '2000000000000'])
  // Nobody said what to expect, and nothing is guessed.
  assert.deepEqual([backstop.expected, backstop.expectedAccelerators], [null, null])
  assert.deepEqual(backstop.assumed, [])
})

it('[AP39] what we expect ourselves is told as ours, in dollars and in capacity', async (t) => {
  const home = await stage(t, { aheadMs: 480 * hour - Date.now() })
  const ours = contract
    .replace(
      'accelerator: H100 }\n  - kind: subst',
      'accelerator: H100, expected: 20% }\n  - kind: subst',
    )
    .replace(
      'term: 10 days',
      `term: 10 days
    forecast:
      - { from: 1970-02-01, price_per_hour: { least: 1, likely: 2.50, most: 3 }, accelerators: 5 }`,
    )
  assert.deepEqual((await home.apply(ours)).body.faults ?? [], [])
  const { options, backstops } = (await home.ask('GET /v1/law/contingent')).body
  const [{ forecast, assumed }] = options
  assert.deepEqual([forecast.from, assumed], [Date.parse('1970-02-01'), ['forecast']])
  // Half of it would be used, so that all of it pays from twice its price on.
  const worth = (value: number) => ({ value: String(value), breakEvenPerHour: 3_000_000 })
  assert.deepEqual(
    [forecast.least, forecast.likely, forecast.most],
    [worth(0), worth(5 * 240 * 1_000_000), worth(5 * 240 * 1_500_000)],
  )
  const [backstop] = backstops
  assert.deepEqual([backstop.expected, backstop.expectedAccelerators], ['400000000000', 10])
  const until = Date.parse('2100-01-01')
  assert.deepEqual([backstop.until, backstop.assumed], [until, ['expected']])
  const [{ atRisk, mayCome }] = (await home.ask('GET /v1/exposure')).body.exposure
  const capacity = [{ accelerator: 'H100', accelerators: 50, expectedAccelerators: 10 }]
  const amounts = { worst: '2000000000000', expected: '400000000000' }
  assert.deepEqual([atRisk, mayCome], ['0', { ...amounts, until, capacity }])
})

it('[AP39] an option is held against the cheapest offer on demand', async (t) => {
  const home = await stage(t)
  await home.apply(contract)
  const offered = { id: 'a', supplier: 'acme', accelerator: 'H100', perNode: 8, region: 'north' }
  const stock = { kind: 'count', nodes: 1 } as const
  const dear = { ...offered, market: 'on-demand', pricePerHour: 16_000_000, stock, observedAt: 0 }
  const spot = { ...dear, market: 'spot', pricePerHour: 8_000_000 }
  const offers = [dear, spot] as readonly Offer[]
  const market = { offers, agreed: {} }
  const [option] = contingentView(await home.ledger.read(), market).options
  // Fifty cents less an hour for ten accelerators over ten days.
  assert.deepEqual([option?.marketPerHour, option?.value], [2_000_000, '1200000000'])
  assert.deepEqual([option?.breakEvenPerHour, option?.marketOffer], [1_500_000, 'acme/a'])
  // By contract it costs a dollar and three quarters.
  const agreed = { 'acme/a': 14_000_000 }
  const [less] = contingentView(await home.ledger.read(), { offers, agreed }).options
  assert.deepEqual([less?.marketPerHour, less?.value], [1_750_000, '600000000'])
})

it('[AP40] two admins take an option, and what was agreed is told with what comes', async (t) => {
  const home = await stage(t)
  const open = contract.replace('term: 10 days', 'term: 10 days\n    to: 2099-01-01')
  assert.deepEqual((await home.apply(open)).body.faults ?? [], [])
  const dueAt = Date.parse('2090-01-01')
  const body = { clause: 'build/more', quantity: 8, dueAt, paper: 'letter 9' }
  const take = async (secret?: string) => {
    return home.ask('POST /v1/law/contingent', { body, ...(secret && { token: secret }) })
  }
  assert.equal((await take()).body.exercise.takenAt, null)
  const [option] = (await home.ask('GET /v1/law/contingent')).body.options
  assert.deepEqual(option.asked, [{ quantity: 8, dueAt, paper: 'letter 9', by: ['bootstrap'] }])
  const { exercise } = (await take(await home.token('admin', 'ann'))).body
  assert.deepEqual([exercise.by, exercise.takenAt > 0], [['ann', 'bootstrap'], true])

  assert.deepEqual((await home.ask('GET /v1/law/contingent')).body.options, [])
  const { tranches, ramps } = (await home.ask('GET /v1/law/delivery')).body
  const [taken] = tranches.filter(({ tranche }: Told) => tranche === 'build/more/taken/all')
  assert.deepEqual([taken.rung, taken.accelerators, taken.dueAt], ['contracted', 8, dueAt])
  assert.deepEqual([ramps[0].clause, ramps[0].promised], ['build/more/taken', 8])
  const { clauses } = (await home.ask('GET /v1/law')).body
  const [was] = clauses.filter(({ clause }: Told) => clause === 'build/more')
  assert.match(was.silent, /^taken on \d{4}-\d\d-\d\d by ann and bootstrap$/)
  const { dates } = (await home.ask('GET /v1/law/dates')).body
  const about = dates.filter(({ clause }: Told) => clause?.startsWith('build/more'))
  assert.deepEqual(
    about.map(({ what, by }: Told) => `${what}, ${by}`),
    ['all is due: 8 accelerators, acme', 'price ends, null', 'ramp ends, null'],
  )
  refused(await take(), 400, 'invalid', /build\/more cannot be taken: taken on/)
})

interface Told {
  readonly clause?: string
  readonly tranche?: string
  readonly what?: string
  readonly by?: string | null
}

interface Point {
  readonly at: number
  readonly because: readonly { readonly why: string }[]
  readonly remaining: string
  readonly isCheapest: boolean
}

it('[AP39] leaving costs its share of what is still to be paid', async (t) => {
  const home = await stage(t, { aheadMs: 480 * hour - Date.now() })
  const terms = `  - kind: take_or_pay
    id: block
    quantity: 10 accelerators
    accelerator: H100
    price_per_hour: 2.00
    interval: hour
    to: 1970-01-31
  - { kind: spend_commit, id: spend, total: $1000 }
  - { kind: term_end, id: end, notice: 30 days, exit_fee: 50%, to: 1970-03-01 }
`
  assert.deepEqual((await home.apply(contract + terms)).body.faults ?? [], [])
  const [end] = (await home.ask('GET /v1/law/exits')).body.exits
  // Ten accelerators for ten days at two dollars, and a thousand dollars.
  const remaining = 10 * 240 * 2_000_000 + 1_000_000_000
  assert.deepEqual([end.clause, end.remaining], ['build/end', String(remaining)])
  assert.deepEqual([end.fee, end.noticeBy], [String(remaining / 2), Date.parse('1970-01-30')])
  // Of each hour that was not used until now.
  assert.equal(end.owed, String(10 * 480 * 2_000_000))
  const told = end.curve.map((each: Point) => {
    const why = each.because.map((step) => step.why).join('+')
    return [new Date(each.at).toISOString().slice(0, 10), why, each.remaining, each.isCheapest]
  })
  assert.deepEqual(told, [
    ['1970-01-21', 'today', String(remaining), true],
    ['1970-01-30', 'notice', String(10 * 24 * 2_000_000 + 1_000_000_000), false],
    ['1970-01-31', 'interval', '1000000000', false],
    ['1970-03-01', 'end', '1000000000', false],
  ])
})

it('[CL52] a way out for some accelerators is one for a duty that is about them', async (t) => {
  const told = async (accelerator: string) => {
    const home = await stage(t, { aheadMs: 372 * hour - Date.now() })
    const duty = `  - { kind: take_or_pay, id: use, quantity: 1 accelerators, accelerator: H100,
      interval: month, price_per_hour: 1 }
  - { kind: cancel_resale_pause, resale: 50%, scope: { accelerator: ${accelerator} } }
`
    assert.deepEqual((await home.apply(contract + duty)).body.faults ?? [], [])
    const { commitments } = (await home.ask('GET /v1/commitments')).body
    return commitments.find(({ clause }: Told) => clause === 'build/use')?.wayOut
  }
  assert.equal(await told('TPU-v5e'), null)
  // None of its 744 hours will be used; the clock goes on while it is asked.
  const { way, amount } = await told('H100')
  assert.deepEqual([way, Math.round(Number(amount) / 10_000)], ['resale', 37_200])
})

it('[AP39] what is made up takes nothing of what is still to be paid', async (t) => {
  const remaining = async (more: string) => {
    const home = await stage(t, { aheadMs: 480 * hour - Date.now() })
    const charge: Charge = {
      ...{ id: 'acme/r1', supplier: 'acme', rental: 'r1', lease: 'w.0.1', workload: 'w' },
      ...{ account: 'usage', accelerator: 'H100', accelerators: 25, pricePerHour: 25_000_000 },
      ...{ from: 480 * hour, to: 481 * hour, amount: 25_000_000 },
    }
    await home.put({ kind: 'charge', id: charge.id, version: 0, live: false, body: charge })
    const terms = `  - { kind: take_or_pay, quantity: 10 accelerators, accelerator: H100,
      price_per_hour: 2.00, interval: hour, to: 1970-01-31${more} }
  - { kind: term_end, id: end, notice: 30 days, exit_fee: 50%, to: 1970-03-01 }
`
    assert.deepEqual((await home.apply(contract + terms)).body.faults ?? [], [])
    return (await home.ask('GET /v1/law/exits')).body.exits[0].remaining
  }
  // Of this hour ten are used, and fifteen more of older ones, or of none.
  const left = String(10 * 239 * 2_000_000)
  assert.deepEqual([await remaining(', make_up_intervals: 2'), await remaining('')], [left, left])
})

it('[AP39] the clause says whether something else may stand in for what was agreed', async (t) => {
  const home = await stage(t)
  await home.apply(contract)
  const asked = async (clause: string, delivered: Record<string, number | string>) => {
    return home.ask('POST /v1/law/substitute', { body: { clause, delivered } })
  }
  const better = await asked('build/like-kind', { memory_gb: 141, fabric: 'infiniband' })
  assert.deepEqual([better.body.verdict, better.body.differences], ['accept', []])
  const other = await asked('build/like-kind', { memory_gb: 141 })
  assert.equal(other.body.verdict, 'consent')
  assert.deepEqual(other.body.differences, [
    { figure: 'fabric', agreed: 'infiniband', delivered: null },
  ])
  const none = /^no clause build\/rate about substitution is in force$/
  refused(await asked('build/rate', {}), 404, 'not-found', none)
})
