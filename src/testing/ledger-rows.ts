/**
 * Rows and events to try a ledger with, each the smallest that its kind allows.
 */
import { type EventDraft, event } from '../core/domain/event.ts'
import type { LeaseState } from '../core/domain/lease.ts'
import type { RunState } from '../core/domain/run.ts'
import type { Job } from '../core/domain/workload.ts'
import type { CommitOutcome, Ledger, Put } from '../ports/ledger.ts'

/** What a rule does with a fresh ledger; `again` opens the same storage once more. */
export type Case = (ledger: Ledger, again: () => Promise<Ledger>) => Promise<void>

export type Check = (rule: string, drive: Case) => void

export function put(ledger: Ledger, ...puts: Put[]): Promise<CommitOutcome> {
  return ledger.commit({ puts, events: [] })
}

export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

export function idsOf(rows: readonly { readonly id: string }[]): string[] {
  return rows.map(({ id }) => id)
}

export function told(workload: string, facts: EventDraft['facts'] = {}): EventDraft {
  return event('workload.submitted', { workload }, facts)
}

export function receipt(id: string, version: number, requestHash = ''): Put {
  return { kind: 'receipt', id, version, live: true, body: { requestHash, reply: '' } }
}

export function lease(
  id: string,
  version: number,
  state: LeaseState,
  live: boolean = state !== 'gone',
): Put {
  const body = {
    id,
    key: `key-${id}`,
    workload: 'w',
    run: 'w.0',
    attempt: 1,
    supplier: 'acme',
    offer: 'h100x8',
    accelerator: 'H100',
    perNode: 8,
    region: 'north',
    market: 'on-demand',
    nodes: 1,
    pricePerHourMax: 20_000_000,
    replaces: null,
    state,
    wanted: true,
    calls: 0,
    calledAt: null,
    refusedUnsettled: false,
    absentCount: 0,
    rental: null,
    pricePerHour: null,
    intendedAt: 1,
    heldAt: null,
    readyAt: null,
    goneAt: null,
    end: null,
    why: null,
    noticeUntil: null,
  } as const
  return { kind: 'lease', id, version, live, body }
}

export function run(id: string, version: number, state: RunState): Put {
  const body = {
    id,
    workload: 'w',
    slot: 0,
    revision: 1,
    state,
    epoch: 0,
    lease: null,
    attempts: 0,
    retries: 0,
    notBefore: 0,
    startedAt: null,
    fencedAt: null,
    endedAt: null,
    exitCode: null,
    why: null,
  }
  return { kind: 'run', id, version, live: true, body }
}

export function job(name: string): Job {
  return {
    kind: 'Job',
    name,
    generation: 0,
    revision: 0,
    priority: 50,
    setup: null,
    run: 'true',
    envs: {},
    resources: [{ accelerator: 'H100', perNode: 8, nodes: 1, throughput: null }],
    markets: ['on-demand'],
    pricePerHourMax: null,
    suppliers: null,
    retryCount: 0,
    checkpoint: null,
  }
}
