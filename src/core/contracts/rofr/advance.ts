/**
 * What becomes of a case: (case, event) → case. An event that may not happen changes nothing and is
 * answered with the reason. What was said already changes nothing either, and is no fault.
 *
 * No way leads from an offer to a signature with the third party except by the holder's refusal,
 * its silence until strictly after the deadline, its failure to sign, or its waiver.
 */

import {
  type Deal,
  type Freedom,
  type RofrCase,
  type RofrStep,
  rofrMoves,
} from '../../domain/contract.ts'
import { dayMs, deadlineOf, formatDay } from '../../domain/day.ts'
import type { Ms } from '../../domain/time.ts'
import type { Answer, RofrEvent } from './case.ts'
import { type Difference, improvements, lacks } from './deal.ts'

export function advance(before: RofrCase, event: RofrEvent): Answer {
  const last = before.evidence.at(-1)
  if (last && event.at < last.at) {
    return refused(before, `it is older than what happened last, on ${formatDay(last.at)}`)
  }
  // Time passes before anything else happens: a decision after the deadline meets a lapsed case.
  const now = event.event === 'deliver' ? before : passed(before, event.at)
  if (isRepeated(now, event)) return { case: now, refused: null }
  const { clause } = now
  switch (event.event) {
    case 'tick':
      return { case: now, refused: null }
    case 'deliver':
      return delivered(now, event)
    case 'match': {
      const missing = lacks(now.deal, event.deal, clause)
      if (missing.length > 0) return refused(now, `it does not match: ${told(missing)}`)
      const longStop = event.at + clause.longStopDays * dayMs
      const change = { longStop, acceleratorsTaken: leftOf(now), acceleratorsFree: 0 }
      return moved(now, 'matched', event, { change, why: 'the holder matches' })
    }
    case 'take':
      return taken(now, event)
    case 'decline':
      return now.step === 'noticed'
        ? freed(now, 'declined', event, 'the holder declines')
        : refusedMove(now, 'declined')
    case 'waive': {
      const change = { acceleratorsTaken: 0, acceleratorsFree: leftOf(now) }
      const why = 'the holder waives its right'
      return moved(now, 'waived', event, { change, why, digest: event.digest })
    }
    case 'dispute':
      return moved(now, 'disputed', event, { change: { acceleratorsFree: 0 }, why: event.why })
    case 'settle':
      return settled(now, event)
    case 'withdraw':
      return moved(now, 'withdrawn', event, { change: { acceleratorsFree: 0 }, why: event.why })
    case 'sign-with-holder': {
      const why = 'signed with the holder'
      return moved(now, 'contracted', event, { change: {}, why, digest: event.digest })
    }
    case 'fail':
      return failed(now, event)
    case 'revise':
      return revised(now, event)
    case 'bind':
      return signed(now, event)
  }
}

/** Whether this was said already, word by word, and is what the case stands at. */
function isRepeated(now: RofrCase, event: RofrEvent): boolean {
  const { step, freedom, evidence } = now
  const last = evidence.at(-1)
  const isLast = (to: RofrStep, why: string) => step === to && last?.to === to && last.why === why
  switch (event.event) {
    case 'deliver':
      return now.digest === event.digest && step !== 'triggered'
    case 'match':
      return step === 'matched' && lacks(now.deal, event.deal, now.clause).length === 0
    case 'take':
      return (
        step === 'free' && freedom === 'partial' && now.acceleratorsTaken === event.accelerators
      )
    case 'decline':
      return step === 'free' && freedom === 'declined'
    case 'waive':
      return step === 'waived' && isShown(now, 'waived', event.digest)
    case 'sign-with-holder':
      return step === 'contracted' && isShown(now, 'contracted', event.digest)
    case 'dispute':
      return isLast('disputed', event.why)
    case 'withdraw':
      return isLast('withdrawn', event.why)
    case 'fail':
      return isLast('free', event.why)
    case 'settle':
      return last?.from === 'disputed' && isLast(step, settledAs[event.as])
    default:
      return false
  }
}

