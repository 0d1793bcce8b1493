/**
 * The facts that each kind of event carries. Whoever writes an event keeps to this table; whoever
 * reads one may find any of them missing, because old events are never rewritten.
 */
import type { EventKind } from '../domain/event.ts'
import type { LeaseEnd } from '../domain/lease.ts'
import type { Micros } from '../domain/money.ts'
import type { Ms } from '../domain/time.ts'

interface Submitted {
  readonly kind: string
  readonly name: string
  readonly change: 'created' | 'changed'
  readonly generation: number
}

/** Before a purchase the price is its ceiling. */
interface LeaseFacts {
  readonly offer: string
  readonly accelerator: string
  readonly perNode: number
  readonly nodes: number
  readonly pricePerHour: Micros
}

interface ChargeFacts {
  readonly rental: string
  readonly account: 'usage' | 'waste'
  readonly pricePerHour: Micros
  readonly from: Ms
  readonly to: Ms | null
  readonly amount: Micros
}

interface RunFacts {
  readonly epoch: number
  readonly because: string | null
}

interface Said {
  readonly said: string
}

interface Call {
  readonly call: number
}

interface Because {
  readonly because: string | null
}

type Nothing = Readonly<Record<never, never>>

export interface EventFacts extends Record<EventKind, object> {
  'workload.submitted': Submitted
  'workload.deleting': Nothing
  'workload.ended': { readonly state: string } & Because
  'supplier.submitted': Submitted
  'supplier.deleted': Nothing
  'supplier.unreachable': Said
  'supplier.reachable': Nothing
  'supplier.quarantined': Said
  'supplier.standing': {
    readonly from?: string
    readonly to?: string
    readonly reason?: string
    readonly by?: string
  }
  'policy.submitted': Submitted
  'contract.submitted': Submitted
  'waiver.given': {
    readonly clause?: string
    readonly kind?: string
    readonly by?: string
    readonly until?: number
    readonly reason?: string
    readonly inForce?: boolean
  }
  'option.taken': {
    readonly clause?: string
    readonly quantity?: string
    readonly dueAt?: number
    readonly by?: string
    readonly paper?: string
    readonly inForce?: boolean
  }
  'law.recorded': {
    readonly record?: string
    readonly about?: string
    readonly supplier?: string
    readonly happenedAt?: number
    readonly releasedAt?: number | null
    readonly until?: number
    readonly unit?: string
    readonly levels?: number
    readonly by?: string
    readonly document?: string
  }
  'plan.committed': { readonly generation: number; readonly actions: number }
  'plan.rejected': {
    readonly generation: number
    readonly actions: number
    readonly faults: string
  }
  /** `waivers`: those without which a clause would bar it. */
  'lease.intended': LeaseFacts & {
    readonly notBefore?: Ms
    readonly trust?: string
    readonly waivers?: string
  }
  'lease.asked': LeaseFacts & Call
  'lease.unsure': LeaseFacts & Call & Said
  /** `settled` is false where the order may still have been carried out. */
  'lease.refused': LeaseFacts & Call & Said & { readonly kind: string; readonly settled: boolean }
  /** `adopted`: the answer was lost, a listing showed the rental. */
  'lease.held': LeaseFacts & Call & { readonly rental: string; readonly adopted?: boolean }
  'lease.ready': LeaseFacts
  'lease.notice': LeaseFacts & { readonly until: Ms }
  'lease.unwanted': LeaseFacts & Because
  'lease.releasing': LeaseFacts & Because
  'lease.gone': LeaseFacts & Because & { readonly end: LeaseEnd }
  'orphan.releasing': { readonly rental: string }
  'charge.opened': ChargeFacts
  'charge.closed': ChargeFacts
  'invoice.taken': {
    readonly number?: string
    readonly lines?: number
    readonly total?: number
    readonly by?: string
  }
  'rofr.moved': {
    readonly case?: string
    readonly step?: string
    readonly why?: string
    readonly by?: string
  }
  'run.created': RunFacts
  'run.started': RunFacts & { readonly lease: string }
  'run.fencing': RunFacts & { readonly until: Ms }
  'run.draining': RunFacts
  'run.waiting': RunFacts
  'run.ended': RunFacts & { readonly state: string; readonly exitCode: number | null }
  'node.joined': { readonly machine: string; readonly index: number }
  'rank.exited': { readonly rank: number; readonly exitCode: number | null; readonly epoch: number }
  'replica.ready': { readonly endpoint: string }
  'replica.lost': { readonly endpoint: string } & Because
  'checkpoint.accepted': {
    readonly step: number
    readonly epoch: number
    readonly uri: string
  }
  'checkpoint.refused': { readonly step: number; readonly epoch: number; readonly uri: string }
  'checkpoint.withheld': { readonly job: string } & Because
  'token.created': { readonly name: string; readonly role: string; readonly person?: string }
  'token.revoked': { readonly name: string }
  'leadership.taken': { readonly holder: string; readonly epoch: number }
}
