/**
 * One turn of the loop as a value: from what the ledger holds and what was observed to the one
 * commit that follows, and the calls that may be made once it is in.
 *
 * Synchronous and without effect: the same snapshot and observation give the same decision.
 */
import { mayAsk, mayAskAgain } from '../../core/acquire/answer.ts'
import type { Law } from '../../core/contracts/law.ts'
import { event } from '../../core/domain/event.ts'
import type { Lease } from '../../core/domain/lease.ts'
import { type Plan, reasonsIn } from '../../core/domain/plan.ts'
import type { Reason } from '../../core/domain/reason.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { World } from '../../core/domain/world.ts'
import { lint } from '../../core/plan/lint.ts'
import { type Planning, planning } from '../../core/plan/plan.ts'
import type { Commit, Expectation, Snapshot } from '../../ports/ledger.ts'
import type { Memory } from '../memory.ts'
import { isAlike, type Loosely } from './alike.ts'
import { carry } from './carry.ts'
import type { DecideOptions, Observed } from './observed.ts'
import { advanceRuns, dropNodes, endWorkloads, meterRentals, settleLeases } from './reality.ts'
import { expectations, forbidden, lawOn } from './rules.ts'
import { type Sheet, sheet } from './sheet.ts'
import { findStrays, noteOutages, type Stray } from './strays.ts'
import { worldOf } from './world.ts'

/** A call that may be made for a lease, on the condition that these rows are as they were. */
export interface Ask {
  readonly lease: Lease
  readonly version: number
  readonly expects: readonly Expectation[]
  /** By the ledger's time; whoever sends later has to decide anew. */
  readonly until: Ms
}

export interface Decision {
  readonly world: World
  readonly law: Law
  readonly plan: Plan
  readonly arrive: Planning['arrive']
  readonly faults: readonly string[]
  readonly commit: Pick<Commit, 'expects' | 'puts' | 'events'>
  readonly asks: readonly Ask[]
  readonly releases: readonly Lease[]
  readonly strays: readonly Stray[]
}

export function decide(snapshot: Snapshot, observed: Observed, options: DecideOptions): Decision {
  const rows = sheet(snapshot)
  knowFormer(rows, options.memory)
  const { now } = snapshot
  noteOutages(rows, observed, options.memory, now)
  const law = lawOn(rows, options.memory, now)
  settleLeases(rows, observed, options.settings, law)
  dropNodes(rows)
  const strays = findStrays(rows, observed, options.memory)
  meterRentals(rows, observed.sightings, options)
  advanceRuns(rows, observed, options, now)
  endWorkloads(rows, now)
  const world = worldOf(rows, observed, { memory: options.memory, law })
  const { plan, arrive, faults } = planned(world, law)
  carry(rows, plan, options, law)
  notePlan(rows, plan, faults)
  return {
    world,
    law,
    plan,
    arrive,
    faults,
    commit: { expects: asKnown(rows, plan), puts: rows.puts(), events: rows.events },
    ...calls(rows, observed, law),
    strays,
  }
}

/**
 * Whoever is bought from is as it was known to be: a commit of ours whose answer was lost may have
 * said since that it is out. Where work starts, which copies data there, the rules still stand.
 */
function asKnown(rows: Sheet, { actions }: Plan): readonly Expectation[] {
  const expected = actions.flatMap((action): readonly Expectation[] => {
    if (action.do === 'acquire') {
      const id = action.supplier
      return [{ kind: 'outage', id, version: rows.version('outage', id) }]
    }
    const lease = action.do === 'start' ? rows.get('lease', action.lease) : null
    return lease ? expectations(rows, lease) : []
  })
  const unwritten = expected.filter(({ kind, id }) => !rows.isChanged(kind, id))
  return [...new Map(unwritten.map((each) => [`${each.kind} ${each.id}`, each])).values()]
}

/** What was over may come back, at the version that it has by now. */
function knowFormer(rows: Sheet, { formerVersions }: Memory): void {
  for (const kind of ['pool', 'outage'] as const) {
    for (const [id, version] of formerVersions[kind]) {
      if (!rows.get(kind, id)) rows.knowVersion(kind, id, version)
    }
  }
}

/** A plan that fails lint is not carried out; its reasons stand, its actions do not. */
export function planned(world: World, law: Law): Planning & { faults: readonly string[] } {
  const { plan, arrive } = planning(world, law)
  const faults = lint(world, plan, law)
  return { plan: faults.length === 0 ? plan : { ...plan, actions: [] }, arrive, faults }
}

/** Written only when it says something new: a turn that changes nothing leaves no trace. */
function notePlan(rows: Sheet, plan: Plan, faults: readonly string[]): void {
  if (plan.actions.length === 0 && saysTheSame(rows.get('plan', 'plan'), plan, faults)) return
  rows.set('plan', 'plan', plan)
  const facts = { generation: plan.generation, actions: plan.actions.length }
  if (faults.length > 0) {
    rows.events.push(event('plan.rejected', {}, { ...facts, faults: faults.join('; ') }))
  } else if (plan.actions.length > 0) {
    rows.events.push(event('plan.committed', {}, facts))
  }
}

function saysTheSame(last: Plan | null, plan: Plan, faults: readonly string[]): boolean {
  if (last === null || faults.length > 0) return false
  if (isAlike(plan.alike ?? [], last.alike ?? [], loosely)) {
    return isAlike(plan.reasons, last.reasons, loosely)
  }
  // Who waits behind whom may change, and what everybody is told stay the same.
  const [told, before] = [reasonsIn(plan), reasonsIn(last)]
  return told.length === before.length && isAlike(byRun(told), byRun(before), loosely)
}

function byRun(reasons: readonly Reason[]): readonly Reason[] {
  return reasons.toSorted((a, b) => (a.run < b.run ? -1 : a.run > b.run ? 1 : 0))
}

/** What commitments save, and what is left of money and work, moves with every turn. */
const loosely: Loosely = {
  rounded: new Set(['saving', 'pricePerWork', 'worth', 'share', 'fromMs', 'neededMs', 'left']),
  ignored: new Set(['paid']),
}

function calls(rows: Sheet, { inFlight, outages }: Observed, law: Law) {
  const away = new Set(outages.map(({ supplier }) => supplier))
  const asks: Ask[] = []
  const releases: Lease[] = []
  for (const lease of rows.all('lease')) {
    if (inFlight.has(lease.id)) continue
    if (lease.state === 'releasing' && !away.has(lease.supplier)) releases.push(lease)
    const supplier = rows.get('supplier', lease.supplier)
    const fresh = mayAsk(lease, law.at)
    const again = supplier !== null && mayAskAgain(lease, supplier.promises.class, law.at)
    if (!fresh && !again) continue
    // Asked here as well: a call whose answer was lost with its process was not open before.
    if (forbidden(rows, lease, law) !== null) continue
    // The version that the row has once this turn's commit is in.
    const version = rows.version('lease', lease.id) + (rows.isChanged('lease', lease.id) ? 1 : 0)
    asks.push({ lease, version, expects: expectations(rows, lease), until: law.until })
  }
  return { asks, releases }
}
