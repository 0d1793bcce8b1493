/**
 * The days of a scenario by what bound us in them: for each span between two turns of the law what
 * was bought and where, what led there, and which clause forbade what.
 */
import { asOf } from '../../core/contracts/as-of.ts'
import { phraseSilence } from '../../core/contracts/phrase.ts'
import { clauseName } from '../../core/domain/clause.ts'
import type { Contract } from '../../core/domain/contract.ts'
import type { Event } from '../../core/domain/event.ts'
import { type Plan, reasonsIn } from '../../core/domain/plan.ts'
import type { Reason } from '../../core/domain/reason.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { World } from '../world.ts'

/** A span in which the same clauses bind. */
export interface Phase {
  readonly fromMs: number
  readonly toMs: number
  /** What begins and ceases to bind with it, a sentence each. */
  readonly turns: readonly string[]
  readonly bought: readonly Bought[]
  readonly barred: readonly Barred[]
}

export interface Bought {
  readonly workload: string
  /** `<supplier>/<offer>`. */
  readonly offer: string
  readonly times: number
  /** Clauses that led there, and the case under which it was free; empty for the cheapest. */
  readonly because: readonly string[]
}

/** What a workload could not have, for as long as it had nothing else or was told so. */
export interface Barred {
  readonly workload: string
  /** An offer, or a supplier as a whole. */
  readonly place: string
  /** `<contract>/<clause>`, or `list/<supplier>`. */
  readonly clause: string
  readonly because: string
}

/** A moment at which clauses begin or cease to bind. */
export interface Turn {
  readonly at: Ms
  readonly texts: readonly string[]
}

interface Span {
  readonly from: Ms
  readonly to: Ms
}

/** What binds at the beginning of a span, and the turns of the law before its end. */
export function turnsOfLaw(history: readonly Contract[], { from, to }: Span): readonly Turn[] {
  const moments = history.flatMap(({ recordedAt, from: begins, clauses }) => [
    ...[recordedAt, begins],
    ...clauses.flatMap((each) => [
      ...[each.recordedAt, each.from, each.to ?? from],
      ...(each.repeal ? [each.repeal.at, each.repeal.recordedAt] : []),
    ]),
  ])
  const inside = [...new Set(moments)].filter((at) => at > from && at < to).sort((a, b) => a - b)
  const first = asOf(history, from, from).inForce.map((each) => `${clauseName(each)} binds`)
  const later = inside.flatMap((at) => {
    const texts = changesAt(history, at)
    return texts.length > 0 ? [{ at, texts }] : []
  })
  return [{ at: from, texts: first }, ...later]
}

function changesAt(history: readonly Contract[], at: Ms): readonly string[] {
  const [before, after] = [asOf(history, at - 1, at - 1), asOf(history, at, at)]
  const names = (inForce: typeof after.inForce) => new Set(inForce.map(clauseName))
  const [was, is] = [names(before.inForce), names(after.inForce)]
  const began = after.inForce.flatMap((clause) => {
    if (!was.has(clauseName(clause))) return `${clauseName(clause)} begins to bind`
    return before.inForce.includes(clause) ? [] : `${clauseName(clause)} is changed`
  })
  const ended = after.silent.flatMap(({ clause, silence }) => {
    const name = clauseName(clause)
    if (!before.inForce.includes(clause) || is.has(name)) return []
    return silence.why === 'ended' ? `${name} binds no more` : `${name}: ${phraseSilence(silence)}`
  })
  return [...ended, ...began]
}

/** What a watch over a world saw, in the order of time. */
export interface LawSeen {
  readonly bought: (Bought & { readonly at: Ms })[]
  readonly barred: (Barred & { readonly at: Ms; readonly isWaiting: boolean })[]
}

/** Looks at every plan and every purchase from now on. */
export function watchLaw(world: World): LawSeen {
  const seen: LawSeen = { bought: [], barred: [] }
  const told = new Map<string, readonly string[]>()
  let last: Plan | null = null
  world.onWrite = () => {
    const plan = world.store.every('plan')[0]?.body ?? null
    if (plan === null || plan === last) return
    last = plan
    const reasons = Map.groupBy(reasonsIn(plan), ({ run }) => run)
    for (const action of plan.actions) {
      if (action.do === 'acquire') told.set(action.lease, ledBy(reasons.get(action.run) ?? []))
    }
    for (const own of reasons.values()) {
      const isWaiting = !own.some(({ why }) => settled.has(why))
      seen.barred.push(...own.flatMap(barOf).map((bar) => ({ ...bar, at: plan.at, isWaiting })))
    }
  }
  world.listeners.push((event) => {
    if (event.kind === 'lease.held') seen.bought.push(boughtBy(world, event, told))
  })
  return seen
}

/** With one of these a run has what it wants, or is about to. */
const settled: ReadonlySet<Reason['why']> = new Set(['chosen', 'kept', 'buying', 'moving'])

function ledBy(reasons: readonly Reason[]): readonly string[] {
  return reasons.flatMap((reason) => {
    if (reason.why === 'moving') return reason.paid ?? []
    return reason.why === 'chosen' ? [reason.preferred ?? [], reason.paid ?? []].flat() : []
  })
}

function barOf(reason: Reason): readonly Barred[] {
  const workload = reason.run.replace(/\.\d+$/, '')
  if (reason.why === 'clause') {
    const { offer: place, clause, because } = reason
    return [{ workload, place, clause, because }]
  }
  if (reason.why !== 'not-allowed' || !reason.whose.startsWith('the list')) return []
  const { supplier: place, whose } = reason
  const because = `${place} is not allowed by ${whose.replace(/,$/, '')}`
  return [{ workload, place, clause: `list/${place}`, because }]
}

function boughtBy(
  { store }: World,
  { at, workload, lease, supplier, facts }: Event,
  told: ReadonlyMap<string, readonly string[]>,
): Bought & { readonly at: Ms } {
  const cases = store.every('right').filter(({ body }) => {
    return body.thirdParty === supplier && body.purchases.includes(workload ?? '')
  })
  return {
    at,
    workload: workload ?? '?',
    offer: `${supplier}/${facts.offer}`,
    times: 1,
    because: [...(told.get(lease ?? '') ?? []), ...cases.map(({ id }) => `free by the case ${id}`)],
  }
}

/** Moments count from the start of the span. */
export function phasesOf(turns: readonly Turn[], seen: LawSeen, span: Span): readonly Phase[] {
  return turns.map(({ at: from, texts }, index) => {
    const to = turns[index + 1]?.at ?? span.to
    const within = <T extends { readonly at: Ms }>(list: readonly T[]) =>
      list.filter(({ at }) => at >= from && at < to)
    return {
      fromMs: from - span.from,
      toMs: to - span.from,
      turns: texts,
      bought: counted(within(seen.bought)),
      barred: distinct(within(seen.barred)),
    }
  })
}

function counted(bought: LawSeen['bought']): readonly Bought[] {
  const alike = Map.groupBy(bought, ({ workload, offer }) => `${workload} ${offer}`)
  return [...alike.values()].map((group) => {
    const { at: _, ...what } = group[0] as (typeof group)[number]
    return { ...what, times: group.length }
  })
}

function distinct(barred: LawSeen['barred']): readonly Barred[] {
  const alike = new Map<string, Barred>()
  for (const { at: _, isWaiting: __, ...bar } of barred) {
    const { workload, place, clause } = bar
    alike.set([workload, place, clause].join(' '), bar)
  }
  return [...alike.values()]
}
