/**
 * How many submissions a second somebody takes, from so many clients at once; the ledger by itself,
 * for one.
 */
import { randomUUID } from 'node:crypto'
import { embedded } from '../../src/drivers/ledgers/embedded.ts'
import { submit } from '../../src/operate/submit.ts'
import { job, numbers } from '../../src/testing/ledger-rows.ts'

export interface Load {
  readonly clients: number
  /** Submissions of all clients together. */
  readonly total: number
}

/** Resolves once the job of that name is durable. */
export type Take = (name: string) => Promise<void>

/** Each client submits its next job when its last one was answered. */
export async function submissionRate({ clients, total }: Load, take: Take): Promise<number> {
  let left = total
  const startMs = performance.now()
  const work = async () => {
    while (left > 0) {
      left -= 1
      await take(`bench-${clients}-${left}`)
    }
  }
  await Promise.all(numbers(clients).map(work))
  return perSecond(total, startMs)
}

/** The same with a fresh embedded ledger and nothing in front of it. */
export async function ledgerRate(path: string, load: Load): Promise<number> {
  const ledger = await embedded({ path, clock: Date.now, randomId: randomUUID })
  const rate = await submissionRate(load, async (name) => {
    const key = { key: randomUUID(), requestHash: 'h' }
    const { outcome } = await submit(ledger, [{ kind: 'Job', spec: job(name) }], key)
    if (outcome !== 'done') throw new Error(`a submission ended as ${outcome}`)
  })
  await ledger.close()
  return rate
}

export function perSecond(count: number, startMs: number): number {
  return (count * 1_000) / (performance.now() - startMs)
}
