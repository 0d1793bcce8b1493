/**
 * Chance that obeys a seed. Forks are named, so that one more draw in one place changes nothing in
 * another.
 */
export interface Chance {
  /** From 0 up to, and never, 1. */
  next(): number
  /** True so often, from 0 to 1. */
  often(share: number): boolean
  /** A whole number, both ends among them. */
  whole(from: number, to: number): number
  /** A whole number around `mean`, as long waits for rare things are spread; never 0. */
  wait(mean: number): number
  pick<T>(items: readonly T[]): T
  fork(name: string): Chance
}

/** The generator is sfc32 by Chris Doty-Humphrey (PractRand, public domain). */
export function chance(seed: string): Chance {
  let [a, b, c, counter] = seedOf(seed)
  const next = () => {
    const t = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + t
    return (t >>> 0) / 2 ** 32
  }
  for (let round = 0; round < 12; round += 1) next()
  return {
    next,
    often: (share) => next() < share,
    whole: (from, to) => from + Math.floor(next() * (to - from + 1)),
    wait: (mean) => Math.max(1, Math.round(-Math.log(1 - next()) * mean)),
    pick: (items) => items[Math.floor(next() * items.length)] as (typeof items)[number],
    fork: (name) => chance(`${seed}/${name}`),
  }
}

/** Four words of FNV-1a over the text, each from another start. */
function seedOf(text: string): [number, number, number, number] {
  const word = (start: number) => {
    let hash = start
    for (let index = 0; index < text.length; index += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
    }
    return hash | 0
  }
  return [word(0x811c9dc5), word(0x1b873593), word(0xcc9e2d51), 1]
}
