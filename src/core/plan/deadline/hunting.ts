/**
 * A job with a deadline: which capacity to ask for now, so that it is done in time at least cost.
 *
 * Turns the shelf, what was learnt of its pools and the work that is left into the situation that
 * the hunter weighs, and its answer into the order in which offers are asked.
 */
import { jitterAt } from '../../contracts/law.ts'
import { isLeaving, type Lease } from '../../domain/lease.ts'
import { type Offer, offerName } from '../../domain/offer.ts'
import type { Reason } from '../../domain/reason.ts'
import type { Ms } from '../../domain/time.ts'
import type { Demand, Job } from '../../domain/workload.ts'
import type { Belief } from '../../domain/world.ts'
import { type Observation, observe, type Pool } from '../../hunt/belief.ts'
import type { Priced } from '../../hunt/course.ts'
import { type Held, type Hunt, hunt, type Situation } from '../../hunt/hunt.ts'
import { poolOf } from '../../hunt/lessons.ts'
import { shelfOf } from '../market/shelf.ts'
import { byWorth, type Candidate, leasePricePerWork, workPerHour } from '../score.ts'
import { standingOf, type View } from '../view.ts'
import { lastsFor, outsideWindow } from '../window/window.ts'
import { haulOf } from './haul.ts'
import { deadlineKept, launchOf, progressOf } from './progress.ts'

export interface Hunting {
  /** The first that can be had is bought; where there is none, nothing is. */
  readonly order: readonly Candidate[]
  readonly reason: HuntingReason
}

export type HuntingReason = Extract<Reason, { readonly why: 'hunting' }>

/** An answer is to be good for about so long: the more time may be lost, the longer. */
const turnsMs = [40, 20, 10].map((minutes) => minutes * 60_000)
const shortestTurnMs = 5 * 60_000

/** Rounding takes this share of the time that may be lost, at most, and gives it back later. */
const roundingMax = 1 / 8

/** Nobody waits for next to nothing: what it saves has to pay for so long, at least. */
const worthwhileMs = 3 * 60_000

/** More pools than this are no better odds, and take long to weigh. */
const poolsMax = 12

/** Null where there is no deadline to keep, or nothing to weigh: then the cheapest is the best. */
export function huntingOf(view: View, demand: Demand): Hunting | null {
  const { workload } = demand
  const deadline = deadlineKept(demand, view.world.now)
  if (workload.kind !== 'Job' || deadline === null) return null
  const known = view.hunts.get(demand.run)
  if (known !== undefined) return known
  const hunting = hunted(view, demand, workload, deadline)
  view.hunts.set(demand.run, hunting)
  return hunting
}

function hunted(view: View, demand: Demand, job: Job, deadline: Ms): Hunting | null {
  const { run, home: last } = standingOf(view, demand)
  // Where it runs, as long as nobody takes it back.
  const home = run.state === 'running' && last && !isLeaving(last, view.world.now) ? last : null
  const progress = progressOf(view, job, run, home)
  const turnMs = turnFor(deadline - view.world.now - progress.leftMs)
  // Both are rounded against us, so that turns that follow one another weigh the very same.
  const nowMs = roundedUp(view.world.now, turnMs)
  const workLeftMs = roundedUp(progress.leftMs, turnMs)
  if (deadline <= nowMs) return null
  const { fits, pace, resting } = inTime(view, demand, job, workLeftMs / (deadline - nowMs))
  if (!fits.some(({ offer }) => offer.market === 'on-demand')) return null
  const about = { run: demand.run, why: 'hunting', deadline, workLeftMs } as const
  const isOpen = (each: Candidate) => !resting.has(each)
  const hasSpot = fits.some(({ offer }) => offer.market === 'spot')
  if (!hasSpot && !home) return { order: fits.filter(isOpen), reason: { ...about, does: 'pays' } }
  const goods = ofEachOffer(fits)
  // A block that ends too early is to the deadline what may be taken away.
  const isSure = home && lastsFor(view, demand, home, { deadline, leftMs: progress.leftMs })
  const market = isSure ? home.market : 'spot'
  const overheadMs = Math.max(0, progress.launchMs - (nowMs - (run.startedAt ?? nowMs)))
  const held: Held | null = home && { pool: poolOf(home).id, market, overheadMs }
  const seen = [...heldNow(home, nowMs), ...quotesOf(view, [...goods.values()], nowMs)]
  const answer = weighed(view.world.belief, seen, {
    nowMs,
    nextMs: nowMs + turnMs,
    pools: poolsOf(view, job, goods, home && { ...home, market }, pace),
    requestsMax: poolsMax,
    worthwhileMs,
    job: {
      workLeftMs: workLeftMs / pace,
      deadlineMs: deadline,
      restartMs: launchOf(job) + heldBackMs(view, goods),
      lossMs: roundedUp(progress.atRiskMs, turnMs),
      held,
      checkpointAt: held?.pool ?? null,
      ...haulOf(view, job, goods, home),
    },
  })
  const order = ordered(answer, goods, held).filter(isOpen)
  return { order, reason: { ...about, does: doing(answer, order) } }
}

