/**
 * The shapes that travel between the control plane and its clients. Shapes only: nothing here acts.
 */
import { z } from 'zod'
import { PurseView } from './wire/money.ts'

const micros = z.number().int().describe('whole micro-dollars')
const ms = z.number().int().describe('milliseconds since 1970-01-01T00:00:00Z')
const name = z.string().min(1).max(63)

/** What is wrong with a text that people wrote: where, what was found, what was expected. */
export const Fault = z.object({
  file: z.string(),
  line: z.number().int(),
  column: z.number().int(),
  path: z.string().describe('JSON path, for example $.resources[0].nodes'),
  found: z.string(),
  expected: z.string(),
  meant: z.string().nullable().describe('the nearest right word'),
})
export type Fault = z.infer<typeof Fault>

/** Every failure has this shape. `code` is for programs, `message` for people. */
export const Failure = z.object({
  code: z.enum([
    'invalid', // 400
    'unauthorized', // 401
    'forbidden', // 403
    'not-found', // 404
    'conflict', // 409
    'gone', // 410
    'too-large', // 413
    'key-reused', // 422: the same idempotency key with another request
    'too-many', // 429
    'unavailable', // 503
    'internal', // 500
  ]),
  message: z.string(),
  faults: z.array(Fault).optional(),
})
export type Failure = z.infer<typeof Failure>

export const Document = z.strictObject({
  file: z.string().max(500).describe('name shown in faults'),
  text: z.string().max(1_000_000).describe('YAML, one or more documents'),
})
export const ApplyRequest = z.strictObject({ documents: z.array(Document).min(1).max(50) })
export type ApplyRequest = z.infer<typeof ApplyRequest>

export const PlanRequest = z.strictObject({
  documents: z
    .array(Document)
    .max(50)
    .default([])
    .describe('taken as submitted; none: what is done next about what is there'),
})
export type PlanRequest = z.infer<typeof PlanRequest>

export const ApplyReply = z.object({
  results: z.array(
    z.object({
      kind: z.enum(['Job', 'Service', 'Supplier', 'Policy', 'Contract']),
      name,
      change: z.enum(['created', 'changed', 'unchanged']),
      generation: z.number().int(),
    }),
  ),
})
export type ApplyReply = z.infer<typeof ApplyReply>

/** A reason in plain words beside its facts. */
export const ReasonView = z.object({
  run: z.string(),
  why: z.string(),
  text: z.string(),
  facts: z.record(z.string(), z.unknown()),
})
export type ReasonView = z.infer<typeof ReasonView>

export const ActionView = z.object({
  do: z.enum(['acquire', 'release', 'start', 'drain']),
  text: z.string(),
  run: z.string().nullable(),
  lease: z.string().nullable(),
  supplier: z.string().nullable(),
  offer: z.string().nullable(),
  accelerators: z.string().nullable().describe('for example H100:8 x2'),
  pricePerHour: micros.nullable().describe('of the whole gang'),
})
export type ActionView = z.infer<typeof ActionView>

const MarketView = z.object({
  cost: micros.describe('per hour, of as much useful work as is asked for'),
  least: micros.describe('no plan could have it for less: proven'),
  prices: z
    .array(z.object({ offer: z.string(), perNodeHour: micros }))
    .describe('what one more node of an offer would save'),
})

/** A block that opens, or a lease in one that ends. */
export const CalendarView = z.object({
  at: ms,
  what: z.enum(['opens', 'ends']),
  offer: z.string(),
  lease: z.string().nullable(),
  run: z.string().nullable(),
  accelerators: z.string(),
  pricePerHour: micros.describe('of one node where a block opens, of the lease where one ends'),
  text: z.string(),
})
export type CalendarView = z.infer<typeof CalendarView>

export const PlanReply = z.object({
  changes: ApplyReply.shape.results,
  warnings: z.array(z.string()).describe('what may be a slip, and is taken all the same'),
  actions: z.array(ActionView),
  reasons: z.array(ReasonView),
  pricePerHourNow: micros,
  pricePerHourThen: micros,
  /** Runs that would still lack capacity. */
  unmet: z.array(z.string()),
  market: MarketView.nullable().describe(
    'null where fewer than two gangs are bought and nothing is scarce',
  ),
  calendar: z.array(CalendarView).describe('blocks that open or end, in order of time'),
})
export type PlanReply = z.infer<typeof PlanReply>

export const RunView = z.object({
  id: z.string(),
  state: z.string(),
  epoch: z.number().int(),
  lease: z.string().nullable(),
  supplier: z.string().nullable(),
  accelerators: z.string().nullable(),
  region: z.string().nullable(),
  pricePerHour: micros.nullable(),
  ranksUp: z.number().int(),
  ranks: z.number().int(),
  endpoint: z.string().nullable(),
  retries: z.number().int(),
  startedAt: ms.nullable(),
  endedAt: ms.nullable(),
  exitCode: z.number().int().nullable(),
  why: z.string().nullable(),
})
export type RunView = z.infer<typeof RunView>

export const WorkloadView = z.object({
  name,
  kind: z.enum(['Job', 'Service']),
  state: z.string().describe('pending, running, degraded, deleting, succeeded or failed'),
  generation: z.number().int(),
  priority: z.number().int(),
  wants: z.string().describe('for example H100:8 x2 | V9:4 x4'),
  runs: z.array(RunView),
  pricePerHour: micros,
  spent: micros,
  checkpointStep: z.number().int().nullable(),
  submittedAt: ms,
  endedAt: ms.nullable(),
})
export type WorkloadView = z.infer<typeof WorkloadView>

