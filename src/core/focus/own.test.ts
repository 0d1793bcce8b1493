/** Our own columns: filled where the fact is known, and held against what they say. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Checkpoint } from '../domain/checkpoint.ts'
import { checkFocus } from './check.ts'
import { type FocusRow, focusCsv } from './rows.ts'
import {
  april,
  block,
  charge,
  contracts,
  exported,
  hour,
  may,
  paidAhead,
  spend,
} from './stage.test.ts'
import { broken, brokenTerms, credit } from './tables.test.ts'
import { commitmentRows } from './terms.ts'

const june = Date.parse('2026-06-01')

const saved: Checkpoint = {
  ...{ workload: 'train', epoch: 2, step: 9, uri: 's3://w/9', acceptedAt: may + 9 * hour },
  worked: [
    { accelerator: 'H100', perNode: 4, nodes: 2, region: 'us', ms: 5 * hour, starts: 1 },
    { accelerator: 'H100', perNode: 8, nodes: 1, region: 'us', ms: 2.5 * hour, starts: 1 },
    { accelerator: 'H100', perNode: 8, nodes: 1, region: 'eu', ms: 9 * hour, starts: 1 },
  ],
}

const valuesOf = (rows: readonly FocusRow[], ...names: readonly string[]) => {
  return rows.map((row) => names.map((name) => row[name] ?? '-').join(' '))
}

describe('our own columns', () => {
  it('[FO20] what was productive is told of a job that saves its state, and no other', () => {
    const charges = [
      charge('r1', may, may + 6 * hour),
      charge('r2', may + 6 * hour, may + 10 * hour),
      charge('r3', may, may + 10 * hour, { workload: 'other' }),
      charge('r4', may, may + hour, { account: 'waste' }),
      charge('r5', may, may + 10 * hour, { accelerators: 16 }),
    ]
    const rows = exported({ charges, saved: [saved], now: june })
    assert.deepEqual(valuesOf(rows, 'ResourceId', 'x_Goodput'), [
      ...['r1 0.750000', 'r2 0.750000', 'r3 -', 'r4 -', 'r5 -'],
    ])
    // More than was paid for is as much as there was.
    const short = exported({ charges: [charge('r1', may, may + hour)], saved: [saved], now: june })
    assert.deepEqual(valuesOf(short, 'x_Goodput'), ['1.000000'])
    // Rows of earlier versions do not say where it ran.
    const { region: _, ...old } = charge('r1', may, may + 10 * hour)
    assert.deepEqual(valuesOf(exported({ charges: [old], saved: [saved] }), 'x_Goodput'), ['-'])
  })

  it('[FO20] a use names the claim about its month, and what was not used what it comes to', () => {
    const from = Date.parse('2026-04-10')
    const charges = [charge('r1', from, from + 10 * hour), charge('r2', from, from + hour)]
    const claims = [{ id: 'msa/uptime/2026-04', parts: [`acme/r1@${from}`] }]
    const rows = exported({ charges, claims, history: contracts(block), now: may })
    const told = valuesOf(rows, 'ResourceId', 'x_SlaCreditClaimId', 'x_ShortfallAccrued')
    assert.deepEqual(told, ['r1 msa/uptime/2026-04 -', 'r2 - -', 'msa/block - 1264'])
  })

  it('[FO20] where a commitment waits for a ramp, its tranches are told that had come', () => {
    const accepted = 'delivered: 2026-04-02, accepted: 2026-04-03'
    const tranche = (id: string, more = '') => {
      return `{ id: ${id}, quantity: 8 accelerators, accelerator: H100, due: 2026-05-01${more} }`
    }
    const both = `${tranche('one', `, ${accepted}`)}, ${tranche('two')}`
    const ramp = `  - { kind: ramp, id: steps, tranches: [${both}] }`
    const history = contracts(`${block.replace('month }', 'month, ramp: steps }')}\n${ramp}`)
    const from = Date.parse('2026-05-10')
    const charges = [charge('r1', from, from + hour)]
    const [use, ...rest] = exported({ charges, history, now: june })
    const names = ['ResourceId', 'x_TrancheId', 'x_DeliveryStatus']
    assert.deepEqual(valuesOf(use ? [use] : [], ...names), ['r1 msa/steps/one accepted'])
    assert.ok(valuesOf(rest, ...names).includes('msa/block msa/steps/one accepted'))
    assert.deepEqual(valuesOf(commitmentRows(history, june), ...names.slice(1)), [
      'msa/steps/one msa/steps/two accepted contracted',
    ])
  })

  it('[FO20] a commitment tells what it owes, what may be made up, and that it is used up', () => {
    const made = block.replace('month }', 'month, make_up_intervals: 1 }')
    const history = contracts(`${paidAhead}\n${spend}\n${made}`)
    const about = { clause: 'msa/block', with: 'acme', hours: 640 }
    const due = { ...about, from: april, to: may, accelerator: 'H100', isCredited: true }
    const rows = commitmentRows(history, may, {
      dues: [{ ...due, amount: 1_280_000_000n }],
      credits: [{ ...about, hours: 584.5, paid: 1_169_000_000n, until: june }],
      exhausted: ['msa/ahead'],
    })
    const names = ['ContractCommitmentId', 'ContractCommitmentLifecycleStatus']
    assert.deepEqual(valuesOf(rows, ...names, 'x_ShortfallAccrued', 'x_MakeUpHours'), [
      'msa/ahead Exhausted - -',
      'msa/block Active 1280 584.5',
      'msa/spend Active 0 -',
    ])
    const table = focusCsv('contract-commitment', rows)
    assert.deepEqual(checkFocus('contract-commitment', table), [])
  })

  it('[FC35] have the types that we give them; those of others may have any', () => {
    assert.deepEqual(broken({ x_Goodput: '80%', x_Other: '80%' }), [
      'x_Goodput: a decimal from 0 to 1',
    ])
    assert.deepEqual(broken({ x_Goodput: '0.8' }), [])
    assert.deepEqual(broken({ x_AcceleratorCount: '-1' }), [
      'x_AcceleratorCount: a decimal from 0 on',
    ])
    assert.deepEqual(brokenTerms({ x_ShortfallAccrued: 'none' }), [
      'x_ShortfallAccrued: a decimal from 0 on',
    ])
  })

  it('[FC36] tell for each tranche how far it is', () => {
    const expected =
      'x_DeliveryStatus: one of contracted, energised, delivered, accepted for each of x_TrancheId'
    for (const told of [broken, brokenTerms]) {
      assert.deepEqual(told({ x_TrancheId: 'a b', x_DeliveryStatus: 'accepted contracted' }), [])
      assert.deepEqual(told({ x_TrancheId: null, x_DeliveryStatus: null }), [])
      assert.deepEqual(told({ x_TrancheId: 'a b', x_DeliveryStatus: 'accepted' }), [expected])
      assert.deepEqual(told({ x_TrancheId: 'a', x_DeliveryStatus: 'soon' }), [expected])
      assert.deepEqual(told({ x_TrancheId: 'a', x_DeliveryStatus: null }), [expected])
      assert.deepEqual(told({ x_TrancheId: null, x_DeliveryStatus: 'accepted' }), [expected])
    }
  })

  it('[FC37] tell what is missing where nothing was used, and of a use how good it was', () => {
    assert.deepEqual(broken({ x_ShortfallAccrued: '12' }), [
      'x_ShortfallAccrued: nothing where something was consumed',
    ])
    for (const column of ['x_Goodput', 'x_SlaCreditClaimId']) {
      assert.deepEqual(broken({ [column]: '0.5' }), [])
      assert.deepEqual(broken({ [column]: '0.5' }, credit), [
        `${column}: nothing for what is no use`,
      ])
    }
    assert.deepEqual(brokenTerms({ x_MakeUpHours: '5' }), ['x_MakeUpHours: nothing for Spend'])
  })
})
