/**
 * What a supplier has sold, as a function of its journal, and what it says to the next order.
 *
 * No I/O and no clock: time and ids are arguments, so that any world can keep these books. All
 * events of a rental are appended in the order of its life; `record` trusts them.
 */
import { formatMoment } from '../core/domain/day.ts'
import { formatUsd, type Micros } from '../core/domain/money.ts'
import type { SaleWindow } from '../core/domain/offer.ts'
import type { SupplierClass } from '../core/domain/supplier.ts'
import type { Ms } from '../core/domain/time.ts'
import type { Market } from '../core/domain/workload.ts'
import type { Problem, RentalShown } from '../protocol/supplier.ts'

/** One shape of machine, and how many of it there are. */
export interface OfferTerms {
  readonly id: string
  readonly accelerator: string
  readonly perNode: number
  readonly market: Market
  /** For one node. */
  readonly pricePerHour: Micros
  readonly nodes: number
  /** What joins the nodes of one purchase. */
  readonly fabric?: string
  /** Of a block: when it is sold, and when every rental of it ends. */
  readonly window?: SaleWindow
}

export interface Terms {
  readonly class: SupplierClass
  readonly listLagMs: number
  readonly offers: readonly OfferTerms[]
}

/** What is bought; the same key with another order is a mistake of the buyer. */
export interface Order {
  readonly owner: string
  readonly key: string
  readonly offer: string
  readonly nodes: number
  /** For all nodes together. */
  readonly pricePerHourMax: Micros
}

/** A process that cannot be mistaken for another one that got the same pid later. */
export interface ProcessId {
  readonly pid: number
  readonly start: string
}

export type SupplierEvent =
  | OrderedEvent // the intent: nodes are taken, nothing runs
  | BoundEvent // its machines run and cost
  | { readonly kind: 'undone'; readonly at: Ms; readonly rental: string }
  | { readonly kind: 'down'; readonly at: Ms; readonly rental: string; readonly index: number }
  | { readonly kind: 'noticed'; readonly at: Ms; readonly rental: string; readonly until: Ms }
  | { readonly kind: 'ending'; readonly at: Ms; readonly rental: string }
  | { readonly kind: 'ended'; readonly at: Ms; readonly rental: string }
  | {
      readonly kind: 'changed'
      readonly at: Ms
      readonly offer: string
      /** Null is the value in the config file. */
      readonly nodes: number | null
      readonly pricePerHour: Micros | null
    }

interface OrderedEvent extends Order {
  readonly kind: 'ordered'
  readonly at: Ms
  readonly rental: string
  readonly pricePerHour: Micros
  /** The end of its block. */
  readonly endsAt?: Ms
}

interface BoundEvent {
  readonly kind: 'bound'
  readonly at: Ms
  readonly rental: string
  /** Counts all rentals ever bound, from 1: the order of the listing. */
  readonly place: number
  /** When its machines have booted. */
  readonly upAt: Ms
  readonly processes: readonly ProcessId[]
}

export interface Sold extends Order {
  readonly id: string
  readonly pricePerHour: Micros
  /** The end of the block that it was sold in, whatever is sold by now. */
  readonly endsAt?: Ms
  readonly orderedAt: Ms
  /** Null until the order was carried out. */
  readonly bound: Pick<BoundEvent, 'place' | 'at' | 'upAt'> | null
  readonly processes: readonly ProcessId[]
  /** Nodes that went down by themselves. */
  readonly down: readonly number[]
  readonly noticeUntil: Ms | null
  readonly endingAt: Ms | null
  readonly endedAt: Ms | null
}

/** Written by `record` alone. */
export interface Books {
  readonly sold: Map<string, Sold>
  readonly changes: Map<string, { nodes: number | null; pricePerHour: Micros | null }>
  places: number
  ended: number
  /** The newest moment in the journal: time never runs backwards here. */
  at: Ms
}

/** So many ended rentals stay listed, and their keys known; older ones are forgotten. */
export const endedMax = 10_000

export function emptyBooks(): Books {
  return { sold: new Map(), changes: new Map(), places: 0, ended: 0, at: 0 }
}

export function record(books: Books, event: SupplierEvent): void {
  books.at = Math.max(books.at, event.at)
  if (event.kind === 'changed') {
    const { nodes, pricePerHour } = event
    books.changes.set(event.offer, { nodes, pricePerHour })
  } else if (event.kind === 'ordered') {
    books.sold.set(event.rental, begun(event))
  } else if (event.kind === 'undone') {
    books.sold.delete(event.rental)
  } else {
    const sold = books.sold.get(event.rental)
    if (!sold) throw new Error(`${event.kind} says ${event.rental}, which nobody ordered`)
    books.sold.set(event.rental, moved(books, sold, event))
    if (event.kind === 'ended') forgetOldest(books)
  }
}

