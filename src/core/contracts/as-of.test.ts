/** What bound us when, as known when; and what scopes mean. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { type Clause, clauseName } from '../domain/clause.ts'
import type { Contract } from '../domain/contract.ts'
import { asOf, bindingClauses, inForceAt } from './as-of.ts'
import { contract, contracts, day } from './draw.test.ts'
import { inScope, isInScope, mayBeInScope } from './scope.ts'

function inForce(history: readonly Contract[], valid: string, known = valid): readonly string[] {
  return asOf(history, day(valid), day(known)).inForce.map(({ contract: name, id }) => {
    return `${name}/${id}`
  })
}

const repealed = contract(
  `- kind: rofr
  from: 2025-01-21
  repealed: {by: peace, on: 2025-10-28, recorded: 2025-10-30}`,
)

it('[CL2] a clause binds from its first moment to the moment before its last', () => {
  assert.deepEqual(inForce([repealed], '2025-01-20'), [])
  assert.deepEqual(inForce([repealed], '2025-01-21'), ['deal/rofr'])
  assert.deepEqual(inForce([contract('- {kind: rofr, to: 2025-02-01}')], '2025-02-01'), [])
})

it('[CL3] a repeal binds nobody who did not know of it', () => {
  assert.deepEqual(inForce([repealed], '2025-10-28', '2025-10-29'), ['deal/rofr'])
  assert.deepEqual(inForce([repealed], '2025-10-28', '2025-10-30'), [])
  assert.deepEqual(inForce([repealed], '2025-10-27', '2026-01-01'), ['deal/rofr'])
  const { silent } = asOf([repealed], day('2026-01-01'), day('2026-01-01'))
  assert.deepEqual(silent[0]?.silence, { why: 'repealed', at: day('2025-10-28'), by: 'peace' })
})

it('[CL4] of two versions the one that was recorded last holds, once it is known', () => {
  const both = contract(`- {kind: rofo, window: 10 days}
- {kind: rofo, window: 20 days, recorded: 2025-06-01}`)
  const windowAt = (known: string) => {
    const [only] = asOf([both], day('2025-03-01'), day(known)).inForce
    return only?.kind === 'rofo' ? only.window.days : null
  }
  assert.equal(windowAt('2025-05-31'), 10)
  assert.equal(windowAt('2025-06-01'), 20)
})

it('[CL4] what is changed back holds again, from the day on which it was', () => {
  const windows = [10, 20, 10].map((days, index) => {
    const recordedAt = day('2025-01-01') + index * 86_400_000
    const text = `- {kind: rofo, window: ${days} days, recorded: 2025-01-01}`
    return { ...contract(text), generation: index + 1, recordedAt }
  })
  const windowOn = (known: string) => {
    const [only] = asOf(windows.toReversed(), day('2025-03-01'), day(known)).inForce
    return only?.kind === 'rofo' ? only.window.days : null
  }
  assert.deepEqual(['2025-01-01', '2025-01-02', '2025-01-03'].map(windowOn), [10, 20, 10])
})

const papers = `kind: Contract
name: letter
with: rival
form: LOI
bindingness: non-binding
from: 2025-01-01
source: a letter
clauses:
  - {kind: exclusivity}
---
kind: Contract
name: order
with: rival
form: order
bindingness: definitive
signed: 2025-03-01
from: 2025-04-01
supersedes: [deal]
source: an order
clauses:
  - {kind: launch_first}
`

it('[CL5] only what is definitive binds, and a successor ends what it supersedes', () => {
  const history = [...contracts(papers), contract('- {kind: rofo}')]
  assert.deepEqual(inForce(history, '2025-03-15'), ['deal/rofo'])
  assert.deepEqual(inForce(history, '2025-04-01'), ['order/launch-first'])
  // The order was not known before it was signed.
  assert.deepEqual(inForce(history, '2025-04-01', '2025-02-01'), ['deal/rofo'])
})

const dayOf = fc
  .integer({ min: 0, max: 1_000 })
  .map((days) => day('2025-01-01') + days * 86_400_000)
const [drawn] = [contract('- {kind: rofo}')]
const version = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c'),
    from: dayOf,
    length: fc.option(fc.integer({ min: 1, max: 400 })),
    recordedAt: dayOf,
    repeal: fc.option(fc.record({ by: fc.constant('peace'), at: dayOf, recordedAt: dayOf })),
  })
  .map(({ id, from, length, recordedAt, repeal }): Contract => {
    const clause = drawn.clauses[0]
    assert.ok(clause)
    const to = length === null ? null : from + length * 86_400_000
    return { ...drawn, clauses: [{ ...clause, id, from, to, recordedAt, repeal }] }
  })
const history = fc.array(version, { maxLength: 8 })

/** Which version of which clause. */
function named({ contract: name, id, from, recordedAt }: Clause): string {
  return `${name}/${id} from ${from}, recorded ${recordedAt}`
}

