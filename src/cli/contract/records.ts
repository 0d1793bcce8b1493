/**
 * `calumet contract record` and `calumet contract records`: what happened that clauses ask for.
 */
import type { RecordOrder, RecordView } from '../../api/wire/law.ts'
import { formatDay, formatMoment } from '../../core/domain/day.ts'
import { exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'
import { type Column, table } from '../show/table.ts'

const columns: readonly Column<RecordView>[] = [
  { title: 'ID', cell: ({ id }) => id },
  { title: 'ON', cell: ({ at }) => formatDay(at) },
  { title: 'WHAT', cell: said },
  { title: 'BY', cell: ({ by }) => by },
  { title: 'DOCUMENT', cell: ({ document }) => document },
]

function said(record: RecordView): string {
  if (record.kind === 'index') {
    const { index, unit, levels } = record
    const [first] = levels
    if (levels.length === 1 && first) return `${index} stood at ${first.value} ${unit}`
    return `${index} in ${unit} on ${levels.length} days until then`
  }
  if (record.kind === 'excuse') {
    const { supplier, cause, until } = record
    return `what was down at ${supplier} until ${formatMoment(until)} was so for ${cause}`
  }
  if (record.kind !== 'first-look') {
    const { kind, product, supplier } = record
    return kind === 'launch'
      ? `${product} was launched at ${supplier}`
      : `${supplier} cannot carry ${product}`
  }
  const { releasedAt } = record
  const free = releasedAt === null ? '' : `, and let us go on ${formatDay(releasedAt)}`
  return `whoever has ${record.clause} was asked first${free}`
}

export async function record(session: Session, body: RecordOrder): Promise<number> {
  const api = await session.api()
  const reply = await api.call('keepRecord', { body })
  session.reply(reply, (kept) => table(columns, [kept.record], session.look))
  return exitCodes.ok
}

export async function records(session: Session): Promise<number> {
  const api = await session.api()
  const reply = await api.call('records', {})
  session.reply(reply, ({ records: all }) =>
    all.length > 0 ? table(columns, all, session.look) : 'nothing was recorded\n',
  )
  return exitCodes.ok
}
