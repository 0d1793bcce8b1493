/**
 * `calumet audit`: asks the control plane to hold all invariants against its whole history and
 * against what suppliers list now.
 */
import type { AuditReply } from '../../api/wire.ts'
import { exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'
import { type Column, table } from '../show/table.ts'
import { plain } from '../show/text.ts'

type Row = AuditReply['invariants'][number]

const columns: readonly Column<Row>[] = [
  { title: 'ID', cell: ({ id }) => id },
  { title: 'INVARIANT', cell: ({ name }) => name },
  { title: 'FOUND', cell: found, tint: ({ faults }) => (faults > 0 ? 'red' : null) },
]

export async function audit(session: Session): Promise<number> {
  const api = await session.api()
  const reply = await api.call('audit', {})
  session.reply(reply, (said) => textOf(said, session))
  return reply.violations.length > 0 ? exitCodes.failed : exitCodes.ok
}

function found({ checked, faults }: Row): string {
  if (!checked) return 'not checked: nobody witnessed it here'
  if (faults === 0) return 'holds'
  return `broken ${faults === 1 ? 'once' : `${faults} times`}`
}

function textOf(
  { events, rentals, invariants, violations, silent }: AuditReply,
  { look }: Session,
) {
  const faults = violations.map(({ invariant, name, text }) => {
    return `${invariant} ${plain(name)}: ${plain(text)}\n`
  })
  const doubts = silent.map(({ supplier, said }) => {
    return `${plain(supplier)} could not be compared: ${plain(said)}\n`
  })
  const read = `read ${events} events and ${rentals} rentals\n`
  return `${table(columns, invariants, look)}\n${[...faults, ...doubts, read].join('')}`
}
