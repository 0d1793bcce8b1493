/**
 * Worlds drawn as text, so that a test of the planner reads like a picture of its case.
 *
 *     policy max $500 deny bolt
 *     budget team nlp left $50 month
 *     quota nlp H100:16 of house borrows 8
 *     egress us eu $0.02
 *     paid acme/h100x8 $0
 *     offer acme/h100x8 H100:8 us $98.32 stock 2
 *     offer acme/block H100:8 us $60 opens 2h ends 50h
 *     job train H100:8 x2 or A100-80GB:8 x4 priority 50 max $200
 *     job tune H100:8 deadline 10h work 6h saves 5m
 *     checkpoint tune worked 2h on H100:8
 *     service chat L4:1 replicas 3 spread 2
 *     lease train.0.1 ready at acme/h100x8 for $196.64
 *     run train.0 running epoch 1 on train.0.1
 *
 * What a line leaves out is filled in plainly: every workload is demanded in full (or as a `demand`
 * line says), a lease has the shape of its workload's first alternative. For tests only.
 */

import { type Lease, type LeaseState, leaseMoves } from '../core/domain/lease.ts'
import { parseUsd } from '../core/domain/money.ts'
import { type Offer, offerName, type StockSignal } from '../core/domain/offer.ts'
import { type Run, type RunState, runMoves } from '../core/domain/run.ts'
import {
  type Budget,
  defaultPolicy,
  type EgressRate,
  type Policy,
  type Quota,
  type SupplierSpec,
} from '../core/domain/supplier.ts'
import type { Alternative, Demand, WorkloadStatus } from '../core/domain/workload.ts'
import {
  type Marginals,
  type NodeSight,
  noBelief,
  type Outage,
  type Pool,
  type Purse,
  type World,
} from '../core/domain/world.ts'
import { drawnNow, readAlternatives, readWorkload } from './wishes.ts'
import { type Words, words } from './words.ts'

export { drawnNow } from './wishes.ts'

export function drawnWorld(text: string): World {
  const lines = text.split('\n').map((line) => line.trim())
  const all = <T>(kinds: string, read: (line: Words, kind: string) => T): readonly T[] =>
    lines
      .map(words)
      .filter((line) => line.sees(new RegExp(`^(${kinds})$`)))
      .map((line) => read(line, line.take('a kind')))
  for (const line of lines) {
    if (line !== '' && !known.test(line)) throw new Error(`this drawn line has no kind: ${line}`)
  }
  const offers = all('offer', readOffer)
  const workloads = all('job|service', readWorkload)
  const leases = all('lease', (line) => readLease(line, offers, workloads))
  const drawn = all('supplier', readSupplier)
  const named = [...offers, ...leases].map(({ supplier }) => supplier)
  const implied = [...new Set(named)].filter((name) => !drawn.some((each) => each.name === name))
  const demanded = new Map(all('demand', readDemand))
  const runs = all('run', (line) => readRun(line, leases, workloads))
  return {
    now: drawnNow,
    generation: 1,
    workloads,
    demands: workloads.flatMap((status) => demandsOf(status, demanded)),
    suppliers: [...drawn, ...implied.map((name) => supplierNamed(name, true))],
    policy: policyWith(all('policy', readPolicy)[0], {
      quotas: all('quota', readQuota),
      egress: all('egress', readEgress),
    }),
    purses: all('budget', readPurse),
    marginals: readMarginals(lines),
    offers,
    outages: all('outage', readOutage),
    pools: all('cooling', readPool),
    belief: noBelief,
    leases,
    runs: runs.map(({ run }) => run),
    sights: runs.flatMap(({ sight }) => (sight ? [sight] : [])),
    checkpoints: all('checkpoint', readCheckpoint),
    throughputs: Object.fromEntries(all('throughput', readFigure)),
    requestsPerSecond: Object.fromEntries(all('load', readFigure)),
  }
}

const kinds =
  'offer job service lease run supplier policy budget quota paid outage cooling checkpoint ' +
  'throughput load egress'
const known = new RegExp(`^(${kinds.replaceAll(' ', '|')}|demand)\\s`)