/** Whether this paper showed that it came to be so. */
function isShown({ evidence }: RofrCase, to: RofrStep, digest: string): boolean {
  return evidence.some((each) => each.to === to && each.digest === digest)
}

const settledAs = {
  declined: 'the dispute is settled: the holder declines',
  waived: 'the dispute is settled by a waiver',
  upheld: 'the dispute is settled for the holder',
} as const

/** What time alone does: silence becomes a lapse, and a freedom ends. */
export function passed(before: RofrCase, at: Ms): RofrCase {
  const { step, deadline, longStop, freeUntil } = before
  const by = (end: Ms) => ({ at: end + 1, actor: 'time' })
  if (step === 'noticed' && deadline !== null && at > deadline) {
    const why = 'the holder was silent until after the deadline'
    return passed(freed(before, 'lapsed', by(deadline), why).case, at)
  }
  if (step === 'matched' && longStop !== null && at > longStop) {
    const why = 'the holder matched and did not sign in time'
    return passed(freed(before, 'failed-match', by(longStop), why).case, at)
  }
  if (step === 'free' && freeUntil !== null && at > freeUntil) {
    const change = { acceleratorsFree: 0 }
    const why = 'nobody signed in time; the holder has to be asked again'
    return moved(before, 'expired', by(freeUntil), { change, why }).case
  }
  return before
}

function delivered(now: RofrCase, event: RofrEvent & { event: 'deliver' }): Answer {
  const deadline = deadlineOf(event.at, now.clause.window, now.clause.calendar)
  const change = { digest: event.digest, deadline }
  const { digest, proof } = event
  const until = formatDay(deadline, now.clause.calendar.offsetMinutes)
  const why = `the notice was delivered; the holder has until ${until}`
  return moved(now, 'noticed', event, { change, why, digest, proof })
}

function taken(now: RofrCase, event: RofrEvent & { event: 'take' }): Answer {
  const { accelerators } = event
  if (!now.clause.partialAllowed) return refused(now, 'the clause allows no part')
  const isPart = Number.isSafeInteger(accelerators) && accelerators > 0
  const left = leftOf(now)
  if (!isPart || accelerators >= left) {
    return refused(now, `${accelerators} of ${left} accelerators is no part`)
  }
  if (now.step !== 'noticed') return refusedMove(now, 'taken in part')
  const why = `the holder takes ${accelerators} of ${left} accelerators`
  const { case: next } = freed(now, 'partial', event, why)
  const acceleratorsFree = left - accelerators
  return {
    case: { ...next, acceleratorsTaken: accelerators, acceleratorsFree },
    refused: null,
  }
}

/** What of the deal nobody signed for yet. */
function leftOf({ deal, acceleratorsSigned }: RofrCase): number {
  return deal.accelerators - acceleratorsSigned
}

function settled(now: RofrCase, event: RofrEvent & { event: 'settle' }): Answer {
  if (now.step !== 'disputed') return refusedMove(now, 'settled')
  const why = settledAs[event.as]
  if (event.as === 'declined') return freed(now, 'declined', event, why)
  if (event.as === 'waived') {
    const change = { acceleratorsTaken: 0, acceleratorsFree: leftOf(now) }
    return moved(now, 'waived', event, { change, why })
  }
  // The objection holds: the holder has its whole time again, from now on.
  const deadline = deadlineOf(event.at, now.clause.window, now.clause.calendar)
  const change = { deadline, longStop: null, freedom: null, freeUntil: null, ...nothing }
  return moved(now, 'noticed', event, { change, why })
}

const nothing = { acceleratorsTaken: 0, acceleratorsFree: 0 } as const

const closed = {
  digest: null,
  deadline: null,
  longStop: null,
  freedom: null,
  freeUntil: null,
  ...nothing,
  acceleratorsSigned: 0,
} as const

