/**
 * Whether a clause is about this: the applicability grammar of FOCUS, in three-valued logic.
 *
 * What is not known is not guessed: a duty is taken to be in scope then, and a benefit out of it,
 * and that choice is the caller's.
 */
import type { Condition, Dimension, Scope } from '../domain/clause.ts'

/** What is known of an act. An empty list is known to have none; a missing one is not known. */
export type Facts = Readonly<Partial<Record<Dimension, readonly string[]>>>

export type Match = 'yes' | 'no' | 'unknown'

export function inScope(scope: Scope, facts: Facts): Match {
  let all: Match = 'yes'
  for (const condition of scope) {
    const match = matchOf(condition, facts[condition.dimension])
    if (match === 'no') return 'no'
    if (match === 'unknown') all = 'unknown'
  }
  return all
}

/** For duties and bars: what is not known to be outside is inside. */
export function mayBeInScope(scope: Scope, facts: Facts): boolean {
  return inScope(scope, facts) !== 'no'
}

/** For benefits and exceptions: only what is known to be inside is inside. */
export function isInScope(scope: Scope, facts: Facts): boolean {
  return inScope(scope, facts) === 'yes'
}

function matchOf(condition: Condition, known: readonly string[] | undefined): Match {
  if (!known) return 'unknown'
  return holds(condition, known) ? 'yes' : 'no'
}

function holds({ operator, values }: Condition, known: readonly string[]): boolean {
  const any = (test: (fact: string, value: string) => boolean) => {
    return known.some((fact) => values.some((value) => test(fact, value)))
  }
  switch (operator) {
    case 'In':
      return any((fact, value) => fact === value)
    case 'NotIn':
      return !any((fact, value) => fact === value)
    case 'StartsWith':
      return any((fact, value) => fact.startsWith(value))
    case 'NotStartsWith':
      return !any((fact, value) => fact.startsWith(value))
    case 'Contains':
      return any((fact, value) => fact.includes(value))
    case 'NotContains':
      return !any((fact, value) => fact.includes(value))
    case 'EndsWith':
      return any((fact, value) => fact.endsWith(value))
    case 'Exists':
      return known.length > 0
    case 'DoesNotExist':
      return known.length === 0
  }
}

/** The scope in words: `region is eu-west or eu-north, and product starts with api`. */
export function phraseScope(scope: Scope): string {
  if (scope.length === 0) return 'everything'
  return scope.map(phraseCondition).join(', and ')
}

const verbs: Readonly<Record<Condition['operator'], string>> = {
  In: 'is',
  NotIn: 'is not',
  StartsWith: 'starts with',
  NotStartsWith: 'does not start with',
  Contains: 'contains',
  NotContains: 'does not contain',
  EndsWith: 'ends with',
  Exists: 'is there',
  DoesNotExist: 'is not there',
}

function phraseCondition({ dimension, operator, values }: Condition): string {
  const words = [dimension.replaceAll('_', ' '), verbs[operator], values.join(' or ')]
  return words.filter((word) => word !== '').join(' ')
}
