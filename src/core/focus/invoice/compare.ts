/**
 * An invoice beside what we reckon of its supplier ourselves, line by line: how much of what each
 * line asks for is owed, and why it is not where it is not; and what no line asks for.
 *
 * Every dollar that we owe stands beside one line, or in a row of its own.
 */
import type { Due } from '../../contracts/money/dues.ts'
import type { Invoice, InvoiceLine } from '../../domain/charge.ts'
import { clauseName, type Prepay } from '../../domain/clause.ts'
import { costOf, type Micros, sum } from '../../domain/money.ts'
import {
  type Asked,
  type Billing,
  billing,
  centMicros,
  endsIn,
  isCharge,
  isPaidIn,
  isUse,
  spanOf,
} from './billing.ts'
import type { Piece } from './pieces.ts'
import { type Share, shares } from './shares.ts'
import { firstFrom, type Span } from './spans.ts'

export type Verdict =
  | 'same'
  | 'dearer' // more than is owed for those hours
  | 'cheaper'
  | 'more hours' // than were rented
  | 'fewer hours'
  | 'billed twice' // asked for by an earlier line, of this invoice or another
  | 'out of period' // about a time that the invoice is not about
  | 'not then' // ours, but nothing was owed for that time
  | 'not ours'
  | 'unknown' // names nothing that could be held against anything
  | 'tax'
  | 'credit'
  | 'adjustment'
  | 'not billed' // no line asks for it

export interface Comparison {
  /** Of the file; null where no line asks for it. */
  readonly line: number | null
  /** Empty where it is about a promise, or about nothing that is known. */
  readonly rental: string
  /** The promise, `<contract>/<clause>`; null where it is about a rental. */
  readonly clause: string | null
  readonly verdict: Verdict
  /** What asks for it, or for a part of it, before: an invoice, or a line of this one. */
  readonly before: string | null
  readonly billed: Micros
  /** What is owed of it. */
  readonly charged: Micros
  /** Where the line says how long: what of the difference the hours make, and what the price. */
  readonly hours: Hours | null
  /** What was paid for ahead, and is not owed again. */
  readonly ahead: Micros
  /** What was charged beyond the price of a contract, and is not owed; 0 where nothing was. */
  readonly aboveRate: Micros
  /** The clauses that give those prices. */
  readonly rates: readonly string[]
}

export interface Hours {
  readonly billed: number
  readonly charged: number
  readonly byHours: Micros
  readonly byPrice: Micros
}

/** What we reckon of a supplier ourselves. */
export interface Reckoned {
  readonly pieces: readonly Piece[]
  readonly dues: readonly Due[]
  readonly prepays: readonly Prepay[]
  /** The names of its clauses that ever bound. */
  readonly clauses: readonly string[]
  /** What it asked for before. */
  readonly earlier: readonly Invoice[]
}

/** Worst first. */
export function compareInvoice(invoice: Invoice, reckoned: Reckoned): readonly Comparison[] {
  const asked = billing([...reckoned.earlier, invoice], reckoned.prepays)
  const books: Books = { ...reckoned, invoice, asked, ...sorted(invoice, reckoned, asked) }
  const rows = [...usesIn(books), ...promisesIn(books), ...restIn(books), ...missingIn(books)]
  return rows.sort((a, b) => apart(b) - apart(a) || lineOf(a) - lineOf(b))
}

interface Books extends Reckoned {
  readonly invoice: Invoice
  readonly asked: Billing
  /** Of each line of this invoice what it asks for of ours. */
  readonly taken: ReadonlyMap<InvoiceLine, readonly Piece[]>
  readonly byRental: ReadonlyMap<string, readonly Piece[]>
  /** Prepayments that the invoice gives credit for, beside uses at their full price. */
  readonly credited: ReadonlySet<string>
}

