/**
 * Takes checkpoints from ranks, and tells of them where they may go: the last fence. A pointer
 * counts only if it comes from the epoch that owns the job at the very moment of the commit.
 */
import type { Checkpoint, Pace, Worked } from '../../../core/domain/checkpoint.ts'
import { event } from '../../../core/domain/event.ts'
import type { Lease } from '../../../core/domain/lease.ts'
import type { Run } from '../../../core/domain/run.ts'
import type { Ms } from '../../../core/domain/time.ts'
import type { DataClass } from '../../../core/domain/trust.ts'
import type { Workload } from '../../../core/domain/workload.ts'
import type { Ledger } from '../../../ports/ledger.ts'
import type { DeskAnswer } from '../../../ports/runtime.ts'
import type { CheckpointCommit } from '../../../protocol/agent.ts'

export interface Checkpoints {
  commit(lease: Lease, commit: CheckpointCommit): Promise<DeskAnswer<null>>
  /** The newest of a job, for a machine of a lease; null where there is none that it may have. */
  newest(lease: Lease, job: string): Promise<Pick<Checkpoint, 'uri' | 'step'> | null>
}

/** Why a saved state may not be copied to a lease; null where it may. */
export type KeptBack = (saved: Checkpoint, lease: Lease) => Promise<string | null>

const triesMax = 10

export function checkpoints(ledger: Ledger, keptBack: KeptBack): Checkpoints {
  /** What has been told of once: a rank that does not listen would fill the ledger. */
  const told = new Set<string>()

  async function refuse(lease: Lease, commit: CheckpointCommit, why: string) {
    const { run, epoch, step, uri } = commit
    const which = `${lease.id} ${run} ${epoch}`
    if (!told.has(which)) {
      told.add(which)
      const { workload, id, supplier } = lease
      const subject = { workload, run: lease.run, lease: id, supplier }
      const events = [event('checkpoint.refused', subject, { step, epoch, uri })]
      await ledger.commit({ puts: [], events })
    }
    return { outcome: 'stale', why } as const
  }

  async function withhold(lease: Lease, job: string, because: string): Promise<void> {
    const which = `${lease.id} ${job}`
    if (told.has(which)) return
    told.add(which)
    const { workload, run, id, supplier } = lease
    const subject = { workload, run, lease: id, supplier }
    const events = [event('checkpoint.withheld', subject, { job, because })]
    await ledger.commit({ puts: [], events })
  }

  /** Null where a row moved on meanwhile: look again. */
  async function attempt(lease: Lease, commit: CheckpointCommit) {
    const { epoch, step, uri } = commit
    const { workload, id, supplier } = lease
    const run = await ledger.get('run', lease.run)
    const why = run ? fault(lease, run.body, commit) : `there is no run ${lease.run}`
    if (!run || why !== null) return refuse(lease, commit, why ?? '')
    const row = await ledger.get('checkpoint', workload)
    const last = row?.body
    if (last && last.epoch > epoch) {
      return refuse(lease, commit, `epoch ${last.epoch} has saved its state already`)
    }
    const isSame = last?.step === step && last.uri === uri
    // Said again, or overtaken on the way by a newer one of the same rank.
    if (last?.epoch === epoch && (isSame || last.step > step)) return accepted
    const status = await ledger.get('workload', workload)
    const acceptedAt = await ledger.now()
    const worked = workedBy({ lease, run: run.body, last: last ?? null, epoch, step, acceptedAt })
    const dataClasses = classesOf(last ?? null, status?.body.spec ?? null)
    const place = { region: lease.region, ...(dataClasses.length > 0 && { dataClasses }) }
    const body = { workload, epoch, step, uri, acceptedAt, ...place, worked }
    const version = row?.version ?? 0
    const subject = { workload, run: lease.run, lease: id, supplier }
    const done = await ledger.commit({
      expects: [
        { kind: 'run', id: run.id, version: run.version },
        // It is of the class that its job names as it counts, and not of one named before or after.
        { kind: 'workload', id: workload, version: status?.version ?? 0 },
      ],
      puts: [{ kind: 'checkpoint', id: workload, version, live: true, body }],
      events: [event('checkpoint.accepted', subject, { step, epoch, uri })],
    })
    return done.outcome === 'done' ? accepted : null
  }

  return {
    async commit(lease, commit) {
      for (let tries = 0; tries < triesMax; tries += 1) {
        const answer = await attempt(lease, commit)
        if (answer) return answer
      }
      throw new Error(`run ${lease.run} changes all the time; try again`)
    },

    // Whoever may not have it hears what he would hear of a job that nobody knows.
    async newest(lease, job) {
      const row = await ledger.get('checkpoint', job)
      const because = row && (await keptBack(row.body, lease))
      if (!row || because !== null) {
        if (because !== null) await withhold(lease, job, because)
        return null
      }
      const { uri, step } = row.body
      return { uri, step }
    },
  }
}

