/**
 * What is wrong between two clauses: promises that cannot both be kept.
 */
import type { Clause, Condition, Scope } from '../../domain/clause.ts'
import { inScope } from '../scope.ts'
import { type Contradiction, contradiction } from './contradiction.ts'

/** Each pair once, in either order. */
export function conflicts(a: Clause, b: Clause): readonly Contradiction[] {
  if (!mayConflict(a, b) || !overlapInTime(a, b) || !overlap(a.scope, b.scope)) return []
  return [...exclusive(a, b), ...exclusive(b, a), ...priorities(a, b), ...placements(a, b)]
}

function mayConflict(a: Clause, b: Clause): boolean {
  return claimants.has(a.kind) || claimants.has(b.kind)
}

/** Of any two that cannot both be kept, one is of these kinds. */
const claimants: ReadonlySet<Clause['kind']> = new Set(['exclusivity', 'rofr', 'residency'])

function exclusive(a: Clause, b: Clause): readonly Contradiction[] {
  if (a.kind !== 'exclusivity' || a.with === b.with) return []
  if (a.except.some((each) => covers(each, b.scope))) return []
  if (b.kind === 'exclusivity') {
    // Told once for the pair.
    if (a.with > b.with) return []
    const found = `${a.with} and ${b.with} are both promised the same alone`
    const remedy = 'narrow the scope of one, or end it earlier'
    return [contradiction('exclusive', a, { other: b, found, remedy })]
  }
  if (b.kind !== 'take_or_pay' && b.kind !== 'spend_commit') return []
  // What may be used for something else as well can be paid for without breaking the promise.
  if (!covers(a.scope, b.scope)) return []
  const found = `${b.with} is to be paid for what only ${a.with} may supply`
  const remedy = 'obtain a waiver, narrow one of the scopes, or write the exception down'
  return [contradiction('exclusive', a, { other: b, found, remedy })]
}

function priorities(a: Clause, b: Clause): readonly Contradiction[] {
  if (a.kind !== 'rofr' || b.kind !== 'rofr' || a.with === b.with) return []
  if (a.priority !== b.priority) return []
  const found = `${a.with} and ${b.with} are to be asked at the same time`
  return [contradiction('priority', a, { other: b, found, remedy: 'give one another priority' })]
}

function placements(a: Clause, b: Clause): readonly Contradiction[] {
  if (a.kind !== 'residency') return b.kind === 'residency' ? placements(b, a) : []
  const left =
    b.kind === 'residency'
      ? a.jurisdictions.filter((each) => b.jurisdictions.includes(each))
      : b.kind === 'export'
        ? a.jurisdictions.filter((each) => !b.jurisdictions.includes(each))
        : a.jurisdictions
  if (left.length > 0) return []
  const found = 'together they leave no jurisdiction where the work may run'
  return [contradiction('placement', a, { other: b, found, remedy: 'narrow the scope of one' })]
}

export function overlapInTime(a: Clause, b: Clause): boolean {
  const [aEnd, bEnd] = [endOf(a), endOf(b)]
  return a.from < bEnd && b.from < aEnd
}

function endOf({ to, repeal }: Clause): number {
  return Math.min(to ?? Number.POSITIVE_INFINITY, repeal?.at ?? Number.POSITIVE_INFINITY)
}

/** Whether something may lie in both; only what is provably apart does not. */
export function overlap(a: Scope, b: Scope): boolean {
  return !a.some((condition) => apart(condition, b)) && !b.some((condition) => apart(condition, a))
}

/** A list of names none of which the other scope would take. Suppliers may have many relations. */
function apart({ dimension, operator, values }: Condition, other: Scope): boolean {
  if (operator !== 'In' || dimension === 'supplier_relation') return false
  const theirs = other.filter((each) => each.dimension === dimension)
  return values.every((value) => inScope(theirs, { [dimension]: [value] }) === 'no')
}

/** Whether every name in a scope lies within another, as far as names are listed. */
function covers(outer: Scope, inner: Scope): boolean {
  return outer.every((condition) => {
    const { dimension } = condition
    const listed = inner.filter((each) => each.dimension === dimension && each.operator === 'In')
    return listed.some(({ values }) => {
      return values.every((value) => inScope([condition], { [dimension]: [value] }) === 'yes')
    })
  })
}
