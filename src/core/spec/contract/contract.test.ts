/** What is wrong in contracts, where, and what was meant. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { readContracts } from '../read.ts'

const names = {
  canonical: (name: string) => (name.toLowerCase() === 'h100' ? 'H100' : name),
  knownAccelerators: ['H100'],
}

const head = `kind: Contract
name: deal
with: rival
form: MSA
bindingness: definitive
signed: 2025-01-01
from: 2025-01-01
source: the deal
`

function faults(text: string): readonly string[] {
  const { contracts, faults: found } = readContracts([{ file: 'a.yaml', text }], names)
  if (found.length > 0) assert.deepEqual(contracts, [])
  return found.map(({ line, column, path, found: was, expected, meant }) => {
    const hint = meant === null ? '' : `; meant ${meant}`
    return `${line}:${column} ${path}: found ${was}; expected ${expected}${hint}`
  })
}

function clause(text: string): readonly string[] {
  return faults(`${head}clauses:\n  - ${text}\n`).map((each) => {
    return each.replace('10:5 $.clauses[0]', '$').replace(/^\d+:\d+ \$\.clauses\[0\]/, '$')
  })
}

/** Written so, told so; `…` stands for what may be told in between. */
const wrong: readonly (readonly [string, string])[] = [
  ['{kind: rofr, windows: 3 days}', '$.windows: found the key "windows"; expected one of…'],
  ['{kind: rofr, window: 3}', '$.window: found the number 3; expected a window…; meant 3 days'],
  [
    '{kind: rofo, from: 2025-06-01, to: 2025-05-01}',
    '$.to: found the text "2025-05-01"; expected a day after from',
  ],
  [
    '{kind: rofo, from: 2025-02-29}',
    '$.from: found the text "2025-02-29"; expected a day such as…',
  ],
  ['{kind: rofo, from: 2025/2/9}', '$.from: found the text "2025/2/9"…; meant 2025-02-09'],
  ['{kind: spend_commit, total: $250bn}', '$.total: found the text "$250bn"…; meant $250B'],
  ['{kind: spend_commit, total: 1.5}', '$.total: found the number 1.5; expected whole dollars…'],
  [
    `{kind: spend_commit, total: $9M,
     milestones: [{at: 2026-01-01, dollars: $5M}, {at: 2025-06-01, dollars: $6M}]}`,
    '$.milestones[1].at: found the text "2025-06-01"; expected a day after the milestone before',
  ],
  [
    '{kind: backstop_purchase, cap: $1M, accelerator: H100, quantity: 100 chips}',
    '$.quantity: found the text "100 chips"…; meant 100 accelerators',
  ],
  [
    `{kind: backstop_purchase, cap: $1M, accelerator: H100, quantity: 100 accelerators,
     expected: 30}`,
    '$.expected: found the number 30; expected a share from 0% to 100%…; meant 30%',
  ],
  [
    `{kind: expansion_option, quantity: 8 accelerators, accelerator: H100, strike_per_hour: 2,
     term: 9 days, forecast: [{from: 2025-02-01, price_per_hour: {least: 3, likely: 2.50, most: 4},
     accelerators: 8}]}`,
    '$.forecast[0].price_per_hour.likely: found the number 2.50; expected no less than least',
  ],
  [
    `{kind: expansion_option, quantity: 8 accelerators, accelerator: H100, strike_per_hour: 2,
     term: 9 days, forecast: [{from: 2025-02-01, price_per_hour: 3,
     accelerators: {least: 1, most: 8}}]}`,
    '$.forecast[0].accelerators.likely: found nothing; expected a whole number from 0 to…',
  ],
  [
    '{kind: sla_credit, bands: [{below: 99, credit: 10%}]}',
    '$.bands[0].below: found the number 99; expected a share from 0% to 100%…; meant 99%',
  ],
  [
    `{kind: price, pricing: {form: tiered,
     tiers: [{accelerators: 8, price_per_hour: 2}, {accelerators: 8, price_per_hour: 1}]}}`,
    '$.pricing.tiers[1].accelerators: found the number 8; expected a number of accelerators that…',
  ],
  [
    `{kind: price, pricing: {form: indexed, index: power, base: 1, price_per_hour: 2,
     floor_per_hour: 3, cap_per_hour: 2.5}}`,
    '$.pricing.cap_per_hour: found the number 2.5; expected a price that is not below floor_…',
  ],
  ['{kind: rofo, scope: {regio: eu}}', '$.scope.regio: found the key "regio"…; meant region'],
  [
    '{kind: rofo, scope: {region: {is_in: eu}}}',
    '$.scope.region.is_in: found the key "is_in"; expected one of in, not_in, starts_with…',
  ],
  [
    '{kind: rofo, scope: {workload_kind: Jobb}}',
    '$.scope.workload_kind: found the text "Jobb"; expected one of Job, Service; meant Job',
  ],
  [
    '{kind: rofo, scope: {data_class: {not_in: [C1, C9]}}}',
    '$.scope.data_class: found the text "C9"; expected one of C0, C1, C2, C3, C4, C5…',
  ],
  [
    '{kind: rofo, scope: {supplier_relation: {starts_with: rivall}}}',
    '$.scope.supplier_relation: found the text "rivall"…; meant rival',
  ],
  [
    '{kind: rofo, scope: {accelerator: [h100, H101]}}',
    '$.scope.accelerator[1]: found the unknown accelerator "H101"…; meant H100',
  ],
  [
    '{kind: rofo, assumed: [widow]}',
    '$.assumed[0]: found the text "widow"; expected one of window; meant window',
  ],
]
for (const [text, told] of wrong) {
  it(`[SP2] refuses ${text.replace(/\s+/g, ' ')}`, () => {
    const [first = 'nothing', ...more] = clause(text)
    assert.deepEqual(more, [])
    const [start = '', end = ''] = told.split('…')
    assert.ok(first.startsWith(start) && first.endsWith(end), first)
  })
}

