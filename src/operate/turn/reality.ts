/**
 * Brings the sheet up to date with what was observed: leases, charges, runs, workloads.
 *
 * Strings the pure rooms of the core together; decides nothing of its own.
 */
import { cooled, poolOf } from '../../core/acquire/cool.ts'
import { type Sighting, settle, unwanted } from '../../core/acquire/settle.ts'
import type { Law } from '../../core/contracts/law.ts'
import { type Charge, chargeId } from '../../core/domain/charge.ts'
import { event } from '../../core/domain/event.ts'
import { isTooDear, type Lease } from '../../core/domain/lease.ts'
import type { Run } from '../../core/domain/run.ts'
import { isEngine } from '../../core/domain/supplier.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { Demand } from '../../core/domain/workload.ts'
import { charge } from '../../core/meter/charges.ts'
import { type Digest, emptyJournal, post } from '../../core/meter/journal.ts'
import { advance, runEvent } from '../../core/run/advance.ts'
import type { Memory } from '../memory.ts'
import { fenceMsOf, type Settings } from '../settings.ts'
import type { DecideOptions, Observed } from './observed.ts'
import { forbidden, markLaw, unpaid } from './rules.ts'
import type { Sheet } from './sheet.ts'
import { demandsOf } from './world.ts'

export function settleLeases(rows: Sheet, observed: Observed, settings: Settings, law: Law): void {
  const now = law.at
  const sights = Map.groupBy(observed.sights, ({ node }) => node.lease)
  const sightings = new Map(observed.sightings.map((each) => [each.supplier, each]))
  for (const before of rows.all('lease')) {
    const lease = givenUp(rows, observed, settings, before, law)
    const settled = settle({
      now,
      lease,
      promises: rows.get('supplier', lease.supplier)?.promises ?? cautious,
      sighting: sightings.get(lease.supplier) ?? null,
      sights: sights.get(lease.id) ?? [],
      inFlight: observed.inFlight.has(lease.id),
      bootTimeoutMs: settings.bootTimeoutMs,
      silentMs: settings.silentMs,
    })
    writeLease(rows, settled.lease)
    if (isTooDear(settled.lease) && !isTooDear(lease)) markLaw(rows)
    rows.events.push(...settled.events)
    if (before.wanted && !settled.lease.wanted && before.state === 'held') {
      const why = settled.lease.why ?? 'its machines never worked'
      const id = poolOf(lease)
      rows.set('pool', id, cooled(id, rows.get('pool', id), 'failed', why, now))
    }
  }
}

/** What to assume of a supplier that nobody describes any more. */
const cautious = { class: 'C', lateEffectMs: 300_000, listLagMs: 60_000 } as const

/**
 * Two ways to stop wanting a lease before the suppliers say anything: the rules in force forbid it,
 * or its call has no outcome and its supplier has been away for long. The latter may come to pay
 * for two, which the ledger counts; waiting for ever would keep the workload down for ever.
 */
function givenUp(
  rows: Sheet,
  { outages, inFlight }: Observed,
  settings: Settings,
  lease: Lease,
  law: Law,
): Lease {
  if (!lease.wanted || inFlight.has(lease.id)) return lease
  const open = lease.state === 'intended' || lease.state === 'unsure'
  const why = open ? (forbidden(rows, lease, law) ?? unpaid(rows, lease) ?? away(lease)) : null
  const settled = why ? unwanted(lease, why) : null
  rows.events.push(...(settled?.events ?? []))
  return settled?.lease ?? lease

  function away({ supplier, state, calledAt, notBefore }: Lease): string | null {
    const outage = outages.find((each) => each.supplier === supplier)
    // Whoever is out before it was asked need not be waited for.
    const isHeldBack = state === 'intended' && notBefore !== undefined
    if (outage && isHeldBack) return `${supplier} cannot be used before it was asked`
    if (!outage || state !== 'unsure') return null
    const since = Math.max(outage.since, calledAt ?? law.at)
    return law.at - since > settings.giveUpMs
      ? `${supplier} has been away too long to settle it`
      : null
  }
}

/** A lease that is over leaves the loop's sight. */
export function writeLease(rows: Sheet, lease: Lease): void {
  rows.set('lease', lease.id, lease, lease.state !== 'gone')
}

/** Nodes go with their lease; one that joined while its lease was being ended goes a turn later. */
export function dropNodes(rows: Sheet): void {
  for (const node of rows.all('node')) {
    if (!rows.get('lease', node.lease)) rows.set('node', node.id, node, false)
  }
}

