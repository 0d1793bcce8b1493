/**
 * What a plan takes for granted and people should know: who does not answer has no offers left to
 * give a reason for, and a chip that no table knows counts as another. Changes no plan.
 */
import type { Reason } from '../../core/domain/reason.ts'
import type { Spec } from '../../core/domain/spec.ts'
import { forbiddenBy, type Policy, type SupplierSpec } from '../../core/domain/supplier.ts'
import type { Workload } from '../../core/domain/workload.ts'
import type { Outage } from '../../core/domain/world.ts'

interface Sellers {
  readonly suppliers: readonly SupplierSpec[]
  readonly outages: readonly Outage[]
  readonly policy: Policy
}

/** Of runs that have found their place nothing is said. */
const placed: ReadonlySet<Reason['why']> = new Set(['kept', 'moving', 'buying'])

/** Who might sell to these runs and does not answer, beyond what the plan says of it. */
export function unanswered(
  { suppliers, outages, policy }: Sellers,
  workload: Workload,
  told: readonly Reason[],
): readonly Reason[] {
  const silent = outages.filter(({ supplier: name }) => {
    const spec = suppliers.find((each) => each.name === name)
    return spec && forbiddenBy(spec, workload, policy) === null
  })
  return [...Map.groupBy(told, ({ run }) => run)].flatMap(([run, reasons]) => {
    if (reasons.some(({ why }) => placed.has(why))) return []
    const known = new Set(
      reasons.flatMap((each) => (each.why === 'unreachable' ? [each.supplier] : [])),
    )
    return silent
      .filter(({ supplier }) => !known.has(supplier))
      .map(({ supplier, since, said }): Reason => {
        return { run, why: 'unreachable', supplier, since, said }
      })
  })
}

/** Where it decides between alternatives, what it stands for has to be told before money goes. */
export function unknownChips(
  specs: readonly Spec[],
  throughputs: Readonly<Record<string, number>>,
): readonly string[] {
  return specs.flatMap(({ kind, spec }) => {
    if (kind !== 'Job' && kind !== 'Service') return []
    const { name, resources } = spec
    const all = new Set(resources.map(({ accelerator }) => accelerator))
    if (all.size === 1 || resources.some(({ throughput }) => throughput !== null)) return []
    const unknown = [...all].filter((each) => throughputs[each] === undefined)
    if (unknown.length === 0) return []
    const chips = unknown.join(' and ')
    const stands = `no table knows ${chips}, so a chip counts as one H100`
    return [`${stands} wherever ${name} is placed; state the throughput of its alternatives`]
  })
}
