/** Hours of a take-or-pay, told as they were used and otherwise. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { TakeOrPay } from '../domain/clause.ts'
import { evidenceOf } from './drawing.test.ts'
import type { Evidence, Told } from './evidence.ts'
import { hoursAddUp } from './hours.ts'

const hour = 3_600_000

const terms: Partial<TakeOrPay> = {
  ...{ kind: 'take_or_pay', accelerator: 'H100', interval: 'hour', pricePerHour: 2_000_000 },
  quantity: { value: 8, unit: 'accelerators' },
  ...{ freeIntervals: 0, steps: [], makeUpIntervals: 1, ramp: null },
}

/** Eight accelerators from the second hour to the third, and as many as named in the fourth. */
function evidence(more: number, draws: readonly Told[], change: Partial<TakeOrPay> = {}): Evidence {
  const base = evidenceOf('0s sign acme - prepay\n 3600s sell r1 w.0.1\n 10800s end r1')
  const [charge] = base.charges
  const [signed] = base.contracts ?? []
  assert.ok(charge && signed)
  const clauses = signed.clauses.map((clause) => ({ ...clause, ...terms, ...change }) as TakeOrPay)
  const late = { ...charge, id: 'acme/r2', accelerators: more, from: 3 * hour, to: 4 * hour }
  const charges = [charge, late]
  return { ...base, charges, contracts: [{ ...signed, clauses }], draws, now: 4 * hour }
}

/** So many hours of an hour are told, of the interval or of an older one. */
function told(index: number, hours: number, isMadeUp = false): Told {
  const charge = index === 3 ? 'acme/r2' : 'acme/r1'
  const part = {
    charge,
    part: `${charge}@${index * hour}`,
    at: index * hour,
    to: (index + 1) * hour,
  }
  const about = {
    of: 'commitment',
    clause: 'msa/alone',
    partAmount: 10n ** 9n,
    amount: 1n,
  } as const
  return { ...about, ...part, hours, isMadeUp }
}

const faults = (more: number, draws: readonly Told[], change: Partial<TakeOrPay> = {}) => {
  return hoursAddUp(evidence(more, draws, change)).map((text) => text.replace(/ in its.*/, ''))
}

it('[AU41] hours are told as they were used, and what is made up was left before', () => {
  const all = [told(1, 8), told(2, 8)]
  // Nothing is left by the second hour, which used all of its own.
  assert.deepEqual(faults(16, [...all, told(3, 8)]), [])
  const early = { makeUpIntervals: 3 }
  assert.deepEqual(faults(16, [...all, told(3, 8), told(3, 8, true)], early), [])
  assert.deepEqual(faults(8, [...all, told(3, 8)], early), [])
  assert.deepEqual(faults(16, [...all, told(3, 8), told(3, 8, true)]), [
    'msa/alone makes up for more than was left',
  ])
  assert.deepEqual(faults(16, [...all, told(3, 16)]), [
    'msa/alone is drawn for more than it was made for',
  ])
  assert.deepEqual(faults(8, [...all, told(3, 8, true)], early), [
    'msa/alone makes up for older hours while its own are idle',
  ])
  assert.deepEqual(faults(8, [told(1, 8), told(3, 8)]), [
    'msa/alone was used for 8 hours, and 0 are told',
  ])
})

it('[AU41] no part counts in two intervals, and what was not delivered is not paid for', () => {
  const both = { ...told(1, 16), to: 3 * hour }
  assert.match(faults(8, [both, told(3, 8)])[0] ?? '', /counts in more than one interval/)
  const monthly = { interval: 'month' } as const
  assert.deepEqual(faults(8, [told(1, 8), told(2, 8), told(3, 8)], monthly), [])
  const free = [told(1, 8), told(2, 8)]
  assert.deepEqual(faults(8, free, { freeIntervals: 1 }), [
    'msa/alone was used for 8 hours, and 0 are told',
  ])
  assert.deepEqual(faults(8, [], { freeIntervals: 9 }), [])
  // What another contract took the place of is used no more.
  const all = evidence(8, free)
  const [signed] = all.contracts ?? []
  assert.ok(signed)
  const next = { ...signed, name: 'next', from: 3 * hour, supersedes: ['msa'], clauses: [] }
  assert.equal(hoursAddUp(all).length, 1)
  assert.deepEqual(hoursAddUp({ ...all, contracts: [signed, next] }), [])
  // What a newer version only leaves out is used on.
  const later = { ...signed, generation: signed.generation + 1, clauses: [] }
  assert.equal(hoursAddUp({ ...all, contracts: [later, signed] }).length, 1)
  // Out of its scope nothing is used of it.
  const scope = [{ dimension: 'accelerator', operator: 'In', values: ['A100'] } as const]
  assert.deepEqual(faults(8, [], { scope }), [])
})