it('[CL5] what is superseded is reckoned with up to where its successor begins', () => {
  const history = [...contracts(papers), contract('- {kind: rofo}')]
  const told = bindingClauses(history).map((each) => [clauseName(each), each.to])
  assert.deepEqual(told, [
    ['deal/rofo', day('2025-04-01')],
    ['order/launch-first', null],
  ])
})

it('[CL6] what is recorded later never changes what was known before', () => {
  fc.assert(
    fc.property(history, history, dayOf, dayOf, (before, later, valid, known) => {
      const unknown = later.map((each) => ({ ...each, recordedAt: known + 1 }))
      assert.deepEqual(
        asOf([...before, ...unknown], valid, known).inForce,
        asOf(before, valid, known).inForce,
      )
    }),
  )
})

it('[CL7] the order of the history changes nothing, nor does saying it twice', () => {
  fc.assert(
    fc.property(history, dayOf, dayOf, (all, valid, known) => {
      const shuffled = [...all, ...all].reverse()
      assert.deepEqual(asOf(shuffled, valid, known), asOf(all, valid, known))
    }),
  )
})

it('[CL8] every version of every clause binds, one at a time, or says why not', () => {
  fc.assert(
    fc.property(history, dayOf, dayOf, (all, valid, known) => {
      const { inForce: bound, silent } = asOf(all, valid, known)
      const versions = new Set(all.map((each) => JSON.stringify(each.clauses)))
      assert.equal(bound.length + silent.length, versions.size)
      assert.equal(new Set(bound.map(({ id }) => id)).size, bound.length)
      for (const { from, to, recordedAt, repeal } of bound) {
        assert.ok(from <= valid && (to === null || valid < to) && recordedAt <= known)
        assert.ok(!repeal || repeal.at > valid || repeal.recordedAt > known)
      }
    }),
  )
})

it('[CL8] what is reckoned with is what binds, day by day, by all that was ever recorded', () => {
  fc.assert(
    fc.property(history, dayOf, (drawn, valid) => {
      const order = contracts(papers).filter(({ name }) => name === 'order')
      for (const all of [drawn, [...drawn, ...order]]) {
        const then = bindingClauses(all).filter(({ from, to }) => {
          return from <= valid && (to === null || valid < to)
        })
        const bound = asOf(all, valid, Number.POSITIVE_INFINITY).inForce
        assert.deepEqual(then.map(named), bound.map(named))
      }
    }),
  )
})

it('[CL8] whoever asks from moment to moment hears of every change at once', () => {
  fc.assert(
    fc.property(history, fc.array(dayOf, { maxLength: 20 }), (all, moments) => {
      for (const at of moments.flatMap((each) => [each - 1, each])) {
        assert.deepEqual(inForceAt(all, at), asOf(all, at, at).inForce)
      }
    }),
  )
})

it('[CL9] what is not known of an act is outside a benefit and inside a duty', () => {
  const [{ scope } = { scope: [] }] = contract(`- kind: rofo
  scope: {region: {starts_with: eu-}, product: [api, agents], supplier: {not_in: [ally]}}`).clauses
  const facts = { region: ['eu-west'], product: ['api'], supplier: ['rival'] }
  assert.equal(inScope(scope, facts), 'yes')
  assert.equal(inScope(scope, { ...facts, supplier: ['ally'] }), 'no')
  assert.equal(inScope(scope, { ...facts, product: [] }), 'no')
  assert.equal(inScope(scope, { region: ['eu-west'], product: ['api'] }), 'unknown')
  assert.ok(mayBeInScope(scope, { region: ['eu-west'] }))
  assert.ok(!isInScope(scope, { region: ['eu-west'] }))
})
