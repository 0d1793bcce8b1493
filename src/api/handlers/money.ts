/**
 * Costs, commitments, rights of first refusal, invoices, and all of it in FOCUS.
 */
import { createHash } from 'node:crypto'
import type { Charge, Invoice } from '../../core/domain/charge.ts'
import { clauseName } from '../../core/domain/clause.ts'
import { type RofrCase, rofrMoves } from '../../core/domain/contract.ts'
import { addMonths, parseMoment } from '../../core/domain/day.ts'
import { formatUsd } from '../../core/domain/money.ts'
import { personOf } from '../../core/domain/token.ts'
import { statement } from '../../core/report/statement.ts'
import { claimedParts, claimsView } from '../../operate/law/claims.ts'
import { exposureView } from '../../operate/law/exposure.ts'
import { everyInvoice, takeInvoice } from '../../operate/law/invoices.ts'
import {
  accountOf,
  burnDownView,
  type Charged,
  comparisonOf,
  focusRows,
  partsOf,
  pursesOf,
} from '../../operate/law/money.ts'
import { type RateView, ratesView } from '../../operate/law/price/rates.ts'
import {
  decideRight,
  evidenceKept,
  evidenceOf,
  giveNotice,
  type Move,
  openRight,
  rightsOf,
} from '../../operate/law/rofr.ts'
import { chargedOf } from '../books.ts'
import { Refused } from '../failure.ts'
import type {
  DecisionOrder,
  InvoiceReply,
  InvoiceView,
  RateView as RateReply,
  RightView,
} from '../wire/money.ts'
import type { CostReply } from '../wire.ts'
import type { Handlers, House } from './handler.ts'

type Names =
  | 'cost'
  | 'rights'
  | 'openRight'
  | 'notifyRight'
  | 'decideRight'
  | 'rightEvidence'
  | 'burnDown'
  | 'rates'
  | 'claims'
  | 'exposure'
  | 'focus'
  | 'invoices'
  | 'takeInvoice'
  | 'invoice'

const hash = (text: string) => createHash('sha256').update(text).digest('hex')

export function moneyHandlers({ ledger, books, operator, random }: House): Handlers<Names> {
  const charged = () => chargedOf(ledger, books)

  async function compared(invoice: Invoice): Promise<InvoiceReply> {
    const comparison = comparisonOf(invoice, await charged(), await everyInvoice(ledger))
    const rows = comparison.map((row) => ({ ...row, rates: [...row.rates] }))
    return { invoice: invoiceView(invoice), comparison: rows }
  }

  return {
    async cost({ query: { by = 'supplier' } }) {
      return costReply(await charged(), by)
    },
    rights: async () => ({ rights: rightsOf(await ledger.read()).map(rightView) }),
    async openRight({ body, token }) {
      const order = { ...body, by: personOf(token) }
      const done = await openRight(ledger, order, operator.offers())
      if (done.outcome === 'refused') throw new Refused('invalid', done.why)
      return { rights: done.cases.map(rightView) }
    },
    async notifyRight({ body, token }) {
      const nonce = random(16).toString('hex')
      const done = await giveNotice(ledger, { ...body, by: personOf(token), nonce }, hash)
      if ('why' in done) throw new Refused('invalid', done.why)
      const { to, channel, terms, answerWithin, digest } = done.notice
      return { to, channel, terms: { ...terms }, answerWithin, digest, right: rightView(done.case) }
    },
    async decideRight({ body: { id, move }, token }) {
      const { rows } = await ledger.read()
      const found = rows.right.find((row) => row.id === id)?.body ?? null
      const done = await decideRight(ledger, { id, by: personOf(token), move: moveOf(move, found) })
      if (done.outcome === 'refused') throw new Refused('invalid', done.why)
      operator.nudge()
      const [right] = done.cases.map(rightView)
      if (!right) throw new Refused('not-found', `there is no case ${id}`)
      return { right }
    },
    async rightEvidence({ query: { id, for: to } }) {
      const snapshot = await ledger.read()
      const found = evidenceOf(snapshot, id, hash)
      if (!found) throw new Refused('not-found', `there is no case ${id}`)
      const kept = to === undefined ? null : evidenceKept(snapshot, id, to)
      if (kept !== null) throw new Refused('invalid', kept)
      return { ...found, assumed: [...found.assumed], entries: [...found.entries] }
    },
    async exposure() {
      const exposure = (await exposureView(await charged())).map(({ mayCome, ...view }) => {
        return { ...view, mayCome: { ...mayCome, capacity: [...mayCome.capacity] } }
      })
      return { exposure }
    },
    async rates({ query }) {
      const all = await charged()
      const { at = all.snapshot.now, known = all.snapshot.now } = query
      const rates = ratesView(all, { at, known, offers: operator.offers() })
      return { at, known, rates: rates.map(rateReply) }
    },
    async claims() {
      const nonce = () => random(16).toString('hex')
      return { claims: [...(await claimsView(ledger, await charged(), { nonce, hash }))] }
    },
    burnDown: async () => ({ commitments: [...(await burnDownView(await charged()))] }),
    async focus({ params: { dataset }, query: { month } }) {
      const all = await charged()
      const from = month ? parseMoment(`${month}-01`) : 0
      if (from === null) throw new Refused('invalid', `${month} is no month`)
      const span = { from, to: month ? addMonths(from, 1) : Number.MAX_SAFE_INTEGER }
      const invoices = await everyInvoice(ledger)
      const { installation } = ledger
      const claims = dataset === 'cost-and-usage' ? await claimedParts(ledger, all) : []
      const rows = focusRows(dataset, all, { span, invoices, installation, claims })
      return { dataset, rows: rows.map((row) => ({ ...row })) }
    },
    invoices: async () => ({ invoices: (await everyInvoice(ledger)).map(invoiceView) }),
    async takeInvoice({ body: { supplier, file, text }, token }) {
      const done = await takeInvoice(ledger, { supplier, text, by: personOf(token) })
      if (done.outcome === 'refused') throw new Refused('conflict', done.why)
      if (done.outcome === 'done') return compared(done.invoice)
      const faults = done.faults.map(({ line, column, found, expected }) => {
        return { file, line, column: 1, path: column, found, expected, meant: null }
      })
      throw new Refused('invalid', 'nothing of this invoice was taken', { faults })
    },
    async invoice({ params: { supplier, number } }) {
      const row = await ledger.get('invoice', `${supplier}/${number}`)
      if (!row) throw new Refused('not-found', `there is no invoice ${number} of ${supplier}`)
      return compared(row.body)
    },
  }
}

