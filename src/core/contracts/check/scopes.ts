/**
 * Names in scopes that nobody here knows: slips of the pen, and what is still to come.
 *
 * A clause about nothing binds nobody, and nobody would notice. So a name that is one slip away
 * from a known one is a fault, unless its contract says that it is to come. Any other may be meant,
 * for a contract may be there first: it is told for as long as nothing fits it.
 */
import type { Clause, Condition, Dimension, Scope } from '../../domain/clause.ts'
import type { Contract } from '../../domain/contract.ts'
import type { Ms } from '../../domain/time.ts'
import { lastVersions } from '../as-of.ts'
import { inScope } from '../scope.ts'
import { type Contradiction, contradiction } from './contradiction.ts'
import { nearMiss } from './near-miss.ts'

/** Names that are known to exist; a dimension that is missing is not checked. */
export type KnownValues = Readonly<Partial<Record<Dimension, readonly string[]>>>

/** Names that were meant to be others, of clauses that are not over. */
export function mistypedScopes(
  contracts: readonly Contract[],
  known: KnownValues,
  now: Ms,
): readonly Contradiction[] {
  return contracts.flatMap((contract) => {
    const { coming = [] } = contract
    return namedIn(stillOf(lastVersions([contract]), now), known).flatMap((named) => {
      const { clause, path, condition, names } = named
      const { dimension, operator, values } = condition
      return values.flatMap((value) => {
        const meant = coming.includes(value) ? null : meantBy(value, operator, names)
        if (meant === null) return []
        const found = `no ${inWords(dimension)} is known by the name of ${value}`
        const remedy = `write ${meant}, or say of ${contract.name} that it is coming: [${value}]`
        return [contradiction('scope', clause, { path, found, remedy })]
      })
    })
  })
}

/** What of it nothing fits that is known; and once a contract, where nothing is known at all. */
export function unknownScopes(
  clauses: readonly Clause[],
  known: KnownValues,
  now: Ms,
): readonly Contradiction[] {
  const all = namedIn(stillOf(clauses, now), known).filter(({ condition: { operator } }) => {
    // What says what must not be there is about everything else.
    return !operator.startsWith('Not')
  })
  const strange = all.flatMap(({ clause, path, condition, names }) => {
    const { dimension, operator, values } = condition
    const strangers = values.filter((value) => !isFitted({ dimension, operator, value }, names))
    if (names.length === 0 || strangers.length === 0) return []
    const wanted = `${operator} ${strangers.join(', ')}`
    const found = `no ${inWords(dimension)} is known that fits ${wanted}`
    const remedy = `correct it; known are ${listed([...names].sort())}`
    return [contradiction('scope', clause, { path, found, remedy })]
  })
  const untold = all.filter(({ names }) => names.length === 0)
  return [...strange, ...[...new Set(untold.map(({ clause }) => clause.contract))].map(unjudged)]

  function unjudged(contract: string): Contradiction {
    const own = untold.filter(({ clause }) => clause.contract === contract)
    const dimensions = new Set(own.map(({ condition }) => inWords(condition.dimension)))
    const what = [...dimensions].join(' and no ')
    return {
      ...{ kind: 'scope', clause: contract, other: null, path: [] },
      found: `no ${what} is known here yet, so that nobody can tell a slip in its scopes`,
      remedy: 'look at them again once there is one',
    }
  }
}

const namesShown = 12

function listed(names: readonly string[]): string {
  const more = names.length - namesShown
  const shown = names.slice(0, namesShown).join(', ')
  return more > 0 ? `${shown} and ${more} more` : shown
}

interface Named {
  readonly clause: Clause
  readonly path: Contradiction['path']
  readonly condition: Condition
  /** All that are known of its dimension. */
  readonly names: readonly string[]
}

/** Conditions that name something of a dimension of which names are known. */
function namedIn(clauses: readonly Clause[], known: KnownValues): readonly Named[] {
  return clauses.flatMap((clause) => {
    return scopesOf(clause).flatMap(({ scope, at }) => {
      return scope.flatMap((condition) => {
        const names = known[condition.dimension]
        const path = [...at, condition.dimension]
        return names && condition.values.length > 0 ? [{ clause, path, condition, names }] : []
      })
    })
  })
}

function scopesOf(
  clause: Clause,
): readonly { readonly scope: Scope; readonly at: Contradiction['path'] }[] {
  const except = clause.kind === 'exclusivity' ? clause.except : []
  return [
    { scope: clause.scope, at: ['scope'] },
    ...except.map((scope, index) => ({ scope, at: ['except', index] })),
  ]
}

function stillOf(clauses: readonly Clause[], now: Ms): readonly Clause[] {
  const isOver = (end: Ms | null | undefined) => end != null && end <= now
  return clauses.filter(({ to, repeal }) => !isOver(to) && !isOver(repeal?.at))
}

interface Test extends Pick<Condition, 'dimension' | 'operator'> {
  readonly value: string
}

function isFitted({ value, ...test }: Test, names: readonly string[]): boolean {
  const condition = { ...test, values: [value] }
  return names.some((each) => inScope([condition], { [test.dimension]: [each] }) === 'yes')
}

/** The name, or the beginning of one, that was meant; null where there is none so near. */
function meantBy(
  value: string,
  operator: Condition['operator'],
  names: readonly string[],
): string | null {
  if (operator === 'In' || operator === 'NotIn') return nearMiss(value, names)
  if (!operator.endsWith('StartsWith')) return null
  const lengths = [0, 1, -1].map((more) => value.length + more)
  return nearMiss(
    value,
    lengths.flatMap((length) => names.map((each) => each.slice(0, length))),
  )
}

function inWords(dimension: Dimension): string {
  return dimension.replaceAll('_', ' ')
}
