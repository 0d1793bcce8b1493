/**
 * A right of first refusal in a real ledger: nothing is bought of a third party before the holder
 * was asked and let it go, and what is bought then is signed for under its case.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { isWhole } from '../../core/contracts/rofr/bundle.ts'
import type { Lease } from '../../core/domain/lease.ts'
import type { Offer } from '../../core/domain/offer.ts'
import type { Spec } from '../../core/domain/spec.ts'
import { readSubmission } from '../../core/spec/read.ts'
import { embedded } from '../../drivers/ledgers/embedded.ts'
import { type Memory, recall, remember } from '../memory.ts'
import { defaultSettings } from '../settings.ts'
import { submit } from '../submit.ts'
import { decide } from '../turn/decide.ts'
import type { Observed } from '../turn/observed.ts'
import { lawOn } from '../turn/rules.ts'
import { sheet } from '../turn/sheet.ts'
import { withdraw } from '../withdraw.ts'
import {
  decideRight,
  evidenceOf,
  giveNotice,
  type Move,
  noticesTo,
  openRight,
  rightsOf,
} from './rofr.ts'
import { waive } from './waive.ts'

const day = 86_400_000
const hash = (text: string) => createHash('sha256').update(text).digest('hex')

const specs = `
kind: Supplier
name: rival
url: http://rival
class: A
---
kind: Contract
name: msa
with: incumbent
form: MSA
bindingness: definitive
signed: 2025-01-21
from: 2025-01-21
source: letter
clauses:
  - kind: rofr
    id: first
    window: 10 days
    tail: 30 days
    at_least: 8
    aggregate: 90 days
    disclose: [price_per_hour, accelerators]
    match: same-terms
    partial: false
---
kind: Job
name: train
run: ./train
resources: { accelerators: H100:8 }
---
kind: Job
name: other
run: ./train
resources: { accelerators: H100:8 }
`

const offer: Offer = {
  ...{ id: 'h100x8', supplier: 'rival', accelerator: 'H100', perNode: 8, region: 'us' },
  ...{ market: 'on-demand', pricePerHour: 80_000_000, stock: { kind: 'unknown' }, observedAt: 0 },
}

const observed: Observed = {
  ...{ sightings: [], offers: [offer], outages: [], sights: [], known: () => true },
  ...{ inFlight: new Set(), requestsPerSecond: {}, straysSeen: new Set() },
}

const memory: Memory = {
  ...{ owners: new Map(), formerRuns: new Map(), closedCharges: new Set(), spending: new Map() },
  ...{ closed: [], drawn: null, purchases: null },
  formerVersions: { pool: new Map(), outage: new Map() },
  ...{ belief: { pools: {} }, unripe: [] },
}

async function house(t: TestContext, more = '', text = specs) {
  const folder = mkdtempSync(join(tmpdir(), 'calumet-rofr-'))
  let now = Date.parse('2025-03-03')
  const path = join(folder, 'ledger.db')
  const ledger = await embedded({ path, clock: () => now, randomId: () => 'us' })
  t.after(async () => {
    await ledger.close()
    rmSync(folder, { recursive: true })
  })
  const names = { canonical: (name: string) => name, knownAccelerators: ['H100'] }
  const { specs: read, faults } = readSubmission(
    [{ file: 'a.yaml', text: `${text}${more}` }],
    names,
  )
  assert.deepEqual(faults, [])
  await submit(ledger, read as readonly Spec[], null)
  const settings = { ...defaultSettings, serverUrl: 'http://us' }
  const keyOf = (_: string, id: string) => id
  const chanceOf = () => 0
  const options = { installation: 'us', settings, memory, keyOf, chanceOf, digest: hash }
  /** What a turn buys, and which rows it writes. */
  const turn = async () => {
    const decision = decide(await ledger.read(), observed, options)
    assert.deepEqual(decision.faults, [])
    const done = await ledger.commit(decision.commit)
    assert.equal(done.outcome, 'done')
    const { puts } = decision.commit
    return puts.flatMap((put) => {
      return put.kind === 'lease' && put.body.state === 'intended' ? [put.body.workload] : []
    })
  }
  const id = 'msa/first/train@rival/h100x8'
  return {
    ledger,
    id,
    turn,
    pass: (days: number) => {
      now += days * day
    },
    open: (workload: string) =>
      openRight(ledger, { workload, offer: 'rival/h100x8', by: 'ann' }, [offer]),
    tell: (of = id) =>
      giveNotice(ledger, { id: of, by: 'ann', proof: 'receipt 7', nonce: 'n' }, hash),
    move: (move: Move, of = id) => decideRight(ledger, { id: of, by: 'ann', move }),
    steps: async () => rightsOf(await ledger.read()).map(({ step }) => step),
  }
}

