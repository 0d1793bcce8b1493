/** Scorecards from leases: every count from what the lease itself says. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Lease } from '../domain/lease.ts'
import { scorecards } from './score.ts'

function lease(change: Partial<Lease>): Lease {
  const price = { pricePerHour: 10, pricePerHourMax: 10 }
  const times = { intendedAt: 0, heldAt: 10, readyAt: 60_000, goneAt: null }
  const base = { supplier: 'acme', calls: 1, state: 'ready', end: null, why: null }
  return { ...base, ...price, ...times, ...change } as Lease
}

it('counts what was refused, lost, dead and dearer, and how long it took', () => {
  const never = { heldAt: null, readyAt: null, state: 'gone' } as const
  const cards = scorecards([
    lease({}),
    lease({ intendedAt: -90_000, notBefore: 0, readyAt: 120_000 }),
    lease({ readyAt: 600_000, end: 'lost', state: 'gone' }),
    lease({ end: 'lost', state: 'gone', endsAt: 90_000, goneAt: 89_999 }),
    lease({ end: 'lost', state: 'gone', endsAt: 90_000, goneAt: 90_000 }),
    lease({ ...never, end: 'refused' }),
    lease({ ...never, end: 'absent' }),
    lease({ readyAt: null, state: 'gone', why: '1 of its 2 machines never reported' }),
    lease({ pricePerHour: 11, readyAt: null, state: 'gone' }),
    lease({ ...never, calls: 0, end: 'void' }),
    lease({ supplier: 'bolt', readyAt: null, heldAt: null, state: 'unsure' }),
  ])
  assert.deepEqual(cards, [
    {
      ...{ supplier: 'acme', asked: 9, refused: 1, unanswered: 1 },
      ...{ readyMsMedian: 60_000, readyMsP90: 600_000, dead: 1, takenBack: 2, dearer: 1 },
      ...{ tranches: 0, late: 0 },
    },
    {
      ...{ supplier: 'bolt', asked: 1, refused: 0, unanswered: 0 },
      ...{ readyMsMedian: null, readyMsP90: null, dead: 0, takenBack: 0, dearer: 0 },
      ...{ tranches: 0, late: 0 },
    },
  ])
})

it('counts tranches that came or had to come, also of whoever was never asked', () => {
  const deliveries = [false, true, true].map((isLate) => ({ supplier: 'rival', isLate }))
  const [card] = scorecards([], deliveries)
  assert.deepEqual([card?.supplier, card?.asked, card?.tranches, card?.late], ['rival', 0, 3, 2])
})
