/**
 * Every date that a contract sets, in one list: what has to be done, by whom, and since when it is
 * near enough to warn. Reminds, and never acts.
 */
import { type Clause, type ClauseKind, clauseName } from '../domain/clause.ts'
import type { Contract, RofrCase } from '../domain/contract.ts'
import { addMonths, civilOf, dayMs, deadlineOf, msOfCivil } from '../domain/day.ts'
import { formatUsd } from '../domain/money.ts'
import type { Ms } from '../domain/time.ts'
import { amountOf, formatAmount } from './amount.ts'
import { asOf } from './as-of.ts'
import { milestonesOf } from './money/burn-down.ts'
import { backstop } from './money/contingent.ts'
import { noticeDeadline } from './money/exit.ts'
import { intervalAt } from './money/take-or-pay.ts'

export interface CalendarEntry {
  readonly at: Ms
  readonly kind: ClauseKind
  readonly clause: string
  readonly what: string
  /** Whose turn it is: `us`, a party, or nobody, where the date comes by itself. */
  readonly by: string | null
  readonly warnFrom: Ms
  readonly isNear: boolean
  /** Values behind the date that are ours. */
  readonly assumed: readonly string[]
}

/** Days ahead of a date at which it is near; ours, and no term of any contract. */
const leadDays: Readonly<Partial<Record<ClauseKind, number>>> = {
  rofr: 3,
  sla_credit: 10,
  take_or_pay: 10,
  expansion_option: 60,
  term_end: 60,
  credit_support: 90,
}
const leadDaysElse = 30

type DueDate = Pick<CalendarEntry, 'at' | 'what' | 'by'>

export function calendar(
  history: readonly Contract[],
  cases: readonly RofrCase[],
  now: Ms,
): readonly CalendarEntry[] {
  const { inForce, silent } = asOf(history, now, now)
  const ahead = silent.flatMap(({ clause, silence }) => {
    return silence.why === 'not-begun' ? [clause] : []
  })
  const entries = [...inForce, ...ahead].flatMap((clause) => {
    const dates = [...datesOf(clause, [...inForce, ...ahead], now), ...endsOf(clause)]
    return dates.map((date) => entryOf(clause, date, now))
  })
  const ofCases = cases.flatMap((each) =>
    caseDates(each).map((date) => entryOf(each.clause, date, now)),
  )
  return [...entries, ...ofCases]
    .filter(({ at }) => at >= now)
    .sort((a, b) => a.at - b.at || (key(a) < key(b) ? -1 : 1))
}

function key({ clause, what }: CalendarEntry): string {
  return `${clause} ${what}`
}

function entryOf(clause: Clause, { at, what, by }: DueDate, now: Ms): CalendarEntry {
  const { kind, assumed } = clause
  const warnFrom = nearFrom(clause, at)
  return {
    at,
    kind,
    clause: clauseName(clause),
    what,
    by,
    warnFrom,
    isNear: now >= warnFrom,
    assumed,
  }
}

/** The moment from which on a date of a clause is near. */
export function nearFrom(clause: Clause, at: Ms): Ms {
  const { kind } = clause
  const days = kind === 'spend_commit' ? clause.warnDays : (leadDays[kind] ?? leadDaysElse)
  return at - days * dayMs
}

function datesOf(clause: Clause, all: readonly Clause[], now: Ms): readonly DueDate[] {
  switch (clause.kind) {
    case 'take_or_pay':
      return takeOrPayDates(clause, now)
    case 'spend_commit':
      return milestonesOf(clause).map(({ at, due }) => {
        return { at, what: `${formatAmount(due)} have to be spent`, by: 'us' }
      })
    case 'ramp':
      return rampDates(clause)
    case 'late_delivery':
      return terminationDates(clause, all)
    case 'sla_credit':
      return claimDates(clause, now)
    case 'price':
      return clause.reviewAt === null
        ? []
        : [{ at: clause.reviewAt, what: 'the price is looked at again', by: 'us' }]
    case 'prepay':
      return [
        { at: clause.paidAt, what: `${formatAmount(amountOf(clause.dollars))} are due`, by: 'us' },
      ]
    case 'term_end': {
      const at = noticeDeadline(clause)
      const else_ =
        clause.renewsMonths > 0 ? `it goes on for ${clause.renewsMonths} months` : 'it ends'
      return at === null ? [] : [{ at, what: `last day to give notice; else ${else_}`, by: 'us' }]
    }
    default:
      return []
  }
}

