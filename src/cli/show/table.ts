/**
 * Rows as a table that fits its width: columns are aligned, and where they do not fit the widest
 * are cut. A width of infinity cuts nothing, for whoever reads a file or a pipe.
 *
 * Cells are made harmless here; colours are put on last, so that they take no room.
 */
import { cut, paint, plain, type Tint, widthOf } from './text.ts'

export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => string | number | null
  /** For numbers and prices, which are never cut: half a price would be another one. */
  readonly isRight?: boolean
  readonly tint?: (row: Row) => Tint | null
}

export interface Look {
  readonly width: number
  readonly isColoured: boolean
}

const gap = '  '
const narrowest = 4

export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  look: Look,
): string {
  const cells = rows.map((row) => columns.map(({ cell }) => textOf(cell(row))))
  const all = [columns.map(({ title }) => title), ...cells]
  const natural = columns.map((_, at) => Math.max(...all.map((row) => widthOf(row[at] ?? ''))))
  const widths = fit(natural, columns, look.width)
  const lines = all.map((row, index) => {
    const source = index === 0 ? null : (rows[index - 1] as Row)
    return lineOf(row, { columns, widths, source, look })
  })
  return lines.map((line) => `${line}\n`).join('')
}

function textOf(value: string | number | null): string {
  return value === null || value === '' ? '-' : plain(String(value))
}

/** Takes from the widest column, one sign at a time, until all of them fit or none can give. */
function fit(
  natural: readonly number[],
  columns: readonly Column<never>[],
  width: number,
): readonly number[] {
  const widths = [...natural]
  const room = width - gap.length * (widths.length - 1)
  let excess = widths.reduce((total, each) => total + each, 0) - room
  while (excess > 0) {
    const at = widest(widths, columns)
    if (at < 0) break
    widths[at] = (widths[at] ?? 0) - 1
    excess -= 1
  }
  return widths
}

function widest(widths: readonly number[], columns: readonly Column<never>[]): number {
  let best = -1
  widths.forEach((width, at) => {
    if (columns[at]?.isRight || width <= narrowest) return
    if (best < 0 || width > (widths[best] ?? 0)) best = at
  })
  return best
}

interface Line<Row> {
  readonly columns: readonly Column<Row>[]
  readonly widths: readonly number[]
  /** Null for the line of titles. */
  readonly source: Row | null
  readonly look: Look
}

function lineOf<Row>(cells: readonly string[], { columns, widths, source, look }: Line<Row>) {
  const parts = columns.map(({ isRight, tint }, at) => {
    const width = widths[at] ?? 0
    const text = cut(cells[at] ?? '', width)
    const isLast = at === columns.length - 1
    const space = ' '.repeat(Math.max(0, width - widthOf(text)))
    const colour = source === null ? 'dim' : (tint?.(source) ?? null)
    const shown = look.isColoured && colour ? paint(text, colour) : text
    if (isRight) return `${space}${shown}`
    return isLast ? shown : `${shown}${space}`
  })
  return parts.join(gap)
}
