/**
 * Values of arguments and options: which words there are, and text → durations, ports and counts,
 * or a refusal that says what was expected.
 */
import { InvalidArgumentError } from 'commander'
import { parseMoment } from '../core/domain/day.ts'
import { type Micros, parseUsd } from '../core/domain/money.ts'
import { type Ms, parseDuration } from '../core/domain/time.ts'

/** What `get` has tables of. */
export const kinds = [
  'workloads',
  'runs',
  'leases',
  'suppliers',
  'offers',
  'policies',
  'quotas',
  'tokens',
] as const
export type Kind = (typeof kinds)[number]

export function durationMs(text: string): number {
  const value = parseDuration(text)
  if (value !== null && value > 0) return value
  throw new InvalidArgumentError('Expected a duration such as 500ms, 30s or 1h30m.')
}

/** A day, or a moment; days begin in UTC. */
export function dayOf(text: string): Ms {
  const at = parseMoment(text)
  if (at !== null) return at
  throw new InvalidArgumentError('Expected a day such as 2025-10-28.')
}

/** A month of UTC, as it is written. */
export function monthOf(text: string): string {
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) return text
  throw new InvalidArgumentError('Expected a month such as 2026-11.')
}

export function usdOf(text: string): Micros {
  const value = parseUsd(text)
  if (value !== null) return value
  throw new InvalidArgumentError('Expected dollars such as 2.50.')
}

export function port(text: string): number {
  const value = wholeNumber(text)
  if (value <= 65_535) return value
  throw new InvalidArgumentError('Expected a port from 0 to 65535.')
}

export function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Expected a whole number.')
}

export function positive(text: string): number {
  if (/^\d{1,12}(\.\d{1,6})?$/.test(text) && Number(text) > 0) return Number(text)
  throw new InvalidArgumentError('Expected a number above 0.')
}

/** Below zero as well; null where it is no number. */
export function decimalOf(text: string): number | null {
  return /^-?\d{1,12}(\.\d{1,9})?$/.test(text) ? Number(text) : null
}

export function decimal(text: string): number {
  const value = decimalOf(text)
  if (value !== null) return value
  throw new InvalidArgumentError('Expected a number such as 104.5.')
}
