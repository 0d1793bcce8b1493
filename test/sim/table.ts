/**
 * Rows as aligned columns: names to the left, figures to the right.
 */
export type Cell = string | number

export function table(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = [columns, ...rows].map((row) => row.map(shown))
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)))
  const isFigure = columns.map((_, index) => rows.some((row) => typeof row[index] === 'number'))
  const lines = cells.map((row) =>
    row
      .map((cell, index) => {
        const width = widths[index] ?? 0
        return isFigure[index] ? cell.padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd(),
  )
  return `\n${lines.map((line) => `  ${line}`).join('\n')}\n`
}

function shown(cell: Cell): string {
  return typeof cell === 'number' ? cell.toLocaleString('en-US') : cell
}
