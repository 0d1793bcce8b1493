/**
 * The policy as people write it, and what it means.
 */
import { z } from 'zod'
import { secrets } from '../domain/clause.ts'
import {
  type Budget,
  defaultPolicy,
  type EgressRate,
  type Policy,
  type Quota,
} from '../domain/supplier.ts'
import { dataClasses, relations, type Shaping, type Trust } from '../domain/trust.ts'
import { acceleratorName } from './accelerators.ts'
import {
  choice,
  duration,
  field,
  flag,
  map,
  name,
  names,
  positive,
  usd,
  usdPerHour,
  whole,
} from './field.ts'
import type { Canonical } from './workload.ts'

const percentPattern = /^(\d{1,3}(?:\.\d{1,4})?)%$/

const share = field({
  expected: 'a share from 0% to 100% such as 25%',
  written: { type: 'string', pattern: percentPattern.source },
  read: (value) => {
    const match = typeof value === 'string' ? percentPattern.exec(value) : null
    const percent = Number(match?.[1] ?? Number.NaN)
    return percent <= 100 ? percent / 100 : undefined
  },
  meant: (value) => {
    if (typeof value !== 'number' || !(value >= 0 && value <= 100)) return null
    return value <= 1 ? `${Number((value * 100).toFixed(4))}%` : `${value}%`
  },
})

const suppliers = map('a map with allow and deny', {
  allow: names.optional().describe('The suppliers that may be used; all by default'),
  deny: names.optional().describe('The suppliers that may not be used'),
}).superRefine(({ allow = [], deny = [] }, context) => {
  deny.forEach((each, index) => {
    if (!allow.includes(each)) return
    const message = 'a supplier that is not also allowed'
    context.addIssue({ code: 'custom', message, path: ['deny', index] })
  })
})

const someRelations = z
  .array(choice(relations), { error: 'a list of relations' })
  .min(1, 'at least one relation')

const trustRule = map('a map with data, relations, and controls or deny', {
  data: z.array(choice(dataClasses), { error: 'a list of classes' }).min(1, 'at least one class'),
  relations: someRelations,
  deny: flag.prefault(false),
  controls: names.optional().describe('What has to be proven, all of it'),
}).refine(({ deny, controls }) => !deny || controls === undefined, {
  message: 'either deny or controls, not both',
  path: ['controls'],
})

const trust = map('a map with rules and unclassified', {
  unclassified: choice(dataClasses)
    .prefault('C4')
    .describe('What a workload counts as that names no data_class'),
  rules: z
    .array(trustRule, { error: 'a list of rules' })
    .prefault([])
    .describe('The first that fits decides; the usual rules follow them'),
  usual: flag.prefault(true).describe('Whether our usual rules follow the written ones'),
})

/** Longer, and what has to be replaced is away for too long. */
const jitterMsMax = 15 * 60_000

const shaping = map('a map with relations and jitter', {
  relations: someRelations,
  jitter: duration(1_000, jitterMsMax).describe('Asked so much later at most, drawn each time'),
})

const withholding = map('a map with relations and facts', {
  relations: someRelations,
  facts: z
    .array(choice(secrets), { error: 'a list of facts' })
    .min(1, 'at least one fact')
    .describe('What they are not told of your dealings with others'),
})

const budget = map('a map with an amount and whose it is', {
  amount: usd.describe('Dollars'),
  per: choice(['day', 'month', 'year']).describe('By the calendar of UTC'),
  team: name.optional(),
  workload: name.optional(),
  supplier: name.optional(),
}).refine(({ team, workload, supplier }) => {
  return [team, workload, supplier].filter((each) => each !== undefined).length <= 1
}, 'at most one of team, workload and supplier')

const countMax = 1_000_000

const quota = map('a map with a team and accelerators', {
  team: name,
  accelerators: z
    .record(acceleratorName, whole(0, countMax), { error: 'a map such as {H100: 64}' })
    .refine((counts) => Object.keys(counts).length > 0, 'at least one accelerator')
    .describe('How many of each it may hold at once'),
  cohort: name.optional().describe('Teams of one cohort lend one another what they do not use'),
  borrow: whole(0, countMax)
    .optional()
    .describe('At most so many more of each; all that the cohort leaves by default'),
}).refine(({ cohort, borrow }) => cohort !== undefined || borrow === undefined, {
  message: 'a cohort to borrow from',
  path: ['borrow'],
})

const quotas = z
  .array(quota, { error: 'a list of quotas' })
  .max(1_000, 'at most 1000 quotas')
  .superRefine((all, context) => {
    const seen = new Set<string>()
    for (const [index, { team, accelerators }] of all.entries()) {
      for (const accelerator of Object.keys(accelerators)) {
        const key = `${team} ${accelerator.toLowerCase()}`
        const message = `one quota of team ${team} for ${accelerator}`
        const path = [index, 'accelerators', accelerator]
        if (seen.has(key)) context.addIssue({ code: 'custom', message, path })
        seen.add(key)
      }
    }
  })

const exposureLimit = map('a map with a supplier and max', {
  supplier: name,
  max: usd.describe('Dollars that nobody else stands for'),
})

const regionPattern = /^\S+$/
const regionWritten = { type: 'string', pattern: regionPattern.source }
const isRegion = (value: unknown): value is string => {
  return typeof value === 'string' && regionPattern.test(value)
}
/** One or several of them, always read as a list. */
const regions = field<readonly string[]>({
  expected: 'a region as suppliers name it, or a list of them',
  written: { anyOf: [regionWritten, { type: 'array', items: regionWritten, minItems: 1 }] },
  read: (value) => {
    const all: readonly unknown[] = Array.isArray(value) ? value : [value]
    return all.length > 0 && all.every(isRegion) ? all : undefined
  },
  meant: (value) => (typeof value === 'number' ? `"${value}"` : null),
})

