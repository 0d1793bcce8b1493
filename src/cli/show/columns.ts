/**
 * The columns of every table, and the phrases that stand in them.
 */
import type {
  CostReply,
  LeaseView,
  OfferView,
  QuotaView,
  RunView,
  SupplierView,
  TokenView,
  WorkloadView,
} from '../../api/wire.ts'
import { formatUsd, type Micros } from '../../core/domain/money.ts'
import { formatDuration, type Ms } from '../../core/domain/time.ts'
import type { Column } from './table.ts'
import type { Tint } from './text.ts'

export function perHour(micros: Micros | null): string | null {
  return micros === null ? null : `${formatUsd(micros)}/h`
}

function usd(micros: Micros | null): string | null {
  return micros === null ? null : formatUsd(micros)
}

/** How long ago, or null where it never was. */
export function age(at: Ms | null, now: Ms): string | null {
  return at === null ? null : formatDuration(Math.max(0, now - at))
}

/** To the second: what was quoted in between is as new as it gets. */
function seen(at: Ms, now: Ms): string {
  const seconds = Math.floor((now - at) / 1_000)
  return seconds <= 0 ? 'now' : `${formatDuration(seconds * 1_000)} ago`
}

/** Local clocks differ by machine, so a moment is shown in UTC. */
export function moment(at: Ms): string {
  return new Date(at).toISOString().replace('T', ' ').slice(0, 19)
}

const tints: Readonly<Record<string, Tint>> = {
  running: 'green',
  succeeded: 'green',
  ready: 'green',
  pending: 'yellow',
  degraded: 'yellow',
  unsure: 'yellow',
  fencing: 'yellow',
  failed: 'red',
}
const tintOf = ({ state }: { readonly state: string }) => tints[state] ?? null

export function workloadColumns(now: Ms): readonly Column<WorkloadView>[] {
  return [
    { title: 'NAME', cell: ({ name }) => name },
    { title: 'KIND', cell: ({ kind }) => kind },
    { title: 'STATE', cell: ({ state }) => state, tint: tintOf },
    { title: 'WANTS', cell: ({ wants }) => wants },
    { title: 'RUNS', cell: ({ runs }) => `${running(runs)}/${runs.length}`, isRight: true },
    { title: 'SUPPLIER', cell: ({ runs }) => suppliersOf(runs) },
    { title: 'PRICE', cell: ({ pricePerHour }) => perHour(pricePerHour), isRight: true },
    { title: 'SPENT', cell: ({ spent }) => formatUsd(spent), isRight: true },
    { title: 'AGE', cell: ({ submittedAt }) => age(submittedAt, now), isRight: true },
  ]
}

function running(runs: readonly RunView[]): number {
  return runs.filter(({ state }) => state === 'running').length
}

function suppliersOf(runs: readonly RunView[]): string {
  return [...new Set(runs.flatMap(({ supplier }) => supplier ?? []))].sort().join(', ')
}

export function runColumns(now: Ms): readonly Column<RunView>[] {
  return [
    { title: 'RUN', cell: ({ id }) => id },
    { title: 'STATE', cell: ({ state }) => state, tint: tintOf },
    { title: 'EPOCH', cell: ({ epoch }) => epoch, isRight: true },
    { title: 'RANKS', cell: ({ ranksUp, ranks }) => `${ranksUp}/${ranks}`, isRight: true },
    { title: 'LEASE', cell: ({ lease }) => lease },
    { title: 'SUPPLIER', cell: ({ supplier }) => supplier },
    { title: 'ACCELERATORS', cell: ({ accelerators }) => accelerators },
    { title: 'PRICE', cell: ({ pricePerHour }) => perHour(pricePerHour), isRight: true },
    { title: 'STARTED', cell: ({ startedAt }) => age(startedAt, now), isRight: true },
    { title: 'WHY', cell: ({ why, exitCode }) => why ?? exitText(exitCode) },
  ]
}

function exitText(exitCode: number | null): string | null {
  return exitCode === null ? null : `exit code ${exitCode}`
}

export function leaseColumns(now: Ms): readonly Column<LeaseView>[] {
  return [
    { title: 'LEASE', cell: ({ id }) => id },
    { title: 'STATE', cell: ({ state }) => state, tint: tintOf },
    { title: 'RUN', cell: ({ run }) => run },
    { title: 'OFFER', cell: ({ supplier, offer }) => `${supplier}/${offer}` },
    { title: 'ACCELERATORS', cell: ({ accelerators }) => accelerators },
    { title: 'MARKET', cell: ({ market }) => market },
    { title: 'REGION', cell: ({ region }) => region },
    { title: 'PRICE', cell: (lease) => perHour(lease.pricePerHour), isRight: true },
    { title: 'AGE', cell: ({ intendedAt }) => age(intendedAt, now), isRight: true },
    {
      title: 'WHY',
      cell: (lease) => lease.why ?? lease.end ?? heldBack(lease, now) ?? endText(lease),
    },
  ]
}

/** What is intended and waits for its moment; `calumet why` says what for. */
function heldBack({ state, notBefore }: LeaseView, now: Ms): string | null {
  if (state !== 'intended' || notBefore === null || notBefore <= now) return null
  return `asked for in ${formatDuration(notBefore - now)}`
}

/** The end of its block, which its supplier need not say again. */
function endText({ endsAt }: LeaseView): string | null {
  return endsAt === null ? null : `ends ${moment(endsAt)}`
}

