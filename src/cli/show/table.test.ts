/**
 * Tables: aligned, and as wide as the terminal at most.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { type Column, table } from './table.ts'
import { widthOf } from './text.ts'

interface Row {
  readonly name: string
  readonly said: string | null
  readonly price: string
}

const columns: readonly Column<Row>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'PRICE', cell: ({ price }) => price, isRight: true },
  { title: 'SAID', cell: ({ said }) => said, tint: ({ said }) => (said ? 'red' : null) },
]
const rows: readonly Row[] = [
  { name: 'pretrain', said: null, price: '$9.00/h' },
  {
    name: '日本',
    said: 'the machines of this region are sold out until tomorrow',
    price: '$12.50/h',
  },
]

function check(width: number, expected: string) {
  assert.equal(table(columns, rows, { width, isColoured: false }), `${expected}\n`)
}

it('aligns by display width, numbers to the right', () =>
  check(
    Number.POSITIVE_INFINITY,
    `
NAME         PRICE  SAID
pretrain   $9.00/h  -
日本      $12.50/h  the machines of this region are sold out until tomorrow`.slice(1),
  ))

it('cuts the widest column where all do not fit', () =>
  check(
    40,
    `
NAME         PRICE  SAID
pretrain   $9.00/h  -
日本      $12.50/h  the machines of thi…`.slice(1),
  ))

it('cuts no number, though it should not fit', () =>
  check(
    18,
    `
NAME     PRICE  SAID
pre…   $9.00/h  -
日本  $12.50/h  the…`.slice(1),
  ))

it('never takes more columns than there are, for any width from 20 on', () => {
  for (let width = 20; width < 100; width += 1) {
    const lines = table(columns, rows, { width, isColoured: false }).trimEnd().split('\n')
    for (const line of lines) assert.ok(widthOf(line) <= width, `${width}: ${line}`)
  }
})

it('colours change nothing but colours', () => {
  const coloured = table(columns, rows, { width: 40, isColoured: true })
  assert.ok(coloured.includes('\x1b[31mthe machines of thi…\x1b[0m'))
  const bare = stripVTControlCharacters(coloured)
  assert.equal(bare, table(columns, rows, { width: 40, isColoured: false }))
})

it('lets no cell begin a line or a colour of its own', () => {
  const name = 'a\nb\x1b[31m'
  const text = table(columns, [{ name, said: null, price: '1' }], {
    width: 80,
    isColoured: false,
  })
  assert.equal(text, 'NAME            PRICE  SAID\na\\x0ab\\x1b[31m      1  -\n')
})
