/**
 * Rights of first refusal as they run: a case is opened for what a workload would buy at an offer,
 * the holder is given notice, and every move after that is written with who made it and why.
 */
import { dealOf, factsOfBuying, lawAt } from '../../core/contracts/law.ts'
import { noRecords } from '../../core/contracts/rights/act.ts'
import { advance, passed } from '../../core/contracts/rofr/advance.ts'
import { liveRights } from '../../core/contracts/rofr/bar.ts'
import { type Bundle, bundle } from '../../core/contracts/rofr/bundle.ts'
import type { RofrEvent } from '../../core/contracts/rofr/case.ts'
import { type Hash, type Notice, notice } from '../../core/contracts/rofr/notice.ts'
import { openCase, opening } from '../../core/contracts/rofr/open.ts'
import { type RofrCase, rofrMoves } from '../../core/domain/contract.ts'
import { dayMs } from '../../core/domain/day.ts'
import { event } from '../../core/domain/event.ts'
import { type Offer, offerName } from '../../core/domain/offer.ts'
import type { Workload } from '../../core/domain/workload.ts'
import type { Ledger, Snapshot } from '../../ports/ledger.ts'
import { purchasesOf } from './purchases.ts'
import { historyOf, lawPut } from './take.ts'

export type RofrOutcome =
  | { readonly outcome: 'done'; readonly cases: readonly RofrCase[] }
  | { readonly outcome: 'refused'; readonly why: string }

/** What somebody does to a case; time and the person are added here. */
export type Move = RofrEvent extends infer Each
  ? Each extends RofrEvent
    ? Omit<Each, 'at' | 'actor'>
    : never
  : never

const tries = 20

/** Cases as they stand now: silence has become a lapse where it did. */
export function rightsOf({ rows, now }: Snapshot): readonly RofrCase[] {
  return rows.right.map(({ body }) => passed(body, now))
}

/** Opens a case under every right that what this workload would buy there triggers. */
export async function openRight(
  ledger: Ledger,
  { workload: name, offer: offerId, by }: { workload: string; offer: string; by: string },
  offers: readonly Offer[],
): Promise<RofrOutcome> {
  const offer = offers.find((each) => offerName(each) === offerId)
  if (!offer) return refused(`${offerId} is not for sale; \`calumet offers\` lists what is`)
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const snapshot = await ledger.read()
    const workload = snapshot.rows.workload.find(({ id }) => id === name)?.body.spec
    if (!workload) return refused(`there is no workload ${name}`)
    const opened = casesFor(snapshot, workload, offer)
    if ('why' in opened) return refused(opened.why)
    const { cases } = opened
    const fresh = cases.filter(({ id }) => !snapshot.rows.right.some((row) => row.id === id))
    if (fresh.length === 0) return { outcome: 'done', cases }
    const done = await ledger.commit({
      puts: [...fresh.map((body) => rightPut(body, 0)), lawPut(snapshot.rows.law[0] ?? null)],
      events: fresh.map((each) => moved(each, by)),
    })
    if (done.outcome === 'done') return { outcome: 'done', cases }
  }
  return refused(busy)
}

function casesFor(
  snapshot: Snapshot,
  workload: Workload,
  offer: Offer,
): { readonly cases: readonly RofrCase[] } | { readonly why: string } {
  const { now, rows } = snapshot
  const { supplier, accelerator, perNode, region } = offer
  const alternative = workload.resources.find((each) => {
    return each.accelerator === accelerator && each.perNode === perNode
  })
  if (!alternative) return { why: `${workload.name} does not ask for what ${offerName(offer)} is` }
  const { nodes } = alternative
  const shape = { accelerator, perNode, nodes, region, pricePerHour: offer.pricePerHour * nodes }
  const cases = rows.right.map(({ body }) => body)
  const purchases = purchasesOf(rows.lease.map(({ body }) => body))
  const law = lawAt(historyOf(snapshot), now, { records: { ...noRecords, cases, purchases } })
  const seller = rows.supplier.find(({ id }) => id === supplier)?.body ?? null
  const buying = { id: '', workload, supplier, seller, ...shape }
  const opened = liveRights(law.inForce, law.records).flatMap((clause) => {
    const until = clause.tailDays + 2 * clause.window.days
    // It may begin at any time until the freedom ends.
    const deal = dealOf(buying, now + until * dayMs)
    const facts = factsOfBuying(buying, now)
    const proposal = { id: workload.name, at: now, supplier, deal, facts }
    const binding = { ...proposal, firmness: 'binding-offer' } as const
    const triggered = opening(clause, binding, purchases)
    if (!triggered) return []
    const fresh = openCase(clause, binding, triggered)
    return [{ ...fresh, id: `${fresh.id}@${offerName(offer)}` }]
  })
  if (opened.length === 0) return { why: `no right of first refusal is about ${offerName(offer)}` }
  return { cases: opened.map((each) => cases.find(({ id }) => id === each.id) ?? each) }
}

/** The notice to the holder, and the case once it is delivered. */
export async function giveNotice(
  ledger: Ledger,
  { id, by, proof, nonce }: { id: string; by: string; proof: string; nonce: string },
  hash: Hash,
): Promise<{ readonly notice: Notice; readonly case: RofrCase } | { readonly why: string }> {
  const row = (await ledger.read()).rows.right.find((each) => each.id === id)
  if (!row) return { why: unknown(id) }
  const made = notice(row.body, nonce, hash)
  const told = `${proof}; nonce ${nonce}`
  const move: Move = { event: 'deliver', digest: made.digest, proof: told }
  const done = await decideRight(ledger, { id, by, move })
  if (done.outcome === 'refused') return { why: done.why }
  const [next] = done.cases
  return next ? { notice: made, case: next } : { why: unknown(id) }
}

/** One move of a case. Whoever buys under the law as it was before has to ask anew. */
export async function decideRight(
  ledger: Ledger,
  { id, by, move }: { id: string; by: string; move: Move },
): Promise<RofrOutcome> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const { now, rows } = await ledger.read()
    const row = rows.right.find((each) => each.id === id)
    if (!row) return refused(unknown(id))
    const answer = advance(row.body, { ...move, at: now, actor: by } as RofrEvent)
    if (answer.refused !== null) return refused(answer.refused)
    const done = await ledger.commit({
      puts: [rightPut(answer.case, row.version), lawPut(rows.law[0] ?? null)],
      events: [moved(answer.case, by)],
    })
    if (done.outcome === 'done') return { outcome: 'done', cases: [answer.case] }
  }
  return refused(busy)
}

export function evidenceOf(snapshot: Snapshot, id: string, hash: Hash): Bundle | null {
  const found = rightsOf(snapshot).find((each) => each.id === id)
  return found ? bundle(found, hash) : null
}

/** Live while anything can still come of it, or a purchase under it may be tried again. */
export function rightPut(body: RofrCase, version: number) {
  const live = rofrMoves[body.step].length > 0 || body.step === 'bound'
  return { kind: 'right', id: body.id, version, live, body } as const
}

function moved({ id, step, evidence, clause }: RofrCase, by: string) {
  const why = evidence.at(-1)?.why ?? null
  return event('rofr.moved', { supplier: clause.with }, { case: id, step, why, by })
}

function refused(why: string) {
  return { outcome: 'refused', why } as const
}

const busy = 'the law is being changed by others at the same time'

function unknown(id: string): string {
  return `there is no case ${id}; \`calumet contract rofr list\` lists them`
}
