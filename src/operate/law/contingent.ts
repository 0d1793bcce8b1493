/**
 * What may come and may not: options that we may take, and backstops that we may have to pay; and
 * how two of us take an option, from when on what was agreed is no longer contingent.
 */
import { asOf } from '../../core/contracts/as-of.ts'
import { acceleratorsOf } from '../../core/contracts/capacity.ts'
import {
  backstop,
  optionRange,
  optionValue,
  type Worth,
} from '../../core/contracts/money/contingent.ts'
import { phraseSilence } from '../../core/contracts/phrase.ts'
import { clauseName, type ExpansionOption } from '../../core/domain/clause.ts'
import type { Exercise } from '../../core/domain/contract.ts'
import { event } from '../../core/domain/event.ts'
import type { Micros } from '../../core/domain/money.ts'
import { type Offer, offerName } from '../../core/domain/offer.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { Marginals } from '../../core/domain/world.ts'
import type { Ledger, Row, Snapshot } from '../../ports/ledger.ts'
import { historyOf, lawPut } from './take.ts'

export interface OptionView {
  /** `<contract>/<clause>`. */
  readonly clause: string
  readonly with: string
  readonly accelerator: string
  /** Null where nobody said what the unit comes to. */
  readonly accelerators: number | null
  /** Of one accelerator, as agreed. */
  readonly strikePerHour: Micros
  /** Of the cheapest one for sale on demand now, by contract; null where nobody sells it. */
  readonly marketPerHour: Micros | null
  /** Whose that is: `<supplier>/<offer>`. */
  readonly marketOffer: string | null
  /** The market price at which taking it and leaving it come to the same, if all of it is used. */
  readonly breakEvenPerHour: Micros
  readonly termDays: number
  /** What it saves over its term at today's market, if all of it is used; null where not known. */
  readonly value: string | null
  /** What it saves over its term as we forecast it; null where nobody did. */
  readonly forecast: ForecastView | null
  /** The last moment to take it; null where it has none. */
  readonly until: Ms | null
  /** What one of us said, and a second has not said yet. */
  readonly asked: readonly Asked[]
  readonly assumed: readonly string[]
}

export interface ForecastView {
  /** The term is taken to begin here: now, or where the forecast does. */
  readonly from: Ms
  readonly least: WorthView
  readonly likely: WorthView
  readonly most: WorthView
}

export interface WorthView {
  readonly value: string
  /** From which market price on it pays to take all of it, if what is unused is paid as well. */
  readonly breakEvenPerHour: Micros | null
}

export type Asked = Pick<Exercise, 'quantity' | 'dueAt' | 'paper' | 'by'>

export interface BackstopView {
  readonly clause: string
  readonly with: string
  /** What we would get for it, at most. */
  readonly accelerators: number | null
  /** What we expect to get of it; null where nobody said what to expect. */
  readonly expectedAccelerators: number | null
  /** What it costs if nothing else is sold. */
  readonly worst: string
  readonly expected: string | null
  /** From then on nothing more is put to us. */
  readonly until: Ms | null
  readonly assumed: readonly string[]
}

export interface ContingentView {
  readonly options: readonly OptionView[]
  readonly backstops: readonly BackstopView[]
}

/** What is for sale now, and what contracts say that it costs. */
export interface Market {
  readonly offers: readonly Offer[]
  readonly agreed: Marginals['agreed']
}

export function contingentView(snapshot: Snapshot, market: Market): ContingentView {
  const { inForce } = asOf(historyOf(snapshot), snapshot.now, snapshot.now)
  return {
    options: inForce.flatMap((clause) => {
      if (clause.kind !== 'expansion_option') return []
      const exercises = snapshot.rows.exercise.map(({ body }) => body)
      const asked = exercises.filter((each) => each.clause === clauseName(clause))
      return [{ ...optionOf(clause, market, snapshot.now), asked: asked.map(askedOf) }]
    }),
    backstops: inForce.flatMap((clause) => {
      if (clause.kind !== 'backstop_purchase') return []
      const { worst, expected, ...capacity } = backstop(clause)
      const { with: party, to: until, assumed } = clause
      const shared = { clause: clauseName(clause), with: party, until, assumed }
      const likely = expected === null ? null : String(expected)
      return [{ ...shared, ...capacity, worst: String(worst), expected: likely }]
    }),
  }
}

function askedOf({ quantity, dueAt, paper, by }: Exercise): Asked {
  return { quantity, dueAt, paper, by }
}

