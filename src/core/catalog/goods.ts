/**
 * What of a supplier's offers can be planned with, and what of them cannot and why. An offer that
 * cannot be meant would win every plan, or make every plan wrong; the others go on selling.
 */
import { formatMoment } from '../domain/day.ts'
import { formatUsd, type Micros } from '../domain/money.ts'
import {
  acceleratorPriceMax,
  isOffer,
  type Offer,
  offerName,
  type Quoted,
} from '../domain/offer.ts'
import { canonical, sliceOf, throughputs } from './accelerators.ts'

export interface Goods {
  readonly offers: readonly Offer[]
  /** A sentence for each offer that was left out. */
  readonly faults: readonly string[]
}

/**
 * Nobody asks as little for the work of one H100 in an hour: its current costs as much. The board
 * takes 700 W, as its maker states, at 3 cents a kilowatt-hour. What is paid for is free instead.
 */
const h100Least = 20_000
/** Of chips that no table knows: as of the weakest that one knows. */
const workLeast = Math.min(...Object.values(throughputs))

/** Offers of one supplier, as it quotes them together. */
export function goodsOf(quoted: readonly Quoted[]): Goods {
  const offers: Offer[] = []
  const faults: string[] = []
  for (const [name, [first, ...others]] of Map.groupBy(quoted, offerName)) {
    if (!first) continue
    const differs = others.some((each) => !isSame(first, each))
    const fault = differs ? `${name} is quoted ${others.length + 1} ways at once` : faultOf(first)
    if (fault !== null) faults.push(fault)
    else if (isOffer(first)) offers.push(named(first))
  }
  return { offers, faults }
}

/** However its supplier calls it, wishes and quotas know it by one name. */
function named(offer: Offer): Offer {
  const slice = offer.perNode === 1 ? sliceOf(offer.accelerator) : null
  if (slice) return { ...offer, accelerator: slice.accelerator, perNode: slice.chips }
  const accelerator = canonical(offer.accelerator)
  return accelerator === offer.accelerator ? offer : { ...offer, accelerator }
}

function faultOf(offer: Quoted): string | null {
  if (!isOffer(offer)) return `${offerName(offer)} makes no sense: ${offer.fault}`
  const { accelerator, perNode, pricePerHour, stock } = offer
  const name = offerName(offer)
  if (offer.id === '' || accelerator === '') return `${name} lacks an id or an accelerator`
  if (!isCount(perNode) || perNode < 1) return `${name} has ${perNode} accelerators in a machine`
  if (!isCount(pricePerHour)) return `${name} asks ${pricePerHour} micro-dollars, which is no price`
  if (stock.kind === 'count' && !isCount(stock.nodes))
    return `${name} has ${stock.nodes} nodes left`
  const shut = closedFor(offer)
  if (shut !== null) return `${name} ${shut}`
  const asks = `${name} asks ${formatUsd(pricePerHour)}/h`
  if (pricePerHour > perNode * acceleratorPriceMax)
    return `${asks}, above ${formatUsd(acceleratorPriceMax)}/h for each ${accelerator}`
  const least = leastFor(named(offer))
  if (pricePerHour === 0 || pricePerHour >= least) return null
  const chips = `${perNode} ${accelerator}`
  return `${asks}, below the ${formatUsd(least)}/h of current for ${chips}; what is free asks $0`
}

/** For a machine of an offer. */
function leastFor({ accelerator, perNode }: Offer): Micros {
  return Math.ceil(perNode * h100Least * (throughputs[accelerator] ?? workLeast))
}

/** By the clock of whoever quotes it. */
function closedFor({ window, observedAt }: Offer): string | null {
  if (!window) return null
  const { from = 0, until } = window
  if (!isMoment(from) || (until !== undefined && !isMoment(until))) return 'has no such moments'
  if (until === undefined) return null
  if (until <= observedAt) return `is over since ${formatMoment(until)}`
  return until <= from ? `ends ${formatMoment(until)}, before it begins` : null
}

/** Up to the year 9999: what is later was not meant. */
function isMoment(at: number): boolean {
  return isCount(at) && at < 253_402_300_800_000
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function isSame(one: Quoted, other: Quoted): boolean {
  if (!isOffer(one) || !isOffer(other)) return !isOffer(one) && !isOffer(other)
  return (
    one.accelerator === other.accelerator &&
    one.perNode === other.perNode &&
    one.region === other.region &&
    one.market === other.market &&
    one.pricePerHour === other.pricePerHour &&
    one.window?.from === other.window?.from &&
    one.window?.until === other.window?.until &&
    JSON.stringify(one.stock) === JSON.stringify(other.stock)
  )
}
