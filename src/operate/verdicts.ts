/**
 * What the law of a day says to a workload at what is for sale now: which clause bars it, by what
 * it is free, whom a clause prefers, and what is paid for already.
 *
 * Contracts, cases, waivers, the list of suppliers and charges count as they were on that day, and
 * as it was known then. Offers and the policy are those of now.
 */
import { type Bar, houseOf, type Law, lawAt } from '../core/contracts/law.ts'
import { accountFrom, bindingClauses } from '../core/contracts/money/account.ts'
import { untouched } from '../core/contracts/money/draw.ts'
import { marginals } from '../core/contracts/money/marginals.ts'
import { levelsAt } from '../core/contracts/price/levels.ts'
import { noRecords, type Records } from '../core/contracts/rights/act.ts'
import { keptRecords } from '../core/contracts/rights/kept.ts'
import { caseOn } from '../core/contracts/rofr/past.ts'
import { findings, type Said } from '../core/contracts/verdict.ts'
import type { Charge } from '../core/domain/charge.ts'
import type { Contract } from '../core/domain/contract.ts'
import type { Lease } from '../core/domain/lease.ts'
import { formatUsd } from '../core/domain/money.ts'
import { type Offer, offerName } from '../core/domain/offer.ts'
import { listedAt, type Standing, type SupplierSpec, standingAt } from '../core/domain/supplier.ts'
import type { Ms } from '../core/domain/time.ts'
import type { Relation } from '../core/domain/trust.ts'
import type { Workload } from '../core/domain/workload.ts'
import { cutParts, paidPart } from '../core/focus/parts.ts'
import { siteOf } from '../core/trust/judge.ts'
import type { Bodies, Kind, Ledger, Snapshot } from '../ports/ledger.ts'
import { purchasesOf } from './law/purchases.ts'
import { historyOf } from './law/take.ts'
import { every } from './memory.ts'
import { aheadOf } from './turn/marginals.ts'

export interface Verdict {
  readonly offer: string
  /** Of its supplier, on that day; active where nobody had decided. */
  readonly standing: Standing
  /** What its supplier was to us, and who runs the place for it. */
  readonly relations: readonly Relation[]
  /** Null where it might have been bought. */
  readonly bar: Bar | null
  /** Whatever else is said of it: more bars, what is owed, who is preferred, what is paid. */
  readonly says: readonly Said[]
}

export interface Asked {
  readonly offers: readonly Offer[]
  readonly at: Ms
  /** All charges, those that are closed among them. */
  readonly charges: readonly Charge[]
}

export async function verdictsAt(
  ledger: Ledger,
  workload: Workload,
  { offers, at, charges }: Asked,
): Promise<readonly Verdict[]> {
  const snapshot = await ledger.read()
  const leases = await allOf(ledger, 'lease')
  const sellers = snapshot.rows.supplier.map(({ body }) => listedAt(body, at))
  const checkpoints = snapshot.rows.checkpoint.map(({ body }) => body)
  const house = houseOf(snapshot.rows.policy[0]?.body ?? null, sellers, checkpoints)
  const records = await recordsOf(ledger, snapshot, { at, leases })
  const law = lawAt(historyOf(snapshot), at, { records, house })
  const paid = paidFor(law, { snapshot, leases, offers, at, charges })
  return offers.flatMap((offer) => {
    const verdict = verdictOn(law, workload, offer, sellers)
    if (!verdict) return []
    const found = paid(offer)
    return { ...verdict, says: found ? [...verdict.says, ...found] : verdict.says }
  })
}

