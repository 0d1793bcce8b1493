/**
 * Rights of first refusal: for each way to pass a holder over, or to tell it too much, a history
 * beside the nearest one that does not.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Clause, Rofr } from '../domain/clause.ts'
import type { Evidence as Move, RofrCase } from '../domain/contract.ts'
import type { Lease } from '../domain/lease.ts'
import type { Job } from '../domain/workload.ts'
import { check } from './check.ts'
import { evidenceOf, holds } from './drawing.test.ts'

const second = 1_000

/** The case `c` of bolt's right over what acme sells, which took these steps. */
function rightOf(steps: Readonly<Record<string, number>>, more: Partial<RofrCase> = {}): RofrCase {
  const clause = { kind: 'rofr', contract: 'msa', id: 'alone', with: 'bolt' } as Rofr
  const disclose = ['price_per_hour', 'accelerators'] as const
  const evidence = Object.entries(steps).map(([to, at]) => ({ to, at: at * second }) as Move)
  const deal = { accelerator: 'H100', region: 'north', accelerators: 8 }
  const told = { id: 'c', clause: { ...clause, disclose }, thirdParty: 'acme', deal, evidence }
  return { ...(told as unknown as RofrCase), purchases: ['w'], ...more }
}

function brokenWith(drawing: string, rights: readonly RofrCase[], nodes = 1): string {
  const drawn = evidenceOf(drawing)
  const leases = drawn.leases.map((lease): Lease => ({ ...lease, nodes, perNode: 8 / nodes }))
  return check({ ...drawn, leases, rights })
    .map(({ invariant }) => invariant)
    .join(' ')
}

describe('a right of first refusal', () => {
  const asked = '0s submit w\n 0s sign bolt - rofr\n 1s intend w.0.1\n 3s ask w.0.1'

  it('[AU31] no call leaves before the holder let the purchase go', () => {
    assert.equal(brokenWith(asked, []), 'I16')
    assert.equal(brokenWith(asked, [rightOf({ noticed: 1 })]), 'I16')
    assert.equal(brokenWith(asked, [rightOf({ noticed: 1, free: 4 })]), 'I16')
    assert.equal(brokenWith(asked, [rightOf({ noticed: 1, free: 3 })]), '')
    assert.equal(brokenWith(asked, [rightOf({ waived: 2 })]), '')
  })

  it('[AU31] what was let go is this purchase of this seller under this clause', () => {
    const free = { free: 2 }
    assert.equal(brokenWith(asked, [rightOf(free, { purchases: ['other'] })]), 'I16')
    assert.equal(brokenWith(asked, [rightOf(free, { thirdParty: 'core' })]), 'I16')
    const { clause } = rightOf(free)
    const other = { clause: { ...clause, id: 'other' } }
    assert.equal(brokenWith(asked, [rightOf(free, other)]), 'I16')
  })

  it('[AU31] a right that is set aside stops nothing, whatever its open case stands at', () => {
    const waived = asked.replace('1s intend', '1s waive 4s\n 1s intend')
    const open: readonly Readonly<Record<string, number>>[] = [
      { triggered: 1 },
      { noticed: 2 },
      { noticed: 1, matched: 2 },
      { disputed: 2 },
    ]
    for (const steps of open) {
      // What is bought so is not signed for under the case.
      const right = rightOf(steps, { purchases: [] })
      assert.equal(brokenWith(waived, [right]), '')
      assert.equal(brokenWith(asked, [right]), 'I16')
      assert.equal(brokenWith(waived.replace('waive 4s', 'waive 3s'), [right]), 'I16')
      assert.equal(brokenWith(waived.replace('4s', '4s msa/other'), [right]), 'I16')
    }
    // Another call, after that, needs the case: it came to be free, or it did not.
    const again = `${waived}\n 5s intend w.0.2 for w.0.1\n 6s ask w.0.2`
    assert.equal(brokenWith(again, [rightOf({ noticed: 1, free: 5 })]), '')
    assert.equal(brokenWith(again, [rightOf({ noticed: 1, free: 7 })]), 'I16')
  })

  it('[AU31] it stops nothing small, nothing of the holder, nothing set aside or over', () => {
    const small = evidenceOf(asked)
    const leases = small.leases.map((lease): Lease => ({ ...lease, perNode: 7 }))
    assert.deepEqual(check({ ...small, leases, rights: [] }), [])
    holds(asked.replace('sign bolt', 'sign acme'))
    holds(asked.replace('bolt -', 'bolt 2s'))
    holds(asked.replace('1s intend', '1s waive 4s\n 1s intend'))
  })
})

