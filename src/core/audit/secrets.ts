/**
 * Invariant of what is confidential: no notice tells its holder what a clause, or what we lay down
 * ourselves, keeps from it just then.
 *
 * Judges by the terms that a notice had to tell, and shares no code with what gives it.
 */
import { type Clause, clauseName, type DealTerm, type Secret } from '../domain/clause.ts'
import type { Contract, RofrCase } from '../domain/contract.ts'
import type { Policy, SupplierSpec } from '../domain/supplier.ts'
import type { Ms } from '../domain/time.ts'
import { binding, holds, matches, withLeftOut } from './clauses.ts'
import type { Evidence } from './evidence.ts'

interface Past {
  readonly law: Map<string, Contract>
  readonly suppliers: Map<string, SupplierSpec>
  policy: Policy | null
}

/** [I23] Whoever holds a right is told no secret of whom it competes with. */
export function secretsAreKept({ events, contracts, rights, rulings }: Evidence): string[] {
  if (!contracts || !rights || rights.length === 0) return []
  const versions = new Map(contracts.map((each) => [`${each.name} ${each.generation}`, each]))
  const cases = new Map(rights.map((right) => [right.id, right]))
  const past: Past = { law: new Map(), suppliers: new Map(), policy: null }
  let next = 0
  return events.flatMap((event) => {
    for (; (rulings?.[next]?.after ?? event.seq) < event.seq; next += 1) {
      const ruling = rulings?.[next]
      if (ruling && 'supplier' in ruling) past.suppliers.set(ruling.supplier.name, ruling.supplier)
      if (ruling && 'policy' in ruling) past.policy = ruling.policy
    }
    if (event.kind === 'contract.submitted') {
      const version = versions.get(`${event.facts.name} ${event.facts.generation}`)
      if (version) past.law.set(version.name, withLeftOut(version, past.law.get(version.name)))
    }
    const right = cases.get(String(event.facts.case ?? ''))
    if (event.kind !== 'rofr.moved' || event.facts.step !== 'noticed' || !right) return []
    const told = new Set(right.clause.disclose.map((term) => secretOf[term]))
    return [...told].flatMap((secret) => {
      const keeper = keeperOf(secret, right, { past, at: event.at })
      const who = `${right.clause.with} was told the ${secret} of ${right.thirdParty}`
      return keeper === null ? [] : [`${who} by the notice of ${right.id}, against ${keeper}`]
    })
  })
}

const secretOf: Readonly<Record<DealTerm, Secret>> = {
  ...{ price_per_hour: 'prices', accelerator: 'terms', region: 'terms', security_class: 'terms' },
  ...{ accelerators: 'forecast', start: 'forecast', term: 'forecast' },
}

/** What keeps it from the holder; null where nothing does. */
function keeperOf(
  secret: Secret,
  { clause: { with: holder }, thirdParty, deal }: RofrCase,
  { past, at }: { readonly past: Past; readonly at: Ms },
): string | null {
  if (holder === thirdParty) return null
  const facts = { supplier: thirdParty, accelerator: deal.accelerator, region: deal.region }
  const clause = binding([...past.law.values()], at).find((each: Clause) => {
    if (each.kind !== 'confidentiality' || each.with !== thirdParty || !holds(each, at))
      return false
    const knows = each.audience.includes(holder) || each.audience.includes('public')
    return each.secrets.includes(secret) && !knows && matches(each.scope, facts) !== false
  })
  if (clause) return clauseName(clause)
  const isWithheld = past.policy?.withhold?.some(({ relations, facts: kept }) => {
    return kept.includes(secret) && relations.some((each) => isTo(past, holder, at, each))
  })
  return isWithheld ? `policy ${past.policy?.name}` : null
}

/** Whether a party stands so to us; who is on no list is unknown, and who is nothing is neutral. */
function isTo({ suppliers }: Past, party: string, at: Ms, relation: string): boolean {
  const spec = suppliers.get(party)
  if (!spec) return relation === 'unknown'
  const now = (spec.relations ?? []).filter(({ from, to }) => {
    return (from === null || from <= at) && (to === null || at < to)
  })
  return now.length === 0 ? relation === 'neutral' : now.some((each) => each.relation === relation)
}
