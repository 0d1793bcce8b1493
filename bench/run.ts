/**
 * `npm run bench -- NAME…`: runs the named benchmarks, or all, prints a table each and writes the
 * same as JSON to `bench/results/`.
 *
 * A benchmark is a file beside this one that exports `name` and `run`.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Table } from './table.ts'

interface Benchmark {
  readonly name: string
  run(): Promise<Table>
}

const folder = fileURLToPath(new URL('.', import.meta.url))

async function benchmarks(): Promise<readonly Benchmark[]> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  const found = await Promise.all(
    files.toSorted().map((file) => import(pathToFileURL(`${folder}${file}`).href)),
  )
  return found.filter((each): each is Benchmark => typeof each.run === 'function')
}

function print({ title, columns, rows, note }: Table): void {
  const cells = [columns, ...rows].map((row) => row.map(String))
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)))
  const lines = cells.map((row) =>
    row
      .map((cell, index) =>
        index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
  console.log(`\n${title}\n\n${lines.map((line) => `  ${line}`).join('\n')}\n\n  ${note}`)
}

/** What is known under one name elsewhere, and measured in parts here. */
const groups: Readonly<Record<string, readonly string[]>> = {
  control: ['status', 'submit', 'admission'],
}

const asked = process.argv.slice(2).flatMap((each) => groups[each] ?? [each])
const known = await benchmarks()
const unknown = asked.filter((name) => !known.some((each) => each.name === name))
if (unknown.length > 0) {
  const names = known.map(({ name }) => name).join(', ')
  console.error(`there is no benchmark ${unknown.join(', ')}; there are ${names}`)
  process.exit(2)
}
mkdirSync(`${folder}results`, { recursive: true })
for (const benchmark of known) {
  if (asked.length > 0 && !asked.includes(benchmark.name)) continue
  const table = await benchmark.run()
  print(table)
  writeFileSync(`${folder}results/${benchmark.name}.json`, `${JSON.stringify(table, null, 2)}\n`)
}
