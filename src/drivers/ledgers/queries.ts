/**
 * What people may ask of a ledger, as conditions that every SQL database understands.
 *
 * Knows no placeholders: each driver writes its own.
 */
import type { EventQuery, RowQuery } from '../../ports/ledger.ts'
import { checkCount, checkId } from './rows.ts'

export const eventColumns = 'seq, at, kind, workload, run, lease, supplier, facts'

export interface Selection {
  /** A column with its comparison, and the value it is compared to. */
  readonly conditions: readonly (readonly [string, string | number])[]
  readonly newestFirst: boolean
  readonly limit: number
}

const defaultLimit = 1_000

export function eventSelection(query: EventQuery): Selection {
  const { after, before, workload, lease, supplier, limit = defaultLimit } = query
  checkCount('limit of events', limit)
  const wished = [
    ['seq >', after],
    ['seq <', before],
    ['workload =', workload],
    ['lease =', lease],
    ['supplier =', supplier],
  ] as const
  const conditions = wished.flatMap(([column, value]) =>
    value === undefined ? [] : [[column, value] as const],
  )
  for (const [column, value] of conditions) {
    if (typeof value === 'string') checkId(`event ${column}`, value)
    else checkCount(`event ${column}`, value)
  }
  return { conditions, newestFirst: before !== undefined, limit }
}

export function rowSelection(kind: string, query: RowQuery): Required<RowQuery> {
  const { all = false, after = '', limit = defaultLimit } = query
  if (after !== '') checkId(`${kind} after`, after)
  checkCount(`limit of ${kind}`, limit)
  return { all, after, limit }
}

/** The selection as SQL, with the driver's placeholder for the value of this number, from 1. */
export function eventSql(
  { conditions, newestFirst }: Selection,
  table: string,
  placeholder: (number: number) => string,
): string {
  const wished = conditions.map(([column], index) => `${column} ${placeholder(index + 1)}`)
  const where = wished.length > 0 ? `where ${wished.join(' and ')}` : ''
  const order = newestFirst ? 'desc' : 'asc'
  const limit = placeholder(conditions.length + 1)
  return `select ${eventColumns} from ${table} ${where} order by seq ${order} limit ${limit}`
}
