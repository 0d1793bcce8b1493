/**
 * Brings what ranks print to the control plane, from where it was last acknowledged: no gap, no
 * byte twice, however often agents are killed in between.
 *
 * The file on this machine is the original. The first 64 MiB of a rank are kept; of what it prints
 * beyond that, only the newest part stays here, so that no rank fills the disk.
 */
import { closeSync, openSync, readSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import type { DeskClient } from './desk-client.ts'
import type { Rank } from './rank.ts'
import { readText, writeWhole } from './rank-files.ts'

export interface Shipping {
  /** Sends at most one piece of each log; true where anything was sent. */
  pass(ranks: readonly Rank[]): Promise<boolean>
  /** The rank is over, and all that is to be kept of its log is stored. */
  isDone(rank: Rank): boolean
}

const pieceBytes = 256 << 10
const keptBytes = 64 << 20
const note = Buffer.from('\ncalumet: this log is longer than 64 MiB; the rest is not kept\n')

export function shipping(desk: DeskClient, logBytesMax = keptBytes): Shipping {
  const offsets = new Map<string, number>()
  const refused = new Set<string>()
  const fullAt = logBytesMax + note.length
  const offsetOf = ({ name, folder }: Rank): number => {
    return offsets.get(name) ?? Number(readText(join(folder, 'shipped')) ?? 0)
  }

  async function ship(rank: Rank): Promise<boolean> {
    const { name, folder } = rank
    const offset = offsetOf(rank)
    const path = join(folder, 'log')
    if (offset >= fullAt) {
      if (sizeOf(path) > logBytesMax) truncateSync(path)
      return false
    }
    if (sizeOf(path) <= offset && offset < logBytesMax) return false
    const piece = offset < logBytesMax ? read(path, offset) : note.subarray(offset - logBytesMax)
    const answer = await desk.ship(rank.record, offset, piece)
    // A log that nobody wants any more; whoever fenced the rank off knows why.
    if (answer.kind === 'stale' || answer.kind === 'gone') refused.add(name)
    if (answer.kind !== 'ok' || answer.value === offset) return false
    offsets.set(name, answer.value)
    writeWhole(join(folder, 'shipped'), `${answer.value}`)
    return true
  }

  function read(path: string, offset: number): Buffer<ArrayBuffer> {
    const piece = Buffer.alloc(Math.min(pieceBytes, logBytesMax - offset))
    const file = openSync(path, 'r')
    try {
      return piece.subarray(0, readSync(file, piece, 0, piece.length, offset))
    } finally {
      closeSync(file)
    }
  }

  return {
    async pass(ranks) {
      let sent = false
      for (const rank of ranks) {
        if (!refused.has(rank.name) && (await ship(rank))) sent = true
      }
      return sent
    },
    isDone(rank) {
      if (!rank.isOver()) return false
      if (refused.has(rank.name)) return true
      const size = sizeOf(join(rank.folder, 'log'))
      return offsetOf(rank) >= (size > logBytesMax ? fullAt : size)
    },
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
