/**
 * Text with commas → rows by the names in its first line. Quotes may hold commas, quotes and line
 * breaks. Judges no value.
 */
export interface CsvRow {
  /** The line on which it begins; the names stand on line 1. */
  readonly line: number
  /** A value by its name in lower case; empty where the row has none. */
  get(name: string): string
}

export interface Csv {
  readonly names: readonly string[]
  readonly rows: readonly CsvRow[]
}

export function readCsv(text: string): Csv {
  const [head = [], ...body] = records(text.replace(/^\uFEFF/, ''))
  const names = head.map(({ value }) => value.trim().toLowerCase())
  const at = new Map(names.map((name, index) => [name, index]))
  const rows = body
    .filter((cells) => cells.some(({ value }) => value.trim() !== ''))
    .map((cells) => ({
      line: cells[0]?.line ?? 0,
      get: (name: string) => cells[at.get(name) ?? -1]?.value.trim() ?? '',
    }))
  return { names, rows }
}

interface Cell {
  readonly line: number
  readonly value: string
}

function records(text: string): readonly Cell[][] {
  const all: Cell[][] = []
  let cells: Cell[] = []
  let line = 1
  // One cell, quoted or plain, and what ends it.
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r?\n|$)/g)) {
    const [whole, quoted, bare = '', end = ''] = match
    if (whole === '' && cells.length === 0) continue
    cells.push({ line, value: quoted?.replaceAll('""', '"') ?? bare })
    line += whole.split('\n').length - 1
    if (end === ',') continue
    all.push(cells)
    cells = []
  }
  return all
}
