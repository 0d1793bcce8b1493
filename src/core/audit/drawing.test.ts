/**
 * Draws a history as text: one line for each thing that happened, with its moment, and what the
 * ledger, the suppliers and the other witnesses would have written down of it.
 *
 *     3s  hold w.0.1 r1
 *
 * Rows follow from what happened, and charges and their ends from what was sold, unless a line says
 * otherwise.
 */
import assert from 'node:assert/strict'
import type { Charge } from '../domain/charge.ts'
import type { Clause } from '../domain/clause.ts'
import type { Contract } from '../domain/contract.ts'
import { type Event, type EventKind, event } from '../domain/event.ts'
import type { Lease, LeaseEnd } from '../domain/lease.ts'
import { costOf, parseUsd } from '../domain/money.ts'
import type { Offer } from '../domain/offer.ts'
import type { Rental } from '../domain/rental.ts'
import { defaultPolicy, type Standing, type SupplierSpec } from '../domain/supplier.ts'
import { type Ms, parseDuration } from '../domain/time.ts'
import type { DataClass } from '../domain/trust.ts'
import type { Job, WorkloadStatus } from '../domain/workload.ts'
import { check } from './check.ts'
import type { Acknowledged, Evidence, Heard, Ruling, Sale, WorkSpan } from './evidence.ts'

/** The drawing breaks these invariants, and no other. */
export function breaks(ids: string, drawing: string): void {
  const found = check(evidenceOf(drawing))
  assert.deepEqual([...new Set(found.map(({ invariant }) => invariant))], ids.split(' '), drawing)
}

export function holds(drawing: string): void {
  assert.deepEqual(check(evidenceOf(drawing)), [], drawing)
}

const hour = 3_600_000
const price = usd('20')

interface Ledger {
  readonly events: Event[]
  readonly leases: Map<string, Lease>
  readonly sales: Map<string, Sale>
  readonly charges: Map<string, Partial<Charge>>
  readonly workloads: Map<string, WorkloadStatus>
  readonly works: WorkSpan[]
  readonly acknowledged: Acknowledged[]
  readonly rulings: Ruling[]
  settings: Partial<Evidence>
}

type Verb = (ledger: Ledger, at: Ms, words: readonly string[]) => void

export function evidenceOf(drawing: string): Evidence {
  const ledger: Ledger = {
    events: [],
    leases: new Map(),
    sales: new Map(),
    charges: new Map(),
    workloads: new Map(),
    works: [],
    acknowledged: [],
    rulings: [],
    settings: {},
  }
  for (const line of drawing.split('\n').filter((each) => each.trim())) {
    const [first = '', verb = '', ...words] = line.trim().split(/\s+/)
    const draw = verbs[verb] ?? assert.fail(`nobody knows how to ${verb}: ${line}`)
    draw(ledger, duration(first), words)
  }
  const { events, leases, sales, workloads, works, acknowledged, rulings } = ledger
  const charges = [...sales.values()].map((sale) => chargeOf(sale, ledger.charges))
  for (const charge of charges) closeUnlessDrawn(ledger, charge)
  return {
    installation: 'us',
    events,
    leases: [...leases.values()],
    charges,
    workloads: [...workloads.values()],
    runs: [],
    promises: { acme: acme.promises, bolt: acme.promises },
    rentals: [...sales.values()],
    works,
    acknowledged,
    now: hour / 2,
    settled: false,
    skewMs: 100,
    graceMs: hour,
    pricePerHourMax: null,
    rulings: rulings.length > 0 ? rulings : null,
    ...ledger.settings,
  }
}

function standing(state = ''): SupplierSpec {
  return { ...acme, standing: { state: state as Standing, reason: '', by: '', since: 0 } }
}

