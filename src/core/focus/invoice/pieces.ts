/**
 * What we charged, cut into what lines of invoices are about: parts of charges of a day at most,
 * with what contracts say of each. Nothing is lost on the way, to the micro-dollar.
 */
import type { Account } from '../../contracts/money/account.ts'
import type { Draw } from '../../contracts/money/draw.ts'
import { type Agreed, nothingAgreed } from '../../contracts/price/agreed.ts'
import type { Rate } from '../../contracts/price/rate.ts'
import type { Invoice } from '../../domain/charge.ts'
import type { Ms } from '../../domain/time.ts'
import { cutAt, type Slice } from '../../meter/slices.ts'

export interface Piece extends Slice {
  /** The part that it is cut from. */
  readonly part: string
  /** What it draws down, and has to be paid. */
  readonly draws: readonly Draw[]
  /** What of it was paid for before: ahead, or for an interval that did not use it. */
  readonly ahead: readonly Draw[]
  /** What a contract says that it costs, where that is less than what is charged; else null. */
  readonly rate: Rate | null
}

/** `parts`: with the names under which the account knows them. */
export function pieces(
  parts: readonly (Slice & { readonly id: string })[],
  account: Account,
  invoices: readonly Invoice[],
  agreed: Agreed = nothingAgreed,
): readonly Piece[] {
  const isMadeUp = ({ madeUp }: Draw) => madeUp !== null
  const [owed, madeUp] = [
    account.draws.filter((each) => !isMadeUp(each)),
    account.draws.filter(isMadeUp),
  ]
  const draws = Map.groupBy(owed, ({ charge }) => charge)
  const ahead = Map.groupBy([...account.prepaid, ...madeUp], ({ charge }) => charge)
  const cuts = cutsOf(invoices)
  return parts.flatMap((part) => {
    const { id, supplier, rental, pricePerHour } = part.charge
    const moments = [...(cuts.get(keyOf(supplier, rental)) ?? []), ...agreed.turns(id)]
    return cutAt(part, moments).map((piece) => {
      const rate = agreed.rateAt(id, piece.from)
      return {
        ...piece,
        part: part.id,
        draws: shareOf(draws.get(part.id) ?? [], part, piece),
        ahead: shareOf(ahead.get(part.id) ?? [], part, piece),
        rate: rate && rate.pricePerHour < pricePerHour ? rate : null,
      }
    })
  })
}

function keyOf(supplier: string, rental: string): string {
  return JSON.stringify([supplier, rental])
}

/** Where the lines about a rental begin and end. */
function cutsOf(invoices: readonly Invoice[]): ReadonlyMap<string, readonly Ms[]> {
  const cuts = new Map<string, Ms[]>()
  for (const { supplier, from, to, lines } of invoices) {
    for (const { rental, span = { from, to } } of lines) {
      if (rental === null) continue
      const key = keyOf(supplier, rental)
      const moments = cuts.get(key) ?? []
      moments.push(span.from, span.to)
      cuts.set(key, moments)
    }
  }
  return cuts
}

/** Spread evenly over the part, so that the pieces of it come to the whole. */
function shareOf(draws: readonly Draw[], part: Slice, piece: Slice): readonly Draw[] {
  if (piece.from === part.from && piece.to === part.to) return draws
  const length = BigInt(part.to - part.from)
  const share = (amount: bigint) => {
    const until = (at: Ms) => (amount * BigInt(at - part.from)) / length
    return until(piece.to) - until(piece.from)
  }
  return draws.map((draw) => {
    const hours = (draw.hours * (piece.to - piece.from)) / (part.to - part.from)
    const madeUp = draw.madeUp === null ? null : share(draw.madeUp)
    return { ...draw, hours, amount: share(draw.amount), madeUp }
  })
}
