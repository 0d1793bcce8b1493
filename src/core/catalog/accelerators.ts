/**
 * The accelerators that are well known, by whatever name somebody calls them.
 */

import { type Accelerator, chips } from './chips.ts'

const makers = new Set(['nvidia', 'amd', 'intel', 'google', 'cloud', 'aws', 'tesla'])

const byKey = new Map(
  chips.flatMap((each) => [each.name, ...each.aliases].map((name) => [keyOf(name), each] as const)),
)

/** Useful work per chip and hour by canonical name; what is missing counts as 1. */
export const throughputs: Readonly<Record<string, number>> = Object.fromEntries(
  chips.map(({ name, throughput }) => [name, throughput]),
)

/** What is known under this name, however it is written; null where nothing is. */
export function lookUp(name: string): Accelerator | null {
  return byKey.get(keyOf(name)) ?? null
}

/** The one name of an accelerator; a name that nobody knows stays as it was written. */
export function canonical(name: string): string {
  return lookUp(name)?.name ?? name
}

export interface Slice {
  readonly accelerator: string
  readonly chips: number
}

/** Cores in a chip of the generations whose slices are named by cores: `v5p-8` has four chips. */
const coresPerChip: Readonly<Record<string, number>> = { v2: 2, v3: 2, v4: 2, v5p: 2 }

/**
 * What a name such as `tpu-v5p-8` stands for: so many chips that are rented together. Null where
 * it is no slice, or half a chip.
 */
export function sliceOf(name: string): Slice | null {
  const parts = /^(?:tpu-)?(v\d+[a-z]*)-(\d{1,6})$/i.exec(name.trim())
  if (!parts) return null
  const generation = parts[1]?.toLowerCase() ?? ''
  const accelerator = canonical(`tpu-${generation}`)
  if (lookUp(generation)?.kind === 'gpu') return null
  const chips = Number(parts[2]) / (coresPerChip[generation] ?? 1)
  return Number.isInteger(chips) && chips > 0 ? { accelerator: named(accelerator), chips } : null

  function named(tpu: string): string {
    return isKnown(tpu) ? tpu : canonical(generation)
  }
}

/** Whether the table has a figure for it; where not, one chip counts as one H100. */
export function isKnown(name: string): boolean {
  return lookUp(name) !== null
}

/** The known accelerator that somebody who wrote this may have meant; null where none is near. */
export function nearest(name: string): string | null {
  const key = keyOf(name)
  let best: { readonly name: string; readonly distance: number } | null = null
  for (const [alias, accelerator] of byKey) {
    const distance = editDistance(key, alias)
    if (best === null || distance < best.distance) best = { name: accelerator.name, distance }
  }
  return best && best.distance * 3 <= key.length ? best.name : null
}

/** What is left of a name when makers, case, spaces and punctuation are taken away. */
function keyOf(name: string): string {
  const words = name.toLowerCase().split(/[^a-z0-9]+/)
  return words.filter((word) => !makers.has(word)).join('')
}

/** How many letters must be put in, taken out or replaced to get from one word to the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let line = 1; line <= from.length; line += 1) {
    const next = [line]
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (from[line - 1] === to[column - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
