/**
 * Clauses about what we owe, what we paid, and what an hour costs.
 */
import { z } from 'zod'
import type { Outlook } from '../../domain/clause.ts'
import { choice, map, name, positive, usdPerHour, whole } from '../field.ts'
import {
  climb,
  days,
  dollars,
  line,
  moment,
  parties,
  quantity,
  range,
  reachedOf,
  rungs,
  share,
  word,
} from './field.ts'
import { clauseKind } from './terms.ts'

const inOrderOfTime = (message: string) => {
  return <Each extends { readonly at?: number; readonly from?: number }>(
    list: readonly Each[],
    context: z.core.$RefinementCtx,
  ) => {
    list.forEach((each, index) => {
      const before = list[index - 1]
      const [at, last] = [each.at ?? each.from, before?.at ?? before?.from]
      if (at === undefined || last === undefined || at > last) return
      const path = [index, each.at === undefined ? 'from' : 'at']
      context.addIssue({ code: 'custom', message, path })
    })
  }
}

const takeOrPay = clauseKind(
  'take_or_pay',
  {
    quantity,
    accelerator: word,
    interval: choice(['hour', 'month', 'quarter', 'year']),
    price_per_hour: usdPerHour.describe('Of one accelerator'),
    free_intervals: whole(0, 120).optional(),
    steps: z
      .array(map('a map with from and quantity', { from: moment, quantity }), {
        error: 'a list of steps',
      })
      .superRefine(inOrderOfTime('a day after the step before'))
      .optional(),
    make_up_intervals: whole(0, 120).optional(),
    ramp: name.optional().describe('The clause whose accepted tranches bound the duty'),
  },
  (terms, given, canonical) => ({
    quantity: terms.quantity,
    accelerator: canonical(terms.accelerator),
    interval: terms.interval,
    pricePerHour: terms.price_per_hour,
    freeIntervals: given('free_intervals', terms.free_intervals, 0),
    steps: terms.steps ?? [],
    makeUpIntervals: given('make_up_intervals', terms.make_up_intervals, 0),
    ramp: terms.ramp ?? null,
  }),
)

const milestones = z
  .array(map('a map with at and dollars', { at: moment, dollars }), {
    error: 'a list of milestones',
  })
  .superRefine(inOrderOfTime('a day after the milestone before'))
  .superRefine((list, context) => {
    list.forEach((each, index) => {
      if (index === 0 || each.dollars > (list[index - 1]?.dollars ?? 0)) return
      const message = 'more than the milestone before, because milestones add up'
      context.addIssue({ code: 'custom', message, path: [index, 'dollars'] })
    })
  })

const spendCommit = clauseKind(
  'spend_commit',
  {
    total: dollars,
    milestones: milestones.optional(),
    shortfall: choice(['charged', 'none']).optional(),
    warn: days.optional().describe('How long before a milestone to warn'),
  },
  (terms, given) => ({
    totalDollars: terms.total,
    milestones: terms.milestones ?? [],
    shortfall: given('shortfall', terms.shortfall, 'charged'),
    warnDays: given('warn', terms.warn, 90),
  }),
)

const forecast = z
  .array(
    map('a map with from, price_per_hour and accelerators', {
      from: moment,
      price_per_hour: range(usdPerHour).describe('Of one accelerator on the market'),
      accelerators: range(whole(0, 100_000_000)).describe('That we would use'),
    }).transform(({ from, price_per_hour: perHour, accelerators }): Outlook => {
      return { from, perHour, accelerators }
    }),
    { error: 'a list of days and what we think of the time from each on' },
  )
  .min(1, 'at least one day')
  .superRefine(inOrderOfTime('a day after the one before'))

const expansionOption = clauseKind(
  'expansion_option',
  {
    quantity,
    accelerator: word,
    strike_per_hour: usdPerHour,
    term: days,
    forecast: forecast.optional().describe('What we think of the market and our need of it'),
    reached: map('a map with energised, delivered and accepted', rungs)
      .superRefine(climb)
      .optional()
      .describe('How far it is, once it was taken'),
  },
  (terms, given, canonical) => ({
    quantity: terms.quantity,
    accelerator: canonical(terms.accelerator),
    strikePerHour: terms.strike_per_hour,
    termDays: terms.term,
    // No paper says what the future brings, so it is ours wherever it is told.
    ...(terms.forecast && { forecast: given('forecast', undefined, terms.forecast) }),
    ...(terms.reached && { reached: reachedOf(terms.reached) }),
  }),
)

