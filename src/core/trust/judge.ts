/**
 * Whether data of a class may go to a party now: class × relations × controls proven → allowed,
 * allowed with duties, or denied, with the reason. The worst of several relations decides.
 */
import type { SupplierSpec } from '../domain/supplier.ts'
import type { Ms } from '../domain/time.ts'
import type { DataClass, Proof, Relation, Trust, TrustRule } from '../domain/trust.ts'
import { standardTrust } from './standard.ts'

/** Where the data would go. */
export interface Site {
  /** Each relation, and through whom: who sells, and who runs the place for whoever sells. */
  readonly relations: readonly { readonly relation: Relation; readonly party: string }[]
  readonly proofs: readonly Proof[]
}

export type Judgement =
  | {
      readonly allowed: true
      readonly duties: readonly string[]
      readonly controls: readonly string[]
    }
  | {
      readonly allowed: false
      /** `C4-rival`: what a waiver would have to name. */
      readonly rule: string
      readonly why: string
      readonly remedy: string
    }

/** `until`: the last moment at which what is decided now may still take effect. */
export function judge(
  trust: Trust,
  dataClass: DataClass,
  { relations, proofs }: Site,
  until: Ms,
): Judgement {
  const found = relations.map((one) => ({ ...one, rule: ruleFor(trust, dataClass, one.relation) }))
  // What nothing can mend is told first.
  const denied = found.find(({ rule }) => rule?.verdict !== 'allow')
  if (denied) {
    const why = `data of class ${dataClass} does not go to ${named(denied)}`
    const remedy = 'place it with somebody else'
    return { allowed: false, rule: `${dataClass}-${denied.relation}`, why, remedy }
  }
  for (const one of found) {
    const missing = one.rule?.controls.filter((each) => !isProven(proofs, each, until)) ?? []
    if (missing.length === 0) continue
    const lacks = `only with ${told(missing, proofs)}`
    const why = `data of class ${dataClass} goes to ${named(one)} ${lacks}`
    const remedy = `have ${missing.join(', ')} proven there`
    return { allowed: false, rule: `${dataClass}-${one.relation}`, why, remedy }
  }
  const all = (what: 'duties' | 'controls') => [
    ...new Set(found.flatMap(({ rule }) => rule?.[what] ?? [])),
  ]
  return { allowed: true, duties: all('duties'), controls: all('controls') }
}

function named({ relation, party }: Site['relations'][number]): string {
  if (relation === 'neutral') return party
  return relation === 'unknown' ? `${party}, of whom nothing is known` : `${party} (${relation})`
}

function ruleFor(trust: Trust, data: DataClass, relation: Relation): TrustRule | null {
  const fits = (rule: TrustRule) => rule.data.includes(data) && rule.relations.includes(relation)
  return trust.rules.find(fits) ?? (trust.isUsual ? standardTrust.find(fits) : null) ?? null
}

function isProven(proofs: readonly Proof[], control: string, until: Ms): boolean {
  return proofs.some((each) => each.control === control && each.until > until)
}

function told(missing: readonly string[], proofs: readonly Proof[]): string {
  return missing
    .map((control) => {
      const wasProven = proofs.some((each) => each.control === control)
      return `${control}, ${wasProven ? 'of which the proof has expired' : 'which is not proven'}`
    })
    .join('; ')
}

/**
 * A place at a supplier: its own relations, and those of whoever runs that region for it. All of
 * them at any moment of the span, its last one with it: what is decided now takes effect within it.
 */
export function siteOf(
  seller: SupplierSpec | null,
  region: string,
  { at, until }: { readonly at: Ms; readonly until: Ms },
  others: readonly SupplierSpec[],
): Site {
  if (!seller) return { relations: [{ relation: 'unknown', party: 'somebody' }], proofs: [] }
  const chain = seller.hosts?.[region] ?? []
  const parties = [
    relationsOf(seller, at, until),
    ...chain.map((name) => {
      const host = others.find((each) => each.name === name)
      return host ? relationsOf(host, at, until) : [{ relation: 'unknown' as const, party: name }]
    }),
  ]
  return { relations: parties.flat(), proofs: seller.controls ?? [] }
}

function relationsOf({ name, relations = [] }: SupplierSpec, at: Ms, until: Ms): Site['relations'] {
  const changes = relations.flatMap(({ from, to }) => [from ?? at, to ?? at])
  const moments = [at, ...changes.filter((change) => change > at && change <= until)]
  const found = moments.flatMap((moment) => {
    const now = relations.filter(({ from, to }) => {
      return (from ?? moment) <= moment && (to === null || moment < to)
    })
    return now.length > 0 ? now.map(({ relation }) => relation) : ['neutral' as const]
  })
  return [...new Set(found)].map((relation) => ({ relation, party: name }))
}