/** Null where the workload does not ask for it. */
function verdictOn(
  law: Law,
  workload: Workload,
  offer: Offer,
  sellers: readonly SupplierSpec[],
): Verdict | null {
  const { accelerator, perNode, region, supplier } = offer
  const alternative = workload.resources.find((each) => {
    return each.accelerator === accelerator && each.perNode === perNode
  })
  if (!alternative) return null
  const { nodes } = alternative
  const seller = sellers.find(({ name }) => name === supplier) ?? null
  const shape = { accelerator, perNode, nodes, region, pricePerHour: offer.pricePerHour * nodes }
  const { bars, duties, preferred } = findings(law, {
    ...{ id: '', workload, supplier, seller },
    ...shape,
  })
  const [bar = null, ...more] = bars
  const also = more.map(({ clause, because }) => ({ clause, says: because }))
  const { relations } = siteOf(seller, region, law, sellers)
  return {
    offer: offerName(offer),
    standing: (seller && standingAt(seller, law.at)?.state) ?? 'active',
    relations: [...new Set(relations.map(({ relation }) => relation))],
    bar,
    says: [...also, ...(bar ? [] : duties), ...preferred],
  }
}

/** What had happened by then. */
async function recordsOf(
  ledger: Ledger,
  { rows }: Snapshot,
  { at, leases }: { readonly at: Ms; readonly leases: readonly Lease[] },
): Promise<Records> {
  const cases = (await allOf(ledger, 'right')).flatMap((each) => caseOn(each, at) ?? [])
  const kept = rows.record.map(({ body }) => body).filter((each) => each.at <= at)
  const purchases = purchasesOf(leases.filter(({ intendedAt }) => intendedAt <= at))
  const waivers = rows.waiver.map(({ body }) => body)
  return { ...noRecords, ...keptRecords(kept), cases, purchases, waivers }
}

async function allOf<K extends Kind>(ledger: Ledger, kind: K): Promise<readonly Bodies[K][]> {
  const found: Bodies[K][] = []
  for await (const { body } of every(ledger, kind)) found.push(body)
  return found
}

interface Paying extends Asked {
  readonly snapshot: Snapshot
  readonly leases: readonly Lease[]
}

/** What contracts made of the price of an offer on that day. */
function paidFor(law: Law, { snapshot, leases, offers, at, charges: all }: Paying) {
  const begun = all.filter(({ from }) => from <= at)
  const isOver = ({ to }: Charge) => to !== null && to <= at
  const open = begun.filter((each) => !isOver(each)).map((each) => ({ ...each, to: null }))
  const kinds = new Map(snapshot.rows.workload.map(({ id, body }) => [id, body.spec.kind]))
  const clauses = bindingClauses(knownBy(historyOf(snapshot), at))
  const parts = cutParts([...begun.filter(isOver), ...open], { clauses, now: at })
  const used = parts.map((part) => paidPart(part, kinds.get(part.charge.workload ?? '')))
  const held = new Set(open.map(({ lease }) => lease))
  const { offers: prices, because } = marginals({
    inForce: law.inForce,
    drawdown: accountFrom(clauses, used, untouched).drawdown,
    ahead: aheadOf(open, clauses, at),
    leases: leases.filter(({ id }) => held.has(id)).map((each) => ({ ...each, state: 'ready' })),
    offers,
    levels: levelsAt(
      snapshot.rows.record.map(({ body }) => body),
      { at, known: at },
    ),
    now: at,
  })
  return (offer: Offer): readonly Said[] => {
    const name = offerName(offer)
    const price = prices[name]
    if (price === undefined) return []
    const hour = `so an hour of a node adds ${formatUsd(price)} to what is owed`
    const instead = `${hour}, instead of ${formatUsd(offer.pricePerHour)}`
    return (because[name] ?? '').split('; ').map((text) => {
      const [clause = '', ...says] = text.split(': ')
      return { clause, says: `${says.join(': ')}, ${instead}` }
    })
  }
}

/** What was agreed, as far as it was recorded by then. */
function knownBy(history: readonly Contract[], at: Ms): readonly Contract[] {
  const known = history.filter(({ recordedAt }) => recordedAt <= at)
  return known.map((contract) => {
    const clauses = contract.clauses
      .filter(({ recordedAt }) => recordedAt <= at)
      .map((clause) =>
        (clause.repeal?.recordedAt ?? at) <= at ? clause : { ...clause, repeal: null },
      )
    return { ...contract, clauses }
  })
}
