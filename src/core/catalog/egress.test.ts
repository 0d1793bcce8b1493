/** Tables of egress as they are found, and what of them a policy can name. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { readEgress } from './egress.ts'

const table = `src,dest,cost
aws:us-1,gcp:us-4,0.09
aws:us-1,gcp:eu-1,0.09
aws:us-2,gcp:eu-1,0.09
aws:us-2,gcp:us-4,0.09
aws:us-1,aws:us-2,0.02
gcp:us-4,gcp:eu-1,0
`

it('[CA7] says the same in as few lines as there are prices and places alike', () => {
  assert.deepEqual(readEgress(table), {
    ways: [
      { from: ['aws:us-1', 'aws:us-2'], to: ['gcp:eu-1', 'gcp:us-4'], perGb: 90_000 },
      { from: ['aws:us-1'], to: ['aws:us-2'], perGb: 20_000 },
    ],
    ...{ pairs: 5, free: 1, faults: [] },
  })
})

it('[CA7] takes thousands of rows', () => {
  const regions = Array.from({ length: 71 }, (_, index) => `r${index}`)
  const rows = regions.flatMap((from, index) => {
    return regions.map((to) => `${from},${to},${from === to ? 0 : 0.01 * (1 + (index % 9))}`)
  })
  const { ways, pairs, faults } = readEgress(`from,to,per_gb\n${rows.join('\n')}\n`)
  assert.deepEqual([pairs, faults, ways.length], [71 * 70, [], 71])
})

for (const [row, what] of [
  ['a,,0.02', 'the way leads from a to nowhere'],
  [',b,0.02', 'the way leads from nowhere'],
  ['a b,c,0.02', 'a b is no region: it has a blank'],
  ['a,b,', 'nothing is no price in dollars for a gigabyte'],
  ['a,b,-0.02', '-0.02 is no price in dollars for a gigabyte'],
  ['a,b,cheap', 'cheap is no price in dollars for a gigabyte'],
  ['a,b,90', '$90.00 for a gigabyte is absurd'],
  ['a,a,0.02', 'a leads to itself: nothing is carried'],
  ['x,y,0.03', 'x to y stands on line 2 already'],
] as const) {
  it(`[CA7] names ${row} with its line and takes the others`, () => {
    const { ways, faults } = readEgress(`from,to,per_gb\nx,y,0.02\n${row}\n`)
    assert.deepEqual(faults, [{ line: 3, what }])
    assert.deepEqual(ways, [{ from: ['x'], to: ['y'], perGb: 20_000 }])
  })
}

it('[CA7] names the columns that are missing', () => {
  const { faults } = readEgress('source,price\na,0.02\n')
  assert.deepEqual(faults, [{ line: 1, what: 'no column to or dest or dst or destination' }])
})
