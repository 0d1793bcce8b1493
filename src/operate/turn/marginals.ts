/**
 * What contracts do to prices, from what the ledger holds: the books as they stand now, so that
 * whoever asks for the burn-down and whoever plans are told the same.
 *
 * Days that are over are not gone through again, unless something of them turns out otherwise.
 */
import type { Law } from '../../core/contracts/law.ts'
import { accountOfParts, bindingClauses, drawn } from '../../core/contracts/money/account.ts'
import { type Drawdown, inTurn, untouched } from '../../core/contracts/money/draw.ts'
import { type Claimed, claimed } from '../../core/contracts/money/drawdown/takers.ts'
import { isAboutPrices, isCommitment, marginals } from '../../core/contracts/money/marginals.ts'
import { levelsAt } from '../../core/contracts/price/levels.ts'
import type { Charge } from '../../core/domain/charge.ts'
import type { Clause } from '../../core/domain/clause.ts'
import { dayMs } from '../../core/domain/day.ts'
import type { Offer } from '../../core/domain/offer.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { Workload } from '../../core/domain/workload.ts'
import { type Marginals, noMarginals } from '../../core/domain/world.ts'
import { type CutOptions, cutParts, paidPart } from '../../core/focus/parts.ts'
import type { Drawn, Memory } from '../memory.ts'
import type { Sheet } from './sheet.ts'

export interface MarginalsOn {
  readonly law: Law
  readonly memory: Memory
  /** Charges that are not among the closed ones of the memory. */
  readonly open: readonly Charge[]
}

export function marginalsOn(
  rows: Sheet,
  offers: readonly Offer[],
  { law, memory, open }: MarginalsOn,
): Marginals {
  const { inForce, at: now } = law
  if (!inForce.some(isAboutPrices)) return noMarginals
  const levels = levelsAt(rows.all('record'), { at: now, known: now })
  const priced = { inForce, leases: rows.all('lease'), offers, levels, now }
  if (!inForce.some(isCommitment)) return marginals({ ...priced, ...nothingDrawn })
  const history = rows.all('contract')
  const clauses = bindingClauses(history)
  const kindOf: KindOf = (workload) => rows.get('workload', workload)?.spec.kind
  const known = { open, memory, now, kindOf, contracts: history.length }
  const drawdown = drawdownNow(clauses, known)
  // A pace is asked for where something would be charged unspent.
  const paced = inForce.filter(
    (each) => each.kind === 'spend_commit' && each.shortfall === 'charged',
  )
  const sides = new Set(paced.map((each) => each.with))
  const asked = open.filter(({ supplier }) => sides.has(supplier))
  return marginals({ ...priced, drawdown, ahead: aheadOf(asked, clauses, now) })
}

const nothingDrawn = { drawdown: untouched, ahead: [] }

/** What the day ahead adds of what runs. */
export function aheadOf(open: readonly Charge[], clauses: readonly Clause[], now: Ms) {
  const running = open.filter(({ to }) => to === null)
  const parts = cutParts(running, { clauses, now: now + dayMs, since: now })
  return parts.map((part) => paidPart(part))
}

/** Of a workload that is there. Charges of earlier versions do not tell it. */
type KindOf = (workload: string) => Workload['kind'] | undefined

export interface Known {
  readonly open: readonly Charge[]
  readonly memory: Pick<Memory, 'closed' | 'drawn'>
  readonly kindOf: KindOf
  /** Versions of contracts. */
  readonly contracts: number
  readonly now: Ms
}

/** By all charges, those that run up to now. Writes down in the memory how far it went. */
export function drawdownNow(clauses: readonly Clause[], known: Known): Drawdown {
  const { open, memory, now, kindOf } = known
  const before = drawnBefore(clauses, known)
  memory.drawn = before
  const options = { clauses, now, since: before.at }
  const over = before.later.flatMap((charge) => claimedOfOver(charge, options, kindOf))
  const running = claimedOf(open, options, kindOf)
  return drawdownBy({ over, running }, clauses, before.drawdown)
}

