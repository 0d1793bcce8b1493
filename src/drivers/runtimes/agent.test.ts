/**
 * The agents' desk over a real ledger: what agents say, what they are told, what is written down.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Put } from '../../ports/ledger.ts'
import { systemClock } from '../system/clock.ts'
import { gang, outcome, rank, replica, said, second, stage, value } from './agent-stage.test.ts'

describe('an agent that asks for work', () => {
  it('gets it once all machines of its gang have joined', async () => {
    const { desk, who, events, news } = await stage(gang)
    assert.deepEqual((await value(desk.sync(who(0), said()))).work, [])
    const [work] = (await value(desk.sync(who(1), said(second)))).work
    assert.deepEqual([work?.rank, work?.envs.MASTER_ADDR, work?.grantMs], [1, '10.0.0.1', 60_000])
    assert.equal((await value(desk.sync(who(0), said()))).work.length, 1)
    assert.deepEqual(await events(), ['node.joined m0 0', 'node.joined m1 1'])
    assert.equal(news(), 2)
  })

  it('waits for news, and hears them at once', async () => {
    const { desk, who, change } = await stage(replica)
    const { workSeen } = await value(desk.sync(who(0), said()))
    const waiting = desk.sync(who(0), said({ workSeen, waitMs: 30_000 }))
    const startedAt = performance.now()
    await change({}, { state: 'draining' })
    assert.deepEqual((await value(waiting)).work, [])
    assert.ok(performance.now() - startedAt < 5_000)
    const idle = await value(desk.sync(who(0), said()))
    const same = await value(desk.sync(who(0), said({ workSeen: idle.workSeen, waitMs: 20 })))
    assert.deepEqual(same, idle)
  })

  it('has to prove itself, and to be a node of a lease that is not over', async () => {
    const { desk, who, change } = await stage(replica)
    assert.equal(await outcome(desk.sync({ ...who(0), secret: 'x' }, said())), 'unauthorized')
    assert.equal(await outcome(desk.sync(who(0, 'other.0.1'), said())), 'unauthorized')
    assert.equal(await outcome(desk.sync(who(1), said())), 'gone')
    await value(desk.sync(who(0), said()))
    assert.equal(await outcome(desk.sync(who(0), said({ machine: 'm9' }))), 'gone')
    await change({ wanted: false, state: 'releasing' })
    assert.deepEqual((await value(desk.sync(who(0), said()))).work, [])
    await change({ state: 'gone' })
    assert.equal(await outcome(desk.sync(who(0), said())), 'gone')
  })

  it('of a lease that is over is known to a desk that has just been started', async () => {
    const { again, who, change } = await stage(replica)
    await change({ wanted: false, state: 'releasing' })
    await change({ state: 'gone' })
    assert.equal(await outcome(again().sync(who(0), said())), 'gone')
  })

  it('may be earlier than the answer of its supplier', async () => {
    const { desk, who, events } = await stage(replica.replace('ready', 'unsure'))
    await value(desk.sync(who(0), said()))
    assert.deepEqual(await events(), ['node.joined m0 0'])
  })

  it('is told the same for a whole epoch, whatever is saved or submitted meanwhile', async () => {
    const { desk, who, ledger, change } = await stage(gang)
    await value(desk.sync(who(1), said(second)))
    const before = await value(desk.sync(who(0), said()))
    const row = await ledger.get('workload', 'train')
    assert.ok(row)
    const spec = { ...row.body.spec, run: './other' }
    const workload = { ...row, body: { ...row.body, spec } } as Put
    await ledger.commit({ puts: [workload], events: [] })
    await change({}, { attempts: 2 })
    assert.deepEqual(await value(desk.sync(who(0), said())), before)
    await change({}, { epoch: 4 })
    assert.equal((await value(desk.sync(who(0), said()))).work[0]?.command, './other')
  })
})

describe('what an agent says', () => {
  it('is written only when it is new', async () => {
    const { desk, who, ledger } = await stage(replica)
    const ranks = [rank({ run: 'chat.0', epoch: 1 })]
    for (let beat = 0; beat < 5; beat += 1) await value(desk.sync(who(0), said({ ranks })))
    assert.equal((await ledger.get('node', 'chat.0.1/0'))?.version, 1)
  })

  it('is not written anew for what another version wrote beside it', async () => {
    const { desk, who, ledger } = await stage(replica)
    const beat = () => value(desk.sync(who(0), said()))
    await beat()
    const [row] = await ledger.list('node')
    assert.ok(row)
    const later = { ...row.body, later: { than: 'this version' } }
    await ledger.commit({ puts: [{ ...row, body: later } as Put], events: [] })
    await beat()
    const [kept] = await ledger.list('node')
    assert.deepEqual([kept?.version, kept?.body], [row.version + 1, later])
    const ranks = [rank({ run: 'chat.0', epoch: 1 })]
    await value(desk.sync(who(0), said({ ranks })))
    const [told] = await ledger.list('node')
    assert.deepEqual([told?.version, told?.body], [row.version + 2, { ...later, ...told?.body }])
  })

  it('makes a replica ready, and lost', async () => {
    const { desk, who, events, news } = await stage(replica)
    const at = (endpoint: string | null) => [rank({ run: 'chat.0', epoch: 1, endpoint })]
    for (const endpoint of [null, 'http://h:1', null, 'http://h:1']) {
      await value(desk.sync(who(0), said({ ranks: at(endpoint) })))
    }
    const exited = rank({ run: 'chat.0', epoch: 1, state: 'exited', exitCode: 1 })
    await value(desk.sync(who(0), said({ ranks: [exited] })))
    assert.deepEqual((await events()).slice(1), [
      'replica.ready http://h:1',
      'replica.lost http://h:1 it does not answer any more',
      'replica.ready http://h:1',
      'rank.exited 0 1 1',
      'replica.lost http://h:1 it ended with exit code 1',
    ])
    assert.equal(news(), 5)
  })

  it('never turns an end back, nor starts what has ended', async () => {
    const { desk, who, ledger, events } = await stage(replica)
    const ended = rank({ run: 'chat.0', epoch: 1, state: 'exited', exitCode: 7 })
    await value(desk.sync(who(0), said()))
    assert.deepEqual((await value(desk.sync(who(0), said({ ranks: [ended] })))).work, [])
    const again = [rank({ run: 'chat.0', epoch: 1 })]
    assert.deepEqual((await value(desk.sync(who(0), said({ ranks: again })))).work, [])
    const [kept] = (await ledger.get('node', 'chat.0.1/0'))?.body.ranks ?? []
    assert.deepEqual([kept?.state, kept?.exitCode], ['exited', 7])
    assert.deepEqual((await events()).slice(1), ['rank.exited 0 7 1'])
  })

  it('counts for nothing where it is about another epoch, run or rank, or came late', async () => {
    const { desk, who, ledger } = await stage(gang)
    const others = [{ epoch: 2 }, { epoch: 4 }, { run: 'chat.0' }, { rank: 1 }]
    const ranks = others.map((each) => rank({ ...each, state: 'exited', exitCode: 1 }))
    const early = said()
    await value(desk.sync(who(0), said({ ranks: [...ranks, rank()] })))
    await value(desk.sync(who(0), early))
    const node = await ledger.get('node', 'train.0.1/0')
    assert.deepEqual(
      node?.body.ranks.map(({ epoch, rank, state }) => [epoch, rank, state]),
      [[3, 0, 'running']],
    )
  })

  it('that came late counts for nothing at another desk either', async () => {
    const { desk, again, who, ledger } = await stage(gang)
    await value(desk.sync(who(0), said()))
    const early = said()
    await value(desk.sync(who(0), said({ ranks: [rank()] })))
    await value(again().sync(who(0), early))
    const node = await ledger.get('node', 'train.0.1/0')
    assert.deepEqual(
      node?.body.ranks.map(({ state }) => state),
      ['running'],
    )
  })

  it('tells of a lost rank by its silence about it', async () => {
    const { desk, who, events } = await stage(replica)
    await value(desk.sync(who(0), said({ ranks: [rank({ run: 'chat.0', epoch: 1 })] })))
    await value(desk.sync(who(0), said()))
    assert.deepEqual((await events()).slice(1), ['rank.exited 0 -1 1'])
  })

  it('shows how long ago it was heard, from the start of this desk at the latest', async () => {
    const { ledger, desk, again, who } = await stage(replica)
    await value(desk.sync(who(0), said()))
    const nodes = (await ledger.list('node')).map(({ body }) => body)
    const [heard] = desk.observe(nodes)
    assert.ok(heard && heard.node.id === 'chat.0.1/0' && heard.heardAgoMs < 5_000)
    const [unheard] = again().observe(nodes)
    assert.ok(unheard && unheard.heardAgoMs < 5_000)
    let nowMs = 0
    const aged = again({ ...systemClock(), steadyMs: () => nowMs })
    nowMs = 3_600_000
    const [first] = aged.observe(nodes)
    assert.equal(first?.heardAgoMs, 0, 'what an old desk has never heard is not silent yet')
    nowMs += 5_000
    assert.equal(aged.observe(nodes)[0]?.heardAgoMs, 5_000)
  })
})

describe('a checkpoint', () => {
  const saved = (step: number, changes = {}) => {
    return { run: 'train.0', epoch: 3, step, uri: `s3://t/${step}`, ...changes }
  }

  it('counts while its epoch owns the job, also while it is drained', async () => {
    const { desk, who, events, change } = await stage(gang)
    assert.equal(await value(desk.newestCheckpoint(who(0), 'train')), null)
    await value(desk.commitCheckpoint(who(0), saved(10)))
    await value(desk.commitCheckpoint(who(0), saved(10)))
    await change({}, { state: 'draining' })
    await value(desk.commitCheckpoint(who(0), saved(20)))
    await value(desk.commitCheckpoint(who(0), saved(15)))
    const newest = await value(desk.newestCheckpoint(who(0), 'train'))
    assert.deepEqual(newest, { uri: 's3://t/20', step: 20 })
    assert.deepEqual(await events(), [
      'checkpoint.accepted 10 3 s3://t/10',
      'checkpoint.accepted 20 3 s3://t/20',
    ])
  })

  it('says what it took to come so far, on each shape of capacity', async () => {
    const now = { ms: Date.now() }
    const pass = (ms: number) => {
      now.ms += ms
    }
    const { desk, who, change, ledger } = await stage(gang, () => now.ms)
    const checkpoint = async () => (await ledger.get('checkpoint', 'train'))?.body
    const worked = async () => (await checkpoint())?.worked
    await change({}, { startedAt: await ledger.now() })
    pass(10 * 60_000)
    await value(desk.commitCheckpoint(who(0), saved(10)))
    pass(5 * 60_000)
    await value(desk.commitCheckpoint(who(0), saved(20)))
    const [first, ...more] = (await worked()) ?? []
    assert.deepEqual([first?.ms, first?.starts, more], [15 * 60_000, 1, []])
    assert.deepEqual([first?.region, first?.arrivals], [(await checkpoint())?.region, 1])
    await change({ accelerator: 'TPU-v6e' }, { startedAt: await ledger.now(), epoch: 4 })
    pass(60_000)
    await value(desk.commitCheckpoint(who(0), saved(30, { epoch: 4 })))
    const all = (await worked()) ?? []
    assert.deepEqual(
      all.map(({ accelerator, ms, starts }) => [accelerator, ms / 60_000, starts]),
      [
        [first?.accelerator, 15, 1],
        ['TPU-v6e', 1, 1],
      ],
    )
    // It went on where its last state lay, then somewhere else.
    assert.deepEqual(all[1]?.arrivals, 0)
    await change({ region: 'elsewhere' }, { startedAt: await ledger.now(), epoch: 5 })
    await value(desk.commitCheckpoint(who(0), saved(40, { epoch: 5 })))
    const [, , last] = (await worked()) ?? []
    assert.deepEqual([last?.region, last?.arrivals], ['elsewhere', 1])
  })

  it('says how fast steps go, from where an epoch saved to where it saved again', async () => {
    const now = { ms: Date.now() }
    const { desk, who, change, ledger } = await stage(gang, () => now.ms)
    const hour = 3_600_000
    const save = async (afterMs: number, step: number, epoch = 3) => {
      now.ms += afterMs
      await value(desk.commitCheckpoint(who(0), saved(step, { epoch })))
      const [worked] = (await ledger.get('checkpoint', 'train'))?.body.worked ?? []
      return worked?.pace
    }
    await change({}, { startedAt: await ledger.now() })
    assert.equal(await save(hour, 10), undefined)
    assert.deepEqual(await save(hour, 30), { revision: 1, steps: 20, ms: hour })
    // What was lost with the epoch before is done again, and counts for nothing.
    await change({}, { startedAt: await ledger.now(), epoch: 4 })
    assert.deepEqual(await save(hour, 15, 4), { revision: 1, steps: 20, ms: hour })
    // After twelve hours of work, what was known before counts half.
    const later = { revision: 1, steps: 10 + 120, ms: 12.5 * hour }
    assert.deepEqual(await save(12 * hour, 135, 4), later)
    await change({}, { revision: 2 })
    assert.deepEqual(await save(hour, 235, 4), { revision: 2, steps: 100, ms: hour })
  })

  it('of an epoch that does not own the job is refused, and told of once', async () => {
    const { desk, who, events, change } = await stage(gang)
    const commit = (changes = {}) => outcome(desk.commitCheckpoint(who(0), saved(10, changes)))
    assert.equal(await commit({ epoch: 2 }), 'stale')
    assert.equal(await commit({ epoch: 2 }), 'stale')
    assert.equal(await commit({ run: 'other.0' }), 'stale')
    await change({}, { state: 'fencing' })
    assert.equal(await commit(), 'stale')
    await change({}, { state: 'waiting', lease: null })
    await change({}, { state: 'running', epoch: 4, lease: 'train.0.2' })
    assert.equal(await commit({ epoch: 4 }), 'stale')
    assert.equal((await events()).filter((text) => text.includes(' 2 ')).length, 1)
    assert.ok((await events()).every((text) => text.startsWith('checkpoint.refused')))
  })
})

it('a log is taken from the rank that it is of, also when its lease is over', async () => {
  const { desk, who, change } = await stage(gang)
  const log = { run: 'train.0', epoch: 3, rank: 0, offset: 0 }
  const bytes = Buffer.from('hello\n')
  assert.equal(await value(desk.appendLog(who(0), log, bytes)), 6)
  assert.equal(await outcome(desk.appendLog(who(1), log, bytes)), 'stale')
  assert.equal(await outcome(desk.appendLog(who(0), { ...log, epoch: 4 }, bytes)), 'stale')
  await change({ wanted: false, state: 'releasing' })
  await change({ state: 'gone' })
  assert.equal(await value(desk.appendLog(who(0), { ...log, offset: 6 }, bytes)), 12)
})
