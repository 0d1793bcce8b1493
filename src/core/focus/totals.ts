/**
 * What FOCUS 1.4 demands of a whole table: names that stand for one thing, commitments whose uses
 * come to what was paid for them, and charges that come to what invoices ask.
 *
 * Facts from the FinOps Open Cost and Usage Specification 1.4 (FinOps Foundation, CC-BY-4.0).
 */
import type { CsvRow } from '../catalog/csv.ts'
import type { FocusFault } from './check.ts'
import type { Dataset } from './columns.ts'

type Rows = readonly CsvRow[]

const at = (row: CsvRow, name: string) => row.get(name.toLowerCase())

/** Of a table in which every row conforms. */
export function tableFaults(dataset: Dataset, rows: Rows): readonly FocusFault[] {
  switch (dataset) {
    case 'cost-and-usage':
      return [
        ...parentFaults(rows, 'SkuPriceId', 'SkuId'),
        ...parentFaults(rows, 'ServiceName', 'ServiceCategory'),
        ...parentFaults(rows, 'CommitmentDiscountId', 'CommitmentDiscountUnit'),
        ...commitmentFaults(rows),
      ]
    case 'contract-commitment':
      return parentFaults(rows, 'ContractCommitmentId', 'ContractId')
    case 'invoice-detail':
      return detailFaults(rows)
    case 'billing-period':
      return []
  }
}

/** Whatever a provider gives one name has one parent. */
function parentFaults(rows: Rows, column: string, parent: string): readonly FocusFault[] {
  const first = new Map<string, string>()
  return rows.flatMap((row) => {
    const [name, found] = [at(row, column), at(row, parent)]
    if (name === '' || found === '') return []
    const key = JSON.stringify([at(row, 'ServiceProviderName'), name])
    const expected = first.get(key) ?? found
    first.set(key, expected)
    if (found === expected) return []
    const told = `${expected}, as above for ${column} ${name}`
    return [{ line: row.line, column: parent, found, expected: told }]
  })
}

function detailFaults(rows: Rows): readonly FocusFault[] {
  const idOf = (row: CsvRow, column: string) =>
    JSON.stringify(['InvoiceIssuerName', 'InvoiceId', column].map((name) => at(row, name)))
  const lineOf = new Map<string, number>()
  for (const row of rows) {
    const id = idOf(row, 'InvoiceDetailId')
    if (!lineOf.has(id)) lineOf.set(id, row.line)
  }
  const fault = (row: CsvRow, column: string, expected: string): FocusFault => {
    return { line: row.line, column, found: at(row, column), expected }
  }
  return rows.flatMap((row) => {
    const isFirst = lineOf.get(idOf(row, 'InvoiceDetailId')) === row.line
    const sum = 'PaymentCurrencyInvoiceDetailId'
    const isKnown = at(row, sum) === '' || lineOf.has(idOf(row, sum))
    return [
      ...(isFirst ? [] : [fault(row, 'InvoiceDetailId', 'an id that the invoice has once')]),
      ...(isKnown ? [] : [fault(row, sum, 'the InvoiceDetailId of a line of this invoice')]),
    ]
  })
}

/**
 * What was used and not used of a commitment comes to what was billed for it. Only where the table
 * holds its whole time: a month of a commitment for a year comes to no sum.
 */
function commitmentFaults(rows: Rows): readonly FocusFault[] {
  const uses = rows.filter((row) => at(row, 'ChargeCategory') === 'Usage')
  const from = least(uses.map((row) => at(row, 'ChargePeriodStart')))
  const to = most(uses.map((row) => at(row, 'ChargePeriodEnd')))
  const byId = Map.groupBy(rows, (row) => {
    return JSON.stringify(
      ['ServiceProviderName', 'CommitmentDiscountId'].map((name) => at(row, name)),
    )
  })
  return [...byId.values()].flatMap((all) => {
    const [first] = all
    const id = first ? at(first, 'CommitmentDiscountId') : ''
    const paid = all.filter((row) => at(row, 'ChargeCategory') === 'Purchase')
    const isWhole = paid.every((row) => {
      return at(row, 'ChargePeriodStart') >= from && at(row, 'ChargePeriodEnd') <= to
    })
    const [purchase] = paid
    if (id === '' || !purchase || !isWhole) return []
    const used = all.filter((row) => /^(Used|Unused)$/.test(at(row, 'CommitmentDiscountStatus')))
    const [billed, effective] = [total(paid, 'BilledCost'), total(used, 'EffectiveCost')]
    // Each part of a commitment is rounded once.
    if (distance(billed, effective) <= (micro / 2n) * BigInt(all.length)) return []
    const found = `${written(effective)} over all that was used and not used of ${id}`
    const expected = `${written(billed)}, its BilledCost`
    return [{ line: purchase.line, column: 'EffectiveCost', found, expected }]
  })
}