/** Now and the work that is left may each be rounded up by so much. */
function turnFor(slackMs: Ms): Ms {
  return turnsMs.find((turnMs) => 2 * turnMs <= slackMs * roundingMax) ?? shortestTurnMs
}

function roundedUp(ms: Ms, toMs: Ms): Ms {
  return Math.ceil(ms / toMs) * toMs
}

/**
 * A memo and nothing else: what is weighed is compared by value, and what was learnt never changes
 * but is replaced.
 */
const answers = new WeakMap<Belief, Map<string, Hunt>>()
const answersMax = 1_000

function weighed(
  belief: Belief,
  quotes: readonly Quote[],
  situation: Omit<Situation, 'belief'>,
): Hunt {
  const known = answers.get(belief) ?? new Map<string, Hunt>()
  const key = JSON.stringify([quotes, situation])
  const seen = () => {
    return quotes.reduce((all, { pool, ...said }) => {
      return observe(all, pool, { ...said, pool: pool.id })
    }, belief)
  }
  const answer = known.get(key) ?? hunt({ ...situation, belief: seen() })
  if (known.size >= answersMax) known.clear()
  answers.set(belief, known.set(key, answer))
  return answer
}

function firstOf({ resources }: Job) {
  const [first] = resources
  if (!first) throw new Error('a job has one alternative at least')
  return first
}

/**
 * What is fast enough, the cheapest useful work first, and the pace of the slowest of it beside the
 * first alternative's. Where nothing is, the fastest. What is resting is no more than a hope.
 */
function inTime(view: View, demand: Demand, job: Job, paceMin: number) {
  const { open, resting: hopes } = shelfOf(view, job)
  // Hope is worth something while there is time.
  const resting = new Set(hopes.map(({ candidate }) => candidate))
  const first = workPerHour(view.world, firstOf(job))
  const paceOf = ({ alternative }: Candidate) => workPerHour(view.world, alternative) / first
  const lasting = [...open, ...resting].filter((each) => !outsideWindow(view, demand, each))
  const all = lasting.map((each) => ({ each, pace: paceOf(each) }))
  const fastest = all.reduce((most, { pace }) => Math.max(most, pace), 0)
  const enough = Math.min(paceMin, fastest)
  const fits = all.filter(({ pace }) => pace >= enough)
  const pace = fits.reduce((least, each) => Math.min(least, each.pace), fastest)
  return { fits: fits.map(({ each }) => each).sort(byWorth), pace: pace || 1, resting }
}

/** Each offer once, by name, in its best use: all for sale for sure, and the cheapest spot. */
function ofEachOffer(fits: readonly Candidate[]): ReadonlyMap<string, Candidate> {
  const goods = new Map<string, Candidate>()
  let spots = 0
  for (const each of fits) {
    const name = offerName(each.offer)
    if (goods.has(name)) continue
    if (each.offer.market === 'spot') spots += 1
    if (each.offer.market === 'on-demand' || spots <= poolsMax) goods.set(name, each)
  }
  return goods
}

