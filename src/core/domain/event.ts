/**
 * What happened, as it is written in the ledger: in the same transaction as the change it tells of,
 * never changed afterwards.
 */
import type { Ms } from './time.ts'

export type EventKind =
  | 'workload.submitted'
  | 'workload.deleting'
  | 'workload.ended'
  | 'supplier.submitted'
  | 'supplier.deleted'
  | 'supplier.standing'
  | 'supplier.unreachable'
  | 'supplier.reachable'
  | 'supplier.quarantined'
  | 'policy.submitted'
  | 'contract.submitted'
  | 'waiver.given'
  | 'option.taken'
  | 'law.recorded'
  | 'plan.committed'
  | 'plan.rejected'
  | 'lease.intended'
  | 'lease.asked'
  | 'lease.unsure'
  | 'lease.refused'
  | 'lease.held'
  | 'lease.ready'
  | 'lease.notice'
  | 'lease.unwanted'
  | 'lease.releasing'
  | 'lease.gone'
  | 'orphan.releasing'
  | 'charge.opened'
  | 'charge.closed'
  | 'invoice.taken'
  | 'rofr.moved'
  | 'run.created'
  | 'run.started'
  | 'run.fencing'
  | 'run.draining'
  | 'run.waiting'
  | 'run.ended'
  | 'node.joined'
  | 'rank.exited'
  | 'replica.ready'
  | 'replica.lost'
  | 'checkpoint.accepted'
  | 'checkpoint.refused'
  | 'checkpoint.withheld'
  | 'token.created'
  | 'token.revoked'
  | 'leadership.taken'

/** An event before the ledger gave it its number and its time. */
export interface EventDraft {
  readonly kind: EventKind
  readonly workload: string | null
  readonly run: string | null
  readonly lease: string | null
  readonly supplier: string | null
  /** Plain facts of this kind of event, small. */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>
}

export interface Event extends EventDraft {
  /** Rises with every event; no two share it. */
  readonly seq: number
  readonly at: Ms
}

/** Builds a draft; subjects that an event does not concern stay null. */
export function event(
  kind: EventKind,
  subject: Partial<Pick<EventDraft, 'workload' | 'run' | 'lease' | 'supplier'>>,
  facts: EventDraft['facts'] = {},
): EventDraft {
  const { workload = null, run = null, lease = null, supplier = null } = subject
  return { kind, workload, run, lease, supplier, facts }
}
