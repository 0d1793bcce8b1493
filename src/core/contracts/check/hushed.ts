/**
 * Rights whose holder is to be told what another contract keeps from it, so that no notice can be
 * given of what is bought there. Nothing is wrong before something is: told, and not refused.
 */
import type { Clause, Confidentiality, Rofr } from '../../domain/clause.ts'
import type { Contract } from '../../domain/contract.ts'
import { bindingClauses } from '../as-of.ts'
import { outsiders } from '../rights/act.ts'
import { factOf } from '../rofr/notice.ts'
import { mayBeInScope } from '../scope.ts'
import { overlap, overlapInTime } from './between.ts'
import { type Contradiction, contradiction } from './contradiction.ts'

export function hushedRights(history: readonly Contract[]): readonly Contradiction[] {
  const clauses = bindingClauses(history)
  const rights = clauses.filter((each) => each.kind === 'rofr')
  const secrets = clauses.filter((each) => each.kind === 'confidentiality')
  return rights.flatMap((right) => secrets.flatMap((secret) => hushed(right, secret)))
}

function hushed(right: Rofr, secret: Confidentiality): readonly Contradiction[] {
  const { with: holder, scope } = right
  const { with: seller, audience, secrets } = secret
  const knows = seller === holder || audience.includes(holder) || audience.includes(outsiders)
  if (knows || !mayBeInScope(scope, { supplier: [seller] })) return []
  if (!overlapInTime(right, secret) || !overlap(scope, secret.scope)) return []
  const terms = right.disclose.filter((term) => secrets.includes(factOf[term]))
  if (terms.length === 0) return []
  const what = `${terms.join(', ')} of what ${seller} sells`
  const found = `${holder} is to be told ${what}, and may not be`
  const remedy = `have ${seller} agree to it (audience: [${holder}]), or agree to disclose less`
  const other: Clause = secret
  return [contradiction('secret', right, { other, path: ['disclose'], found, remedy })]
}