function readOffer(line: Words): Offer {
  const [supplier = '', id = ''] = line.take('supplier/offer').split('/')
  const [accelerator = '', perNode] = line.take('accelerator:count').split(':')
  const region = line.take('a region')
  const pricePerHour = usd(line)
  const settings = line.settings(['stock', 'opens', 'ends', 'fabric'], ['spot'])
  const [opens, ends] = [settings.duration('opens'), settings.duration('ends')]
  const from = opens === null ? {} : { from: drawnNow + opens }
  const until = ends === null ? {} : { until: drawnNow + ends }
  const isBlock = opens !== null || ends !== null
  return {
    id,
    supplier,
    accelerator,
    perNode: Number(perNode),
    region,
    market: settings.has('spot') ? 'spot' : 'on-demand',
    pricePerHour,
    stock: toStock(settings.text('stock')),
    observedAt: drawnNow,
    ...(settings.text('fabric') !== null && { fabric: settings.text('fabric') ?? '' }),
    ...(isBlock && { window: { ...from, ...until } }),
  }
}

function toStock(text: string | null): StockSignal {
  if (text === null) return { kind: 'unknown' }
  if (text === 'none' || text === 'low' || text === 'medium' || text === 'high') {
    return { kind: 'level', level: text }
  }
  return { kind: 'count', nodes: Number(text) }
}

/** `as H100:8 x2`, where a lease is not like its workload's first alternative. */
function readShape(line: Words): Alternative | null {
  if (!line.sees(/^as$/)) return null
  line.take('as')
  return readAlternatives(line)[0] ?? null
}

function readLease(
  line: Words,
  offers: readonly Offer[],
  workloads: readonly WorkloadStatus[],
): Lease {
  const id = line.take('a lease')
  const state = line.take('a state') as LeaseState
  if (!(state in leaseMoves)) throw new Error(`no lease is ${state}: ${line.line}`)
  line.take('at')
  const name = line.take('supplier/offer')
  const [supplier = '', offer = ''] = name.split('/')
  const run = parentOf(id)
  const workload = parentOf(run)
  const wish = workloads.find(({ spec }) => spec.name === workload)?.spec.resources[0]
  const shape = readShape(line) ?? wish
  const sold = offers.find((each) => offerName(each) === name)
  const settings = line.settings(['for', 'notice', 'ends', 'replaces', 'called'], ['unwanted'])
  const price = settings.usd('for') ?? 0
  const isHeld = state === 'held' || state === 'ready' || state === 'releasing'
  const [notice, ends] = [settings.duration('notice'), settings.duration('ends')]
  return {
    id,
    key: `key-${id}`,
    workload,
    run,
    attempt: Number(id.slice(run.length + 1)),
    supplier,
    offer,
    accelerator: shape?.accelerator ?? sold?.accelerator ?? 'H100',
    perNode: shape?.perNode ?? sold?.perNode ?? 1,
    region: sold?.region ?? 'us',
    market: sold?.market ?? 'on-demand',
    nodes: shape?.nodes ?? 1,
    pricePerHourMax: price,
    replaces: settings.text('replaces'),
    state,
    wanted: !settings.has('unwanted'),
    calls: state === 'intended' ? 0 : 1,
    calledAt: state === 'intended' ? null : drawnNow - (settings.duration('called') ?? 60_000),
    refusedUnsettled: false,
    absentCount: 0,
    rental: isHeld ? `rental-${id}` : null,
    pricePerHour: isHeld ? price : null,
    intendedAt: drawnNow - 60_000,
    heldAt: isHeld ? drawnNow - 30_000 : null,
    readyAt: state === 'ready' ? drawnNow - 20_000 : null,
    goneAt: state === 'gone' ? drawnNow - 10_000 : null,
    end: state === 'gone' ? 'lost' : null,
    why: null,
    noticeUntil: notice === null ? null : drawnNow + notice,
    ...(ends !== null && { endsAt: drawnNow + ends }),
  }
}