function signed(party: string, generation: number, to: Ms | null, more: object): Contract {
  const calendar = { offsetMinutes: 0, holidays: [] }
  const frame = { with: party, from: 0, to, recordedAt: 0, calendar, conversions: [] }
  const source = { document: '', section: null, quote: null, confidence: 'signed' } as const
  const own = { id: 'alone', contract: 'msa', scope: [], except: [], repeal: null, assumed: [] }
  const clause = { kind: 'exclusivity', ...own, ...frame, source, ...more } as unknown as Clause
  const agreement = { form: 'MSA', bindingness: 'definitive', signedAt: 0, supersedes: [] } as const
  const contract = { name: 'msa', generation, ...frame, ...agreement, clauses: [clause] }
  return contract as unknown as Contract
}

const termsOf: Readonly<Record<string, object>> = {
  launch_first: { lagDays: 1 },
  rofo: { window: { days: 0, counted: 'calendar' } },
  residency: { jurisdictions: ['eu'] },
  security: { controls: ['kms'] },
  export: { jurisdictions: ['us'], endUsers: [] },
  prepay: { dollars: 10 },
  preferred_overflow: { order: ['bolt', 'acme'] },
  rofr: { acceleratorsMin: 8, disclose: ['price_per_hour', 'accelerators'] },
  confidentiality: { secrets: ['prices'], audience: ['core'] },
}

