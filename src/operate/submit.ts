/**
 * Takes what people submit into the ledger: all of it or nothing, once for each idempotency key.
 *
 * A submission that was answered is durable. Nothing is bought here.
 */
import type { Contradiction } from '../core/contracts/check/contradiction.ts'
import { event } from '../core/domain/event.ts'
import { numbered, type Spec, same } from '../core/domain/spec.ts'
import type { SupplierSpec } from '../core/domain/supplier.ts'
import type { Ms } from '../core/domain/time.ts'
import type { WorkloadStatus } from '../core/domain/workload.ts'
import type { Commit, Kind, Ledger, Put, Row } from '../ports/ledger.ts'
import { tooExposed } from './law/exposure.ts'
import {
  type ContractDraft,
  contractPut,
  isContract,
  type LawChange,
  lawOf,
  lawPut,
  noChange,
} from './law/take.ts'

export interface SubmitResult {
  readonly kind: Spec['kind']
  readonly name: string
  readonly change: 'created' | 'changed' | 'unchanged'
  readonly generation: number
}

export type SubmitOutcome =
  | { readonly outcome: 'done'; readonly results: readonly SubmitResult[] }
  /** The key was used before for another request. */
  | { readonly outcome: 'key-reused' }
  /** A workload of this name is being deleted or has another kind, or contracts contradict. */
  | {
      readonly outcome: 'conflict'
      readonly why: string
      readonly found?: readonly Contradiction[]
    }

/** `requestHash` tells whether a repeated key comes with the same request. */
export interface SubmitKey {
  readonly key: string
  readonly requestHash: string
}

const tries = 20

export async function submit(
  ledger: Ledger,
  specs: readonly Spec[],
  key: SubmitKey | null,
): Promise<SubmitOutcome> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const answered = key && (await ledger.get('receipt', key.key))
    if (answered) {
      return answered.body.requestHash === key.requestHash
        ? { outcome: 'done', results: JSON.parse(answered.body.reply) as SubmitResult[] }
        : { outcome: 'key-reused' }
    }
    const now = await ledger.now()
    const law = specs.some(isContract) ? await lawOf(ledger, specs, { now }) : noChange
    if ('refused' in law) return { outcome: 'conflict', why: law.refused, found: law.found }
    const exposed = await tooExposed(ledger, specs, law)
    if (exposed !== null) return { outcome: 'conflict', why: exposed }
    const drafts = await Promise.all(specs.map((spec) => draft(ledger, spec, { now, law })))
    const refused = drafts.find((each) => 'refused' in each)
    if (refused && 'refused' in refused) return { outcome: 'conflict', why: refused.refused }
    const accepted = drafts.filter((each) => 'result' in each)
    const results = accepted.map((each) => each.result)
    const done = await ledger.commit(commitOf(accepted, law, { key, results }))
    if (done.outcome === 'done') return { outcome: 'done', results }
    // Somebody else wrote one of these rows in between: look again and decide anew.
  }
  return { outcome: 'conflict', why: 'these specs are being changed by others at the same time' }
}

interface Asked {
  readonly now: Ms
  readonly law: LawChange
}

interface Draft {
  readonly result: SubmitResult
  readonly put: Put | null
}

async function draft(
  ledger: Ledger,
  spec: Spec,
  { now, law }: Asked,
): Promise<Draft | { readonly refused: string }> {
  if (spec.kind === 'Job' || spec.kind === 'Service') return draftWorkload(ledger, spec, now)
  if (spec.kind === 'Contract') return draftContract(spec.spec.name, law)
  if (spec.kind === 'Supplier') {
    const row = await ledger.get('supplier', spec.spec.name)
    // One that was deleted comes back, and counts on: whoever knew the old one sees a new one.
    const next = change(row, row?.live ? row.body : null, spec.spec)
    const generation = row && !row.live ? row.body.generation + 1 : next.generation
    const body = { ...spec.spec, generation, ...(row && keptOf(row.body, spec.spec, now)) }
    return draftOf(spec, row, { ...next, generation }, body)
  }
  // One policy is in force at a time, so its row has one id whatever its name.
  const row = await ledger.get('policy', 'policy')
  const next = change(row, row?.body ?? null, spec.spec)
  return draftOf(spec, row, next, { ...spec.spec, generation: next.generation })
}

