/**
 * Bugs of buying: intents, keys, announcements, outcomes and the rules in force.
 */
import { type Mutant, mutant } from './mutant.ts'

const act = 'src/operate/act.ts'
const answer = 'src/core/acquire/answer.ts'
const settle = 'src/core/acquire/settle.ts'

export const buying: readonly Mutant[] = [
  mutant(
    'sent-before-announced',
    'the call leaves first, and its announcement is written after it',
    act,
    `  const done = await commit({ expects, puts: [put], events: call.events })
  if (done.outcome !== 'done') return
`,
    `  const early = send(call.lease, options)
  await early
  const done = await commit({ expects, puts: [put], events: call.events })
  if (done.outcome !== 'done') return
`,
  ),
  mutant(
    'key-of-its-own',
    'each repeated call has a key of its own',
    act,
    'const { key, offer, nodes, pricePerHourMax, supplier } = lease',
    `const { offer, nodes, pricePerHourMax, supplier } = lease
  const key = lease.calls === 1 ? lease.key : \`\${lease.key}-\${lease.calls}\``,
  ),
  mutant(
    'timeout-is-failure',
    'no answer is taken for a refusal',
    act,
    `  return { outcome: 'unknown', said }
`,
    `  return { outcome: 'refused', kind: 'busy', said }
`,
  ),
  {
    name: 'error-is-failure',
    breaks: 'a failure of the supplier after it sold is taken for a refusal',
    patches: [
      {
        file: act,
        find: "if (error instanceof SupplierError && error.kind !== 'unknown') {",
        replace: 'if (error instanceof SupplierError) {',
      },
      {
        file: act,
        find: "return { outcome: 'refused', kind: error.kind, said }",
        replace: "return { outcome: 'refused', kind: 'busy', said }",
      },
    ],
  },
  mutant(
    'sent-late',
    'a call leaves however long its process stood still after the announcement',
    act,
    'if (!leads() || clock.steadyMs() - from > announceValidMs) return',
    '',
  ),
  mutant(
    'waits-for-ever',
    'a purchase has no deadline',
    act,
    'const rental = await within(clock, settings.callDeadlineMs,',
    'const rental = await within(clock, 1e12,',
  ),
  {
    name: 'one-release',
    breaks: 'a release is asked for once, and machines that hear of nobody wait for ever',
    patches: [
      {
        file: act,
        find: 'releasing.set(id, own)',
        replace: 'releasing.set(id, { ...own, againAtMs: Number.POSITIVE_INFINITY })',
      },
      {
        file: act,
        find: 'const bootstrap = { server, key, secret: keys.secretOf(key), deadManMs }',
        replace: 'const bootstrap = { server, key, secret: keys.secretOf(key), deadManMs: 1e12 }',
      },
    ],
  },
  mutant(
    'rules-change-unseen',
    'a call is announced though the rules changed since it was decided',
    act,
    'const done = await commit({ expects, puts: [put], events: call.events })',
    'const done = await commit({ puts: [put], events: call.events })',
  ),
  {
    name: 'rules-asked-once',
    breaks: 'the rules in force are looked at when a purchase is intended, and never again',
    patches: [
      {
        file: 'src/operate/turn/reality.ts',
        find: '(forbidden(rows, lease, law) ?? unpaid(rows, lease) ?? away(lease))',
        replace: '(unpaid(rows, lease) ?? away(lease))',
      },
      {
        file: 'src/operate/turn/decide.ts',
        find: 'if (forbidden(rows, lease, law) !== null) continue',
        replace: '',
      },
    ],
  },
  mutant(
    'suspended-asked',
    'a supplier that was suspended since the plan is asked all the same',
    'src/core/acquire/permit.ts',
    "if (standing !== 'active') return",
    'if (false) return',
  ),
  mutant(
    'law-change-unseen',
    'a call is announced though a contract was signed since it was decided',
    'src/operate/turn/rules.ts',
    "    { kind: 'law', id: 'law', version: rows.version('law', 'law') },\n",
    '',
  ),
  mutant(
    'clauses-asked-once',
    'what was signed is looked at when a purchase is planned, and never again',
    'src/core/acquire/permit.ts',
    'if (bar) return',
    'if (bar && !supplier) return',
  ),
  mutant(
    'exclusivity-ignored',
    'what is promised to one party alone is bought from others',
    'src/core/contracts/rights/first.ts',
    "if (act.do === 'ask' || act.do === 'disclose' || act.supplier === clause.with) return null",
    "if (act.do !== 'ask' || act.supplier === clause.with) return null",
  ),
  mutant(
    'holder-not-asked',
    'capacity is bought of others though somebody may refuse first',
    'src/core/contracts/rofr/bar.ts',
    'if (!isTriggered && !isPending && (!isInForce || open.length === 0)) return null',
    'if (at > 0) return null',
  ),
  mutant(
    'launched-nowhere-first',
    'a product that never started with whom it has to start first starts elsewhere',
    'src/core/contracts/rights/first.ts',
    'if (freeAt !== null && at >= freeAt) return null',
    'if (freeAt === null || at >= freeAt) return null',
  ),
  mutant(
    'first-look-forgotten',
    'capacity is bought of others though somebody may offer first and was not asked',
    'src/core/contracts/rights/first.ts',
    'if (looks.length === 0) {',
    'if (looks.length === 0) return null\n  if (looks.length < 0) {',
  ),
  mutant(
    'residency-guessed',
    'a place of which nobody knows the jurisdiction counts as allowed',
    'src/core/contracts/rights/placement.ts',
    'if (act.jurisdiction !== null && clause.jurisdictions.includes(act.jurisdiction)) return null',
    'if (act.jurisdiction === null || clause.jurisdictions.includes(act.jurisdiction)) return null',
  ),
  mutant(
    'export-forgotten',
    'where export is barred is asked of nobody',
    'src/core/contracts/permits.ts',
    'return exportControl(clause, act)',
    'return null',
  ),
  mutant(
    'controls-presumed',
    'what a contract wants proven counts as proven',
    'src/core/contracts/rights/placement.ts',
    'if (missing.length === 0) {',
    'if (missing.length >= 0) {',
  ),
  mutant(
    'preference-ignored',
    'while whoever we signed with has nothing left, the cheapest is asked, not who comes first',
    'src/core/contracts/rights/overflow.ts',
    'if (!clause) return unranked',
    'if (!clause || ask) return unranked',
  ),
  mutant(
    'commitment-without-end',
    'more counts against a commitment than it was made for',
    'src/core/contracts/money/draw.ts',
    'pot.spent += taken',
    '',
  ),
  mutant(
    'paid-for-ever',
    'a prepayment pays for more than was paid',
    'src/core/contracts/money/prepaid.ts',
    '      purse.left -= taken\n      const { id, at } = charge\n' +
      '      const { name: clause } = purse\n' +
      '      used.set(clause, (used.get(clause) ?? 0n) + taken)',
    '      const { id, at } = charge\n      const { name: clause } = purse',
  ),
  mutant(
    'budgets-forget',
    'what was paid and given back is no longer counted against a budget',
    'src/operate/memory.ts',
    '  count(spending, charge)',
    '  if (closedCharges.size === 0) count(spending, charge)',
  ),
  mutant(
    'quota-ignored',
    'a team is bought for though it may hold no more',
    'src/core/plan/tally/quota.ts',
    'return roomOf(share, claimed) < chipsOf(gang) ? share : null',
    'return null',
  ),
  mutant(
    'trust-by-promise',
    'a control counts though its proof expired',
    'src/core/trust/judge.ts',
    'each.control === control && each.until > until',
    'each.control === control',
  ),
  mutant(
    'relations-ahead-unseen',
    'who becomes a rival while a decision takes effect counts as what he was',
    'src/core/trust/judge.ts',
    '...changes.filter((change) => change > at && change <= until)',
    '...changes.slice(changes.length)',
  ),
  mutant(
    'held-back-from-nobody',
    'what is held back is asked for at once',
    'src/core/acquire/answer.ts',
    '(notBefore === undefined || now >= notBefore)',
    'true',
  ),
  mutant(
    'trust-asked-once',
    'trust is asked when a purchase is planned, and never when its call leaves',
    'src/core/contracts/law.ts',
    'contractBar(law, buying) ?? trustBar(law, buying)',
    'contractBar(law, buying)',
  ),
  mutant(
    'trusted-at-start',
    'work starts where its data may no longer be',
    'src/core/plan/feasible.ts',
    'return distrusted(view, workload, lease)',
    'return null',
  ),
  mutant(
    'start-rules-unseen',
    'work starts though the rules changed since that was decided',
    'src/operate/turn/decide.ts',
    "const lease = action.do === 'start' ? rows.get('lease', action.lease) : null",
    'const lease = null as any',
  ),
  {
    name: 'deleted-bought-for',
    breaks: 'capacity is asked for though its workload was deleted since it was decided',
    patches: [
      {
        file: 'src/core/acquire/permit.ts',
        find: "if (workload?.state !== 'active')",
        replace: 'if (!workload)',
      },
      {
        file: 'src/operate/turn/rules.ts',
        find: "{ kind: 'workload', id: lease.workload, version: ",
        replace: "{ kind: 'policy', id: 'policy', version: rows.version('policy', 'policy') ?? ",
      },
    ],
  },
  mutant(
    'policy-ignored',
    'a supplier that the policy denies by now is asked all the same',
    'src/core/acquire/permit.ts',
    'if (policy.suppliersDenied.includes(lease.supplier)) return',
    'if (false) return',
  ),
  mutant(
    'drop-on-refusal',
    'a refusal settles the purchase though an earlier call may have bought',
    answer,
    "const settles = call === 1 && supplierClass !== 'C'",
    "const settles = supplierClass !== 'C'",
  ),
  mutant(
    'trust-refusal-c',
    'a refusal settles the purchase where a copy of the call may have bought',
    answer,
    "const settles = call === 1 && supplierClass !== 'C'",
    'const settles = call === 1',
  ),
  mutant(
    'retry-blind',
    'a call is repeated where a repeated key buys twice',
    answer,
    "if (supplierClass === 'C' || lease.calls >= callsMax) return false",
    'if (lease.calls >= callsMax) return false',
  ),
  mutant(
    'retry-unwanted',
    'a call is repeated though nobody wants the capacity any more',
    answer,
    "if (lease.state !== 'unsure' || !lease.wanted || lease.refusedUnsettled) return false",
    "if (lease.state !== 'unsure' || lease.refusedUnsettled) return false",
  ),
  mutant(
    'crash-forgotten',
    'a call that was open when the control plane died stays open',
    settle,
    "if (lease.state !== 'asked') return null",
    'return null',
  ),
  mutant(
    'price-believed',
    'what costs more than was agreed is kept and used',
    settle,
    'const tooDear = isTooDear({ ...lease, pricePerHour: rental.pricePerHour })',
    'const tooDear = false',
  ),
  mutant(
    'unsure-costs-nothing',
    'what may have been bought is not counted as spent',
    'src/core/domain/lease.ts',
    "return lease.state !== 'gone' && lease.calls > 0",
    "return lease.state !== 'gone' && lease.calls > 0 && lease.state !== 'unsure'",
  ),
  {
    name: 'unsure-bought-again',
    breaks: 'another lease is bought while the first one may exist, and lint agrees',
    patches: [
      {
        file: 'src/core/plan/view.ts',
        find: "return lease.wanted && lease.state !== 'releasing' && lease.state !== 'gone'",
        replace: "return lease.wanted && !['unsure', 'releasing', 'gone'].includes(lease.state)",
      },
      {
        file: 'src/core/plan/lint.ts',
        find: "wanted && state !== 'releasing' && state !== 'gone'",
        replace: "wanted && !['unsure', 'releasing', 'gone'].includes(state)",
      },
    ],
  },
]
