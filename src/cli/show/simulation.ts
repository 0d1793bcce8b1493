/**
 * A simulation as people read it: what happened, who waited, what was missed and refused, what it
 * cost, and how all of that differs from today.
 */
import { formatUsd } from '../../core/domain/money.ts'
import { formatDuration } from '../../core/domain/time.ts'
import type {
  Outcome,
  Refusal,
  Simulation,
  TimelineEntry,
  WorkloadOutcome,
} from '../../sim/scenario/simulate.ts'
import { costColumns } from './columns.ts'
import { phasesText } from './phases.ts'
import { type Column, type Look, table } from './table.ts'
import { cut, paint, plain } from './text.ts'

export function simulationText(played: Simulation, look: Look, isAll: boolean): string {
  const { scenario, seed, startAt, durationMs, outcome, today } = played
  const clock = clockOf(startAt)
  const { workloads, refusals, cost, violations } = outcome
  const faults = violations.map(({ invariant, text }) => `${invariant}: ${plain(text)}\n`)
  return [
    `${scenario}: ${formatDuration(durationMs)} with seed ${seed}\n`,
    `\n${timelineText(outcome.timeline, clock, look, isAll)}`,
    part(phasesText(outcome.phases, startAt, look)),
    part(table(workloadColumns, workloads, look), workloads.length > 0),
    part(workloads.flatMap(({ reasons }) => reasons.map(line)).join('')),
    part(table(refusalColumns(clock), refusals, look), refusals.length > 0),
    part(table(costColumns, cost.bySupplier, look), cost.bySupplier.length > 0),
    `\ntotal: ${formatUsd(cost.total)}\n`,
    today === null ? '' : `\n${differenceText(outcome, today, look)}`,
    part(`the control plane broke its own rules:\n${faults.join('')}`, faults.length > 0),
  ].join('')
}

function part(text: string, isThere = text !== ''): string {
  return isThere ? `\n${text}` : ''
}

function line(text: string): string {
  return `${plain(text)}\n`
}

/** What people want to hear of; the rest is how it is done. */
const telling: ReadonlySet<string> = new Set<NonNullable<TimelineEntry['kind']>>([
  'workload.submitted',
  'workload.ended',
  'supplier.unreachable',
  'supplier.reachable',
  'supplier.quarantined',
  'policy.submitted',
  'contract.submitted',
  'supplier.standing',
  'waiver.given',
  'law.recorded',
  'rofr.moved',
  'law',
  'lease.held',
  'lease.refused',
  'lease.unsure',
  'lease.notice',
  'lease.gone',
  'run.started',
  'run.fencing',
  'run.ended',
  'plan.rejected',
])
const linesMax = 80
/** What is left out first where there is too much to tell. */
const routine: ReadonlySet<string> = new Set<NonNullable<TimelineEntry['kind']>>([
  'workload.submitted',
  'contract.submitted',
  'run.started',
  'run.ended',
  'lease.gone',
])

/** What the scenario made happen is marked, and what clauses do; what comes again is counted. */
function timelineText(
  timeline: readonly TimelineEntry[],
  clock: Clock,
  look: Look,
  isAll: boolean,
): string {
  const shown = timeline.filter(({ kind }) => isAll || kind === null || telling.has(kind))
  const whole = linesOf(shown, clock, isAll)
  const isLong = !isAll && whole.length > linesMax
  const lines = isLong
    ? linesOf(
        shown.filter(({ kind }) => kind === null || !routine.has(kind)),
        clock,
        isAll,
      )
    : whole
  const kept = isAll ? lines : lines.slice(0, linesMax)
  const left = whole.length - kept.length
  const more = left > 0 ? `and ${left} lines more; --all shows everything\n` : ''
  const texts = kept.map(({ at, text, kind, count }) => {
    const isCause = kind === null
    const mark = isCause ? '*' : kind === 'law' ? '§' : ' '
    const said = `${at}  ${mark} ${plain(text)}${count > 1 ? ` (×${count})` : ''}`
    const fit = cut(said, look.width)
    return `${isCause && look.isColoured ? paint(fit, 'bold') : fit}\n`
  })
  return texts.join('') + more
}

interface Line {
  readonly at: string
  readonly text: string
  readonly kind: TimelineEntry['kind']
  count: number
}

