/**
 * `calumet contract exit`: what leaving an agreement costs, from today to its end.
 */
import type { ExitView, LeavingView } from '../../api/wire/delivery.ts'
import { formatAmount } from '../../core/contracts/amount.ts'
import { formatDay } from '../../core/domain/day.ts'
import { exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'
import { type Column, table } from '../show/table.ts'

const exitColumns: readonly Column<ExitView>[] = [
  { title: 'CLAUSE', cell: ({ clause }) => clause },
  { title: 'WITH', cell: (row) => row.with },
  { title: 'STILL TO PAY', cell: ({ remaining }) => amount(remaining), isRight: true },
  { title: 'LEAVING COSTS', cell: ({ fee }) => amount(fee), isRight: true },
  { title: 'OWED BY NOW', cell: ({ owed }) => amount(owed), isRight: true },
  { title: 'NOTICE BY', cell: ({ noticeBy }) => (noticeBy === null ? null : formatDay(noticeBy)) },
  { title: 'CHEAPEST ON', cell: ({ curve }) => cheapestOf(curve) },
  { title: 'MAY BE PASSED ON', cell: ({ assignment }) => passedOn[assignment] },
  { title: 'ASSUMED', cell: ({ assumed }) => assumed.join(', ') || null },
]

const passedOn = { free: 'yes', consent: 'with consent', forbidden: 'no' } as const

function amount(micros: string | null | undefined): string | null {
  return micros === null || micros === undefined ? null : formatAmount(BigInt(micros))
}

function cheapestOf(curve: ExitView['curve']): string | null {
  const found = curve.find(({ isCheapest }) => isCheapest)
  return found ? formatDay(found.at) : null
}

interface PointRow extends LeavingView {
  readonly clause: string
}

const pointColumns: readonly Column<PointRow>[] = [
  { title: 'OF', cell: ({ clause }) => clause },
  { title: 'ON', cell: ({ at }) => formatDay(at) },
  { title: 'BECAUSE', cell: because },
  { title: 'STILL TO PAY', cell: ({ remaining }) => amount(remaining), isRight: true },
  { title: 'LEAVING', cell: (row) => costs(row, 'leave'), isRight: true },
  { title: 'CANCELLED', cell: (row) => costs(row, 'cancel'), isRight: true },
  { title: 'RESOLD', cell: (row) => costs(row, 'resale'), isRight: true },
  { title: 'PAUSED', cell: (row) => costs(row, 'pause'), isRight: true },
  { title: 'DUE BEFORE', cell: ({ before }) => amount(before), isRight: true },
  {
    title: 'IN ALL',
    cell: ({ total }) => amount(total),
    isRight: true,
    tint: ({ isCheapest }) => (isCheapest ? 'green' : null),
  },
  { title: 'CHEAPEST', cell: ({ isCheapest }) => (isCheapest ? 'here' : null) },
]

const reasons = {
  today: 'today',
  notice: 'last day of notice',
  interval: 'an interval ends',
  milestone: 'a milestone',
  payment: 'paid ahead',
  terms: 'terms change',
  end: 'its end',
} as const

function because({ because: all }: PointRow): string {
  return [...new Set(all.map(({ why }) => reasons[why]))].join(', ')
}

function costs({ ways }: PointRow, way: LeavingView['ways'][number]['way']): string | null {
  return amount(ways.find((each) => each.way === way)?.costs)
}

/** Days that only end an interval are told up to here; of more of them every second, or third, … */
const plainDays = 8

function shortened(curve: ExitView['curve']): ExitView['curve'] {
  const isPlain = ({ because: all, isCheapest }: LeavingView) => {
    return !isCheapest && all.every(({ why }) => why === 'interval')
  }
  const every = Math.ceil(curve.filter(isPlain).length / plainDays)
  let seen = 0
  return curve.filter((each) => {
    if (!isPlain(each)) return true
    seen += 1
    return seen % every === 0
  })
}

export async function exit(session: Session, name: string | undefined): Promise<number> {
  const api = await session.api()
  const reply = await api.call('exits', {})
  const exits = reply.exits.filter(({ clause }) => {
    return name === undefined || clause === name || clause.startsWith(`${name}/`)
  })
  session.reply({ exits }, () => {
    if (exits.length === 0) return 'no agreement says how it ends\n'
    const rows = exits.flatMap(({ clause, curve }) => {
      return shortened(curve).map((each) => ({ ...each, clause }))
    })
    const all = exits.reduce((sum, { curve }) => sum + curve.length, 0)
    const more = all - rows.length
    return [
      table(exitColumns, exits, session.look),
      ...(rows.length > 0 ? [`\n${table(pointColumns, rows, session.look)}`] : []),
      ...(more > 0 ? [`${more} more ends of intervals with --json\n`] : []),
    ].join('')
  })
  return exitCodes.ok
}
