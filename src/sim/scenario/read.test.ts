/**
 * Scenarios as people write them, with their mistakes; and traces.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readScenario } from './read.ts'
import type { TraceSource } from './scenario.ts'
import { readTrace } from './trace.ts'

const good = `kind: Scenario
name: small
duration: 2h
suppliers:
  - name: acme
    offers:
      - { id: h100, accelerators: h100:8, price_per_hour: 2.50, nodes: 2 }
work: { train: 1h }
timeline:
  - { at: 30m, do: supplier-away, supplier: acme }
---
{ kind: Job, name: train, run: x, resources: { accelerators: H100:8 } }
`

function check(change: readonly [string, string], expected: string) {
  assert.ok(good.includes(change[0]))
  const { faults } = readScenario([{ file: 'a.yaml', text: good.replace(...change) }])
  const told = faults?.map(({ file, line, column, found, expected, meant }) => {
    return `${file}:${line}:${column}: ${found}; ${expected}; ${meant}`
  })
  assert.equal(told?.join('\n'), expected)
}

describe('a scenario', () => {
  it('is read with the jobs beside it', () => {
    const read = readScenario([{ file: 'a.yaml', text: good }])
    assert.ok(read.faults === null)
    assert.equal(read.scenario.suppliers[0]?.offers[0]?.accelerator, 'H100')
    assert.equal(read.scenario.suppliers[0]?.offers[0]?.pricePerHour, 2_500_000)
    assert.deepEqual(read.scenario.workMs, { train: 3_600_000 })
    assert.deepEqual(
      read.specs.map(({ spec }) => spec.name),
      ['train'],
    )
  })

  it('[SC1] tells a mistake with its place and the nearest right word', () => {
    check(
      ['do: supplier-away', 'do: suplier-away'],
      'a.yaml:10:20: the text "suplier-away"; one of supplier-away, supplier-back, stock, price, ' +
        'take-back, submit, delete, load, kill-control-plane, apply, supplier-standing, ' +
        'rofr-notice, rofr-answer, waive, record, index; supplier-away',
    )
    check(
      ['nodes: 2', 'node: 2'],
      'a.yaml:7:9: nothing; a whole number from 0 to 100000; null\n' +
        'a.yaml:7:65: the key "node"; one of id, accelerators, market, ' +
        'price_per_hour, nodes; nodes',
    )
    check(
      ['at: 30m', 'at: 3h'],
      'a.yaml:10:11: the text "3h"; a moment before the end of the scenario; null',
    )
    check(
      ['kind: Scenario', 'kind: Scenari'],
      'a.yaml:1:7: the text "Scenari"; ' +
        'one of Scenario, Job, Service, Supplier, Policy, Contract; Scenario',
    )
  })

  it('[SC2] names nothing that is not there', () => {
    check(['supplier: acme', 'supplier: acne'], 'a.yaml:10:45: the text "acne"; one of acme; acme')
    check(['train: 1h', 'trian: 1h'], 'a.yaml:8:16: the unknown name "trian"; one of train; train')
    check(
      ['{ kind: Job', '{ kind: Supplier, name: acme2, url: http://a }\n---\n{ kind: Job'],
      'a.yaml:12:25: the text "acme2"; a supplier of the scenario: acme; acme',
    )
  })
})

describe('a long scenario', () => {
  const tooLong = 'at most 92d at a turn every 1m, which takes minutes; for more, turn_every: 12m'

  it('[SC14] is played with longer turns, and else says which would do', () => {
    const year = ['duration: 2h', 'duration: 1096d'] as const
    check(year, `a.yaml:3:11: the text "1096d"; ${tooLong}; null`)
    for (const every of ['12m', '1h']) {
      const text = good.replace(year[0], `${year[1]}\nturn_every: ${every}`)
      assert.equal(readScenario([{ file: 'a.yaml', text }]).faults, null)
    }
  })

  it('has moments by the day, from its start on and before its end', () => {
    const at = (start: string) => [
      'at: 30m',
      `at: 2025-03-02`,
      good.replace('duration: 2h', `start: ${start}\nduration: 3d`),
    ]
    const [from = '', to = '', text = ''] = at('2025-03-01')
    const read = readScenario([{ file: 'a.yaml', text: text.replace(from, to) }])
    assert.ok(read.faults === null)
    assert.equal(read.scenario.timeline[0]?.atMs, 86_400_000)
    const [, , late = ''] = at('2025-03-03')
    const { faults } = readScenario([{ file: 'a.yaml', text: late.replace(from, to) }])
    assert.match(faults?.[0]?.expected ?? '', /^a moment from its start on, 2025-03-03$/)
  })
})

const source: TraceSource = {
  file: 'a.csv',
  columns: { at: 'at', offer: 'offer', nodes: 'nodes', price_per_hour: 'price_per_hour' },
  where: {},
  offer: null,
}

function trace(text: string, change: Partial<TraceSource> = {}) {
  const { changes, faults } = readTrace({ file: 'a.csv', text }, { ...source, ...change }, ['a/b'])
  return [
    ...changes.map(({ atMs, offer, nodes, pricePerHour }) => {
      return `${atMs} ${offer} ${nodes} ${pricePerHour}`
    }),
    ...faults.map((fault) => `${fault.line}:${fault.column}: ${fault.found}; ${fault.expected}`),
  ].join('\n')
}

describe('a trace', () => {
  it('changes stock and prices at durations from the start', () => {
    const rows = 'at,offer,nodes,price_per_hour\n0s,a/b,3,2.50\n\n1h30m,"a/b",,1.1234567\n'
    assert.equal(trace(rows), '0 a/b 3 2500000\n5400000 a/b null 1123456')
  })

  it('counts dates from the first of the rows that are wanted', () => {
    const rows =
      'utc,zone,free\n2025-10-04T00:00Z,x,9\n2025-10-04T00:10Z,y,4\n2025-10-04T01:10,y,0\n'
    const columns = { ...source.columns, at: 'utc', nodes: 'free' }
    const change = { columns, where: { zone: 'y' }, offer: 'a/b' }
    assert.equal(trace(rows, change), '0 a/b 4 null\n3600000 a/b 0 null')
  })

  it('[SC3] tells the line and column of what it cannot read', () => {
    const rows = 'at,offer,nodes,price_per_hour\nsoon,a/b,3,2\n1h,a/c,-1,free\n'
    assert.equal(
      trace(rows),
      '2:1: "soon"; a duration such as 1h30m, or a date\n' +
        '3:4: "a/c"; one of a/b\n' +
        '3:8: "-1"; a whole number, or nothing\n' +
        '3:11: "free"; dollars, or nothing',
    )
    assert.equal(
      trace('when,offer,nodes\n'),
      '1:1: the columns "when", "offer", "nodes"; a column "at"',
    )
    assert.equal(trace('at,offer,nodes\n'), '1:1: no row that fits; at least one row')
  })
})
