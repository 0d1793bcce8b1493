/**
 * What may leave, held against a real ledger: notices, evidence and the public list tell nobody
 * what a contract or the policy keeps.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { it } from 'node:test'
import type { Offer } from '../../core/domain/offer.ts'
import { apply, type House, house } from '../stage.test.ts'
import { clearanceFor, publicList } from './clearance.ts'
import { evidenceKept, giveNotice, openRight } from './rofr.ts'

const hash = (text: string) => createHash('sha256').update(text).digest('hex')

const specs = `kind: Supplier
name: incumbent
url: http://incumbent
class: A
relations: [rival]
---
kind: Supplier
name: rival
url: http://rival
class: A
---
kind: Job
name: train
run: ./train
resources: { accelerators: H100:8 }
---
`

const signed = (name: string, party: string, clause: string) => `kind: Contract
name: ${name}
with: ${party}
form: MSA
bindingness: definitive
signed: 1970-01-01
from: 1970-01-01
source: letter
clauses:
  - ${clause}
---
`

const right = signed('msa', 'incumbent', '{ kind: rofr, id: first, disclose: [accelerators] }')
const priced = right.replace('[accelerators]', '[accelerators, price_per_hour]')
const nda = (more: string) =>
  signed('order', 'rival', `{ kind: confidentiality, id: nda, ${more} }`)
const policy = `kind: Policy
name: house
withhold: [{ relations: [rival, unknown], facts: [prices] }]
`

const offer: Offer = {
  ...{ id: 'h100x8', supplier: 'rival', accelerator: 'H100', perNode: 8, region: 'us' },
  ...{ market: 'on-demand', pricePerHour: 80_000_000, stock: { kind: 'unknown' }, observedAt: 0 },
}

/** What comes of a notice to the incumbent: its terms, or why it is not given. */
async function noticeUnder(text: string): Promise<{ readonly home: House; readonly says: string }> {
  const home = await house()
  await apply(home, `${specs}${text}`)
  const order = { workload: 'train', offer: 'rival/h100x8', by: 'ann' }
  const opened = await openRight(home.ledger, order, [offer])
  assert.equal(opened.outcome, 'done')
  const id = 'msa/first/train@rival/h100x8'
  const given = await giveNotice(home.ledger, { id, by: 'ann', proof: 'p', nonce: 'n' }, hash)
  return { home, says: 'why' in given ? given.why : Object.keys(given.notice.terms).join(' ') }
}

it('[CL68] gives no notice that tells its holder what a contract keeps from it', async () => {
  const { home, says } = await noticeUnder(priced + nda('secrets: [prices]'))
  assert.equal(
    says,
    'its price_per_hour may not be told: incumbent is not told the prices of order (order/nda); ' +
      'obtain the consent of rival, or leave it out',
  )
  const [row] = (await home.ledger.read()).rows.right
  assert.deepEqual([row?.body.step, row?.body.digest], ['triggered', null])
})

it('[CL68] gives it where the clause demands less, or the other side agreed', async () => {
  const { says } = await noticeUnder(right + nda('secrets: [prices]'))
  assert.equal(says, 'accelerators')
  const agreed = nda('secrets: [prices], audience: [incumbent]')
  assert.equal((await noticeUnder(priced + agreed)).says, 'accelerators price_per_hour')
  const many = await noticeUnder(right + nda('secrets: [forecast]'))
  assert.match(
    many.says,
    /^its accelerators may not be told: incumbent is not told the forecast of order/,
  )
})

it('[CL68] gives none that the policy withholds from what its holder is to us', async () => {
  const { says } = await noticeUnder(priced + policy)
  assert.equal(
    says,
    'its price_per_hour may not be told: incumbent (rival) is not told the ' +
      'prices of others (policy house); leave it out, or have policy house withhold less',
  )
})

it('[CL69] shows the evidence of a case to nobody who would learn what is kept', async () => {
  const { home } = await noticeUnder(right + nda('secrets: [prices]'))
  const snapshot = await home.ledger.read()
  const kept = (to: string) => evidenceKept(snapshot, 'msa/first/train@rival/h100x8', to)
  assert.match(kept('incumbent') ?? '', /^incumbent is not told the prices of order/)
  assert.match(kept('an-auditor') ?? '', /^an-auditor is not told the prices of order/)
  assert.equal(kept('rival'), null)
})

it('[CL69] shows it to no third party that may not know of the notice', async () => {
  const hush = signed('hush', 'incumbent', '{ kind: confidentiality, id: nda, secrets: [notices] }')
  const { home } = await noticeUnder(right + hush)
  const snapshot = await home.ledger.read()
  const kept = (to: string) => evidenceKept(snapshot, 'msa/first/train@rival/h100x8', to)
  assert.match(kept('rival') ?? '', /^rival is not told the notices of hush/)
  assert.equal(kept('incumbent'), null)
})

it('[CL69] names nobody in public whose dealings with us are kept', async () => {
  const named = async (text: string) => {
    const home = await house()
    await apply(home, `${specs}${text}`)
    return publicList(await home.ledger.read()).map(({ name }) => name)
  }
  const all = ['acme', 'bolt', 'incumbent', 'rival']
  assert.deepEqual(await named(''), all)
  assert.deepEqual(await named(nda('secrets: [prices]')), all)
  assert.deepEqual(await named(nda('secrets: [existence]')), ['acme', 'bolt', 'incumbent'])
  assert.deepEqual(await named(nda('secrets: [existence], audience: [public]')), all)
  assert.deepEqual(await named(policy.replace('[prices]', '[existence]')), [])
})

it('[CL69] is told for any day', async () => {
  const home = await house()
  const later = nda('secrets: [prices], from: 2030-01-01')
  await apply(home, `${specs}${later}`)
  const snapshot = await home.ledger.read()
  assert.deepEqual(clearanceFor(snapshot, 'incumbent').withheld, [])
  const then = clearanceFor(snapshot, 'incumbent', Date.parse('2030-01-01'))
  assert.deepEqual(
    then.withheld.map(({ fact, about }) => `${fact} ${about}`),
    ['prices rival'],
  )
  assert.deepEqual(then.relations, ['rival'])
})