function linesOf(shown: readonly TimelineEntry[], clock: Clock, isAll: boolean): readonly Line[] {
  const lines: Line[] = []
  for (const { atMs, kind, text } of shown) {
    const last = lines.at(-1)
    // A lease is named by its attempt, and the next attempt is the same story.
    const same = (a: string) => a.replace(/\.\d+\.\d+/g, '')
    if (last && !isAll && same(last.text) === same(text)) last.count += 1
    else lines.push({ at: clock(atMs), text, kind, count: 1 })
  }
  return lines
}

type Clock = (atMs: number) => string

/** `1d 09:00:00` after the start, or the day and time where the scenario has dates. */
function clockOf(startAt: number | null): Clock {
  if (startAt !== null) {
    return (atMs) => new Date(startAt + atMs).toISOString().slice(0, 16).replace('T', ' ')
  }
  return (atMs) => {
    const seconds = Math.floor(atMs / 1_000)
    const two = (value: number) => String(value).padStart(2, '0')
    const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24]
    return `${days}d ${two(hours)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  }
}

const workloadColumns: readonly Column<WorkloadOutcome>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'KIND', cell: ({ kind }) => kind },
  { title: 'STATE', cell: ({ state }) => state },
  {
    title: 'WAITED',
    cell: ({ waitMs }) => (waitMs === null ? 'never ran' : formatDuration(waitMs)),
  },
  { title: 'MISSED', cell: missed, isRight: true, tint: ({ missedMs }) => tintOf(missedMs) },
  { title: 'LONGEST GAP', cell: ({ longestGapMs }) => formatDuration(longestGapMs), isRight: true },
  { title: 'STARTS', cell: ({ starts }) => starts, isRight: true },
  { title: 'COST', cell: ({ spent }) => formatUsd(spent), isRight: true },
]

function tintOf(missedMs: number) {
  return missedMs > 3_600_000 ? 'yellow' : null
}

/** In hours of gangs, and as a share of what was wanted. */
function missed({ missedMs, demandedMs }: WorkloadOutcome): string {
  const share = demandedMs === 0 ? 0 : (100 * missedMs) / demandedMs
  return `${hours(missedMs)} (${share.toFixed(1)}%)`
}

function hours(spanMs: number): string {
  return `${(spanMs / 3_600_000).toFixed(2)}h`
}

function refusalColumns(clock: Clock): readonly Column<Refusal>[] {
  return [
    { title: 'REFUSED', cell: ({ supplier, offer }) => `${supplier}/${offer}` },
    { title: 'WHY', cell: ({ why }) => why },
    { title: 'TIMES', cell: ({ count }) => count, isRight: true },
    { title: 'FIRST', cell: ({ firstMs }) => clock(firstMs) },
    { title: 'LAST', cell: ({ lastMs }) => clock(lastMs) },
  ]
}

interface Difference {
  readonly what: string
  readonly today: string
  readonly played: string
  readonly by: string
}

const differenceColumns: readonly Column<Difference>[] = [
  { title: 'AGAINST TODAY', cell: ({ what }) => what },
  { title: 'TODAY', cell: ({ today }) => today, isRight: true },
  { title: 'SCENARIO', cell: ({ played }) => played, isRight: true },
  { title: 'DIFFERENCE', cell: ({ by }) => by, isRight: true },
]

function differenceText(then: Outcome, today: Outcome, look: Look): string {
  const rows = [
    ...amounts('cost', today.cost.total, then.cost.total, formatUsd),
    ...then.cost.bySupplier.flatMap(({ name, usage, waste }) => {
      const before = today.cost.bySupplier.find((each) => each.name === name)
      const paid = before ? before.usage + before.waste : 0
      return amounts(`cost at ${name}`, paid, usage + waste, formatUsd)
    }),
    ...then.workloads.flatMap((each) => {
      const before = today.workloads.find(({ name }) => name === each.name)
      return [
        ...amounts(`${each.name}: cost`, before?.spent ?? 0, each.spent, formatUsd),
        ...amounts(`${each.name}: missed`, before?.missedMs ?? 0, each.missedMs, hours),
        ...(before?.endedMs == null || each.endedMs === null
          ? []
          : amounts(`${each.name}: ended after`, before.endedMs, each.endedMs, hours)),
      ]
    }),
  ].filter(({ today, played }) => today !== played)
  return rows.length === 0 ? 'all is as today\n' : table(differenceColumns, rows, look)
}

function amounts(
  what: string,
  today: number,
  then: number,
  show: (value: number) => string,
): readonly Difference[] {
  const by = `${then < today ? '-' : '+'}${show(Math.abs(then - today))}`
  return [{ what, today: show(today), played: show(then), by }]
}
