/**
 * Contracts in the ledger: every version stays, and none comes in that contradicts what is there.
 */
import { emptyScopes } from '../../core/contracts/check/alone.ts'
import { contradictions } from '../../core/contracts/check/contradictions.ts'
import { withTaken } from '../../core/contracts/rights/taken.ts'
import type { Contract } from '../../core/domain/contract.ts'
import type { Offer } from '../../core/domain/offer.ts'
import { type Spec, same } from '../../core/domain/spec.ts'
import type { SupplierSpec } from '../../core/domain/supplier.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { Ledger, Put, Row, Snapshot } from '../../ports/ledger.ts'

/** The row that every change of the law writes. */
export const lawId = 'law'

export interface ContractDraft {
  readonly change: 'created' | 'changed' | 'unchanged'
  readonly generation: number
  readonly body: Contract
}

/** The version that submitting would make, after all that were there before. */
function versioned(wanted: Contract, history: readonly Contract[], now: Ms): ContractDraft {
  const old = history
    .filter(({ name }) => name === wanted.name)
    .reduce<Contract | null>((a, b) => (a && a.generation > b.generation ? a : b), null)
  if (!old) return { change: 'created', generation: 1, body: { ...wanted, generation: 1 } }
  const { generation } = old
  if (same(wanted, old)) return { change: 'unchanged', generation, body: old }
  // What stood there before was known until now, whatever day the new version is of.
  const recordedAt = Math.max(wanted.recordedAt, now)
  const body = { ...wanted, generation: generation + 1, recordedAt }
  return { change: 'changed', generation: generation + 1, body }
}

/** What a submission does to the law. */
export interface LawChange {
  readonly drafts: ReadonlyMap<string, ContractDraft>
  /** As it is before. */
  readonly mark: Row<'law'> | null
}

export const noChange: LawChange = { drafts: new Map(), mark: null }

export function isContract(spec: Spec): spec is Extract<Spec, { kind: 'Contract' }> {
  return spec.kind === 'Contract'
}

/** Refused as a whole where the law would contradict itself. */
export async function lawOf(
  ledger: Ledger,
  specs: readonly Spec[],
  now: Ms,
): Promise<LawChange | { readonly refused: string }> {
  const snapshot = await ledger.read()
  const history = signedOf(snapshot)
  const drafts = new Map(
    specs.filter(isContract).map(({ spec }) => [spec.name, versioned(spec, history, now)]),
  )
  const added = [...drafts.values()].filter(({ change }) => change !== 'unchanged')
  const refused =
    added.length === 0 ? null : contradictionIn([...history, ...added.map(({ body }) => body)])
  if (refused !== null) return { refused }
  return { drafts, mark: snapshot.rows.law.find(({ id }) => id === lawId) ?? null }
}

/** What cannot be meant, in one sentence; null where there is nothing of the kind. */
function contradictionIn(history: readonly Contract[]): string | null {
  const [first, ...more] = contradictions(history, {})
  if (!first) return null
  const { clause, other, found, remedy } = first
  const between = other === null ? clause : `${clause} and ${other}`
  const rest = more.length === 0 ? '' : ` (and ${more.length} more; \`calumet contract check\`)`
  return `${between}: ${found}; ${remedy}${rest}`
}

/**
 * Scopes of what is submitted that no supplier and no region fits which is known by then: a slip,
 * or something that is to come. Told and not refused, for a contract may be there first.
 */
export function unknownScopes(
  { drafts }: LawChange,
  snapshot: Snapshot,
  { specs, offers }: { readonly specs: readonly Spec[]; readonly offers: readonly Offer[] },
): readonly string[] {
  const added = [...drafts.values()].filter(({ change }) => change !== 'unchanged')
  const sellers = [
    ...snapshot.rows.supplier.map(({ body }) => body),
    ...specs.flatMap((each) => (each.kind === 'Supplier' ? [each.spec] : [])),
  ]
  const parties = [...signedOf(snapshot), ...added.map(({ body }) => body)].map(
    ({ with: to }) => to,
  )
  const regions = [
    ...offers.map(({ region }) => region),
    ...snapshot.rows.lease.map(({ body }) => body.region),
    ...sellers.flatMap(regionsOf),
  ]
  const known = {
    supplier: [...new Set([...parties, ...sellers.flatMap(namesOf)])],
    // Where nobody has named a region yet, none is a slip.
    ...(regions.length > 0 && { region: [...new Set(regions)] }),
  }
  return added
    .flatMap(({ body }) => body.clauses.flatMap((clause) => emptyScopes(clause, known)))
    .map(({ clause, found, remedy }) => `${clause}: ${found}; ${remedy}`)
}

/** Its own, and of whoever runs a region for it. */
function namesOf({ name, hosts = {} }: SupplierSpec): readonly string[] {
  return [name, ...Object.values(hosts).flat()]
}

function regionsOf({ hosts = {}, jurisdictions = {}, scope }: SupplierSpec): readonly string[] {
  return [...Object.keys(hosts), ...Object.keys(jurisdictions), ...(scope?.regions ?? [])]
}

export function contractPut(body: Contract): Put {
  const id = `${body.name}@${String(body.generation).padStart(6, '0')}`
  return { kind: 'contract', id, version: 0, live: true, body }
}

/** Marks a change of the law, so that nobody buys under the old one any more. */
export function lawPut(law: Row<'law'> | null): Put {
  const changes = (law?.body.changes ?? 0) + 1
  return { kind: 'law', id: lawId, version: law?.version ?? 0, live: true, body: { changes } }
}

/** Every version of every contract, with what follows from the options that were taken. */
export function historyOf({ rows }: Pick<Snapshot, 'rows'>): readonly Contract[] {
  const exercises = rows.exercise.map(({ body }) => body)
  return withTaken(signedOf({ rows }), exercises)
}

/** Every version of every contract, as it was submitted. */
function signedOf({ rows }: Pick<Snapshot, 'rows'>): readonly Contract[] {
  return rows.contract.map(({ body }) => body)
}
