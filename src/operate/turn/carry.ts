/**
 * Writes a plan's actions onto the sheet: intents, releases, starts and drains. Nothing is left to
 * choose here, and nothing leaves the house: calls follow only once the sheet is committed.
 */
import { leaseEvent, unwanted } from '../../core/acquire/settle.ts'
import {
  type Buying,
  barOf,
  jitterAt,
  type Law,
  signed,
  trustTerms,
} from '../../core/contracts/law.ts'
import { waiversOf } from '../../core/contracts/verdict.ts'
import type { Waiver } from '../../core/domain/contract.ts'
import type { Lease } from '../../core/domain/lease.ts'
import type { Acquire, Plan } from '../../core/domain/plan.ts'
import type { Run } from '../../core/domain/run.ts'
import type { Ms } from '../../core/domain/time.ts'
import { drained, runEvent } from '../../core/run/advance.ts'
import { heldBackUntil } from '../../core/trust/shaping.ts'
import { purchasesOf } from '../law/purchases.ts'
import type { DecideOptions } from './observed.ts'
import { writeLease, writeRun } from './reality.ts'
import type { Sheet } from './sheet.ts'

export function carry(rows: Sheet, plan: Plan, options: DecideOptions, law: Law): void {
  const now = law.at
  // A run that has just moved makes its next move in the next turn.
  const moved = new Set(rows.changed('run').map(({ id }) => id))
  for (const action of plan.actions) {
    if (action.do === 'acquire') intend(rows, action, options, law)
    else if (action.do === 'release') release(rows, action.lease, action.because)
    else if (moved.has(action.run)) continue
    else if (action.do === 'start') start(rows, action.run, action.lease, action.epoch, now)
    else drain(rows, action.run, action.because, now)
  }
}

/** Only says that nobody wants it: how it goes depends on what its supplier knows of it. */
function release(rows: Sheet, id: string, because: string): void {
  const lease = rows.get('lease', id)
  const dropped = lease && unwanted(lease, because)
  if (!dropped) return
  writeLease(rows, dropped.lease)
  rows.events.push(...dropped.events)
}

function intend(rows: Sheet, action: Acquire, options: DecideOptions, law: Law): void {
  const { installation, keyOf, chanceOf } = options
  const { do: _, slot: __, lease: id, pricePerHour: ___, ...terms } = action
  const workload = rows.get('workload', action.workload)?.spec
  const seller = rows.get('supplier', action.supplier)
  const buying = workload ? { ...action, id, workload, seller } : null
  const lawNow = lawSoFar(rows, options, law)
  if (buying && lawNow !== law && !sign(rows, buying, lawNow)) return
  const { team, product } = workload ?? {}
  const key = keyOf(installation, id)
  const jitterMs = jitterAt(law, { seller, region: action.region })
  const notBefore = jitterMs > 0 ? heldBackUntil(law.at, jitterMs, chanceOf(key)) : null
  const lease: Lease = {
    ...terms,
    id,
    key,
    state: 'intended',
    wanted: true,
    calls: 0,
    calledAt: null,
    ...(team !== undefined && { team }),
    ...(product !== undefined && { product }),
    ...(workload && { workloadKind: workload.kind }),
    refusedUnsettled: false,
    absentCount: 0,
    rental: null,
    pricePerHour: null,
    intendedAt: law.at,
    ...(notBefore !== null && { notBefore }),
    heldAt: null,
    readyAt: null,
    goneAt: null,
    end: null,
    why: null,
    noticeUntil: null,
  }
  writeLease(rows, lease)
  const trust = workload ? trustTerms(law, { workload, seller, region: action.region }) : null
  const waivers = buying ? waiversOf(lawNow, buying) : []
  const facts = {
    attempt: lease.attempt,
    ...(trust !== null && { trust }),
    ...(waivers.length > 0 && { waivers: waivers.map(waiverText).join(', ') }),
    ...(notBefore !== null && { notBefore }),
  }
  rows.events.push(leaseEvent(lease, 'lease.intended', facts))
  const run = rows.get('run', action.run)
  if (run) writeRun(rows, { ...run, attempts: action.attempt })
}

function waiverText({ id, kind, clause }: Waiver): string {
  return `${kind === 'granted' ? 'waiver' : 'override'} ${id} of ${clause}`
}

/** With what this turn has signed for already; the same where no right of first refusal counts. */
function lawSoFar(rows: Sheet, { memory }: DecideOptions, law: Law): Law {
  const { inForce, records } = law
  if (records.cases.length === 0 && !inForce.some(({ kind }) => kind === 'rofr')) return law
  const cases = rows.all('right')
  const purchases = purchasesOf(new Set([...memory.owners.values(), ...rows.all('lease')]))
  return { ...law, records: { ...records, cases, purchases } }
}

/**
 * A purchase under a right of first refusal is signed for with it; false where another purchase of
 * this turn has used that freedom up, or comes with it to more than may be bought unasked.
 */
function sign(rows: Sheet, buying: Buying, law: Law): boolean {
  if (barOf(law, buying)) return false
  const done = signed(law, buying)
  if ('refused' in done) return false
  for (const each of done.cases) rows.set('right', each.id, each)
  return true
}

function start(rows: Sheet, id: string, lease: string, epoch: number, now: Ms): void {
  const run = rows.get('run', id)
  const workload = run && rows.get('workload', run.workload)
  if (!run || !workload) return
  const { revision } = workload.spec
  const cleared = { startedAt: now, fencedAt: null, exitCode: null, why: null }
  const next: Run = { ...run, state: 'running', epoch, lease, revision, ...cleared }
  writeRun(rows, next)
  rows.events.push(
    runEvent(next, 'run.started', {
      supplier: rows.get('lease', lease)?.supplier ?? null,
      startedAt: now,
    }),
  )
}

function drain(rows: Sheet, id: string, because: string, now: Ms): void {
  const run = rows.get('run', id)
  if (!run) return
  if (run.state === 'waiting') {
    const next: Run = { ...run, state: 'done', endedAt: now, why: because }
    writeRun(rows, next)
    rows.events.push(runEvent(next, 'run.ended', { state: 'done', because }))
  } else if (run.state === 'running') {
    const { run: next, events } = drained(run, because)
    writeRun(rows, next)
    rows.events.push(...events)
  }
}
