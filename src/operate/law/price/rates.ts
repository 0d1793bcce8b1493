/**
 * What an hour costs by contract, clause by clause: of any day, as it was known on any day.
 */
import { asOf } from '../../../core/contracts/as-of.ts'
import { isUnder } from '../../../core/contracts/price/held.ts'
import { type Levels, levelsAt, phraseReading } from '../../../core/contracts/price/levels.ts'
import { rateUnder } from '../../../core/contracts/price/rate.ts'
import { mayBeInScope } from '../../../core/contracts/scope.ts'
import type { Charge } from '../../../core/domain/charge.ts'
import { type Clause, clauseName, type Price, type Pricing } from '../../../core/domain/clause.ts'
import type { Micros } from '../../../core/domain/money.ts'
import type { Offer } from '../../../core/domain/offer.ts'
import type { Ms } from '../../../core/domain/time.ts'
import type { Charged } from '../money.ts'
import { historyOf } from '../take.ts'

/** One clause and one accelerator. */
export interface RateView {
  /** `<contract>/<clause>`. */
  readonly clause: string
  readonly with: string
  readonly form: Pricing['form']
  /** Null where the clause names none, and nobody sells or charges for any. */
  readonly accelerator: string | null
  /** Of the next accelerator; null where the clause does not say. */
  readonly perHour: Micros | null
  /** By which reading or tier, or why there is none. */
  readonly because: string
  /** Accelerators that were charged for under the clause on that day. */
  readonly held: number
  readonly reviewAt: Ms | null
  /** Clauses that promise the best price for it. */
  readonly bestPrice: readonly string[]
  readonly assumed: readonly string[]
}

export interface RatesAsked {
  readonly at: Ms
  readonly known: Ms
  /** What is for sale now: it tells which accelerators there are. */
  readonly offers: readonly Offer[]
}

export function ratesView(
  { snapshot, charges }: Charged,
  { at, known, offers }: RatesAsked,
): readonly RateView[] {
  const prices = asOf(historyOf(snapshot), at, known).inForce.filter(isPrice)
  const records = snapshot.rows.record.map(({ body }) => body)
  const levels = levelsAt(records, { at, known })
  const running = charges.filter(({ from, to }) => from <= at && (to === null || at < to))
  return prices.flatMap((clause) => {
    const accelerators = acceleratorsOf(clause, { offers, running })
    const rows = accelerators.length === 0 ? [null] : accelerators
    return rows.map((accelerator) => rateView(clause, accelerator, { prices, levels, running }))
  })
}

function isPrice(clause: Clause): clause is Price {
  return clause.kind === 'price'
}

interface Day {
  /** Those in force. */
  readonly prices: readonly Price[]
  readonly levels: Levels
  readonly running: readonly Charge[]
}

function rateView(
  clause: Price,
  accelerator: string | null,
  { prices, levels, running }: Day,
): RateView {
  const held = running
    .filter((each) => isUnder(clause, each))
    .reduce((sum, { accelerators }) => sum + (accelerators ?? 0), 0)
  const rate = rateUnder(clause, { held, accelerators: 1 }, levels)
  const best = prices.filter((each) => {
    const isTheirs = each.pricing.form === 'mfn' && each.with === clause.with
    return each !== clause && isTheirs && isAbout(each, accelerator)
  })
  return {
    ...{ clause: clauseName(clause), with: clause.with, form: clause.pricing.form, accelerator },
    perHour: rate?.pricePerHour ?? null,
    because: rate?.how ?? silence(clause.pricing, levels),
    held,
    reviewAt: clause.reviewAt,
    bestPrice: best.map(clauseName),
    assumed: clause.assumed,
  }
}

/** Why a clause says nothing of what an hour costs. */
function silence(pricing: Pricing, levels: Levels): string {
  switch (pricing.form) {
    case 'mfn': {
      const than = `no dearer than ${pricing.comparators.join(', ')}`
      const share = pricing.tolerancePpm / 10_000
      return share === 0 ? than : `${than}, or by ${share}% at most`
    }
    case 'auction': {
      if (pricing.index === undefined) return 'whatever the auction gives'
      const standing = levels({ index: pricing.index })
      const last =
        standing.is === 'unknown' ? 'none is noted' : phraseReading(pricing.index, standing.reading)
      return `whatever the auction gives; of those before, ${last}`
    }
    default:
      return 'nothing is promised below its first tier'
  }
}

/** Those that its scope names, or that are known of its supplier. */
function acceleratorsOf(
  clause: Price,
  { offers, running }: { readonly offers: readonly Offer[]; readonly running: readonly Charge[] },
): readonly string[] {
  const named = clause.scope.find(({ dimension, operator }) => {
    return dimension === 'accelerator' && operator === 'In'
  })
  if (named) return [...named.values].sort()
  const known = [...offers, ...running].flatMap(({ supplier, accelerator }) => {
    return supplier === clause.with && isAbout(clause, accelerator) ? [accelerator ?? ''] : []
  })
  return [...new Set(known)].filter((each) => each !== '').sort()
}

function isAbout({ scope }: Price, accelerator: string | null): boolean {
  return mayBeInScope(scope, accelerator === null ? {} : { accelerator: [accelerator] })
}
