/** Options that were taken, and what follows from them. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { type Clause, clauseName, type Ramp } from '../../domain/clause.ts'
import type { Exercise } from '../../domain/contract.ts'
import { asOf, inForceAt } from '../as-of.ts'
import { ladder, schedulable } from '../delivery/ladder.ts'
import { slipPrior } from '../delivery/slip.ts'
import { contract, day } from '../draw.test.ts'
import { levelsAt } from '../price/levels.ts'
import { rateOf } from '../price/rate.ts'
import { withTaken } from './taken.ts'

const option = (more = '') => `- kind: expansion_option
  id: more
  from: 2025-03-01
  to: 2025-09-01
  quantity: 2 MW
  accelerator: H100
  strike_per_hour: 1.5
  term: 365 days${more}`
const frame = 'conversions: [{from: MW, accelerator: H100, accelerators: 700}]'
const signed = contract(option(), frame)

const exercise: Exercise = {
  ...{ id: 'o1', clause: 'deal/more', quantity: 1, dueAt: day('2026-01-01'), paper: 'letter 9' },
  ...{ by: ['ann', 'ben'], takenAt: day('2025-06-01') },
}
const all = withTaken([signed], [exercise])

function binds(valid: string, known = valid, history = all): readonly string[] {
  return asOf(history, day(valid), day(known)).inForce.map(clauseName)
}

it('[CL65] an option that was taken is open no more, and is contracted from then on', () => {
  assert.deepEqual(binds('2025-05-31'), ['deal/more'])
  assert.deepEqual(binds('2025-06-01'), ['deal/more/taken'])
  // Its term of a year begins when it is due.
  assert.deepEqual(binds('2026-12-31'), ['deal/more/price', 'deal/more/taken'])
  assert.deepEqual(binds('2027-01-01'), [])
  const rows = ladder(all, day('2025-07-01'), () => slipPrior)
  assert.deepEqual(
    rows.map(({ tranche, rung, accelerators }) => `${tranche} ${rung} ${accelerators}`),
    ['deal/more/taken/all contracted 700'],
  )
  const { silent } = asOf(all, day('2025-10-01'), day('2025-10-01'))
  assert.deepEqual(silent[0]?.silence, {
    ...{ why: 'taken', at: day('2025-06-01'), by: ['ann', 'ben'] },
  })
})

it('[CL65] who asks what was known before finds it open', () => {
  assert.deepEqual(binds('2025-08-01', '2025-05-31'), ['deal/more'])
  assert.deepEqual(binds('2025-05-31', '2027-01-01'), ['deal/more'])
  const at = (text: string) => inForceAt(all, day(text)).map(clauseName)
  assert.deepEqual([at('2025-05-31'), at('2025-06-01')], [['deal/more'], ['deal/more/taken']])
})

it('[CL65] takes nothing before two persons said so, nor of another option', () => {
  for (const other of [{ takenAt: null }, { clause: 'deal/less' }]) {
    const history = withTaken([signed], [{ ...exercise, ...other }])
    assert.deepEqual(binds('2025-07-01', '2025-07-01', history), ['deal/more'])
  }
  const history = [signed]
  assert.equal(withTaken(history, []), history)
})

it('[CL65] a later version of the contract tells how far it is', () => {
  const reached = ', reached: {delivered: 2026-02-01, accepted: 2026-03-01}'
  const text = option(reached.replace(', ', '\n  '))
  const later = { ...contract(text, frame), generation: 2, recordedAt: day('2026-03-02') }
  const history = withTaken([signed, later], [exercise])
  const accepted = (known: string) => {
    const ramps = asOf(history, day('2026-03-05'), day(known)).inForce.filter(isRamp)
    return ramps.map((ramp) => schedulable(ramp, day('2026-03-05')))
  }
  assert.deepEqual(accepted('2026-03-01'), [0])
  assert.deepEqual(accepted('2026-03-02'), [700])
  // The term begins with the acceptance.
  const known = '2027-03-01'
  assert.deepEqual(binds('2027-02-28', known, history), ['deal/more/price', 'deal/more/taken'])
  assert.deepEqual(binds('2027-03-01', known, history), [])
})

it('[CL65] of two versions the one that stood when it was taken counts', () => {
  const half = option('\n  recorded: 2025-04-01').replace('2 MW', '1 GW')
  const both = withTaken([contract(`${option()}\n${half}`, frame)], [exercise])
  const taken = asOf(both, day('2025-07-01'), day('2025-07-01')).inForce
  assert.deepEqual(
    taken.filter(isRamp).flatMap(({ tranches }) => tranches.map(({ quantity }) => quantity.unit)),
    ['GW'],
  )
})

it('[CL65] what comes costs what the option says, as long as its term lasts', () => {
  const question = (accelerator: string) => ({
    ...{ supplier: 'incumbent', facts: { accelerator: [accelerator] }, accelerators: 1 },
    ...{ heldUnder: () => 0, levels: levelsAt([], { at: 0, known: 0 }) },
  })
  const rate = (date: string, accelerator = 'H100') => {
    const { inForce } = asOf(all, day(date), day(date))
    return rateOf(inForce, question(accelerator))?.pricePerHour ?? null
  }
  assert.equal(rate('2025-12-31'), null)
  assert.equal(rate('2026-01-01'), 1_500_000)
  assert.equal(rate('2026-01-01', 'A100'), null)
  assert.equal(rate('2027-01-01'), null)
})

function isRamp(clause: Clause): clause is Ramp {
  return clause.kind === 'ramp'
}