const backstopPurchase = clauseKind(
  'backstop_purchase',
  {
    cap: dollars,
    quantity,
    accelerator: word,
    expected: share.optional().describe('What of it we expect to have to buy'),
  },
  (terms, given, canonical) => ({
    capDollars: terms.cap,
    quantity: terms.quantity,
    accelerator: canonical(terms.accelerator),
    ...(terms.expected !== undefined && {
      expectedPpm: given('expected', undefined, terms.expected),
    }),
  }),
)

const prepay = clauseKind(
  'prepay',
  {
    form: choice(['prepay', 'deposit', 'loan']),
    amount: dollars,
    paid: moment,
    refund: share.optional().describe('What comes back if the agreement ends'),
  },
  (terms, given) => ({
    form: terms.form,
    dollars: terms.amount,
    paidAt: terms.paid,
    refundPpm: given('refund', terms.refund, 0),
  }),
)

const equityVesting = clauseKind(
  'equity_vesting',
  {
    accelerator: word,
    milestones: z.array(
      map('a map with quantity and shares', { quantity, shares: whole(1, 1e12) }),
      { error: 'a list of milestones' },
    ),
  },
  ({ accelerator, milestones }, _given, canonical) => {
    return { accelerator: canonical(accelerator), milestones }
  },
)

const creditSupport = clauseKind(
  'credit_support',
  { guarantor: name, amount: dollars },
  ({ guarantor, amount }) => ({ guarantor, dollars: amount }),
)

function eachOnce(
  tiers: readonly { readonly accelerators: number }[],
  context: z.core.$RefinementCtx,
): void {
  tiers.forEach(({ accelerators }, index) => {
    const first = tiers.findIndex((each) => each.accelerators === accelerators)
    if (first === index) return
    const message = 'a number of accelerators that no tier before begins with'
    context.addIssue({ code: 'custom', message, path: [index, 'accelerators'] })
  })
}

const pricing = z.discriminatedUnion(
  'form',
  [
    map('a price', { form: z.literal('fixed'), price_per_hour: usdPerHour }).transform(
      (written) => {
        return { form: written.form, perHour: written.price_per_hour }
      },
    ),
    map('a price', {
      form: z.literal('tiered'),
      tiers: z
        .array(
          map('a map with accelerators and price_per_hour', {
            accelerators: whole(0, 100_000_000),
            price_per_hour: usdPerHour,
          }),
          { error: 'a list of tiers' },
        )
        .min(1, 'at least one tier')
        .superRefine(eachOnce),
    }).transform(({ form, tiers }) => {
      const ordered = tiers.map(({ accelerators, price_per_hour: perHour }) => {
        return { accelerators, perHour }
      })
      return { form, tiers: ordered.sort((a, b) => a.accelerators - b.accelerators) }
    }),
    map('a price', {
      form: z.literal('indexed'),
      price_per_hour: usdPerHour,
      index: line,
      base: positive('a number above 0'),
      unit: line.optional().describe('What the index is told in'),
      floor_per_hour: usdPerHour,
      cap_per_hour: usdPerHour,
      stale_after: days.optional().describe('For how long a reading of the index counts'),
    })
      .superRefine(({ floor_per_hour: floor, cap_per_hour: cap }, context) => {
        if (floor <= cap) return
        const message = 'a price that is not below floor_per_hour'
        context.addIssue({ code: 'custom', message, path: ['cap_per_hour'] })
      })
      .transform(({ form, index, base, unit, stale_after: staleDays, ...prices }) => ({
        form,
        index,
        base,
        ...(unit !== undefined && { unit }),
        ...(staleDays !== undefined && { staleDays }),
        perHour: prices.price_per_hour,
        floorPerHour: prices.floor_per_hour,
        capPerHour: prices.cap_per_hour,
      })),
    map('a price', {
      form: z.literal('mfn'),
      tolerance: share.prefault('0%'),
      comparators: parties,
    }).transform(({ form, tolerance, comparators }) => {
      return { form, tolerancePpm: tolerance, comparators }
    }),
    map('a price', {
      form: z.literal('auction'),
      index: line.optional().describe('Where it is noted what was paid in past auctions'),
    }).transform(({ form, index }) => ({ form, ...(index !== undefined && { index }) })),
  ],
  { error: 'one of fixed, tiered, indexed, mfn, auction' },
)

const price = clauseKind(
  'price',
  { pricing, review: moment.optional().describe('When the price is looked at again') },
  ({ pricing, review = null }, given) => ({
    pricing:
      pricing.form === 'indexed'
        ? { ...pricing, staleDays: given('pricing.stale_after', pricing.staleDays, 100) }
        : pricing,
    reviewAt: review,
  }),
)

export const money = [
  takeOrPay,
  spendCommit,
  expansionOption,
  backstopPurchase,
  prepay,
  equityVesting,
  creditSupport,
  price,
] as const
