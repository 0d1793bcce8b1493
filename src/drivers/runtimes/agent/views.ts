/**
 * What the ledger says of a lease and of the work on it, read anew for every question.
 *
 * A grant counts from the moment its request was sent, so no answer may rest on an older look.
 * Questions that wait together share the next look; what a running epoch is told is worked out once
 * and then stands, so that all ranks of a gang are told the same.
 */
import { createHash } from 'node:crypto'
import type { Checkpoint } from '../../../core/domain/checkpoint.ts'
import type { Lease } from '../../../core/domain/lease.ts'
import type { Node, RankWork, Run } from '../../../core/domain/run.ts'
import type { Workload } from '../../../core/domain/workload.ts'
import type { Ledger, Row } from '../../../ports/ledger.ts'
import type { AgentSyncReply } from '../../../protocol/agent.ts'
import { nodeId } from './report.ts'

/** Works out what a node is to run; null while there is nothing. */
export type WorkOf = (
  input: {
    readonly lease: Lease
    readonly run: Run
    readonly workload: Workload
    readonly nodes: readonly Node[]
    readonly checkpoint: Checkpoint | null
    readonly settings: { readonly grantMs: number }
  },
  index: number,
) => RankWork | null

export type WorkAnswer = Pick<AgentSyncReply, 'work' | 'workSeen'>

export interface View {
  readonly lease: Row<'lease'>
  readonly run: Row<'run'> | null
  /** What is told of an epoch that was stopped here; null where there is none. */
  readonly stop: WorkAnswer | null
  toldTo(index: number): WorkAnswer
}

/** A lease, and the row of one of its nodes; null while that did not join. */
export interface Look {
  readonly view: View
  readonly node: Row<'node'> | null
}

export interface Views {
  /** Null where there is no such lease. */
  look(lease: string, index: number): Promise<Look | null>
  /** A node has joined this lease. */
  forget(lease: string): void
}

export interface ViewsOptions {
  readonly ledger: Ledger
  readonly workOf: WorkOf
  readonly settings: { readonly grantMs: number }
}

interface Known extends View {
  /** Set while the lease's run runs on it. */
  readonly epoch: number | null
}

export const nothing: WorkAnswer = told(null)

export function views({ ledger, workOf, settings }: ViewsOptions): Views {
  const known = new Map<string, Known>()

  async function read(id: string, indexes: readonly number[]): Promise<readonly (Look | null)[]> {
    const { body: first } = known.get(id)?.lease ?? (await ledger.get('lease', id)) ?? {}
    if (!first) return indexes.map(() => null)
    const [lease, run, ...nodes] = await ledger.pick([
      { kind: 'lease', id },
      { kind: 'run', id: first.run },
      ...indexes.map((index) => ({ kind: 'node', id: nodeId(first, index) }) as const),
    ])
    const view = lease && (await viewOf(lease, run))
    return nodes.map((node) => view && { view, node })
  }

  async function viewOf(lease: Row<'lease'>, run: Row<'run'> | null): Promise<View> {
    const old = known.get(lease.id)
    if (old && old.lease.version === lease.version && old.run?.version === run?.version) return old
    const epoch = runningEpoch(lease.body, run?.body ?? null)
    if (old && epoch !== null && old.epoch === epoch) return keep({ ...old, lease, run })
    const stop = stopOf(lease.body, run?.body ?? null)
    const idle = () => stop ?? nothing
    const toldTo = epoch === null || !run ? idle : await workOn(lease.body, run.body)
    return keep({ lease, run, epoch, stop, toldTo })
  }

  function keep(view: Known): Known {
    if (view.lease.live) known.set(view.lease.id, view)
    else known.delete(view.lease.id)
    return view
  }

  async function workOn(lease: Lease, run: Run): Promise<View['toldTo']> {
    const status = await ledger.get('workload', run.workload)
    if (!status) return () => nothing
    const checkpoint = (await ledger.get('checkpoint', run.workload))?.body ?? null
    // The ids of a lease's nodes begin with its own, so they stand together in the order of ids.
    const rows = await ledger.list('node', { after: `${lease.id}/`, limit: lease.nodes })
    const nodes = rows.map(({ body }) => body).filter((node) => node.lease === lease.id)
    const input = { lease, run, workload: status.body.spec, nodes, checkpoint, settings }
    const answers = new Map<number, WorkAnswer>()
    return (index) => {
      const answer = answers.get(index) ?? told(workOf(input, index))
      answers.set(index, answer)
      return answer
    }
  }

  return { look: together(read), forget: (lease) => known.delete(lease) }
}

/** Nobody starts work on capacity that is on its way back. */
function runningEpoch(lease: Lease, run: Run | null): number | null {
  if (!lease.wanted || lease.state === 'releasing' || lease.state === 'gone') return null
  return run?.state === 'running' && run.lease === lease.id ? run.epoch : null
}

/**
 * Nothing, under a digest that names the epoch: no run that stops goes on in it, so whoever says
 * this back never begins what it did not report by then, whatever answer was lost before.
 */
function stopOf({ id }: Lease, run: Run | null): WorkAnswer | null {
  const isStopping = run?.state === 'draining' || run?.state === 'fencing'
  if (!isStopping || run.lease !== id) return null
  return { work: [], workSeen: digest({ stopped: run.epoch }) }
}

function told(work: RankWork | null): WorkAnswer {
  const all = work
    ? [{ ...work, envs: { ...work.envs }, probe: work.probe && { ...work.probe } }]
    : []
  return { work: all, workSeen: digest(all) }
}

function digest(said: unknown): string {
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 32)
}

/** Every answer is of a look that began after its question; questions wait for one look at most. */
function together<T>(
  look: (id: string, indexes: readonly number[]) => Promise<readonly T[]>,
): (id: string, index: number) => Promise<T> {
  const next = new Map<
    string,
    { readonly indexes: number[]; readonly all: Promise<readonly T[]> }
  >()
  const current = new Map<string, Promise<unknown>>()

  function begin(id: string) {
    const before = current.get(id) ?? Promise.resolve()
    const indexes: number[] = []
    const all = before
      .catch(() => {})
      .then(() => {
        next.delete(id)
        return look(id, indexes)
      })
      .finally(() => {
        if (current.get(id) === all) current.delete(id)
      })
    const queued = { indexes, all }
    next.set(id, queued)
    current.set(id, all)
    return queued
  }

  return async (id, index) => {
    const { indexes, all } = next.get(id) ?? begin(id)
    const place = indexes.push(index) - 1
    return (await all)[place] as T
  }
}
