/**
 * The story `incumbent-overflow-rival` as it is asked about years later: each day has its own law.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import type { Charge } from '../core/domain/charge.ts'
import type { Lease } from '../core/domain/lease.ts'
import type { Offer } from '../core/domain/offer.ts'
import type { Workload } from '../core/domain/workload.ts'
import { readSubmission } from '../core/spec/read.ts'
import { embedded } from '../drivers/ledgers/embedded.ts'
import type { Ledger } from '../ports/ledger.ts'
import { lease as leasePut } from '../testing/ledger-rows.ts'
import { keep } from './law/record.ts'
import { decideRight, giveNotice, type Move, openRight } from './law/rofr.ts'
import { waive } from './law/waive.ts'
import { decideStanding } from './standing.ts'
import { submit } from './submit.ts'
import { verdictsAt } from './verdicts.ts'

const wishes = `
kind: Job
name: frontier
product: training
run: ./train
resources: { accelerators: GB200:72, nodes: 14 }
---
kind: Service
name: api
product: api-models
run: ./serve
resources: { accelerators: H100:8 }
---
kind: Job
name: evals
product: evaluation
run: ./train
resources: { accelerators: H100:8 }
---
kind: Job
name: chat
product: chat
run: ./train
resources: { accelerators: H100:8 }
`

function offer(supplier: string, accelerator: string, perNode: number, dollars: number): Offer {
  const region = supplier === 'ally' ? 'us-east' : 'us-central'
  return {
    ...{ id: accelerator.toLowerCase(), supplier, accelerator, perNode, region, observedAt: 0 },
    ...{ market: 'on-demand', pricePerHour: dollars * 1_000_000, stock: { kind: 'unknown' } },
  }
}

const offers = [
  ...['incumbent', 'ally', 'rival'].map((each) => offer(each, 'GB200', 72, 216)),
  ...['incumbent', 'ally', 'rival'].map((each) => offer(each, 'H100', 8, 20)),
]

async function house(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'calumet-verdicts-'))
  const path = join(folder, 'ledger.db')
  let now = Date.parse('2024-01-01')
  const ledger = await embedded({ path, clock: () => now, randomId: () => 'us' })
  t.after(async () => {
    await ledger.close()
    rmSync(folder, { recursive: true })
  })
  /** Examples by their names, and whatever else by its text. */
  const apply = async (...documents: string[]) => {
    const sources = documents.map((each) => {
      const url = new URL(`../../examples/contracts/${each}.yaml`, import.meta.url)
      const text = each.startsWith('\nkind') ? each : readFileSync(url, 'utf8')
      return { file: each.slice(0, 30), text }
    })
    const known = { canonical: (name: string) => name, knownAccelerators: [] }
    const { specs, faults } = readSubmission(sources, known)
    assert.deepEqual(faults, [])
    assert.equal((await submit(ledger, specs, null)).outcome, 'done')
  }
  return { ledger, apply, on: (date: string) => (now = Date.parse(date)) }
}

const id = 'incumbent-2025/new-capacity/frontier@rival/gb200'

/** From 2024 to 2026, as it happened. */
async function lived(t: TestContext): Promise<Ledger> {
  const { ledger, apply, on } = await house(t)
  const judge = (state: Parameters<typeof decideStanding>[1]['state']) =>
    decideStanding(ledger, { supplier: 'rival', state, reason: 'no agreement', by: 'ann' })
  const move = (made: Move) => decideRight(ledger, { id, by: 'ann', move: made })
  await apply('incumbent-overflow-rival', 'official-list', wishes)
  for (const state of ['retired', 'prospect'] as const) await judge(state)
  on('2025-07-16')
  for (const state of ['approved', 'active'] as const) await judge(state)
  on('2025-08-04')
  await apply('official-list-2025-08')
  on('2025-08-12')
  const wanted = { workload: 'frontier', offer: 'rival/gb200', by: 'ann' }
  const opened = await openRight(ledger, wanted, offers)
  assert.ok(opened.outcome === 'done' && opened.cases[0]?.id === id)
  await giveNotice(ledger, { id, by: 'ann', proof: 'receipt', nonce: 'n' }, (text) => text)
  on('2025-08-26')
  await move({ event: 'decline' })
  on('2025-09-02')
  await move({ event: 'bind', purchase: 'frontier', deal: opened.cases[0].deal })
  on('2026-06-01')
  return ledger
}

