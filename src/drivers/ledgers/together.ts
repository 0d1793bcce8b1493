/**
 * Lets commits that arrive while another is being written share the next transaction, and with it
 * the wait for the disk.
 *
 * Each still stands or falls alone. No order is promised between commits that overlap.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { CommitOutcome } from '../../ports/ledger.ts'
import { outcomeOf, type Verdict, type WrittenCommit } from './rows.ts'

/** Keeps one transaction short, however many wait. */
const batchSizeMax = 256

interface Waiting {
  readonly commit: WrittenCommit
  readonly resolve: (outcome: CommitOutcome) => void
  readonly reject: (error: unknown) => void
}

export interface Together {
  commit(commit: WrittenCommit): Promise<CommitOutcome>
  /** Resolves once nothing waits any more. */
  idle(): Promise<void>
}

/** `write` answers for each commit, in order: its verdict, or the error that befell it alone. */
export function together(
  write: (batch: readonly WrittenCommit[]) => Promise<readonly (Verdict | Error)[]>,
): Together {
  const waiting: Waiting[] = []
  let writing: Promise<void> | null = null

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      // Everybody who is ready in this turn of the event loop comes along.
      await turn()
      const batch = waiting.splice(0, batchSizeMax)
      try {
        const verdicts = await write(batch.map(({ commit }) => commit))
        for (const [index, each] of batch.entries()) settle(each, verdicts[index])
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    writing = null
  }

  return {
    commit(commit) {
      return new Promise((resolve, reject) => {
        waiting.push({ commit, resolve, reject })
        writing ??= drain()
      })
    },
    async idle() {
      await writing
    },
  }
}

function settle({ resolve, reject }: Waiting, verdict: Verdict | Error | undefined): void {
  try {
    if (verdict instanceof Error || !verdict) throw verdict ?? new Error('no verdict on a commit')
    resolve(outcomeOf(verdict))
  } catch (error) {
    reject(error)
  }
}