/** Whoever goes on from a state makes one that tells of it: no class of it is ever lost. */
function classesOf(last: Checkpoint | null, spec: Workload | null): readonly DataClass[] {
  const named = spec?.dataClass ? [spec.dataClass] : []
  return [...new Set([...(last?.dataClasses ?? []), ...named])]
}

interface Saved {
  readonly lease: Lease
  readonly run: Run
  readonly last: Checkpoint | null
  readonly epoch: number
  readonly step: number
  readonly acceptedAt: Ms
}

/** What it took to come so far: what is known, and what was done since it was last saved. */
function workedBy({ lease, run, last, epoch, step, acceptedAt }: Saved): readonly Worked[] {
  const { accelerator, perNode, nodes, region } = lease
  const goesOn = last?.epoch === epoch
  const since = goesOn ? last.acceptedAt : (run.startedAt ?? acceptedAt)
  const known = last?.worked ?? []
  const isSame = (each: Worked) =>
    each.accelerator === accelerator &&
    each.perNode === perNode &&
    each.nodes === nodes &&
    each.region === region
  const here = known.find(isSame) ?? { accelerator, perNode, nodes, region, ms: 0, starts: 0 }
  const ms = here.ms + Math.max(0, acceptedAt - since)
  const starts = here.starts + (goesOn ? 0 : 1)
  const isArrival = !goesOn && last?.region !== region
  const arrivals = (here.arrivals ?? 0) + (isArrival ? 1 : 0)
  const done = goesOn ? { steps: step - last.step, ms: acceptedAt - last.acceptedAt } : null
  const pace = done ? { pace: paced(here.pace, { ...done, revision: run.revision }) } : {}
  return [...known.filter((each) => !isSame(each)), { ...here, ms, starts, arrivals, ...pace }]
}

/** After so much work, what was seen before counts half: machines and data change. */
const halfLifeMs = 12 * 3_600_000

/** Steps since the same epoch saved last: no launch and nothing done twice is among them. */
function paced(before: Pace | undefined, { revision, steps, ms }: Pace): Pace {
  const left = before?.revision === revision ? 0.5 ** (ms / halfLifeMs) : 0
  const old = before ?? { steps: 0, ms: 0 }
  return { revision, steps: old.steps * left + steps, ms: old.ms * left + ms }
}

const accepted = { outcome: 'ok', value: null } as const

/** Why the epoch of this commit does not own its job; null where it does. */
function fault(lease: Lease, run: Run, commit: CheckpointCommit): string | null {
  if (commit.run !== run.id) return `${lease.id} is a lease of ${run.id}, not of ${commit.run}`
  if (commit.epoch !== run.epoch) return `${run.id} is in epoch ${run.epoch}, not ${commit.epoch}`
  if (run.lease !== lease.id) return `${run.id} does not run on ${lease.id}`
  if (run.state === 'running' || run.state === 'draining') return null
  return `epoch ${run.epoch} of ${run.id} is over: it is ${run.state}`
}
