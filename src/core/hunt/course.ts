/**
 * Turns beliefs and prices into the courses that the programme weighs.
 *
 * Steps are short at first and grow towards the deadline. Asks nothing and decides nothing.
 */
import type { Micros } from '../domain/money.ts'
import type { Ms } from '../domain/time.ts'
import type { Belief } from '../domain/world.ts'
import { forecast, type Pool } from './belief.ts'
import { lifetimeMs, mean, outlives, upAfter } from './chain.ts'
import type { Course } from './worth.ts'

export interface Priced extends Pool {
  /** Null where nothing may be tried, as where another of our jobs has it. */
  readonly spotPerHour: Micros | null
  /** Null where nothing is sold without risk. */
  readonly onDemandPerHour: Micros | null
}

export interface Way {
  readonly pool: Priced
  readonly market: 'spot' | 'on-demand'
}

const steps = 48
const hourMs = 3_600_000

/** Spans that fill the time left: the first as long as a turn, each longer than the last. */
export function spansOf(leftMs: number, turnMs: number): readonly number[] {
  if (leftMs <= turnMs * steps) return Array.from({ length: steps }, () => leftMs / steps)
  const total = (growth: number) => (turnMs * (growth ** steps - 1)) / (growth - 1)
  let low = 1.000001
  let high = 2
  for (let round = 0; round < 40; round++) {
    const middle = (low + high) / 2
    if (total(middle) < leftMs) low = middle
    else high = middle
  }
  return Array.from({ length: steps }, (_, step) => turnMs * low ** step)
}

/** Every pool's spot, and what is for sale for sure: the cheapest, and that of the named pools. */
export function waysOf(
  pools: readonly Priced[],
  named: readonly (string | null)[],
): readonly Way[] {
  const sorted = pools.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const sure = sorted
    .filter((pool) => pool.onDemandPerHour !== null)
    .toSorted((a, b) => (a.onDemandPerHour ?? 0) - (b.onDemandPerHour ?? 0))
  const spot = sorted
    .filter((pool) => pool.spotPerHour !== null)
    .map((pool) => ({ pool, market: 'spot' as const }))
  const wanted = sure.filter(({ id }, rank) => rank === 0 || named.includes(id))
  return [...spot, ...wanted.map((pool) => ({ pool, market: 'on-demand' as const }))]
}

export interface Outlook {
  readonly ways: readonly Way[]
  readonly belief: Belief
  readonly nowMs: Ms
  readonly spansMs: readonly number[]
  /** Money to carry the checkpoint from one region to another: `from>to`; `>to` as it lies now. */
  readonly egress: Readonly<Record<string, Micros>>
}

/** The courses of a future that takes machines away so many times as often as believed. */
export function coursesOf(outlook: Outlook): (harsh: number) => readonly Course[] {
  const spells = spellsOf(outlook.spansMs)
  const courses = outlook.ways.map((way) =>
    way.market === 'spot' ? spotOf(way, outlook, spells) : sureOf(way, outlook),
  )
  return (harsh) => courses.map((course) => course(harsh))
}

/** What is the same for every pool, for each pair of rates: lists have an entry a step. */
interface Spells {
  /** From now to the start of each step, and to the end of the last. */
  readonly startsMs: readonly number[]
  readonly endMs: number
  /** How likely a spell up outlives the time to each of these. */
  readonly outlived: readonly (readonly number[])[]
  /** How likely a pool that is down is up again after the step. */
  readonly returned: readonly (readonly number[])[]
}

function spellsOf(spansMs: readonly number[]): Spells {
  const startsMs: number[] = []
  let endMs = 0
  for (const spanMs of spansMs) {
    startsMs.push(endMs)
    endMs += spanMs
  }
  return {
    startsMs,
    endMs,
    outlived: [...startsMs, endMs].map(outlives),
    returned: spansMs.map((spanMs) => upAfter(false, spanMs)),
  }
}

function sureOf({ pool }: Way, { spansMs, ...outlook }: Outlook): () => Course {
  const ones = spansMs.map(() => 1)
  const course = {
    isSure: true,
    perMs: (pool.onDemandPerHour ?? 0) / hourMs,
    up: ones,
    upAgain: ones,
    keeps: ones,
    keepsLater: ones,
    losses: spansMs.map(() => 0),
    entry: entryOf(pool, outlook),
  }
  return () => course
}

function spotOf({ pool }: Way, { spansMs, belief, nowMs, ...outlook }: Outlook, spells: Spells) {
  const { ifUp, upIn } = forecast(belief, pool, nowMs)
  const outlived = spells.outlived.map((likely) => mean(ifUp, likely))
  const believed = {
    isSure: false,
    perMs: (pool.spotPerHour ?? 0) / hourMs,
    up: spells.startsMs.map(upIn),
    upAgain: spells.returned.map((likely) => mean(ifUp, likely)),
    keeps: spansMs.map((_, step) => (outlived[step + 1] ?? 0) / (outlived[step] || 1)),
    entry: entryOf(pool, outlook),
  }
  const lifeMs = lifetimeMs(ifUp, spells.endMs)
  return (harsh: number): Course => {
    const keepsLater = spansMs.map((spanMs) => Math.exp((-spanMs * harsh) / lifeMs))
    const losses = spansMs.map(
      (spanMs, step) => (spanMs * harsh) / lifeMs - 1 + (keepsLater[step] ?? 0),
    )
    return { ...believed, keepsLater, losses }
  }
}

const entryOf = ({ region }: Priced, { ways, egress }: Pick<Outlook, 'ways' | 'egress'>) => [
  ...ways.map(({ pool }) => {
    return pool.region === region ? 0 : (egress[`${pool.region}>${region}`] ?? 0)
  }),
  egress[`>${region}`] ?? 0,
]
