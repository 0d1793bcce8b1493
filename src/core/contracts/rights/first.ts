/**
 * Clauses that put the other side first: exclusivity, first launch, first offer.
 */
import type { Exclusivity, LaunchFirst, Rofo } from '../../domain/clause.ts'
import { clauseName } from '../../domain/clause.ts'
import { dayMs, deadlineOf, formatDay } from '../../domain/day.ts'
import { type Facts, inScope, isInScope, mayBeInScope, phraseScope } from '../scope.ts'
import { type Act, type Finding, factsOf, type Records } from './act.ts'

/** What is in scope goes to the other side, or to nobody. */
export function exclusivity(clause: Exclusivity, act: Act): Finding {
  if (act.do === 'ask' || act.do === 'disclose' || act.supplier === clause.with) return null
  const facts = factsOf(act)
  if (!mayBeInScope(clause.scope, facts)) return null
  if (clause.except.some((each) => isInScope(each, facts))) return null
  const until = clause.to === null ? 'without end' : `until ${formatDay(clause.to)}`
  const why = `${clause.with} is exclusive for ${phraseScope(clause.scope)}, ${until}`
  const doubt = doubtOf(clause, facts)
  return {
    finding: 'bar',
    why: doubt ? `${why}; whether it is about this is not known: ${doubt} is missing` : why,
    remedy: doubt
      ? `tell the ${doubt}, go to ${clause.with}, or obtain a waiver of ${clauseName(clause)}`
      : `go to ${clause.with}, or obtain a waiver of ${clauseName(clause)}`,
  }
}

/** The dimension that would have to be known to decide; null where it is decided. */
function doubtOf({ scope }: Exclusivity, facts: Facts): string | null {
  if (inScope(scope, facts) !== 'unknown') return null
  const missing = scope.find(({ dimension }) => facts[dimension] === undefined)
  return missing ? missing.dimension.replaceAll('_', ' ') : null
}

export function launchFirst(clause: LaunchFirst, act: Act, records: Records): Finding {
  if (act.do !== 'activate' || act.supplier === clause.with) return null
  if (!mayBeInScope(clause.scope, factsOf(act))) return null
  const { product, at } = act
  const isAbout = (each: { readonly product: string; readonly supplier: string }) => {
    return each.product === product && each.supplier === clause.with
  }
  const inability = records.inabilities.find((each) => isAbout(each) && each.at <= at)
  if (inability) {
    const duty = `keep ${inability.document}, which shows that ${clause.with} cannot carry it`
    return { finding: 'duty', duty }
  }
  const launch = records.launches.find((each) => isAbout(each) && each.at <= at)
  const freeAt = launch ? launch.at + clause.lagDays * dayMs : null
  if (freeAt !== null && at >= freeAt) return null
  return {
    finding: 'bar',
    why:
      freeAt === null
        ? `${product} has to start at ${clause.with} first`
        : `${product} may start elsewhere from ${formatDay(freeAt)} on`,
    remedy: `start it at ${clause.with}, or have its inability in writing`,
  }
}

/** Nobody else is asked, and nothing bought elsewhere, before the other side had its time. */
export function rofo(clause: Rofo, act: Act, records: Records): Finding {
  if (act.do !== 'ask' && act.do !== 'buy') return null
  if (act.supplier === clause.with || !mayBeInScope(clause.scope, factsOf(act))) return null
  const looks = records.firstLooks.filter(({ clause: name }) => name === clauseName(clause))
  const remedy = `ask ${clause.with} first`
  if (looks.length === 0) {
    return { finding: 'bar', why: `${clause.with} has the right to offer first`, remedy }
  }
  const free = looks.map(({ askedAt, releasedAt }) => {
    return Math.min(
      releasedAt ?? Number.POSITIVE_INFINITY,
      deadlineOf(askedAt, clause.window, clause.calendar) + 1,
    )
  })
  const freeAt = Math.min(...free)
  if (act.at >= freeAt) return null
  const until = formatDay(freeAt - 1, clause.calendar.offsetMinutes)
  const why = `${clause.with} has until ${until} to offer first`
  return { finding: 'bar', why, remedy: `wait, or have ${clause.with} release you` }
}
