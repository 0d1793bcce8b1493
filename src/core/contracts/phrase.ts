/**
 * Clauses in plain words, one line each, with everything that a reader must know to trust it: what
 * it is about, for how long, where it is written, and what of it is our assumption.
 */
import type { Clause, Pricing } from '../domain/clause.ts'
import type { Quantity } from '../domain/contract.ts'
import { formatDay, type Window } from '../domain/day.ts'
import { formatUsd } from '../domain/money.ts'
import { amountOf, formatAmount } from './amount.ts'
import type { Silence } from './as-of.ts'
import { phraseScope } from './scope.ts'

export interface Phrased {
  readonly says: string
  readonly about: string
  readonly when: string
  readonly source: string
  readonly assumed: string | null
}

export function phrase(clause: Clause): Phrased {
  const { scope, from, to, source, assumed } = clause
  const { document, section, quote, confidence } = source
  const place = [document, section, quote && `"${quote}"`].filter(Boolean).join(', ')
  return {
    says: says(clause),
    about: phraseScope(scope),
    when: `from ${formatDay(from)}${to === null ? '' : ` until ${formatDay(to)}`}`,
    source: `${place} (${confidence})`,
    assumed: assumed.length === 0 ? null : `assumed by us: ${assumed.join(', ')}`,
  }
}

/** Why a clause does not bind. */
export function phraseSilence(silence: Silence): string {
  switch (silence.why) {
    case 'not-known':
      return `not known before ${formatDay(silence.recordedAt)}`
    case 'newer-version':
      return `replaced by the version recorded on ${formatDay(silence.recordedAt)}`
    case 'not-binding':
      return `its agreement is ${silence.bindingness}, and binds nobody`
    case 'not-begun':
      return `begins on ${formatDay(silence.from)}`
    case 'ended':
      return `ended on ${formatDay(silence.to)}`
    case 'repealed':
      return `repealed on ${formatDay(silence.at)} by ${silence.by}`
    case 'taken':
      return `taken on ${formatDay(silence.at)} by ${silence.by.join(' and ')}`
    case 'superseded':
      return `superseded on ${formatDay(silence.at)} by ${silence.by}`
  }
}

function says(clause: Clause): string {
  const { with: party } = clause
  switch (clause.kind) {
    case 'exclusivity':
      return `only ${party} may supply it`
    case 'rofr':
      return `${party} may match a third party's offer within ${phraseWindow(clause.window)}`
    case 'rofo':
      return `${party} is asked first, and has ${phraseWindow(clause.window)}`
    case 'launch_first':
      return `it starts at ${party} first, elsewhere ${clause.lagDays} days later`
    case 'preferred_overflow':
      return `when ${party} is full, ask ${clause.order.join(', then ')}`
    case 'residency':
      return `it may run in ${clause.jurisdictions.join(', ')} only`
    case 'security':
      return `it may run only where ${clause.controls.join(', ')} is proven`
    case 'export':
      return `never there or for them: ${[...clause.jurisdictions, ...clause.endUsers].join(', ')}`
    case 'confidentiality': {
      const audience = ['us', party, ...clause.audience]
      return `its ${clause.secrets.join(', ')} are for ${audience.join(', ')}`
    }
    default:
      return saysOfMoney(clause)
  }
}

type Rest = Exclude<
  Clause,
  {
    kind:
      | 'exclusivity'
      | 'rofr'
      | 'rofo'
      | 'launch_first'
      | 'preferred_overflow'
      | 'residency'
      | 'security'
      | 'export'
      | 'confidentiality'
  }
>

function saysOfMoney(clause: Rest): string {
  switch (clause.kind) {
    case 'take_or_pay': {
      const price = formatUsd(clause.pricePerHour)
      const what = `${phraseQuantity(clause.quantity)} of ${clause.accelerator}`
      return `${what} at ${price} an hour are paid for every ${clause.interval}, used or not`
    }
    case 'spend_commit':
      return `${dollars(clause.totalDollars)} are to be spent in all`
    case 'expansion_option': {
      const what = `${phraseQuantity(clause.quantity)} of ${clause.accelerator}`
      return `we may take ${what} more at ${formatUsd(clause.strikePerHour)} an hour`
    }
    case 'backstop_purchase':
      return [
        `we buy what is not sold, up to ${dollars(clause.capDollars)}`,
        ...(clause.expectedPpm === undefined ? [] : [`we expect ${percent(clause.expectedPpm)}`]),
      ].join('; ')
    case 'prepay':
      return `a ${clause.form} of ${dollars(clause.dollars)}, paid on ${formatDay(clause.paidAt)}`
    case 'equity_vesting':
      return clause.milestones
        .map(({ quantity, shares }) => `${shares} shares at ${phraseQuantity(quantity)}`)
        .join('; ')
    case 'credit_support':
      return `${clause.guarantor} stands for ${dollars(clause.dollars)}`
    case 'price':
      return phrasePricing(clause.pricing)
    case 'ramp':
      return clause.tranches
        .map(
          ({ id, quantity, dueAt }) => `${id}: ${phraseQuantity(quantity)} on ${formatDay(dueAt)}`,
        )
        .join('; ')
    case 'late_delivery':
      return `credit when late, and a way out ${clause.terminateAfterDays} days after the grace`
    case 'sla_credit':
      return clause.bands
        .map(({ belowPpm, creditPpm }) => `below ${percent(belowPpm)}: ${percent(creditPpm)} back`)
        .join('; ')
    case 'substitution':
      return Object.entries(clause.floor)
        .map(([figure, value]) => `a substitute needs ${figure} ${value}`)
        .join('; ')
    case 'cancel_resale_pause':
      return [
        `${percent(clause.cancelPpm)} back when cancelled`,
        `${percent(clause.resalePpm)} when resold`,
        `${percent(clause.pausePpm)} when paused`,
      ].join(', ')
    case 'term_end':
      return [
        `notice ${clause.noticeDays} days before the end`,
        `leaving early costs ${percent(clause.exitFeePpm)} of the rest`,
      ].join('; ')
  }
}

function phrasePricing(pricing: Pricing): string {
  switch (pricing.form) {
    case 'fixed':
      return `${formatUsd(pricing.perHour)} an accelerator and hour`
    case 'tiered':
      return pricing.tiers
        .map(
          ({ accelerators, perHour }) =>
            `${formatUsd(perHour)} from ${accelerators} accelerators on`,
        )
        .join(', ')
    case 'indexed': {
      const [least, most] = [pricing.floorPerHour, pricing.capPerHour].map(formatUsd)
      const price = `${formatUsd(pricing.perHour)} an accelerator and hour`
      return `${price}, moved with ${pricing.index} between ${least} and ${most}`
    }
    case 'mfn':
      return 'no dearer than what we pay elsewhere'
    case 'auction':
      return 'whatever the auction gives'
  }
}

function phraseQuantity({ value, unit }: Quantity): string {
  return `${value} ${unit}`
}

function phraseWindow({ days, counted }: Window): string {
  return counted === 'business' ? `${days} business days` : `${days} days`
}

function percent(ppm: number): string {
  return `${ppm / 10_000}%`
}

function dollars(whole: number): string {
  return formatAmount(amountOf(whole))
}