async function asked(ledger: Ledger, name: string, charges: readonly Charge[] = []) {
  const row = await ledger.get('workload', name)
  const spec = row?.body.spec as Workload
  return async (supplier: string, date: string) => {
    const found = await verdictsAt(ledger, spec, { offers, at: Date.parse(date), charges })
    const verdict = found.find((each) => each.offer.startsWith(`${supplier}/`))
    assert.ok(verdict)
    const { standing, relations, bar, says } = verdict
    const why = bar && `${bar.clause}: ${bar.because.replace(/ \(assumed.*/, '')}`
    const also = says.map((each) => `${each.clause}: ${each.says}`)
    return { standing, relations, why, also }
  }
}

async function hold(ledger: Ledger, of: string, change: Partial<Lease>): Promise<void> {
  const put = leasePut(of, 0, 'intended')
  assert.ok(put.kind === 'lease')
  await ledger.commit({ puts: [{ ...put, body: { ...put.body, ...change } }], events: [] })
}

const prefers =
  'incumbent-2019/overflow-to-ally: ally is asked before it while incumbent has no space'

it('[OP45] until 2025-01-21 the incumbent is alone, but for its ally', async (t) => {
  const ask = await asked(await lived(t), 'frontier')
  const alone = 'incumbent-2019/sole-cloud: incumbent is exclusive for everything, until 2025-01-21'
  const early = await ask('rival', '2024-05-01')
  assert.deepEqual([early.why, early.standing, early.relations], [alone, 'prospect', ['rival']])
  assert.deepEqual(early.also, ['list/rival: rival is prospect since 2024-01-01 (no agreement)'])
  assert.equal((await ask('ally', '2024-05-01')).why, alone)
  const later = await ask('ally', '2024-07-01')
  assert.equal(later.why, null)
  const first =
    'incumbent-2019/overflow-to-ally: it is asked as number 1 while incumbent has no space'
  assert.deepEqual(later.also, [first])
  assert.equal((await ask('rival', '2025-01-20')).why, alone)
  assert.equal((await ask('incumbent', '2024-05-01')).why, null)
})

it('[OP45] until 2025-10-28 the incumbent may refuse first, and a case sets free', async (t) => {
  const ledger = await lived(t)
  const ask = await asked(ledger, 'frontier')
  const right = 'incumbent-2025/new-capacity'
  const barred = async (date: string) => (await ask('rival', date)).why
  const untold = `${right}: incumbent may refuse first, and was not given notice of this offer`
  assert.equal(await barred('2025-02-01'), untold)
  // A thousand and more of them need the holder; eight of another kind only a scope that is known.
  const small = await asked(ledger, 'evals')
  assert.match((await small('rival', '2025-08-03')).why ?? '', /^list\/rival: nobody knows/)
  assert.equal((await small('rival', '2025-08-05')).why, null)
  assert.equal(await barred('2025-08-11'), untold)
  assert.equal(await barred('2025-08-13'), `${right}: the right of incumbent is noticed`)
  const free = await ask('rival', '2025-08-27')
  assert.deepEqual([free.why, free.standing], [null, 'active'])
  const keep = `keep the evidence of ${id}`
  assert.deepEqual(free.also, [`${right}: sign with rival by 2025-11-24, and ${keep}`, prefers])
  assert.deepEqual((await ask('rival', '2025-09-03')).also, [`${right}: ${keep}`, prefers])
})

