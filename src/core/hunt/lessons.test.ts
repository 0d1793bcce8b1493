/** What leases teach, drawn as worlds. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { drawnNow, drawnWorld } from '../../testing/world.ts'
import type { Lease } from '../domain/lease.ts'
import { noBelief } from '../domain/world.ts'
import { learn, lessonsOf, lessonsOfQuotes, ripe } from './lessons.ts'

const hourMs = 3_600_000

function lease(changes: Partial<Lease>): Lease {
  const { leases } = drawnWorld(`offer acme/spot H100:8 us $8 spot
    job train H100:8
    lease train.0.1 ready at acme/spot for $8`)
  return { ...(leases[0] as Lease), market: 'spot', ...changes }
}

const told = (changes: Partial<Lease>) =>
  lessonsOf(lease(changes)).map(({ outcome, atMs }) => `${outcome} ${(atMs - drawnNow) / hourMs}`)

const at = (hours: number) => drawnNow + hours * hourMs

it('[HU13] every purchase is an answer, and its end another', () => {
  const over = { state: 'gone', goneAt: at(5), end: 'released' } as const
  assert.deepEqual(told({ heldAt: null }), [])
  assert.deepEqual(told({ heldAt: at(1) }), ['available 1'])
  assert.deepEqual(told({ ...over, heldAt: at(1) }), ['available 1', 'held 5'])
  assert.deepEqual(told({ ...over, heldAt: at(1), end: 'lost' }), ['available 1', 'preempted 5'])
  const noticed = { ...over, heldAt: at(1), noticeUntil: at(5) }
  assert.deepEqual(told(noticed), ['available 1', 'preempted 5'])
  const ended = { ...noticed, end: 'lost', endsAt: at(5) } as const
  assert.deepEqual(told(ended), ['available 1', 'held 5'])
  const refused = { ...over, heldAt: null, calledAt: at(2), end: 'refused' } as const
  assert.deepEqual(told(refused), ['refused 2'])
  assert.deepEqual(told({ ...over, heldAt: null, end: 'absent' }), [])
  assert.deepEqual(told({ ...over, heldAt: at(1), market: 'on-demand' }), [])
})

it('[HU13] lessons teach the same in whatever order they are read', () => {
  const lessons = [1, 9, 4].flatMap((hours) => {
    const goneAt = at(hours + 2)
    return lessonsOf(lease({ state: 'gone', heldAt: at(hours), goneAt, end: 'lost' }))
  })
  const known = learn(noBelief, lessons)
  assert.deepEqual(known, learn(noBelief, lessons.toReversed()))
  assert.equal(known.pools['acme/spot']?.isUp, false)
})

it('[HU18] a refusal is weighed once the round of asking is over, and a yes at once', () => {
  const asked = { heldAt: null, calledAt: at(1), goneAt: at(1) }
  const refused = lease({ ...asked, state: 'gone', end: 'refused' })
  const lessons = [...lessonsOf(refused), ...lessonsOf(lease({ heldAt: at(1) }))]
  const outcomesAt = (minutes: number) => {
    const { due, unripe } = ripe(lessons, at(1) + minutes * 60_000)
    return [due, unripe].map((some) => some.map(({ outcome }) => outcome))
  }
  assert.deepEqual(outcomesAt(0), [['available'], ['refused']])
  assert.deepEqual(outcomesAt(4), [['available'], ['refused']])
  assert.deepEqual(outcomesAt(5), [['refused', 'available'], []])
})

it('[HU14] quotes teach where they say something new, or say the same for long', () => {
  const quoted = (minutes: number, nodes: number) => {
    const { offers } = drawnWorld(`offer acme/spot H100:8 us $8 spot stock ${nodes}
      offer acme/sure H100:8 us $20 stock 1
      offer acme/vague H100:8 us $8 spot`)
    return offers.map((each) => ({ ...each, observedAt: drawnNow + minutes * 60_000 }))
  }
  let belief = noBelief
  const taught = (minutes: number, nodes: number) => {
    const lessons = lessonsOfQuotes(belief, quoted(minutes, nodes))
    belief = learn(belief, lessons)
    return lessons.map(({ pool, outcome }) => `${pool} ${outcome}`)
  }
  assert.deepEqual(taught(0, 2), ['acme/spot available'])
  assert.deepEqual(taught(0, 2), [])
  assert.deepEqual(taught(1, 2), [])
  assert.deepEqual(taught(2, 0), ['acme/spot refused'])
  assert.deepEqual(taught(8, 0), ['acme/spot refused'])
})