function sorted(
  invoice: Invoice,
  { pieces, prepays }: Reckoned,
  asked: Billing,
): Pick<Books, 'taken' | 'byRental' | 'credited'> {
  const taken = new Map<InvoiceLine, Piece[]>()
  for (const piece of pieces) {
    const found = asked.ofPart(piece)
    if (found?.invoice !== invoice) continue
    const all = taken.get(found.line) ?? []
    taken.set(found.line, all)
    all.push(piece)
  }
  const names = new Set(prepays.map(clauseName))
  const credits = invoice.lines.filter(isCredit).map(({ promised }) => promised?.clause ?? '')
  return {
    taken,
    byRental: Map.groupBy(pieces, ({ charge }) => charge.rental),
    credited: new Set(credits.filter((clause) => names.has(clause))),
  }
}

/** Whether it gives credit for something that was promised. */
function isCredit(line: InvoiceLine): boolean {
  const isGiven = isCharge(line) || line.category === 'Credit'
  return line.promised !== undefined && line.amount < 0 && isGiven
}

/** Whether it is held against what was promised. */
function isPromise(line: InvoiceLine, books: Books): boolean {
  if (isPrepaid(line, books)) return true
  const isGiven = isCredit(line) && books.credited.has(line.promised?.clause ?? '')
  return isGiven || (line.promised !== undefined && isCharge(line))
}

const none = { before: null, hours: null, ahead: 0, aboveRate: 0, rates: [] } as const

function usesIn(books: Books): readonly Comparison[] {
  const { invoice, taken } = books
  const byRental = Map.groupBy(
    invoice.lines.filter((line) => isUse(line) && !isPrepaid(line, books)),
    ({ rental }) => rental ?? '',
  )
  return [...byRental].flatMap(([rental, lines]) => {
    const wanted = lines.map((line) => ({
      line,
      ...spanOf(line, invoice),
      owed: sum((taken.get(line) ?? []).map((piece) => owedOf(piece, books.credited))),
    }))
    return shares(wanted).map((share) => useOf(rental, share, books))
  })
}

/** What of a piece is still to be paid, but for what is credited in a line of its own. */
function owedOf(piece: Piece, credited: ReadonlySet<string>): Micros {
  const ahead = piece.ahead.filter((each) => each.madeUp === null && !credited.has(each.clause))
  const owed = agreedOf(piece) - aheadOf(ahead)
  // What was paid ahead was drawn by what was charged, which may be more than was agreed. Without a
  // rate pieces come to the whole as they are, rounded up here and down there.
  return piece.rate ? Math.max(0, owed) : owed
}

/** What contracts say that it costs: hours that an older interval paid for cost nothing again. */
function agreedOf(piece: Piece): Micros {
  const { rate, from, to, amount } = piece
  const charged = chargedOf(piece)
  if (!rate) return charged
  const whole = costOf(rate.pricePerHour, to - from)
  return charged === amount ? whole : Math.round((whole * charged) / amount)
}

/** For hours that are not made up. */
function chargedOf({ amount, ahead }: Piece): Micros {
  return amount - aheadOf(ahead.filter(({ madeUp }) => madeUp !== null))
}

function aheadOf(ahead: Piece['ahead']): Micros {
  return Number(ahead.reduce((all, { amount }) => all + amount, 0n))
}

function useOf(rental: string, share: Share, books: Books): Comparison {
  const { invoice, taken, byRental, credited } = books
  const { line, owed, isAlone } = share
  const pieces = taken.get(line) ?? []
  const ahead = aheadOf(
    pieces.flatMap((piece) => piece.ahead).filter(({ clause }) => !credited.has(clause)),
  )
  const hours = isAlone ? hoursOf(line, pieces, owed) : null
  const about = { line: line.line, rental, clause: null, billed: line.amount, charged: owed }
  const above = {
    aboveRate: sum(pieces.map((piece) => chargedOf(piece) - agreedOf(piece))),
    rates: [...new Set(pieces.flatMap(({ rate }) => rate?.clause ?? []))].sort(),
  }
  const row = { ...about, before: null, hours, ahead, ...above }
  const span = spanOf(line, invoice)
  const ours = byRental.get(rental)
  if (!ours) return { ...row, verdict: 'not ours' }
  if (Math.abs(line.amount - owed) < centMicros) {
    const isOutside = span.from < invoice.from || span.to > invoice.to
    return { ...row, verdict: isOutside ? 'out of period' : 'same' }
  }
  const before = share.before ?? earlierOf(ours, span, books)
  if (before !== null && owed === 0) return { ...row, verdict: 'billed twice', before }
  if (pieces.length === 0 && owed === 0) return { ...row, verdict: 'not then' }
  return { ...row, verdict: directionOf(line.amount - owed, hours), before }
}

