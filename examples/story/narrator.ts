/**
 * Tells the story as it happens: every line is an event of the ledger, a line of a rank's log, or
 * the output of a command that anybody can run.
 */
import { formatUsd } from '../../src/core/domain/money.ts'

const colours = process.stdout.isTTY && !process.env.NO_COLOR
const startedMs = performance.now()

function paint(code: number, text: string): string {
  return colours ? `\u001b[${code}m${text}\u001b[0m` : text
}

/** A new scene. */
export function scene(text: string): void {
  console.log(`\n${paint(1, `── ${text}`)}`)
}

/** A line with the second of the story at which it was seen. */
export function say(text: string): void {
  const second = ((performance.now() - startedMs) / 1_000).toFixed(1).padStart(5)
  console.log(`${paint(2, `${second}s`)}  ${text}`)
}

/** The command as a reader would type it, and what it printed. */
export function shown(command: string, output: string): void {
  console.log(`\n${paint(36, `$ calumet ${command}`)}\n${output.trimEnd()}\n`)
}

export interface Column {
  readonly head: string
  readonly right?: boolean
}

export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): void {
  const heads = columns.map(({ head }) => head)
  const widths = heads.map((_, index) =>
    Math.max(...[heads, ...rows].map((row) => row[index]?.length ?? 0)),
  )
  for (const [number, row] of [heads, ...rows].entries()) {
    const cells = row.map((cell, index) =>
      columns[index]?.right ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
    )
    const line = `  ${cells.join('  ').trimEnd()}`
    console.log(number === 0 ? paint(2, line) : line)
  }
}

export const usd = formatUsd