it('[AU24] whom an export clause bars is not served, nor somebody who is not named', () => {
  const drawn = evidenceOf(
    '0s submit w\n 0s rule wish\n 0s rule seller acme\n 0s sign core - export\n' +
      '1s intend w.0.1\n 3s ask w.0.1',
  )
  const barred = (
    endUsers: readonly string[] | undefined,
    jurisdictions: readonly string[] = [],
  ) => {
    const workloads = drawn.workloads.map((each) => {
      const spec: Job = { ...(each.spec as Job), ...(endUsers && { endUsers }) }
      return { ...each, spec }
    })
    const contracts = (drawn.contracts ?? []).map((each) => ({
      ...each,
      clauses: each.clauses.map((clause) => {
        return { ...clause, jurisdictions, endUsers: ['bank'] } as Clause
      }),
    }))
    return check({ ...drawn, workloads, contracts }).length > 0
  }
  assert.deepEqual([barred(['bank']), barred(['lab']), barred(undefined)], [true, false, true])
  assert.equal(barred(['lab'], ['us']), true, 'nobody knows where it is')
})

it('[AU19] of how suppliers stand to us nothing is concluded', () => {
  const drawn = evidenceOf('0s submit w\n 0s sign bolt\n 1s intend w.0.1\n 3s ask w.0.1')
  const broken = (dimension: 'supplier_relation' | 'product') => {
    const condition = { dimension, operator: 'In', values: ['chat'] } as const
    const contracts = (drawn.contracts ?? []).map((each) => ({
      ...each,
      clauses: each.clauses.map((clause) => ({ ...clause, scope: [condition] })),
    }))
    return check({ ...drawn, contracts }).length
  }
  assert.deepEqual([broken('product'), broken('supplier_relation')], [1, 0])
})

it('[AU20] what a newer version of its contract only leaves out is a promise still', () => {
  const drawn = evidenceOf(
    '0s submit w\n 0s sign bolt\n 0s sign bolt\n 1s intend w.0.1\n 3s ask w.0.1',
  )
  const broken = (says: (clause: Clause) => readonly Clause[]) => {
    const contracts = (drawn.contracts ?? []).map((each) => {
      return each.generation === 2 ? { ...each, clauses: each.clauses.flatMap(says) } : each
    })
    return check({ ...drawn, contracts }).map(({ invariant }) => invariant)
  }
  assert.deepEqual(
    broken(() => []),
    ['I17'],
  )
  assert.deepEqual(
    broken((clause) => [{ ...clause, id: 'other', to: 1 } as Clause]),
    ['I17'],
  )
  assert.deepEqual(
    broken((clause) => [{ ...clause, to: 1 } as Clause]),
    [],
  )
})

describe('a notice', () => {
  const noticed = '2s move noticed'
  const kept = '1s sign acme - confidentiality'
  const broken = (drawing: string, more: Partial<RofrCase> = {}) => {
    return brokenWith(`0s submit w\n 0s rule wish\n ${drawing}`, [rightOf({ noticed: 2 }, more)])
  }

  it('[AU32] tells nothing that a clause in force just then keeps', () => {
    assert.equal(broken(`${kept}\n ${noticed}`), 'I23')
    assert.equal(broken(noticed), '')
    assert.equal(broken(`${noticed}\n ${kept.replace('1s', '3s')}`), '')
    assert.equal(broken(`${kept.replace('-', '2s')}\n ${noticed}`), '')
    assert.equal(broken(`${kept}\n 2s move declined`), '')
  })

  it('[AU32] may tell what the clause is not about, or lets its holder know', () => {
    const { clause } = rightOf({})
    const less = { clause: { ...clause, disclose: ['accelerators'] } as Rofr }
    assert.equal(broken(`${kept}\n ${noticed}`, less), '')
    const core = { clause: { ...clause, with: 'core' } as Rofr }
    assert.equal(broken(`${kept}\n ${noticed}`, core), '')
    assert.equal(broken(`${kept.replace('acme', 'core')}\n ${noticed}`), '')
    assert.equal(broken(`${kept}\n ${noticed}`, { thirdParty: 'bolt' }), '')
  })

  it('[AU32] tells nothing that the policy withholds from what its holder is to us', () => {
    assert.equal(broken(`1s rule withhold house\n 1s sign acme - prepay\n ${noticed}`), 'I23')
    const known = '1s rule seller bolt\n 1s rule withhold house\n 1s sign acme - prepay'
    assert.equal(broken(`${known}\n ${noticed}`), '')
    assert.equal(broken(`1s sign acme - prepay\n ${noticed}\n 3s rule withhold house`), '')
  })
})
