/**
 * A plan for people: what changes, what will be bought and where, why, and what it comes to.
 */
import type { ActionView, ApplyReply, CalendarView, PlanReply, ReasonView } from '../../api/wire.ts'
import { formatUsd, sum } from '../../core/domain/money.ts'
import { moment, perHour } from './columns.ts'
import { type Column, type Look, table } from './table.ts'
import { plain } from './text.ts'

type Change = ApplyReply['results'][number]

const verbs = { acquire: 'buy', release: 'give back', start: 'start', drain: 'stop' } as const

const actionColumns: readonly Column<ActionView>[] = [
  { title: 'DO', cell: (action) => verbs[action.do] },
  { title: 'RUN', cell: ({ run }) => run },
  { title: 'WHAT', cell: ({ accelerators }) => accelerators },
  { title: 'OFFER', cell: ({ supplier, offer }) => supplier && `${supplier}/${offer ?? '?'}` },
  { title: 'PRICE', cell: ({ pricePerHour }) => perHour(pricePerHour), isRight: true },
]

/** What was written: `created Job hello`. */
export function changesText(changes: readonly Change[]): string {
  return changes.map(({ change, kind, name }) => `${change} ${kind} ${plain(name)}\n`).join('')
}

const intents = { created: 'create', changed: 'change', unchanged: 'leave unchanged' } as const

function intentsText(changes: readonly Change[]): string {
  return changes
    .map(({ change, kind, name }) => `${intents[change]} ${kind} ${plain(name)}\n`)
    .join('')
}

/** All reasons, or only why each purchase was chosen and why each wish stays unmet. */
export function planText(plan: PlanReply, look: Look, whys: 'all' | 'decisive'): string {
  const { actions, reasons, unmet, pricePerHourNow, pricePerHourThen } = plan
  const shown = whys === 'all' ? reasons : reasons.filter((reason) => isDecisive(reason, plan))
  const prices = `${formatUsd(pricePerHourNow)}/h now, ${formatUsd(pricePerHourThen)}/h then`
  const parts = [
    intentsText(plan.changes),
    plan.warnings.map((text) => `warning: ${plain(text)}\n`).join(''),
    actions.length > 0 ? table(actionColumns, actions, look) : 'nothing to buy, start or stop\n',
    reasonsText(shown),
    `${unmet.length > 0 ? `unmet: ${unmet.map(plain).join(', ')}\n` : ''}price: ${prices}\n`,
    plan.market ? marketText(plan.market) : '',
    whys === 'all' ? calendarText(plan.calendar) : '',
  ]
  return parts.filter((part) => part !== '').join('\n')
}

/** How good the purchases are together, and what more of the scarcest offers would be worth. */
function marketText({ cost, least, prices }: NonNullable<PlanReply['market']>): string {
  const less = cost > 0 ? (100 * (cost - least)) / cost : 0
  const proof = `proven: no plan could buy this work more than ${less.toFixed(1)} % cheaper\n`
  const scarce = prices.toSorted((a, b) => b.perNodeHour - a.perNodeHour).slice(0, scarceMax)
  const worth = scarce.map(({ offer, perNodeHour }) => {
    return `one more node at ${plain(offer)} would save ${formatUsd(perNodeHour)}/h\n`
  })
  return proof + worth.join('')
}

const scarceMax = 3

/** Blocks that open later, and ends of what is held. */
function calendarText(calendar: readonly CalendarView[]): string {
  if (calendar.length === 0) return ''
  return `ahead:\n${calendar.map(({ at, text }) => `  ${moment(at)}  ${plain(text)}\n`).join('')}`
}

function isDecisive({ run, why }: ReasonView, { actions, unmet }: PlanReply): boolean {
  if (unmet.includes(run)) return true
  const isBought = actions.some((action) => action.do === 'acquire' && action.run === run)
  return isBought && (why === 'chosen' || why === 'moving' || why === 'hunting')
}

/** The reasons of each run below its name, in the order in which they came. */
export function reasonsText(reasons: readonly ReasonView[]): string {
  const runs = Map.groupBy(reasons, ({ run }) => run)
  return [...runs]
    .map(([run, group]) => {
      const texts = [...new Set(group.map(({ text }) => `  ${plain(text)}\n`))]
      return `${plain(run)}:\n${texts.join('')}`
    })
    .join('')
}

/** The price per hour of all that is to be bought; what is dearer by then is not bought. */
export function purchasePerHour({ actions }: PlanReply): number | null {
  const purchases = actions.filter((action) => action.do === 'acquire')
  if (purchases.length === 0) return null
  return sum(purchases.map(({ pricePerHour }) => pricePerHour ?? 0))
}
