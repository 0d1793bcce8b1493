/**
 * Whether a purchase has to wait for the holder of a right of first refusal.
 */
import type { Clause, Rofr } from '../../domain/clause.ts'
import { clauseName } from '../../domain/clause.ts'
import { type Deal, type RofrCase, type RofrStep, rofrMoves } from '../../domain/contract.ts'
import { formatDay } from '../../domain/day.ts'
import { type Act, type Finding, factsOf, type Records } from '../rights/act.ts'
import { mayBind, passed } from './advance.ts'
import { improvements } from './deal.ts'
import { opening, type Purchase } from './open.ts'

/** A right that is no longer in force triggers nothing new; what it began is still to be ended. */
export function rofrBar(
  clause: Rofr,
  act: Act,
  { records, isInForce }: { readonly records: Records; readonly isInForce: boolean },
): Finding {
  if (act.do !== 'buy') return null
  const { at, supplier, deal } = act
  const facts = factsOf(act)
  const { ours, unasked } = askedUnder(clause, records)
  const signed = ours.find((each) => each.purchases.includes(act.id) && isCovered(each, act))
  if (signed) return { finding: 'duty', duty: `keep the evidence of ${signed.id}` }

  const open = ours.map((each) => passed(each, at)).filter((each) => isAbout(each, act))
  const isTriggered = isInForce && opening(clause, { ...act, facts }, unasked) !== null
  const isPending = open.some(({ step }) => pending.has(step))
  if (!isTriggered && !isPending && (!isInForce || open.length === 0)) return null

  const free = open.find((each) => mayBind(each, deal, at) === null)
  if (free) {
    const { freeUntil } = free
    const by = freeUntil === null ? '' : ` by ${formatDay(freeUntil)}`
    return {
      finding: 'duty',
      duty: `sign with ${supplier}${by}, and keep the evidence of ${free.id}`,
    }
  }
  const [first] = open
  return {
    finding: 'bar',
    why: first
      ? (mayBind(first, deal, at) ?? '')
      : `${clause.with} may refuse first, and was not given notice of this offer`,
    remedy: first
      ? `settle the case ${first.id} with ${clause.with}`
      : `give ${clause.with} notice under ${clauseName(clause)}`,
  }
}

interface Asked extends Pick<Records, 'cases' | 'purchases'> {
  readonly ours: readonly RofrCase[]
  /** What the holder was asked about before does not count a second time. */
  readonly unasked: readonly Purchase[]
}

/** A memo and nothing else: turn by turn the same right is asked about every offer. */
const known = new WeakMap<Rofr, Asked>()

function askedUnder(clause: Rofr, { cases, purchases }: Records): Asked {
  const before = known.get(clause)
  if (before?.cases === cases && before.purchases === purchases) return before
  const name = clauseName(clause)
  const ours = cases.filter((each) => clauseName(each.clause) === name)
  const signedFor = new Set(ours.flatMap((each) => each.purchases))
  const unasked = purchases.filter(({ id }) => !signedFor.has(id))
  const asked = { cases, purchases, ours, unasked }
  known.set(clause, asked)
  return asked
}

/** Nobody knows yet what comes of it. */
const pending: ReadonlySet<RofrStep> = new Set(['triggered', 'noticed', 'matched', 'disputed'])

/** The rights that count: those in force, and those with a case that was opened while they were. */
export function liveRights(inForce: readonly Clause[], { cases }: Records): readonly Rofr[] {
  const rights = new Map<string, Rofr>()
  for (const { clause, step } of cases) {
    if (rofrMoves[step].length > 0) rights.set(clauseName(clause), clause)
  }
  for (const clause of inForce) {
    if (clause.kind === 'rofr') rights.set(clauseName(clause), clause)
  }
  return [...rights].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, clause]) => clause)
}

/** Signed, and tried again in time on terms that are no better for the third party. */
export function isCovered(
  of: RofrCase,
  { at, supplier, deal }: Pick<Act & { do: 'buy' }, 'at' | 'supplier' | 'deal'>,
): boolean {
  const isInTime = of.freeUntil === null || at <= of.freeUntil
  const isSame = of.thirdParty === supplier && of.deal.accelerators >= deal.accelerators
  return isInTime && isSame && improvements(of.deal, deal, of.clause).length === 0
}

/** An open case about the same thing from the same third party. */
function isAbout(of: RofrCase, act: Act & { do: 'buy' }): boolean {
  return isAboutDeal(of, act.supplier, act.deal)
}

export function isAboutDeal({ step, thirdParty, deal }: RofrCase, supplier: string, now: Deal) {
  const isSame = deal.accelerator === now.accelerator && deal.region === now.region
  return rofrMoves[step].length > 0 && thirdParty === supplier && isSame
}
