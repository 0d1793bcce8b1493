/**
 * Takes a workload back: from now on it is being deleted, until nothing of it is left.
 */
import { event } from '../core/domain/event.ts'
import type { WorkloadStatus } from '../core/domain/workload.ts'
import type { Ledger } from '../ports/ledger.ts'

export type WithdrawOutcome =
  | { readonly outcome: 'done'; readonly state: WorkloadStatus['state'] }
  | { readonly outcome: 'not-found' | 'conflict' }

const tries = 20

/** Once more does no harm; what is over stays as it ended. */
export async function withdraw(ledger: Ledger, name: string): Promise<WithdrawOutcome> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const row = await ledger.get('workload', name)
    if (!row) return { outcome: 'not-found' }
    if (row.body.state !== 'active') return { outcome: 'done', state: row.body.state }
    const body: WorkloadStatus = { ...row.body, state: 'deleting' }
    const done = await ledger.commit({
      puts: [{ kind: 'workload', id: name, version: row.version, live: true, body }],
      events: [event('workload.deleting', { workload: name })],
    })
    if (done.outcome === 'done') return { outcome: 'done', state: body.state }
    // Somebody else wrote the row in between: look again.
  }
  return { outcome: 'conflict' }
}
