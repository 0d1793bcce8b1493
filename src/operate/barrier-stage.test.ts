/**
 * All that acme and its machines are sent, from the first turn to the last, where acme sells what a
 * job wants and bolt sells it dearer. One turn after the other, without a clock that runs.
 */
import assert from 'node:assert/strict'
import { announced, answered } from '../core/acquire/answer.ts'
import type { RofrCase } from '../core/domain/contract.ts'
import type { Lease } from '../core/domain/lease.ts'
import { type Offer, offerName } from '../core/domain/offer.ts'
import type { Rental } from '../core/domain/rental.ts'
import { workOf } from '../core/run/work.ts'
import { readSubmission } from '../core/spec/read.ts'
import { agentRuntime } from '../drivers/runtimes/agent.ts'
import { systemKeys } from '../drivers/system/keys.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Logs } from '../ports/logs.ts'
import { memoryLedger } from '../sim/memory-ledger.ts'
import { virtualClock } from '../testing/virtual-clock.ts'
import { keptBackBy } from './law/clearance.ts'
import { giveNotice, openRight } from './law/rofr.ts'
import { recall } from './memory.ts'
import { defaultSettings } from './settings.ts'
import { submit } from './submit.ts'
import { decide } from './turn/decide.ts'
import type { Observed } from './turn/observed.ts'
import { withdraw } from './withdraw.ts'

export interface Scene {
  /** What bolt is called. */
  readonly name: string
  /** What is submitted of it, as people write it. */
  readonly specs: string
  readonly offer: Partial<Offer>
}

const keys = systemKeys('secret')
const settings = { ...defaultSettings, serverUrl: 'http://us' }
const startMs = 1_800_000_000_000
const turnMs = 1_000

const house = `kind: Supplier
name: acme
url: http://acme
class: A
---
kind: Policy
name: house
trust: {}
shaping: [{ relations: [rival], jitter: 5m }]
withhold: [{ relations: [rival, neutral], facts: [prices, terms] }]
---
kind: Job
name: train
product: chat
data_class: C1
run: ./train
resources: { accelerators: H100:8, nodes: 2 }
checkpoint: { dir: /saved }
`

/** What acme is sent by way of purchase and release, and its machines by way of work, in order. */
export async function sentToAcme({ name, specs, offer }: Scene): Promise<readonly string[]> {
  let now = startMs
  const ledger = memoryLedger({ installation: 'us', wallMs: () => now })
  const clock = { ...virtualClock(startMs), wallMs: () => now }
  const desk = agentRuntime({
    ...{ ledger, keys, clock, workOf, logs: {} as Logs },
    keptBack: keptBackBy(ledger),
    settings: { grantMs: 60_000, beatMs: 1_000 },
    onNews: () => {},
  })
  await write(ledger, house)
  for (const text of specs.split('\n---\n')) await write(ledger, text)
  let offers = [offerOf('acme', 10_000_000), { ...offerOf(name, 20_000_000), ...offer }]
  const sent: string[] = []

  async function turn(seen: Partial<Observed> = {}) {
    now += turnMs
    const memory = await recall(ledger)
    const nodes = (await ledger.list('node')).map(({ body }) => body)
    const observed = { ...quiet, offers, sights: desk.observe(nodes), ...seen }
    const decision = decide(await ledger.read(), observed, { ...options, memory })
    assert.deepEqual(decision.faults, [])
    assert.equal((await ledger.commit(decision.commit)).outcome, 'done')
    return decision
  }

  /** What acme is asked for, at last: whoever is asked before it has nothing left. */
  async function asked(): Promise<Lease | null> {
    for (let left = 0; left < 5; left += 1) {
      const { asks } = await turn()
      const lease = asks.find((each) => each.lease.supplier === 'acme')?.lease
      if (lease) return lease
      for (const other of asks) await refuse(ledger, other.lease, now)
      if (asks.length > 0) offers = offers.filter(({ supplier }) => supplier === 'acme')
    }
    return null
  }

  const lease = await asked()
  if (!lease) return sent
  const { key, offer: id, nodes, pricePerHourMax } = lease
  sent.push(`at ${now - startMs} buy ${JSON.stringify({ key, id, nodes, pricePerHourMax })}`)
  await announce(ledger, lease.id, now)
  await turn({ sightings: [sighting(lease, now)] })
  const machines = [0, 1].map((index) => ({ key, secret: keys.secretOf(key), index }))
  for (const who of machines) sent.push(await told(desk, who))
  for (let left = 0; left < 2; left += 1) await turn({ sightings: [sighting(lease, now)] })
  for (const who of machines) sent.push(await told(desk, who))
  const commit = { run: 'train.0', epoch: 1, uri: '/saved/7', step: 7 }
  for (const who of machines) {
    sent.push(`machine ${JSON.stringify(await desk.commitCheckpoint(who, commit))}`)
    sent.push(await told(desk, who))
  }
  await withdraw(ledger, 'train')
  await turn()
  for (const who of machines) sent.push(await told(desk, who))
  for (let left = 0; left < 3; left += 1) {
    const { releases } = await turn({ sightings: [sighting(lease, now)] })
    sent.push(...releases.map(({ rental }) => `at ${now - startMs} release ${rental}`))
  }
  return sent
}

