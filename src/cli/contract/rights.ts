/**
 * `calumet contract burn-down`, `exposure` and `rofr`: how far commitments are used, what suppliers
 * hold of ours, and rights of first refusal from the offer to the freedom to take it.
 */
import type {
  BurnDownView,
  DecisionOrder,
  EvidenceReply,
  ExposureView,
  NoticeReply,
  RightView,
} from '../../api/wire/money.ts'
import { formatAmount } from '../../core/contracts/amount.ts'
import { formatDay } from '../../core/domain/day.ts'
import { exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'
import { type Column, table } from '../show/table.ts'
import { plain } from '../show/text.ts'

const burnDownColumns: readonly Column<BurnDownView>[] = [
  { title: 'CLAUSE', cell: ({ clause }) => clause },
  { title: 'WITH', cell: (row) => row.with },
  { title: 'BY', cell: ({ at }) => (at === null ? null : formatDay(at)) },
  { title: 'DUE', cell: ({ due }) => amount(due), isRight: true },
  { title: 'USED BY THEN', cell: ({ used }) => amount(used), isRight: true },
  { title: 'OWED', cell: ({ owed }) => (owed === '0' ? null : amount(owed)), isRight: true },
  {
    title: 'MISSING',
    cell: ({ shortfall }) => (shortfall === '0' ? null : amount(shortfall)),
    isRight: true,
    tint: ({ warns }) => (warns ? 'yellow' : null),
  },
  { title: 'NEEDED A DAY', cell: ({ neededPerDay }) => amount(neededPerDay), isRight: true },
  { title: 'WAY OUT', cell: ({ wayOut }) => wayOut && `${wayOut.way}: ${amount(wayOut.amount)}` },
  { title: 'TO MAKE UP', cell: ({ credits }) => credits && toMakeUp(credits) },
]

/** Of the hours that were paid for and not used; null where all were used in time. */
function toMakeUp({ earnedHours, expiredHours, leftHours }: Credits): string | null {
  if (earnedHours === 0) return null
  const lost = expiredHours > 0 ? `, ${Math.round(expiredHours)} lost` : ''
  return `${Math.round(leftHours)} of ${Math.round(earnedHours)} h${lost}`
}

type Credits = NonNullable<BurnDownView['credits']>

function amount(micros: string): string {
  return formatAmount(BigInt(micros))
}

export async function burnDown(session: Session, clause: string | undefined): Promise<number> {
  const api = await session.api()
  const reply = await api.call('burnDown', {})
  const commitments = reply.commitments.filter((each) => {
    return clause === undefined || each.clause === clause || each.clause.startsWith(`${clause}/`)
  })
  session.reply({ commitments }, () =>
    commitments.length > 0
      ? table(burnDownColumns, commitments, session.look)
      : 'nothing was committed to\n',
  )
  return exitCodes.ok
}

const exposureColumns: readonly Column<ExposureView>[] = [
  { title: 'SUPPLIER', cell: ({ supplier }) => supplier },
  { title: 'HELD', cell: ({ held }) => amount(held), isRight: true },
  { title: 'GUARANTEED', cell: ({ supported }) => amount(supported), isRight: true },
  {
    title: 'AT RISK',
    cell: ({ atRisk }) => amount(atRisk),
    isRight: true,
    tint: ({ atRisk, limit }) => (limit !== null && BigInt(atRisk) > BigInt(limit) ? 'red' : null),
  },
  {
    title: 'LIMIT',
    cell: ({ limit }) => (limit === null ? null : amount(limit)),
    isRight: true,
  },
  {
    title: 'MAY COME, EXPECTED',
    cell: ({ mayCome: { worst, expected } }) => {
      if (worst === '0') return null
      return expected === null ? 'not known' : amount(expected)
    },
    isRight: true,
  },
  {
    title: 'AT WORST',
    cell: ({ mayCome: { worst } }) => (worst === '0' ? null : amount(worst)),
    isRight: true,
  },
  {
    title: 'FOR',
    cell: ({ mayCome: { capacity } }) => capacity.map(capacityText).join(', ') || null,
  },
  {
    title: 'UNTIL',
    cell: ({ mayCome: { until } }) => (until === null ? null : formatDay(until)),
  },
]

function capacityText({
  accelerator,
  accelerators,
  expectedAccelerators,
}: ExposureView['mayCome']['capacity'][number]): string {
  const [some, most] = [expectedAccelerators, accelerators].map((each) => {
    return each === null ? '?' : each.toLocaleString('en-US')
  })
  return `${some} of ${most} ${accelerator}`
}

export async function exposure(session: Session): Promise<number> {
  const api = await session.api()
  const reply = await api.call('exposure', {})
  session.reply(reply, () =>
    reply.exposure.length > 0
      ? table(exposureColumns, reply.exposure, session.look)
      : 'no supplier holds anything of ours, nor may have us pay\n',
  )
  return exitCodes.ok
}

const rightColumns: readonly Column<RightView>[] = [
  { title: 'CASE', cell: ({ id }) => id },
  { title: 'STEP', cell: ({ step }) => step },
  { title: 'HOLDER', cell: ({ holder }) => holder },
  { title: 'ABOUT', cell: ({ about, thirdParty }) => `${about} from ${thirdParty}` },
  { title: 'DEADLINE', cell: ({ deadline }) => (deadline === null ? null : formatDay(deadline)) },
  {
    title: 'FREE UNTIL',
    cell: ({ freeUntil }) => (freeUntil === null ? null : formatDay(freeUntil)),
  },
]

export async function listRights(session: Session): Promise<number> {
  const api = await session.api()
  const reply = await api.call('rights', {})
  session.reply(reply, ({ rights }) =>
    rights.length > 0 ? table(rightColumns, rights, session.look) : 'no case was opened\n',
  )
  return exitCodes.ok
}

export async function openRight(
  session: Session,
  workload: string,
  offer: string,
): Promise<number> {
  const api = await session.api()
  const reply = await api.call('openRight', { body: { workload, offer } })
  session.reply(reply, ({ rights }) => table(rightColumns, rights, session.look))
  return exitCodes.ok
}

export async function notice(session: Session, id: string, proof: string): Promise<number> {
  const api = await session.api()
  const reply = await api.call('notifyRight', { body: { id, proof } })
  session.reply(reply, noticeText)
  return exitCodes.ok
}

/** What may leave the house, and nothing else of it. */
function noticeText({ to, channel, terms, answerWithin, digest, right }: NoticeReply): string {
  const told = Object.entries(terms).map(([term, value]) => {
    return `  ${term.replaceAll('_', ' ')}: ${plain(value)}`
  })
  const until = right.deadline === null ? '' : ` (${formatDay(right.deadline)})`
  return [
    `to ${plain(to)}, by ${plain(channel)}:`,
    ...told,
    `  answer within ${answerWithin}${until}`,
    `  SHA-256 of all terms: ${digest}`,
    '',
  ].join('\n')
}

export async function decide(
  session: Session,
  id: string,
  move: DecisionOrder['move'],
): Promise<number> {
  const api = await session.api()
  const reply = await api.call('decideRight', { body: { id, move } })
  session.reply(reply, ({ right }) => {
    const until = right.freeUntil === null ? '' : `, until ${formatDay(right.freeUntil)}`
    return `${plain(right.id)} is ${right.step}${until}: ${plain(right.why)}\n`
  })
  return exitCodes.ok
}

export interface EvidenceOptions {
  /** Who is to be shown it. */
  readonly for?: string
}

const evidenceColumns: readonly Column<EvidenceReply['entries'][number]>[] = [
  { title: 'AT', cell: ({ at }) => formatDay(at) },
  { title: 'STEP', cell: ({ to }) => to },
  { title: 'BY', cell: ({ actor }) => actor },
  { title: 'WHY', cell: ({ why }) => why },
  { title: 'PROOF', cell: ({ proof, digest }) => proof ?? digest },
  { title: 'CHAIN', cell: ({ chain }) => chain.slice(0, 12) },
]

export async function evidence(
  session: Session,
  id: string,
  options: EvidenceOptions,
): Promise<number> {
  const api = await session.api()
  const reply = await api.call('rightEvidence', { query: { id, for: options.for } })
  session.reply(reply, ({ summary, entries, clause, source }) => {
    const head = `${plain(clause)} (${plain(source)}): ${plain(summary)}\n\n`
    return `${head}${table(evidenceColumns, entries, session.look)}`
  })
  return exitCodes.ok
}
