/**
 * What a job has saved goes only where its data may be: as it starts there, and as somebody else
 * asks for it there. The desk and the loop over one ledger.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { workOf } from '../core/run/work.ts'
import { agentRuntime } from '../drivers/runtimes/agent.ts'
import { systemKeys } from '../drivers/system/keys.ts'
import type { Logs } from '../ports/logs.ts'
import { keptBackBy } from './law/clearance.ts'
import { waive } from './law/waive.ts'
import { apply, buys, type House, house, minute, states } from './stage.test.ts'

const keys = systemKeys('secret')

const trusting = `kind: Supplier
name: acme
url: http://acme
class: A
relations: [rival]
jurisdictions: { here: us }
---
kind: Policy
name: house
trust:
  usual: false
  rules:
    - { data: [C4], relations: [rival], deny: true }
    - { data: [C0, C1, C4], relations: [rival, neutral] }
`

const job = (name: string, dataClass: string) => `kind: Job
name: ${name}
run: ./train
data_class: ${dataClass}
resources: { accelerators: H100:8 }
checkpoint: { dir: /saved, every: 5m }
`

const deskOf = ({ ledger, clock }: House) =>
  agentRuntime({
    ...{ ledger, keys, clock, workOf, logs: {} as Logs },
    keptBack: keptBackBy(ledger),
    settings: { grantMs: minute, beatMs: 1_000 },
    onNews: () => {},
  })

/** The first node of a lease. */
async function machineOf(home: House, id: string) {
  const { key = '' } = (await home.ledger.get('lease', id))?.body ?? {}
  return { key, secret: keys.secretOf(key), index: 0 }
}

async function running(home: House, expected: string): Promise<void> {
  await home.until('a ready lease', buys(home, expected))
  await home.until('its start', async () => {
    const runs = await home.ledger.list('run')
    return runs.every(({ body }) => body.state === 'running')
  })
}

async function save(home: House, workload: string, step = 7): Promise<void> {
  const who = await machineOf(home, `${workload}.0.1`)
  const commit = { run: `${workload}.0`, epoch: 1, uri: `s3://${workload}/${step}`, step }
  assert.equal((await deskOf(home).commitCheckpoint(who, commit)).outcome, 'ok')
}

/** A closed job runs at bolt, for acme is a rival, and has saved something; an open one at acme. */
async function twoJobs(): Promise<House> {
  const home = await house()
  await apply(home, trusting)
  home.lead()
  await apply(home, job('closed', 'C4'))
  await running(home, 'closed.0.1 bolt ready')
  await save(home, 'closed')
  await apply(home, job('open', 'C1'))
  await running(home, 'closed.0.1 bolt ready, open.0.1 acme ready')
  await save(home, 'open')
  return home
}

it('[OP70] tells what a job has saved where that may be, and nothing elsewhere', async () => {
  const home = await twoJobs()
  const { ledger, clock } = home
  const desk = deskOf(home)
  const [rival, neutral] = [await machineOf(home, 'open.0.1'), await machineOf(home, 'closed.0.1')]
  const closed = { outcome: 'ok', value: { uri: 's3://closed/7', step: 7 } }
  assert.deepEqual(await desk.newestCheckpoint(neutral, 'closed'), closed)
  assert.deepEqual(
    await desk.newestCheckpoint(rival, 'closed'),
    await desk.newestCheckpoint(rival, 'of-which-nobody-knows'),
  )
  assert.notEqual((await desk.newestCheckpoint(rival, 'open')).outcome, 'gone')
  await desk.newestCheckpoint(rival, 'closed')
  const told = (await ledger.events({})).filter(({ kind }) => kind === 'checkpoint.withheld')
  assert.deepEqual(
    told.map(({ lease, facts }) => [lease, facts.job, facts.because]),
    [
      [
        'open.0.1',
        'closed',
        'trust/C4-rival forbids it: data of class C4 does not go to acme (rival)',
      ],
    ],
  )
  const until = clock.wallMs() + 60 * minute
  for (const by of ['ann', 'bob']) {
    await waive(ledger, { clause: 'trust/C4-rival', kind: 'override', until, reason: 'x', by })
  }
  assert.deepEqual(await desk.newestCheckpoint(rival, 'closed'), closed)
})

it('[OP70] nor where a clause about data itself keeps it from going', async () => {
  const home = await twoJobs()
  const desk = deskOf(home)
  const rival = await machineOf(home, 'open.0.1')
  const mayHave = async () => {
    const answer = await desk.newestCheckpoint(rival, 'open')
    return answer.outcome === 'ok' && answer.value !== null
  }
  assert.ok(await mayHave())
  await apply(
    home,
    `kind: Contract
name: customer
with: customer
form: order
bindingness: definitive
signed: 1970-01-01
from: 1970-01-01
source: letter
clauses:
  - { kind: residency, id: eu, jurisdictions: [eu] }
`,
  )
  assert.equal(await mayHave(), false)
})

it('[OP71] takes no job of a lower class now to where what it saved may not be', async () => {
  const home = await twoJobs()
  await apply(home, job('closed', 'C1'))
  const movesBy = home.clock.wallMs() + 10 * minute
  await home.until('time to move', () => home.clock.wallMs() > movesBy)
  assert.match(await states(home), /^closed.0.1 bolt ready, open/)
  await save(home, 'closed', 8)
  const saved = await home.ledger.get('checkpoint', 'closed')
  assert.deepEqual(saved?.body.dataClasses, ['C4', 'C1'])
})
