/**
 * Who sells capacity to us, what it promises about its calls, and the rules that bound our buying.
 */
import type { Micros } from './money.ts'
import type { Ms } from './time.ts'
import type { DatedRelation, Proof, Shaping, Trust, Withholding } from './trust.ts'

/**
 * What a repeated request does at a supplier: `A` the same token gives the same resource, `B` a
 * name is unique and the second request conflicts, `C` neither.
 */
export type SupplierClass = 'A' | 'B' | 'C'

/** What a supplier promises about late effects; measured by the contract suite. */
export interface SupplierPromises {
  readonly class: SupplierClass
  /** How long after it was sent a request may still take effect (D_max). */
  readonly lateEffectMs: number
  /** How long a new rental may stay out of the listing (L_list). */
  readonly listLagMs: number
}

/** How far a supplier has come with us; anything new is bought from an active one alone. */
export type Standing = 'prospect' | 'approved' | 'active' | 'suspended' | 'retired'

export const standingMoves: Readonly<Record<Standing, readonly Standing[]>> = {
  prospect: ['approved', 'retired'],
  approved: ['active', 'suspended', 'retired'],
  active: ['suspended', 'retired'],
  suspended: ['active', 'retired'],
  retired: ['prospect'],
}

/** A supplier as people name it in YAML. Secrets stay outside: only where to find them is kept. */
export interface SupplierSpec {
  readonly name: string
  readonly generation: number
  readonly driver: string
  readonly url: string
  readonly tokenFrom: { readonly env: string } | { readonly file: string } | null
  readonly promises: SupplierPromises
  /** False while nothing new may be bought here; what is held is kept. */
  readonly buying: boolean
  /** How many requests it takes in a minute; nobody counts where nothing is said. */
  readonly requestsPerMinute?: number
  /** What only its driver understands. */
  readonly settings?: Readonly<Record<string, string>>
  /** Under whose law its regions stand, by their names; not known where one is missing. */
  readonly jurisdictions?: Readonly<Record<string, string>>
  /** What it is to us beside a supplier; neutral where nothing is said. */
  readonly relations?: readonly DatedRelation[]
  /** Who else runs a region for it, by the names of suppliers; itself where one is missing. */
  readonly hosts?: Readonly<Record<string, readonly string[]>>
  readonly controls?: readonly Proof[]
  /** What it is on the list for; everything where nothing is said. */
  readonly scope?: SupplierScope
  /** What it was on the list for until then, the oldest first; kept by us, never as YAML says. */
  readonly scopesBefore?: readonly { readonly scope: SupplierScope | null; readonly until: Ms }[]
  /** As somebody decided it, never as YAML says; who is named and never judged is active. */
  readonly standing?: StandingSince & {
    /** What was decided before, the oldest first; left out where this is the first decision. */
    readonly before?: readonly StandingSince[]
  }
}

/** A standing, and who decided it when and why. */
export interface StandingSince {
  readonly state: Standing
  readonly reason: string
  readonly by: string
  readonly since: Ms
}

/** For which products and in which regions a supplier may be used; null: nobody knows yet. */
export interface SupplierScope {
  readonly products?: readonly string[] | null
  readonly regions?: readonly string[] | null
}

export function standingOf({ standing }: Pick<SupplierSpec, 'standing'>): Standing {
  return standing?.state ?? 'active'
}

/** What was in force at a moment; null where nobody had decided anything by then. */
export function standingAt({ standing }: SupplierSpec, at: Ms): StandingSince | null {
  if (!standing) return null
  const { before = [], ...last } = standing
  return [...before, last].findLast(({ since }) => since <= at) ?? null
}

/** As it stood on the list at a moment, with the scope that it had then. */
export function listedAt(spec: SupplierSpec, at: Ms): SupplierSpec {
  const former = spec.scopesBefore?.find(({ until }) => at < until)
  if (!former) return spec
  const { scope: _, ...rest } = spec
  return former.scope === null ? rest : { ...rest, scope: former.scope }
}

const engines: readonly string[] = ['slurm']

