/**
 * How long something new is held back before its supplier is asked, so that the moment at which it
 * asks does not tell when we decided. Knows neither the purchase nor what was drawn for others.
 */
import type { Ms } from '../domain/time.ts'
import type { Shaping } from '../domain/trust.ts'
import type { Site } from './judge.ts'

/** The most by which an ask to such a place is held back: the longest that fits counts. */
export function jitterOf(shaping: readonly Shaping[], { relations }: Site): Ms {
  const fits = shaping.filter((rule) => {
    return relations.some(({ relation }) => rule.relations.includes(relation))
  })
  return Math.max(0, ...fits.map(({ jitterMs }) => jitterMs))
}

/** From when on it may be asked for; `chance` is from 0 up to 1, and drawn for it alone. */
export function heldBackUntil(decidedAt: Ms, jitterMs: Ms, chance: number): Ms {
  return decidedAt + Math.floor(chance * (jitterMs + 1))
}
