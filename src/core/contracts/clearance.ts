/**
 * What may leave for a party: what policy and contracts keep from it of our dealings with others,
 * on a day. Compiled once; whatever is written to a party or to outsiders is held against it.
 *
 * What a party and we do with each other is never kept from it.
 */
import { clauseName, type Scope, type Secret } from '../domain/clause.ts'
import type { Relation } from '../domain/trust.ts'
import { siteOf } from '../trust/judge.ts'
import type { Law } from './law.ts'
import { permits } from './permits.ts'
import { noRecords } from './rights/act.ts'
import { type Facts, mayBeInScope } from './scope.ts'

export interface Clearance {
  readonly to: string
  /** What it is to us, by which the policy goes. */
  readonly relations: readonly Relation[]
  readonly withheld: readonly Withheld[]
}

/** A kind of fact that it is not told. */
export interface Withheld {
  readonly fact: Secret
  /** Of whose dealings with us; null: of everybody else's. */
  readonly about: string | null
  /** Of those dealings, which. */
  readonly scope: Scope
  readonly because: string
  readonly remedy: string
  /** `<contract>/<clause>`, or whose policy it is. */
  readonly source: string
}

export function clearanceOf(law: Law, to: string): Clearance {
  const { at, house } = law
  const party = house.suppliers.find(({ name }) => name === to) ?? null
  const site = siteOf(party, '', { at, until: at }, [])
  const relations = [...new Set(site.relations.map(({ relation }) => relation))]
  return { to, relations, withheld: [...byPolicy(law, to, relations), ...byContract(law, to)] }
}

function byPolicy(
  { house: { withhold = [], policy } }: Law,
  to: string,
  relations: readonly Relation[],
): readonly Withheld[] {
  return withhold.flatMap((rule) => {
    const is = relations.find((each) => rule.relations.includes(each))
    if (is === undefined) return []
    const who = is === 'unknown' ? `${to}, of whom nothing is known,` : `${to} (${is})`
    return rule.facts.map((fact) => ({
      ...{ fact, about: null, scope: [] },
      because: `${who} is not told the ${fact} of others`,
      remedy: `leave it out, or have policy ${policy} withhold less`,
      source: `policy ${policy}`,
    }))
  })
}

function byContract({ at, inForce }: Law, to: string): readonly Withheld[] {
  return inForce.flatMap((clause) => {
    if (clause.kind !== 'confidentiality') return []
    const { with: about, scope, secrets } = clause
    return secrets.flatMap((fact): readonly Withheld[] => {
      const tell = { do: 'disclose', at, supplier: to, facts: {}, secret: fact, about } as const
      const answer = permits([clause], tell, noRecords)
      if (answer.allowed) return []
      const { why: because, remedy } = answer
      return [{ fact, about, scope, because, remedy, source: clauseName(clause) }]
    })
  })
}

/** Something of our dealings with a party; `facts` is what is known of the deal itself. */
export interface Tale {
  readonly fact: Secret
  readonly about: string
  readonly facts?: Facts
}

/** Why it is kept; null where it may be told. What is not known of a deal may be what is kept. */
export function keptFrom(
  { to, withheld }: Clearance,
  { fact, about, facts }: Tale,
): Withheld | null {
  if (about === to) return null
  const kept = withheld.find((each) => {
    const isAbout = each.fact === fact && (each.about === null || each.about === about)
    return isAbout && mayBeInScope(each.scope, { ...facts, supplier: [about] })
  })
  return kept ?? null
}