/** What no document says of a supplier: how it stands, and what it was on the list for before. */
function keptOf(
  { standing, scope, scopesBefore = [] }: SupplierSpec,
  wanted: SupplierSpec,
  now: Ms,
): Pick<SupplierSpec, 'standing' | 'scopesBefore'> {
  const isSame = JSON.stringify(scope) === JSON.stringify(wanted.scope)
  const before = isSame ? scopesBefore : [...scopesBefore, { scope: scope ?? null, until: now }]
  return { ...(standing && { standing }), ...(before.length > 0 && { scopesBefore: before }) }
}

async function draftWorkload(
  ledger: Ledger,
  { kind, spec }: Extract<Spec, { kind: 'Job' | 'Service' }>,
  now: Ms,
): Promise<Draft | { readonly refused: string }> {
  const row = await ledger.get('workload', spec.name)
  if (row?.body.state === 'deleting') {
    return { refused: `${spec.name} is being deleted; submit it again once it is gone` }
  }
  const over = row !== null && row.body.state !== 'active'
  if (row && !over && row.body.spec.kind !== kind) {
    return {
      refused: `${spec.name} is a ${row.body.spec.kind}; delete it before it can be a ${kind}`,
    }
  }
  const next = change(row, over ? null : (row?.body.spec ?? null), spec)
  const numberedSpec = numbered(spec, row?.body.spec ?? null)
  const body: WorkloadStatus = {
    spec: numberedSpec,
    state: 'active',
    submittedAt: row && !over ? row.body.submittedAt : now,
    endedAt: null,
  }
  const { generation } = numberedSpec
  return draftOf({ kind, spec } as Spec, row, { ...next, generation }, body)
}

function draftContract(name: string, { drafts }: LawChange): Draft {
  const { change, generation, body } = drafts.get(name) as ContractDraft
  const put = change === 'unchanged' ? null : contractPut(body)
  return { result: { kind: 'Contract', name, change, generation }, put }
}

/** Compares what stands with what is wanted, generations apart. */
function change(
  row: Row | null,
  old: Spec['spec'] | null,
  wanted: Spec['spec'],
): Pick<SubmitResult, 'change' | 'generation'> {
  if (!row || !old) return { change: 'created', generation: 1 }
  return same(old, wanted)
    ? { change: 'unchanged', generation: old.generation }
    : { change: 'changed', generation: old.generation + 1 }
}

function draftOf(
  spec: Spec,
  row: Row | null,
  next: Pick<SubmitResult, 'change' | 'generation'>,
  body: Put['body'],
): Draft {
  const result = { kind: spec.kind, name: spec.spec.name, ...next }
  if (next.change === 'unchanged') return { result, put: null }
  const kind = kindOf(spec)
  const id = kind === 'policy' ? 'policy' : spec.spec.name
  return { result, put: { kind, id, version: row?.version ?? 0, live: true, body } as Put }
}

function kindOf(spec: Spec): Kind {
  if (spec.kind === 'Supplier') return 'supplier'
  return spec.kind === 'Policy' ? 'policy' : 'workload'
}

function commitOf(
  drafts: readonly Draft[],
  law: LawChange,
  { key, results }: { key: SubmitKey | null; results: readonly SubmitResult[] },
): Commit {
  const puts = drafts.flatMap(({ put }) => (put ? [put] : []))
  if (puts.some(({ kind }) => kind === 'contract')) puts.push(lawPut(law.mark))
  const events = drafts.flatMap(({ result, put }) => (put ? [eventOf(result)] : []))
  if (!key) return { puts, events }
  const receipt = { requestHash: key.requestHash, reply: JSON.stringify(results) }
  return {
    puts: [...puts, { kind: 'receipt', id: key.key, version: 0, live: false, body: receipt }],
    events,
  }
}

function eventOf({ kind, name, change: how, generation }: SubmitResult) {
  const facts = { kind, name, change: how, generation }
  if (kind === 'Supplier') return event('supplier.submitted', { supplier: name }, facts)
  if (kind === 'Policy') return event('policy.submitted', {}, facts)
  if (kind === 'Contract') return event('contract.submitted', {}, facts)
  return event('workload.submitted', { workload: name }, facts)
}
