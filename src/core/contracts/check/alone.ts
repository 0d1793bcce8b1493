/**
 * What is wrong with a clause by itself or within its contract: dates, references, units.
 */
import type { Clause } from '../../domain/clause.ts'
import { clauseName } from '../../domain/clause.ts'
import type { Contract, Quantity } from '../../domain/contract.ts'
import { formatDay } from '../../domain/day.ts'
import { acceleratorHoursOf } from '../capacity.ts'
import { type Contradiction, contradiction } from './contradiction.ts'

export function dates(clause: Clause, contract: Contract): readonly Contradiction[] {
  const wrong = (path: Contradiction['path'], found: string, remedy: string) =>
    contradiction('dates', clause, { path, found, remedy })
  const { from, to, repeal } = clause
  const name = contract.name
  const late =
    to !== null && from >= to
      ? [wrong(['to'], `it ends on ${formatDay(to)}, before it begins`, 'set from before to')]
      : []
  const begins = `it begins before ${name} does, on ${formatDay(contract.from)}`
  const early = from < contract.from ? [wrong(['from'], begins, 'move from')] : []
  const undone =
    repeal && repeal.at < from
      ? [
          wrong(
            ['repealed', 'on'],
            `it is repealed on ${formatDay(repeal.at)}, before it begins`,
            'move one of them',
          ),
        ]
      : []
  // What is paid ahead may be paid when the contract is signed, before the clause begins.
  const paidFrom = Math.min(contract.from, contract.signedAt ?? contract.from)
  const since = clause.kind === 'prepay' ? paidFrom : from
  const outside = datesWithin(clause).flatMap(({ what, at, path }) => {
    const isOutside = at < since || (to !== null && at > to)
    const found = `${what}, on ${formatDay(at)}, is outside the clause`
    return isOutside ? [wrong(path, found, 'move it or the clause')] : []
  })
  return [...late, ...early, ...undone, ...outside]
}

interface DateWithin {
  readonly what: string
  readonly at: number
  readonly path: Contradiction['path']
}

function datesWithin(clause: Clause): readonly DateWithin[] {
  switch (clause.kind) {
    case 'spend_commit':
      return clause.milestones.map(({ at }, index) => {
        return { what: 'a milestone', at, path: ['milestones', index, 'at'] }
      })
    case 'take_or_pay':
      return clause.steps.map(({ from }, index) => {
        return { what: 'a step', at: from, path: ['steps', index, 'from'] }
      })
    case 'ramp':
      return clause.tranches.map(({ id, dueAt }, index) => {
        return { what: `the tranche ${id}`, at: dueAt, path: ['tranches', index, 'due'] }
      })
    case 'price':
      if (clause.reviewAt === null) return []
      return [{ what: 'the review', at: clause.reviewAt, path: ['review'] }]
    case 'prepay':
      return [{ what: 'the payment', at: clause.paidAt, path: ['paid'] }]
    default:
      return []
  }
}

export function totals(clause: Clause): readonly Contradiction[] {
  if (clause.kind !== 'spend_commit') return []
  const last = clause.milestones.at(-1)
  if (!last || last.dollars <= clause.totalDollars) return []
  const found = 'its last milestone is more than its total'
  return [contradiction('dates', clause, { path: ['total'], found, remedy: 'raise the total' })]
}

export function references(
  clause: Clause,
  contract: Contract,
  contracts: readonly Contract[],
): readonly Contradiction[] {
  const ramp = clause.kind === 'late_delivery' || clause.kind === 'take_or_pay' ? clause.ramp : null
  const isThere = contract.clauses.some(({ kind, id }) => kind === 'ramp' && id === ramp)
  const { repeal } = clause
  const isKnown = !repeal || contracts.some(({ name }) => name === repeal.by)
  const remedy = 'write its id, or add it'
  return [
    ...(ramp === null || isThere
      ? []
      : [
          contradiction('reference', clause, {
            path: ['ramp'],
            found: `no ramp ${ramp} in ${contract.name}`,
            remedy,
          }),
        ]),
    ...(isKnown
      ? []
      : [
          contradiction('reference', clause, {
            path: ['repealed', 'by'],
            found: `no contract ${repeal?.by} repeals it`,
            remedy: 'add that contract',
          }),
        ]),
  ]
}

/** Quantities that come to no number of accelerators. */
export function units(clause: Clause): readonly Contradiction[] {
  const bad = quantitiesOf(clause).filter(({ quantity, accelerator }) => {
    return acceleratorHoursOf(quantity, 1, accelerator, clause.conversions) === null
  })
  return bad.map(({ quantity: { value, unit }, accelerator, path }) => {
    const found = `nobody says how many ${accelerator} come to ${value} ${unit}`
    const remedy = `add a conversion from ${unit.replace('node-hours', 'nodes')} for ${accelerator}`
    return contradiction('unit', clause, { path: [...path, 'quantity'], found, remedy })
  })
}

interface Counted {
  readonly quantity: Quantity
  readonly accelerator: string
  readonly path: Contradiction['path']
}

function quantitiesOf(clause: Clause): readonly Counted[] {
  switch (clause.kind) {
    case 'take_or_pay': {
      const { accelerator, quantity, steps } = clause
      const later = steps.map((each, index) => {
        return { quantity: each.quantity, accelerator, path: ['steps', index] }
      })
      return [{ quantity, accelerator, path: [] }, ...later]
    }
    case 'ramp':
      return clause.tranches.map(({ quantity, accelerator }, index) => {
        return { quantity, accelerator, path: ['tranches', index] }
      })
    case 'expansion_option':
    case 'backstop_purchase': {
      const { quantity, accelerator } = clause
      return [{ quantity, accelerator, path: [] }]
    }
    case 'equity_vesting':
      return clause.milestones.map(({ quantity }, index) => {
        return { quantity, accelerator: clause.accelerator, path: ['milestones', index] }
      })
    default:
      return []
  }
}

/** One clause, recorded at one moment, with two wordings. */
export function twins(clause: Clause, clauses: readonly Clause[]): readonly Contradiction[] {
  const same = clauses.filter((each) => {
    return clauseName(each) === clauseName(clause) && each.recordedAt === clause.recordedAt
  })
  if (same.length < 2 || same[0] !== clause) return []
  const found = `it stands ${same.length} times, recorded on ${formatDay(clause.recordedAt)}`
  const remedy = 'give them ids of their own, or the day on which the newer one was recorded'
  return [contradiction('version', clause, { found, remedy })]
}
