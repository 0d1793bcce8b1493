/**
 * Small scenarios from their text to their outcome.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { readScenario, simulate } from './simulate.ts'

interface Drawing {
  readonly offers: string
  readonly more?: string
  readonly documents: string
}

async function play({ offers, more = '', documents }: Drawing, seed = '1') {
  const text = `
kind: Scenario
name: small
duration: 6h
suppliers: [{ name: acme, spot_notice: 1m, offers: [${offers}] }, { name: bolt, offers: [
  { id: spare, accelerators: H100:8, price_per_hour: 30, nodes: 1 }] }]
${more}
---
${documents}`
  const read = readScenario([{ file: 'a.yaml', text }])
  assert.ok(read.faults === null, JSON.stringify(read.faults))
  const played = await simulate({ ...read, changes: [], seed, against: 'base' })
  assert.deepEqual(played.outcome.violations, [])
  return played
}

const h100 = '{ id: h100, accelerators: H100:8, price_per_hour: 20, nodes: 1 }'
const train = '{ kind: Job, name: train, run: x, resources: { accelerators: H100:8 } }'
const hour = 3_600_000

it('[SC4] plays the same for the same seed', async () => {
  const more = 'trouble: { work_failure_every: 1h, refusals: 30% }'
  const drawing = { offers: h100, more, documents: train }
  const [one, again] = [await play(drawing), await play(drawing)]
  assert.deepEqual(one, again)
  assert.notDeepEqual(one.outcome, (await play(drawing, '2')).outcome)
})

it('[SC5] has nothing of the scenario today', async () => {
  const more = `
work: { train: 2h }
timeline:
  - { at: 30m, do: supplier-away, supplier: acme, machines: die }
  - { at: 1h, do: submit, workload: later }`
  const later = train.replace('train', 'later')
  const { outcome, today } = await play({
    offers: h100,
    more,
    documents: `${train}\n---\n${later}`,
  })
  const suppliers = (cost: typeof outcome.cost) => cost.bySupplier.map(({ name }) => name).sort()
  assert.deepEqual(suppliers(outcome.cost), ['acme', 'bolt'])
  assert.deepEqual(suppliers(today?.cost ?? outcome.cost), ['acme'])
  assert.deepEqual(
    today?.workloads.map(({ name }) => name),
    ['train'],
  )
  const [first] = outcome.timeline.filter(({ kind }) => kind === null)
  assert.deepEqual(first, {
    ...{ atMs: hour / 2, kind: null },
    text: 'acme goes away, and its machines die',
  })
})

it('[SC7] takes spot capacity back that is not there any more', async () => {
  const spot = '{ id: s, accelerators: H100:8, market: spot, price_per_hour: 9, nodes: 1 }'
  const more = 'timeline: [{ at: 1h, do: stock, offer: acme/s, nodes: 0 }]'
  const documents = train.replace('run: x', 'run: x, market: any')
  const { timeline } = (await play({ offers: spot, more, documents })).outcome
  const notice = timeline.find(({ kind }) => kind === 'lease.notice')
  assert.match(notice?.text ?? '', /^acme takes train\.0\.1 back in \d+s$/)
  assert.ok(timeline.some(({ text }) => /bought H100:8 at bolt/.test(text)))
})

it('[SC8] works longer on chips that do less', async () => {
  const a100 = '{ id: a100, accelerators: A100-80GB:8, price_per_hour: 1, nodes: 1 }'
  const documents = `{ kind: Job, name: train, run: x, resources: [
    { accelerators: H100:8, throughput: 1 }, { accelerators: A100-80GB:8, throughput: 0.5 }] }`
  const drawing = { more: 'work: { train: 1h }', documents }
  const took = async (offers: string) => {
    const [{ waitMs = 0, demandedMs = 0 } = {}] = (await play({ ...drawing, offers })).outcome
      .workloads
    return Math.round((10 * (demandedMs - (waitMs ?? 0))) / hour) / 10
  }
  assert.deepEqual([await took(h100), await took(a100)], [1, 2])
})

it('[SC11] keeps a deadline on spot capacity that comes and goes, for less', async () => {
  const spot = '{ id: s, accelerators: H100:8, market: spot, price_per_hour: 5, nodes: 1 }'
  const stock = (at: string, nodes: number) => {
    return `{ at: ${at}, do: stock, offer: acme/s, nodes: ${nodes} }`
  }
  const comesAndGoes = [stock('1h', 0), stock('90m', 1), stock('150m', 0)].join(', ')
  const more = `work: { train: 2h }\ntimeline: [${comesAndGoes}]`
  const wish = (deadline: string) =>
    train.replace('run: x', `run: x, market: any, checkpoint: { dir: /c, every: 5m }${deadline}`)
  const dollars = async (deadline: string) => {
    const { outcome } = await play({ offers: `${h100}, ${spot}`, more, documents: wish(deadline) })
    const done = outcome.timeline.find(({ kind }) => kind === 'run.ended')
    return { doneMs: done?.atMs ?? Infinity, cost: outcome.cost.total / 1_000_000 }
  }
  const hurried = await dollars(', deadline: { within: 5h, work: 2h }')
  const greedy = await dollars('')
  assert.ok(hurried.doneMs < 5 * hour, `done after ${hurried.doneMs / hour} h`)
  assert.ok(hurried.cost < greedy.cost, `${hurried.cost} is no less than ${greedy.cost}`)
})

it('[SC9] counts refusals with their reason', async () => {
  const drawing = { offers: h100, more: 'trouble: { refusals: 100% }', documents: train }
  const { refusals, workloads } = (await play(drawing)).outcome
  assert.deepEqual(refusals.map(({ supplier, offer, why }) => [supplier, offer, why]).sort(), [
    ['acme', 'h100', 'no stock'],
    ['bolt', 'spare', 'no stock'],
  ])
  assert.ok(refusals.every(({ count, firstMs, lastMs }) => count > 0 && firstMs <= lastMs))
  const [only] = workloads
  assert.equal(only?.waitMs, null)
  assert.equal(only?.missedMs, only?.demandedMs)
  assert.match(only?.reasons[0] ?? '', /^train\.0: /)
})

it('[SC10] obeys a contract from the day on which it binds', async () => {
  const more = 'start: 2025-03-01'
  const signed = 'signed: 2025-01-01, from: 2025-01-01, source: letter'
  const alone = '{ kind: exclusivity, to: 2025-03-01T02:00Z }'
  const frame = `name: msa, with: bolt, form: MSA, bindingness: definitive, ${signed}`
  const contract = `{ kind: Contract, ${frame}, clauses: [${alone}] }`
  const two = train.replace('train', 'other')
  const documents = [train, two, contract].join('\n---\n')
  const { outcome } = await play({ offers: h100, more, documents })
  const bought = outcome.timeline.filter(({ text }) => /: bought /.test(text))
  assert.match(bought[0]?.text ?? '', / at bolt /)
  assert.match(bought[1]?.text ?? '', / at acme /)
  assert.equal(Math.floor((bought[1]?.atMs ?? 0) / hour), 2)
})
