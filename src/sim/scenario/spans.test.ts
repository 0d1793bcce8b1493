/**
 * Time that overlaps, and time that is missing.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { shortfall, spansOf } from './spans.ts'

const spans = (text: string) =>
  text
    .split(' ')
    .filter(Boolean)
    .map((each) => {
      const [from = 0, to = 0] = each.split('-').map(Number)
      return { from, to }
    })

function whole(count: number, ranks: string, expected: string) {
  const found = spansOf(spans(ranks), count).map(({ from, to }) => `${from}-${to}`)
  assert.equal(found.join(' '), expected)
}

it('[SC6] finds when all ranks of a gang ran at once', () => {
  whole(1, '', '')
  whole(1, '3-9', '3-9')
  whole(2, '3-9', '')
  whole(2, '3-9 5-12', '5-9')
  whole(2, '0-4 0-4 4-8 4-8', '0-4 4-8')
  whole(2, '0-10 2-3 6-8', '2-3 6-8')
})

function missing(wanted: string, there: string, expected: readonly number[]) {
  const wants = wanted.split(' ').map((each) => {
    const [span = '', count = ''] = each.split('x')
    return { ...(spans(span)[0] ?? { from: 0, to: 0 }), count: Number(count) }
  })
  const { demandedMs, missedMs, longestGapMs } = shortfall(wants, spans(there))
  assert.deepEqual([demandedMs, missedMs, longestGapMs], expected)
}

it('[SC6] counts what was wanted and not there', () => {
  missing('10-30x1', '12-30', [20, 2, 2])
  missing('10-30x1', '', [20, 20, 20])
  missing('10-30x2', '10-30 10-20', [40, 10, 10])
  missing('10-20x1 20-30x3', '10-30', [40, 20, 10])
  missing('10-30x1', '0-50 0-50', [20, 0, 0])
  missing('10-30x1', '12-15 19-30', [20, 6, 4])
})