/** New terms. Better for us or within the tolerance: still free; else the holder is asked anew. */
function revised(now: RofrCase, event: RofrEvent & { event: 'revise' }): Answer {
  if (now.step !== 'free' && now.step !== 'waived') return refusedMove(now, 'revised')
  const better = improvements(now.deal, event.deal, now.clause)
  if (better.length === 0) return { case: now, refused: null }
  const change = { ...closed, deal: event.deal }
  const why = `the third party's terms improved: ${told(better)}`
  return moved(now, 'triggered', event, { change, why })
}

/** Idempotent by purchase. A part leaves the rest as free as it was. */
function signed(now: RofrCase, event: RofrEvent & { event: 'bind' }): Answer {
  if (now.purchases.includes(event.purchase)) return { case: now, refused: null }
  const bar = mayBind(now, event.deal, event.at)
  if (bar !== null) return refused(now, bar)
  const { accelerators } = event.deal
  const rest = now.acceleratorsFree - accelerators
  const why = `signed with ${now.thirdParty} for ${accelerators} accelerators`
  const purchases = [...now.purchases, event.purchase]
  const acceleratorsSigned = now.acceleratorsSigned + accelerators
  const change = { acceleratorsFree: rest, acceleratorsSigned, purchases }
  return moved(now, rest > 0 ? now.step : 'bound', event, { change, why })
}

/** Null where this deal may be signed with the third party at that time; else why not. */
export function mayBind(before: RofrCase, deal: Deal, at: Ms): string | null {
  const { step, clause, acceleratorsFree, thirdParty, deal: noticed } = passed(before, at)
  const holder = clause.with
  if (step !== 'free' && step !== 'waived') return `the right of ${holder} is ${step}`
  const better = improvements(noticed, deal, clause)
  if (better.length > 0) {
    return `better for ${thirdParty} than what ${holder} was told: ${told(better)}`
  }
  return deal.accelerators > acceleratorsFree
    ? `only ${acceleratorsFree} accelerators are free of the right of ${holder}`
    : null
}

function failed(now: RofrCase, event: RofrEvent & { event: 'fail' }): Answer {
  if (now.step === 'matched') return freed(now, 'failed-match', event, event.why)
  if (now.step !== 'free' || now.acceleratorsTaken === 0) return refusedMove(now, 'failed')
  const acceleratorsFree = now.acceleratorsFree + now.acceleratorsTaken
  const change = { acceleratorsFree, acceleratorsTaken: 0 }
  return moved(now, 'free', event, { change, why: event.why })
}

function freed(
  now: RofrCase,
  freedom: Freedom,
  by: { readonly at: Ms; readonly actor: string },
  why: string,
): Answer {
  const change = {
    freedom,
    freeUntil: by.at + now.clause.tailDays * dayMs,
    acceleratorsTaken: 0,
    acceleratorsFree: leftOf(now),
  }
  return moved(now, 'free', by, { change, why })
}

interface Move {
  readonly change: Partial<RofrCase>
  readonly why: string
  readonly digest?: string
  readonly proof?: string
}

function moved(
  now: RofrCase,
  to: RofrStep,
  { at, actor }: { readonly at: Ms; readonly actor: string },
  { change, why, digest = undefined, proof = undefined }: Move,
): Answer {
  if (!rofrMoves[now.step].includes(to)) return refusedMove(now, to)
  const entry = { at, from: now.step, to, actor, why }
  const evidence = [...now.evidence, { ...entry, digest: digest ?? null, proof: proof ?? null }]
  return { case: { ...now, ...change, step: to, evidence }, refused: null }
}

function refusedMove(now: RofrCase, to: string): Answer {
  return refused(now, `what is ${now.step} cannot be ${to}`)
}

function refused(now: RofrCase, why: string): Answer {
  return { case: now, refused: why }
}

function told(differences: readonly Difference[]): string {
  return differences
    .map(({ term, noticed, now }) => `${term.replaceAll('_', ' ')} ${now} instead of ${noticed}`)
    .join(', ')
}
