/**
 * Where to ask next for capacity that is scarce: stay, try these pools in this order, wait, or pay
 * for what is always for sale before the deadline is at risk.
 *
 * Pure: the same situation gives the same answer, whatever the order of its pools. Buys nothing.
 */
import type { Micros } from '../domain/money.ts'
import type { Ms } from '../domain/time.ts'
import type { Belief } from '../domain/world.ts'
import { coursesOf, type Priced, spansOf, type Way, waysOf } from './course.ts'
import { type Worth, worthOf } from './worth.ts'

export interface Hunted {
  readonly workLeftMs: number
  readonly deadlineMs: Ms
  /** Lost at every launch before work goes on. */
  readonly restartMs: number
  /** Work that is lost, at most, when a machine is taken away. */
  readonly lossMs: number
  readonly held: Held | null
  /** The pool where the checkpoint lies; null before the first launch. */
  readonly checkpointAt: string | null
  /** Money to carry the checkpoint from one region to another: `from>to`; `>to` as it lies now. */
  readonly egress: Readonly<Record<string, Micros>>
  /** How long the longest way takes; kept in hand beside the time for a launch. */
  readonly carryMs?: number
  /** Pools, sold for sure, that are looked at beside the cheapest one. */
  readonly near?: readonly string[]
}

export interface Held {
  readonly pool: string
  readonly market: 'spot' | 'on-demand'
  /** What is left of its restart. */
  readonly overheadMs: number
}

export interface Situation {
  readonly nowMs: Ms
  /** When this is asked again, at the latest. */
  readonly nextMs: Ms
  readonly pools: readonly Priced[]
  readonly belief: Belief
  readonly job: Hunted
  /** How many pools may be asked now. */
  readonly requestsMax: number
  /** Waiting while something answers has to save what so long costs where it is cheapest. */
  readonly worthwhileMs?: number
}

export interface Hunt {
  /** Ask these in turn; the first yes is taken, and what is held is then let go. */
  readonly tries: readonly string[]
  /** When all refuse, until the next turn. */
  readonly otherwise: Fallback
}

export type Fallback =
  | { readonly kind: 'stay' }
  | { readonly kind: 'wait' }
  | { readonly kind: 'on-demand'; readonly pool: string }

/**
 * Futures that count alike: as the record says, and one that takes machines away three times as
 * often. Without the second, slack is spent as if luck could not turn.
 */
const futures = [1, 3]

/**
 * Of slack so many times the work that is left is looked at: more changes nothing, and would leave
 * the last hour of work to be read between levels that are hours apart.
 */
const spareFor = 16

export function hunt(situation: Situation): Hunt {
  const view = viewOf(situation)
  const otherwise = fallbackOf(view)
  const { fallback, cost } = otherwise
  const worst = fallback.kind === 'wait' ? cost + worthwhileOf(situation) : cost
  const tries = triesOf(view, worst).slice(0, situation.requestsMax)
  return { tries, otherwise: fallback }
}

function worthwhileOf({ pools, worthwhileMs = 0 }: Situation): Micros {
  const prices = pools.flatMap(({ spotPerHour, onDemandPerHour }) => {
    return [spotPerHour, onDemandPerHour].filter((price) => price !== null)
  })
  return (Math.min(...prices) / hourMs) * worthwhileMs
}

const hourMs = 3_600_000

interface View {
  readonly job: Hunted
  readonly turnMs: number
  readonly ways: readonly Way[]
  /** How likely each way can be had now. */
  readonly up: readonly number[]
  /** The way that is held, or -1. */
  readonly at: number
  /** Whether the deadline stands after so much more time is lost. */
  mayLose(lostMs: number): boolean
  /** Expected cost to finish. */
  stay(): number
  wait(): number
  enter(way: number): number
}

