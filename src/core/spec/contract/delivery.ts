/**
 * Clauses about what is delivered, when, how good, and how it ends.
 */
import { z } from 'zod'
import { choice, map, name, positive, whole } from '../field.ts'
import {
  climb,
  days,
  line,
  moment,
  quantity,
  reachedOf,
  rungs,
  share,
  window,
  word,
} from './field.ts'
import { clauseKind } from './terms.ts'

const tranche = map('a tranche', {
  id: name,
  quantity,
  accelerator: word,
  due: moment,
  acceptance: line.optional().describe('The test that it has to pass'),
  ...rungs,
}).superRefine(climb)

const ramp = clauseKind(
  'ramp',
  {
    tranches: z
      .array(tranche, { error: 'a list of tranches' })
      .min(1, 'at least one tranche')
      .superRefine((list, context) => {
        list.forEach(({ id }, index) => {
          if (list.findIndex((each) => each.id === id) === index) return
          context.addIssue({ code: 'custom', message: 'every tranche once', path: [index, 'id'] })
        })
      }),
    grace: days.optional(),
  },
  (terms, given, canonical) => ({
    graceDays: given('grace', terms.grace, 0),
    tranches: terms.tranches.map((each) => ({
      id: each.id,
      quantity: each.quantity,
      accelerator: canonical(each.accelerator),
      dueAt: each.due,
      acceptance: each.acceptance ?? null,
      reached: reachedOf(each),
    })),
  }),
)

const lateDelivery = clauseKind(
  'late_delivery',
  {
    ramp: name.describe('The clause whose tranches it is about'),
    credits: z
      .array(map('a map with after and share', { after: days, share }), {
        error: 'a list of credits',
      })
      .superRefine((list, context) => {
        list.forEach((each, index) => {
          if (index === 0 || each.after > (list[index - 1]?.after ?? 0)) return
          context.addIssue({ code: 'custom', message: 'later than before', path: [index, 'after'] })
        })
      })
      .optional(),
    terminate_after: days.describe('Days after the grace until we may terminate'),
    cure: days.optional().describe('Days that the supplier has to cure after our notice'),
    terminates: choice(['tranche', 'agreement']).optional(),
  },
  (terms, given) => ({
    ramp: terms.ramp,
    credits: (terms.credits ?? []).map((each) => {
      return { afterDays: each.after, sharePpm: each.share }
    }),
    terminateAfterDays: terms.terminate_after,
    cureDays: given('cure', terms.cure, 30),
    terminates: given('terminates', terms.terminates, 'tranche'),
  }),
)

const slaCredit = clauseKind(
  'sla_credit',
  {
    bands: z
      .array(map('a map with below and credit', { below: share, credit: share }), {
        error: 'a list of bands',
      })
      .min(1, 'at least one band')
      .superRefine((list, context) => {
        list.forEach((each, index) => {
          const before = list[index - 1]
          if (!before || (each.below < before.below && each.credit >= before.credit)) return
          const message = 'a lower availability and no smaller credit than the band before'
          context.addIssue({ code: 'custom', message, path: [index] })
        })
      }),
    excluded: z
      .array(choice(['maintenance', 'force-majeure', 'our-fault']), { error: 'a list of causes' })
      .optional(),
    claim: window.optional().describe('How long after the month a claim may be made'),
    cap: share.optional().describe("Of the month's bill"),
  },
  (terms, given) => ({
    bands: terms.bands.map(({ below, credit }) => ({ belowPpm: below, creditPpm: credit })),
    excluded: given('excluded', terms.excluded, ['our-fault']),
    claim: given('claim', terms.claim, { days: 30, counted: 'calendar' }),
    capPpm: given('cap', terms.cap, 1_000_000),
  }),
)

const substitution = clauseKind(
  'substitution',
  {
    floor: z.record(
      z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'the name of a figure, such as hbm_gb'),
      z.union([positive('a figure above 0'), word], { error: 'a figure or a text' }),
      { error: 'a map of figures that must be reached and texts that must be the same' },
    ),
    consent: choice(['like-kind', 'written']).optional(),
    meeting: days.optional(),
  },
  (terms, given) => ({
    floor: terms.floor,
    consent: given('consent', terms.consent, 'written'),
    meetingDays: given('meeting', terms.meeting, 10),
  }),
)

const cancelResalePause = clauseKind(
  'cancel_resale_pause',
  {
    notice: days.optional(),
    cancel: share.optional().describe('Share of the price that cancelling brings back'),
    resale: share.optional().describe('Share of the price that selling on brings back'),
    pause: share.optional().describe('Share of the price that pausing brings back'),
  },
  (terms, given) => ({
    noticeDays: given('notice', terms.notice, 0),
    cancelPpm: terms.cancel ?? 0,
    resalePpm: terms.resale ?? 0,
    pausePpm: terms.pause ?? 0,
  }),
)

const termEnd = clauseKind(
  'term_end',
  {
    notice: days.describe('Days before the end by which a notice must be given'),
    renews_months: whole(0, 120).optional().describe('It goes on for so long without a notice'),
    cure: days.optional(),
    exit_fee: share.optional().describe('Of what remains to be paid, for leaving early'),
    assignment: choice(['free', 'consent', 'forbidden']).optional(),
  },
  (terms, given) => ({
    noticeDays: terms.notice,
    renewsMonths: given('renews_months', terms.renews_months, 0),
    cureDays: given('cure', terms.cure, 30),
    exitFeePpm: given('exit_fee', terms.exit_fee, 1_000_000),
    assignment: given('assignment', terms.assignment, 'consent'),
  }),
)

export const delivery = [
  ramp,
  lateDelivery,
  slaCredit,
  substitution,
  cancelResalePause,
  termEnd,
] as const
