/**
 * How many submissions a second the embedded ledger makes durable, beside what the disk itself can.
 *
 * Protocol: one write and sync after another, then a fresh ledger for each count of clients, all in
 * one run. Commits that wait share a sync, so many clients can do better than the disk alone.
 * Figures of shared or virtual disks say little about others. Nothing is drawn at random.
 */
import { randomUUID } from 'node:crypto'
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { embedded } from '../src/drivers/ledgers/embedded.ts'
import { lease, numbers, put } from '../src/testing/ledger-rows.ts'
import { type Load, ledgerRate, perSecond } from './control/rate.ts'
import type { Table } from './table.ts'

export const name = 'ledger'

const loads: readonly Load[] = [
  { clients: 1, total: 500 },
  { clients: 16, total: 2_000 },
  { clients: 128, total: 4_000 },
]

export async function run(): Promise<Table> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-ledger-'))
  try {
    const disk = syncRate(join(folder, 'plain'))
    const rows: (string | number)[][] = []
    for (const load of loads) {
      const rate = await ledgerRate(join(folder, `submit-${load.clients}.db`), load)
      const what = `submissions, clients: ${load.clients}`
      rows.push([what, Math.round(rate), Math.round(disk), (rate / disk).toFixed(2)])
    }
    const pictures = await readRate(join(folder, 'read.db'))
    rows.push(['pictures of 5,000 live rows, one changed', Math.round(pictures), '–', '–'])
    return {
      title: 'ledger: durable submissions, embedded',
      columns: ['what', 'a second', '4 KiB writes with fdatasync a second', 'ratio'],
      rows,
      note: 'a submission is three reads and a synced commit',
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function syncRate(path: string): number {
  const file = openSync(path, 'w', 0o600)
  const page = Buffer.alloc(4_096)
  const count = 300
  const startMs = performance.now()
  for (const number of numbers(count)) {
    writeSync(file, page, 0, page.length, number * page.length)
    fdatasyncSync(file)
  }
  closeSync(file)
  return perSecond(count, startMs)
}

async function readRate(path: string): Promise<number> {
  const ledger = await embedded({ path, clock: Date.now, randomId: randomUUID })
  await put(ledger, ...numbers(4_999).map((number) => lease(`l${number}`, 0, 'intended')))
  await put(ledger, lease('changing', 0, 'intended'))
  await ledger.read()
  const count = 30
  let spentMs = 0
  for (const version of numbers(count)) {
    await put(ledger, lease('changing', version, 'intended'))
    const startMs = performance.now()
    await ledger.read()
    spentMs += performance.now() - startMs
  }
  await ledger.close()
  return (count * 1_000) / spentMs
}