function viewOf({ job, nowMs, nextMs, pools, belief }: Situation): View {
  const turnMs = Math.max(1, nextMs - nowMs)
  const launchMs = job.restartMs + job.lossMs
  const reserveMs = launchMs + (job.carryMs ?? 0)
  const slackMs = job.deadlineMs - nowMs - job.workLeftMs
  const spareMs = Math.min(slackMs, spareFor * (job.workLeftMs + launchMs))
  const leftMs = Math.max(turnMs, job.workLeftMs + spareMs)
  const ways = waysOf(pools, [job.checkpointAt, job.held?.pool ?? null, ...(job.near ?? [])])
  const spansMs = spansOf(leftMs, turnMs)
  const believed = coursesOf({ ways, belief, nowMs, spansMs, egress: job.egress })
  const usableMs = Math.max(0, spareMs - reserveMs)
  const worths = futures.map((harsh) =>
    worthOf({ courses: believed(harsh), spansMs, slackMs: usableMs, restartMs: launchMs }),
  )
  const expected = (cost: (worth: Worth) => number) =>
    worths.reduce((sum, worth) => sum + cost(worth), 0) / worths.length
  const courses = believed(1)
  const { held } = job
  const at = ways.findIndex(({ pool, market }) => pool.id === held?.pool && market === held.market)
  const from = ways.findIndex(({ pool }) => pool.id === job.checkpointAt)
  const hasSure = ways.some(({ market }) => market === 'on-demand')
  return {
    job,
    turnMs,
    ways,
    up: courses.map(({ up }) => up[0] ?? 0),
    at,
    mayLose: (lostMs) => !hasSure || slackMs - lostMs >= reserveMs,
    stay: () => expected((worth) => worth.run(at, held?.overheadMs ?? 0)),
    wait: () => expected((worth) => worth.wait(from < 0 ? null : from)),
    enter: (way) => {
      const entry = courses[way]?.entry[from < 0 ? ways.length : from]
      return expected((worth) => worth.start(way)) + (entry ?? 0)
    },
  }
}

/** The best that needs nobody's yes and keeps the deadline. */
function fallbackOf(view: View): { fallback: Fallback; cost: number } {
  const { job, ways, at, turnMs } = view
  const options: { fallback: Fallback; cost: number }[] = []
  const lostMs = Math.min(turnMs, job.held?.overheadMs ?? 0)
  if (at >= 0 && (ways[at]?.market === 'on-demand' || view.mayLose(lostMs))) {
    options.push({ fallback: { kind: 'stay' }, cost: view.stay() })
  }
  if (at < 0 && view.mayLose(turnMs) && hasHope(view)) {
    options.push({ fallback: { kind: 'wait' }, cost: view.wait() })
  }
  for (const [index, { market, pool }] of ways.entries()) {
    if (market === 'spot' || index === at) continue
    options.push({ fallback: { kind: 'on-demand', pool: pool.id }, cost: view.enter(index) })
  }
  const [first = { fallback: { kind: 'wait' } as const, cost: Infinity }, ...rest] = options
  return rest.reduce((best, option) => (option.cost < best.cost ? option : best), first)
}

/**
 * Whether anything is waited for: a spot pool that by the hour, or with the way there, costs less
 * than the best of what is for sale for sure. Putting that off itself saves nothing.
 */
function hasHope({ ways, enter }: View): boolean {
  const all = ways.map(({ pool, market }, index) => ({ pool, market, cost: enter(index) }))
  const { sure = [], spot = [] } = Object.groupBy(all, ({ market }) =>
    market === 'spot' ? 'spot' : 'sure',
  )
  const [best] = sure.toSorted((a, b) => a.cost - b.cost)
  if (!best) return true
  const surePerHour = best.pool.onDemandPerHour ?? 0
  return spot.some(({ pool, cost }) => {
    return cost < best.cost || (pool.spotPerHour ?? Infinity) < surePerHour
  })
}

/** The pools that are better than the fallback, best first. */
function triesOf(view: View, otherwise: number): string[] {
  const { job, ways, up, at, turnMs } = view
  if (!view.mayLose(Math.max(turnMs, job.restartMs + (job.carryMs ?? 0)))) return []
  return ways
    .map(({ pool, market }, index) => ({ pool, market, index, cost: view.enter(index) }))
    .filter(({ market, index }) => market === 'spot' && index !== at && (up[index] ?? 0) > 0)
    .filter(({ cost }) => cost < otherwise)
    .toSorted((a, b) => a.cost - b.cost || a.index - b.index)
    .map(({ pool }) => pool.id)
}
