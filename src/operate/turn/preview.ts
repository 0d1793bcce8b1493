/**
 * A snapshot as it would be with some specs submitted. Writes nothing.
 */
import type { Contract } from '../../core/domain/contract.ts'
import { numbered, type Spec } from '../../core/domain/spec.ts'
import type { WorkloadStatus } from '../../core/domain/workload.ts'
import type { Bodies, Kind, Row, Snapshot } from '../../ports/ledger.ts'

export function withSpecs(snapshot: Snapshot, specs: readonly Spec[]): Snapshot {
  return specs.reduce((shown, spec) => {
    if (spec.kind === 'Supplier') {
      const { standing } = shown.rows.supplier.find(({ id }) => id === spec.spec.name)?.body ?? {}
      const body = { ...spec.spec, ...(standing && { standing }) }
      return withRow(shown, 'supplier', spec.spec.name, body)
    }
    if (spec.kind === 'Policy') return withRow(shown, 'policy', 'policy', spec.spec)
    // Counts as the last word on its name, whatever its number will be.
    if (spec.kind === 'Contract')
      return withRow(shown, 'contract', spec.spec.name, newest(spec.spec))
    const old = shown.rows.workload.find(({ id }) => id === spec.spec.name)?.body
    const submittedAt = old?.submittedAt ?? shown.now
    const status: WorkloadStatus = {
      spec: numbered(spec.spec, old?.spec ?? null),
      state: 'active',
      submittedAt,
      endedAt: null,
    }
    return withRow(shown, 'workload', spec.spec.name, status)
  }, snapshot)
}

function newest(contract: Contract): Contract {
  return { ...contract, generation: Number.MAX_SAFE_INTEGER }
}

function withRow<K extends Kind>(
  snapshot: Snapshot,
  kind: K,
  id: string,
  body: Bodies[K],
): Snapshot {
  const rows = snapshot.rows[kind] as readonly Row<K>[]
  const version = rows.find((row) => row.id === id)?.version ?? 0
  const others = rows.filter((row) => row.id !== id)
  const row: Row<K> = { kind, id, version, live: true, body }
  return { ...snapshot, rows: { ...snapshot.rows, [kind]: [...others, row] } }
}