it('[OP27] buys of a third party only after the holder let it go, and signs for it', async (t) => {
  const { ledger, id, turn, open, tell, move, steps } = await house(t)
  assert.deepEqual(await turn(), [])
  assert.equal((await open('train')).outcome, 'done')
  assert.deepEqual(await turn(), [])
  const told = await tell()
  assert.ok('notice' in told)
  assert.deepEqual(told.notice.terms, { price_per_hour: '$10.00', accelerators: '8' })
  assert.deepEqual([await turn(), await steps()], [[], ['noticed']])
  await move({ event: 'decline' })
  // One of the two is free to buy, and the other has a case of its own to come.
  const bought = await turn()
  assert.equal(bought.length, 1)
  assert.deepEqual(await steps(), ['bound'])
  assert.deepEqual(await turn(), [])
  const bundle = evidenceOf(await ledger.read(), id, hash)
  assert.ok(bundle && isWhole(bundle, hash))
  assert.deepEqual(
    bundle.entries.map(({ to }) => to),
    ['triggered', 'noticed', 'free', 'bound'],
  )
})

it('[OP27] counts what was bought from the commit that bought it on', async (t) => {
  const { ledger, turn, open, tell, move } = await house(t)
  const known = await recall(ledger)
  const counted = async () => {
    const snapshot = await ledger.read()
    return lawOn(sheet(snapshot), known, snapshot.now).records.purchases.map((each) => each.id)
  }
  assert.deepEqual(await counted(), [])
  await open('train')
  await tell()
  await move({ event: 'decline' })
  const bought = await turn()
  assert.equal(bought.length, 1)
  const { rows } = await ledger.read()
  remember(known, { puts: rows.lease.map((row) => ({ ...row, version: row.version - 1 })) })
  assert.deepEqual(await counted(), bought)
  const { purchases } = known
  const change = (to: Partial<Lease>) => {
    remember(known, { puts: rows.lease.map((row) => ({ ...row, body: { ...row.body, ...to } })) })
  }
  change({ calls: 3 })
  assert.deepEqual(await counted(), bought)
  assert.equal(known.purchases, purchases)
  change({ state: 'gone' })
  assert.deepEqual(await counted(), [])
})

it('[OP27] silence lets it go strictly after the deadline, and not for ever', async (t) => {
  const { turn, open, tell, pass, steps } = await house(t)
  await open('train')
  await tell()
  pass(10)
  assert.deepEqual([await turn(), await steps()], [[], ['noticed']])
  pass(1)
  assert.deepEqual(await steps(), ['free'])
  pass(31)
  assert.deepEqual([await turn(), await steps()], [[], ['expired']])
})

it('[OP27] a holder that matches, disputes or waives is heard', async (t) => {
  const { turn, open, tell, move, steps } = await house(t)
  await open('train')
  const early = await move({ event: 'decline' })
  assert.equal(early.outcome, 'refused')
  await tell()
  await move({ event: 'dispute', why: 'not the same terms' })
  assert.deepEqual([await turn(), await steps()], [[], ['disputed']])
  await move({ event: 'settle', as: 'waived' })
  assert.equal((await turn()).length, 1)
})