/** What happens when the clause itself is over. */
function endsOf(clause: Clause): readonly DueDate[] {
  const { to } = clause
  if (to === null) return []
  switch (clause.kind) {
    case 'expansion_option': {
      const price = formatUsd(clause.strikePerHour)
      const { value, unit } = clause.quantity
      const what = `last day to take ${value} ${unit} at ${price}; two persons decide`
      return [{ at: to, what, by: 'us' }]
    }
    case 'backstop_purchase': {
      const { worst, expected, expectedAccelerators: some } = backstop(clause)
      const { value, unit } = clause.quantity
      const most = `${formatAmount(worst)} for ${value} ${unit} of ${clause.accelerator} at most`
      const capacity = some === null ? '' : ` for ${some} accelerators`
      const ours = expected === null ? '' : `, ${formatAmount(expected)}${capacity} as we expect`
      const what = `last moment to have us buy what is unsold: ${most}${ours}`
      return [{ at: to, what, by: clause.with }]
    }
    case 'credit_support':
      return [{ at: to, what: `${clause.guarantor} stands for it no more`, by: clause.guarantor }]
    case 'spend_commit':
      return []
    default:
      return [{ at: to, what: `${clause.kind.replaceAll('_', ' ')} ends`, by: null }]
  }
}

function takeOrPayDates(clause: Clause & { kind: 'take_or_pay' }, now: Ms): readonly DueDate[] {
  const span = intervalAt(clause, now)
  const what = `the ${clause.interval} ends, and what was not used of it is owed`
  const steps = clause.steps.map(({ from, quantity }) => {
    return { at: from, what: `the quantity becomes ${quantity.value} ${quantity.unit}`, by: null }
  })
  // Hours end too often to be told one by one.
  return span && clause.interval !== 'hour' ? [{ at: span.to, what, by: 'us' }, ...steps] : steps
}

function rampDates(clause: Clause & { kind: 'ramp' }): readonly DueDate[] {
  return clause.tranches.flatMap(({ id, quantity, dueAt, reached }) => {
    if (reached.accepted !== null) return []
    const grace = {
      at: dueAt + clause.graceDays * dayMs,
      what: `the grace of ${id} ends`,
      by: clause.with,
    }
    const what = `${id} is due: ${quantity.value} ${quantity.unit}`
    return [{ at: dueAt, what, by: clause.with }, ...(clause.graceDays > 0 ? [grace] : [])]
  })
}

function terminationDates(
  clause: Clause & { kind: 'late_delivery' },
  all: readonly Clause[],
): readonly DueDate[] {
  return all.flatMap((ramp) => {
    const isOurs =
      ramp.kind === 'ramp' && ramp.contract === clause.contract && ramp.id === clause.ramp
    if (!isOurs) return []
    return ramp.tranches.flatMap(({ id, dueAt, reached }) => {
      if (reached.accepted !== null) return []
      const at = dueAt + (ramp.graceDays + clause.terminateAfterDays) * dayMs
      return [{ at, what: `from now on the ${clause.terminates} may be ended for ${id}`, by: 'us' }]
    })
  })
}

/** The claims for months that ended a while ago and whose window is still open. */
function claimDates(clause: Clause & { kind: 'sla_credit' }, now: Ms): readonly DueDate[] {
  const { year, month } = civilOf(now)
  const thisMonth = msOfCivil({ year, month, day: 1 })
  return [0, -1, -2, -3].flatMap((months) => {
    const end = addMonths(thisMonth, months)
    if (end <= clause.from) return []
    const { year: y, month: m } = civilOf(end - 1)
    const at = deadlineOf(end - 1, clause.claim, clause.calendar)
    return [{ at, what: `last day to claim for ${y}-${String(m).padStart(2, '0')}`, by: 'us' }]
  })
}

function caseDates({
  id,
  step,
  clause,
  deadline,
  longStop,
  freeUntil,
}: RofrCase): readonly DueDate[] {
  const holder = clause.with
  if (step === 'noticed' && deadline !== null) {
    return [{ at: deadline, what: `last moment for ${holder} to answer in ${id}`, by: holder }]
  }
  if (step === 'matched' && longStop !== null) {
    return [{ at: longStop, what: `last moment for ${holder} to sign in ${id}`, by: holder }]
  }
  if (step !== 'free' || freeUntil === null) return []
  return [{ at: freeUntil, what: `last moment to sign freely in ${id}`, by: 'us' }]
}
