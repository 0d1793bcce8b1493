/** Cases on days that are over. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { RofrCase } from '../../domain/contract.ts'
import { contract, day } from '../draw.test.ts'
import { advance } from './advance.ts'
import type { RofrEvent } from './case.ts'
import { openCase } from './open.ts'
import { caseOn } from './past.ts'

const [clause] = contract(
  '- {kind: rofr, window: 10 days, tail: 30 days, long_stop: 20 days, partial: true}',
).clauses
const deal = {
  ...{ accelerator: 'H100', accelerators: 64, pricePerHour: 2_000_000, startAt: 0, termDays: 0 },
  region: 'us',
}

type Move = RofrEvent extends infer Each
  ? Each extends RofrEvent
    ? Omit<Each, 'at' | 'actor'>
    : never
  : never

/** Plays moves a day apart; on every day the case is what it was then. */
function same(...moves: readonly Move[]): void {
  assert.ok(clause?.kind === 'rofr')
  const at = (index: number) => day('2025-03-03') + index * 86_400_000
  const proposal = { id: 'train', at: at(0), supplier: 'rival', deal, facts: {} }
  const binding = { ...proposal, firmness: 'binding-offer' } as const
  let last: RofrCase = openCase(clause, binding, { accelerators: 64, added: [] })
  const was = [last]
  moves.forEach((move, index) => {
    const event = { ...move, at: at(index + 1), actor: 'ann' } as RofrEvent
    const { case: next, refused } = advance(last, event)
    assert.equal(refused, null)
    was.push(next)
    last = next
  })
  assert.equal(caseOn(last, at(0) - 1), null)
  for (const [index, each] of was.entries()) assert.deepEqual(caseOn(last, at(index)), each)
}

const deliver = { event: 'deliver', digest: 'd', proof: 'receipt' } as const
const bind = { event: 'bind', purchase: 'train', deal } as const

it('[CL75] a case on an earlier day stands as the evidence of that day left it', () => {
  same(deliver, { event: 'decline' }, bind)
  same({ event: 'waive', digest: 'letter' }, bind)
  same(deliver, { event: 'match', deal }, { event: 'fail', why: 'no space' }, bind)
  same(deliver, { event: 'match', deal }, { event: 'sign-with-holder', digest: 'order' })
  same(deliver, { event: 'dispute', why: 'unclear' }, { event: 'settle', as: 'upheld' })
  same(deliver, { event: 'withdraw', why: 'not needed' })
})

it('[CL75] time alone leaves its evidence as well', () => {
  assert.ok(clause?.kind === 'rofr')
  const at = day('2025-03-03')
  const proposal = { id: 'train', at, supplier: 'rival', deal, facts: {} }
  const binding = { ...proposal, firmness: 'binding-offer' } as const
  const opened = openCase(clause, binding, { accelerators: 64, added: [] })
  const noticed = advance(opened, { ...deliver, at, actor: 'ann' }).case
  const over = advance(noticed, { event: 'tick', at: day('2026-01-01'), actor: 'ann' }).case
  assert.equal(over.step, 'expired')
  const lapsed = advance(noticed, { event: 'tick', at: day('2025-03-20'), actor: 'ann' }).case
  assert.equal(lapsed.step, 'free')
  assert.deepEqual(caseOn(over, day('2025-03-20')), lapsed)
  assert.deepEqual(caseOn(over, at), noticed)
})