it('[OP27] opens a case once, and none that no right is about', async (t) => {
  const { ledger, open } = await house(t)
  await open('train')
  await open('train')
  assert.equal(rightsOf(await ledger.read()).length, 1)
  const nobody = await open('nobody')
  assert.match(nobody.outcome === 'refused' ? nobody.why : '', /there is no workload nobody/)
})

it('[OP35] whoever was asked once is asked again where nobody signed in time', async (t) => {
  const { id, turn, open, tell, move, pass, steps } = await house(t)
  await open('train')
  await tell()
  await move({ event: 'decline' })
  pass(31)
  assert.deepEqual([await turn(), await steps()], [[], ['expired']])
  assert.equal((await open('train')).outcome, 'done')
  assert.equal((await open('train')).outcome, 'done')
  assert.deepEqual([await turn(), await steps()], [[], ['expired', 'triggered']])
  const again = `${id}#2`
  await tell(again)
  await move({ event: 'decline' }, again)
  assert.equal((await turn()).length, 1)
})

it('[OP35] what was withdrawn is begun anew, and not what is signed for', async (t) => {
  const { ledger, id, turn, open, tell, move, steps } = await house(t)
  await withdraw(ledger, 'other')
  await open('train')
  await move({ event: 'withdraw', why: 'too dear' })
  assert.deepEqual(await steps(), [])
  await open('train')
  const again = `${id}#2`
  await tell(again)
  await move({ event: 'decline' }, again)
  await turn()
  assert.deepEqual(await steps(), ['bound'])
  await open('train')
  assert.deepEqual(await steps(), ['bound'])
})

const second = `---
kind: Contract
name: pact
with: ally
form: MSA
bindingness: definitive
signed: 2025-01-22
from: 2025-01-22
source: letter
clauses:
  - kind: rofr
    id: later
    priority: 2
    window: 10 days
    tail: 30 days
    at_least: 8
    aggregate: 90 days
    disclose: [price_per_hour, accelerators]
    match: same-terms
    partial: false
`

it('[OP36] of several holders each is asked in its turn', async (t) => {
  const { id, turn, open, tell, move } = await house(t, second)
  const later = 'pact/later/train@rival/h100x8'
  await open('train')
  const refusal = async () => {
    const done = await tell(later)
    return 'why' in done ? done.why : null
  }
  assert.equal(await refusal(), `incumbent is asked first: give notice in ${id}`)
  await tell()
  assert.equal(await refusal(), `incumbent is asked first, and has not answered yet in ${id}`)
  await move({ event: 'decline' })
  assert.equal(await refusal(), null)
  assert.deepEqual(await turn(), [])
  await move({ event: 'decline' }, later)
  assert.equal((await turn()).length, 1)
})

it('[OP36] where a holder takes it, nothing is left to offer to the next', async (t) => {
  const { id, ledger, open, tell, move } = await house(t, second)
  const later = 'pact/later/train@rival/h100x8'
  await open('train')
  await tell()
  const [{ deal } = { deal: null }] = rightsOf(await ledger.read())
  assert.ok(deal)
  await move({ event: 'match', deal })
  await move({ event: 'sign-with-holder', digest: 'order 3' })
  const done = await tell(later)
  const why = `incumbent takes it in ${id}, so nothing is left to offer`
  assert.equal('why' in done ? done.why : null, why)
})