/** What is drawn before anything that runs, and how far it goes. */
interface First {
  readonly parts: readonly Claimed[]
  readonly drawdown: Drawdown
}

/** A memo and nothing else, by what earlier days left. */
const firsts = new WeakMap<Drawdown, First>()

/** What runs has another part each turn; all that is drawn before that stays as it was drawn. */
function drawdownBy(
  { over, running }: { readonly over: readonly Claimed[]; readonly running: readonly Claimed[] },
  clauses: readonly Clause[],
  since: Drawdown,
): Drawdown {
  const all = [...over, ...running].sort(inTurn)
  const [next] = [...running].sort(inTurn)
  const first = next ? all.slice(0, all.indexOf(next)) : all
  const known = firsts.get(since)
  const isKnown = known?.parts.every((part, index) => part === first[index])
  const from = known && isKnown ? known : { parts: [], drawdown: since }
  const more = first.slice(from.parts.length)
  const { drawdown } = more.length === 0 ? from : accountOfParts(clauses, more, from.drawdown)
  firsts.set(since, { parts: first, drawdown })
  return accountOfParts(clauses, all.slice(first.length), drawdown).drawdown
}

function claimedOf(
  charges: readonly Charge[],
  options: CutOptions,
  kindOf: KindOf,
): readonly Claimed[] {
  const parts = cutParts(charges, options)
  const paid = parts.map((part) => paidPart(part, kindOf(part.charge.workload ?? '')))
  return claimed(options.clauses, paid.map(drawn))
}

interface Cut {
  readonly clauses: readonly Clause[]
  readonly since: Ms
  readonly parts: readonly Claimed[]
}

/** A memo and nothing else: what is over is cut in the same way by each turn. */
const cut = new WeakMap<Charge, Cut>()

function claimedOfOver(
  charge: Charge,
  options: CutOptions & { readonly since: Ms },
  kindOf: KindOf,
): readonly Claimed[] {
  const { clauses, since } = options
  const known = cut.get(charge)
  if (known?.clauses === clauses && known.since === since) return known.parts
  const parts = claimedOf([charge], options, kindOf)
  // The kind of older ones is that of a workload that may be gone tomorrow.
  if (charge.workloadKind !== undefined) cut.set(charge, { clauses, since, parts })
  return parts
}

/** So late a listing may come, and nothing is reckoned anew. */
const lateMs = dayMs / 4

/** Drawn to the last midnight before that. */
function drawnBefore(clauses: readonly Clause[], known: Known): Drawn {
  const { open, memory, contracts, now, kindOf } = known
  const at = Math.floor((now - lateMs) / dayMs) * dayMs
  const old = memory.drawn && stillHolds(memory.drawn, known) ? memory.drawn : null
  if (old && old.at >= at && old.seen === memory.closed.length) return old
  const seen = memory.closed.length
  const later = old ? [...old.later, ...memory.closed.slice(old.seen)] : memory.closed
  if (old && old.at >= at) return { ...old, seen, later }
  const all = [...later, ...open]
  const span = { clauses, now: at, until: at, ...(old && { since: old.at }) }
  const since = old?.drawdown ?? untouched
  const { drawdown } = accountOfParts(clauses, claimedOf(all, span, kindOf), since)
  const goesOn = ({ to }: Charge) => to === null || to > at
  return {
    ...{ contracts, seen, at, drawdown },
    running: new Set(all.filter((each) => each.from < at && goesOn(each)).map(idOf)),
    later: later.filter(goesOn),
  }
}

const idOf = ({ id }: Charge) => id

/** Nothing began before its midnight that was not known, and nothing ended that was to go on. */
function stillHolds({ at, seen, running, contracts }: Drawn, known: Known): boolean {
  if (contracts !== known.contracts) return false
  const isAsDrawn = ({ id, from, to }: Charge) => {
    return running.has(id) ? to === null || to >= at : from >= at
  }
  return [...known.memory.closed.slice(seen), ...known.open].every(isAsDrawn)
}