it('[OP45] from 2025-10-28 on what is committed to says where it costs nothing more', async (t) => {
  const spent: Charge = {
    ...{ id: 'incumbent/r1', supplier: 'incumbent', rental: 'r1', lease: 'x.0.1', workload: 'x' },
    ...{ accelerator: 'H100', accelerators: 8, pricePerHour: 1_000_000_000 },
    account: 'usage',
    ...{ from: Date.parse('2025-11-01'), to: Date.parse('2025-11-02'), amount: 24_000_000_000 },
  }
  const ask = await asked(await lived(t), 'frontier', [spent])
  const steers = (left: string) =>
    `recapitalisation-2025/cloud-spend: ${left} would be charged unspent on 2032-01-01, so an ` +
    'hour of a node adds $0.00 to what is owed, instead of $216.00'
  assert.deepEqual((await ask('incumbent', '2025-10-27')).also, [])
  const before = await ask('incumbent', '2025-10-29')
  assert.deepEqual([before.why, before.also], [null, [steers('$250B')]])
  const after = await ask('incumbent', '2025-11-05')
  assert.deepEqual(after.also, [steers('$249,999,976,000.00')])
  // The first month of what is paid there anyway is for nothing.
  assert.deepEqual((await ask('rival', '2025-11-05')).also, [prefers])
  const rival = await ask('rival', '2025-12-05')
  assert.equal(rival.why, null)
  assert.match(
    rival.also.join(),
    /rival-2025\/take-or-pay: \d+ accelerator-hours are paid for and idle/,
  )
  assert.deepEqual((await ask('rival', '2025-10-29')).also.slice(-1), [prefers])
  // What runs on that day has cost half of it, and will cost as much every day.
  const running = await ask('incumbent', '2025-11-01T12:00Z')
  assert.deepEqual(running.also, [steers('$249,945,964,000.00')])
})

it('[OP45] what was held on that day uses what is paid for, where that is in scope', async (t) => {
  const ledger = await lived(t)
  const shape = { supplier: 'rival', accelerator: 'GB200', perNode: 72, nodes: 100, calls: 1 }
  await hold(ledger, 'x.0.1', { ...shape, region: 'us-central' })
  await hold(ledger, 'y.0.1', { ...shape, region: 'north' })
  const from = Date.parse('2025-12-05')
  const held: Charge = {
    ...{ id: 'rival/r1', supplier: 'rival', rental: 'r1', lease: 'x.0.1', workload: 'x' },
    ...{ accelerator: 'GB200', accelerators: 7200, pricePerHour: 1, from, to: null, amount: 0 },
    account: 'usage',
  }
  const says = async (charges: readonly Charge[]) => {
    const ask = await asked(ledger, 'frontier', charges)
    return (await ask('rival', '2025-12-05')).also.some((each) => each.includes('take-or-pay'))
  }
  assert.deepEqual([await says([]), await says([held])], [true, false])
  assert.equal(await says([{ ...held, lease: 'y.0.1', workload: 'y' }]), true)
})

it('[OP45] what was spent counts by what was agreed until then', async (t) => {
  const { ledger, apply, on } = await house(t)
  on('2026-01-01')
  const spend = 'kind: spend_commit, id: spend, to: 2026-01-01, shortfall: charged'
  await apply(`
kind: Contract
name: msa
with: incumbent
form: MSA
bindingness: definitive
signed: 2025-01-01
from: 2025-01-01
to: 2027-01-01
source: letter
clauses:
  - { ${spend}, total: $900 }
  - { ${spend}, total: $100, recorded: 2025-06-01 }
---
kind: Supplier
name: incumbent
url: http://incumbent
---${wishes}`)
  const from = Date.parse('2025-02-01')
  const charge: Charge = {
    ...{ id: 'incumbent/r1', supplier: 'incumbent', rental: 'r1', lease: null, workload: 'evals' },
    ...{ accelerator: 'H100', accelerators: 8, pricePerHour: 20_000_000, from },
    ...{ to: from + 36_000_000, amount: 200_000_000, account: 'usage' },
  }
  const ask = await asked(ledger, 'evals', [charge])
  const says = async (date: string) => (await ask('incumbent', date)).also.join().slice(0, 24)
  assert.equal(await says('2025-05-01'), 'msa/spend: $700.00 would')
  assert.equal(await says('2025-07-01'), '')
})

