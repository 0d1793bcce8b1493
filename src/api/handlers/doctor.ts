/**
 * Is everything as it should be? Each check is one sentence, good or bad.
 */
import { formatDay } from '../../core/domain/day.ts'
import { formatDuration, type Ms } from '../../core/domain/time.ts'
import { nearDuties } from '../../operate/law/look.ts'
import { contradictionsIn, unknownScopesIn } from '../../operate/law/take.ts'
import { moneyWarnings } from '../../operate/law/warnings.ts'
import type { Operator } from '../../operate/operator.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Ledger, Snapshot } from '../../ports/ledger.ts'
import { type Books, chargedOf } from '../books.ts'

export interface Check {
  readonly name: string
  readonly ok: boolean
  readonly text: string
}

export type Examine = () => Promise<readonly Check[]>

interface DoctorOptions {
  readonly ledger: Ledger
  readonly operator: Operator
  readonly clock: Clock
  readonly books: Books
}

const staleTurnMs = 30_000
const longUnsureMs = 300_000
/** Offers of a supplier that were left out, at most. */
export const faultsShown = 20
const skewMsMax = 2_000
/** Years of history take longer to check than anybody waits for an answer. */
const verifyMsMax = 10_000

export function doctor({ ledger, operator, clock, books }: DoctorOptions): Examine {
  let verifying: Promise<readonly string[]> | null = null

  /** Null while it goes on; however many ask, the ledger is read through once. */
  async function faults(): Promise<readonly string[] | null> {
    verifying ??= ledger.verify().finally(() => {
      verifying = null
    })
    const enough = new AbortController()
    const late = clock.sleep(verifyMsMax, enough.signal).then(() => null)
    try {
      return await Promise.race([verifying, late])
    } finally {
      enough.abort()
    }
  }

  return async () => {
    const found = await faults()
    const charged = await chargedOf(ledger, books)
    const { snapshot } = charged
    return [
      ledgerCheck(found),
      clockCheck(Date.now() - snapshot.now),
      ...loopChecks(operator, snapshot.now),
      ...supplierChecks(snapshot, operator),
      unsureCheck(snapshot),
      orphanCheck(snapshot),
      contradictionsCheck(snapshot),
      scopesCheck(snapshot, operator),
      datesCheck(snapshot),
      ...(await moneyWarnings(ledger, charged)).map((each) => ({ ...each, ok: false })),
    ]
  }
}

function ledgerCheck(faults: readonly string[] | null): Check {
  const name = 'ledger'
  if (faults === null) return { name, ok: true, text: 'it answers; its history is still checked' }
  const text = faults.length > 0 ? faults.join('; ') : 'every event follows from the one before'
  return { name, ok: faults.length === 0, text }
}

function clockCheck(skewMs: number): Check {
  const name = 'clock'
  if (Math.abs(skewMs) <= skewMsMax)
    return { name, ok: true, text: "this machine's agrees with the ledger's" }
  const off = `${formatDuration(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead of' : 'behind'}`
  return { name, ok: false, text: `this machine's is ${off} the ledger's` }
}

function loopChecks(operator: Operator, now: Ms): readonly Check[] {
  const { leading, lastTurnAt, said } = operator.health()
  if (!leading) {
    return [
      { name: 'leadership', ok: true, text: 'another control plane leads, or none yet' },
      { name: 'loop', ok: true, text: 'it waits for leadership' },
    ]
  }
  const isFresh = lastTurnAt !== null && now - lastTurnAt < staleTurnMs
  const ended =
    lastTurnAt === null
      ? 'no turn has ended yet'
      : `the last turn ended ${formatDuration(now - lastTurnAt)} ago`
  return [
    { name: 'leadership', ok: true, text: 'this control plane leads' },
    { name: 'loop', ok: said === null && isFresh, text: said ?? ended },
  ]
}

function supplierChecks({ rows }: Snapshot, operator: Operator): readonly Check[] {
  const outages = new Map(rows.outage.map(({ body }) => [body.supplier, body]))
  return rows.supplier.map(({ body }) => {
    const outage = outages.get(body.name)
    const name = `supplier ${body.name}`
    if (outage) return { name, ok: false, text: outage.said }
    const faults = operator.offerFaults(body.name)
    if (faults.length === 0) return { name, ok: true, text: 'it answers' }
    const first = faults.slice(0, faultsShown).join('; ')
    const rest = faults.length > faultsShown ? `; and ${faults.length - faultsShown} more` : ''
    return { name, ok: false, text: `offers left out: ${faults.length}: ${first}${rest}` }
  })
}

function unsureCheck({ rows, now }: Snapshot): Check {
  const unsure = rows.lease.filter(({ body }) => body.state === 'unsure')
  const old = unsure.filter(({ body }) => now - (body.calledAt ?? now) > longUnsureMs)
  const text =
    old.length === 0
      ? `${unsure.length} purchases wait for their outcome`
      : `without outcome for long: ${old.map(({ id }) => id).join(', ')}`
  return { name: 'unsure leases', ok: old.length === 0, text }
}

/** Rentals under our name that serve nobody and still cost. */
function orphanCheck({ rows }: Snapshot): Check {
  const orphans = rows.charge.filter(({ body }) => body.account === 'waste' && body.to === null)
  const text =
    orphans.length === 0
      ? 'nothing is paid for that serves nobody'
      : `being given back: ${orphans.map(({ id }) => id).join(', ')}`
  return { name: 'orphans', ok: orphans.length === 0, text }
}

/** What cannot be meant holds up what it is about for as long as it stands. */
function contradictionsCheck(snapshot: Snapshot): Check {
  const name = 'contradictions'
  const [first, ...more] = contradictionsIn(snapshot)
  if (first === undefined) return { name, ok: true, text: 'none contradicts another' }
  const rest = more.length === 0 ? '' : `, and ${more.length} more`
  return { name, ok: false, text: `${first}${rest}; see \`calumet contract check\`` }
}

/** A contract may be there before what it is about, so this is told and is no failure. */
function scopesCheck(snapshot: Snapshot, operator: Operator): Check {
  const name = 'scopes'
  const [first, ...more] = unknownScopesIn(snapshot, operator.offers())
  if (first === undefined) return { name, ok: true, text: 'each names something that is known' }
  const rest = more.length === 0 ? '' : `, and ${more.length} more`
  return { name, ok: true, text: `${first}${rest}; see \`calumet contract check\`` }
}

/** What a contract wants of us soon; a day that passes by may cost more than any machine. */
function datesCheck(snapshot: Snapshot): Check {
  const name = 'contract dates'
  const [first, ...more] = nearDuties(snapshot)
  if (!first) return { name, ok: true, text: 'none that is ours is near' }
  const rest = more.length === 0 ? '' : `, and ${more.length} more`
  const text = `${formatDay(first.at)}: ${first.what} (${first.clause})${rest}`
  return { name, ok: false, text: `${text}; see \`calumet contract calendar\`` }
}
