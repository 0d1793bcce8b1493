/**
 * Finds what cannot be meant in contracts that were read without fault, and what is still missing.
 *
 * Nobody should sign a contradiction; a gap is only worth knowing.
 */
import { type Clause, clauseName } from '../../domain/clause.ts'
import type { Contract } from '../../domain/contract.ts'
import type { Ms } from '../../domain/time.ts'
import { bindingClauses, latestOf } from '../as-of.ts'
import { dates, references, totals, twins, units } from './alone.ts'
import { conflicts } from './between.ts'
import { type Contradiction, contradiction } from './contradiction.ts'

export function contradictions(history: readonly Contract[]): readonly Contradiction[] {
  const contracts = [...latestOf(history).values()]
  const alone = contracts.flatMap((contract) => [
    ...superseding(contract, contracts),
    ...contract.clauses.flatMap((clause) => [
      ...dates(clause, contract),
      ...totals(clause),
      ...references(clause, contract, contracts),
      ...units(clause),
      ...twins(clause, contract.clauses),
    ]),
  ])
  const clauses = bindingClauses(history)
  const between = clauses.flatMap((a, index) => {
    return clauses.slice(index + 1).flatMap((b) => conflicts(a, b))
  })
  return [...alone, ...between].sort((a, b) => (text(a) < text(b) ? -1 : 1))
}

/** What is wrong, and what would put it right, in one sentence. */
export function phraseContradiction({ clause, other, found, remedy }: Contradiction): string {
  return `${other === null ? clause : `${clause} and ${other}`}: ${found}; ${remedy}`
}

function text({ clause, kind, other, found }: Contradiction): string {
  return [clause, kind, other ?? '', found].join(' ')
}

function superseding(contract: Contract, all: readonly Contract[]): readonly Contradiction[] {
  return contract.supersedes.flatMap((name) => {
    const old = all.find((each) => each.name === name)
    const found = !old
      ? `it supersedes ${name}, which is not there`
      : old.from > contract.from
        ? `it supersedes ${name}, which begins after it`
        : null
    if (found === null) return []
    const remedy = 'correct the name or the dates'
    const names = { clause: contract.name, other: name }
    return [{ kind: 'reference', ...names, path: ['supersedes'], found, remedy } as const]
  })
}

/** What its contract does not say any more, and which binds on all the same: nobody repealed it. */
export function leftOut(history: readonly Contract[], now: Ms): readonly Contradiction[] {
  const latest = latestOf(history)
  return bindingClauses(history).flatMap((clause) => {
    const isSaid = latest.get(clause.contract)?.clauses.some(({ id }) => id === clause.id)
    if (isSaid || (clause.to !== null && clause.to <= now)) return []
    const found = `${clause.contract} says it no more, and it binds on`
    const remedy = 'write it once more, with repealed where it is to end'
    return [contradiction('reference', clause, { found, remedy })]
  })
}

/** Values that nobody outside us ever confirmed. */
export interface Gap {
  readonly clause: string
  readonly assumed: readonly string[]
  readonly confidence: Clause['source']['confidence']
}

export function gaps(clauses: readonly Clause[]): readonly Gap[] {
  return clauses.flatMap((clause) => {
    const { confidence } = clause.source
    const isSure = confidence === 'signed' || confidence === 'primary'
    if (clause.assumed.length === 0 && isSure) return []
    return [{ clause: clauseName(clause), assumed: clause.assumed, confidence }]
  })
}
