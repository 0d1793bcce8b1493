/**
 * Brings what ranks print from the spool to the log store, from where the store says that it ends:
 * no gap, no byte twice. The first 64 MiB of a rank are kept.
 */
import type { Lease } from '../../../core/domain/lease.ts'
import type { AgentDesk, AgentIdentity } from '../../../ports/runtime.ts'
import type { LeaseFolder, Spool } from './spool.ts'

export interface Shipping {
  /** Sends what is there, a few pieces of each log at most; true once all of it is stored. */
  pass(lease: Lease, secret: string, folder: LeaseFolder, spool: Spool): Promise<boolean>
  forget(lease: Lease): void
}

const pieceBytes = 256 << 10
const piecesMax = 8
const keptBytes = 64 << 20

export function shipping(desk: AgentDesk): Shipping {
  const offsets = new Map<string, number>()

  async function append(who: AgentIdentity, log: Log, offset: number, bytes: Uint8Array) {
    const answer = await desk.appendLog(who, { ...log, offset }, bytes)
    // A log that nobody wants any more; whoever fenced the rank off knows why.
    return answer.outcome === 'ok' ? answer.value : Number.POSITIVE_INFINITY
  }

  return {
    async pass({ id, key, run }, secret, folder, spool) {
      let isAll = true
      for (const { epoch, rank, logBytes } of folder.ranks) {
        if (logBytes === null) continue
        const who = { key, secret, index: rank }
        const log = { run, epoch, rank }
        const name = `${id} ${epoch}.${rank}`
        const end = Math.min(logBytes, keptBytes)
        let offset = offsets.get(name) ?? (await append(who, log, 0, new Uint8Array()))
        for (let pieces = 0; offset < end && pieces < piecesMax; pieces += 1) {
          const limit = Math.min(pieceBytes, end - offset)
          const bytes = await spool.read(key, `e${epoch}.r${rank}.log`, offset, limit)
          offset = await append(who, log, offset, bytes)
        }
        offsets.set(name, offset)
        isAll &&= offset >= end
      }
      return isAll
    },
    forget({ id }) {
      for (const name of offsets.keys()) if (name.startsWith(`${id} `)) offsets.delete(name)
    },
  }
}

interface Log {
  readonly run: string
  readonly epoch: number
  readonly rank: number
}
