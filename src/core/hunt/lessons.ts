/**
 * What teaches about spot capacity: every lease is an answer, its end another, and so is a quote.
 *
 * What leases teach is rebuilt from the ledger; what was quoted is known to whoever led then.
 */
import { type Lease, wasTaken } from '../domain/lease.ts'
import { type Offer, offerName } from '../domain/offer.ts'
import type { Ms } from '../domain/time.ts'
import type { Belief } from '../domain/world.ts'
import { type Observation, observe, type Pool } from './belief.ts'

export interface Lesson extends Observation {
  readonly region: string
}

/** The offer, and the place where its supplier fails as one. */
export function poolOf(of: Pick<Lease, 'supplier' | 'offer' | 'region'>): Pool {
  const { supplier, offer: id, region } = of
  return { id: offerName({ supplier, id }), region: `${supplier}/${region}` }
}

/** In order of time; none of capacity that is sold until released. */
export function lessonsOf(lease: Lease): readonly Lesson[] {
  if (lease.market !== 'spot') return []
  const { id: pool, region } = poolOf(lease)
  const { heldAt, goneAt, end, noticeUntil, endsAt, calledAt } = lease
  const lessons: Lesson[] = []
  if (heldAt !== null) lessons.push({ pool, region, atMs: heldAt, outcome: 'available' })
  if (goneAt === null) return lessons
  const isTaken = wasTaken(lease) || (noticeUntil !== null && noticeUntil !== endsAt)
  if (heldAt !== null) {
    lessons.push({ pool, region, atMs: goneAt, outcome: isTaken ? 'preempted' : 'held' })
  } else if (end === 'refused') {
    lessons.push({ pool, region, atMs: calledAt ?? goneAt, outcome: 'refused' })
  }
  return lessons
}

/** A quote that says what is known already teaches nothing until so much later. */
const quoteEveryMs = 5 * 60_000

/** What suppliers say of their spot stock, as far as it is new beside what is believed. */
export function lessonsOfQuotes(belief: Belief, offers: readonly Offer[]): readonly Lesson[] {
  return offers.flatMap(({ id: offer, supplier, region: site, market, stock, observedAt }) => {
    if (market !== 'spot' || stock.kind === 'unknown') return []
    const { id: pool, region } = poolOf({ supplier, offer, region: site })
    const isThere = stock.kind === 'count' ? stock.nodes > 0 : stock.level !== 'none'
    const known = belief.pools[pool]
    const ageMs = known ? observedAt - known.seenAtMs : Number.POSITIVE_INFINITY
    if (ageMs <= 0 || (known?.isUp === isThere && ageMs < quoteEveryMs)) return []
    const outcome = isThere ? 'available' : 'refused'
    return [{ pool, region, atMs: observedAt, outcome }]
  })
}

/** So long a round of asking goes on in the order in which it began, whoever refuses meanwhile. */
const roundMs = 5 * 60_000

/** Lessons whose time has come, and those that are no news yet: refusals in a round of asking. */
export function ripe(lessons: readonly Lesson[], now: Ms): Ripe {
  const { due = [], unripe = [] } = Object.groupBy(lessons, ({ outcome, atMs }) => {
    return outcome === 'refused' && atMs + roundMs > now ? 'unripe' : 'due'
  })
  return { due, unripe }
}

export interface Ripe {
  readonly due: readonly Lesson[]
  readonly unripe: readonly Lesson[]
}

/** The belief after these lessons, whatever their order. */
export function learn(belief: Belief, lessons: readonly Lesson[]): Belief {
  return [...lessons].sort(byTime).reduce((known, lesson) => {
    return observe(known, { id: lesson.pool, region: lesson.region }, lesson)
  }, belief)
}

function byTime(a: Lesson, b: Lesson): number {
  return a.atMs - b.atMs || (a.pool < b.pool ? -1 : 1)
}