it('[OP45] what begins with api stays, and from 2026-04 on starts there first', async (t) => {
  const ask = await asked(await lived(t), 'api')
  const why = async (date: string) => (await ask('ally', date)).why
  assert.match((await why('2025-02-01')) ?? '', /^incumbent-2025\/api-on-incumbent: /)
  assert.match((await why('2026-05-01')) ?? '', /^launch-2026\/api-first: api-models has to start/)
})

it('[OP45] relations and waivers are those of the day', async (t) => {
  const ledger = await lived(t)
  const ask = await asked(ledger, 'api')
  const relations = async (date: string) => (await ask('incumbent', date)).relations.join()
  assert.equal(await relations('2024-01-02'), 'investor')
  assert.equal(await relations('2024-09-01'), 'investor,rival')
  assert.equal(await relations('2025-02-01'), 'investor,rival,joint-venture')
  const until = Date.parse('2026-07-01')
  const order = { clause: 'launch-2026/api-first', until, reason: 'letter', by: 'ann' } as const
  await waive(ledger, { ...order, kind: 'granted' })
  assert.match((await ask('ally', '2026-05-01')).why ?? '', /api-first/)
  const now = await ask('ally', '2026-06-02')
  assert.equal(now.why, null)
  assert.match(now.also[0] ?? '', /^launch-2026\/api-first: name the waiver w1 in the order/)
})

it('[OP45] our own rules count as set aside from the day on which they were', async (t) => {
  const ledger = await lived(t)
  const ask = await asked(ledger, 'chat')
  const until = Date.parse('2026-07-01')
  const order = { clause: 'list/rival', kind: 'override', until, reason: 'outage' } as const
  for (const by of ['ann', 'ben']) await waive(ledger, { ...order, by })
  assert.match(
    (await ask('rival', '2026-05-01')).why ?? '',
    /^list\/rival: rival is on the list for/,
  )
  assert.equal((await ask('rival', '2026-06-02')).why, null)
})

const simple = (clauses: string) => `
kind: Contract
name: msa
with: incumbent
form: MSA
bindingness: definitive
signed: 2024-01-01
from: 2024-01-01
source: letter
clauses:${clauses}
`
const rival = `
kind: Supplier
name: rival
url: https://rival.example
`

it('[OP45] every bar is told, and who was asked later was not asked yet', async (t) => {
  const { ledger, apply, on } = await house(t)
  const alone =
    '\n  - { kind: exclusivity, id: alone }\n  - { kind: rofo, id: offer, window: 5 days }'
  await apply(simple(alone), rival, wishes)
  const first = await asked(ledger, 'chat')
  const { why, also } = await first('rival', '2024-02-01')
  assert.match(why ?? '', /^msa\/alone: /)
  assert.deepEqual(also, ['msa/offer: incumbent has the right to offer first'])
  on('2024-03-01')
  const look = { kind: 'first-look', clause: 'msa/offer', releasedAt: null } as const
  await keep(ledger, { ...look, at: Date.parse('2024-02-02'), by: 'ann', document: 'letter' })
  const offered = async (date: string) => (await first('rival', date)).also.join()
  assert.match(await offered('2024-02-01'), /has the right to offer first/)
  assert.match(await offered('2024-02-03'), /has until .* to offer first/)
})

it('[OP45] what was bought by then counts where somebody may refuse first', async (t) => {
  const { ledger, apply } = await house(t)
  await apply(
    simple('\n  - { kind: rofr, id: first, at_least: 16, aggregate: 90 days }'),
    rival,
    wishes,
  )
  for (const [id, date] of [
    ['w.0.1', '2024-02-03'],
    ['w.0.2', '2024-02-10'],
  ] as const) {
    await hold(ledger, id, { supplier: 'rival', intendedAt: Date.parse(date) })
  }
  const ask = await asked(ledger, 'chat')
  const why = async (date: string) => (await ask('rival', date)).why
  assert.equal(await why('2024-02-02'), null)
  assert.match((await why('2024-02-05')) ?? '', /^msa\/first: /)
})
