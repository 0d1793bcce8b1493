/**
 * What became of a simulated world: what people waited for, what they missed, what they paid, and
 * what they were refused.
 */
import type { Violation, WorkSpan } from '../../core/audit/evidence.ts'
import type { EventKind } from '../../core/domain/event.ts'
import type { Lease } from '../../core/domain/lease.ts'
import type { Micros } from '../../core/domain/money.ts'
import { reasonsIn } from '../../core/domain/plan.ts'
import type { Workload, WorkloadStatus } from '../../core/domain/workload.ts'
import { explain } from '../../core/report/explain.ts'
import { type StatementRow, spent, statement } from '../../core/report/statement.ts'
import { tell } from '../../core/report/tell.ts'
import type { World } from '../world.ts'
import { type LawSeen, type Phase, phasesOf, type Turn } from './phases.ts'
import { type Span, shortfall, spansOf } from './spans.ts'
import type { LoadStep, Stage } from './stage.ts'

/** All moments count from the start of the world. */
export interface Outcome {
  readonly timeline: readonly TimelineEntry[]
  /** By what bound us; empty where nothing is signed with anybody. */
  readonly phases: readonly Phase[]
  readonly cost: {
    readonly total: Micros
    readonly bySupplier: readonly StatementRow[]
    readonly byWorkload: readonly StatementRow[]
  }
  readonly workloads: readonly WorkloadOutcome[]
  readonly refusals: readonly Refusal[]
  /** What the simulator's own checks found; none, unless the control plane has a bug. */
  readonly violations: readonly Violation[]
}

export interface TimelineEntry {
  readonly atMs: number
  /** Null for what the scenario made happen; `law` for what clauses do. */
  readonly kind: EventKind | 'law' | null
  readonly text: string
}

export interface WorkloadOutcome {
  readonly name: string
  readonly kind: Workload['kind']
  readonly state: WorkloadStatus['state']
  readonly submittedMs: number
  /** From its submission until it first ran; null where it never did. */
  readonly waitMs: number | null
  readonly endedMs: number | null
  /** Gangs times milliseconds: wanted, and wanted but not running. */
  readonly demandedMs: number
  readonly missedMs: number
  /** The longest time without all that was wanted. */
  readonly longestGapMs: number
  readonly starts: number
  readonly spent: Micros
  /** Why what is missing at the end is missing. */
  readonly reasons: readonly string[]
}

/** Equal refusals of one offer. */
export interface Refusal {
  readonly supplier: string
  readonly offer: string
  readonly why: string
  readonly count: number
  readonly firstMs: number
  readonly lastMs: number
}

export interface Measuring {
  readonly startAt: number
  readonly violations: readonly Violation[]
}

export function measure(stage: Stage, { startAt, violations }: Measuring): Outcome {
  const { world, loads, law, turns } = stage
  const now = world.kernel.now()
  const leases = world.store.every('lease').map(({ body }) => body)
  const charges = world.store.every('charge').map(({ body }) => body)
  const bill = { charges, leases, now }
  const { rows, total } = statement({ ...bill, by: 'supplier' })
  const gangs = gangSpans(world, leases)
  return {
    timeline: timelineOf(stage, startAt),
    phases: isBound(world) ? phasesOf(turns, law, { from: startAt, to: now }) : [],
    cost: {
      total,
      bySupplier: rows,
      byWorkload: statement({ ...bill, by: 'workload' }).rows,
    },
    workloads: world.store.every('workload').map(({ body }) => {
      const { name } = body.spec
      const own = charges.filter(({ workload }) => workload === name)
      return {
        ...lifeOf(body, { spans: gangs.get(name) ?? [], loads, now, startAt }),
        starts: world.store.history.filter((e) => e.kind === 'run.started' && e.workload === name)
          .length,
        spent: own.reduce((sum, charge) => sum + spent(charge, now), 0),
        reasons: reasonsOf(world, name),
      }
    }),
    refusals: refusalsOf(world, startAt),
    violations,
  }
}

function isBound({ store }: World): boolean {
  return store.every('contract').length > 0
}

function timelineOf({ world, said, law, turns }: Stage, startAt: number): readonly TimelineEntry[] {
  const events = world.store.history.map((event) => {
    return { atMs: event.at - startAt, kind: event.kind, text: tell(event) }
  })
  const happened = said.map(({ at, text }) => ({ atMs: at - startAt, kind: null, text }))
  return [...happened, ...ofLaw(law, turns, startAt), ...events].sort((a, b) => a.atMs - b.atMs)
}

