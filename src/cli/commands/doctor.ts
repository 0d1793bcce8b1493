/**
 * `calumet doctor`: asks the control plane whether everything is as it should be.
 */
import { exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'
import { type Column, table } from '../show/table.ts'

interface Check {
  readonly name: string
  readonly ok: boolean
  readonly text: string
}

const columns: readonly Column<Check>[] = [
  {
    title: 'OK',
    cell: ({ ok }) => (ok ? 'yes' : 'no'),
    tint: ({ ok }) => (ok ? 'green' : 'red'),
  },
  { title: 'CHECK', cell: ({ name }) => name },
  { title: 'FOUND', cell: ({ text }) => text },
]

export async function doctor(session: Session): Promise<number> {
  const api = await session.api()
  const reply = await api.call('doctor', {})
  session.reply(reply, ({ checks }) => table(columns, checks, session.look))
  return reply.checks.every(({ ok }) => ok) ? exitCodes.ok : exitCodes.failed
}