/** The invoice that asked for some of it before. */
function earlierOf(
  ours: readonly Piece[],
  { from, to }: Span,
  { asked, invoice }: Books,
): string | null {
  const first = firstFrom(ours, from, (piece) => piece.from)
  for (let at = first; (ours[at]?.from ?? to) < to; at += 1) {
    const found = asked.ofPart(ours[at] as Piece)
    if (found && found.invoice !== invoice) return found.invoice.number
  }
  return null
}

function directionOf(more: Micros, hours: Hours | null): Verdict {
  const isOfHours = hours !== null && Math.abs(hours.byHours) > Math.abs(hours.byPrice)
  if (isOfHours) return hours.byHours > 0 ? 'more hours' : 'fewer hours'
  return more > 0 ? 'dearer' : 'cheaper'
}

function hoursOf(
  { hours, amount }: InvoiceLine,
  pieces: readonly Piece[],
  owed: Micros,
): Hours | null {
  if (!hours || pieces.length === 0 || owed === 0) return null
  const charged = pieces.reduce((all, { charge, from, to }) => {
    const each = hours.of === 'accelerators' ? (charge.accelerators ?? 1) : 1
    return all + ((to - from) * each) / 3_600_000
  }, 0)
  if (charged === 0) return null
  const byHours = Math.round(((hours.count - charged) * owed) / charged)
  return { billed: hours.count, charged, byHours, byPrice: amount - owed - byHours }
}

/** A purchase that some prepayment was found to be paid by, though it may not name it. */
function isPrepaid(line: InvoiceLine, { prepays, asked }: Books): boolean {
  return prepays.some((prepay) => asked.ofPrepay(prepay)?.line === line)
}

/** What is billed of promises: what was not used of one, what is paid ahead, what that gives. */
function promisesIn(books: Books): readonly Comparison[] {
  const { invoice, prepays, credited } = books
  const paid = new Set(prepays.map(clauseName))
  const lines = invoice.lines.filter((line) => isPromise(line, books))
  const given = new Map([...credited].map((clause) => [clause, givenBy(clause, books)]))
  const credits = lines.filter(isCredit)
  return lines.map((line): Comparison => {
    const own = prepays.find((prepay) => books.asked.ofPrepay(prepay)?.line === line)
    const clause = own ? clauseName(own) : (line.promised?.clause ?? '')
    if (line.amount < 0 && paid.has(clause)) {
      const left = given.get(clause) ?? 0
      const isLast = credits.findLast((each) => each.promised?.clause === clause) === line
      const part = isLast ? left : Math.min(left, -line.amount)
      given.set(clause, left - part)
      return promiseOf(line, clause, { charged: -part, before: null, isOurs: true })
    }
    const asked = paid.has(clause)
      ? prepaidOf(clause, line, books)
      : owedOfDues(clause, line, books)
    const isOurs = books.clauses.includes(clause)
    return promiseOf(line, clause, { ...asked, isOurs })
  })
}

/** What this invoice's uses took of what was paid ahead. */
function givenBy(clause: string, { taken }: Books): Micros {
  const ahead = [...taken.values()].flatMap((pieces) => pieces.flatMap((piece) => piece.ahead))
  return aheadOf(ahead.filter((each) => each.clause === clause))
}

interface Owed {
  readonly charged: Micros
  /** What asked for it before. */
  readonly before: string | null
}

