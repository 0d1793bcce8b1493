/**
 * Money in contracts: micro-dollars in big integers, since a commitment may be larger than what a
 * number holds exactly. Stored nowhere; terms are stored in whole dollars.
 */
import type { Micros } from '../domain/money.ts'

/** Whole micro-dollars, however many. */
export type Amount = bigint

export function amountOf(dollars: number): Amount {
  return BigInt(dollars) * 1_000_000n
}

/** What so many hours cost, rounded half up to the micro-dollar; hours count to the millisecond. */
export function costOfHours(pricePerHour: Micros, hours: number): Amount {
  return (BigInt(pricePerHour) * BigInt(Math.round(hours * 3_600_000)) + 1_800_000n) / 3_600_000n
}

/** A share in parts of a million, rounded down: nobody is owed what a clause does not say. */
export function shareOf(amount: Amount, ppm: number): Amount {
  return (amount * BigInt(ppm)) / 1_000_000n
}

/** What a part of so many hours is of an amount for all of them, rounded down. */
export function partOf(amount: Amount, part: number, whole: number): Amount {
  if (part === whole) return amount
  const [a, b] = [BigInt(Math.round(part * 3_600_000)), BigInt(Math.round(whole * 3_600_000))]
  return b === 0n ? 0n : (amount * a) / b
}

export function least(a: Amount, b: Amount): Amount {
  return a < b ? a : b
}

export function atLeastNothing(amount: Amount): Amount {
  return amount > 0n ? amount : 0n
}

/** `$250B`, `$1.5M`, `$12.34`: short where it is exact, else to the cent. */
export function formatAmount(amount: Amount): string {
  const sign = amount < 0n ? '-' : ''
  const whole = amount < 0n ? -amount : amount
  for (const [unit, size] of [
    ['B', 10n ** 15n],
    ['M', 10n ** 12n],
  ] as const) {
    if (whole >= size && (whole * 100n) % size === 0n) {
      const hundredths = (whole * 100n) / size
      const rest = String(hundredths % 100n)
        .padStart(2, '0')
        .replace(/0+$/, '')
      return `${sign}$${hundredths / 100n}${rest === '' ? '' : `.${rest}`}${unit}`
    }
  }
  const cents = (whole + 5_000n) / 10_000n
  const dollars = String(cents / 100n).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${sign}$${dollars}.${String(cents % 100n).padStart(2, '0')}`
}