function rateReply({ bestPrice, assumed, ...rate }: RateView): RateReply {
  return { ...rate, bestPrice: [...bestPrice], assumed: [...assumed] }
}

function costReply(all: Charged, by: CostReply['by']): CostReply {
  const { snapshot, charges } = all
  const leases = snapshot.rows.lease.map(({ body }) => body)
  const { now } = snapshot
  const known = by === 'contract' ? 'supplier' : by
  const { rows, ...rest } = statement({ charges, leases, now, by: known })
  const budgets = pursesOf(all).map(({ budget, ...purse }) => ({ ...budget, ...purse }))
  return { ...rest, by, budgets, rows: by === 'contract' ? byContract(all) : [...rows] }
}

/** What each contract took of what was charged; every dollar once, the rest under none. */
function byContract(all: Charged): CostReply['rows'] {
  const parts = partsOf(all)
  const { draws } = accountOf(all, parts)
  const byPart = new Map(parts.map((part) => [part.id, part]))
  const sums = new Map<string, { amount: number; ms: number; rentals: Set<string> }>()
  const add = (name: string, charge: Charge, amount: number, ms: number) => {
    const sum = sums.get(name) ?? { amount: 0, ms: 0, rentals: new Set() }
    sums.set(name, sum)
    sum.amount += amount
    sum.ms += ms
    sum.rentals.add(charge.id)
  }
  const left = new Map(parts.map((part) => [part.id, part.amount]))
  for (const { charge: id, clause, amount } of draws) {
    const part = byPart.get(id)
    if (!part) continue
    const [contract = ''] = clause.split('/', 1)
    const taken = Number(amount)
    const share = part.amount === 0 ? 0 : taken / part.amount
    const spanMs = (part.charge.accelerators ?? 0) * (part.to - part.from)
    add(contract, part.charge, taken, Math.round(spanMs * share))
    left.set(id, (left.get(id) ?? 0) - taken)
  }
  for (const part of parts) {
    const rest = left.get(part.id) ?? 0
    const spanMs = (part.charge.accelerators ?? 0) * (part.to - part.from)
    const share = part.amount === 0 ? 1 : rest / part.amount
    if (rest > 0) add('none', part.charge, rest, Math.round(spanMs * share))
  }
  const rows = [...sums].map(([name, { amount, ms, rentals }]) => {
    const rest = { waste: 0, acceleratorMs: ms, rentals: rentals.size, pricePerHourNow: 0 }
    return { name, usage: amount, ...rest }
  })
  return rows.sort((a, b) => b.usage - a.usage)
}

/** What a holder offers to match is the noticed deal at its own price. */
function moveOf(move: DecisionOrder['move'], found: RofrCase | null): Move {
  if (move.event !== 'match') return move
  if (!found) return { event: 'decline' }
  return { event: 'match', deal: { ...found.deal, pricePerHour: move.pricePerHour } }
}

function rightView(of: RofrCase): RightView {
  const { id, clause, thirdParty, deal, step, deadline, freeUntil, acceleratorsFree } = of
  const price = formatUsd(deal.pricePerHour)
  const about = `${deal.accelerators} ${deal.accelerator} in ${deal.region} at ${price}/h each`
  const isOpen = rofrMoves[step].length > 0
  return {
    ...{ id, clause: clauseName(clause), holder: clause.with, thirdParty, about, step },
    why: of.evidence.at(-1)?.why ?? '',
    deadline: step === 'noticed' ? deadline : null,
    freeUntil: isOpen ? freeUntil : null,
    acceleratorsFree,
  }
}

function invoiceView({ lines, ...invoice }: Invoice): InvoiceView {
  const billed = lines.reduce((sum, { amount }) => sum + amount, 0)
  const { supplier, number, from, to, importedAt, by } = invoice
  return { supplier, number, from, to, lines: lines.length, billed, importedAt, by }
}