const verbs: Readonly<Record<string, Verb>> = {
  /** `for` another lease that it replaces, or held back `until` a moment. */
  intend(ledger, at, [lease = '', how, word = '']) {
    const replaces = how === 'for' ? word : null
    const key = keyOf(lease)
    ledger.leases.set(lease, { ...blank, ...subjectOf(lease), id: lease, key, replaces })
    const facts: Event['facts'] = how === 'until' ? { notBefore: duration(word) } : {}
    tell(ledger, at, 'lease.intended', lease, facts)
  },
  /** All of it is promised to one party, from here on or until a moment. */
  sign(ledger, at, [party = '', to = null, kind = 'exclusivity']) {
    const old = ledger.settings.contracts ?? []
    const until = to === null || to === '-' ? null : duration(to)
    const contract = signed(party, old.length + 1, until, { kind, ...termsOf[kind] })
    ledger.settings = { ...ledger.settings, contracts: [...old, contract] }
    const { name, generation } = contract
    tell(ledger, at, 'contract.submitted', 'w.0.1', { name, generation })
  },
  /** The case `c` of a right of first refusal takes a step. */
  move: (ledger, at, [step = '']) => tell(ledger, at, 'rofr.moved', null, { case: 'c', step }),
  note(ledger, at, [record = '', about = '', supplier = '', released = null]) {
    const releasedAt = released === null ? null : duration(released)
    tell(ledger, at, 'law.recorded', null, { record, about, supplier, happenedAt: at, releasedAt })
  },
  waive(ledger, at, [until = '', clause = 'msa/alone']) {
    const facts = { clause, until: duration(until), inForce: true }
    tell(ledger, at, 'waiver.given', 'w.0.1', facts)
  },
  ask: (ledger, at, [lease = '']) => tell(ledger, at, 'lease.asked', lease, {}),
  hold(ledger, at, [lease = '', rental = '', dollars = '']) {
    const pricePerHour = dollars ? usd(dollars) : price
    change(ledger, lease, { state: 'held', rental, pricePerHour })
    tell(ledger, at, 'lease.held', lease, { rental })
  },
  use: (ledger, at, [lease = '', dollars = '']) =>
    tell(ledger, at, 'lease.ready', lease, { pricePerHour: usd(dollars) }),
  drop: (ledger, at, [lease = '']) => tell(ledger, at, 'lease.unwanted', lease),
  refuse(ledger, at, [lease = '']) {
    change(ledger, lease, { state: 'gone', goneAt: at, end: 'refused' })
    tell(ledger, at, 'lease.refused', lease, { settled: true })
  },
  /** A supplier took something back. */
  lose({ events }, at, [supplier = '']) {
    const draft = event('lease.gone', { supplier }, { end: 'lost' })
    events.push({ ...draft, seq: events.length + 1, at })
  },
  give(ledger, at, [lease = '', , end]) {
    change(ledger, lease, { state: 'gone', goneAt: at, end: end as LeaseEnd })
    tell(ledger, at, 'lease.gone', lease)
  },
  sweep: (ledger, at, [rental = '', lease = null]) =>
    tell(ledger, at, 'orphan.releasing', lease, { rental }),

  sell(ledger, at, [id = '', key = '', excuse = null]) {
    const rental: Rental = {
      ...{ id, owner: 'us', key: keyOf(key), offer: 'h100', state: 'running', nodes: [] },
      ...{ pricePerHour: price, startedAt: at, endedAt: null, noticeUntil: null },
    }
    ledger.sales.set(id, { supplier: 'acme', rental, excuse: excuse as Sale['excuse'] })
  },
  end(ledger, at, [id = '']) {
    const sale = ledger.sales.get(id) ?? assert.fail(`${id} was never sold`)
    ledger.sales.set(id, { ...sale, rental: { ...sale.rental, endedAt: at, state: 'ended' } })
  },
  charge(ledger, at, [id = '', until = '', dollars = '']) {
    const to = until ? duration(until) : null
    ledger.charges.set(id, { from: at, to, ...(dollars && { amount: usd(dollars) }) })
  },
  open: (ledger, at, [rental = '']) => tell(ledger, at, 'charge.opened', null, { rental }),
  close: (ledger, at, [rental = '', dollars = '']) =>
    tell(ledger, at, 'charge.closed', null, { rental, amount: usd(dollars) }),

  start: (ledger, at, [run = '', epoch]) =>
    tell(ledger, at, 'run.started', `${run}.1`, { epoch: Number(epoch) }),
  /** `service` work is not fenced; what ended `well` or `ill` was seen to end. */
  work(ledger, from, [run = '', epoch, rank, until = '', how]) {
    const to = duration(until)
    const numbers = { epoch: Number(epoch), rank: Number(rank) }
    const seen = how === 'well' ? { exitCode: 0 } : how === 'ill' ? { exitCode: 143 } : {}
    ledger.works.push({ run, ...numbers, fenced: how !== 'service', from, to, ...seen })
  },
  gang: (ledger, at, [lease = '', nodes]) =>
    tell(ledger, at, 'lease.ready', lease, { nodes: Number(nodes) }),
  done: (ledger, at, [lease = '', epoch]) =>
    tell(ledger, at, 'run.ended', lease, { state: 'done', exitCode: 0, epoch: Number(epoch) }),
  exit: (ledger, at, [run = '', epoch, rank]) =>
    tell(ledger, at, 'rank.exited', `${run}.1`, { epoch: Number(epoch), rank: Number(rank) }),
  save: (ledger, at, [run = '', epoch]) =>
    tell(ledger, at, 'checkpoint.accepted', `${run}.1`, { epoch: Number(epoch) }),

  lead: (ledger, at, [epoch]) =>
    tell(ledger, at, 'leadership.taken', null, { epoch: Number(epoch), holder: 'plant' }),
  submit(ledger, at, [name = '', generation = '1']) {
    const spec: Job = { ...wish, name, generation: Number(generation) }
    ledger.workloads.set(name, { spec, state: 'active', submittedAt: at, endedAt: null })
    tell(ledger, at, 'workload.submitted', `${name}.0.1`, { name, generation: spec.generation })
  },
  taken: ({ acknowledged }, _, [workload = '', generation = '1']) => {
    acknowledged.push({ workload, generation: Number(generation) })
  },
  delete(ledger, at, [name = '']) {
    tell(ledger, at, 'workload.ended', `${name}.0.1`, { state: 'deleted' })
  },

  out: (ledger, at) => tell(ledger, at, 'supplier.unreachable', null),
  back: (ledger, at) => tell(ledger, at, 'supplier.reachable', null),
  rule({ rulings, events, workloads }, _, [what = '', word, other]) {
    const after = events.at(-1)?.seq ?? 0
    if (what === 'standing') rulings.push({ after, supplier: standing(word) })
    if (what === 'seller') rulings.push({ after, supplier: { ...acme, name: word ?? '' } })
    if (what === 'buying') rulings.push({ after, supplier: { ...acme, buying: word === 'on' } })
    if (what === 'wish') {
      const { spec, ...status } = workloads.get('w') as WorkloadStatus
      const classes = { ...classOf(word), ...(other && { data: { ...afar, ...classOf(other) } }) }
      rulings.push({ after, workload: { ...status, spec: { ...spec, ...classes } } })
    }
    const relation = { relation: 'rival', from: null, to: null } as const
    if (what === 'region') {
      rulings.push({ after, supplier: { ...acme, jurisdictions: { north: word ?? '' } } })
    }
    if (what === 'rival') {
      const proof = { control: 'kms', until: duration(word ?? '0s'), document: 'letter' }
      rulings.push({ after, supplier: { ...acme, relations: [relation], controls: [proof] } })
    }
    if (what === 'trust') {
      const rule = { data: ['C2'], relations: ['rival'], verdict: 'allow', duties: [] } as const
      const open = { ...rule, data: ['C1'], controls: [] } as const
      const rules = [{ ...rule, controls: ['kms'] }, open]
      const trust = { rules, isUsual: false, unclassified: 'C2' } as const
      rulings.push({ after, policy: { ...defaultPolicy, trust } })
    }
    if (what === 'budget') {
      const budget = { of: 'supplier', name: 'acme', amount: usd(word ?? ''), per: 'day' } as const
      rulings.push({ after, policy: { ...defaultPolicy, budgets: [budget] } })
    }
    if (what === 'withhold') {
      const withhold = [{ relations: ['rival', 'unknown'], facts: ['prices'] }] as const
      rulings.push({ after, policy: { ...defaultPolicy, name: word ?? '', withhold } })
    }
    if (what === 'deny') {
      rulings.push({ after, policy: { ...defaultPolicy, suppliersDenied: [word ?? ''] } })
    }
  },

  /** So many nodes; or nothing, where nobody answers. */
  quote(ledger, at, [dollars = '', supplier = 'acme', nodes = '8']) {
    const offer = dollars === 'none' ? null : offerOf(supplier, at, usd(dollars), Number(nodes))
    const quote = { supplier, by: 'plant', at, offers: offer && [offer] }
    const quotes = [...(ledger.settings.quotes ?? []), quote]
    ledger.settings = { ...ledger.settings, quotes }
  },
  /** A supplier, or a machine of a workload at it, is told so many words. */
  hear: (ledger, _, [workload = '', ...words]) =>
    listen(ledger, { workload: workload === 'acme' ? null : workload, text: words.join(' ') }),
  order(ledger, _, [nodes = '', dollars = '']) {
    const order = { offer: 'h100', nodes: Number(nodes), pricePerHourMax: usd(dollars) }
    listen(ledger, { workload: null, text: '', order })
  },
  class(ledger, _, [promised]) {
    const promises = { acme: { ...acme.promises, class: promised as 'A' | 'B' | 'C' } }
    ledger.settings = { ...ledger.settings, promises }
  },
  ceiling(ledger, _, [dollars = '']) {
    ledger.settings = { ...ledger.settings, pricePerHourMax: usd(dollars) }
  },
  look(ledger, now, [settled]) {
    ledger.settings = { ...ledger.settings, now, settled: settled !== undefined }
  },
}