/** Whatever is bought is asked for so much later, at most. */
function heldBackMs({ law, supplierOf }: View, goods: ReadonlyMap<string, Candidate>): Ms {
  const sites = [...goods.values()].map(({ offer: { supplier, region } }) => {
    return jitterAt(law, { seller: supplierOf.get(supplier) ?? null, region })
  })
  return Math.max(0, ...sites)
}

type Sold = Pick<Offer, 'supplier' | 'id' | 'region' | 'market'>

function asOffer({ supplier, offer: id, region, market }: Lease): Sold {
  return { supplier, id, region, market }
}

/** By their price for an hour of work at that pace; where it runs, it is for sale to us. */
function poolsOf(
  view: View,
  job: Job,
  goods: ReadonlyMap<string, Candidate>,
  home: Lease | null,
  pace: number,
): readonly Priced[] {
  const perHour = pace * workPerHour(view.world, firstOf(job))
  const pools = [...goods.values()].map((each) => {
    // The hunter weighs by itself what is paid once.
    return priced(each.offer, (each.pricePerWork - each.carriagePerWork) * perHour)
  })
  if (!home || goods.has(poolOf(home).id)) return pools
  const homePrice = leasePricePerWork(view.world, job, home) * perHour
  return [...pools, priced(asOffer(home), homePrice)]
}

function priced({ supplier, id: offer, region, market }: Sold, perHour: number): Priced {
  const isSpot = market === 'spot'
  return {
    ...poolOf({ supplier, offer, region }),
    spotPerHour: isSpot ? perHour : null,
    onDemandPerHour: isSpot ? null : perHour,
  }
}

/** What suppliers say of their stock right now, on top of what our own purchases taught. */
interface Quote extends Pick<Observation, 'atMs' | 'outcome'> {
  readonly pool: Pool
}

/** What still runs there shows that it lasts, long before its end teaches it. */
function heldNow(home: Lease | null, atMs: Ms): readonly Quote[] {
  if (home?.market !== 'spot') return []
  return [{ pool: poolOf(home), atMs, outcome: 'held' }]
}

function quotesOf(view: View, goods: readonly Candidate[], atMs: Ms): readonly Quote[] {
  return goods.flatMap(({ offer, place, alternative: { nodes } }) => {
    const { supplier, id, region, market } = offer
    // A shelf is older than the quotes: of stock it knows nothing.
    const { stock } = view.offers[place] ?? offer
    if (market !== 'spot' || stock.kind === 'unknown') return []
    const isThere = stock.kind === 'count' ? stock.nodes >= nodes : stock.level !== 'none'
    const pool = poolOf({ supplier, offer: id, region })
    return { pool, atMs, outcome: isThere ? 'available' : 'refused' } as const
  })
}

function doing({ tries, otherwise }: Hunt, order: readonly Candidate[]): HuntingReason['does'] {
  if (tries.length > 0 && order.length > 0) return 'tries'
  return ({ stay: 'stays', wait: 'waits', 'on-demand': 'pays' } as const)[otherwise.kind]
}

/**
 * What has to be had now is had anywhere, once what is sold for sure is sold out. Whoever runs has
 * something already, and leaves it for nothing like it.
 */
function ordered(
  answer: Hunt,
  goods: ReadonlyMap<string, Candidate>,
  held: Held | null,
): readonly Candidate[] {
  const { tries, otherwise } = answer
  const named = tries.flatMap((pool) => goods.get(pool) ?? [])
  if (otherwise.kind !== 'on-demand') return named
  const best = goods.get(otherwise.pool)
  const all = [...goods.values()]
  const isSure = held?.market === 'on-demand'
  const sure = isSure ? [] : all.filter(({ offer }) => offer.market === 'on-demand')
  const anything = held ? [] : all
  const order = new Set([...named, ...(best ? [best] : []), ...sure, ...anything])
  return [...order].filter((each) => each !== goods.get(held?.pool ?? ''))
}
