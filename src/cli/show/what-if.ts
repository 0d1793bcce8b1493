/**
 * The difference that a supposition makes, for people: who runs elsewhere or waits, why, and what
 * it comes to.
 */
import type { WhatIfReply } from '../../api/wire/what-if.ts'
import { formatUsd } from '../../core/domain/money.ts'
import { formatDuration, type Ms } from '../../core/domain/time.ts'
import { count } from '../../core/report/phrase.ts'
import type { Prices } from '../prices.ts'
import { perHour } from './columns.ts'
import { reasonsText } from './plan.ts'
import { type Column, type Look, table } from './table.ts'
import { plain } from './text.ts'

type Shift = WhatIfReply['shifts'][number]
type Place = Shift['before']
type Wait = WhatIfReply['waits'][number]['before']

function columnsOf({ before, after }: WhatIfReply): readonly Column<Shift>[] {
  const where = (place: Place, run: string, { waiting }: WhatIfReply['before']) => {
    if (place) return `${place.supplier}/${place.offer} ${place.accelerators}`
    return waiting.includes(run) ? 'waits' : 'not wanted'
  }
  const price = (place: Place) => perHour(place?.pricePerHour ?? null)
  return [
    { title: 'RUN', cell: ({ run }) => run },
    { title: 'AS IT IS', cell: (shift) => where(shift.before, shift.run, before) },
    { title: 'PRICE', cell: (shift) => price(shift.before), isRight: true },
    { title: 'WHAT IF', cell: (shift) => where(shift.after, shift.run, after) },
    { title: 'PRICE', cell: (shift) => price(shift.after), isRight: true },
  ]
}

export function whatIfText(reply: WhatIfReply, look: Look): string {
  const { before, after, shifts, reasons } = reply
  const sums = [sumText('price', before.pricePerHour, after.pricePerHour)]
  if (before.addedPerHour !== before.pricePerHour || after.addedPerHour !== after.pricePerHour) {
    sums.push(sumText('by contract', before.addedPerHour, after.addedPerHour))
  }
  if (before.waiting.length > 0 || after.waiting.length > 0) {
    sums.push(`waiting: ${names(before.waiting)} as it is, ${names(after.waiting)} what if\n`)
  }
  sums.push(waitsText(reply.waits))
  const parts = [
    shifts.length > 0 ? table(columnsOf(reply), shifts, look) : 'every gang would be where it is\n',
    reasonsText(reasons),
    sums.join(''),
  ]
  return parts.filter((part) => part !== '').join('\n')
}

function sumText(what: string, before: number, after: number): string {
  const by = after - before
  const change = by === 0 ? 'no difference' : `${by < 0 ? '-' : '+'}${formatUsd(Math.abs(by))}/h`
  return `${what}: ${perHour(before)} as it is, ${perHour(after)} what if: ${change}\n`
}

/** How long, as far as anything tells. */
function waitsText(waits: WhatIfReply['waits']): string {
  const told = (wait: Wait) => {
    if (!wait) return 'none'
    return wait.aboutMs === null ? 'nothing tells' : `about ${formatDuration(wait.aboutMs)}`
  }
  const lines = waits.slice(0, waitsMax).map(({ run, before, after }) => {
    return `wait of ${plain(run)}: ${told(before)} as it is, ${told(after)} what if\n`
  })
  const more = waits.length - waitsMax
  return lines.join('') + (more > 0 ? `and of ${more} more\n` : '')
}

const waitsMax = 10

function names(runs: readonly string[]): string {
  return runs.length > 0 ? runs.map(plain).join(', ') : 'none'
}

type CountedPrices = Omit<Prices, 'offers'> & { readonly offers: number }

/** How old each list is, and what of it was left out, the lines with one fault together. */
export function pricesText(lists: readonly CountedPrices[], now: Ms): string {
  return lists
    .map(({ file, asOf, offers, faults }) => {
      const age = formatDuration(Math.max(0, now - asOf))
      const byFault = Map.groupBy(faults, ({ what }) => what)
      const left = [...byFault].map(([what, each]) => {
        const lines = each.slice(0, linesMax).map(({ line }) => line)
        const more = each.length > linesMax ? ` and ${each.length - linesMax} more` : ''
        return `  ${plain(what)} (line ${lines.join(', ')}${more})\n`
      })
      const out = faults.length > 0 ? `; ${count(faults.length, 'row')} left out:` : ''
      const sold = count(offers, 'offer')
      return `prices of ${plain(file)}, ${age} old: ${sold}${out}\n${left.join('')}\n`
    })
    .join('')
}

const linesMax = 3