function prepaidOf(clause: string, line: InvoiceLine, { prepays, asked, invoice }: Books): Owed {
  const prepay = prepays.find((each) => clauseName(each) === clause)
  const found = prepay ? asked.ofPrepay(prepay) : null
  if (!prepay || !found) return { charged: 0, before: null }
  if (found.line === line) return { charged: prepay.dollars * 1_000_000, before: null }
  return { charged: 0, before: nameOf(found, invoice) }
}

function owedOfDues(clause: string, line: InvoiceLine, { dues, asked, invoice }: Books): Owed {
  const span = line.promised
  const here = dues.filter((due) => due.clause === clause && span && endsIn(due, span))
  const ours = here.filter((due) => asked.ofDue(due)?.line === line)
  const charged = Number(ours.reduce((all, { amount }) => all + amount, 0n))
  const [first] = here.flatMap((due) => asked.ofDue(due) ?? []).filter((each) => each.line !== line)
  // What is given back asks for nothing again.
  return { charged, before: first && line.amount >= 0 ? nameOf(first, invoice) : null }
}

function nameOf({ invoice, line }: Asked, here: Invoice): string {
  return invoice === here ? `line ${line.line}` : invoice.number
}

function promiseOf(
  { line, amount: billed }: InvoiceLine,
  clause: string,
  { charged, before, isOurs }: Owed & { readonly isOurs: boolean },
): Comparison {
  const row = { ...none, line, rental: '', clause, billed, charged }
  if (!isOurs) return { ...row, verdict: 'not ours' }
  if (Math.abs(billed - charged) < centMicros) return { ...row, verdict: 'same' }
  if (charged === 0 && before !== null) return { ...row, verdict: 'billed twice', before }
  if (charged === 0) return { ...row, verdict: 'not then' }
  return { ...row, verdict: billed > charged ? 'dearer' : 'cheaper' }
}

/** What we reckon nothing of: taxes, credits, adjustments, and what names nothing. */
function restIn(books: Books): readonly Comparison[] {
  const verdicts = { Tax: 'tax', Credit: 'credit', Adjustment: 'adjustment' } as const
  const lines = books.invoice.lines.filter((line) => {
    return !isUse(line) && !isPromise(line, books)
  })
  return lines.map(({ line, rental, category = 'Usage', amount: billed }): Comparison => {
    const named = category === 'Usage' || category === 'Purchase' ? 'unknown' : verdicts[category]
    return { ...none, line, rental: rental ?? '', clause: null, verdict: named, billed, charged: 0 }
  })
}

/** What fell into the span of the invoice, and no line of it or of an earlier one asks for. */
function missingIn(books: Books): readonly Comparison[] {
  const { invoice, pieces, dues, prepays, asked } = books
  const row = (rental: string, clause: string | null, charged: Micros): Comparison => {
    return { ...none, line: null, rental, clause, verdict: 'not billed', billed: 0, charged }
  }
  const isHere = ({ from }: Piece) => from >= invoice.from && from < invoice.to
  const left = pieces.filter((piece) => isHere(piece) && asked.ofPart(piece) === null)
  const rentals = Map.groupBy(left, ({ charge }) => charge.rental)
  const owed = dues.filter((due) => endsIn(due, invoice) && asked.ofDue(due) === null)
  const clauses = Map.groupBy(owed, ({ clause }) => clause)
  const unpaid = prepays.filter((each) => isPaidIn(each, invoice) && !asked.ofPrepay(each))
  return [
    ...[...rentals].map(([rental, all]) => {
      return row(rental, null, sum(all.map((piece) => owedOf(piece, new Set()))))
    }),
    ...[...clauses].map(([clause, all]) => {
      return row('', clause, Number(all.reduce((total, { amount }) => total + amount, 0n)))
    }),
    ...unpaid.map((each) => row('', clauseName(each), each.dollars * 1_000_000)),
  ]
}

function apart({ billed, charged }: Comparison): number {
  return Math.abs(billed - charged)
}

function lineOf({ line }: Comparison): number {
  return line ?? Number.MAX_SAFE_INTEGER
}
