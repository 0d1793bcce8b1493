/**
 * The best that one GPU can hold at given prices, by dynamic programming over its thousandths.
 *
 * Knows no hosts: a GPU holds shares that come early and shares that come late, and that is all.
 */

/** Equal shares that come in one of the two halves of a stream. */
export interface Share {
  readonly milli: number
  readonly isLate: boolean
  /** It may come late even to a GPU that early shares left emptier than `Split.usedMin`. */
  readonly isSmall: boolean
}

export interface Split {
  readonly shares: readonly Share[]
  /** Thousandths that early shares take of a GPU before all late ones may come to it. */
  readonly usedMin: number
}

/** How many of each share lie on one GPU, in the order of the shares. */
export interface Pattern {
  readonly counts: readonly number[]
  readonly value: number
}

interface Fill {
  /** By what is used, exactly; minus infinity where nothing uses as much. */
  readonly value: readonly number[]
  /** The share that was put last. */
  readonly last: readonly number[]
}

const whole = 1000

/** `worth` is what one of each share brings; nothing at all is worth nothing. */
export function bestPattern({ shares, usedMin }: Split, worth: readonly number[]): Pattern {
  const filledBy = (is: (share: Share) => boolean) => {
    const allowed = [...shares.keys()].filter((index) => shares[index] && is(shares[index]))
    return filled(shares, worth, allowed)
  }
  const early = filledBy(({ isLate }) => !isLate)
  const late = filledBy(({ isLate }) => isLate)
  const small = filledBy(({ isLate, isSmall }) => isLate && isSmall)
  let best = { value: 0, used: 0, fill: small, more: 0 }
  for (let used = 0; used <= whole; used++) {
    const fill = used < usedMin ? small : late
    for (let more = 0; more <= whole - used; more++) {
      const value = (early.value[used] ?? 0) + (fill.value[more] ?? 0)
      if (value > best.value) best = { value, used, fill, more }
    }
  }
  const counts = shares.map(() => 0)
  count(counts, shares, early, best.used)
  count(counts, shares, best.fill, best.more)
  return { counts, value: best.value }
}

function filled(
  shares: readonly Share[],
  worth: readonly number[],
  allowed: readonly number[],
): Fill {
  const value = Array.from({ length: whole + 1 }, (_, used) => (used === 0 ? 0 : -Infinity))
  const last = value.map(() => -1)
  for (let used = 1; used <= whole; used++) {
    for (const index of allowed) {
      const rest = used - (shares[index]?.milli ?? 0)
      const sum = (value[rest] ?? -Infinity) + (worth[index] ?? 0)
      if (sum <= (value[used] ?? 0)) continue
      value[used] = sum
      last[used] = index
    }
  }
  return { value, last }
}

function count(counts: number[], shares: readonly Share[], { last }: Fill, used: number): void {
  for (let left = used; left > 0; ) {
    const index = last[left] ?? -1
    const share = shares[index]
    if (!share) return
    counts[index] = (counts[index] ?? 0) + 1
    left -= share.milli
  }
}