function readRun(
  line: Words,
  leases: readonly Lease[],
  workloads: readonly WorkloadStatus[],
): { readonly run: Run; readonly sight: NodeSight | null } {
  const id = line.take('a run')
  const state = line.take('a state') as RunState
  if (!(state in runMoves)) throw new Error(`no run is ${state}: ${line.line}`)
  const settings = line.settings(
    ['epoch', 'on', 'attempts', 'revision', 'retry-in', 'exit', 'silent'],
    ['answering'],
  )
  const workload = parentOf(id)
  const bought = leases.filter((lease) => lease.run === id).map(({ attempt }) => attempt)
  const wish = workloads.find(({ spec }) => spec.name === workload)?.spec
  const lease = settings.text('on')
  const isOver = state === 'done' || state === 'failed'
  const run: Run = {
    id,
    workload,
    slot: Number(id.slice(workload.length + 1)),
    revision: settings.number('revision', wish?.revision ?? 1),
    state,
    epoch: settings.number('epoch', lease === null ? 0 : 1),
    lease,
    attempts: settings.number('attempts', Math.max(0, ...bought)),
    retries: 0,
    notBefore: drawnNow + (settings.duration('retry-in') ?? 0),
    startedAt: lease === null ? null : drawnNow - 10_000,
    fencedAt: state === 'fencing' ? drawnNow + 60_000 : null,
    endedAt: isOver ? drawnNow - 5_000 : null,
    exitCode: settings.text('exit') === null ? null : settings.number('exit', 0),
    why: null,
  }
  const silentMs = settings.duration('silent') ?? 1_000
  return { run, sight: settings.has('answering') ? sightOf(run, silentMs) : null }
}

function sightOf({ id, epoch, lease }: Run, heardAgoMs: number): NodeSight {
  const endpoint = `http://10.0.0.1:8000/${id}`
  const rank = { run: id, epoch, lease: lease ?? '', rank: 0, state: 'running' as const }
  return {
    node: {
      id: `${lease}/0`,
      lease: lease ?? '',
      index: 0,
      machine: 'machine-0',
      address: '10.0.0.1',
      ports: null,
      firstSeenAt: drawnNow - 10_000,
      ranks: [{ ...rank, exitCode: null, endpoint }],
    },
    heardAgoMs,
  }
}

function readPolicy(line: Words): Policy {
  const settings = line.settings(['max', 'allow', 'deny', 'move'])
  return {
    ...defaultPolicy,
    pricePerHourMax: settings.usd('max'),
    suppliersAllowed: settings.list('allow'),
    suppliersDenied: settings.list('deny') ?? [],
    moveWhenCheaperBy: settings.number('move', defaultPolicy.moveWhenCheaperBy),
  }
}

/** What a node of an offer, or a lease, really costs, because it is paid for. */
function readMarginals(lines: readonly string[]): Marginals {
  const offers: Record<string, number> = {}
  const leases: Record<string, number> = {}
  const because: Record<string, string> = {}
  for (const line of lines.map(words).filter((each) => each.sees(/^paid$/))) {
    line.take('a kind')
    const name = line.take('an offer or a lease')
    const price = usd(line)
    if (name.includes('/')) offers[name] = price
    else leases[name] = price
    if (name.includes('/')) because[name] = 'msa/use: it is paid for'
  }
  return { offers, leases, because }
}

function readPurse(line: Words): Purse {
  const of = line.take('everything, team, workload or supplier') as Budget['of']
  const name = of === 'everything' ? '' : line.take('a name')
  const settings = line.settings(['left'], ['day', 'month', 'year'])
  const per = settings.has('day') ? 'day' : settings.has('year') ? 'year' : 'month'
  const left = settings.usd('left') ?? 0
  const budget: Budget = { of, name, per, amount: left + 1_000_000 }
  return { budget, spent: 1_000_000, left, until: drawnNow + 86_400_000 }
}

function policyWith(
  policy: Policy = defaultPolicy,
  { quotas, egress }: Required<Pick<Policy, 'quotas' | 'egress'>>,
): Policy {
  return {
    ...policy,
    ...(quotas.length > 0 && { quotas }),
    ...(egress.length > 0 && { egress }),
  }
}

