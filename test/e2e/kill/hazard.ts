/**
 * Something under a street that can give way, beside its processes: how programs are led over it,
 * and the blows that it takes.
 */
import type { Chance } from '../../../src/sim/engine/chance.ts'

export const shops = ['alpha', 'beta', 'gamma'] as const
export type Shop = (typeof shops)[number]
export type Name = 'server' | Shop
export type Blow = 'database' | 'promotion' | 'partition' | 'clock'

export interface Damage {
  /** The worst is over after so long. */
  readonly spanMs: number
  readonly mended: Promise<void>
}

export interface Hazard {
  /** Each strikes at once; null where it cannot be done just now. */
  readonly blows: { readonly [B in Blow]?: (chance: Chance) => Damage | null }
  /** Goes into the environment of a program. */
  envOf(name: Name): Readonly<Record<string, string>>
  close(): Promise<void>
}
