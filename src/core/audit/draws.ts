/**
 * [I18] What is told of commitments adds up: nothing that was charged counts twice, and no
 * commitment takes more than it was made for, nor what it is not about.
 */
import type { Charge } from '../domain/charge.ts'
import { type Clause, clauseName } from '../domain/clause.ts'
import type { Evidence, Told } from './evidence.ts'

export function nothingCountsTwice({ draws, charges, contracts }: Evidence): string[] {
  if (!draws || !contracts) return []
  const charged = new Map(charges.map((charge) => [charge.id, charge]))
  const clauses = new Map<string, Clause>()
  for (const { clauses: all } of contracts) {
    for (const clause of all) clauses.set(clauseName(clause), clause)
  }
  const strange = draws.flatMap(({ charge, clause: name, at }) => {
    const [found, clause] = [charged.get(charge), clauses.get(name)]
    if (!found || !clause) return [`${charge} draws on ${name}, which are not both there`]
    if (found.supplier !== clause.with) return [`${charge} of ${found.supplier} draws on ${name}`]
    const isAhead = at < clause.from || (clause.to !== null && at >= clause.to)
    return isAhead ? [`${charge} draws on ${name}, which does not bind on its day`] : []
  })
  const twice = [...chargedTwice(draws), ...usedTwice(draws, charged)]
  return [...strange, ...twice, ...overdrawn(draws, clauses)]
}

/** Each part of a charge goes to one commitment, and comes out of one prepayment. */
function chargedTwice(draws: readonly Told[]): string[] {
  const isPaid = ({ of }: Told) => of === 'prepayment'
  return [draws.filter(isPaid), draws.filter((each) => !isPaid(each))].flatMap((alike) =>
    [...Map.groupBy(alike, ({ part }) => part)].flatMap(([part, all]) => {
      const [first] = all
      const sum = all.reduce((total, { amount }) => total + amount, 0n)
      return first && sum > first.partAmount ? [`${part} counts for more than it came to`] : []
    }),
  )
}

/** No hour of a part counts twice. */
function usedTwice(draws: readonly Told[], charged: ReadonlyMap<string, Charge>): string[] {
  return [...Map.groupBy(draws, ({ part }) => part)].flatMap(([part, all]) => {
    const [first] = all
    const accelerators = charged.get(first?.charge ?? '')?.accelerators ?? 0
    const ran = first ? (accelerators * (first.to - first.at)) / 3_600_000 : 0
    const sum = all.reduce((total, { hours }) => total + hours, 0)
    return sum > ran * 1.000001 ? [`${part} counts for more hours than it ran`] : []
  })
}

function overdrawn(draws: readonly Told[], clauses: ReadonlyMap<string, Clause>): string[] {
  return [...Map.groupBy(draws, ({ clause }) => clause)].flatMap(([name, all]) => {
    const clause = clauses.get(name)
    const most =
      clause?.kind === 'spend_commit'
        ? clause.totalDollars
        : clause?.kind === 'prepay'
          ? clause.dollars
          : null
    const sum = all.reduce((total, { amount }) => total + amount, 0n)
    const isOver = most !== null && sum > BigInt(most) * 1_000_000n
    return isOver ? [`${name} is drawn for more than it was made for`] : []
  })
}
