/**
 * Bugs in clauses that bar nothing: one at least for each kind of clause that the simulated days do
 * not break, and the tests of its own that have to notice.
 */
import type { ClauseKind } from '../src/core/domain/clause.ts'
import { type Mutant, mutant } from './sim/mutants/mutant.ts'

export interface ClauseMutant extends Mutant {
  readonly kind: string
  /** The test file that fails with it. */
  readonly test: string
}

const contracts = 'src/core/contracts'
const delivery = `${contracts}/delivery`
const money = `${contracts}/money`
const ofDelivery = `${delivery}/delivery.test.ts`
const price = `${contracts}/price`
const ofMoney = `${money}/money.test.ts`
const calm = 'src/operate/law/price/calm.test.ts'
const rates = 'src/api/handlers/rates.test.ts'
const ofPrice = `${price}/price.test.ts`
const ofContingent = `${money}/contingent.test.ts`
const ofLeaving = `${money}/leaving.test.ts`
const ofClaims = `${money}/claims.test.ts`
const ofDrawdown = `${money}/drawdown/drawdown.test.ts`
const ofMarginals = `${money}/marginals.test.ts`

/** The kinds that simulated days break, each with the bug of theirs that is about it. */
export const brokenInDays: Readonly<Partial<Record<ClauseKind, string>>> = {
  exclusivity: 'exclusivity-ignored',
  rofr: 'holder-not-asked',
  rofo: 'first-look-forgotten',
  launch_first: 'launched-nowhere-first',
  spend_commit: 'commitment-without-end',
  prepay: 'paid-for-ever',
  residency: 'residency-guessed',
  security: 'controls-presumed',
  export: 'export-forgotten',
}

/** What breaks it: the file, what stands there, and what stands there instead. */
function clause(
  kind: string,
  breaks: string,
  test: string,
  [file, find, replace]: readonly [string, string, string],
): ClauseMutant {
  return { ...mutant(kind, breaks, file, find, replace), kind, test }
}

