/**
 * What was learnt about pools from every answer: plain data, fit for a ledger.
 *
 * An observation in, the next belief out. What is known of one pool is the first guess for its
 * neighbours, by the hour of the day for its region too; what is old fades. Decides nothing.
 */
import type { Ms } from '../domain/time.ts'
import type { Belief, HoursOfDay, PoolBelief } from '../domain/world.ts'
import {
  blend,
  fade,
  flat,
  given,
  mean,
  outlives,
  returns,
  upAfter,
  type Weights,
} from './chain.ts'
import { afterSpell, oddsAt } from './hours.ts'

/** Capacity that is had or not had together: one offer of one supplier in one zone. */
export interface Pool {
  readonly id: string
  /** Pools of one region fail alike. */
  readonly region: string
}

export interface Observation {
  readonly pool: string
  readonly atMs: Ms
  /** `held`: ours is still there; `preempted`: ours was taken away. */
  readonly outcome: 'available' | 'refused' | 'held' | 'preempted'
}

/** Evidence this old counts by a third. */
const memoryMs = 48 * 3_600_000

/** How much a spell resembles the one before it: little, since trouble and calm take turns. */
const resemblance = 0.1

export function observe(belief: Belief, pool: Pool, seen: Observation): Belief {
  const old = belief.pools[pool.id]
  if (old && seen.atMs < old.seenAtMs) return belief
  return {
    pools: { ...belief.pools, [pool.id]: poolAfter(belief, pool, seen) },
    hours: { ...belief.hours, [pool.region]: hoursAfter(belief, pool, seen) },
  }
}

function poolAfter(belief: Belief, pool: Pool, seen: Observation): PoolBelief {
  const prior = priorOf(belief, pool)
  const old = belief.pools[pool.id]
  const isUp = seen.outcome === 'available' || seen.outcome === 'held'
  const next = { region: pool.region, seenAtMs: seen.atMs, isUp }
  if (!old) {
    const rest = upAfter(null, 0)
    return { ...next, weights: given(prior, (pair) => side(rest[pair], isUp)) }
  }
  const gapMs = seen.atMs - old.seenAtMs
  const isOurs = seen.outcome === 'held' || seen.outcome === 'preempted'
  const up = isOurs && old.isUp ? outlives(gapMs) : upAfter(old.isUp, gapMs)
  const faded = fade(old.weights, prior, Math.exp(-gapMs / memoryMs))
  const weights = given(faded, (pair) => side(up[pair], isUp))
  if (old.isUp === isUp) return { ...next, weights }
  return { ...next, weights: fade(weights, prior, resemblance) }
}

/** An answer stands for so long before it at most; what is ours was there all the time. */
const answerMs = 3_600_000
/** For so long before the first one. */
const firstMs = 600_000

function hoursAfter({ pools, hours }: Belief, { id, region }: Pool, seen: Observation): HoursOfDay {
  const { atMs, outcome } = seen
  const old = pools[id]
  const isOurs = outcome === 'held' || outcome === 'preempted'
  const gapMs = old ? atMs - old.seenAtMs : firstMs
  const fromMs = atMs - (isOurs ? gapMs : Math.min(gapMs, answerMs))
  const spell = { fromMs, toMs: atMs, isUp: isOurs || outcome === 'available' }
  return afterSpell(hours?.[region], spell)
}

/** What to expect of a pool at a moment. */
export interface Forecast {
  /** How likely it is up after a span from now. */
  upIn(spanMs: number): number
  /** The weights, were it up now. */
  readonly ifUp: Weights
}

export function forecast(belief: Belief, pool: Pool, nowMs: Ms): Forecast {
  const prior = priorOf(belief, pool)
  const known = belief.pools[pool.id]
  const gapMs = known ? Math.max(0, nowMs - known.seenAtMs) : 0
  const from = known ? known.isUp : null
  const weights = known ? fade(known.weights, prior, Math.exp(-gapMs / memoryMs)) : prior
  const now = upAfter(from, gapMs)
  const hours = belief.hours?.[pool.region]
  return {
    upIn: (spanMs) => {
      const likely = mean(weights, upAfter(from, gapMs + spanMs))
      if (!hours) return likely
      const odds = oddsAt(hours, nowMs + spanMs)
      return (likely * odds) / (likely * odds + 1 - likely)
    },
    ifUp: given(weights, (pair) => now[pair] ?? 0),
  }
}

/** How likely a pool that has nothing now has something again within a span, at any hour. */
export function returning(belief: Belief, pool: Pool, nowMs: Ms): (spanMs: number) => number {
  const seen = { pool: pool.id, atMs: nowMs, outcome: 'refused' } as const
  const { weights } = poolAfter(belief, pool, seen)
  return (spanMs) => mean(weights, returns(spanMs))
}

/** Nothing, what the region shows, and what all pools show, count alike. */
function priorOf(belief: Belief, { id, region }: Pool): Weights {
  const others = Object.entries(belief.pools).filter(([name]) => name !== id)
  const near = others.filter(([, pool]) => pool.region === region)
  const opinions = [others, near].filter((each) => each.length > 0)
  return blend([flat, ...opinions.map((each) => blend(each.map(([, pool]) => pool.weights)))])
}

const side = (up: number | undefined, isUp: boolean): number => (isUp ? (up ?? 0) : 1 - (up ?? 0))