function begun({ kind: _kind, at, rental, ...order }: OrderedEvent): Sold {
  const nothing = { bound: null, processes: [], down: [] }
  const open = { noticeUntil: null, endingAt: null, endedAt: null }
  return { ...order, id: rental, orderedAt: at, ...nothing, ...open }
}

type Move = Exclude<SupplierEvent, { kind: 'changed' | 'ordered' | 'undone' }>

function moved(books: Books, sold: Sold, event: Move): Sold {
  switch (event.kind) {
    case 'bound': {
      const { place, at, upAt, processes } = event
      books.places = place
      return { ...sold, bound: { place, at, upAt }, processes }
    }
    case 'down':
      return { ...sold, down: [...sold.down, event.index] }
    case 'noticed':
      return { ...sold, noticeUntil: event.until }
    case 'ending':
      return { ...sold, endingAt: event.at }
    case 'ended':
      books.ended += 1
      return { ...sold, endedAt: event.at }
  }
}

function forgetOldest(books: Books): void {
  if (books.ended <= endedMax) return
  for (const sold of books.sold.values()) {
    if (sold.endedAt === null) continue
    books.sold.delete(sold.id)
    books.ended -= 1
    return
  }
}

/** The shortest journal that gives the same books. */
export function digest(books: Books): SupplierEvent[] {
  const changes = [...books.changes].map(
    ([offer, change]) => ({ kind: 'changed', at: books.at, offer, ...change }) as const,
  )
  return [...changes, ...[...books.sold.values()].flatMap((sold) => lifeOf(sold, books.at))]
}

/** What has no moment in the books is said to have happened at the newest one. */
function lifeOf(sold: Sold, newest: Ms): SupplierEvent[] {
  const { id: rental, owner, key, offer, nodes, pricePerHourMax, pricePerHour } = sold
  const ends = sold.endsAt === undefined ? {} : { endsAt: sold.endsAt }
  const order = { owner, key, offer, nodes, pricePerHourMax, pricePerHour, ...ends }
  const life: SupplierEvent[] = [{ kind: 'ordered', at: sold.orderedAt, rental, ...order }]
  const { bound, noticeUntil: until, endingAt, endedAt, processes } = sold
  if (bound) life.push({ kind: 'bound', rental, ...bound, processes })
  for (const index of sold.down) life.push({ kind: 'down', at: newest, rental, index })
  if (until !== null) life.push({ kind: 'noticed', at: newest, rental, until })
  if (endingAt !== null) life.push({ kind: 'ending', at: endingAt, rental })
  if (endedAt !== null) life.push({ kind: 'ended', at: endedAt, rental })
  return life
}

/** An offer as it stands now: what an admin changed hides what the config file says. */
export function offerNow(books: Books, terms: Terms, id: string): OfferTerms | null {
  const offer = terms.offers.find((each) => each.id === id)
  const change = books.changes.get(id)
  if (!offer || !change) return offer ?? null
  const nodes = change.nodes ?? offer.nodes
  return { ...offer, nodes, pricePerHour: change.pricePerHour ?? offer.pricePerHour }
}

export function freeNodes(books: Books, offer: OfferTerms): number {
  let free = offer.nodes
  for (const sold of books.sold.values()) {
    if (sold.offer === offer.id && sold.endedAt === null) free -= sold.nodes
  }
  return Math.max(0, free)
}

export type Verdict =
  | { readonly kind: 'sell'; readonly pricePerHour: Micros; readonly endsAt?: Ms }
  | { readonly kind: 'same'; readonly sold: Sold }
  | { readonly kind: 'refuse'; readonly code: Problem['code']; readonly detail: string }

/** All nodes or none; what a known key means is the supplier's class. */
export function judge(books: Books, terms: Terms, order: Order, now: Ms): Verdict {
  const known = terms.class === 'C' ? undefined : knownKey(books, terms.class, order)
  if (known && !known.bound) return refuse('internal', `${order.key} is being undone; ask again`)
  if (known && terms.class === 'A') {
    return isSameOrder(known, order)
      ? { kind: 'same', sold: known }
      : refuse('key-reused', `the key ${order.key} was used for another order`)
  }
  if (known) return refuse('name-taken', `rental ${known.id} has the key ${order.key}`)
  const offer = offerNow(books, terms, order.offer)
  if (!offer) return refuse('invalid', `offer: there is no ${order.offer} here`)
  const { from = now, until } = offer.window ?? {}
  if (from > now) return refuse('no-stock', `${offer.id} opens ${formatMoment(from)}`)
  if (isOver(offer, now)) return refuse('no-stock', `${offer.id} is over`)
  const pricePerHour = offer.pricePerHour * order.nodes
  if (pricePerHour > order.pricePerHourMax) {
    const said = `${order.nodes} × ${offer.id} cost ${formatUsd(pricePerHour)} an hour`
    return refuse('too-dear', `${said}; the order allows ${order.pricePerHourMax}`)
  }
  const free = freeNodes(books, offer)
  if (free < order.nodes) {
    return refuse('no-stock', `${order.nodes} × ${offer.id} were asked for, ${free} are free`)
  }
  return { kind: 'sell', pricePerHour, ...(until !== undefined && { endsAt: until }) }
}

