/**
 * Money as whole micro-dollars in a JavaScript number, exact up to 9 billion dollars.
 *
 * Never a fraction, never a float: what cannot be held exactly is refused by an assertion.
 */

/** Whole micro-dollars: 1 dollar is 1,000,000. */
export type Micros = number

const hourMs = 3_600_000n

/**
 * What a price per hour comes to over a span of milliseconds, rounded half up to the micro-dollar.
 * Exact: the product is taken in big integers.
 */
export function costOf(pricePerHour: Micros, spanMs: number): Micros {
  const product = BigInt(pricePerHour) * BigInt(Math.max(0, spanMs))
  return exact(Number((product + hourMs / 2n) / hourMs))
}

/** The sum of amounts; throws where it can no longer be exact. */
export function sum(amounts: Iterable<Micros>): Micros {
  let total = 0
  for (const amount of amounts) total = exact(total + amount)
  return total
}

/** Reads a dollar amount such as `12`, `3.50` or `$0.000001`; null when it is none or too fine. */
export function parseUsd(text: string): Micros | null {
  const match = /^\$?(\d{1,10})(?:\.(\d{1,6}))?$/.exec(text)
  if (!match) return null
  const micros = Number(match[1]) * 1_000_000 + Number((match[2] ?? '').padEnd(6, '0'))
  return Number.isSafeInteger(micros) ? micros : null
}

/** Writes an amount for people: cents, or up to six digits where cents would hide it. */
export function formatUsd(micros: Micros): string {
  const sign = micros < 0 ? '-' : ''
  const whole = Math.abs(micros)
  const dollars = Math.floor(whole / 1_000_000)
  const rest = String(whole % 1_000_000).padStart(6, '0')
  const digits = dollars === 0 && whole > 0 && whole < 10_000 ? rest : cents(whole)
  const shown = digits === rest ? `${dollars}.${rest}` : digits
  return `${sign}$${shown}`
}

function cents(whole: Micros): string {
  const rounded = Math.round(whole / 10_000)
  const dollars = String(Math.floor(rounded / 100)).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${dollars}.${String(rounded % 100).padStart(2, '0')}`
}

function exact(micros: number): Micros {
  if (!Number.isSafeInteger(micros)) throw new RangeError(`${micros} micro-dollars is not exact`)
  return micros
}
