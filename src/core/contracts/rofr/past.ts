/**
 * A case as it stood on an earlier day, from the evidence that every move of it left.
 *
 * What no evidence tells is as it is now: the terms, where they were bettered since; how much is
 * free, where a part was signed for before and another since; and what the holder took in part.
 */
import type { RofrCase, RofrStep } from '../../domain/contract.ts'
import { dayMs, deadlineOf } from '../../domain/day.ts'
import type { Ms } from '../../domain/time.ts'

/** Null where it was not opened by then. What time alone does after that is for `passed` to say. */
export function caseOn(now: RofrCase, at: Ms): RofrCase | null {
  const evidence = now.evidence.filter((each) => each.at <= at)
  const step = evidence.at(-1)?.to
  if (step === undefined) return null
  if (evidence.length === now.evidence.length) return now
  const { clause, deal } = now
  /** When it last became this; null where it never did, or has been asked about anew since. */
  const since = (to: RofrStep): Ms | null => {
    const last = evidence.findLastIndex((each) => each.to === to && each.from !== to)
    const reset = evidence.findLastIndex((each) => each.to === 'triggered')
    const again = to === 'noticed' ? reset : evidence.findLastIndex(isUpheld)
    return last > Math.max(reset, again) ? (evidence[last]?.at ?? null) : null
  }
  const [noticedAt, freeAt, matchedAt] = [since('noticed'), since('free'), since('matched')]
  const signed = signings(evidence)
  const isFree = step === 'free' || step === 'waived'
  const part = now.freedom === 'partial' ? now.acceleratorsTaken : 0
  const acceleratorsTaken = freeAt !== null ? part : matchedAt !== null ? deal.accelerators : 0
  const left = signed === 0 ? deal.accelerators - acceleratorsTaken : now.acceleratorsFree
  return {
    ...now,
    step,
    evidence,
    digest: evidence.findLast(({ to }) => to === 'noticed')?.digest ?? null,
    deadline: noticedAt === null ? null : deadlineOf(noticedAt, clause.window, clause.calendar),
    longStop: matchedAt === null ? null : matchedAt + clause.longStopDays * dayMs,
    freedom: freeAt === null ? null : now.freedom,
    freeUntil: freeAt === null ? null : freeAt + clause.tailDays * dayMs,
    acceleratorsTaken,
    acceleratorsFree: isFree ? left : 0,
    acceleratorsSigned: signed === 0 ? 0 : now.acceleratorsSigned,
    purchases: now.purchases.slice(0, signed),
  }
}

/** A dispute that is settled for the holder gives it its whole time again. */
function isUpheld({ from, to }: RofrCase['evidence'][number]): boolean {
  return from === 'disputed' && to === 'noticed'
}

/** So many purchases were signed for: each left the case as free as it was, or bound it. */
function signings(evidence: RofrCase['evidence']): number {
  return evidence.filter(({ from, to, why }) => {
    return to === 'bound' || (from === to && why.startsWith('signed with'))
  }).length
}
