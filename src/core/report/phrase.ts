/**
 * The phrases that sentences and tables are made of. They take what may be missing or foreign, and
 * make one short plain line of it.
 */
import type { Lease } from '../domain/lease.ts'
import { formatUsd } from '../domain/money.ts'

const lineMax = 300

/** One line without control signs, whoever said it. */
export function plain(said: string): string {
  const line = said
    .slice(0, lineMax + 1)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
  return line.length > lineMax ? `${line.slice(0, lineMax)}…` : line
}

/** `: because`, or nothing where nobody said why. */
export function because(why: unknown): string {
  const said = typeof why === 'string' ? plain(why) : ''
  return said === '' ? '' : `: ${said}`
}

/** `$12.40/h`. */
export function perHour(micros: unknown): string {
  return `${money(micros)}/h`
}

export function money(micros: unknown): string {
  return typeof micros === 'number' && Number.isSafeInteger(micros) ? formatUsd(micros) : '$?'
}

/** A share of 1 as `25%`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)}%`
}

export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}

/** `H100:8 x2`: so many accelerators in each of so many nodes. */
export function gangText(gang: Pick<Lease, 'accelerator' | 'perNode' | 'nodes'>): string {
  const { accelerator, perNode, nodes } = gang
  return nodes === 1 ? `${accelerator}:${perNode}` : `${accelerator}:${perNode} x${nodes}`
}
