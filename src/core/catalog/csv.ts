/**
 * Text with commas → rows by the names in its first line. Quotes may hold commas, quotes and line
 * breaks. Judges no value.
 */
export interface CsvRow {
  /** The line on which it begins; the names stand on line 1. */
  readonly line: number
  /** How many values it has. */
  readonly width: number
  /** A value by its name in lower case, without blanks around it; empty where the row has none. */
  get(name: string): string
  /** The same as it stands there. */
  raw(name: string): string
}

export interface Csv {
  /** In lower case, without blanks around them. */
  readonly names: readonly string[]
  /** The same as they stand there. */
  readonly head: readonly string[]
  readonly rows: readonly CsvRow[]
}

export function readCsv(text: string): Csv {
  const [head = [], ...body] = records(text.replace(/^\uFEFF/, ''))
  const names = head.map(({ value }) => value.trim().toLowerCase())
  const at = new Map(names.map((name, index) => [name, index]))
  const rows = body
    .filter((cells) => cells.some(({ value }) => value.trim() !== ''))
    .map((cells): CsvRow => {
      const raw = (name: string) => cells[at.get(name) ?? -1]?.value ?? ''
      const line = cells[0]?.line ?? 0
      return { line, width: cells.length, raw, get: (name) => raw(name).trim() }
    })
  return { names, head: head.map(({ value }) => value), rows }
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
