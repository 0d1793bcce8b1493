/** What cannot be meant. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { asOf } from '../as-of.ts'
import { contract, contracts, day } from '../draw.test.ts'
import { contradictions, gaps, leftOut, phraseContradiction } from './contradictions.ts'
import { hushedRights } from './hushed.ts'
import { nearMiss } from './near-miss.ts'
import { type KnownValues, mistypedScopes, unknownScopes } from './scopes.ts'

function found(text: string, known: KnownValues = {}): readonly string[] {
  const history = contracts(text)
  const clauses = history.flatMap((each) => each.clauses)
  const scopes = unknownScopes(clauses, known, day('2025-02-01'))
  const all = [...contradictions(history), ...scopes]
  return all.map(({ kind, clause, other, found: what }) => {
    return `${kind} ${clause}${other === null ? '' : ` ${other}`}: ${what}`
  })
}

function deal(name: string, party: string, clauses: string): string {
  return `kind: Contract
name: ${name}
with: ${party}
form: MSA
bindingness: definitive
signed: 2025-01-01
from: 2025-01-01
to: 2028-01-01
source: the deal
clauses:
${clauses}
---
`
}

it('[CL54] dates stand in order, within their clause and within their contract', () => {
  assert.deepEqual(
    found(
      deal(
        'a',
        'rival',
        `- {kind: rofo, from: 2024-06-01}
- {kind: launch_first, from: 2028-06-01}
- {kind: spend_commit, total: $5, milestones: [{at: 2029-01-01, dollars: $9}]}
- kind: ramp
  tranches: [{id: one, quantity: 8 accelerators, accelerator: H100, due: 2024-01-01}]`,
      ),
    ),
    [
      'dates a/launch-first: it ends on 2028-01-01, before it begins',
      'dates a/ramp: the tranche one, on 2024-01-01, is outside the clause',
      'dates a/rofo: it begins before a does, on 2025-01-01',
      'dates a/spend-commit: a milestone, on 2029-01-01, is outside the clause',
      'dates a/spend-commit: its last milestone is more than its total',
    ],
  )
})

it('[CL78] what is paid ahead is paid in the time of its contract', () => {
  const paid = (on: string, more = '') => {
    const text = `- {kind: prepay, form: prepay, amount: $5, paid: ${on}${more}}`
    return contradictions(contracts(deal('a', 'rival', text))).map(({ path, found: what }) => {
      return `${path.join('.')}: ${what}`
    })
  }
  assert.deepEqual(paid('2024-12-31'), ['paid: the payment, on 2024-12-31, is outside the clause'])
  assert.deepEqual(paid('2028-01-02'), ['paid: the payment, on 2028-01-02, is outside the clause'])
  assert.deepEqual(paid('2026-01-02', ', to: 2026-01-01').length, 1)
  assert.deepEqual(paid('2025-01-01'), [])
  // What it may be drawn for comes later.
  assert.deepEqual(paid('2025-06-01', ', from: 2026-01-01'), [])
})

it('[CL55] what is named is there, once', () => {
  assert.deepEqual(
    found(
      deal(
        'a',
        'rival',
        `- {kind: late_delivery, ramp: nowhere, terminate_after: 9 days}
- {kind: rofo, repealed: {by: nobody, on: 2025-06-01}}
- {kind: launch_first}
- {kind: launch_first, lag: 3 days}`,
      ).replace('source:', 'supersedes: [ghost]\nsource:'),
    ),
    [
      'reference a ghost: it supersedes ghost, which is not there',
      'reference a/late-delivery: no ramp nowhere in a',
      'version a/launch-first: it stands 2 times, recorded on 2025-01-01',
      'reference a/rofo: no contract nobody repeals it',
    ],
  )
})

it('[CL56] units convert, and scopes match something that is known', () => {
  const text = deal(
    'a',
    'rival',
    `- {kind: expansion_option, quantity: 1 GW, accelerator: TPU, strike_per_hour: 1, term: 9 days}
- {kind: rofo, scope: {region: {starts_with: mars}, supplier: {not_in: [ally]}}}`,
  )
  assert.deepEqual(found(text, { region: ['eu-west', 'us'], supplier: ['rival'] }), [
    'unit a/expansion-option: nobody says how many TPU come to 1 GW',
    'scope a/rofo: no region is known that fits StartsWith mars',
  ])
})

it('[CL79] what is a slip away from a known name is refused, unless it is said to come', () => {
  const known = { region: ['us-central', 'us-east1'], product: ['api-models'] }
  const told = (scope: string, frame = '', kind = 'rofo') => {
    const clauses = `- {kind: ${kind}, scope: {${scope}}}`
    const read = contracts(deal('a', 'rival', clauses).replace('source:', `${frame}source:`))
    return mistypedScopes(read, known, day('2025-02-01')).map(({ path, found: what, remedy }) => {
      return `${path.join('.')}: ${what}; ${remedy}`
    })
  }
  const slip =
    'scope.region: no region is known by the name of us-centrl; ' +
    'write us-central, or say of a that it is coming: [us-centrl]'
  assert.deepEqual(told('region: us-centrl'), [slip])
  assert.deepEqual(told('region: [us-east1, us-centrl]'), [slip], 'though another fits')
  assert.deepEqual(told('region: {not_in: us-centrl}'), [slip])
  assert.deepEqual(told('region: us-centrl', 'coming: [us-centrl]\n'), [])
  assert.deepEqual(told('region: {starts_with: us-cenr}').length, 1)
  assert.deepEqual(told('region: {starts_with: us-}, product: {starts_with: ap}'), [])
  assert.deepEqual(told('region: {exists: true}, workload: train'), [])
  const except = 'region: us-central}, except: [{product: api-model}], source: {document: x'
  assert.match(told(except, '', 'exclusivity')[0] ?? '', /^except\.0\.product: /)
  // What is over can bind nobody any more.
  assert.deepEqual(told('region: us-centrl}, to: 2025-02-01, source: {document: x'), [])
})

it('[CL79] names of one family are not slips of each other', () => {
  const near = (name: string, ...names: string[]) => nearMiss(name, names)
  for (const slip of ['us-east', 'us-wset', 'us_west', 'us-wests', 'US-west', 'us-wst']) {
    assert.equal(near(slip, 'us-west'), slip === 'us-east' ? null : 'us-west', slip)
  }
  assert.equal(near('us-west', 'us-wets', 'us-west'), null, 'it is one of them')
  const families = ['us-east1 us-east2', 'us-east us-east4', 'zone-a zone-b', 'zone-a zone-ab']
  for (const family of [
    ...families,
    'chat',
    'eu us',
    'gpt-4.1 gpt-4.5',
    'gpt-4o gpt-4',
    'us-1a us-1b',
  ]) {
    const [one = '', another = ''] = family.split(' ')
    assert.deepEqual([near(one, another), near(another, one)], [null, null], family)
  }
})

it('[CL79] what nothing fits is told, and once where there is nothing that could', () => {
  const clauses = `- {kind: rofo, scope: {region: [mars, us], product: chat}}
- {kind: launch_first, scope: {product: {starts_with: api}, workload: {not_in: [train]}}}`
  assert.deepEqual(
    found(deal('a', 'rival', clauses), { region: ['us'], product: [], workload: [] }),
    [
      'scope a/rofo: no region is known that fits In mars',
      'scope a: no product is known here yet, so that nobody can tell a slip in its scopes',
    ],
  )
})

const alone = '- {kind: exclusivity, scope: {product: [api]}}'

it('[CL57] the same is not promised to two alone, nor bought elsewhere', () => {
  assert.deepEqual(found(deal('a', 'incumbent', alone) + deal('b', 'rival', alone)), [
    'exclusive a/exclusivity b/exclusivity: incumbent and rival are both promised the same alone',
  ])
  const other = '- {kind: exclusivity, scope: {product: [chat]}}'
  assert.deepEqual(found(deal('a', 'incumbent', alone) + deal('b', 'rival', other)), [])
  const later = '- {kind: exclusivity, scope: {product: [api]}, repealed: {by: b, on: 2025-06-01}}'
  const spend = '- {kind: spend_commit, total: $5M, from: 2025-06-01, scope: {product: [api]}}'
  assert.deepEqual(found(deal('a', 'incumbent', later) + deal('b', 'rival', spend)), [])
  assert.deepEqual(found(deal('a', 'incumbent', alone) + deal('b', 'rival', spend)), [
    'exclusive a/exclusivity b/spend-commit: ' +
      'rival is to be paid for what only incumbent may supply',
  ])
  // An exception may name whom it is for, in either of two clauses.
  const but = (party: string) => alone.replace('}}', `}, except: [{supplier: ${party}}]}`)
  assert.deepEqual(found(deal('a', 'incumbent', but('rival')) + deal('b', 'rival', spend)), [])
  assert.deepEqual(found(deal('a', 'incumbent', but('rival')) + deal('b', 'rival', alone)), [])
  assert.deepEqual(found(deal('a', 'incumbent', alone) + deal('b', 'rival', but('incumbent'))), [])
  // It can be spent on something else.
  const wide = spend.replace('[api]', '[api, chat]')
  assert.deepEqual(found(deal('a', 'incumbent', alone) + deal('b', 'rival', wide)), [])
})

it('[CL4] [CL57] what a newer version puts right is told no more', () => {
  const rival = deal('b', 'rival', alone)
  const both = (newer: string) => {
    return found(
      deal('a', 'incumbent', `${alone}\n${newer.replace('}}', '}, recorded: 2026-01-01}')}`) +
        rival,
    )
  }
  assert.deepEqual(both(alone.replace('api', 'chat')), [])
  // What a newer version does wrong is told, and what the older one did is not told beside it.
  assert.equal(both(alone.replace('[api]', '[api, chat]')).length, 1)
  // A clause that a newer record of its contract leaves out binds on until it is repealed.
  const old = contracts(deal('a', 'incumbent', alone) + rival)
  const [silent] = contracts(deal('a', 'incumbent', '- {kind: rofo}'))
  assert.ok(silent)
  const history = [...old, { ...silent, generation: 2, recordedAt: day('2026-01-01') }]
  assert.deepEqual(
    contradictions(history).map(({ clause, other }) => [clause, other]),
    [['a/exclusivity', 'b/exclusivity']],
  )
})

it('[CL80] what is only left out of its contract is told, for it binds on', () => {
  const [first] = contracts(deal('a', 'rival', '- {kind: rofo}\n- {kind: launch_first}'))
  const after = (clauses: string, more: object = {}) => {
    const [next] = contracts(deal('a', 'rival', clauses))
    assert.ok(first && next)
    const history = [first, { ...next, ...more, generation: 2, recordedAt: day('2026-01-01') }]
    return leftOut(history, day('2026-01-01')).map(phraseContradiction)
  }
  assert.deepEqual(after('- {kind: rofo}'), [
    'a/launch-first: a says it no more, and it binds on; ' +
      'write it once more, with repealed where it is to end',
  ])
  assert.deepEqual(after('- {kind: rofo}\n- {kind: launch_first, to: 2025-06-01}'), [])
  assert.deepEqual(after('- {kind: rofo}', { bindingness: 'announced' }), [])
})

it('[CL58] two are not asked at the same time, and work may run somewhere', () => {
  const first = '- {kind: rofr}\n- {kind: residency, jurisdictions: [us, eu]}'
  const second = '- {kind: rofr}\n- {kind: residency, jurisdictions: [jp]}'
  assert.deepEqual(found(deal('a', 'incumbent', first) + deal('b', 'rival', second)), [
    'placement a/residency b/residency: ' +
      'together they leave no jurisdiction where the work may run',
    'priority a/rofr b/rofr: incumbent and rival are to be asked at the same time',
  ])
})

it('[CL76] a product may start somewhere', () => {
  const told = (first: string, second: string) => {
    return found(deal('a', 'incumbent', `- {${first}}`) + deal('b', 'rival', `- {${second}}`))
  }
  const api = 'kind: launch_first, scope: {product: {starts_with: api}}'
  const both = 'incumbent and rival are both to be first, so that it may start at neither'
  assert.deepEqual(told(api, 'kind: launch_first'), [
    `launch a/launch-first b/launch-first: ${both}`,
  ])
  assert.deepEqual(told(api, api.replace('api', 'api-chat')).length, 1)
  assert.deepEqual(told(api, api.replace('api', 'chat')), [])
  assert.deepEqual(told(`${api}, to: 2026-01-01`, `${api}, from: 2026-01-01`), [])
  // It starts at the rival in the other regions, or at once, and then at the incumbent.
  assert.deepEqual(told('kind: launch_first, scope: {region: us}', api), [])
  assert.deepEqual(told(api, 'kind: launch_first, scope: {region: us}'), [])
  assert.deepEqual(told('kind: launch_first, scope: {supplier: {not_in: [rival]}}', api), [])
  const alone = api.replace('launch_first', 'exclusivity')
  const only = [
    'launch b/launch-first a/exclusivity: rival is to be first with what only incumbent may supply',
  ]
  assert.deepEqual(told(alone, api), only)
  assert.deepEqual(told('kind: exclusivity', api), only)
  assert.deepEqual(told(`${alone}, except: [{supplier: rival}]`, api), [])
  assert.deepEqual(told(`${alone}, except: [{product: {starts_with: ap}}]`, api), [])
  assert.deepEqual(told('kind: exclusivity, scope: {region: us}', api), [])
  const others = 'kind: launch_first, scope: {supplier: {not_in: [incumbent]}}'
  assert.deepEqual(told('kind: exclusivity', others), [])
  assert.deepEqual(found(deal('a', 'incumbent', `- {${alone}}\n- {${api}}`)), [])
})

it('[CL77] whoever is full is followed in one order', () => {
  const told = (first: string, second: string, party = 'incumbent') => {
    const [one, another] = [first, second].map((each) => `- {kind: preferred_overflow, ${each}}`)
    return found(deal('a', 'incumbent', one ?? '') + deal('b', party, another ?? ''))
  }
  assert.deepEqual(told('order: [ally, rival]', 'order: [rival, ally]'), [
    'order a/preferred-overflow b/preferred-overflow: ' +
      'where incumbent is full, one says ally, rival, the other rival, ally',
  ])
  assert.deepEqual(told('order: [ally]', 'order: [ally]'), [])
  assert.deepEqual(told('order: [ally]', 'order: [incumbent]', 'rival'), [])
  const scoped = (product: string) => `order: [${product}], scope: {product: ${product}}`
  assert.deepEqual(told(scoped('chat'), scoped('api')), [])
  assert.deepEqual(told('order: [ally], to: 2026-01-01', 'order: [rival], from: 2026-01-01'), [])
})

it('[CL58] finds nothing wrong with the story', () => {
  const file = new URL(
    '../../../../examples/contracts/incumbent-overflow-rival.yaml',
    import.meta.url,
  )
  const known = {
    ...{
      product: ['api-models', 'chat'],
      workload: ['train'],
      supplier: ['incumbent', 'ally', 'rival'],
    },
    ...{ accelerator: ['GB200', 'tpu-v6e'], region: ['us-central', 'us-east', 'eu-west'] },
  }
  assert.deepEqual(
    found(readFileSync(file, 'utf8'), known).filter((each) => !/1 GW/.test(each)),
    [],
  )
})

it('[CL70] says where in its clause each of them stands', () => {
  const text = deal(
    'a',
    'rival',
    `- {kind: rofo, from: 2024-06-01, repealed: {by: nobody, on: 2024-01-01}}
- kind: spend_commit
  total: $5
  milestones: [{at: 2026-01-01, dollars: $1}, {at: 2029-01-01, dollars: $9}]
- kind: take_or_pay
  quantity: 8 accelerators
  accelerator: H100
  interval: month
  price_per_hour: 2
  ramp: none
  steps: [{from: 2026-01-01, quantity: 2 MW}]
- {kind: ramp, tranches: [{id: one, quantity: 1 GW, accelerator: H100, due: 2029-01-01}]}
- {kind: price, review: 2029-01-01, pricing: {form: fixed, price_per_hour: 2}}`,
  ).replace('source:', 'supersedes: [ghost]\nsource:')
  const places = contradictions(contracts(text)).map(({ clause, path }) => {
    return `${clause}: ${path.join('.')}`
  })
  assert.deepEqual(places.sort(), [
    'a/price: review',
    'a/ramp: tranches.0.due',
    'a/ramp: tranches.0.quantity',
    'a/rofo: from',
    'a/rofo: repealed.by',
    'a/rofo: repealed.on',
    'a/spend-commit: milestones.1.at',
    'a/spend-commit: total',
    'a/take-or-pay: ramp',
    'a/take-or-pay: steps.0.quantity',
    'a: supersedes',
  ])
})

it('[CL72] a right whose holder may not be told what it asks is told', () => {
  const right = (more = '') => `- {kind: rofr, disclose: [price_per_hour, accelerators]${more}}`
  const nda = (more = '') => `- {kind: confidentiality, secrets: [prices]${more}}`
  const told = (first: string, second: string, seller = 'rival') => {
    const text = deal('a', 'incumbent', first) + deal('b', seller, second)
    return hushedRights(contracts(text)).map(phraseContradiction)
  }
  assert.deepEqual(told(right(), nda()), [
    'a/rofr and b/confidentiality: incumbent is to be told price_per_hour of what rival sells, ' +
      'and may not be; have rival agree to it (audience: [incumbent]), or agree to disclose less',
  ])
  assert.deepEqual(told(right(), nda(', audience: [incumbent]')), [])
  assert.deepEqual(told(right(), nda(', audience: [public]')), [])
  assert.deepEqual(told(right(), nda(), 'incumbent'), [])
  assert.deepEqual(told(right(), nda().replace('prices', 'notices')), [])
  assert.deepEqual(told(right(', to: 2026-01-01'), nda(', from: 2026-01-01')), [])
  assert.deepEqual(told(right(', scope: {supplier: {not_in: [rival]}}'), nda()), [])
  const apart = [', scope: {accelerator: H100}', ', scope: {accelerator: TPU}'] as const
  assert.deepEqual(told(right(apart[0]), nda(apart[1])), [])
})

it('[CL59] tells what nobody outside us ever confirmed', () => {
  const deal = contract(`- {kind: rofo, window: 9 days, source: {document: x, confidence: signed}}
- {kind: launch_first}`)
  const { inForce } = asOf([deal], day('2025-02-01'), day('2025-02-01'))
  assert.deepEqual(gaps(inForce), [
    { clause: 'deal/launch-first', assumed: ['lag'], confidence: 'unverified' },
  ])
})