export const clauseMutants: readonly ClauseMutant[] = [
  clause('preferred_overflow', 'who is named last is asked first', 'src/core/plan/law.test.ts', [
    `${contracts}/rights/overflow.ts`,
    'const rank = clause.order.indexOf(supplier)',
    'const rank = clause.order.toReversed().indexOf(supplier)',
  ]),
  clause(
    'confidentiality',
    'what is secret is told, and what is not is kept',
    `${contracts}/story.test.ts`,
    [
      `${contracts}/rights/placement.ts`,
      'if (!clause.secrets.includes(act.secret)) return null',
      'if (clause.secrets.includes(act.secret)) return null',
    ],
  ),
  clause(
    'confidentiality: notice',
    'a notice tells its holder what is kept from it',
    'src/operate/law/clearance.test.ts',
    [
      'src/operate/law/rofr.ts',
      'if (!kept) return null\n  const { term,',
      'if (kept) return null\n  const { term,',
    ],
  ),
  clause(
    'confidentiality: policy',
    'what the policy withholds is told',
    `${contracts}/clearance.test.ts`,
    [
      `${contracts}/clearance.ts`,
      'if (is === undefined) return []',
      'if (is !== undefined) return []',
    ],
  ),
  clause('take_or_pay', 'what nobody delivered is owed', ofMoney, [
    `${money}/take-or-pay.ts`,
    'accepted !== null ? Math.min(agreed, accepted * hours) : agreed',
    'accepted === null ? Math.min(agreed, 0) : agreed',
  ]),
  clause('take_or_pay: made up', 'what an interval left is used again and again', ofDrawdown, [
    `${money}/draw.ts`,
    'pot.running = { ...running, credits: left }',
    'pot.running = { ...running, credits: running.credits ?? left }',
  ]),
  clause('take_or_pay: expired', 'what was left is good for ever', ofDrawdown, [
    `${money}/take-or-pay.ts`,
    'credits: credits.filter(({ lastIndex }) => lastIndex >= index) }',
    'credits }',
  ]),
  clause(
    'take_or_pay: paid twice',
    'what is made up is billed again',
    'src/core/focus/export.test.ts',
    [
      'src/core/focus/invoice/pieces.ts',
      'Map.groupBy([...account.prepaid, ...madeUp],',
      'Map.groupBy([...account.prepaid, ...madeUp.slice(madeUp.length)],',
    ],
  ),
  clause(
    'take_or_pay: at risk',
    'hours that were paid for and are owed to us are no risk',
    ofClaims,
    [
      `${money}/exposure.ts`,
      'each.with === supplier && now < each.until',
      'each.with === supplier && each.until < now',
    ],
  ),
  clause('take_or_pay: cut', 'hours of an interval count in another', ofDrawdown, [
    `${money}/drawdown/cuts.ts`,
    'return clause.accelerator === span.accelerator ? [from, ...intervalEnds(clause, span)] : []',
    'return intervalEnds(clause, span).filter(() => false)',
  ]),
  clause('take_or_pay: planned', 'hours that may be made up cost their price', ofMarginals, [
    `${money}/marginals.ts`,
    'creditHours: hoursOf(credits)',
    'creditHours: 0 * hoursOf(credits)',
  ]),
  clause('take_or_pay: held', 'what is held counts against each commitment', ofMarginals, [
    `${money}/drawdown/held.ts`,
    'given.set(id, before + taken)',
    '',
  ]),
  clause(
    'take_or_pay: audited',
    'the auditor believes whatever is told',
    'src/core/audit/hours.test.ts',
    [
      'src/core/audit/hours.ts',
      'if (madeUp > credit + tinyHours)',
      'if (madeUp > credit + committed + tinyHours)',
    ],
  ),
  clause(
    'take_or_pay: planner',
    'what runs counts only once it is closed',
    'src/operate/turn/marginals.test.ts',
    [
      'src/operate/turn/marginals.ts',
      'const running = claimedOf(open, options, kindOf)',
      'const running = claimedOf([], options, kindOf)',
    ],
  ),
  clause('ramp', 'what was delivered counts as accepted', ofDelivery, [
    `${delivery}/ladder.ts`,
    "if (has('delivered')) return 'delivered'",
    "if (has('delivered')) return 'accepted'",
  ]),
  clause('late_delivery', 'days of grace are credited too', ofDelivery, [
    `${delivery}/late.ts`,
    'const graceEnds = tranche.dueAt + ramp.graceDays * dayMs',
    'const graceEnds = tranche.dueAt',
  ]),
  clause('sla_credit', 'a claim comes to more than its cap', ofDelivery, [
    `${delivery}/sla.ts`,
    'least(shareOf(bill, band.creditPpm), shareOf(bill, clause.capPpm))',
    'shareOf(bill, band.creditPpm)',
  ]),
  clause('expansion_option', 'a right is worth what is below its price', ofClaims, [
    `${money}/contingent.ts`,
    'const gain = Math.max(0, pricePerHour - clause.strikePerHour)',
    'const gain = pricePerHour - clause.strikePerHour',
  ]),
  clause('backstop_purchase', 'what may have to be paid counts as nothing', ofClaims, [
    `${money}/contingent.ts`,
    'worst: amountOf(capDollars)',
    'worst: 0n',
  ]),
  clause('expansion_option: forecast', 'more is saved on than was agreed', ofContingent, [
    `${money}/contingent.ts`,
    'Math.min(quantity, each.accelerators[is])',
    'each.accelerators[is]',
  ]),
  clause('expansion_option: unused', 'what goes unused costs nothing', ofContingent, [
    `${money}/contingent.ts`,
    'Math.ceil(whole / usedHours)',
    'strikePerHour',
  ]),
  clause(
    'expansion_option: market',
    'the market is what is quoted, whatever was agreed',
    'src/api/handlers/delivery.test.ts',
    ['src/operate/law/contingent.ts', 'agreed?.[offer] ?? each.pricePerHour', 'each.pricePerHour'],
  ),
  clause('backstop_purchase: expected', 'what nobody said is told as nothing', ofContingent, [
    `${money}/contingent.ts`,
    'isSaid ? shareOf(amountOf(capDollars), expectedPpm) : null',
    'shareOf(amountOf(capDollars), expectedPpm ?? 0)',
  ]),
  clause('backstop_purchase: exposure', 'who holds nothing can ask for nothing', ofContingent, [
    `${money}/exposure.ts`,
    'if (held === 0n && mayCome.worst === 0n) return []',
    'if (held === 0n) return []',
  ]),
  clause('equity_vesting', 'only the last milestone vests', ofDelivery, [
    `${delivery}/vesting.ts`,
    'vestedShares += shares',
    'vestedShares = shares',
  ]),
  clause('credit_support', 'what a guarantor stands for counts as nothing', ofClaims, [
    `${money}/exposure.ts`,
    'return isTheirs && isNow ? sum + amountOf(clause.dollars) : sum',
    'return isTheirs && isNow ? 0n : sum',
  ]),
  clause('price', 'an index that nobody reported counts as good luck', ofPrice, [
    `${price}/rate.ts`,
    'const capped = (why: string) => ({ perHour: capPerHour,',
    'const capped = (why: string) => ({ perHour: floorPerHour,',
  ]),
  clause('price: stale', 'an old reading counts for ever', ofPrice, [
    `${price}/levels.ts`,
    "< staleDays * dayMs ? 'known' : 'stale'",
    "< staleDays * dayMs ? 'known' : 'known'",
  ]),
  clause('price: hindsight', 'what was noted later was known before', ofPrice, [
    `${price}/levels.ts`,
    'each.notedAt <= known',
    'each.notedAt <= Number.MAX_VALUE',
  ]),
  clause('price: correction', 'of two readings for a day the older one holds', ofPrice, [
    `${price}/levels.ts`,
    'return a.notedAt > b.notedAt',
    'return a.notedAt < b.notedAt',
  ]),
  clause('price: tiered', 'more costs as if nothing were held', ofPrice, [
    `${price}/rate.ts`,
    'const end = held + accelerators',
    'const end = held * 0 + accelerators',
  ]),
  clause('price: below', 'the first tier holds below itself', ofPrice, [
    `${price}/rate.ts`,
    'if (!first || held < first.accelerators) return null',
    'if (!first || held < first.accelerators * 0) return null',
  ]),
  clause('price: auction', 'what is not known before counts as known', ofPrice, [
    `${price}/rate.ts`,
    "return form === 'fixed' || form === 'tiered' || form === 'indexed'",
    "return form !== 'mfn'",
  ]),
  clause('price: elders', 'who came later stands in the first tier too', ofPrice, [
    `${price}/agreed.ts`,
    'const elders = running.filter(({ to }) => to > rental.from)',
    'const elders = running.filter(({ to }) => to < rental.from)',
  ]),
  clause('price: quoted', 'what is asked for less than agreed costs what was agreed', ofMoney, [
    `${money}/marginal.ts`,
    'rate && rate.pricePerHour < offer.pricePerHour ? rate : null',
    'rate && rate.pricePerHour > 0 ? rate : null',
  ]),
  clause('price: gang', 'a gang is left to be bought again', calm, [
    `${price}/market.ts`,
    '[priceOf({ ...node, facts: { region: [region] } }, next), nodes],',
    '',
  ]),
  clause('price: rise', 'who left finds the lower tiers empty', calm, [
    `${price}/rate.ts`,
    'return rises && cheapest ? cheapest.accelerators : held',
    'return rises && cheapest ? held : held',
  ]),
  clause(
    'price: billed',
    'what is charged above it is owed',
    'src/core/focus/invoice/rates.test.ts',
    [
      'src/core/focus/invoice/compare.ts',
      'const whole = costOf(rate.pricePerHour, to - from)',
      'const whole = amount + costOf(0, to - from)',
    ],
  ),
  clause('price: claim', 'hours and repetitions are claimed as price', rates, [
    'src/operate/law/price/claims.ts',
    'Math.max(0, Math.min(hours?.byPrice ?? billed - charged, aboveRate))',
    'Math.max(0, billed - charged)',
  ]),
  clause('price: mfn', 'what is within the tolerance is claimed', ofClaims, [
    `${money}/mfn.ts`,
    'if (BigInt(perHour) * 1_000_000n <= limit) return []',
    'if (perHour <= best.perHour) return []',
  ]),
  clause('substitution', 'less than what was agreed is good enough', ofDelivery, [
    `${delivery}/substitution.ts`,
    "return typeof delivered === 'number' && delivered >= agreed",
    "return typeof delivered === 'number'",
  ]),
  clause('cancel_resale_pause', 'the days of notice come back too', ofClaims, [
    `${money}/exit.ts`,
    'const hours = Math.max(0, until - now - clause.noticeDays * dayMs) / 3_600_000',
    'const hours = Math.max(0, until - now) / 3_600_000',
  ]),
  clause('term_end', 'notice may be given to the very end', `${contracts}/calendar.test.ts`, [
    `${money}/exit.ts`,
    'return to === null ? null : to - noticeDays * dayMs',
    'return noticeDays < 0 ? null : to',
  ]),
  clause('term_end: over', 'what is over is still to be paid', ofLeaving, [
    `${money}/leaving.ts`,
    'inOrder.find(({ to }) => to > at)',
    'inOrder.find(({ to }) => to >= at)',
  ]),
  clause('term_end: cheapest', 'the dearest day is marked', ofLeaving, [
    `${money}/leaving.ts`,
    'totals.reduce(least)',
    'totals.reduce((a, b) => (a > b ? a : b))',
  ]),
  clause('term_end: refund', 'nothing comes back of what was paid ahead', ofLeaving, [
    `${money}/leaving.ts`,
    'costs: fee - back',
    'costs: fee',
  ]),
  clause('term_end: milestone', 'what was charged is to be paid once more', ofLeaving, [
    `${money}/leaving.ts`,
    '(soFar > due ? soFar : due)',
    'soFar',
  ]),
  clause('cancel_resale_pause: curve', 'what is resold brings nothing', ofLeaving, [
    `${money}/leaving.ts`,
    'atLeastNothing(remaining - amount)',
    'remaining',
  ]),
]
