/**
 * What a document of a YAML file means, once it was read without fault. Generations are 0 until the
 * ledger has taken it.
 */
import type { Contract } from './contract.ts'
import type { Policy, SupplierSpec } from './supplier.ts'
import type { Job, Service, Workload } from './workload.ts'

export type Spec =
  | { readonly kind: 'Job'; readonly spec: Job }
  | { readonly kind: 'Service'; readonly spec: Service }
  | { readonly kind: 'Supplier'; readonly spec: SupplierSpec }
  | { readonly kind: 'Policy'; readonly spec: Policy }
  | { readonly kind: 'Contract'; readonly spec: Contract }

/** Whether two specs say the same, whatever their numbers. */
export function same(a: Spec['spec'], b: Spec['spec']): boolean {
  return JSON.stringify(unnumbered(a)) === JSON.stringify(unnumbered(b))
}

/** The workload with its numbers, after whatever stood under its name before. */
export function numbered(wanted: Workload, old: Workload | null): Workload {
  if (!old) return { ...wanted, generation: 1, revision: 1 }
  const generation = old.generation + (same(wanted, old) ? 0 : 1)
  return { ...wanted, generation, revision: old.revision + (runsTheSame(wanted, old) ? 0 : 1) }
}

function runsTheSame(a: Workload, b: Workload): boolean {
  return JSON.stringify(whatRuns(a)) === JSON.stringify(whatRuns(b))
}

function whatRuns(workload: Workload) {
  const { setup, run, envs } = workload
  if (workload.kind === 'Job') {
    // How large a checkpoint is and what a step is say what a move costs, and nothing to its ranks.
    const { gb: _, evenSteps: __, ...saving } = workload.checkpoint ?? {}
    return [setup, run, envs, workload.checkpoint && saving]
  }
  return [setup, run, envs, workload.port, workload.readiness]
}

function unnumbered(spec: Spec['spec']): object {
  const { revision, recordedAt } = { revision: 0, recordedAt: 0 }
  // When a contract was taken in is no part of what it says, nor how a supplier stands and what it
  // was listed for before.
  return {
    ...spec,
    generation: 0,
    ...('revision' in spec && { revision }),
    ...('recordedAt' in spec && { recordedAt }),
    ...('standing' in spec && { standing: undefined }),
    ...('scopesBefore' in spec && { scopesBefore: undefined }),
  }
}
