/**
 * The evidence of a case as one bundle: every move with who, when, why and what proves it, each
 * entry chained to the one before. Shows no term that the notice did not show.
 */

import type { Evidence, RofrCase } from '../../domain/contract.ts'
import { formatDay } from '../../domain/day.ts'
import type { Hash } from './notice.ts'

export interface BundleEntry extends Evidence {
  readonly chain: string
}

export interface Bundle {
  readonly case: string
  readonly clause: string
  readonly holder: string
  readonly source: string
  /** Values of the clause that are ours. */
  readonly assumed: readonly string[]
  readonly entries: readonly BundleEntry[]
  /** One line to read first. */
  readonly summary: string
}

export function bundle(of: RofrCase, hash: Hash): Bundle {
  const { clause, evidence } = of
  let chain = hash(of.id)
  const entries = evidence.map((entry): BundleEntry => {
    chain = hash(`${chain}\n${JSON.stringify(entry)}`)
    return { ...entry, chain }
  })
  const last = evidence.at(-1)
  return {
    case: of.id,
    clause: `${clause.contract}/${clause.id}`,
    holder: clause.with,
    source: clause.source.document,
    assumed: clause.assumed,
    entries,
    summary: last ? `${of.step} since ${formatDay(last.at)}: ${last.why}` : of.step,
  }
}

/** Whether no entry of a bundle was changed, left out or put in. */
export function isWhole({ case: id, entries }: Bundle, hash: Hash): boolean {
  let chain = hash(id)
  return entries.every(({ chain: written, ...entry }) => {
    chain = hash(`${chain}\n${JSON.stringify(entry)}`)
    return chain === written
  })
}
