/**
 * Where work must not run, whom it must not serve, and who must not learn of what: clauses that no
 * waiver of ours lifts. What is not known is refused.
 */
import type { Confidentiality, Export, Residency, Security } from '../../domain/clause.ts'
import { mayBeInScope } from '../scope.ts'
import { type Act, type Finding, factsOf, outsiders, type Records } from './act.ts'

export function residency(clause: Residency, act: Act): Finding {
  if (act.do !== 'place' && act.do !== 'buy') return null
  if (!mayBeInScope(clause.scope, factsOf(act))) return null
  const allowed = clause.jurisdictions.join(', ')
  if (act.jurisdiction !== null && clause.jurisdictions.includes(act.jurisdiction)) return null
  return {
    finding: 'bar',
    why:
      act.jurisdiction === null
        ? `its jurisdiction is not known, and only ${allowed} is allowed`
        : `${act.jurisdiction} is not among ${allowed}`,
    remedy: `place it in ${allowed}`,
  }
}

export function security(clause: Security, act: Act, { controls }: Records): Finding {
  if (act.do !== 'place' || !mayBeInScope(clause.scope, factsOf(act))) return null
  const missing = clause.controls.filter((control) => {
    return !controls.some((each) => {
      return each.supplier === act.supplier && each.control === control && act.at < each.until
    })
  })
  if (missing.length === 0) {
    return { finding: 'duty', duty: `keep ${clause.controls.join(', ')} proven` }
  }
  return {
    finding: 'bar',
    why: `${missing.join(', ')} is not proven at ${act.supplier} now`,
    remedy: `have ${missing.join(', ')} attested there, or place it elsewhere`,
  }
}

export function exportControl(clause: Export, act: Act): Finding {
  if (act.do !== 'place' && act.do !== 'buy') return null
  if (!mayBeInScope(clause.scope, factsOf(act))) return null
  const { jurisdiction, endUsers } = act
  const remedy = 'place it where export is allowed'
  if (clause.jurisdictions.length > 0 && jurisdiction === null) {
    return { finding: 'bar', why: 'its jurisdiction is not known, and some are barred', remedy }
  }
  if (jurisdiction !== null && clause.jurisdictions.includes(jurisdiction)) {
    return { finding: 'bar', why: `${jurisdiction} is barred`, remedy }
  }
  if (clause.endUsers.length > 0 && endUsers === null) {
    const why = 'whom it serves is not known, and some are barred'
    return { finding: 'bar', why, remedy: 'name its end_users' }
  }
  const barred = endUsers?.find((each) => clause.endUsers.includes(each))
  return barred === undefined
    ? null
    : { finding: 'bar', why: `${barred} is barred as an end user`, remedy: 'do not serve it' }
}

export function confidentiality(clause: Confidentiality, act: Act): Finding {
  if (act.do !== 'disclose' || act.about !== clause.with) return null
  if (!clause.secrets.includes(act.secret)) return null
  const told = [clause.with, ...clause.audience]
  if (told.includes(act.supplier) || told.includes(outsiders)) return null
  return {
    finding: 'bar',
    why: `${act.supplier} is not told the ${act.secret} of ${clause.contract}`,
    remedy: `obtain the consent of ${clause.with}, or leave it out`,
  }
}
