/**
 * Contracts in a real ledger, and turns that are decided under them.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import type { Lease } from '../../core/domain/lease.ts'
import type { Offer } from '../../core/domain/offer.ts'
import type { Spec } from '../../core/domain/spec.ts'
import { readSubmission } from '../../core/spec/read.ts'
import { embedded } from '../../drivers/ledgers/embedded.ts'
import type { Ledger } from '../../ports/ledger.ts'
import { job, lease as leasePut } from '../../testing/ledger-rows.ts'
import { defaultSettings } from '../settings.ts'
import { submit } from '../submit.ts'
import { decide } from '../turn/decide.ts'
import type { Observed } from '../turn/observed.ts'
import { verdictsAt } from '../verdicts.ts'
import { contingentView, takeOption } from './contingent.ts'
import { exposureView } from './exposure.ts'
import { keep } from './record.ts'
import { waive } from './waive.ts'

const now = Date.parse('2026-03-01')

async function openLedger(t: TestContext): Promise<Ledger> {
  const folder = mkdtempSync(join(tmpdir(), 'calumet-law-'))
  const path = join(folder, 'ledger.db')
  const ledger = await embedded({ path, clock: () => now, randomId: () => 'us' })
  t.after(async () => {
    await ledger.close()
    rmSync(folder, { recursive: true })
  })
  return ledger
}

function read(text: string): readonly Spec[] {
  const names = { canonical: (name: string) => name, knownAccelerators: [] }
  const { specs, faults } = readSubmission([{ file: 'a.yaml', text }], names)
  assert.deepEqual(faults, [])
  return specs
}

const contract = (name: string, party: string, more = '') => `
kind: Contract
name: ${name}
with: ${party}
form: MSA
bindingness: definitive
signed: 2026-01-01
from: 2026-01-01
source: letter
clauses:
  - { kind: exclusivity, id: alone${more} }
`

const acme = `
kind: Supplier
name: acme
url: http://acme
class: A
`

it('[OP21] keeps every version, and the last one holds', async (t) => {
  const ledger = await openLedger(t)
  const told = async (text: string) => {
    const done = await submit(ledger, read(text), null)
    return done.outcome === 'done' ? done.results[0]?.change : done.outcome
  }
  assert.equal(await told(contract('msa', 'acme')), 'created')
  assert.equal(await told(contract('msa', 'acme')), 'unchanged')
  assert.equal(await told(contract('msa', 'acme', ', to: 2026-02-01')), 'changed')
  assert.equal(await told(contract('msa', 'acme', ', to: 2026-02-01')), 'unchanged')
  const { rows } = await ledger.read()
  const versions = rows.contract.map(({ id, body }) => [id, body.recordedAt])
  // The first was known when it was signed, the second when it came.
  assert.deepEqual(versions, [
    ['msa@000001', Date.parse('2026-01-01')],
    ['msa@000002', now],
  ])
})

it('[OP21] takes nothing of a submission that contradicts what is there', async (t) => {
  const ledger = await openLedger(t)
  await submit(ledger, read(contract('one', 'acme')), null)
  const both = `${acme}---${contract('two', 'bolt')}`
  const done = await submit(ledger, read(both), null)
  assert.equal(done.outcome, 'conflict')
  assert.match(done.outcome === 'conflict' ? done.why : '', /one\/alone and two\/alone/)
  const { rows } = await ledger.read()
  assert.deepEqual([rows.contract.length, rows.supplier.length], [1, 0])
})

const offer: Offer = {
  ...{ id: 'h100x8', supplier: 'acme', accelerator: 'H100', perNode: 8, region: 'us' },
  ...{ market: 'on-demand', pricePerHour: 10, stock: { kind: 'unknown' }, observedAt: now },
}

const observed: Observed = {
  ...{ sightings: [], offers: [offer], outages: [], sights: [], known: () => true },
  ...{ inFlight: new Set(), requestsPerSecond: {}, straysSeen: new Set() },
}

const options = {
  installation: 'us',
  settings: { ...defaultSettings, serverUrl: 'http://us' },
  memory: {
    ...{
      owners: new Map(),
      purchases: null,
      formerRuns: new Map(),
      closedCharges: new Set<string>(),
      spending: new Map(),
      closed: [],
      drawn: null,
    },
    formerVersions: { pool: new Map(), outage: new Map() },
    belief: { pools: {} },
    unripe: [],
  },
  keyOf: (_: string, lease: string) => `key-${lease}`,
  chanceOf: () => 0,
  digest: (text: string) => text,
}

it('[OP22] neither plans nor asks for what a clause forbids', async (t) => {
  const ledger = await openLedger(t)
  const intended = leasePut('w.0.1', 0, 'intended')
  const body = { spec: job('w'), state: 'active', submittedAt: now, endedAt: null } as const
  await submit(ledger, read(acme), null)
  const puts = [intended, { kind: 'workload', id: 'w', version: 0, live: true, body } as const]
  await ledger.commit({ puts, events: [] })
  const asked = async () => decide(await ledger.read(), observed, options)
  const free = await asked()
  assert.deepEqual(
    free.asks.map(({ lease }) => lease.id),
    ['w.0.1'],
  )
  await submit(ledger, read(contract('msa', 'bolt')), null)
  const law = free.asks[0]?.expects.find(({ kind }) => kind === 'law')
  const stale = await ledger.commit({ expects: law ? [law] : [], puts: [], events: [] })
  assert.deepEqual(stale, { outcome: 'stale', kind: 'law', id: 'law' })
  const barred = await asked()
  assert.deepEqual(barred.asks, [])
  const put = barred.commit.puts.find(({ kind }) => kind === 'lease')
  assert.match((put?.body as Lease | undefined)?.why ?? '', /msa\/alone forbids it: bolt is exc/)
})

it('[OP61] a purchase says for which kind of work it is', async (t) => {
  const ledger = await openLedger(t)
  await submit(ledger, read(acme), null)
  const body = { spec: job('w'), state: 'active', submittedAt: now, endedAt: null } as const
  const put = { kind: 'workload', id: 'w', version: 0, live: true, body } as const
  await ledger.commit({ puts: [put], events: [] })
  const { commit } = decide(await ledger.read(), observed, options)
  const kinds = commit.puts.flatMap((each) => {
    return each.kind === 'lease' ? [each.body.workloadKind] : []
  })
  assert.deepEqual(kinds, ['Job'])
})

it('[OP24] an override takes two persons, and lifts nothing before', async (t) => {
  const ledger = await openLedger(t)
  await submit(ledger, read(contract('msa', 'bolt')), null)
  const until = now + 86_400_000
  const order = { clause: 'msa/alone', kind: 'override', until, reason: 'no space' } as const
  const said = async (by: string) => {
    const done = await waive(ledger, { ...order, by })
    return done.outcome === 'done' ? [done.waiver.by.join(), done.isInForce] : done.why
  }
  const barred = async () => {
    const [verdict] = await verdictsAt(ledger, job('w'), { offers: [offer], at: now, charges: [] })
    return verdict?.bar?.clause ?? null
  }
  assert.equal(await barred(), 'msa/alone')
  assert.deepEqual(await said('ann'), ['ann', false])
  assert.deepEqual(await said('ann'), ['ann', false])
  assert.equal(await barred(), 'msa/alone')
  assert.deepEqual(await said('ben'), ['ann,ben', true])
  assert.equal(await barred(), null)
})

it('[OP24] a purchase names each waiver without which it would be barred', async (t) => {
  const scoped = `${acme}scope: { products: [chat], regions: [us] }\n---${contract('msa', 'bolt')}`
  const until = now + 86_400_000
  const reason = 'no space'
  const named = async (product: string, isGranted = true) => {
    const ledger = await openLedger(t)
    await submit(ledger, read(scoped), null)
    const granted = { clause: 'msa/alone', kind: 'granted', until, reason, by: 'ann' } as const
    if (isGranted) await waive(ledger, granted)
    const ours = { clause: 'list/acme', kind: 'override', until, reason } as const
    await waive(ledger, { ...ours, by: 'ann' })
    await waive(ledger, { ...ours, by: 'ben' })
    const spec = { ...job('w'), product }
    const body = { spec, state: 'active', submittedAt: now, endedAt: null } as const
    const put = { kind: 'workload', id: 'w', version: 0, live: true, body } as const
    await ledger.commit({ puts: [put], events: [] })
    const { commit } = decide(await ledger.read(), observed, options)
    return commit.events.flatMap(({ kind, facts }) => {
      return kind === 'lease.intended' ? [facts.waivers] : []
    })
  }
  assert.deepEqual(await named('chat'), ['waiver w1 of msa/alone'])
  assert.deepEqual(await named('mail'), ['waiver w1 of msa/alone, override w2 of list/acme'])
  assert.deepEqual(await named('chat', false), [])
})

it('[OP24] nobody waives what is not there, is over, or nobody can waive', async (t) => {
  const ledger = await openLedger(t)
  const text = contract('msa', 'bolt').replace('exclusivity, id: alone', residency)
  await submit(ledger, read(text), null)
  const order = { kind: 'granted', until: now + 1, reason: 'letter', by: 'ann' } as const
  const why = async (change: object) => {
    const done = await waive(ledger, { ...order, clause: 'msa/home', ...change })
    return done.outcome === 'refused' ? done.why : done.outcome
  }
  assert.match(await why({ clause: 'msa/alone' }), /no clause msa\/alone; there are msa\/home/)
  assert.match(await why({}), /nobody can waive msa\/home, which is about residency/)
})

const optional = (more = '') => `
kind: Contract
name: msa
with: bolt
form: MSA
bindingness: definitive
signed: 2026-01-01
from: 2026-01-01
to: 2029-01-01
source: letter
clauses:
  - kind: expansion_option
    id: more
    from: 2026-02-01
    to: 2026-05-01
    quantity: 64 accelerators
    accelerator: H100
    strike_per_hour: 1.50
    term: 365 days${more}
  - { kind: rofo, id: offer }
`

it('[OP37] an option is taken when two persons said the same, and only once', async (t) => {
  const ledger = await openLedger(t)
  await submit(ledger, read(optional()), null)
  const order = { clause: 'msa/more', quantity: 48, dueAt: now + 86_400_000, paper: 'letter 9' }
  const said = async (by: string, change: object = {}) => {
    const done = await takeOption(ledger, { ...order, by, ...change })
    return done.outcome === 'done' ? [done.exercise.by.join(), done.exercise.takenAt] : done.why
  }
  const open = async () => contingentView(await ledger.read(), { offers: [], agreed: {} }).options
  assert.deepEqual(await said('ann'), ['ann', null])
  assert.deepEqual(await said('ann'), ['ann', null])
  // Another quantity is another wish.
  assert.deepEqual(await said('ben', { quantity: 64 }), ['ben', null])
  const [option] = await open()
  assert.deepEqual(
    option?.asked.map(({ by, quantity }) => `${by.join()} ${quantity}`),
    ['ann 48', 'ben 64'],
  )
  assert.deepEqual(await said('ben', { paper: 'agreed' }), ['ann,ben', now])
  assert.deepEqual(await open(), [])
  assert.equal(await said('eve'), 'msa/more cannot be taken: taken on 2026-03-01 by ann and ben')
  const { law, exercise } = (await ledger.read()).rows
  assert.deepEqual([law[0]?.body.changes, exercise[0]?.body.paper], [5, 'letter 9'])
  // To submit the contract once more changes nothing of it.
  const again = await submit(ledger, read(optional()), null)
  assert.equal(again.outcome === 'done' && again.results[0]?.change, 'unchanged')
})

it('[OP37] nobody takes what is not open, nor more than it is', async (t) => {
  const ledger = await openLedger(t)
  const order = { clause: 'msa/more', quantity: 65, dueAt: now, paper: 'letter', by: 'ann' }
  const why = async (change: object = {}) => {
    const done = await takeOption(ledger, { ...order, ...change })
    return done.outcome === 'refused' ? done.why : done.outcome
  }
  const become = async (text: string) => submit(ledger, read(text), null)
  assert.equal(await why(), 'there is no option msa/more; there are none')
  await become(optional())
  assert.equal(await why(), 'msa/more is for 64 accelerators at most')
  assert.match(await why({ quantity: 1, dueAt: now - 1 }), /^due lies in the past/)
  assert.equal(await why({ clause: 'msa/most' }), 'there is no option msa/most; there is msa/more')
  assert.equal(await why({ clause: 'msa/offer' }), 'msa/offer is no option: it is about rofo')
  const whileNot = async (text: string) => {
    await become(text)
    return why({ quantity: 1 })
  }
  const cannot = 'msa/more cannot be taken:'
  const early = optional().replace('from: 2026-02-01', 'from: 2026-04-01')
  assert.equal(await whileNot(early), `${cannot} begins on 2026-04-01`)
  const late = optional().replace('to: 2026-05-01', 'to: 2026-03-01')
  assert.equal(await whileNot(late), `${cannot} ended on 2026-03-01`)
  const loose = optional().replace('definitive', 'announced')
  assert.equal(await whileNot(loose), `${cannot} its agreement is announced, and binds nobody`)
  assert.deepEqual((await ledger.read()).rows.exercise, [])
})

const residency = 'residency, id: home, jurisdictions: [eu]'

it('[OP22] asks where a region stands, and takes no silence for an answer', async (t) => {
  const ledger = await openLedger(t)
  const text = contract('msa', 'bolt').replace('exclusivity, id: alone', residency)
  const why = async (supplier: string) => {
    await submit(ledger, read(supplier), null)
    const [verdict] = await verdictsAt(ledger, job('w'), { offers: [offer], at: now, charges: [] })
    return verdict?.bar?.because
  }
  await submit(ledger, read(text), null)
  assert.match((await why(acme)) ?? '', /jurisdiction is not known/)
  assert.equal(await why(`${acme}jurisdictions: { us: eu }\n`), undefined)
})

it('[OP29] what happened is kept with its paper, once, and lets clauses go', async (t) => {
  const ledger = await openLedger(t)
  await submit(ledger, read(`${acme}---${acme.replaceAll('acme', 'bolt')}`), null)
  const clauses = `${contract('msa', 'bolt').replace(/ {2}- .*/, '')}
  - { kind: launch_first, id: first, lag: 10 days }
  - { kind: rofo, id: offer, window: 5 days }`
  const done = await submit(ledger, read(clauses), null)
  assert.equal(done.outcome, 'done')
  const wish = { ...job('w'), product: 'chat' }
  const barred = async () => {
    const [verdict] = await verdictsAt(ledger, wish, { offers: [offer], at: now, charges: [] })
    return verdict?.bar?.clause ?? null
  }
  assert.equal(await barred(), 'msa/offer')
  const by = { by: 'ann', document: 'letter 8' }
  const day = 86_400_000
  const look = { kind: 'first-look', clause: 'msa/offer', at: now - 9 * day } as const
  const refused = async (order: Parameters<typeof keep>[1]) => {
    const answer = await keep(ledger, order)
    return answer.outcome === 'refused' ? answer.why : null
  }
  assert.match(
    (await refused({ ...look, ...by, clause: 'msa/none', releasedAt: null })) ?? '',
    /^there is no right of first offer msa\/none; there are msa\/offer$/,
  )
  assert.equal(await refused({ ...look, ...by, releasedAt: now - 8 * day }), null)
  assert.equal(await barred(), 'msa/first')
  const launch = { kind: 'launch', product: 'chat', at: now - 11 * day, ...by } as const
  assert.match((await refused({ ...launch, supplier: 'nobody' })) ?? '', /^nobody here is called/)
  const ahead = { ...launch, supplier: 'bolt', at: now + day }
  assert.match((await refused(ahead)) ?? '', /^it lies ahead/)
  for (const _ of [1, 2]) assert.equal(await refused({ ...launch, supplier: 'bolt' }), null)
  assert.equal(await barred(), null)
  const { rows } = await ledger.read()
  assert.deepEqual(
    rows.record.map(({ id, body }) => [id, body.kind]),
    [
      ['f1', 'first-look'],
      ['f2', 'launch'],
    ],
  )
})

it('[OP32] signs nothing that lets a supplier hold too much of ours', async (t) => {
  const ledger = await openLedger(t)
  const paidAhead = (more = '') => `
kind: Contract
name: ahead
with: acme
form: MSA
bindingness: definitive
signed: 2026-01-01
from: 2026-01-01
source: letter
clauses:
  - { kind: prepay, form: prepay, amount: $900, paid: 2026-06-01 }
${more}
---
kind: Policy
name: house
exposure_limits: [{ supplier: acme, max: 500.00 }]
`
  const refused = await submit(ledger, read(paidAhead()), null)
  assert.deepEqual(refused, {
    outcome: 'conflict',
    why:
      'acme would hold $900.00 of ours from 2026-06-01 on, and the policy house allows $500.00; ' +
      'ask for credit_support, pay less ahead, or raise its limit under exposure_limits',
  })
  assert.deepEqual((await ledger.read()).rows.contract, [])
  const support = '  - { kind: credit_support, guarantor: bank, amount: $400 }'
  const signed = await submit(ledger, read(paidAhead(support)), null)
  assert.equal(signed.outcome, 'done')
  assert.deepEqual(await exposureView({ snapshot: await ledger.read(), charges: [] }), [])
})
