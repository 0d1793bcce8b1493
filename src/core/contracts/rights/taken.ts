/**
 * Options that we took: no longer open from that moment on, and what was agreed comes as a ramp of
 * one tranche and as the price of it, under the name of the option.
 *
 * Nothing is overwritten: whoever asks what was known before finds the option open.
 */
import {
  type Clause,
  clauseName,
  type ExpansionOption,
  type Price,
  type Ramp,
} from '../../domain/clause.ts'
import type { Contract, Exercise } from '../../domain/contract.ts'
import { dayMs } from '../../domain/day.ts'
import type { Ms } from '../../domain/time.ts'

/** The contracts with what follows from the options that were taken; the same where none was. */
export function withTaken(
  history: readonly Contract[],
  exercises: readonly Exercise[],
): readonly Contract[] {
  if (exercises.length === 0) return history
  const last = memo.get(history)
  if (last?.exercises === exercises) return last.all
  const all = history.map((contract) => {
    return { ...contract, clauses: contract.clauses.flatMap((each) => followed(each, contract)) }
  })
  memo.set(history, { exercises, all })
  return all

  function followed(clause: Clause, { clauses }: Contract): readonly Clause[] {
    if (clause.kind !== 'expansion_option') return [clause]
    const name = clauseName(clause)
    for (const exercise of exercises) {
      const { clause: option, takenAt } = exercise
      if (option !== name || takenAt === null || isReplaced(clause, clauses, takenAt)) continue
      const taken = { at: takenAt, by: exercise.by }
      return [
        { ...clause, taken },
        rampOf(clause, exercise, takenAt),
        priceOf(clause, exercise, takenAt),
      ]
    }
    return [clause]
  }
}

/** A memo and nothing else: the same law is asked for again and again. */
const memo = new WeakMap<
  readonly Contract[],
  { readonly exercises: readonly Exercise[]; readonly all: readonly Contract[] }
>()

/** Whether another version of it was the one that was taken. */
function isReplaced(clause: Clause, clauses: readonly Clause[], takenAt: Ms): boolean {
  return clauses.some(({ id, recordedAt }) => {
    return id === clause.id && clause.recordedAt < recordedAt && recordedAt <= takenAt
  })
}

/** Its term begins when it was accepted, or when it is due. */
function termOf({ reached, termDays }: ExpansionOption, { dueAt }: Exercise) {
  const from = reached?.accepted ?? dueAt
  return { from, to: from + termDays * dayMs }
}

function rampOf(option: ExpansionOption, exercise: Exercise, takenAt: Ms): Ramp {
  const { quantity, accelerator, reached } = option
  const { quantity: value, dueAt, paper } = exercise
  const nothing = { energised: null, delivered: null, accepted: null }
  const tranche = {
    ...{ id: 'all', quantity: { ...quantity, value }, accelerator, dueAt, acceptance: null },
    reached: reached ?? nothing,
  }
  return {
    ...followingFrom(option, takenAt),
    kind: 'ramp',
    id: `${option.id}/taken`,
    from: takenAt,
    to: termOf(option, exercise).to,
    source: { document: paper, section: null, quote: null, confidence: 'signed' },
    assumed: [],
    tranches: [tranche],
    graceDays: 0,
  }
}

/** What the option says an hour costs, for as long as what was agreed is there. */
function priceOf(option: ExpansionOption, exercise: Exercise, takenAt: Ms): Price {
  const { accelerator, scope, strikePerHour, assumed } = option
  return {
    ...followingFrom(option, takenAt),
    ...termOf(option, exercise),
    kind: 'price',
    id: `${option.id}/price`,
    scope: [...scope, { dimension: 'accelerator', operator: 'In', values: [accelerator] }],
    assumed: assumed.includes('strike_per_hour') ? ['pricing'] : [],
    pricing: { form: 'fixed', perHour: strikePerHour },
    reviewAt: null,
  }
}

/** What a clause that follows has of its option. */
function followingFrom(option: ExpansionOption, takenAt: Ms) {
  const { contract, with: party, scope, source, calendar, conversions } = option
  const recordedAt = Math.max(takenAt, option.recordedAt)
  return { contract, with: party, scope, source, calendar, conversions, recordedAt, repeal: null }
}
