/** Contracts for tests, drawn as people write them. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { type ClauseKind, type ClauseOf, clauseName } from '../domain/clause.ts'
import type { Contract } from '../domain/contract.ts'
import { parseMoment } from '../domain/day.ts'
import type { Ms } from '../domain/time.ts'
import { readContracts } from '../spec/read.ts'

const names = { canonical: (name: string) => name, knownAccelerators: ['H100', 'GB200', 'TPU'] }

export function contracts(text: string): readonly Contract[] {
  const read = readContracts([{ file: 'a.yaml', text }], names)
  assert.deepEqual(read.faults, [])
  return read.contracts
}

/** A definitive contract with the incumbent from 2025 to 2027, with these clauses. */
export function contract(clauses: string, frame = ''): Contract {
  const head = `kind: Contract
name: deal
with: incumbent
form: MSA
bindingness: definitive
signed: 2025-01-01
from: 2025-01-01
to: 2028-01-01
source: the deal
${frame}
clauses:
`
  const [only] = contracts(head + clauses)
  assert.ok(only)
  return only
}

/** The only clause of this kind. */
export function clauseOf<Kind extends ClauseKind>(kind: Kind, text: string, frame = '') {
  const clause = contract(text, frame).clauses.find((each) => each.kind === kind)
  assert.ok(clause, `no ${kind}`)
  return clause as ClauseOf<Kind>
}

export function day(text: string): Ms {
  const at = parseMoment(text)
  assert.ok(at !== null, `${text} is no day`)
  return at
}

it('[CL1] marks as assumed every value that nobody wrote, and every one that is said to be', () => {
  const rofr = clauseOf(
    'rofr',
    '- {kind: rofr, window: 10 business days, assumed: [window], tail: 30d}',
  )
  assert.deepEqual(rofr.window, { days: 10, counted: 'business' })
  assert.equal(clauseName(rofr), 'deal/rofr')
  assert.ok(rofr.assumed.includes('window'))
  assert.ok(rofr.assumed.includes('long_stop'))
  assert.ok(!rofr.assumed.includes('tail'))
})
