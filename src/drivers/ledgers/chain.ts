/**
 * The chain of events: every event carries a hash over the one before it and itself, so that what
 * was changed or taken out afterwards shows.
 *
 * Walks storage in batches and names what is wrong. It repairs nothing.
 */
import { createHash } from 'node:crypto'
import type { Event } from '../../core/domain/event.ts'
import { frozen, type StoredRow, type WrittenEvent } from './rows.ts'

/** Where the chain ends: the last event's number and hash, and the newest time written. */
export interface Head {
  readonly seq: number
  readonly at: number
  readonly hash: Uint8Array
}

export interface StoredEvent extends WrittenEvent {
  readonly seq: number
  readonly at: number
}

export interface LinkedEvent extends StoredEvent {
  readonly hash: Uint8Array
}

/** What the walk reads of a row. */
export interface RawRow extends StoredRow {
  readonly state: string | null
  readonly body: string
}

export interface Storage {
  head(): Promise<Head>
  /** At most `limit` events after this number, oldest first. */
  eventsAfter(seq: number, limit: number): Promise<readonly LinkedEvent[]>
  /** At most `limit` rows after this one, by kind and id. */
  rowsAfter(kind: string, id: string, limit: number): Promise<readonly RawRow[]>
}

/** The hash before the first event, bound to the installation. */
export function chainStart(installation: string): Buffer {
  return createHash('sha256').update(installation).digest()
}

/** No text holds a NUL, so parts that are joined by NUL cannot be mistaken for others. */
export function linkOf(previous: Uint8Array, event: StoredEvent): Buffer {
  const { seq, at, kind, workload, run, lease, supplier, facts } = event
  const subjects = [workload, run, lease, supplier].map((id) => (id === null ? '' : `=${id}`))
  const canonical = [seq, at, kind, ...subjects, facts].join('\0')
  return createHash('sha256').update(previous).update(canonical).digest()
}

export function eventOf({ facts, ...stored }: StoredEvent): Event {
  const { seq, at, kind, workload, run, lease, supplier } = stored
  const parsed = JSON.parse(facts)
  return frozen({ seq, at, kind, workload, run, lease, supplier, facts: parsed } as Event)
}

const batchSize = 1_000

/** Everything that is wrong with rows, and the first thing that is wrong with events. */
export async function faultsOf(storage: Storage, installation: string): Promise<string[]> {
  const fault = await chainFault(storage, installation)
  return [...(fault ? [fault] : []), ...(await rowFaults(storage))]
}

async function chainFault(storage: Storage, installation: string): Promise<string | null> {
  const head = await storage.head()
  let last = { seq: 0, at: 0, hash: chainStart(installation) as Uint8Array }
  while (last.seq < head.seq) {
    const batch = await storage.eventsAfter(last.seq, Math.min(batchSize, head.seq - last.seq))
    if (batch.length === 0) return `event ${last.seq + 1} is missing, and all after it`
    for (const event of batch) {
      if (event.seq !== last.seq + 1) return `event ${last.seq + 1} is missing`
      if (!same(linkOf(last.hash, event), event.hash)) {
        return `event ${event.seq} is not what was written, or the one before it is not`
      }
      if (event.at < last.at) return `event ${event.seq} is older than the one before it`
      last = event
    }
  }
  return same(last.hash, head.hash) ? null : `event ${head.seq} is not the last that was written`
}

async function rowFaults(storage: Storage): Promise<string[]> {
  const faults: string[] = []
  let last = { kind: '', id: '' }
  for (;;) {
    const batch = await storage.rowsAfter(last.kind, last.id, batchSize)
    for (const row of batch) {
      const fault = rowFault(row)
      if (fault) faults.push(`${row.kind} ${row.id} ${fault}`)
    }
    const end = batch.at(-1)
    if (!end) return faults
    last = end
  }
}

function rowFault({ kind, version, live, state, body }: RawRow): string | null {
  if (!(version >= 1)) return `has version ${version}; the first is 1`
  if (kind === 'lease' && live === (state === 'gone')) return `is ${state} and live: ${live}`
  try {
    const parsed = JSON.parse(body)
    const isStateful = kind === 'lease' || kind === 'run'
    if (isStateful && parsed.state !== state) return `is ${parsed.state}, yet noted as ${state}`
    return null
  } catch {
    return 'has a body that is no JSON'
  }
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}
