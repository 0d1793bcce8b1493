/**
 * What is wrong between two clauses: promises that cannot both be kept.
 */
import type {
  Clause,
  ClauseKind,
  Condition,
  Exclusivity,
  LaunchFirst,
  Scope,
} from '../../domain/clause.ts'
import { inScope } from '../scope.ts'
import { type Contradiction, contradiction } from './contradiction.ts'

/** Each pair once, in either order. */
export function conflicts(a: Clause, b: Clause): readonly Contradiction[] {
  if (!areRivals(a, b) || !overlapInTime(a, b) || !overlap(a.scope, b.scope)) return []
  return [
    ...[...exclusive(a, b), ...exclusive(b, a)],
    ...[...priorities(a, b), ...launches(a, b), ...orders(a, b), ...placements(a, b)],
  ]
}

/** Which kinds cannot be kept together, where they are about the same at the same time. */
const rivals: Readonly<Partial<Record<ClauseKind, readonly ClauseKind[]>>> = {
  exclusivity: ['exclusivity', 'launch_first', 'take_or_pay', 'spend_commit'],
  rofr: ['rofr'],
  launch_first: ['launch_first'],
  preferred_overflow: ['preferred_overflow'],
  residency: ['residency', 'export'],
}

/** Most pairs are of no such kinds, and cost nothing. */
function areRivals(a: Clause, b: Clause): boolean {
  return (rivals[a.kind]?.includes(b.kind) || rivals[b.kind]?.includes(a.kind)) ?? false
}

function exclusive(a: Clause, b: Clause): readonly Contradiction[] {
  if (a.kind !== 'exclusivity' || a.with === b.with) return []
  if (excepts(a, b)) return []
  if (b.kind === 'exclusivity') {
    // Told once for the pair.
    if (a.with > b.with || excepts(b, a)) return []
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

/** Products that may start nowhere: who is to be first may not be. */
function launches(a: Clause, b: Clause): readonly Contradiction[] {
  if (a.kind !== 'launch_first') return b.kind === 'launch_first' ? launches(b, a) : []
  if (a.with === b.with) return []
  if (b.kind === 'launch_first' && barsStart(a, b) && barsStart(b, a)) {
    const found = `${a.with} and ${b.with} are both to be first, so that it may start at neither`
    const remedy = 'narrow the scope of one, or end it earlier'
    return [contradiction('launch', a, { other: b, found, remedy })]
  }
  // Whom the first launch leaves out may start at once.
  if (b.kind !== 'exclusivity' || !barsStart(b, a) || !overlap(a.scope, [fromSide(b)])) return []
  const found = `${a.with} is to be first with what only ${b.with} may supply`
  const remedy = 'obtain a waiver, narrow one of the scopes, or write the exception down'
  return [contradiction('launch', a, { other: b, found, remedy })]
}

/** Whether no product that is in both may start where the other clause wants it first. */
function barsStart(bar: Exclusivity | LaunchFirst, first: LaunchFirst): boolean {
  if (bar.kind === 'exclusivity' && excepts(bar, first)) return false
  // It may start in a region, say, that the bar leaves out.
  const where = bar.scope.filter(({ dimension }) => dimension !== 'product')
  return covers(where, suppliedBy(first))
}

function excepts({ except }: Exclusivity, other: Clause): boolean {
  return except.some((each) => covers(each, suppliedBy(other)))
}

/** What a clause is about where its own side supplies it. */
function suppliedBy(clause: Clause): Scope {
  return [...clause.scope, fromSide(clause)]
}

function fromSide(clause: Clause): Condition {
  return { dimension: 'supplier', operator: 'In', values: [clause.with] }
}

function orders(a: Clause, b: Clause): readonly Contradiction[] {
  if (a.kind !== 'preferred_overflow' || b.kind !== 'preferred_overflow') return []
  const [one, another] = [a.order.join(', '), b.order.join(', ')]
  if (a.with !== b.with || one === another) return []
  const found = `where ${a.with} is full, one says ${one}, the other ${another}`
  const remedy = 'give both the same order, or narrow the scope of one'
  return [contradiction('order', a, { other: b, found, remedy })]
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

/**
 * Names, or beginnings of names, none of which the other scope would take. Suppliers may have many
 * relations.
 */
function apart({ dimension, operator, values }: Condition, other: Scope): boolean {
  if (dimension === 'supplier_relation') return false
  const theirs = other.filter((each) => each.dimension === dimension)
  if (operator === 'StartsWith') {
    const begun = theirs.filter((each) => each.operator === 'StartsWith')
    return begun.some((each) => !each.values.some((one) => values.some((two) => nested(one, two))))
  }
  if (operator !== 'In') return false
  return values.every((value) => inScope(theirs, { [dimension]: [value] }) === 'no')
}

function nested(one: string, two: string): boolean {
  return one.startsWith(two) || two.startsWith(one)
}

/** Whether every name in a scope lies within another, as far as names or beginnings are listed. */
function covers(outer: Scope, inner: Scope): boolean {
  return outer.every((condition) => {
    const { dimension, operator } = condition
    const listed = inner.filter((each) => {
      const isListed =
        each.operator === 'In' || (each.operator === operator && operator === 'StartsWith')
      return each.dimension === dimension && isListed
    })
    return listed.some(({ values }) => {
      return values.every((value) => inScope([condition], { [dimension]: [value] }) === 'yes')
    })
  })
}