const afar = { region: 'north', gbPerHour: 1 }

function classOf(word: string | undefined): { readonly dataClass?: DataClass } {
  return word ? { dataClass: word as DataClass } : {}
}

function offerOf(supplier: string, observedAt: Ms, pricePerHour: number, nodes: number): Offer {
  const what = { id: 'h100', supplier, accelerator: 'H100', perNode: 8, region: 'north' }
  const stock = { kind: 'count', nodes } as const
  return { ...what, market: 'on-demand', pricePerHour, stock, observedAt }
}

function listen(ledger: Ledger, said: Omit<Heard, 'supplier'>): void {
  const heard = [...(ledger.settings.heard ?? []), { supplier: 'acme', ...said }]
  ledger.settings = { ...ledger.settings, heard }
}

const blank: Lease = {
  ...{ id: '', key: '', workload: '', run: '', attempt: 1, supplier: 'acme', offer: 'h100' },
  ...{ accelerator: 'H100', perNode: 8, region: 'north', market: 'on-demand', nodes: 1 },
  ...{ pricePerHourMax: price, replaces: null, state: 'asked', wanted: true, calls: 1 },
  ...{ calledAt: 0, refusedUnsettled: false, absentCount: 0, rental: null, pricePerHour: null },
  ...{ intendedAt: 0, heldAt: null, readyAt: null, goneAt: null, end: null, why: null },
  noticeUntil: null,
}

