/**
 * `calumet contract claims` and `claim`: what suppliers owe us for machines that did not do.
 */
import type { ClaimView } from '../../api/wire/money.ts'
import { formatAmount } from '../../core/contracts/amount.ts'
import { formatDay, formatMoment } from '../../core/domain/day.ts'
import { CliError, exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'
import { type Column, table } from '../show/table.ts'
import { plain } from '../show/text.ts'

const columns: readonly Column<ClaimView>[] = [
  { title: 'CLAUSE', cell: ({ clause }) => clause },
  { title: 'WITH', cell: (row) => row.with },
  { title: 'MONTH', cell: monthOf },
  { title: 'AVAILABLE', cell: available, isRight: true },
  { title: 'BILL', cell: ({ bill }) => formatAmount(BigInt(bill)), isRight: true },
  {
    title: 'CREDIT',
    cell: ({ credit }) => (credit === null ? null : formatAmount(BigInt(credit))),
    isRight: true,
  },
  {
    title: 'CLAIM BY',
    cell: ({ credit, deadline }) =>
      credit === null || deadline === null ? null : formatDay(deadline),
    tint: ({ isNear }) => (isNear ? 'yellow' : null),
  },
]

function monthOf({ from }: ClaimView): string {
  return formatDay(from).slice(0, 7)
}

/** In whole parts of a million, rounded down. */
function available({ up }: ClaimView): string | null {
  return up && `${(up.availabilityPpm / 10_000).toFixed(4)} %`
}

export async function claims(session: Session, name: string | undefined): Promise<number> {
  const api = await session.api()
  const reply = await api.call('claims', {})
  const shown = reply.claims.filter(({ clause }) => {
    return name === undefined || clause === name || clause.startsWith(`${name}/`)
  })
  session.reply({ claims: shown }, () =>
    shown.length > 0
      ? table(columns, shown, session.look)
      : 'nothing was rented for which somebody promised to be up\n',
  )
  return exitCodes.ok
}

export async function claim(session: Session, clause: string, month: string): Promise<number> {
  const api = await session.api()
  const reply = await api.call('claims', {})
  const found = reply.claims.find((each) => each.clause === clause && monthOf(each) === month)
  if (!found) {
    const there = reply.claims.map((each) => `${each.clause} ${monthOf(each)}`).join(', ')
    const known = there === '' ? 'nothing was, in the last months' : `there are ${there}`
    throw new CliError('not-found', `nothing was rented under ${clause} in ${month}; ${known}`)
  }
  session.reply(found, letter)
  return exitCodes.ok
}

/** May leave the house: it names no work of ours, and nobody else. */
function letter(of: ClaimView): string {
  const { credit, bill, up, deadline, evidence, proof } = of
  const hours = (ms: number) => (ms / 3_600_000).toFixed(2)
  const about = `${plain(of.clause)}, ${formatMoment(of.from)} to ${formatMoment(of.to)}`
  if (credit === null) {
    const as = of.withheld.length > 0 ? ', as far as prices may be told' : ''
    const kept = of.withheld.map((why) => `left out: ${plain(why)}\n`)
    return `${about}: the promise was kept${as}, nothing is owed\n${kept.join('')}`
  }
  return [
    `to ${plain(of.with)}, under ${about}:`,
    ...(up
      ? [
          `  available: ${available(of)}, ` +
            `down ${hours(up.downMs)} of ${hours(up.countedMs)} machine-hours`,
        ]
      : []),
    `  credit: ${formatAmount(BigInt(credit))} of the bill of ${formatAmount(BigInt(bill))}`,
    ...(deadline === null ? [] : [`  claimed until: ${formatMoment(deadline)}`]),
    ...(proof ? [`  SHA-256 of what was compared: ${proof.digest}`] : []),
    ...evidence.map((line) => `  - ${plain(line)}`),
    '',
    ...before(of).map((line) => `before you send it: ${line}`),
    '',
  ].join('\n')
}

/** Stays in the house. */
function before({ excluded, withheld, assumed, proof }: ClaimView): readonly string[] {
  const excuses = excluded.length === 0 ? [] : [`record any ${excluded.map(plain).join(', ')}`]
  const secret = proof ? [`keep ${proof.nonce}, which proves the SHA-256 to an auditor`] : []
  const kept = withheld.map((why) => `know what was left out: ${plain(why)}`)
  return [...excuses, ...kept, ...secret, ...assumed.map((value) => `${plain(value)} is assumed`)]
}
