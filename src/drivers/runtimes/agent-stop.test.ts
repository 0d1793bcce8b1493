/**
 * An epoch that is told to stop: what its agents say once they have heard of it, and when not.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { advance } from '../../core/run/advance.ts'
import type { RankSaid } from '../../protocol/agent.ts'
import { gang, rank, replica, rowsOf, said, second, stage, value } from './agent-stage.test.ts'

describe('what an agent says', () => {
  it('ends a drain at once where all have heard of it and none has begun', async () => {
    const { desk, again, who, change, ledger } = await stage(gang)
    const machines = [{}, second]
    for (const [index, machine] of machines.entries()) {
      await value(desk.sync(who(index), said(machine)))
    }
    await change({}, { state: 'draining' })
    const advanced = async () => {
      const { lease, run, workload } = await rowsOf(ledger)
      const sights = desk.observe((await ledger.list('node')).map(({ body }) => body))
      const common = { now: 0, workload: workload.spec, demanded: true, fenceMs: 600_000 }
      return advance({ ...common, run, lease, sights }).run.state
    }
    for (const [index, machine] of machines.entries()) {
      const { work, workSeen } = await value(desk.sync(who(index), said(machine)))
      assert.deepEqual(work, [])
      assert.equal(await advanced(), 'draining', 'what it was told before it may have begun')
      // The desk that hears it need not be the one that told it.
      await value(again().sync(who(index), said({ ...machine, workSeen })))
    }
    assert.equal(await advanced(), 'waiting')
  })

  it('of a rank that is being stopped is believed, also after it heard of the stop', async () => {
    const { desk, who, change, events } = await stage(replica)
    const at = (changes: Partial<RankSaid>) => [rank({ run: 'chat.0', epoch: 1, ...changes })]
    const { workSeen: before } = await value(desk.sync(who(0), said()))
    await change({}, { state: 'draining' })
    await value(desk.sync(who(0), said({ workSeen: before })))
    assert.deepEqual((await events()).slice(1), [], 'its last answer may be on its way')
    const { workSeen } = await value(desk.sync(who(0), said({ ranks: at({}) })))
    await value(desk.sync(who(0), said({ ranks: at({}), workSeen })))
    assert.deepEqual((await events()).slice(1), [])
    const ended = at({ state: 'exited', exitCode: 143 })
    await value(desk.sync(who(0), said({ ranks: ended, workSeen })))
    assert.deepEqual((await events()).slice(1), ['rank.exited 0 143 1'])
  })

  it('about the stop of an epoch says nothing of the next one', async () => {
    const { desk, who, change, events } = await stage(replica)
    await change({}, { state: 'draining' })
    const { workSeen } = await value(desk.sync(who(0), said()))
    await change({}, { state: 'waiting' })
    for (const state of ['running', 'draining'] as const) {
      await change({}, { state, epoch: 2 })
      await value(desk.sync(who(0), said({ workSeen })))
    }
    assert.deepEqual(await events(), ['node.joined m0 0'])
  })
})
