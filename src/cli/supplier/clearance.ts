/**
 * `calumet supplier clearance`: what is kept from a supplier of our dealings with others.
 */
import type { ClearanceReply } from '../../api/wire/told.ts'
import { secrets } from '../../core/domain/clause.ts'
import type { Ms } from '../../core/domain/time.ts'
import { exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'
import { type Column, table } from '../show/table.ts'
import { plain } from '../show/text.ts'

export interface ClearanceOptions {
  readonly at?: Ms
}

type Withheld = ClearanceReply['withheld'][number]

const columns: readonly Column<Withheld>[] = [
  { title: 'KEPT', cell: ({ fact }) => fact },
  { title: 'OF', cell: ({ about }) => about ?? 'all others' },
  { title: 'BY', cell: ({ source }) => source },
  {
    title: 'WHY',
    cell: ({ because, isScoped }) => `${because}${isScoped ? ', in deals that it is about' : ''}`,
  },
]

export async function clearance(
  session: Session,
  name: string,
  { at }: ClearanceOptions,
): Promise<number> {
  const api = await session.api()
  const reply = await api.call('clearance', { params: { name }, query: { at } })
  session.reply(reply, ({ to, relations, withheld }) => {
    const who = `${plain(to)} (${relations.join(', ')})`
    const whole = secrets.filter((fact) => withheld.every((each) => each.fact !== fact))
    const rest = `not kept from ${who}, of anybody: ${whole.join(', ') || 'nothing'}\n`
    return withheld.length > 0 ? `${table(columns, withheld, session.look)}${rest}` : rest
  })
  return exitCodes.ok
}
