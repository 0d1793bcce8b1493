/**
 * `calumet contract delivery`, `contingent` and `substitute`: what was promised to come, what may
 * come besides, and what may stand in for it.
 */
import type {
  BackstopView,
  OptionView,
  RampView,
  SubstitutionReply,
  TrancheView,
  VestingView,
} from '../../api/wire/delivery.ts'
import { formatAmount } from '../../core/contracts/amount.ts'
import { formatDay } from '../../core/domain/day.ts'
import { formatUsd } from '../../core/domain/money.ts'
import { CliError, exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'
import { type Column, table } from '../show/table.ts'
import { plain } from '../show/text.ts'

const trancheColumns: readonly Column<TrancheView>[] = [
  { title: 'TRANCHE', cell: ({ tranche }) => tranche },
  { title: 'WITH', cell: (row) => row.with },
  { title: 'WHAT', cell: ({ accelerator, accelerators }) => chips(accelerators, accelerator) },
  { title: 'IS', cell: ({ rung }) => rung },
  { title: 'DUE', cell: ({ dueAt }) => formatDay(dueAt) },
  { title: 'LIKELY BY', cell: (row) => ahead(row, row.likelyAt) },
  { title: '9 IN 10 BY', cell: (row) => ahead(row, row.lateAt) },
  {
    title: 'LATE',
    cell: ({ late }) => (late ? `${count(late.days)} days` : null),
    isRight: true,
    tint: ({ late }) => (late ? 'yellow' : null),
  },
  { title: 'CREDIT', cell: ({ late }) => amount(late?.credit), isRight: true },
  { title: 'MAY END FROM', cell: ({ late }) => (late ? formatDay(late.mayEndFrom) : null) },
]

const rampColumns: readonly Column<RampView>[] = [
  { title: 'ALL OF', cell: ({ clause }) => clause },
  { title: 'WITH', cell: (row) => row.with },
  { title: 'ACCEPTED', cell: ({ accepted }) => count(accepted), isRight: true },
  { title: 'IN 30 DAYS', cell: (row) => within(row, 30), isRight: true },
  { title: '90 DAYS', cell: (row) => within(row, 90), isRight: true },
  { title: 'A YEAR', cell: (row) => within(row, 365), isRight: true },
  { title: 'PROMISED', cell: ({ promised }) => count(promised), isRight: true },
]

function within({ expected }: RampView, days: number): string | null {
  const found = expected.find((each) => each.days === days)
  return found ? count(found.accelerators) : null
}

const vestingColumns: readonly Column<VestingView>[] = [
  { title: 'CLAUSE', cell: ({ clause }) => clause },
  { title: 'WITH', cell: (row) => row.with },
  { title: 'VESTED', cell: ({ vestedShares }) => count(vestedShares), isRight: true },
  { title: 'OF SHARES', cell: ({ shares }) => count(shares), isRight: true },
  {
    title: 'MISSING FOR THE NEXT',
    cell: ({ missing }) => (missing === null ? null : count(missing)),
    isRight: true,
  },
]

function chips(accelerators: number | null, accelerator: string): string {
  return accelerators === null ? accelerator : `${count(accelerators)} ${accelerator}`
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

/** What has come needs no forecast. */
function ahead({ rung }: TrancheView, at: number): string | null {
  return rung === 'accepted' ? null : formatDay(at)
}

function amount(micros: string | null | undefined): string | null {
  return micros === null || micros === undefined ? null : formatAmount(BigInt(micros))
}

function isOf(name: string | undefined, of: string): boolean {
  return name === undefined || of === name || of.startsWith(`${name}/`)
}

export async function delivery(session: Session, name: string | undefined): Promise<number> {
  const api = await session.api()
  const reply = await api.call('delivery', {})
  const tranches = reply.tranches.filter(({ tranche }) => isOf(name, tranche))
  const ramps = reply.ramps.filter(({ clause }) => isOf(name, clause))
  const vesting = reply.vesting.filter(({ clause }) => isOf(name, clause))
  session.reply({ tranches, ramps, vesting }, () => {
    const shown = [
      ...(tranches.length > 0 ? [table(trancheColumns, tranches, session.look)] : []),
      ...(ramps.length > 0 ? [table(rampColumns, ramps, session.look)] : []),
      ...(vesting.length > 0 ? [table(vestingColumns, vesting, session.look)] : []),
    ]
    return shown.length > 0 ? shown.join('\n') : 'nothing was promised to come\n'
  })
  return exitCodes.ok
}

const optionColumns: readonly Column<OptionView>[] = [
  { title: 'OPTION', cell: ({ clause }) => clause },
  { title: 'WITH', cell: (row) => row.with },
  { title: 'WHAT', cell: ({ accelerator, accelerators }) => chips(accelerators, accelerator) },
  { title: 'AT $/H', cell: ({ strikePerHour }) => formatUsd(strikePerHour), isRight: true },
  {
    title: 'MARKET $/H',
    cell: ({ marketPerHour }) => (marketPerHour === null ? null : formatUsd(marketPerHour)),
    isRight: true,
  },
  { title: 'DAYS', cell: ({ termDays }) => count(termDays), isRight: true },
  { title: 'SAVES TODAY', cell: ({ value }) => amount(value), isRight: true },
  { title: 'TAKE BY', cell: ({ until }) => (until === null ? null : formatDay(until)) },
  { title: 'ASKED', cell: ({ asked }) => asked.map(askedText).join('; ') || null },
  { title: 'ASSUMED', cell: ({ assumed }) => assumed.join(', ') || null },
]

/** What an option is worth in one case. */
interface WorthRow {
  readonly option: string
  readonly where: string
  readonly value: string | null
  readonly breakEvenPerHour: number | null
}

const worthColumns: readonly Column<WorthRow>[] = [
  { title: 'OPTION', cell: ({ option }) => option },
  { title: 'WHERE', cell: ({ where }) => where },
  { title: 'SAVES', cell: ({ value }) => amount(value), isRight: true },
  {
    title: 'PAYS FROM $/H',
    cell: ({ breakEvenPerHour: price }) => (price === null ? null : formatUsd(price)),
    isRight: true,
  },
]

function worthRows({ clause: option, ...view }: OptionView): readonly WorthRow[] {
  const { value, breakEvenPerHour, marketPerHour, marketOffer, forecast } = view
  const breakEven = formatUsd(breakEvenPerHour)
  const today = `all is used, and the market stays at ${marketOffer ?? 'what nobody sells it for'}`
  return [
    ...(marketPerHour === null ? [] : [{ option, where: today, value, breakEvenPerHour }]),
    { option, where: `the market costs ${breakEven}`, value: '0', breakEvenPerHour },
    ...(['least', 'likely', 'most'] as const).flatMap((is) => {
      if (!forecast) return []
      const where = `our forecast from ${formatDay(forecast.from)}, ${is}`
      return [{ option, where, ...forecast[is] }]
    }),
  ]
}

function askedText({ quantity, dueAt, by }: OptionView['asked'][number]): string {
  return `${by.join(' and ')}: ${count(quantity)}, due ${formatDay(dueAt)}`
}

const backstopColumns: readonly Column<BackstopView>[] = [
  { title: 'BACKSTOP', cell: ({ clause }) => clause },
  { title: 'WITH', cell: (row) => row.with },
  {
    title: 'ACCELERATORS',
    cell: ({ accelerators }) => (accelerators === null ? null : count(accelerators)),
    isRight: true,
  },
  { title: 'AT WORST', cell: ({ worst }) => amount(worst), isRight: true },
  {
    title: 'EXPECTED',
    cell: ({ expected }) => amount(expected) ?? 'not known',
    isRight: true,
  },
  {
    title: 'ACCELERATORS EXPECTED',
    cell: ({ expectedAccelerators: some }) => (some === null ? null : count(some)),
    isRight: true,
  },
  { title: 'UNTIL', cell: ({ until }) => (until === null ? null : formatDay(until)) },
  { title: 'ASSUMED', cell: ({ assumed }) => assumed.join(', ') || null },
]

export async function contingent(session: Session): Promise<number> {
  const api = await session.api()
  const reply = await api.call('contingent', {})
  const { options, backstops } = reply
  session.reply(reply, () => {
    const shown = [
      ...(options.length > 0 ? [table(optionColumns, options, session.look)] : []),
      ...(options.length > 0
        ? [table(worthColumns, options.flatMap(worthRows), session.look)]
        : []),
      ...(backstops.length > 0 ? [table(backstopColumns, backstops, session.look)] : []),
    ]
    return shown.length > 0 ? shown.join('\n') : 'there are no options and no backstops\n'
  })
  return exitCodes.ok
}

export interface ExerciseOptions {
  readonly quantity: number
  readonly due: number
  readonly paper: string
}

export async function exercise(
  session: Session,
  clause: string,
  { quantity, due: dueAt, paper }: ExerciseOptions,
): Promise<number> {
  const api = await session.api()
  const reply = await api.call('exercise', { body: { clause, quantity, dueAt, paper } })
  session.reply(reply, ({ exercise: { id, by, takenAt } }) => {
    const said = `${id}: ${count(quantity)} of ${plain(clause)}, due ${formatDay(dueAt)},`
    const persons = by.map(plain).join(' and ')
    if (takenAt === null) return `${said} once somebody beside ${persons} says the same\n`
    return `${said} are taken, say ${persons}\n`
  })
  return exitCodes.ok
}

export async function substitute(
  session: Session,
  clause: string,
  figures: readonly string[],
): Promise<number> {
  const delivered = Object.fromEntries(figures.map(figureOf))
  const api = await session.api()
  const reply = await api.call('substitute', { body: { clause, delivered } })
  session.reply(reply, () => verdictOf(reply))
  return exitCodes.ok
}

function figureOf(text: string): readonly [string, number | string] {
  const at = text.indexOf('=')
  const [key, value] = [text.slice(0, at), text.slice(at + 1)]
  if (at < 1 || value === '') {
    throw new CliError('invalid', `${text} is no figure; write it as memory_gb=141`)
  }
  return [key, /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value]
}

const verdicts = {
  accept: 'it may stand in for what was agreed',
  consent: 'it needs our consent in writing',
  refuse: 'it may not stand in for what was agreed',
} as const

function verdictOf({ clause, with: party, verdict, differences, meetBy }: SubstitutionReply) {
  const by = meetBy === null ? '' : `; meet ${plain(party)} about it by ${formatDay(meetBy)}`
  const lines = differences.map(({ figure, agreed, delivered }) => {
    const is = delivered === null ? 'was not measured' : `is ${plain(String(delivered))}`
    return `  ${plain(figure)} ${is}, and was agreed as ${plain(String(agreed))}`
  })
  return [`${plain(clause)}: ${verdicts[verdict]}${by}`, ...lines, ''].join('\n')
}
