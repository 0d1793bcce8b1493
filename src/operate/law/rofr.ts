/**
 * Rights of first refusal as they run: a case is opened for what a workload would buy at an offer,
 * the holder is given notice, and every move after that is written with who made it and why.
 */
import { dealOf, factsOfBuying, houseOf, lawAt } from '../../core/contracts/law.ts'
import { noRecords } from '../../core/contracts/rights/act.ts'
import { advance, mayBind, passed } from '../../core/contracts/rofr/advance.ts'
import { isCovered, liveRights } from '../../core/contracts/rofr/bar.ts'
import { type Bundle, bundle } from '../../core/contracts/rofr/bundle.ts'
import type { RofrEvent } from '../../core/contracts/rofr/case.ts'
import {
  type Hash,
  letter,
  type Notice,
  notice,
  unshowable,
  untellable,
} from '../../core/contracts/rofr/notice.ts'
import { openCase, opening } from '../../core/contracts/rofr/open.ts'
import { nextTurn } from '../../core/contracts/rofr/queue.ts'
import { clauseName } from '../../core/domain/clause.ts'
import { type RofrCase, rofrMoves } from '../../core/domain/contract.ts'
import { dayMs } from '../../core/domain/day.ts'
import { event } from '../../core/domain/event.ts'
import { type Offer, offerName } from '../../core/domain/offer.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { Workload } from '../../core/domain/workload.ts'
import type { Expectation, Ledger, Snapshot } from '../../ports/ledger.ts'
import { every } from '../memory.ts'
import { clearanceFor } from './clearance.ts'
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

/**
 * Opens a case under every right that what this workload would buy there triggers. A case that is
 * over is followed by one of its own number, since the holder has to be asked again.
 */
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
    const former = await everyCase(ledger, snapshot.now)
    const opened = casesFor(snapshot, former, { workload, offer, by })
    if ('why' in opened) return refused(opened.why)
    const { cases } = opened
    const known = new Map(former.map((each) => [each.id, each]))
    const changed = cases.filter((each) => known.get(each.id) !== each)
    if (changed.length === 0) return { outcome: 'done', cases }
    const versions = new Map(snapshot.rows.right.map(({ id, version }) => [id, version]))
    const done = await ledger.commit({
      puts: [
        ...changed.map((body) => rightPut(body, versions.get(body.id) ?? 0)),
        lawPut(snapshot.rows.law[0] ?? null),
      ],
      events: changed.map((each) => moved(each, by)),
    })
    if (done.outcome === 'done') return { outcome: 'done', cases }
  }
  return refused(busy)
}

function casesFor(
  snapshot: Snapshot,
  former: readonly RofrCase[],
  { workload, offer, by }: { workload: Workload; offer: Offer; by: string },
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
  const sellers = rows.supplier.map(({ body }) => body)
  const house = houseOf(rows.policy[0]?.body ?? null, sellers)
  const records = { ...noRecords, cases, purchases }
  const law = lawAt(historyOf(snapshot), now, { records, house })
  const seller = sellers.find(({ name }) => name === supplier) ?? null
  const endsAt = offer.window?.until
  const block = endsAt === undefined ? {} : { endsAt }
  const buying = { id: '', workload, supplier, seller, ...shape, ...block }
  const opened = liveRights(law.inForce, law.records).flatMap((clause) => {
    const until = clause.tailDays + 2 * clause.window.days
    // It may begin at any time until the freedom ends.
    const deal = dealOf(law, buying, now + until * dayMs)
    const facts = factsOfBuying(buying, law)
    const proposal = { id: workload.name, at: now, supplier, deal, facts }
    const binding = { ...proposal, firmness: 'binding-offer' } as const
    const triggered = opening(clause, binding, purchases)
    if (!triggered) return []
    const fresh = openCase(clause, binding, triggered)
    return [caseNow({ ...fresh, id: `${fresh.id}@${offerName(offer)}` }, former, { now, by })]
  })
  if (opened.length === 0) return { why: `no right of first refusal is about ${offerName(offer)}` }
  return { cases: opened }
}

/** The one that is there already, changed where the terms became better; else a new one. */
function caseNow(
  fresh: RofrCase,
  former: readonly RofrCase[],
  { now: at, by: actor }: { now: Ms; by: string },
): RofrCase {
  const past = former.filter(({ id }) => wantedOf(id) === fresh.id)
  const last = past.find(({ id }) => id === numbered(fresh.id, past.length))
  const { deal, thirdParty: supplier } = fresh
  if (!last) return fresh
  if (last.step === 'bound' && isCovered(last, { at, supplier, deal })) return last
  if (rofrMoves[last.step].length === 0)
    return { ...fresh, id: numbered(fresh.id, past.length + 1) }
  const isFree = last.step === 'free' || last.step === 'waived'
  if (!isFree || mayBind(last, deal, at) === null) return last
  return advance(last, { event: 'revise', deal, at, actor }).case
}

/** `<contract>/<clause>/<workload>@<offer>`, and from the second one on `#<number>`. */
function numbered(wanted: string, number: number): string {
  return number === 1 ? wanted : `${wanted}#${number}`
}

