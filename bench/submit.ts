/**
 * How many jobs a second people can submit over HTTP, each of them durable before it is answered,
 * beside what the ledger alone takes in the same run.
 *
 * Protocol: for each row a real server with an empty embedded ledger and no supplier, so that every
 * job waits and the loop plans for all that came so far. One document a request, each with an
 * Idempotency-Key; clients live in this process, over loopback, and send the next when the last was
 * answered. 300 submissions warm the server up. Keys are random and decide nothing.
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '../src/api/client.ts'
import { cpuSeconds, memoryMb } from './control/process.ts'
import { type Load, ledgerRate, submissionRate, type Take } from './control/rate.ts'
import { served } from './control/served.ts'
import type { Table } from './table.ts'

export const name = 'submit'

const goalPerSecond = 1_000
const warmUp = 300
const loads: readonly Load[] = [
  { clients: 1, total: 500 },
  { clients: 16, total: 2_000 },
  { clients: 64, total: 2_000 },
]

export async function run(): Promise<Table> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-submit-'))
  try {
    const rows: (string | number)[][] = []
    for (const load of loads) rows.push(await row(folder, load))
    return {
      title: 'submit: durable submissions a second, embedded ledger',
      columns: ['clients', 'over HTTP', 'goal', '÷ goal', 'ledger alone', '÷ it', 'CPU ms', 'MB'],
      rows,
      note: 'CPU of the server for each submission, planning included; the most memory it held',
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A fresh server for each row, so that none plans for the jobs of another. */
async function row(folder: string, load: Load): Promise<(string | number)[]> {
  const { clients, total } = load
  const alone = await ledgerRate(join(folder, `alone-${clients}.db`), load)
  const data = join(folder, `server-${clients}`)
  const { client, pid, stop } = await served({ data, token: null })
  try {
    await submissionRate({ clients, total: warmUp }, over(client, 'warm'))
    const before = cpuSeconds(pid)
    const rate = await submissionRate(load, over(client, 'job'))
    const after = cpuSeconds(pid)
    const cpuMs =
      before === null || after === null ? '–' : (((after - before) * 1e3) / total).toFixed(2)
    const ratios = [rate / goalPerSecond, rate / alone].map((ratio) => ratio.toFixed(2))
    const [ofGoal = '', ofLedger = ''] = ratios
    const most = memoryMb(pid)?.most ?? '–'
    const [ours, ledgers] = [Math.round(rate), Math.round(alone)]
    return [clients, ours, goalPerSecond, ofGoal, ledgers, ofLedger, cpuMs, most]
  } finally {
    await stop()
  }
}

function over(client: Client, prefix: string): Take {
  return async (title) => {
    const name = `${prefix}-${title}`
    const text = `kind: Job\nname: ${name}\nresources: { accelerators: "H100:8" }\nrun: "true"\n`
    const documents = [{ file: 'job.yaml', text }]
    await client.call('apply', { body: { documents }, idempotencyKey: randomUUID() })
  }
}
