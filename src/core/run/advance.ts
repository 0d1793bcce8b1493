/**
 * Moves runs along with what their leases and ranks report: started gangs end, fail or are fenced.
 *
 * Never starts anything: starting is the plan's. A gang stands or falls as a whole.
 */
import { type EventDraft, event } from '../domain/event.ts'
import type { Lease } from '../domain/lease.ts'
import type { RankReport, Run } from '../domain/run.ts'
import type { Ms } from '../domain/time.ts'
import type { Workload } from '../domain/workload.ts'
import type { NodeSight } from '../domain/world.ts'

export interface AdvanceInput {
  readonly now: Ms
  readonly run: Run
  /** The lease that the current epoch runs on, also when it is gone. */
  readonly lease: Lease | null
  /** Null where the workload is not in the ledger any more. */
  readonly workload: Workload | null
  /** The run is somebody's demand. */
  readonly demanded: boolean
  /** The nodes of its lease. */
  readonly sights: readonly NodeSight[]
  /**
   * From the last grant to the moment at which no granted work can be running; null where an engine
   * runs it without grants, so that only its own word ends a fence.
   */
  readonly fenceMs: number | null
}

export interface Advanced {
  readonly run: Run
  readonly events: readonly EventDraft[]
}

export function advance(input: AdvanceInput): Advanced {
  const { run } = input
  if (run.state === 'running') return running(input) ?? { run, events: [] }
  if (run.state === 'draining' || run.state === 'fencing') {
    return stopping(input) ?? { run, events: [] }
  }
  return { run, events: [] }
}

function running(input: AdvanceInput): Advanced | null {
  const { run, lease } = input
  if (!lease?.wanted) return fence(input, lease?.why ?? 'its capacity is gone')
  const reports = reportsOf(input)
  const exited = reports.filter(({ state }) => state === 'exited')
  if (exited.length === 0) return null
  const failed = exited.find(({ exitCode }) => exitCode !== 0)
  const isService = input.workload?.kind === 'Service'
  if (!failed && !isService) {
    return exited.length === lease.nodes ? end(input, 'done', 0, null) : null
  }
  const lost = exited.find(({ exitCode }) => exitCode === lostExitCode)
  if (lost) return drained(run, `rank ${lost.rank} lost its grant or its machine`)
  const exitCode = failed?.exitCode ?? 0
  const because = `rank ${(failed ?? exited[0])?.rank} ended with exit code ${exitCode}`
  return drained({ ...run, exitCode, retries: run.retries + 1 }, because)
}

/** What an agent reports of a rank that ended for no fault of its own. It costs no retry. */
const lostExitCode = -1

/** The run as it is once it was told to stop politely. */
export function drained(run: Run, because: string): Advanced {
  const next: Run = { ...run, state: 'draining', fencedAt: null, why: because }
  return { run: next, events: [runEvent(next, 'run.draining', { because })] }
}

/** Its lease is lost: what was granted before this commit may go on until the grant ends. */
function fence(input: AdvanceInput, because: string): Advanced {
  const { run, now, fenceMs, workload } = input
  const isSafe = workload?.kind === 'Service' || isOff(input)
  const next: Run = { ...run, state: 'fencing', fencedAt: isSafe ? now : null, why: because }
  const until = isSafe ? now : fenceMs === null ? null : now + fenceMs
  return { run: next, events: [runEvent(next, 'run.fencing', { because, until })] }
}

/** Draining or fencing ends once surely nothing of the old epoch is running any more. */
function stopping(input: AdvanceInput): Advanced | null {
  const { run, lease, now, demanded, workload, fenceMs } = input
  if (!isStopped(input)) {
    if (run.state === 'draining' && lease && !lease.wanted && workload?.kind === 'Job') {
      const next: Run = { ...run, state: 'fencing' }
      return {
        run: next,
        events: [runEvent(next, 'run.fencing', { because: run.why })],
      }
    }
    // Grants go on until the commit that stopped the run is in. Here it is seen to be in, so from
    // here on the last of them can be counted.
    if (run.fencedAt !== null || fenceMs === null) return null
    return { run: { ...run, fencedAt: now + fenceMs }, events: [] }
  }
  const ended = (state: 'done' | 'failed') => {
    const { run: next, events } = end(input, state, run.exitCode, run.why)
    return { run: next, events: [...events] }
  }
  if (!demanded) return ended('done')
  const failed = run.exitCode !== null
  if (failed && workload?.kind === 'Job' && run.retries > workload.retryCount)
    return ended('failed')
  const notBefore = failed
    ? now + Math.min(1_000 * 2 ** Math.min(run.retries - 1, 10), 60_000)
    : now
  const next: Run = {
    ...run,
    state: 'waiting',
    lease: null,
    fencedAt: null,
    notBefore,
    exitCode: null,
  }
  return { run: next, events: [runEvent(next, 'run.waiting', { because: run.why })] }
}

function isStopped(input: AdvanceInput): boolean {
  const { fencedAt } = input.run
  return isOff(input) || (fencedAt !== null && input.now >= fencedAt)
}

/** The supplier's own record says that the machines are off, or every rank says that it ended. */
function isOff(input: AdvanceInput): boolean {
  const { lease, fenceMs } = input
  if (!lease) return false
  const isOver = lease.end === 'lost' || lease.end === 'released'
  if (isOver && (lease.machinesOff || fenceMs === null)) return true
  return reportsOf(input).filter(({ state }) => state === 'exited').length >= lease.nodes
}

function end(
  { run, now }: AdvanceInput,
  state: 'done' | 'failed',
  exitCode: number | null,
  why: string | null,
): Advanced {
  const next: Run = { ...run, state, exitCode, why, endedAt: now, fencedAt: null }
  return { run: next, events: [runEvent(next, 'run.ended', { state, exitCode, because: why })] }
}

/** What the ranks of the current epoch said, one report a rank. */
function reportsOf({ run, sights }: AdvanceInput): readonly RankReport[] {
  return sights
    .flatMap(({ node }) => node.ranks)
    .filter((report) => report.run === run.id && report.epoch === run.epoch)
}

export function runEvent(
  run: Run,
  kind: EventDraft['kind'],
  facts: EventDraft['facts'],
): EventDraft {
  const { workload, lease, epoch } = run
  return event(kind, { workload, run: run.id, lease }, { epoch, ...facts })
}
