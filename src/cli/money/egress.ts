/**
 * `calumet egress`: a table of what a gigabyte costs from region to region, as the `egress` of a
 * policy. Prints and reads only; what it left out is told on stderr.
 */
import { type EgressWays, readEgress } from '../../core/catalog/egress.ts'
import { readDocument } from '../documents.ts'
import { CliError, exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'

const bytesMax = 50_000_000

export async function egress(session: Session, file: string): Promise<number> {
  const { text } = await readDocument(session, file, bytesMax)
  const { ways, pairs, free, faults } = readEgress(text)
  const [first] = faults
  if (ways.length === 0) {
    const why = first ? `, the first row at line ${first.line}: ${first.what}` : ''
    throw new CliError('invalid', `${file} holds no price of a gigabyte${why}`)
  }
  for (const { line, what } of faults) session.note(`${file}:${line} is left out: ${what}\n`)
  session.reply({ ways, pairs, free, faults }, () => {
    const told = `${pairs} ways; ${free} that cost nothing need no line`
    return `# ${told}\negress:\n${ways.map(lineOf).join('')}`
  })
  return exitCodes.ok
}

function lineOf({ from, to, perGb }: EgressWays): string {
  return `  - { from: ${listOf(from)}, to: ${listOf(to)}, per_gb: ${perGb / 1e6} }\n`
}

function listOf(regions: readonly string[]): string {
  const [first = '', ...others] = regions.map((each) => JSON.stringify(each))
  return others.length === 0 ? first : `[${[first, ...others].join(', ')}]`
}
