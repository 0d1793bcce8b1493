/** Charges, contracts and invoices on a stage, and what is exported and compared of them. */
import assert from 'node:assert/strict'
import { type Account, account, bindingClauses } from '../contracts/money/account.ts'
import { type Due, dues, expiries } from '../contracts/money/dues.ts'
import { type Agreed, agreed } from '../contracts/price/agreed.ts'
import type { Charge, Invoice } from '../domain/charge.ts'
import type { Checkpoint } from '../domain/checkpoint.ts'
import type { Clause, Prepay } from '../domain/clause.ts'
import { clauseName } from '../domain/clause.ts'
import type { Contract, LawRecord } from '../domain/contract.ts'
import { costOf } from '../domain/money.ts'
import type { SupplierSpec } from '../domain/supplier.ts'
import type { Ms } from '../domain/time.ts'
import { readContracts } from '../spec/read.ts'
import { type Comparison, compareInvoice } from './invoice/compare.ts'
import { pieces } from './invoice/pieces.ts'
import { readInvoice } from './invoice/read.ts'
import type { Span } from './invoice/spans.ts'
import { cutParts, type Part, paidPart } from './parts.ts'
import type { FocusRow } from './rows.ts'
import { type Claimed, usageRows } from './usage.ts'

export const hour = 3_600_000
export const may = Date.parse('2026-05-01')
export const april = Date.parse('2026-04-01')
export const always: Span = { from: 0, to: 4e12 }

export function charge(rental: string, from: Ms, to: Ms, more: Partial<Charge> = {}): Charge {
  const { pricePerHour = 10_000_000 } = more
  return {
    ...{ id: `acme/${rental}`, supplier: 'acme', rental, lease: 'train.0.1', workload: 'train' },
    ...{ account: 'usage', accelerator: 'H100', accelerators: 8, pricePerHour, from, to },
    ...{ amount: costOf(pricePerHour, to - from), region: 'us', market: 'on-demand' },
    ...more,
  }
}

export const paidAhead =
  '  - { kind: prepay, id: ahead, form: prepay, amount: $30, paid: 2026-05-01 }'
export const spend = '  - { kind: spend_commit, id: spend, total: $1M }'
export const block = `  - { kind: take_or_pay, id: block, from: 2026-04-01, accelerator: H100,
      quantity: 1 accelerators, price_per_hour: 2.00, interval: month }`

/** One contract with acme, of these clauses. */
export function contracts(clauses: string): readonly Contract[] {
  const text = `
kind: Contract
name: msa
with: acme
form: MSA
bindingness: definitive
signed: 2026-01-01
from: 2026-01-01
to: 2027-01-01
source: letter
clauses:
${clauses}`
  const read = readContracts([{ file: 'msa.yaml', text }], {
    canonical: (name) => name,
    knownAccelerators: ['H100'],
  })
  assert.deepEqual(read.faults, [])
  return read.contracts
}

/** What a ledger holds, and when it is looked at. */
export interface Ledger {
  readonly charges: readonly Charge[]
  readonly history?: readonly Contract[]
  /** In the order in which they came in. */
  readonly invoices?: readonly Invoice[]
  readonly suppliers?: readonly SupplierSpec[]
  readonly saved?: readonly Checkpoint[]
  readonly claims?: readonly Claimed[]
  /** Where indices stood. */
  readonly records?: readonly LawRecord[]
  readonly now?: Ms
}

interface Books {
  readonly parts: readonly Part[]
  readonly told: Account
  readonly owed: readonly Due[]
  readonly lapsed: readonly Due[]
  readonly clauses: readonly Clause[]
  readonly prices: Agreed
}

function books({ charges, history = [], records = [], now = may }: Ledger): Books {
  const clauses = bindingClauses(history)
  const parts = cutParts(charges, { clauses, now })
  const paid = parts.map((part) => paidPart(part))
  const told = account(history, paid)
  const options = { now, accepted: () => null }
  const owed = dues(clauses, told.draws, options)
  const lapsed = expiries(clauses, told.draws, options)
  const rented = charges.map((each) => ({ ...each, to: each.to ?? now }))
  const prices = agreed(clauses, rented, records)
  return { parts, told, owed, lapsed, clauses, prices }
}

const isPaidAhead = (clause: Clause): clause is Prepay => {
  return clause.kind === 'prepay' && clause.form === 'prepay'
}

export function exported(ledger: Ledger, span: Span = always): readonly FocusRow[] {
  const { invoices = [], suppliers = [], saved = [], claims = [], now = may } = ledger
  const { parts, told, owed, lapsed, clauses, prices } = books(ledger)
  const prepays = clauses.filter(isPaidAhead)
  const known = { installation: 'us', suppliers, saved, claims, clauses, invoices, now }
  const input = { ...known, dues: owed, lapsed, prepays }
  return usageRows({ ...input, pieces: pieces(parts, told, invoices, prices) }, span)
}

/** The last invoice of the ledger beside what is reckoned of it. */
export function compared(ledger: Ledger): readonly Comparison[] {
  const { invoices = [] } = ledger
  const invoice = invoices.at(-1)
  assert.ok(invoice)
  const { parts, told, owed, clauses, prices } = books(ledger)
  return compareInvoice(invoice, {
    pieces: pieces(parts, told, invoices, prices),
    dues: owed,
    prepays: clauses.filter(isPaidAhead),
    clauses: clauses.map(clauseName),
    earlier: invoices.slice(0, -1),
  })
}

/** As it is read, and came in on that day. */
export function invoiceOf(text: string, importedAt: Ms = may): Invoice {
  const read = readInvoice(text, 'acme')
  assert.ok('invoice' in read, JSON.stringify(read))
  return { ...read.invoice, supplier: 'acme', importedAt, by: 'ann' }
}