it('[SP7] tells the nearest kind of clause, by our word for it', () => {
  assert.match(clause('{kind: exclusiv}')[0] ?? '', /; meant exclusivity$/)
  assert.match(clause('{kind: first_look}')[0] ?? '', /; meant rofo$/)
  assert.match(clause('{kind: 3}')[0] ?? '', /found the number 3; expected one of exclusivity/)
  assert.match(clause('{}')[0] ?? '', /expected one of exclusivity/)
})

it('[SP2] tells what a definitive or an ended contract lacks', () => {
  const unsigned = `${head.replace('signed: 2025-01-01\n', '')}clauses: []\n`
  assert.deepEqual(faults(unsigned), [
    '1:1 $.signed: found nothing; expected the day of signing, because it is definitive',
  ])
  assert.deepEqual(faults(`${head.replace('definitive', 'terminated')}clauses: []\n`), [
    '1:1 $.to: found nothing; expected the day on which it ended, because it is terminated',
  ])
})

it('[SP10] a contract stands once in a submission', () => {
  const text = `${head}clauses: []\n---\n${head}clauses: []\n`
  assert.match(faults(text)[0] ?? '', /expected every contract once$/)
})

it('[SP12] money is read from its digits, however large', () => {
  const text = `${head}clauses:
  - {kind: spend_commit, total: $250B}
  - {kind: spend_commit, id: small, total: "$1.25M"}
  - {kind: price, pricing: {form: fixed, price_per_hour: 2.10}}
`
  const { contracts, faults: found } = readContracts([{ file: 'a.yaml', text }], names)
  assert.deepEqual(found, [])
  const [big, small, price] = contracts[0]?.clauses ?? []
  assert.equal(big?.kind === 'spend_commit' && big.totalDollars, 250_000_000_000)
  assert.equal(small?.kind === 'spend_commit' && small.totalDollars, 1_250_000)
  assert.deepEqual(price?.kind === 'price' && price.pricing, { form: 'fixed', perHour: 2_100_000 })
})

it('[SP12] a price moves with an index in its unit, for as long as a reading counts', () => {
  const prices = '{price_per_hour: 2, index: power, base: 100, floor_per_hour: 1, cap_per_hour: 3'
  const priced = (pricing: string) => {
    const text = `${head}clauses:\n  - {kind: price, pricing: ${pricing}}\n`
    const { contracts, faults: found } = readContracts([{ file: 'a.yaml', text }], names)
    assert.deepEqual(found, [])
    const [clause] = contracts[0]?.clauses ?? []
    return [clause?.kind === 'price' && clause.pricing, clause?.assumed]
  }
  const base = { form: 'indexed', index: 'power', base: 100, perHour: 2_000_000 }
  const bounds = { floorPerHour: 1_000_000, capPerHour: 3_000_000 }
  assert.deepEqual(priced(`${prices}, form: indexed, unit: USD/MWh, stale_after: 40 days}`), [
    { ...base, ...bounds, unit: 'USD/MWh', staleDays: 40 },
    [],
  ])
  // Nobody wrote how long a reading counts, so that is ours.
  assert.deepEqual(priced(`${prices}, form: indexed}`), [
    { ...base, ...bounds, staleDays: 100 },
    ['pricing.stale_after'],
  ])
  assert.deepEqual(priced('{form: auction, index: clearing}'), [
    { form: 'auction', index: 'clearing' },
    [],
  ])
  assert.deepEqual(priced('{form: auction}'), [{ form: 'auction' }, []])
})

it('the guide shows nothing that cannot be read', () => {
  const file = new URL('../../../../docs/guide/contracts.md', import.meta.url)
  const samples = [...readFileSync(file, 'utf8').matchAll(/```yaml\n(.*?)```/gs)]
  assert.ok(samples.length >= 3)
  for (const [, text = ''] of samples) {
    const whole = text.startsWith('kind:') ? text : `${head}clauses:\n${text.replace(/^/gm, '  ')}`
    assert.deepEqual(faults(whole), [])
  }
})
