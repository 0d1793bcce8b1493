/**
 * Whether what was delivered may stand in for what was agreed.
 */
import type { Substitution } from '../../domain/clause.ts'
import { dayMs } from '../../domain/day.ts'
import type { Ms } from '../../domain/time.ts'

export type Spec = Readonly<Record<string, number | string>>

export interface SpecDifference {
  readonly figure: string
  readonly agreed: number | string
  /** Null where it was not measured. */
  readonly delivered: number | string | null
}

export interface Acceptance {
  readonly verdict: 'accept' | 'consent' | 'refuse'
  readonly differences: readonly SpecDifference[]
  /** By when to meet about it, where consent is needed. */
  readonly meetBy: Ms | null
}

/**
 * Of like kind is what falls short of no figure and differs in no text. It may be accepted, unless
 * every change needs our written consent; anything less needs it, or is refused.
 */
export function acceptance(clause: Substitution, delivered: Spec, offeredAt: Ms): Acceptance {
  const differences = Object.entries(clause.floor)
    .filter(([figure, agreed]) => !reaches(delivered[figure], agreed))
    .map(([figure, agreed]) => ({ figure, agreed, delivered: delivered[figure] ?? null }))
    .sort((a, b) => (a.figure < b.figure ? -1 : 1))
  const isLikeKind = differences.length === 0
  const meetBy = offeredAt + clause.meetingDays * dayMs
  if (clause.consent === 'like-kind') {
    return isLikeKind
      ? { verdict: 'accept', differences, meetBy: null }
      : { verdict: 'consent', differences, meetBy }
  }
  return isLikeKind
    ? { verdict: 'consent', differences, meetBy }
    : { verdict: 'refuse', differences, meetBy: null }
}

function reaches(delivered: number | string | undefined, agreed: number | string): boolean {
  if (typeof agreed === 'string') return delivered === agreed
  return typeof delivered === 'number' && delivered >= agreed
}
