/**
 * Small scenarios from their text to their outcome.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { readApplied, readScenario, simulate } from './simulate.ts'

interface Drawing {
  readonly offers: string
  readonly more?: string
  readonly documents: string
  /** What stands in `b.yaml`. */
  readonly applied?: string
}

async function play({ offers, more = '', documents, applied }: Drawing, seed = '1') {
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
  const later = applied && readApplied({ file: 'b.yaml', text: applied }, read.scenario)
  assert.deepEqual(later ? later.faults : [], [])
  const files = later ? { applied: { 'b.yaml': later.specs } } : {}
  const played = await simulate({ ...read, ...files, changes: [], seed, against: 'base' })
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

const signed = 'signed: 2025-01-01, from: 2025-01-01, source: letter'
const contract = (clause: string) => {
  const frame = `name: msa, with: bolt, form: MSA, bindingness: definitive, ${signed}`
  return `{ kind: Contract, ${frame}, clauses: [${clause}] }`
}
const other = train.replace('train', 'other')

it('[SC12] the holder of a right is told, declines, and what it declined is bought', async () => {
  const more = `
start: 2025-03-01
timeline:
  - { at: 30m, do: submit, workload: other }
  - { at: 50m, do: rofr-answer, workload: other, offer: acme/h100, answer: decline }
  - { at: 1h, do: rofr-notice, workload: other, offer: acme/h100 }
  - { at: 2h, do: rofr-answer, workload: other, offer: acme/h100, answer: decline }`
  const right = contract('{ kind: rofr, id: first }')
  const documents = [train, other, right].join('\n---\n')
  const { timeline, phases } = (await play({ offers: h100, more, documents })).outcome
  const atOf = (text: RegExp) => timeline.find((each) => text.test(each.text))?.atMs ?? 0
  const refused = atOf(/^that was refused: no case of other at acme\/h100 waits/)
  assert.equal(Math.floor(refused / 60_000), 50)
  assert.equal(Math.floor(atOf(/^other\.0: bought .* at acme /) / hour), 2)
  const told = timeline.filter(({ kind, text }) => kind === 'law' && text.startsWith('other'))
  assert.deepEqual(
    told.map(({ text }) => text.replace(/ \(assumed.*?\)/, '')),
    [
      'other may not have acme/h100: bolt may refuse first, and was not given notice of this ' +
        'offer (msa/first)',
      'other may not have acme/h100: the right of bolt is noticed (msa/first)',
    ],
  )
  const [phase] = phases
  assert.deepEqual(
    phase?.bought.map(({ workload, offer, because }) => [workload, offer, because]),
    [
      ['train', 'bolt/spare', []],
      ['other', 'acme/h100', ['free by the case msa/first/other@acme/h100']],
    ],
  )
})

it('[SC12] suppliers rise and fall, clauses are set aside, and launches are noted', async () => {
  const standing = (at: string, state: string) => {
    return `{ at: ${at}, do: supplier-standing, supplier: acme, state: ${state} }`
  }
  const more = `
start: 2025-03-01
timeline:
  - ${standing('0s', 'prospect')}
  - ${standing('1h', 'active')}
  - { at: 90m, do: waive, clause: msa/alone, kind: override, until: 2025-03-02 }
  - { at: 2h, do: waive, clause: msa/none, kind: granted, until: 2025-03-02 }
  - { at: 150m, do: record, record: launch, product: chat, supplier: bolt, document: letter }`
  const clauses = '{ kind: exclusivity, id: alone }, { kind: launch_first, id: first }'
  const wish = other.replace('run: x', 'run: x, product: chat, suppliers: [acme]')
  const documents = [wish, contract(clauses)].join('\n---\n')
  const { timeline, phases } = (await play({ offers: h100, more, documents })).outcome
  const bought = timeline.find(({ text }) => /: bought /.test(text))
  assert.equal(Math.floor((bought?.atMs ?? 0) / 60_000), 150)
  const steps = timeline.filter(({ kind }) => kind === 'supplier.standing')
  assert.deepEqual(
    steps.map(({ text }) => /is (\w+),/.exec(text)?.[1]),
    ['retired', 'prospect', 'approved', 'active'],
  )
  assert.ok(timeline.some(({ text }) => /refused: there is no clause msa\/none/.test(text)))
  assert.deepEqual(
    phases[0]?.barred.map(({ clause }) => clause),
    ['list/acme', 'msa/alone', 'msa/first'],
  )
})

it('[SC12] what is bought goes by an index from the day on which it is noted', async () => {
  const note = (at: string, index: string) => {
    const about = `index: ${index}, value: 100, unit: USD/MWh, document: exchange`
    return `{ at: ${at}, do: index, ${about} }`
  }
  const more = `
start: 2025-03-01
timeline:
  - ${note('1h', 'power')}
  - { at: 2h, do: submit, workload: other }
  - ${note('3h', 'powr')}`
  const bounds = 'base: 100, price_per_hour: 1, floor_per_hour: 1, cap_per_hour: 9'
  const price = contract(`{ kind: price, pricing: { form: indexed, index: power, ${bounds} } }`)
  const documents = [train, other, price].join('\n---\n')
  const offers = h100.replace('nodes: 1', 'nodes: 2')
  const { timeline } = (await play({ offers, more, documents })).outcome
  const told = timeline.map(({ text }) => text)
  assert.ok(told.includes('power stands at 100 USD/MWh: exchange'))
  assert.ok(told.some((each) => /refused: no clause asks for powr/.test(each)))
  // At its cap bolt is no cheaper than it asks for, which is more than acme does.
  const bought = told.filter((text) => /: bought /.test(text))
  assert.deepEqual(
    bought.map((text) => / at (\w+) /.exec(text)?.[1]),
    ['acme', 'bolt'],
  )
})

it('[SC13] each turn of the law begins a phase, with what begins and ends', async () => {
  const more = 'start: 2025-03-01'
  const until = 'to: 2025-03-01T02:00Z'
  const clauses = [
    `{ kind: exclusivity, id: alone, ${until} }`,
    '{ kind: rofo, id: offer, from: 2025-03-01T04:00Z }',
    '{ kind: preferred_overflow, id: next, order: [acme], recorded: 2025-03-01T05:00Z }',
  ]
  const letter = contract('{ kind: rofo, id: loose }').replace('definitive', 'announced')
  const loose = letter.replace('name: msa', 'name: letter')
  const documents = [train, contract(clauses.join()), loose].join('\n---\n')
  const { phases } = (await play({ offers: h100, more, documents })).outcome
  assert.deepEqual(
    phases.map(({ fromMs, toMs, turns }) => [fromMs / hour, toMs / hour, ...turns]),
    [
      [0, 2, 'msa/alone binds'],
      [2, 4, 'msa/alone binds no more'],
      [4, 5, 'msa/offer begins to bind'],
      [5, 6, 'msa/next begins to bind'],
    ],
  )
})

it('[SC14] looks as seldom as it is told, and does the same', async () => {
  const { outcome } = await play({ offers: h100, more: 'turn_every: 1h', documents: train })
  assert.deepEqual(
    outcome.workloads.map(({ starts, state }) => [starts, state]),
    [[1, 'active']],
  )
  const started = outcome.timeline.find(({ kind }) => kind === 'run.started')
  assert.ok((started?.atMs ?? 0) < hour)
})

it('[SC15] a supplier is on the list from the day on which a file names it', async () => {
  const more = 'timeline: [{ at: 2h, do: apply, file: b.yaml }]'
  const applied = '{ kind: Supplier, name: acme, url: http://acme, class: A }'
  const documents = [train, other].join('\n---\n')
  const { outcome } = await play({ offers: h100, more, documents, applied })
  const bought = outcome.timeline.filter(({ text }) => /: bought /.test(text))
  assert.match(bought[0]?.text ?? '', / at bolt /)
  assert.match(bought[1]?.text ?? '', / at acme /)
  assert.equal(Math.floor((bought[1]?.atMs ?? 0) / hour), 2)
})

it('[SC15] a contract is law from the day on which a file brings it', async () => {
  const more = 'start: 2025-03-01\ntimeline: [{ at: 2h, do: apply, file: b.yaml }]'
  const applied = contract('{ kind: exclusivity, id: alone }')
  const { outcome } = await play({ offers: h100, more, documents: train, applied })
  const { phases, timeline } = outcome
  assert.match(timeline.find(({ text }) => /: bought /.test(text))?.text ?? '', / at acme /)
  assert.deepEqual(
    phases.map(({ fromMs, turns }) => [fromMs / hour, ...turns]),
    [[0], [2, 'msa/alone begins to bind']],
  )
})