/** A way from each of some regions to each of others is looked for among all. */
const waysMax = 10_000

const egressRate = map('a map with from and per_gb', {
  from: regions.describe('Where the data lies; several where it costs the same from each'),
  to: regions.optional().describe('Where it is read, one or several; wherever else by default'),
  per_gb: usd.describe('Dollars for a gigabyte, of 10⁹ bytes'),
  gb_per_hour: positive('a number above 0')
    .optional()
    .describe('How fast a copy goes that way; 3600 by default'),
})

export const policyShape = map('a policy', {
  kind: z.literal('Policy').describe('Rules that bound all buying; one is in force at a time'),
  name,
  max_price: usdPerHour
    .optional()
    .describe('Dollars per hour for all that is held at once; no ceiling by default'),
  suppliers: suppliers.prefault({}),
  trust: trust.optional().describe('Where data may go; nobody asks by default'),
  shaping: z
    .array(shaping, { error: 'a list of shapings' })
    .max(100, 'at most 100 shapings')
    .optional()
    .describe('Who is asked for something new a while after it was decided; nobody by default'),
  withhold: z
    .array(withholding, { error: 'a list of relations and facts' })
    .max(100, 'at most 100 of them')
    .optional()
    .describe('What of your dealings with others is kept from whom; nothing by default'),
  budgets: z
    .array(budget, { error: 'a list of budgets' })
    .max(1_000, 'at most 1000 budgets')
    .optional()
    .describe('What may be spent in a span; where it is used up, capacity is given back'),
  quotas: quotas
    .optional()
    .describe('How many accelerators teams may hold at once; as many as they like by default'),
  egress: z
    .array(egressRate, { error: 'a list of rates' })
    .max(5_000, 'at most 5000 rates')
    .refine(areFewWays, `at most ${waysMax} ways from one region to another`)
    .optional()
    .describe('What reading data from another region costs; the first that fits counts'),
  exposure_limits: z
    .array(exposureLimit, { error: 'a list of limits' })
    .max(1_000, 'at most 1000 limits')
    .optional()
    .describe('How much suppliers may hold of ours: paid ahead, lent or deposited'),
  move_when_cheaper_by: share
    .prefault('25%')
    .describe('A running gang moves only where its work gets cheaper by at least this share'),
})

export function policyOf(shape: z.infer<typeof policyShape>, canonical: Canonical): Policy {
  return {
    ...defaultPolicy,
    name: shape.name,
    pricePerHourMax: shape.max_price ?? null,
    suppliersAllowed: shape.suppliers.allow ?? null,
    suppliersDenied: shape.suppliers.deny ?? [],
    moveWhenCheaperBy: shape.move_when_cheaper_by,
    ...(shape.trust && { trust: trustOf(shape.trust) }),
    ...(shape.shaping && { shaping: shape.shaping.map(shapingOf) }),
    ...(shape.withhold && { withhold: shape.withhold }),
    ...(shape.budgets && { budgets: shape.budgets.map(budgetOf) }),
    ...(shape.egress && { egress: shape.egress.flatMap(egressOf) }),
    ...(shape.exposure_limits && { exposureLimits: shape.exposure_limits }),
    ...(shape.quotas && { quotas: shape.quotas.flatMap((each) => quotasOf(each, canonical)) }),
  }
}

function trustOf({ rules, usual, unclassified }: z.infer<typeof trust>): Trust {
  const written = rules.map(({ data, relations: parties, deny, controls = [] }) => {
    const verdict = deny ? ('deny' as const) : ('allow' as const)
    return { data, relations: parties, verdict, controls, duties: [] }
  })
  return { rules: written, isUsual: usual, unclassified }
}

function shapingOf({ relations: parties, jitter }: z.infer<typeof shaping>): Shaping {
  return { relations: parties, jitterMs: jitter }
}

type Egress = z.infer<typeof egressRate>

function areFewWays(rates: readonly Egress[]): boolean {
  const counts = rates.map(({ from, to }) => from.length * (to?.length ?? 1))
  return counts.reduce((all, count) => all + count, 0) <= waysMax
}

function egressOf({ from, to, per_gb, gb_per_hour }: Egress): readonly EgressRate[] {
  const speed = gb_per_hour === undefined ? {} : { gbPerHour: gb_per_hour }
  return from.flatMap((each) => {
    const others = to?.filter((other) => other !== each || to.length === 1) ?? [null]
    return others.map((other) => ({ from: each, to: other, perGb: per_gb, ...speed }))
  })
}

function budgetOf({ amount, per, team, workload, supplier }: z.infer<typeof budget>): Budget {
  const of = { amount, per }
  if (team !== undefined) return { ...of, of: 'team', name: team }
  if (workload !== undefined) return { ...of, of: 'workload', name: workload }
  if (supplier !== undefined) return { ...of, of: 'supplier', name: supplier }
  return { ...of, of: 'everything', name: '' }
}

function quotasOf(
  { team, accelerators, cohort, borrow }: z.infer<typeof quota>,
  canonical: Canonical,
): readonly Quota[] {
  return Object.entries(accelerators).map(([name, count]) => {
    const accelerator = canonical(name)
    return { team, cohort: cohort ?? null, accelerator, count, borrow: borrow ?? null }
  })
}
