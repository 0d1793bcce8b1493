/**
 * `calumet cost`: what was spent and what is being spent, by supplier, workload, team,
 * accelerator or contract, and what budgets have left.
 */
import type { CostReply } from '../../api/wire.ts'
import { formatUsd } from '../../core/domain/money.ts'
import { exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'
import { costColumns, purseColumns } from '../show/columns.ts'
import { table } from '../show/table.ts'

export interface CostOptions {
  readonly by?: CostReply['by']
}

export async function cost(session: Session, { by }: CostOptions): Promise<number> {
  const api = await session.api()
  const reply = await api.call('cost', { query: { by } })
  session.reply(reply, ({ rows, total, unsure, budgets }) => {
    const limits = budgets.length > 0 ? `\n${table(purseColumns, budgets, session.look)}` : ''
    if (rows.length === 0 && unsure === 0) return `nothing was spent yet\n${limits}`
    const doubt = `unsure: up to ${formatUsd(unsure)} more, for purchases with no answer yet\n`
    const sums = `\ntotal: ${formatUsd(total)}\n${unsure > 0 ? doubt : ''}`
    return `${table(costColumns, rows, session.look)}${sums}${limits}`
  })
  return exitCodes.ok
}