const wished = { accelerator: 'H100', perNode: 8, nodes: 1, throughput: null }

const wish: Job = {
  ...{ kind: 'Job', name: 'w', generation: 1, revision: 1, priority: 0, setup: null, run: '' },
  ...{
    envs: {},
    resources: [wished],
    markets: ['on-demand'],
    pricePerHourMax: null,
    suppliers: null,
  },
  ...{ retryCount: 0, checkpoint: null, product: 'chat' },
}

const acme: SupplierSpec = {
  ...{ name: 'acme', generation: 1, driver: 'remote', url: '', tokenFrom: null, buying: true },
  promises: { class: 'A', lateEffectMs: 60_000, listLagMs: 0 },
}

/** Names nobody. */
function keyOf(lease: string): string {
  return `k${lease.replaceAll('.', '')}`
}

function subjectOf(lease: string): Pick<Lease, 'workload' | 'run'> {
  const [workload = '', slot] = lease.split('.')
  return { workload, run: `${workload}.${slot}` }
}

function tell(
  { events }: Ledger,
  at: Ms,
  kind: EventKind,
  lease: string | null,
  facts: Event['facts'] = {},
): void {
  const subject = lease === null ? {} : { lease, ...subjectOf(lease) }
  const draft = event(kind, { supplier: 'acme', ...subject }, facts)
  events.push({ ...draft, seq: events.length + 1, at })
}

function change({ leases }: Ledger, id: string, to: Partial<Lease>): void {
  const lease = leases.get(id) ?? assert.fail(`${id} was never intended`)
  leases.set(id, { ...lease, ...to })
}

function chargeOf({ rental }: Sale, drawn: ReadonlyMap<string, Partial<Charge>>): Charge {
  const { id, startedAt: from, endedAt: to, pricePerHour } = rental
  const amount = to === null ? 0 : costOf(pricePerHour, to - from)
  const about = { supplier: 'acme', lease: null, workload: null, account: 'usage' } as const
  const kind = { accelerator: 'H100', accelerators: 8, pricePerHour }
  return { id: `acme/${id}`, rental: id, ...about, ...kind, from, to, amount, ...drawn.get(id) }
}

function closeUnlessDrawn(ledger: Ledger, { rental, to, amount }: Charge): void {
  const isDrawn = ledger.events.some(
    ({ kind, facts }) => kind === 'charge.closed' && facts.rental === rental,
  )
  if (to !== null && !isDrawn) tell(ledger, to, 'charge.closed', null, { rental, amount })
}

function duration(text: string): Ms {
  return parseDuration(text) ?? assert.fail(`${text} is no duration`)
}

function usd(text: string): number {
  return parseUsd(text) ?? assert.fail(`${text} is no sum`)
}
