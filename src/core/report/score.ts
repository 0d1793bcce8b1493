/**
 * How suppliers did, from the leases that we asked them for: what they refused, how long capacity
 * took to work, what they took back, and whether they asked what they had quoted; and from
 * contracts, whether they delivered in time.
 */
import { type Lease, mayCostFrom, wasTaken } from '../domain/lease.ts'

export interface Scorecard {
  readonly supplier: string
  /** Purchases that were called for. */
  readonly asked: number
  /** Of these: refused by the supplier. */
  readonly refused: number
  /** Never answered for, and not found later. */
  readonly unanswered: number
  /** From when it could be asked for until every machine had reported: the middle, nine of ten. */
  readonly readyMsMedian: number | null
  readonly readyMsP90: number | null
  /** Held, and given back because its machines never worked. */
  readonly dead: number
  /** Ended by the supplier before what was agreed. */
  readonly takenBack: number
  /** Asked for more than it had quoted. */
  readonly dearer: number
  /** Tranches that came or had to come by now. */
  readonly tranches: number
  /** Of these: accepted after their day, or not yet. */
  readonly late: number
}

/** A tranche that came or had to come by now. */
export interface Delivery {
  readonly supplier: string
  readonly isLate: boolean
}

/** One for each supplier that was asked or had to deliver, by name. */
export function scorecards(
  leases: Iterable<Lease>,
  deliveries: readonly Delivery[] = [],
): readonly Scorecard[] {
  const asked = Map.groupBy(
    [...leases].filter(({ calls }) => calls > 0),
    ({ supplier }) => supplier,
  )
  const delivered = Map.groupBy(deliveries, ({ supplier }) => supplier)
  const suppliers = [...new Set([...asked.keys(), ...delivered.keys()])].sort()
  return suppliers.map((supplier): Scorecard => {
    const all = asked.get(supplier) ?? []
    const tranches = delivered.get(supplier) ?? []
    const times = all
      .flatMap((lease) => (lease.readyAt === null ? [] : [lease.readyAt - mayCostFrom(lease)]))
      .sort((a, b) => a - b)
    return {
      supplier,
      asked: all.length,
      refused: all.filter(({ end }) => end === 'refused').length,
      unanswered: all.filter(({ end }) => end === 'absent').length,
      readyMsMedian: atShare(times, 0.5),
      readyMsP90: atShare(times, 0.9),
      dead: all.filter(isDead).length,
      takenBack: all.filter(wasTaken).length,
      dearer: all.filter((lease) => (lease.pricePerHour ?? 0) > lease.pricePerHourMax).length,
      tranches: tranches.length,
      late: tranches.filter(({ isLate }) => isLate).length,
    }
  })
}

function isDead({ heldAt, readyAt, state, why }: Lease): boolean {
  return heldAt !== null && readyAt === null && state === 'gone' && /never reported/.test(why ?? '')
}

/** The nearest rank; null for nothing. */
function atShare(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null
}
