/**
 * `calumet contract`: what was signed, what of it binds on a day, which dates come, and what was
 * set aside.
 */
import type { ClauseView, ContractView, DateView, GapView, WaiverView } from '../../api/wire/law.ts'
import { formatDay } from '../../core/domain/day.ts'
import { nearest } from '../../core/spec/words.ts'
import { readDocuments } from '../documents.ts'
import { CliError, exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'
import { type Column, table } from '../show/table.ts'
import { paint, plain } from '../show/text.ts'

export interface AsOfOptions {
  readonly asKnown?: number
}

export interface WaiveOptions {
  readonly until: number
  readonly reason: string
  readonly granted?: boolean
}

const contractColumns: readonly Column<ContractView>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'WITH', cell: (row) => row.with },
  { title: 'FORM', cell: ({ form }) => form },
  { title: 'BINDINGNESS', cell: ({ bindingness }) => bindingness },
  { title: 'FROM', cell: ({ from }) => formatDay(from) },
  { title: 'TO', cell: ({ to }) => (to === null ? null : formatDay(to)) },
  { title: 'KNOWN', cell: ({ recordedAt }) => formatDay(recordedAt) },
  { title: 'CLAUSES', cell: ({ clauses }) => clauses.length, isRight: true },
]

export async function list(session: Session): Promise<number> {
  const api = await session.api()
  const reply = await api.call('contracts', { query: {} })
  session.reply(reply, ({ contracts }) =>
    contracts.length > 0
      ? table(contractColumns, contracts, session.look)
      : 'no contracts; submit one with `calumet apply -f FILE`\n',
  )
  return exitCodes.ok
}

/** Clauses in words; of one contract or clause where it is named. */
export async function explain(
  session: Session,
  name: string | undefined,
  day: { readonly at?: number; readonly known?: number },
): Promise<number> {
  const api = await session.api()
  const reply = await api.call('law', { query: { at: day.at, known: day.known } })
  const clauses = named(reply.clauses, name)
  session.reply({ ...reply, clauses }, () =>
    clauses.length > 0
      ? clauses.map((each) => clauseText(each, session)).join('\n')
      : 'no contracts; submit one with `calumet apply -f FILE`\n',
  )
  return exitCodes.ok
}

function named(clauses: readonly ClauseView[], name: string | undefined): readonly ClauseView[] {
  if (name === undefined) return clauses
  const found = clauses.filter(({ clause }) => clause === name || clause.startsWith(`${name}/`))
  if (found.length > 0) return found
  const known = clauses.flatMap(({ clause }) => [clause, clause.split('/', 1)[0] ?? ''])
  const meant = nearest(name, [...new Set(known)])
  const hint = meant === null ? '`calumet contract list` lists them' : `did you mean ${meant}?`
  throw new CliError('not-found', `there is no contract or clause ${name}; ${hint}`)
}

function clauseText(clause: ClauseView, { look }: Session): string {
  const head = `${plain(clause.clause)}  ${clause.silent === null ? 'binds' : 'does not bind'}`
  const tint = clause.silent === null ? 'green' : 'dim'
  const lines = [
    `${clause.says}; about ${clause.about}; ${clause.when}`,
    ...(clause.silent === null ? [] : [clause.silent]),
    clause.source,
    ...(clause.assumed === null ? [] : [clause.assumed]),
  ]
  const shown = look.isColoured ? paint(head, tint) : head
  return `${shown}\n${lines.map((line) => `  ${plain(line)}\n`).join('')}`
}

const dateColumns: readonly Column<DateView>[] = [
  {
    title: 'ON',
    cell: ({ at }) => formatDay(at),
    tint: ({ isNear }) => (isNear ? 'yellow' : null),
  },
  { title: 'NEAR', cell: ({ isNear }) => (isNear ? 'yes' : null) },
  { title: 'WHOSE TURN', cell: ({ by }) => by },
  { title: 'CLAUSE', cell: ({ clause }) => clause },
  { title: 'WHAT', cell: ({ what }) => what },
]

export async function calendar(session: Session): Promise<number> {
  const api = await session.api()
  const reply = await api.call('lawDates', {})
  session.reply(reply, ({ dates }) =>
    dates.length > 0 ? table(dateColumns, dates, session.look) : 'no date lies ahead\n',
  )
  return exitCodes.ok
}

const gapColumns: readonly Column<GapView>[] = [
  { title: 'CLAUSE', cell: ({ clause }) => clause },
  { title: 'CONFIDENCE', cell: ({ confidence }) => confidence },
  { title: 'ASSUMED BY US', cell: ({ assumed }) => assumed.join(', ') },
]

export interface CheckOptions {
  readonly file?: readonly string[]
}

/** With files, what would be there if they were submitted; their contradictions are refused. */
export async function check(session: Session, { file = [] }: CheckOptions): Promise<number> {
  const body = file.length > 0 ? await readDocuments(session, file) : null
  const api = await session.api()
  const reply = await (body ? api.call('checkLaw', { body }) : api.call('lawGaps', {}))
  const { contradictions } = reply
  session.reply(reply, ({ gaps, warnings }) => {
    const lines = [...contradictions, ...warnings].map((each) => `${plain(each)}\n`)
    const sure = 'every value of every clause that binds was confirmed\n'
    return `${lines.join('')}${gaps.length > 0 ? table(gapColumns, gaps, session.look) : sure}`
  })
  return contradictions.length > 0 ? exitCodes.failed : exitCodes.ok
}

export async function waive(
  session: Session,
  clause: string,
  { until, reason, granted }: WaiveOptions,
): Promise<number> {
  const api = await session.api()
  const kind = granted ? 'granted' : 'override'
  const reply = await api.call('waive', { body: { clause, until, reason, kind } })
  session.reply(reply, ({ waiver }) => {
    const { id, by, isInForce } = waiver
    const said = `${id}: ${plain(waiver.clause)} is set aside until ${formatDay(waiver.until)}`
    if (isInForce) return `${said}, says ${by.map(plain).join(' and ')}\n`
    return `${said} once somebody beside ${by.map(plain).join()} asks for the same\n`
  })
  return exitCodes.ok
}

const waiverColumns: readonly Column<WaiverView>[] = [
  { title: 'ID', cell: ({ id }) => id },
  { title: 'CLAUSE', cell: ({ clause }) => clause },
  { title: 'KIND', cell: ({ kind }) => kind },
  { title: 'BY', cell: ({ by }) => by.join(', ') },
  { title: 'IN FORCE', cell: ({ isInForce }) => (isInForce ? 'yes' : 'no') },
  { title: 'UNTIL', cell: ({ until }) => formatDay(until) },
  { title: 'REASON', cell: ({ reason }) => reason },
]

export async function waivers(session: Session): Promise<number> {
  const api = await session.api()
  const reply = await api.call('waivers', {})
  session.reply(reply, ({ waivers: all }) =>
    all.length > 0 ? table(waiverColumns, all, session.look) : 'nothing was set aside\n',
  )
  return exitCodes.ok
}
