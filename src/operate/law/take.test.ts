/**
 * What comes into the law beside what stands there, and what is kept out.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Offer } from '../../core/domain/offer.ts'
import type { Spec } from '../../core/domain/spec.ts'
import { readSubmission } from '../../core/spec/read.ts'
import { job } from '../../testing/ledger-rows.ts'
import { type House, house } from '../stage.test.ts'
import { submit } from '../submit.ts'
import { verdictsAt } from '../verdicts.ts'
import { exposureView } from './exposure.ts'
import { contractPut, contradictionsIn, isContract } from './take.ts'

function read(text: string): readonly Spec[] {
  const names = { canonical: (name: string) => name, knownAccelerators: [] }
  const { specs, faults } = readSubmission([{ file: 'a.yaml', text }], names)
  assert.deepEqual(faults, [])
  return specs
}

const signed = (name: string, party: string, clauses: string, more = '') => `kind: Contract
name: ${name}
with: ${party}
form: MSA
bindingness: definitive
signed: 1969-01-01
from: 1969-01-01
source: letter
${more}clauses:
${clauses}
---
`

const alone = (product: string, more = '') => {
  return `  - { kind: exclusivity, id: alone, scope: { product: ${product} }${more} }\n`
}

/** A ledger whose contracts contradict: they came in before anybody checked for that. */
async function broken(): Promise<House> {
  const home = await house()
  const specs = read(signed('one', 'acme', alone('chat')) + signed('two', 'bolt', alone('chat')))
  const puts = specs.filter(isContract).map(({ spec }) => contractPut({ ...spec, generation: 1 }))
  await home.ledger.commit({ puts, events: [] })
  return home
}

/** Why it does not come in; null where it does. */
async function refused({ ledger }: House, text: string): Promise<string | null> {
  const done = await submit(ledger, read(text), null)
  return done.outcome === 'conflict' ? done.why : null
}

const both = 'acme and bolt are both promised the same alone'

it('[OP21] what contradicts already holds up no contract but its own', async () => {
  const home = await broken()
  assert.equal(contradictionsIn(await home.ledger.read())[0]?.includes(both), true)
  assert.equal(await refused(home, signed('three', 'core', alone('mail'))), null)
  // A third that is promised the same adds to it.
  const third = (await refused(home, signed('four', 'core', alone('chat')))) ?? ''
  assert.match(third, /^one\/alone and four\/alone: .*; and two\/alone and four\/alone: /)
})

it('[OP21] one that takes part in what contradicts comes in when it puts that right', async () => {
  const home = await broken()
  const worse = signed('one', 'acme', `${alone('chat')}  - { kind: rofo, id: ask }\n`)
  assert.match((await refused(home, worse)) ?? '', new RegExp(`^one/alone and two/alone: ${both}`))
  const newer = alone('mail', ', recorded: 1969-06-01')
  assert.equal(await refused(home, signed('one', 'acme', alone('chat') + newer)), null)
  assert.deepEqual(contradictionsIn(await home.ledger.read()), [])
})

it('[OP21] what would bring one back, though it takes no part in it, is refused', async () => {
  const home = await house()
  const old = signed('one', 'acme', alone('chat'))
  const after = (name: string) => {
    return signed('order', 'acme', '  - { kind: rofo }', name && `supersedes: [${name}]\n`)
  }
  assert.equal(await refused(home, old + after('one')), null)
  assert.equal(await refused(home, signed('two', 'bolt', alone('chat'))), null)
  assert.match((await refused(home, after(''))) ?? '', new RegExp(both))
})

const offer = (supplier: string): Offer => ({
  ...{ id: 'h100x8', supplier, accelerator: 'H100', perNode: 8, region: 'us' },
  ...{ market: 'on-demand', pricePerHour: 10, stock: { kind: 'unknown' }, observedAt: 0 },
})

it('[OP22] of what contradicts both sides are obeyed, and the rest is bought', async () => {
  const { ledger } = await broken()
  const bars = async (product: string) => {
    const wish = { ...job('w'), product }
    const asked = { offers: ['acme', 'bolt'].map(offer), at: 0, charges: [] }
    return (await verdictsAt(ledger, wish, asked)).map(({ bar }) => bar?.clause ?? null)
  }
  assert.deepEqual(await bars('chat'), ['two/alone', 'one/alone'])
  assert.deepEqual(await bars('mail'), [null, null])
})

it('[OP32] what was paid under a contract that is superseded is held no more', async () => {
  const { ledger } = await house()
  const paid = (amount: string) =>
    `  - { kind: prepay, form: prepay, amount: ${amount}, paid: 1969-02-01 }\n`
  const held = async () => {
    const held = await exposureView({ snapshot: await ledger.read(), charges: [] })
    return held.map((each) => each.held)
  }
  await submit(ledger, read(signed('old', 'acme', paid('$900'))), null)
  assert.deepEqual(await held(), ['900000000'])
  const next = signed('new', 'acme', paid('$100'), 'supersedes: [old]\n')
  await submit(ledger, read(next), null)
  assert.deepEqual(await held(), ['100000000'])
})