export function meterRentals(
  rows: Sheet,
  sightings: readonly Sighting[],
  { memory, digest }: DecideOptions,
): void {
  const leases = new Map(rows.all('lease').map((lease) => [lease.key, lease]))
  // What ended in this turn is no longer live, but it owns its rental all the same.
  for (const lease of rows.changed('lease')) leases.set(lease.key, lease)
  for (const { supplier, listing } of sightings) {
    for (const rental of listing.rentals) {
      const id = chargeId(supplier, rental.id)
      if (memory.closedCharges.has(id)) continue
      const { key } = rental
      const owner = key === null ? null : (leases.get(key) ?? memory.owners.get(key) ?? null)
      const next = charge(supplier, rental, owner, rows.get('charge', id))
      if (!next) continue
      if (next.charge.to === null) rows.set('charge', id, next.charge)
      else closeCharge(rows, next.charge, digest)
      rows.events.push(...next.events)
    }
  }
}

/** A charge that closes goes into the journal, in the same commit. */
function closeCharge(rows: Sheet, charge: Charge, digest: Digest): void {
  const { entry, head } = post(rows.get('journal', 'journal') ?? emptyJournal, charge, digest)
  rows.set('charge', charge.id, { ...charge, entry }, false)
  rows.set('journal', 'journal', head)
}

export function advanceRuns(
  rows: Sheet,
  { sights, requestsPerSecond }: Observed,
  { settings, memory }: DecideOptions,
  now: Ms,
): void {
  const demanded = demandsOf(rows, { sights, requestsPerSecond }, now)
  // Before the others move: a run that ends in this turn is not missing, it is over.
  for (const demand of demanded) createRun(rows, demand, memory, now)
  // A lease that ended in this very turn still tells its run what became of it.
  const leases = new Map(rows.changed('lease').map((lease) => [lease.id, lease]))
  const byLease = Map.groupBy(sights, ({ node }) => node.lease)
  // What waits moves once a plan starts it: most of a long queue does nothing here.
  const begun = rows.all('run').filter(({ state }) => state !== 'waiting')
  const ids = new Set(begun.map(({ id }) => id))
  const wanted = new Set(demanded.filter(({ run }) => ids.has(run)).map(({ run }) => run))
  for (const run of begun) {
    const lease =
      run.lease === null ? null : (leases.get(run.lease) ?? rows.get('lease', run.lease))
    const supplier = lease && rows.get('supplier', lease.supplier)
    const advanced = advance({
      now,
      run,
      lease,
      workload: rows.get('workload', run.workload)?.spec ?? null,
      demanded: wanted.has(run.id),
      sights: run.lease === null ? [] : (byLease.get(run.lease) ?? []),
      fenceMs: supplier && isEngine(supplier) ? null : fenceMsOf(settings),
    })
    writeRun(rows, advanced.run)
    rows.events.push(...advanced.events)
  }
}

/** A run that was there before goes on counting where it stopped: no epoch and no lease twice. */
function createRun(rows: Sheet, { run: id, slot, workload }: Demand, memory: Memory, now: Ms) {
  if (rows.get('run', id)) return
  const former = memory.formerRuns.get(id)
  if (former) rows.knowVersion('run', id, former.version)
  const run = newRun(id, workload.name, slot, former?.run ?? { attempts: 0, epoch: 0 }, now)
  writeRun(rows, run)
  rows.events.push(runEvent(run, 'run.created', {}))
}

function newRun(
  id: string,
  workload: string,
  slot: number,
  { attempts, epoch }: Pick<Run, 'attempts' | 'epoch'>,
  now: Ms,
): Run {
  const counts = { revision: 0, epoch, attempts, retries: 0 }
  const times = { notBefore: now, startedAt: null, fencedAt: null, endedAt: null }
  const outcome = { lease: null, exitCode: null, why: null }
  return { id, workload, slot, state: 'waiting', ...counts, ...times, ...outcome }
}

export function writeRun(rows: Sheet, run: Run): void {
  rows.set('run', run.id, run, run.state !== 'done' && run.state !== 'failed')
}

/** A job is over with its run; what was deleted is over once nothing of it is left. */
export function endWorkloads(rows: Sheet, now: Ms): void {
  const ended = new Map(rows.changed('run').map((run) => [run.workload, run]))
  for (const status of rows.all('workload')) {
    const { name, kind } = status.spec
    const run = ended.size > 0 ? ended.get(name) : undefined
    const isOver = kind === 'Job' && status.state === 'active' && run
    if (isOver && (run.state === 'done' || run.state === 'failed')) {
      end(status, run.state === 'done' ? 'succeeded' : 'failed', run.why)
    } else if (status.state === 'deleting') {
      const left = rows.all('run').some(({ workload }) => workload === name)
      const held = rows.all('lease').some(({ workload }) => workload === name)
      if (!left && !held) end(status, 'deleted', null)
    }
  }

  function end(
    status: Parameters<typeof rows.set<'workload'>>[2],
    state: 'succeeded' | 'failed' | 'deleted',
    because: string | null,
  ): void {
    const { name } = status.spec
    rows.set('workload', name, { ...status, state, endedAt: now }, false)
    rows.events.push(event('workload.ended', { workload: name }, { state, because }))
  }
}