it('[OP39] keeps what a holder was told, and tells no more than the notice did', async (t) => {
  const { ledger, open, tell, move } = await house(t)
  assert.deepEqual(await noticesTo(ledger, 'incumbent'), [])
  await open('train')
  const first = await tell()
  assert.ok('notice' in first)
  const { digest, terms } = first.notice
  const given = {
    ...{ at: Date.parse('2025-03-03'), clause: 'msa/first', channel: first.notice.channel },
    ...{ answerWithin: '10 days', terms, digest },
  }
  assert.deepEqual(await noticesTo(ledger, 'incumbent'), [given])
  assert.deepEqual(await noticesTo(ledger, 'rival'), [])
  await move({ event: 'decline' })
  const dearer = { ...offer, pricePerHour: 96_000_000 }
  const order = { workload: 'train', offer: 'rival/h100x8', by: 'ann' }
  await openRight(ledger, order, [dearer])
  await tell()
  const both = await noticesTo(ledger, 'incumbent')
  assert.deepEqual(
    both.map((each) => each.terms),
    [null, { price_per_hour: '$12.00', accelerators: '8' }],
  )
  assert.doesNotMatch(JSON.stringify(both), /rival|train|nonce|receipt/)
})

it('[OP27] a notice tells what the seller has proven; less than that asks anew', async (t) => {
  const proven = 'class: A\ncontrols: [{ name: external-kms, until: 2025-03-20, document: soc2 }]'
  const text = specs
    .replace('[price_per_hour, accelerators]', '[security_class]')
    .replace('class: A', proven)
  const { turn, open, tell, move, pass, steps } = await house(t, '', text)
  await open('train')
  const done = await tell()
  assert.deepEqual('notice' in done && done.notice.terms, { security_class: 'external-kms' })
  await move({ event: 'decline' })
  pass(18)
  assert.deepEqual([await turn(), await steps()], [[], ['free']])
  await open('train')
  assert.deepEqual(await steps(), ['triggered'])
})

it('[CL17] a notice or an answer once more writes nothing, and is told as it was', async (t) => {
  const { ledger, id, open, move } = await house(t)
  await open('train')
  const tell = async (proof: string, nonce: string) => {
    const done = await giveNotice(ledger, { id, by: 'ben', proof, nonce }, hash)
    return 'notice' in done ? [done.notice, done.case.deadline] : done.why
  }
  const count = async () => (await ledger.events({ supplier: 'incumbent' })).length
  const first = await tell('receipt 7', 'n')
  const decline = { event: 'decline' } as const
  assert.equal(await count(), 2)
  // Whoever asks anew has a nonce of its own, and the digest of the first still commits us.
  assert.deepEqual(await tell('receipt 7', 'another'), first)
  assert.equal(await tell('receipt 8', 'another'), 'what is noticed cannot be noticed')
  const before = (await ledger.read()).rows.law
  assert.equal(await count(), 2)
  assert.equal((await move(decline)).outcome, 'done')
  assert.equal((await move(decline)).outcome, 'done')
  assert.deepEqual((await tell('receipt 7', 'third'))[0], first[0])
  assert.equal(await count(), 3)
  const [mark] = (await ledger.read()).rows.law
  assert.equal(mark?.version, (before[0]?.version ?? 0) + 1)
})

it('[OP27] a block binds for as long as it lasts, and is told so', async (t) => {
  const text = specs.replace('[price_per_hour, accelerators]', '[term, accelerators]')
  const { ledger, id, tell } = await house(t, '', text)
  const until = Date.parse('2025-03-05T12:00:00Z')
  const block = { ...offer, window: { until } }
  await openRight(ledger, { workload: 'train', offer: 'rival/h100x8', by: 'ann' }, [block])
  const done = await tell(id)
  assert.deepEqual('notice' in done && done.notice.terms, { term: '3 days', accelerators: '8' })
})

it('[OP24] a right that is set aside holds nothing up, though a case of it is open', async (t) => {
  const { ledger, open, turn } = await house(t)
  assert.equal((await open('train')).outcome, 'done')
  assert.deepEqual(await turn(), [])
  const until = Date.parse('2025-06-01')
  const order = { clause: 'msa/first', kind: 'granted', until, reason: 'letter' } as const
  assert.equal((await waive(ledger, { ...order, by: 'ann' })).outcome, 'done')
  assert.deepEqual((await turn()).toSorted(), ['other', 'train'])
})
