/**
 * On what the law of a moment stands: where two moments stand on the same, the law says the same to
 * the same purchase at both. Rights of first refusal are left out, for they count what was bought.
 */
import { clauseName } from '../domain/clause.ts'
import { dayMs, deadlineOf } from '../domain/day.ts'
import type { SupplierSpec } from '../domain/supplier.ts'
import type { Ms } from '../domain/time.ts'
import type { Law } from './law.ts'

/** Compared one by one, by identity: what the law is made of never changes but is replaced. */
export function footingOf(law: Law): readonly unknown[] {
  const { at, until, inForce, records, house } = law
  const { waivers, firstLooks, launches, inabilities, controls } = records
  const moments = momentsOf(law)
  const passed = (now: Ms) => moments.filter((moment) => moment <= now).length
  return [
    ...[...inForce, ...house.suppliers, house.trust, house.policy],
    JSON.stringify([...(house.saved ?? [])]),
    ...[...waivers, ...firstLooks, ...launches, ...inabilities, ...controls],
    `${passed(at)} ${passed(until)}`,
  ]
}

/** When anything that is on record begins or ceases to count. */
function momentsOf({ inForce, records, house }: Law): readonly Ms[] {
  const lags = inForce.flatMap((clause) => (clause.kind === 'launch_first' ? clause.lagDays : []))
  const looks = records.firstLooks.flatMap(({ clause: name, askedAt, releasedAt }) => {
    const clauses = inForce.flatMap((each) => {
      return each.kind === 'rofo' && clauseName(each) === name ? [each] : []
    })
    const ends = clauses.map(({ window, calendar }) => deadlineOf(askedAt, window, calendar) + 1)
    return [askedAt, releasedAt ?? askedAt, ...ends]
  })
  return [
    ...looks,
    ...records.waivers.flatMap(({ from, until }) => [from, until]),
    ...records.inabilities.map(({ at }) => at),
    ...records.launches.flatMap(({ at }) => [at, ...lags.map((days) => at + days * dayMs)]),
    ...records.controls.map(({ until }) => until),
    ...house.suppliers.flatMap((each) => {
      const moments = told.get(each) ?? momentsIn(each)
      told.set(each, moments)
      return moments
    }),
  ]
}

/** A memo and nothing else: what is known of suppliers stays as it is for many turns. */
const told = new WeakMap<SupplierSpec, readonly Ms[]>()

function momentsIn({ relations = [], standing, scopesBefore = [] }: SupplierSpec): readonly Ms[] {
  return [
    ...relations.flatMap(({ from, to }) => [from ?? 0, to ?? 0]),
    ...[...(standing?.before ?? []), ...(standing ? [standing] : [])].map(({ since }) => since),
    ...scopesBefore.map(({ until }) => until),
  ]
}