/** What charges say of an invoice, beside its lines: of Cost and Usage, the line to blame. */
export function invoiceFaults(charges: Rows, details: Rows): readonly FocusFault[] {
  return [
    ...sumFaults(charges, details, ['InvoiceIssuerName', 'InvoiceId']),
    ...sumFaults(charges, details, ['InvoiceIssuerName', 'InvoiceId', 'InvoiceDetailId']),
    ...periodFaults(charges, details),
  ]
}

function sumFaults(charges: Rows, details: Rows, key: readonly string[]): readonly FocusFault[] {
  const ours = groups(charges, key)
  const theirs = groups(details, key)
  return [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((id) => {
    const [parts, lines] = [ours.get(id) ?? [], theirs.get(id) ?? []]
    // An open invoice is not final yet.
    if (lines.some((row) => at(row, 'InvoiceIssueStatus') === 'Open')) return []
    const [charged, asked] = [total(parts, 'BilledCost'), total(lines, 'BilledCost')]
    if (distance(charged, asked) <= tolerance(parts.length + lines.length)) return []
    const name = (JSON.parse(id) as readonly string[]).slice(1).join(', line ')
    const expected = `${written(asked)}, as the lines of invoice ${name} come to`
    const line = parts[0]?.line ?? 1
    return [{ line, column: 'BilledCost', found: `${written(charged)} in all`, expected }]
  })
}

/** Of what is on an invoice at all; a tax may be told there alone. */
function groups(rows: Rows, key: readonly string[]): ReadonlyMap<string, Rows> {
  const billed = rows.filter((row) => {
    return at(row, 'ChargeCategory') !== 'Tax' && key.every((name) => at(row, name) !== '')
  })
  return Map.groupBy(billed, (row) => JSON.stringify(key.map((name) => at(row, name))))
}

function periodFaults(charges: Rows, details: Rows): readonly FocusFault[] {
  const invoice = ['InvoiceIssuerName', 'InvoiceId']
  const theirs = groups(details, invoice)
  return [...groups(charges, invoice)].flatMap(([id, rows]) =>
    rows.flatMap((row) =>
      ['BillingPeriodStart', 'BillingPeriodEnd'].flatMap((column) => {
        const [line] = theirs.get(id) ?? []
        const [found, expected] = [at(row, column), line && at(line, column)]
        if (expected === undefined || found === expected) return []
        return [{ line: row.line, column, found, expected: `${expected}, as its invoice has it` }]
      }),
    ),
  )
}

const scale = 18
const micro = 10n ** 12n

/** Exact: amounts of any number of digits, in quintillionths. */
function total(rows: Rows, column: string): bigint {
  return rows.reduce((sum, row) => sum + scaled(at(row, column)), 0n)
}

function scaled(text: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)
  const [, sign = '', whole = '0', rest = '', power = '0'] = match ?? []
  const shift = scale - rest.length + Number(power)
  const digits = BigInt(whole + rest)
  const size = shift < 0 ? digits / 10n ** BigInt(-shift) : digits * 10n ** BigInt(shift)
  return sign === '-' ? -size : size
}

/** The specification's own: a hundred cents, or half a cent for each row as chance adds them up. */
function tolerance(rows: number): bigint {
  const cents = Math.max(100, Math.sqrt(rows) * 0.5)
  return BigInt(Math.floor(cents * 1e4)) * micro
}

function distance(a: bigint, b: bigint): bigint {
  return a < b ? b - a : a - b
}

function written(amount: bigint): string {
  return String(Number(amount / micro) / 1e6)
}

function least(texts: readonly string[]): string {
  return texts.reduce((a, b) => (a < b ? a : b), texts[0] ?? '')
}

function most(texts: readonly string[]): string {
  return texts.reduce((a, b) => (a > b ? a : b), '')
}
