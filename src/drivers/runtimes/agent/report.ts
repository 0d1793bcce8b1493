/**
 * What becomes of a node's row when its agent reports: pure.
 *
 * Only reports of the run's current epoch count. A rank that has exited stays so, whatever is said
 * of it later; one that was running and is not reported any more is lost.
 */
import { type EventDraft, event } from '../../../core/domain/event.ts'
import type { Lease } from '../../../core/domain/lease.ts'
import type { Node, RankReport, Run } from '../../../core/domain/run.ts'
import type { Ms } from '../../../core/domain/time.ts'
import type { AgentSync } from '../../../protocol/agent.ts'

export interface ReportInput {
  readonly now: Ms
  readonly lease: Lease
  readonly run: Run | null
  readonly index: number
  /** The node as it is known; null when it reports for the first time. */
  readonly old: Node | null
  readonly sync: AgentSync
}

export interface Reported {
  readonly node: Node
  readonly events: readonly EventDraft[]
}

export function report({ now, lease, run, index, old, sync }: ReportInput): Reported {
  const { machine, address, ports } = sync
  const isCurrent = (rank: Pick<RankReport, 'run' | 'epoch' | 'rank'>) =>
    rank.run === lease.run && rank.epoch === run?.epoch && rank.rank === index
  const before = old?.ranks.find(isCurrent) ?? null
  const after = merged(before, sync.ranks.find(isCurrent), lease.id)
  const node: Node = {
    id: nodeId(lease, index),
    lease: lease.id,
    index,
    machine,
    address,
    ports,
    firstSeenAt: old?.firstSeenAt ?? now,
    ranks: after ? [after] : [],
    ...(old?.sent && { sent: old.sent }),
  }
  const { id, workload, supplier } = lease
  const tell = (kind: EventDraft['kind'], facts: EventDraft['facts']) =>
    event(kind, { workload, run: lease.run, lease: id, supplier }, facts)
  const joined = old ? [] : [tell('node.joined', { machine, index })]
  return { node, events: [...joined, ...(after ? rankEvents(before, after, tell) : [])] }
}

export function nodeId(lease: Lease, index: number): string {
  return `${lease.id}/${index}`
}

/** Whether the rank of this epoch has ended here; then it is never started here again. */
export function hasExited({ ranks }: Node, run: Run | null): boolean {
  return ranks.some(({ epoch, state }) => epoch === run?.epoch && state === 'exited')
}

function merged(
  before: RankReport | null,
  said: AgentSync['ranks'][number] | undefined,
  lease: string,
): RankReport | null {
  if (before?.state === 'exited') return before
  if (!said && before?.state === 'running') {
    // Its machine forgot it, by a new disk for example; nothing of it can be running.
    return { ...before, state: 'exited', exitCode: -1, endpoint: null }
  }
  if (!said) return before
  const { run, epoch, rank, state } = said
  const isOver = state === 'exited'
  const exitCode = isOver ? (said.exitCode ?? -1) : null
  return { run, epoch, lease, rank, state, exitCode, endpoint: isOver ? null : said.endpoint }
}

function rankEvents(
  before: RankReport | null,
  { rank, epoch, state, exitCode, endpoint }: RankReport,
  tell: (kind: EventDraft['kind'], facts: EventDraft['facts']) => EventDraft,
): readonly EventDraft[] {
  const isNewlyOver = state === 'exited' && before?.state !== 'exited'
  const was = before?.endpoint ?? null
  const because = isNewlyOver
    ? `it ended with exit code ${exitCode}`
    : 'it does not answer any more'
  return [
    ...(isNewlyOver ? [tell('rank.exited', { rank, exitCode, epoch })] : []),
    ...(was !== null && endpoint === null
      ? [tell('replica.lost', { endpoint: was, because })]
      : []),
    ...(endpoint !== null && endpoint !== was ? [tell('replica.ready', { endpoint })] : []),
  ]
}