export const supplierColumns: readonly Column<SupplierView>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'CLASS', cell: (supplier) => supplier.class },
  {
    title: 'STANDING',
    cell: ({ standing }) => standing,
    tint: ({ standing }) => (standing === 'active' ? null : 'yellow'),
  },
  { title: 'BUYING', cell: ({ buying }) => (buying ? 'yes' : 'no') },
  {
    title: 'ANSWERS',
    cell: ({ reachable }) => (reachable ? 'yes' : 'no'),
    tint: ({ reachable }) => (reachable ? 'green' : 'red'),
  },
  { title: 'OFFERS', cell: ({ offers }) => offers, isRight: true },
  { title: 'LEASES', cell: ({ leases }) => leases, isRight: true },
  { title: 'PRICE', cell: ({ pricePerHour }) => perHour(pricePerHour), isRight: true },
  { title: 'URL', cell: ({ url }) => url },
  { title: 'SAID', cell: ({ said, why }) => said ?? why },
]

export function offerColumns(now: Ms): readonly Column<OfferView>[] {
  return [
    { title: 'OFFER', cell: ({ supplier, id }) => `${supplier}/${id}` },
    { title: 'ACCELERATORS', cell: joinedText },
    { title: 'MARKET', cell: ({ market }) => market },
    { title: 'REGION', cell: ({ region }) => region },
    { title: 'STOCK', cell: stockText, tint: ({ stale }) => (stale ? 'yellow' : null) },
    { title: 'PRICE', cell: ({ pricePerHour }) => perHour(pricePerHour), isRight: true },
    { title: 'COST', cell: ({ costPerHour }) => perHour(costPerHour), isRight: true },
    { title: 'H100-HOUR', cell: ({ costPerWork }) => usd(costPerWork), isRight: true },
    { title: 'SEEN', cell: ({ observedAt }) => seen(observedAt, now), isRight: true },
    {
      title: 'SAID',
      cell: (offer) =>
        staleText(offer) ?? offer.said ?? windowText(offer) ?? offer.because ?? strangeText(offer),
    },
  ]
}

function stockText({ stock, coolingUntil, stale }: OfferView): string {
  return stale ? 'stale' : coolingUntil ? 'cooling' : stock
}

/** Of a supplier that does not answer. */
function staleText({ stale, supplier, observedAt }: OfferView): string | null {
  return stale ? `quoted ${moment(observedAt)}; not bought until ${supplier} answers` : null
}

/** What plans make of a chip that no table knows. */
function strangeText({ accelerator, costPerWork }: OfferView): string | null {
  return costPerWork === null ? `no table knows ${accelerator}: a chip counts as one H100` : null
}

/** `H100:8 by infiniband`. */
function joinedText({ accelerator, perNode, fabric }: OfferView): string {
  return `${accelerator}:${perNode}${fabric === null ? '' : ` by ${fabric}`}`
}

/** `opens 2026-12-03 09:00:00, ends 2026-12-17 09:00:00`, of a block. */
function windowText({ from, until }: OfferView): string | null {
  const opens = from === null ? [] : [`opens ${moment(from)}`]
  const ends = until === null ? [] : [`ends ${moment(until)}`]
  return [...opens, ...ends].join(', ') || null
}

export const tokenColumns: readonly Column<(typeof TokenView)['_output']>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'ROLE', cell: ({ role }) => role },
  { title: 'PERSON', cell: ({ person }) => person },
  { title: 'CREATED', cell: ({ createdAt }) => moment(createdAt) },
  { title: 'EXPIRES', cell: ({ expiresAt }) => (expiresAt ? moment(expiresAt) : 'never') },
]

const hourMs = 3_600_000

export const costColumns: readonly Column<CostReply['rows'][number]>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'USED', cell: ({ usage }) => formatUsd(usage), isRight: true },
  { title: 'WASTED', cell: ({ waste }) => formatUsd(waste), isRight: true },
  {
    title: 'ACCELERATOR-HOURS',
    cell: ({ acceleratorMs }) => (acceleratorMs / hourMs).toFixed(2),
    isRight: true,
  },
  { title: 'RENTALS', cell: ({ rentals }) => rentals, isRight: true },
  { title: 'NOW', cell: ({ pricePerHourNow }) => perHour(pricePerHourNow), isRight: true },
]

export const quotaColumns: readonly Column<QuotaView>[] = [
  { title: 'TEAM', cell: ({ team }) => team },
  { title: 'COHORT', cell: ({ cohort }) => cohort ?? '-' },
  { title: 'ACCELERATOR', cell: ({ accelerator }) => accelerator },
  { title: 'HELD', cell: ({ held }) => held, isRight: true },
  { title: 'QUOTA', cell: ({ quota }) => quota, isRight: true },
  {
    title: 'BORROWED',
    cell: ({ borrowed }) => borrowed,
    isRight: true,
    tint: ({ borrowed }) => (borrowed > 0 ? 'yellow' : null),
  },
  { title: 'ROOM', cell: ({ room }) => room, isRight: true },
]

export const purseColumns: readonly Column<CostReply['budgets'][number]>[] = [
  { title: 'BUDGET OF', cell: ({ of, name }) => `${of} ${name}`.trim() },
  { title: 'PER', cell: ({ per }) => per },
  { title: 'AMOUNT', cell: ({ amount }) => formatUsd(amount), isRight: true },
  { title: 'SPENT', cell: ({ spent }) => formatUsd(spent), isRight: true },
  {
    title: 'LEFT',
    cell: ({ left }) => formatUsd(left),
    isRight: true,
    tint: ({ left, amount }) => (left * 10 < amount ? 'yellow' : null),
  },
  { title: 'UNTIL', cell: ({ until }) => moment(until) },
]
