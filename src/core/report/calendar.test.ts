/** What is ahead, in order of time. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { drawnNow, drawnWorld } from '../../testing/world.ts'
import { formatDuration } from '../domain/time.ts'
import { calendarOf } from './calendar.ts'

it('tells of blocks that open later and of the ends of what is held, and of nothing else', () => {
  const world = drawnWorld(`
    offer acme/sure H100:8 us $20
    offer bolt/open H100:8 us $9 opens 0s ends 9h
    offer bolt/later H100:8 us $10 stock 8 opens 3h ends 9h
    offer bolt/ever H100:8 us $11 opens 1h
    job train H100:8 x2
    lease train.0.1 ready at bolt/open for $18 ends 2h
    lease train.0.2 gone at bolt/open for $18 ends 1h
    lease train.0.3 held at acme/sure for $40`)
  const told = calendarOf(world).map(({ at, text }) => `${formatDuration(at - drawnNow)} ${text}`)
  const end = new Date(drawnNow + 9 * 3_600_000).toISOString().replace('.000', '')
  assert.deepEqual(told, [
    '1h bolt/ever opens: H100:8 at $11.00/h a node',
    '2h train.0.1 at bolt/open ends: H100:8 x2 at $18.00/h',
    `3h bolt/later opens: 8 nodes of H100:8 at $10.00/h a node, until ${end}`,
  ])
})