/** A block that has ended is no longer for sale. */
export function isOver({ window }: OfferTerms, now: Ms): boolean {
  return window?.until !== undefined && window.until <= now
}

function knownKey(books: Books, promise: 'A' | 'B', { owner, key }: Order): Sold | undefined {
  for (const sold of books.sold.values()) {
    const counts = promise === 'A' || sold.endedAt === null
    if (counts && sold.key === key && sold.owner === owner) return sold
  }
}

function isSameOrder(a: Order, b: Order): boolean {
  return a.offer === b.offer && a.nodes === b.nodes && a.pricePerHourMax === b.pricePerHourMax
}

function refuse(code: Problem['code'], detail: string): Verdict {
  return { kind: 'refuse', code, detail }
}

export interface PageQuery {
  readonly owner: string | null
  readonly cursor: string | null
  readonly size: number
  readonly listLagMs: number
}

export interface Page {
  readonly sold: readonly Sold[]
  readonly nextCursor: string | null
  readonly total: number
}

/**
 * One page of the listing; null for a cursor that was never given out. A cursor names the last
 * place seen and the last place of the whole walk, so that all pages show the same rentals.
 */
export function page(books: Books, query: PageQuery, now: Ms): Page | null {
  const cursor = /^(\d{1,15})-(\d{1,15})$/.exec(query.cursor ?? '')
  if (query.cursor !== null && !cursor) return null
  const after = Number(cursor?.[1] ?? 0)
  const last = Number(cursor?.[2] ?? Number.MAX_SAFE_INTEGER)
  const walk = [...books.sold.values()]
    .filter(({ owner, bound }) => {
      if (!bound || (query.owner !== null && owner !== query.owner)) return false
      return cursor ? bound.place <= last : bound.at + query.listLagMs <= now
    })
    .sort(byPlace)
  const rest = walk.filter((sold) => placeOf(sold) > after)
  const sold = rest.slice(0, sizeOf(rest, query.size))
  const end = walk.at(-1)
  const here = sold.at(-1)
  const more = rest.length > sold.length && here && end
  const nextCursor = more ? `${placeOf(here)}-${placeOf(end)}` : null
  return { sold, nextCursor, total: walk.length }
}

/** The whole listing, page after page, as whoever asks for it at one moment gets it. */
export function allPages(books: Books, query: Omit<PageQuery, 'cursor'>, now: Ms): readonly Sold[] {
  const sold: Sold[] = []
  let cursor: string | null = null
  do {
    const next: Page | null = page(books, { ...query, cursor }, now)
    sold.push(...(next?.sold ?? []))
    cursor = next?.nextCursor ?? null
  } while (cursor !== null)
  return sold
}

/** Readers bound the bytes of a page, and the nodes of a rental can be many. */
function sizeOf(rest: readonly Sold[], most: number): number {
  let nodes = 0
  const over = rest.findIndex((sold, index) => {
    nodes += sold.nodes
    return index > 0 && nodes > pageNodesMax
  })
  return over < 0 ? most : Math.min(over, most)
}

const pageNodesMax = 10_000

function placeOf(sold: Sold): number {
  return sold.bound?.place ?? Number.MAX_SAFE_INTEGER
}

function byPlace(a: Sold, b: Sold): number {
  return placeOf(a) - placeOf(b)
}

export function machineId(rental: string, index: number): string {
  return `${rental}-${index}`
}

export function machineIds({ id, nodes }: Pick<Sold, 'id' | 'nodes'>): string[] {
  return Array.from({ length: nodes }, (_, index) => machineId(id, index))
}

/** A rental as buyers see it. Asked only about rentals that are bound. */
export function shown(sold: Sold, now: Ms): RentalShown {
  const { bound, endingAt, endedAt } = sold
  if (!bound) throw new Error(`${sold.id} is not bound, so nobody may see it`)
  const booted = now >= bound.upAt
  const running = booted ? 'running' : 'pending'
  return {
    id: sold.id,
    owner: sold.owner,
    key: sold.key,
    offer: sold.offer,
    state: endedAt !== null ? 'ended' : endingAt !== null ? 'ending' : running,
    nodes: Array.from({ length: sold.nodes }, (_, index) => ({
      index,
      machine: machineId(sold.id, index),
      up: booted && endedAt === null && !sold.down.includes(index),
    })),
    price_per_hour_micros: sold.pricePerHour,
    started_at: bound.at,
    ended_at: endedAt,
    notice_until: sold.noticeUntil,
  }
}