/** `egress us eu $0.02 speed 500`, or `egress us - $0.09` to wherever else. */
function readEgress(line: Words): EgressRate {
  const [from, to] = [line.take('from'), line.take('to')]
  const rate = { from, to: to === '-' ? null : to, perGb: usd(line) }
  const speed = line.settings(['speed']).number('speed', 0)
  return speed > 0 ? { ...rate, gbPerHour: speed } : rate
}

function readQuota(line: Words): Quota {
  const team = line.take('a team')
  const [accelerator = '', count] = line.take('accelerator:count').split(':')
  const settings = line.settings(['of', 'borrows'], [])
  const borrows = settings.text('borrows')
  const borrow = borrows === null ? null : Number(borrows)
  return { team, cohort: settings.text('of'), accelerator, count: Number(count), borrow }
}

function readSupplier(line: Words): SupplierSpec {
  const name = line.take('a name')
  const settings = line.settings([], ['not-buying', 'suspended'])
  const spec = supplierNamed(name, !settings.has('not-buying'))
  if (!settings.has('suspended')) return spec
  const standing = { state: 'suspended', reason: 'audit', by: 'ann', since: drawnNow } as const
  return { ...spec, standing }
}

function supplierNamed(name: string, buying: boolean): SupplierSpec {
  const promises = { class: 'A' as const, lateEffectMs: 60_000, listLagMs: 10_000 }
  const url = `https://${name}.example`
  return { name, generation: 1, driver: 'open', url, tokenFrom: null, promises, buying }
}

function readOutage(line: Words): Outage {
  const supplier = line.take('a supplier')
  const settings = line.settings(['since', 'said'])
  const since = drawnNow - (settings.duration('since') ?? 0)
  return { supplier, cause: 'silent', since, said: settings.text('said') ?? 'timed out' }
}

function readPool(line: Words): Pool {
  const id = line.take('supplier/offer')
  const settings = line.settings(['until', 'said'])
  const until = drawnNow + (settings.duration('until') ?? 0)
  return {
    id,
    refusals: 1,
    refusedAt: drawnNow,
    until,
    said: settings.text('said') ?? 'out of stock',
  }
}

function readCheckpoint(line: Words) {
  const workload = line.take('a job')
  const settings = line.settings(['step', 'worked', 'on', 'in'])
  const [accelerator = 'H100', perNode = '8'] = (settings.text('on') ?? '').split(':')
  const ms = settings.duration('worked') ?? 0
  const worked = { accelerator, perNode: Number(perNode), nodes: 1, ms, starts: 1 }
  const facts = {
    workload,
    epoch: 1,
    step: settings.number('step', 100),
    uri: `s3://saved/${workload}`,
  }
  const region = settings.text('in')
  const where = region === null ? {} : { region }
  return { ...facts, ...where, acceptedAt: drawnNow, worked: ms > 0 ? [worked] : [] }
}

function readFigure(line: Words): readonly [string, number] {
  return [line.take('a name'), Number(line.take('a figure'))]
}

/** `demand chat 0,2,3`; `demand chat none`. */
function readDemand(line: Words): readonly [string, readonly number[]] {
  const name = line.take('a workload')
  const slots = line.take('slots')
  return [name, slots === 'none' ? [] : slots.split(',').map(Number)]
}

function demandsOf(
  { spec, state, submittedAt }: WorkloadStatus,
  drawn: ReadonlyMap<string, readonly number[]>,
): readonly Demand[] {
  if (state !== 'active') return []
  const count = spec.kind === 'Job' ? 1 : spec.replicasMin
  const slots = drawn.get(spec.name) ?? Array.from({ length: count }, (_, slot) => slot)
  return slots.map((slot) => ({ run: `${spec.name}.${slot}`, slot, workload: spec, submittedAt }))
}

function parentOf(id: string): string {
  return id.slice(0, id.lastIndexOf('.'))
}

function usd(line: Words): number {
  const text = line.take('a price')
  const micros = parseUsd(text)
  if (micros === null) throw new Error(`${text} is no price: ${line.line}`)
  return micros
}