/** What begins and ceases to bind, and each bar that keeps somebody waiting, once. */
function ofLaw(
  { barred }: LawSeen,
  turns: readonly Turn[],
  startAt: number,
): readonly TimelineEntry[] {
  const told = (at: number, text: string) => ({ atMs: at - startAt, kind: 'law', text }) as const
  const bars = new Map<string, TimelineEntry>()
  for (const { at, isWaiting, workload, place, clause, because } of barred) {
    const text = `${workload} may not have ${place}: ${because} (${clause})`
    if (isWaiting && !bars.has(text)) bars.set(text, told(at, text))
  }
  return [
    ...turns.flatMap(({ at, texts }) => texts.map((text) => told(at, text))),
    ...bars.values(),
  ]
}

/** When all ranks of a gang ran at the same time, by workload. */
function gangSpans(world: World, leases: readonly Lease[]): ReadonlyMap<string, readonly Span[]> {
  const sizes = new Map<string, number>()
  for (const { kind, run, facts } of world.store.history) {
    if (kind !== 'run.started') continue
    const lease = leases.find(({ id }) => id === facts.lease)
    sizes.set(`${run} ${facts.epoch}`, lease?.nodes ?? 1)
  }
  const epochOf = ({ run, epoch }: WorkSpan) => `${run} ${epoch}`
  const gangs = new Map<string, Span[]>()
  for (const [epoch, works] of Map.groupBy(world.works(), epochOf)) {
    const workload = epoch.slice(0, epoch.lastIndexOf('.'))
    const whole = spansOf(works, sizes.get(epoch) ?? 1)
    gangs.set(workload, [...(gangs.get(workload) ?? []), ...whole])
  }
  return gangs
}

/** What the last plan said of gangs that do not run. */
function reasonsOf({ store, kernel }: World, workload: string): readonly string[] {
  const waiting = store
    .every('run')
    .filter(({ body }) => body.workload === workload && body.state === 'waiting')
    .map(({ id }) => id)
  return store
    .every('plan')
    .flatMap(({ body }) => reasonsIn(body, (run) => waiting.includes(run)))
    .map((reason) => `${reason.run}: ${explain(reason, kernel.now())}`)
}

interface Life {
  readonly spans: readonly Span[]
  readonly loads: readonly LoadStep[]
  readonly now: number
  readonly startAt: number
}

function lifeOf(status: WorkloadStatus, { spans, loads, now, startAt }: Life) {
  const { spec, state, submittedAt, endedAt } = status
  const last = Math.max(submittedAt, ...spans.map(({ to }) => to))
  // A job is over when its work is, a moment before anybody hears of it.
  const to = state === 'succeeded' ? last : (endedAt ?? now)
  const first = Math.min(...spans.map(({ from }) => from))
  const wanted = wantedOf(spec, loads, { from: submittedAt, to })
  return {
    name: spec.name,
    kind: spec.kind,
    state,
    submittedMs: submittedAt - startAt,
    waitMs: spans.length > 0 ? first - submittedAt : null,
    endedMs: endedAt === null ? null : endedAt - startAt,
    ...shortfall(wanted, spans),
  }
}

/** How many gangs are wanted, and when. */
function wantedOf(spec: Workload, loads: readonly LoadStep[], { from, to }: Span): Wanted[] {
  if (spec.kind === 'Job') return [{ from, to, count: 1 }]
  const { replicasMin, replicasMax, requestsPerSecondPerReplica: each } = spec
  const countAt = (rate: number) => {
    const needed = each === null ? replicasMin : Math.ceil(rate / each)
    return Math.min(replicasMax, Math.max(replicasMin, needed))
  }
  const steps = loads.filter(({ service }) => service === spec.name)
  const before = steps.findLast(({ at }) => at <= from)
  const moments = [
    { at: from, count: countAt(before?.requestsPerSecond ?? 0) },
    ...steps
      .filter(({ at }) => at > from && at < to)
      .map(({ at, requestsPerSecond }) => ({ at, count: countAt(requestsPerSecond) })),
  ]
  return moments.map(({ at, count }, index) => {
    return { from: at, to: moments[index + 1]?.at ?? to, count }
  })
}

type Wanted = Span & { readonly count: number }

function refusalsOf({ store }: World, startAt: number): readonly Refusal[] {
  const refused = store.history
    .filter(({ kind }) => kind === 'lease.refused')
    .map(({ at, supplier, facts }) => ({
      supplier: supplier ?? '',
      offer: String(facts.offer ?? ''),
      why: String(facts.kind ?? facts.said ?? 'refused').replaceAll('-', ' '),
      atMs: at - startAt,
    }))
  const groups = Map.groupBy(refused, ({ supplier, offer, why }) => `${supplier}/${offer} ${why}`)
  return [...groups.values()].map((group) => {
    const { atMs: firstMs, ...what } = group[0] as (typeof group)[number]
    return { ...what, count: group.length, firstMs, lastMs: group.at(-1)?.atMs ?? firstMs }
  })
}