/**
 * Whether it starts work itself, with no agent of ours beside it: work there runs on while nobody
 * grants it, and has stopped only when the engine says so.
 */
export function isEngine({ driver }: Pick<SupplierSpec, 'driver'>): boolean {
  return engines.includes(driver)
}

/** The rules that bound what the planner may do; one policy is in force at a time. */
export interface Policy {
  readonly name: string
  readonly generation: number
  /** Ceiling for all that is held or may be held at once, in micro-dollars per hour. */
  readonly pricePerHourMax: Micros | null
  /** Names of suppliers that may be used; null means all. */
  readonly suppliersAllowed: readonly string[] | null
  readonly suppliersDenied: readonly string[]
  /** A running gang is moved only where useful work gets cheaper by at least this share, 0 to 1. */
  readonly moveWhenCheaperBy: number
  /** Where data may go; nobody asks where it is missing. */
  readonly trust?: Trust
  /** Whose requests are held back; nobody's where it is missing. */
  readonly shaping?: readonly Shaping[]
  /** What of our dealings with others is kept from whom; nothing where it is missing. */
  readonly withhold?: readonly Withholding[]
  readonly budgets?: readonly Budget[]
  readonly quotas?: readonly Quota[]
  readonly exposureLimits?: readonly ExposureLimit[]
  /** What it costs to read from one region in another; the first line that fits counts. */
  readonly egress?: readonly EgressRate[]
}

export interface EgressRate {
  readonly from: string
  /** null: wherever else. */
  readonly to: string | null
  /** Of a gigabyte of 10⁹ bytes. */
  readonly perGb: Micros
  /** How fast a copy goes that way; an assumption where it is left out. */
  readonly gbPerHour?: number
}

/** How much a supplier may hold of ours that nobody else stands for: paid ahead, lent, deposits. */
export interface ExposureLimit {
  readonly supplier: string
  readonly max: Micros
}

/** How many accelerators of a kind the workloads of a team may hold at once. */
export interface Quota {
  readonly team: string
  /** Teams of one cohort lend one another what they do not use, and take it back; null: nobody. */
  readonly cohort: string | null
  readonly accelerator: string
  readonly count: number
  /** At most so many more, of what the cohort leaves; null: all of it. */
  readonly borrow: number | null
}

/** So much and no more, for whoever is named, in each span by the calendar of UTC. */
export interface Budget {
  readonly of: 'everything' | 'team' | 'workload' | 'supplier'
  /** Who; empty for everything. */
  readonly name: string
  readonly amount: Micros
  readonly per: 'day' | 'month' | 'year'
}

/** Whether a budget is about this. */
export function isBudgetOf(
  { of, name }: Pick<Budget, 'of' | 'name'>,
  payer: {
    readonly supplier: string
    readonly workload: string | null
    readonly team?: string | undefined
  },
): boolean {
  return of === 'everything' || payer[of] === name
}

/** `the budget of team nlp for this month`. */
export function budgetName({ of, name, per }: Budget): string {
  const whose = of === 'everything' ? 'the budget' : `the budget of ${of} ${name}`
  return `${whose} for this ${per}`
}

/** Whose word keeps a workload from being bought for at a supplier; null where nobody's does. */
export function forbiddenBy(
  { name, buying, standing }: SupplierSpec,
  workload: { readonly suppliers: readonly string[] | null },
  policy: Policy,
): string | null {
  if (!buying) return `supplier ${name}`
  if (standing && standing.state !== 'active') {
    return `the list of suppliers, where it is ${standing.state} (${standing.reason}),`
  }
  if (workload.suppliers && !workload.suppliers.includes(name)) return 'workload'
  const isDenied = policy.suppliersDenied.includes(name)
  const isAllowed = policy.suppliersAllowed?.includes(name) ?? true
  return isDenied || !isAllowed ? `policy ${policy.name}` : null
}

/** What holds where nobody submitted a policy. */
export const defaultPolicy: Policy = {
  name: 'default',
  generation: 0,
  pricePerHourMax: null,
  suppliersAllowed: null,
  suppliersDenied: [],
  moveWhenCheaperBy: 0.25,
}
