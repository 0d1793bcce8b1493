/**
 * `calumet supplier score` and `supplier list --public`: how suppliers did, and what customers may
 * see of the list.
 */
import type { PublicSupplier, ScoreView } from '../../api/wire/money.ts'
import { formatDay } from '../../core/domain/day.ts'
import { formatDuration } from '../../core/domain/time.ts'
import { exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'
import { type Column, table } from '../show/table.ts'
import { plain } from '../show/text.ts'

const span = (ms: number | null) => (ms === null ? null : formatDuration(ms))

const scoreColumns: readonly Column<ScoreView>[] = [
  { title: 'SUPPLIER', cell: ({ supplier }) => supplier },
  { title: 'ASKED', cell: ({ asked }) => asked, isRight: true },
  { title: 'REFUSED', cell: ({ refused }) => refused, isRight: true },
  { title: 'UNANSWERED', cell: ({ unanswered }) => unanswered, isRight: true },
  { title: 'READY AFTER', cell: ({ readyMsMedian }) => span(readyMsMedian), isRight: true },
  { title: '9 OF 10', cell: ({ readyMsP90 }) => span(readyMsP90), isRight: true },
  { title: 'DEAD', cell: ({ dead }) => dead, isRight: true },
  { title: 'TAKEN BACK', cell: ({ takenBack }) => takenBack, isRight: true },
  { title: 'DEARER', cell: ({ dearer }) => dearer, isRight: true },
  { title: 'TRANCHES', cell: ({ tranches }) => tranches, isRight: true },
  { title: 'LATE', cell: ({ late }) => late, isRight: true },
]

export async function score(session: Session): Promise<number> {
  const api = await session.api()
  const reply = await api.call('scores', {})
  session.reply(reply, ({ scores }) =>
    scores.length > 0 ? table(scoreColumns, scores, session.look) : 'nobody was asked yet\n',
  )
  return exitCodes.ok
}

const publicColumns: readonly Column<PublicSupplier>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'SINCE', cell: ({ since }) => (since === null ? null : formatDay(since)) },
  { title: 'PRODUCTS', cell: ({ products }) => products?.join(', ') ?? null },
  { title: 'REGIONS', cell: ({ regions }) => regions?.join(', ') ?? null },
  { title: 'JURISDICTIONS', cell: ({ jurisdictions }) => jurisdictions.join(', ') || null },
]

export async function listPublic(session: Session): Promise<number> {
  const api = await session.api()
  const reply = await api.call('publicSuppliers', {})
  const { withheld } = await api.call('clearance', { params: { name: 'public' } })
  for (const { fact, because, source } of withheld) {
    if (fact === 'existence') session.note(`left out: ${plain(because)} (${plain(source)})\n`)
  }
  session.reply(reply, ({ suppliers }) =>
    suppliers.length > 0 ? table(publicColumns, suppliers, session.look) : 'no supplier is used\n',
  )
  return exitCodes.ok
}
