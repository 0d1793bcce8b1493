/**
 * What becomes of a node's row when its agent reports: pure.
 *
 * Only reports of the run's current epoch count. A rank that has exited stays so, whatever is said
 * of it later; one that was running and is not reported any more is lost, and one that an agent
 * does not report once it has heard of its stop never begins.
 */
import { type EventDraft, event } from '../../../core/domain/event.ts'
import type { Lease } from '../../../core/domain/lease.ts'
import type { Node, RankReport, Run } from '../../../core/domain/run.ts'
import type { Ms } from '../../../core/domain/time.ts'
import type { AgentSync, RankSaid } from '../../../protocol/agent.ts'

export interface ReportInput {
  readonly now: Ms
  readonly lease: Lease
  readonly run: Run | null
  readonly index: number
  /** The node as it is known; null when it reports for the first time. */
  readonly old: Node | null
  readonly sync: AgentSync
  /** Before it said this the agent had heard that the run's current epoch was stopped here. */
  readonly hasHeardStop: boolean
}

export interface Reported {
  readonly node: Node
  readonly events: readonly EventDraft[]
}

export function report(input: ReportInput): Reported {
  const { now, lease, run, index, old, sync } = input
  const { machine, address, ports } = sync
  const isCurrent = (rank: Pick<RankReport, 'run' | 'epoch' | 'rank'>) =>
    rank.run === lease.run && rank.epoch === run?.epoch && rank.rank === index
  const before = old?.ranks.find(isCurrent) ?? null
  const after = merged(before, sync.ranks.find(isCurrent) ?? unbegun(input), lease.id)
  const node: Node = {
    // What another version knows of it stays: each beat would write it anew else.
    ...old,
    id: nodeId(lease, index),
    lease: lease.id,
    index,
    machine,
    address,
    ports,
    firstSeenAt: old?.firstSeenAt ?? now,
    ranks: after ? [after] : [],
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

/** The end of a rank that its agent never began, nor will. */
function unbegun({ run, index, hasHeardStop }: ReportInput): RankSaid | undefined {
  if (!run || !hasHeardStop) return undefined
  const { id, epoch } = run
  return { run: id, epoch, rank: index, state: 'exited', exitCode: -1, endpoint: null }
}

function merged(
  before: RankReport | null,
  said: RankSaid | undefined,
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