function optionOf(clause: ExpansionOption, market: Market, now: Ms): Omit<OptionView, 'asked'> {
  const { accelerator, quantity, conversions, strikePerHour, termDays, to, assumed } = clause
  const accelerators = acceleratorsOf(quantity, accelerator, conversions)
  const cheapest = cheapestOf(accelerator, market)
  const pricePerHour = cheapest?.perHour ?? null
  const value =
    accelerators === null || pricePerHour === null
      ? null
      : optionValue(clause, [{ likelyPpm: 1_000_000, pricePerHour, accelerators }])
  return {
    ...{ clause: clauseName(clause), with: clause.with, accelerator, accelerators },
    ...{ strikePerHour, marketPerHour: pricePerHour, marketOffer: cheapest?.offer ?? null },
    // Taking it binds nobody to pay for what goes unused of it.
    breakEvenPerHour: strikePerHour,
    ...{ termDays, until: to, assumed },
    value: value === null ? null : String(value),
    forecast: forecastOf(clause, now),
  }
}

/** Of one accelerator on demand, at what is agreed where that is less than its quote. */
function cheapestOf(accelerator: string, { offers, agreed }: Market) {
  const sold = offers
    .filter((each) => each.accelerator === accelerator && each.market === 'on-demand')
    .map((each) => {
      const offer = offerName(each)
      const price = Math.min(each.pricePerHour, agreed?.[offer] ?? each.pricePerHour)
      return { offer, perHour: Math.round(price / each.perNode) }
    })
  return sold.sort((a, b) => a.perHour - b.perHour || (a.offer < b.offer ? -1 : 1))[0]
}

function forecastOf(clause: ExpansionOption, now: Ms): ForecastView | null {
  const found = optionRange(clause, now)
  if (!found) return null
  const { from, least, likely, most } = found
  const view = ({ value, ...rest }: Worth): WorthView => ({ ...rest, value: String(value) })
  return { from, least: view(least), likely: view(likely), most: view(most) }
}

export interface ExerciseOrder {
  readonly clause: string
  /** In the unit of the option. */
  readonly quantity: number
  readonly dueAt: Ms
  readonly paper: string
  /** Which of us says so. */
  readonly by: string
}

export type ExerciseOutcome =
  | { readonly outcome: 'done'; readonly exercise: Exercise }
  /** There is no such option, it is not open, or it is not for so much. */
  | { readonly outcome: 'refused'; readonly why: string }

const tries = 20

/** Takes an option once two of us said the same; whoever buys meanwhile decides anew. */
export async function takeOption(ledger: Ledger, order: ExerciseOrder): Promise<ExerciseOutcome> {
  const { clause, quantity, dueAt, paper, by } = order
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const snapshot = await ledger.read()
    const { now, rows } = snapshot
    const open = openOption(snapshot, order)
    if ('refused' in open) return { outcome: 'refused', why: open.refused }
    const isSame = ({ body }: Row<'exercise'>) =>
      body.clause === clause && body.quantity === quantity && body.dueAt === dueAt
    const old = rows.exercise.find(isSame) ?? null
    const id = old?.id ?? `o${rows.exercise.length + 1}`
    const persons = [...new Set([...(old?.body.by ?? []), by])].sort()
    const takenAt = persons.length >= 2 ? now : null
    const told = old?.body.paper ?? paper
    const exercise: Exercise = { id, clause, quantity, dueAt, paper: told, by: persons, takenAt }
    const what = `${quantity} ${open.option.quantity.unit}`
    const facts = { clause, quantity: what, dueAt, by, paper, inForce: takenAt !== null }
    const done = await ledger.commit({
      puts: [
        { kind: 'exercise', id, version: old?.version ?? 0, live: true, body: exercise },
        lawPut(rows.law[0] ?? null),
      ],
      events: [event('option.taken', {}, facts)],
    })
    if (done.outcome === 'done') return { outcome: 'done', exercise }
  }
  return { outcome: 'refused', why: 'the law is being changed by others at the same time' }
}

function openOption(
  snapshot: Snapshot,
  { clause: name, quantity: wanted, dueAt }: ExerciseOrder,
): { readonly option: ExpansionOption } | { readonly refused: string } {
  const { now } = snapshot
  const { inForce, silent } = asOf(historyOf(snapshot), now, now)
  const option = inForce.find((each) => clauseName(each) === name)
  if (option?.kind === 'expansion_option') {
    const { value, unit } = option.quantity
    if (wanted > value) return { refused: `${name} is for ${value} ${unit} at most` }
    if (dueAt < now) return { refused: 'due lies in the past; expected the day by which it comes' }
    return { option }
  }
  // The newest version is the one that people mean.
  const closed = silent.findLast(({ clause }) => {
    return clauseName(clause) === name && clause.kind === 'expansion_option'
  })
  if (closed) return { refused: `${name} cannot be taken: ${phraseSilence(closed.silence)}` }
  if (option) return { refused: `${name} is no option: it is about ${option.kind}` }
  const all = [...inForce, ...silent.map(({ clause }) => clause)]
  const options = all.filter(({ kind }) => kind === 'expansion_option').map(clauseName)
  const known = [...new Set(options)].sort().join(', ')
  return {
    refused: `there is no option ${name}; ${known === '' ? 'there are none' : `there is ${known}`}`,
  }
}
