/**
 * `calumet describe`: all that is known of one job or service; `calumet why`: why it runs where it
 * runs, why not elsewhere, and what would change that.
 */

import type { VerdictView } from '../../api/wire/law.ts'
import type { EventView, WorkloadView } from '../../api/wire.ts'
import { formatUsd } from '../../core/domain/money.ts'
import { exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'
import { leaseColumns, moment, runColumns } from '../show/columns.ts'
import { outline } from '../show/outline.ts'
import { reasonsText } from '../show/plan.ts'
import { table } from '../show/table.ts'
import { plain } from '../show/text.ts'

const eventsMax = 10
const indent = '  '

export async function describe(session: Session, name: string): Promise<number> {
  const api = await session.api()
  const reply = await api.call('workload', { params: { name } })
  const look = { ...session.look, width: session.look.width - indent.length }
  const now = session.io.now()
  session.reply(reply, ({ workload, leases, reasons, events, spec }) =>
    [
      outline(facts(workload)),
      part('runs', workload.runs.length > 0 && table(runColumns(now), workload.runs, look)),
      part('leases', leases.length > 0 && table(leaseColumns(now), leases, look)),
      part('why', reasonsText(reasons)),
      part('events', events.slice(-eventsMax).map(line).join('')),
      part('spec', isObject(spec) && outline(spec)),
    ].join(''),
  )
  return exitCodes.ok
}

export interface WhyOptions {
  /** The law of another day. */
  readonly at?: number
}

export async function why(
  session: Session,
  name: string,
  { at }: WhyOptions = {},
): Promise<number> {
  const api = await session.api()
  const reply = await api.call('why', { params: { name }, query: { at } })
  if (at !== undefined) {
    session.reply(reply, ({ verdicts }) =>
      verdicts.length > 0
        ? verdicts.map(verdictText).join('')
        : `nothing that ${plain(name)} asks for is for sale now\n`,
    )
    return exitCodes.ok
  }
  const known = reply.reasons.length > 0 ? null : await api.call('workload', { params: { name } })
  session.reply(reply, ({ reasons }) => (known ? unplanned(known.workload) : reasonsText(reasons)))
  return exitCodes.ok
}

/** No plan says anything of what is over, or has no run yet. */
function unplanned({ name, state, endedAt }: WorkloadView): string {
  const told = `${plain(name)} is ${state}`
  if (endedAt === null) return `${told}; no plan was made for it yet\n`
  return `${told} since ${moment(endedAt)}: nothing is planned for it any more\n`
}

function verdictText({ offer, standing, relations, bar, says }: VerdictView): string {
  const party = [standing, ...relations].join(', ')
  const head = `${offer} (${party}): `
  const more = says.map((each) => `${indent}${plain(`${each.clause}: ${each.says}`)}\n`)
  if (bar === null) return `${plain(head)}no clause forbids it\n${more.join('')}`
  const { because, clause, source, remedy } = bar
  const why = `${because} (${clause}; ${source}); to change that, ${remedy}`
  return `${plain(head)}${plain(why)}\n${more.join('')}`
}

function facts(workload: WorkloadView) {
  const { name, kind, state, priority, wants, checkpointStep, generation } = workload
  return {
    name,
    kind,
    state,
    wants,
    priority,
    generation,
    price: `${formatUsd(workload.pricePerHour)}/h`,
    spent: formatUsd(workload.spent),
    checkpoint: checkpointStep === null ? null : `step ${checkpointStep}`,
    submitted: moment(workload.submittedAt),
    ended: workload.endedAt === null ? null : moment(workload.endedAt),
  }
}

function part(title: string, text: string | false): string {
  return text ? `\n${title}\n\n${text.replace(/^(?=.)/gm, indent)}` : ''
}

function line({ at, text }: EventView): string {
  return `${moment(at)}  ${plain(text)}\n`
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