function wantedOf(id: string): string {
  return id.replace(/#\d+$/, '')
}

function numberOf(id: string): number {
  return Number(/#(\d+)$/.exec(id)?.[1] ?? 1)
}

/** The notice to the holder, and the case once it is delivered. */
export async function giveNotice(
  ledger: Ledger,
  { id, by, proof, nonce }: { id: string; by: string; proof: string; nonce: string },
  hash: Hash,
): Promise<{ readonly notice: Notice; readonly case: RofrCase } | { readonly why: string }> {
  const snapshot = await ledger.read()
  const row = snapshot.rows.right.find((each) => each.id === id)
  if (!row) return { why: unknown(id) }
  const before = givenBefore(row.body, proof)
  if (before) {
    const amiss = indiscreet(snapshot, row.body)
    return amiss === null
      ? { notice: before, case: passed(row.body, snapshot.now) }
      : { why: amiss }
  }
  const made = notice(row.body, nonce, hash)
  const told = provenBy(proof, nonce)
  const move: Move = { event: 'deliver', digest: made.digest, proof: told }
  const done = await decideRight(ledger, { id, by, move })
  if (done.outcome === 'refused') return { why: done.why }
  const [next] = done.cases
  return next ? { notice: made, case: next } : { why: unknown(id) }
}

/** The notice that this proof of delivery is about already: its digest commits us, and stays. */
function givenBefore(of: RofrCase, proof: string): Notice | null {
  const { step, digest, evidence } = of
  if (step === 'triggered' || digest === null) return null
  const given = evidence.findLast((each) => each.to === 'noticed' && each.digest === digest)
  return given?.proof?.startsWith(provenBy(proof, '')) ? { ...letter(of), digest } : null
}

function provenBy(proof: string, nonce: string): string {
  return `${proof}; nonce ${nonce}`
}

/** One move of a case. Whoever buys under the law as it was before has to ask anew. */
export async function decideRight(
  ledger: Ledger,
  { id, by, move }: { id: string; by: string; move: Move },
): Promise<RofrOutcome> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const snapshot = await ledger.read()
    const { now, rows } = snapshot
    const row = rows.right.find((each) => each.id === id)
    if (!row) return refused(unknown(id))
    const amiss =
      move.event === 'deliver'
        ? (outOfTurn(await everyCase(ledger, now), row.body) ?? indiscreet(snapshot, row.body))
        : null
    if (amiss !== null) return refused(amiss)
    const answer = advance(row.body, { ...move, at: now, actor: by } as RofrEvent)
    if (answer.refused !== null) return refused(answer.refused)
    if (answer.case === row.body) return { outcome: 'done', cases: [answer.case] }
    const done = await ledger.commit({
      expects: move.event === 'deliver' ? rulesOn(snapshot, row.body.clause.with) : [],
      puts: [rightPut(answer.case, row.version), lawPut(rows.law[0] ?? null)],
      events: [moved(answer.case, by)],
    })
    if (done.outcome === 'done') return { outcome: 'done', cases: [answer.case] }
  }
  return refused(busy)
}

/** What a notice would tell its holder that is kept from it; null where it may be given. */
function indiscreet(snapshot: Snapshot, of: RofrCase): string | null {
  const kept = untellable(of, clearanceFor(snapshot, of.clause.with))
  if (!kept) return null
  const { term, because, remedy, source } = kept
  return `its ${term} may not be told: ${because} (${source}); ${remedy}`
}

/** What was asked, beside the law, whether a party may be told: it must not change meanwhile. */
function rulesOn({ rows }: Snapshot, party: string): readonly Expectation[] {
  const rules = [...rows.policy, ...rows.supplier.filter(({ id }) => id === party)]
  return rules.map(({ kind, id, version }) => ({ kind, id, version }))
}

/** Those that are over, too. A case that changes after this is read makes the commit stale. */
async function everyCase(ledger: Ledger, now: Ms): Promise<readonly RofrCase[]> {
  const cases: RofrCase[] = []
  for await (const { body } of every(ledger, 'right')) cases.push(passed(body, now))
  return cases
}

/** Why a notice would come too early, or for nothing; null where it is this holder's turn. */
function outOfTurn(cases: readonly RofrCase[], { id, clause }: RofrCase): string | null {
  const wanted = wantedOf(id).slice(clauseName(clause).length)
  const ofDeal = cases.filter((each) => {
    return wantedOf(each.id) === `${clauseName(each.clause)}${wanted}`
  })
  const newest = new Map(
    ofDeal
      .toSorted((a, b) => numberOf(a.id) - numberOf(b.id))
      .map((each) => [clauseName(each.clause), each]),
  )
  const next = nextTurn([...newest.values()].filter(({ step }) => step !== 'expired'))
  if (next.turn === 'free' || next.case.id === id) return null
  const { id: other, clause: prior } = next.case
  if (next.turn === 'notify') return `${prior.with} is asked first: give notice in ${other}`
  return next.turn === 'wait'
    ? `${prior.with} is asked first, and has not answered yet in ${other}`
    : `${prior.with} takes it in ${other}, so nothing is left to offer`
}

export function evidenceOf(snapshot: Snapshot, id: string, hash: Hash): Bundle | null {
  const found = rightsOf(snapshot).find((each) => each.id === id)
  return found ? bundle(found, hash) : null
}

/** Why the evidence of a case may not be shown to a party; null where nothing is kept from it. */
export function evidenceKept(snapshot: Snapshot, id: string, to: string): string | null {
  const found = rightsOf(snapshot).find((each) => each.id === id)
  const kept = found ? unshowable(found, clearanceFor(snapshot, to)) : null
  return kept && `${kept.because} (${kept.source}); ${kept.remedy}`
}

/** What a holder was given notice of. Shows no term that the notice did not show. */
export async function noticesTo(ledger: Ledger, holder: string) {
  const cases = await everyCase(ledger, await ledger.now())
  return cases.flatMap((of) => {
    if (of.clause.with !== holder) return []
    return of.evidence.flatMap(({ at, to, digest }) => {
      if (to !== 'noticed' || digest === null) return []
      const { channel, answerWithin, terms } = letter(of)
      // A case whose deal has changed since has one notice only that its terms are those of.
      const told = digest === of.digest ? terms : null
      return { at, clause: clauseName(of.clause), channel, answerWithin, terms: told, digest }
    })
  })
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