export const LeaseView = z.object({
  id: z.string(),
  key: z.string(),
  workload: z.string(),
  run: z.string(),
  supplier: z.string(),
  offer: z.string(),
  accelerators: z.string(),
  nodes: z.number().int(),
  region: z.string(),
  market: z.string(),
  state: z.string(),
  wanted: z.boolean(),
  rental: z.string().nullable(),
  pricePerHour: micros.nullable(),
  pricePerHourMax: micros,
  intendedAt: ms,
  notBefore: ms.nullable(),
  heldAt: ms.nullable(),
  readyAt: ms.nullable(),
  goneAt: ms.nullable(),
  noticeUntil: ms.nullable(),
  endsAt: ms.nullable().describe('the end of its block'),
  end: z.string().nullable(),
  why: z.string().nullable(),
})
export type LeaseView = z.infer<typeof LeaseView>

export const SupplierView = z.object({
  name,
  driver: z.string(),
  url: z.string(),
  class: z.string(),
  buying: z.boolean(),
  standing: z.string().describe('prospect, approved, active, suspended or retired'),
  why: z.string().nullable().describe('who decided its standing, and why'),
  reachable: z.boolean(),
  said: z.string().nullable(),
  offers: z.number().int(),
  leases: z.number().int(),
  pricePerHour: micros,
})
export type SupplierView = z.infer<typeof SupplierView>

export const OfferView = z.object({
  supplier: z.string(),
  id: z.string(),
  accelerator: z.string(),
  perNode: z.number().int(),
  region: z.string(),
  fabric: z.string().nullable().describe('what joins the nodes of one purchase'),
  market: z.string(),
  pricePerHour: micros.describe('of one node'),
  costPerHour: micros.describe('of one node, where a commitment pays the rest'),
  because: z.string().nullable().describe('why it costs less than its price'),
  costPerWork: micros.nullable().describe('of what one H100 does in an hour; null: not known'),
  stock: z.string(),
  coolingUntil: ms.nullable(),
  said: z.string().nullable(),
  from: ms.nullable().describe('of a block: not sold before'),
  until: ms.nullable().describe('of a block: what is bought of it ends then'),
  observedAt: ms.describe('when its supplier quoted it'),
  stale: z.boolean().describe('its supplier does not answer since: nothing is planned with it'),
})
export type OfferView = z.infer<typeof OfferView>

export const EventView = z.object({
  seq: z.number().int(),
  at: ms,
  kind: z.string(),
  workload: z.string().nullable(),
  run: z.string().nullable(),
  lease: z.string().nullable(),
  supplier: z.string().nullable(),
  text: z.string().describe('the event in plain words'),
  facts: z.record(z.string(), z.unknown()),
})
export type EventView = z.infer<typeof EventView>

export const CostBy = z.enum(['supplier', 'workload', 'team', 'accelerator', 'contract'])

export const CostReply = z.object({
  by: CostBy,
  rows: z.array(
    z.object({
      name: z.string(),
      usage: micros,
      waste: micros,
      acceleratorMs: z.number().int(),
      rentals: z.number().int(),
      pricePerHourNow: micros,
    }),
  ),
  total: micros,
  /** Ceiling of what leases with an unsure outcome may have cost so far. */
  unsure: micros,
  budgets: z.array(PurseView),
})
export type CostReply = z.infer<typeof CostReply>

/** All in accelerators; `borrowed` is the part of what is held that is beyond the own quota. */
export const QuotaView = z.object({
  team: z.string(),
  cohort: z.string().nullable(),
  accelerator: z.string(),
  quota: z.number().int(),
  held: z.number().int(),
  borrowed: z.number().int(),
  room: z.number().int(),
})
export type QuotaView = z.infer<typeof QuotaView>

export const RouteView = z.object({
  service: z.string(),
  replicas: z.array(
    z.object({
      run: z.string(),
      lease: z.string(),
      supplier: z.string(),
      url: z.string(),
      draining: z.boolean(),
    }),
  ),
})
export type RouteView = z.infer<typeof RouteView>

export const AuditReply = z.object({
  at: ms,
  events: z.number().int(),
  rentals: z.number().int(),
  invariants: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      checked: z.boolean().describe('false where nobody witnessed what would have to be known'),
      faults: z.number().int(),
    }),
  ),
  violations: z
    .array(z.object({ invariant: z.string(), name: z.string(), text: z.string() }))
    .describe('at most 100 of each invariant'),
  silent: z
    .array(z.object({ supplier: z.string(), said: z.string() }))
    .describe('suppliers of which no complete listing was to be had'),
})
export type AuditReply = z.infer<typeof AuditReply>

/** A name that people give to what is no workload: letters, digits and what host names hold. */
const label = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/)

export const LoadReport = z.strictObject({
  gateway: label,
  services: z.record(label, z.object({ requestsPerSecond: z.number().min(0) })),
})
export type LoadReport = z.infer<typeof LoadReport>

export const TokenView = z.object({
  name,
  role: z.enum(['admin', 'writer', 'reader', 'gateway', 'client']),
  person: z.string().describe('whose it is'),
  createdAt: ms,
  expiresAt: ms.nullable(),
})
export type TokenView = z.infer<typeof TokenView>
const centuryMs = 100 * 365 * 86_400_000
export const NewToken = z.strictObject({
  name: label,
  role: TokenView.shape.role,
  person: label.optional().describe('whose it is; its name by default'),
  expiresInMs: z.number().int().positive().max(centuryMs).nullable(),
})

export const LogReply = z.object({
  run: z.string(),
  epoch: z.number().int(),
  rank: z.number().int(),
  offset: z.number().int(),
  next: z.number().int(),
  text: z.string(),
  /** No more will come: the rank has ended and all of it was read. */
  over: z.boolean(),
})
export type LogReply = z.infer<typeof LogReply>
