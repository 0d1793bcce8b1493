/**
 * What suppliers owe us for machines that did not do: charges, leases and records as the clauses
 * about it ask for them.
 */
import { type Excuse, slaMonths } from '../../core/contracts/delivery/claims.ts'
import { bindingClauses } from '../../core/contracts/money/account.ts'
import type { Lease } from '../../core/domain/lease.ts'
import type { Ms } from '../../core/domain/time.ts'
import { type Charged, partsOf } from './money.ts'
import { historyOf } from './take.ts'

/** One clause and one month. Amounts in micro-dollars, as texts. */
export interface ClaimView {
  /** `<contract>/<clause>`. */
  readonly clause: string
  readonly with: string
  readonly from: Ms
  readonly to: Ms
  /** Milliseconds of machines. */
  readonly countedMs: number
  readonly downMs: number
  readonly availabilityPpm: number
  readonly bill: string
  /** Null where the promise was kept. */
  readonly credit: string | null
  /** The last moment to claim. */
  readonly deadline: Ms
  /** It closes soon. */
  readonly isNear: boolean
  readonly evidence: string[]
  readonly excluded: string[]
  readonly assumed: string[]
}

/** `leases`: of all times. */
export function claimsView(charged: Charged, leases: readonly Lease[]): readonly ClaimView[] {
  const { now, rows } = charged.snapshot
  const leaseOf = new Map(leases.map((lease) => [lease.id, lease]))
  const kinds = new Map(rows.workload.map(({ id, body }) => [id, body.spec.kind]))
  const rented = partsOf(charged).flatMap((part) => {
    const { workload, lease: id, rental, market } = part.charge
    const lease = leaseOf.get(id ?? '')
    // A second rental under the key of a lease served nobody, and its machines are not known.
    if (!lease || part.charge.account === 'waste') return []
    const workloadKind = workload === null ? undefined : kinds.get(workload)
    const { nodes, failed, why } = lease
    return [{ ...part.charge, ...part, workloadKind, rental, market, nodes, failed, why }]
  })
  const excuses = rows.record.flatMap(({ body }): Excuse[] => {
    if (body.kind !== 'excuse') return []
    const { supplier, cause, at: from, until: to } = body
    return [{ supplier, cause, from, to }]
  })
  const months = slaMonths(bindingClauses(historyOf(charged.snapshot)), rented, { excuses, now })
  return months.map(({ period, measured, bill, credit, ...rest }) => ({
    ...{ ...rest, ...period, ...measured, bill: String(bill) },
    credit: credit === null ? null : String(credit),
    evidence: [...rest.evidence],
    excluded: [...rest.excluded],
    assumed: [...rest.assumed],
  }))
}
