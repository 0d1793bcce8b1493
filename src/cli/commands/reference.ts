/**
 * `calumet schema` and `calumet accelerators`: what the program knows by itself, without a server.
 */
import { readFile } from 'node:fs/promises'
import { lookUp, nearest, sliceOf } from '../../core/catalog/accelerators.ts'
import { type Accelerator, chips, sources } from '../../core/catalog/chips.ts'
import { CliError, exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'
import { type Column, table } from '../show/table.ts'

const file = new URL('../../../schema/calumet.schema.json', import.meta.url)

export async function schema(session: Session): Promise<number> {
  session.say(await readFile(file, 'utf8'))
  return exitCodes.ok
}

const columns: readonly Column<Accelerator>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'MEMORY', cell: ({ memoryGb }) => `${memoryGb} GB`, isRight: true },
  { title: 'WORK', cell: ({ throughput }) => throughput.toFixed(2), isRight: true },
  { title: '±', cell: ({ withinPercent }) => `${withinPercent} %`, isRight: true },
  { title: 'SOURCE', cell: ({ source }) => source },
]

/** All of them, or the one that somebody calls so. */
export function accelerators(session: Session, name: string | undefined): number {
  const slice = name === undefined ? null : sliceOf(name)
  const found = name === undefined ? null : lookUp(slice?.accelerator ?? name)
  if (name !== undefined && !found) {
    const meant = nearest(name)
    const hint = meant ? `; did you mean ${meant}?` : '; each of its chips counts as one H100'
    throw new CliError('not-found', `no accelerator is known as ${name}${hint}`)
  }
  const shown = found ? [found] : chips
  const reply = { accelerators: shown, sources, chips: slice?.chips ?? null }
  session.reply(reply, () => {
    const known = table(columns, shown, session.look)
    if (!found) return `${known}\n${legend}`
    const many = slice ? `${name} is ${slice.chips} chips, rented together\n` : ''
    return `${known}\nalso called ${found.aliases.join(', ')}\n${many}`
  })
  return exitCodes.ok
}

const legend = [
  'WORK: useful training work per chip and hour, H100 = 1; a throughput in your spec overrides it',
  ...Object.entries(sources).map(([letters, what]) => `${letters}: ${what}`),
  '',
].join('\n')