/** What acme is told of the same purchase at bolt, which it may refuse first; null if nothing. */
export async function noticeToAcme({ name, specs, offer }: Scene): Promise<string | null> {
  const ledger = memoryLedger({ installation: 'us', wallMs: () => startMs })
  for (const text of [house, right, ...specs.split('\n---\n')]) await write(ledger, text)
  const wanted = { ...offerOf(name, 20_000_000), ...offer }
  const order = { workload: 'train', offer: offerName(wanted), by: 'ann' }
  const opened = await openRight(ledger, order, [wanted])
  const ours = opened.outcome === 'done' ? opened.cases.find(isToAcme) : undefined
  if (!ours) return null
  const proof = { id: ours.id, by: 'ann', proof: 'p', nonce: 'n' }
  const given = await giveNotice(ledger, proof, keys.digest)
  if ('why' in given) return null
  // The digest stands for all terms, and tells none of them without the nonce.
  const { digest: _, ...letter } = given.notice
  return JSON.stringify(letter)
}

const isToAcme = ({ clause }: RofrCase): boolean => clause.with === 'acme'

const right = `kind: Contract
name: msa
with: acme
form: MSA
bindingness: definitive
signed: 2026-01-01
from: 2026-01-01
source: letter
clauses: [{ kind: rofr, id: first, disclose: [accelerators] }]
`

async function write(ledger: Ledger, text: string): Promise<void> {
  if (text === '') return
  const names = { canonical: (name: string) => name, knownAccelerators: ['H100', 'L4'] }
  const { specs, faults } = readSubmission([{ file: 'a.yaml', text }], names)
  assert.deepEqual(faults, [], text)
  const done = await submit(ledger, specs, null)
  assert.equal(done.outcome, 'done', JSON.stringify(done))
}

function offerOf(supplier: string, pricePerHour: number): Offer {
  return {
    ...{ id: 'h100', supplier, accelerator: 'H100', perNode: 8, region: 'us', pricePerHour },
    ...{ market: 'on-demand', stock: { kind: 'unknown' }, observedAt: startMs },
  }
}

const quiet: Observed = {
  ...{ sightings: [], offers: [], outages: [], sights: [], known: () => true },
  ...{ inFlight: new Set(), requestsPerSecond: {}, straysSeen: new Set() },
}

const options = {
  ...{ installation: 'us', settings, digest: keys.digest },
  keyOf: keys.keyOf,
  chanceOf: () => 0.5,
}

async function announce(ledger: Ledger, id: string, now: number): Promise<void> {
  const row = await ledger.get('lease', id)
  assert.ok(row)
  const { lease, events } = announced(row.body, now)
  await ledger.commit({ puts: [{ ...row, body: lease }], events })
}

async function refuse(ledger: Ledger, { id }: Lease, now: number): Promise<void> {
  await announce(ledger, id, now)
  const row = await ledger.get('lease', id)
  const no = { outcome: 'refused', kind: 'no-stock', said: 'sold out' } as const
  const next = row && answered(row.body, row.body.calls, no, 'A', now)
  assert.ok(next)
  await ledger.commit({ puts: [{ ...row, live: false, body: next.lease }], events: next.events })
}

/** All its machines are up, from the first look on. */
function sighting({ key, offer, nodes, pricePerHourMax }: Lease, askedAt: number) {
  const rental: Rental = {
    ...{ id: 'acme-1', owner: 'us', key, offer, state: 'running', pricePerHour: pricePerHourMax },
    nodes: Array.from({ length: nodes }, (_, index) => ({ index, machine: `m${index}`, up: true })),
    ...{ startedAt: startMs, endedAt: null, noticeUntil: null },
  }
  return { supplier: 'acme', askedAt, listing: { complete: true, rentals: [rental] } }
}

type Desk = ReturnType<typeof agentRuntime>

let beats = 0

/** What a machine is answered to its report, and to its question for what was saved. */
async function told(desk: Desk, who: Parameters<Desk['sync']>[0]): Promise<string> {
  beats += 1
  const machine = { machine: `m${who.index}`, address: `10.0.0.${who.index}`, ports: null }
  const report = { ranks: [], sent: { boot: 'b', atMicros: beats }, waitMs: 0, workSeen: null }
  const answer = await desk.sync(who, { ...machine, ...report })
  return `machine ${JSON.stringify([answer, await desk.newestCheckpoint(who, 'train')])}`
}

/** The same without when it was said, and without which try it is and the names that follow. */
export function contentOf(sent: readonly string[]): readonly string[] {
  return sent.map((line) =>
    line
      .replace(/^at \d+ /, '')
      .replace(/"key":"[^"]*"/, '"key":""')
      .replace(/"workSeen":"[^"]*"/, '"workSeen":""')
      .replace(/train\.0\.\d+/g, 'train.0.#'),
  )
}
