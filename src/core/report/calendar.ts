/**
 * What the calendar holds ahead: blocks of capacity that open later, and the ends of those that are
 * held, in order of time. What may be bought, and what comes after an end, is decided elsewhere.
 */
import { formatMoment } from '../domain/day.ts'
import type { Lease } from '../domain/lease.ts'
import type { Micros } from '../domain/money.ts'
import { type Offer, offerName, type StockSignal } from '../domain/offer.ts'
import type { Ms } from '../domain/time.ts'
import type { World } from '../domain/world.ts'
import { count, gangText, perHour } from './phrase.ts'

interface CalendarEntry {
  readonly at: Ms
  readonly what: 'opens' | 'ends'
  readonly offer: string
  /** Null where a block opens; so is the run. */
  readonly lease: string | null
  readonly run: string | null
  readonly accelerators: string
  /** Of a node where a block opens, of all nodes where a lease ends. */
  readonly pricePerHour: Micros
  readonly text: string
}

export function calendarOf({
  now,
  offers,
  leases,
}: Pick<World, 'now' | 'offers' | 'leases'>): CalendarEntry[] {
  const opening = offers.flatMap((offer) => {
    const from = offer.window?.from
    return from !== undefined && from > now ? [opens(offer, from)] : []
  })
  const ending = leases.flatMap((lease) => {
    const { endsAt, wanted, state } = lease
    return endsAt !== undefined && wanted && state !== 'gone' ? [ends(lease, endsAt)] : []
  })
  return [...opening, ...ending].sort(inOrder)
}

function opens(offer: Offer, at: Ms): CalendarEntry {
  const { accelerator, perNode, pricePerHour, stock, window } = offer
  const accelerators = gangText({ accelerator, perNode, nodes: 1 })
  const price = `${left(stock)}${accelerators} at ${perHour(pricePerHour)} a node`
  const until = window?.until === undefined ? '' : `, until ${formatMoment(window.until)}`
  const name = offerName(offer)
  return {
    ...{ at, what: 'opens', offer: name, lease: null, run: null, accelerators, pricePerHour },
    text: `${name} opens: ${price}${until}`,
  }
}

function left(stock: StockSignal): string {
  return stock.kind === 'count' ? `${count(stock.nodes, 'node')} of ` : ''
}

function ends(lease: Lease, at: Ms): CalendarEntry {
  const { id, supplier, offer, run } = lease
  const name = offerName({ supplier, id: offer })
  const accelerators = gangText(lease)
  const pricePerHour = lease.pricePerHour ?? lease.pricePerHourMax
  return {
    ...{ at, what: 'ends', offer: name, lease: id, run, accelerators, pricePerHour },
    text: `${id} at ${name} ends: ${accelerators} at ${perHour(pricePerHour)}`,
  }
}

function inOrder(a: CalendarEntry, b: CalendarEntry): number {
  return a.at - b.at || (a.text < b.text ? -1 : 1)
}
