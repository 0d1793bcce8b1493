/**
 * What a control plane believes when it leads again: nothing from before, and nothing of a time in
 * which it could hear nobody.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Node } from '../core/domain/run.ts'
import { type Commit, type CommitOutcome, type Ledger, LedgerError } from '../ports/ledger.ts'
import { memoryLedger } from '../sim/memory-ledger.ts'
import { lease } from '../testing/ledger-rows.ts'
import { virtualClock } from '../testing/virtual-clock.ts'
import { leadership } from './leadership.ts'
import { operator } from './loop.ts'
import { defaultSettings } from './settings.ts'

const settings = { ...defaultSettings, serverUrl: 'http://us' }
const keys = {
  keyOf: (_: string, id: string) => `key-${id}`,
  digest: (text: string) => text,
  secretOf: () => '',
  chanceOf: () => 0,
}

function control(change: (ledger: Ledger) => Partial<Ledger>, node: Node | null = null) {
  const clock = virtualClock()
  const store = memoryLedger({ installation: 'us', wallMs: clock.wallMs })
  const loop = operator({
    ledger: { ...store, ...change(store) },
    runtime: {
      observe: () => (node ? [{ node, heardAgoMs: clock.steadyMs() }] : []),
    },
    open: () => assert.fail('nothing is for sale'),
    clock,
    keys,
    settings,
    holder: 'first',
    onCommit: () => {},
    log: () => {},
  })
  const stop = new AbortController()
  const ended = loop.run(stop.signal)
  const until = (what: string, isSo: () => boolean) => clock.until(what, 300_000, isSo)
  const end = async () => {
    let isOver = false
    stop.abort()
    ended.then(() => {
      isOver = true
    })
    await until('it stopped', () => isOver)
  }
  return { clock, store, until, end }
}

it('[OP18] recalls everything before it acts as a leader, however often that fails', async () => {
  let failures = 1
  const house = control((ledger) => ({
    list(kind, query) {
      if (failures-- > 0) return Promise.reject(new LedgerError('unavailable', 'it is away'))
      return ledger.list(kind, query)
    },
  }))
  const taken = () => house.store.history.filter(({ kind }) => kind === 'leadership.taken')
  await house.until('it leads', () => taken().length === 1)
  await house.end()
})

it('[OP18] tells of a leadership once, though it was lost and had again', async () => {
  const commits: string[] = []
  const house = control((ledger) => ({
    commit(draft) {
      const isTold = draft.events.some(({ kind }) => kind === 'leadership.taken')
      if (isTold) return ledger.commit(draft)
      // The first commit of a turn finds that somebody else led for a moment.
      return commits.push('turn') === 1
        ? Promise.resolve({ outcome: 'deposed' })
        : ledger.commit(draft)
    },
  }))
  const taken = () => house.store.history.filter(({ kind }) => kind === 'leadership.taken')
  await house.until('it leads', () => taken().length > 0)
  await house.store.commit({ puts: [lease('w.0.1', 0, 'ready')], events: [] })
  await house.until('it leads again', () => commits.length > 1)
  assert.equal(taken().length, 1)
  await house.end()
})

it('[OP34] ends the epoch of a commit without an answer before it reads again', async () => {
  const late: Commit[] = []
  const outcomes: CommitOutcome[] = []
  const house = control((ledger) => ({
    commit(draft) {
      const isTold = draft.events.some(({ kind }) => kind === 'leadership.taken')
      if (isTold || late.push(draft) > 1) return ledger.commit(draft)
      return Promise.reject(new LedgerError('unknown', 'the connection broke'))
    },
    async list(kind, query) {
      if (late[0] && outcomes.length === 0) outcomes.push(await ledger.commit(late[0]))
      return ledger.list(kind, query)
    },
  }))
  await house.store.commit({ puts: [lease('w.0.1', 0, 'ready')], events: [] })
  await house.until('it did what was lost again', () => late.length > 1)
  assert.deepEqual(outcomes, [{ outcome: 'deposed' }])
  await house.end()
})

it('[OP34] leads no more once it has given its epoch up, though no answer comes', async () => {
  const clock = virtualClock()
  const store = memoryLedger({ installation: 'us', wallMs: clock.wallMs })
  const away = () => Promise.reject(new LedgerError('unavailable', 'it is away'))
  const ledger = { ...store, resign: away }
  const lead = leadership({ ledger, clock, holder: 'first', ttlMs: 60_000 })
  await lead.take()
  assert.equal(lead.epoch(), 1)
  lead.doubt(1)
  await assert.rejects(lead.take(), /away/)
  assert.equal(lead.epoch(), null)
})

it('[OP19] counts no silence from a time in which it did not lead', async () => {
  let isAway = false
  const ready = lease('w.0.1', 0, 'ready')
  const node: Node = {
    id: 'w.0.1/0',
    lease: 'w.0.1',
    index: 0,
    machine: 'm',
    address: 'm',
    ports: null,
    firstSeenAt: 0,
    ranks: [],
  }
  const away = () => Promise.reject(new LedgerError('unavailable', 'it is away'))
  const house = control(
    (ledger) => ({
      lead: (holder, ttlMs) => (isAway ? away() : ledger.lead(holder, ttlMs)),
      read: () => (isAway ? away() : ledger.read()),
    }),
    node,
  )
  await house.store.commit({ puts: [ready], events: [] })
  await house.until('it leads', () => house.store.leader() === 'first')
  const ledAtMs = house.clock.steadyMs()
  isAway = true
  await house.until('it was away', () => house.clock.steadyMs() > ledAtMs + settings.silentMs + 1)
  isAway = false
  await house.until('it leads again', () => house.store.leader() === 'first')
  const againAtMs = house.clock.steadyMs()
  await house.until('it had a few turns', () => house.clock.steadyMs() > againAtMs + 3_000)
  const dropped = house.store.history.filter(({ facts }) => /not heard/.test(`${facts.because}`))
  assert.deepEqual(dropped, [])
  await house.end()
})
