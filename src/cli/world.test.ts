/**
 * A small world as a server shows it: one job that runs, a service that is short of a replica, two
 * suppliers. Tests take what they need of it and change what they are about.
 */

import type { WhatIfReply } from '../api/wire/what-if.ts'
import type {
  EventView,
  LeaseView,
  OfferView,
  PlanReply,
  ReasonView,
  RunView,
  SupplierView,
  WorkloadView,
} from '../api/wire.ts'
import { type Answers, now, refuse } from './stage.test.ts'

const minuteMs = 60_000

export const run: RunView = {
  id: 'train.0',
  state: 'running',
  epoch: 2,
  lease: 'train.0-l2',
  supplier: 'rival',
  accelerators: 'H100:8 x2',
  region: 'eu-1',
  pricePerHour: 40_000_000,
  ranksUp: 2,
  ranks: 2,
  endpoint: null,
  retries: 0,
  startedAt: now - 64 * minuteMs,
  endedAt: null,
  exitCode: null,
  why: null,
}

const waiting: RunView = {
  ...run,
  id: 'chat.1',
  state: 'waiting',
  epoch: 0,
  lease: null,
  supplier: null,
  accelerators: null,
  region: null,
  pricePerHour: null,
  ranksUp: 0,
  ranks: 0,
  startedAt: null,
}

export const train: WorkloadView = {
  name: 'train',
  kind: 'Job',
  state: 'running',
  generation: 1,
  priority: 50,
  wants: 'H100:8 x2 | A100-80GB:8 x4',
  runs: [run],
  pricePerHour: 40_000_000,
  spent: 81_330_000,
  checkpointStep: 1_200,
  submittedAt: now - 125 * minuteMs,
  endedAt: null,
}

export const chat: WorkloadView = {
  ...train,
  name: 'chat',
  kind: 'Service',
  state: 'degraded',
  wants: 'L40S:1',
  runs: [
    {
      ...run,
      id: 'chat.0',
      epoch: 1,
      lease: 'chat.0-l1',
      supplier: 'incumbent',
      accelerators: 'L40S:1',
      pricePerHour: 1_250_000,
      ranksUp: 1,
      ranks: 1,
      endpoint: 'http://10.0.0.7:8000',
    },
    waiting,
  ],
  pricePerHour: 1_250_000,
  spent: 3_000_000,
  checkpointStep: null,
}

export const lease: LeaseView = {
  id: 'train.0-l2',
  key: 'c-train-0-2',
  workload: 'train',
  run: 'train.0',
  supplier: 'rival',
  offer: 'h100-eu',
  accelerators: 'H100:8 x2',
  nodes: 2,
  region: 'eu-1',
  market: 'on-demand',
  state: 'ready',
  wanted: true,
  rental: 'r-77',
  pricePerHour: 40_000_000,
  pricePerHourMax: 40_000_000,
  intendedAt: now - 70 * minuteMs,
  notBefore: null,
  heldAt: now - 69 * minuteMs,
  readyAt: now - 65 * minuteMs,
  goneAt: null,
  noticeUntil: null,
  endsAt: null,
  end: null,
  why: null,
}

const supplier: SupplierView = {
  name: 'rival',
  driver: 'open',
  url: 'https://rival.example',
  class: 'A',
  buying: true,
  standing: 'active',
  why: null,
  reachable: true,
  said: null,
  offers: 2,
  leases: 1,
  pricePerHour: 40_000_000,
}

export const offer: OfferView = {
  supplier: 'rival',
  id: 'h100-eu',
  accelerator: 'H100',
  perNode: 8,
  region: 'eu-1',
  fabric: null,
  market: 'on-demand',
  pricePerHour: 20_000_000,
  costPerHour: 20_000_000,
  because: null,
  costPerWork: 2_500_000,
  stock: '3 nodes',
  coolingUntil: null,
  said: null,
  from: null,
  until: null,
  observedAt: now,
  stale: false,
}

export const event: EventView = {
  seq: 7,
  at: now - 64 * minuteMs,
  kind: 'run.started',
  workload: 'train',
  run: 'train.0',
  lease: 'train.0-l2',
  supplier: 'rival',
  text: 'train.0 started on train.0-l2, epoch 2',
  facts: { epoch: 2 },
}

export const chosen: ReasonView = {
  run: 'train.0',
  why: 'chosen',
  text: 'rival/h100-eu was chosen: at $40.00/h it is the cheapest of 2 offers that fit',
  facts: {},
}

const unmet: ReasonView = {
  run: 'chat.1',
  why: 'no-stock',
  text: 'incumbent/l40s has no node left and the gang needs 1; it would take 1 more node',
  facts: {},
}

export const plan: PlanReply = {
  changes: [{ kind: 'Job', name: 'train', change: 'created', generation: 1 }],
  warnings: [],
  actions: [
    {
      do: 'acquire',
      text: 'train.0: buy H100:8 x2 at rival/h100-eu for $40.00/h, at most $40.00/h',
      run: 'train.0',
      lease: 'train.0-l1',
      supplier: 'rival',
      offer: 'h100-eu',
      accelerators: 'H100:8 x2',
      pricePerHour: 40_000_000,
    },
  ],
  reasons: [
    chosen,
    { ...chosen, why: 'dearer', text: 'incumbent/h100 fits but costs more: $48.00/h' },
    unmet,
  ],
  pricePerHourNow: 1_250_000,
  pricePerHourThen: 41_250_000,
  market: null,
  calendar: [],
  unmet: ['chat.1'],
}

const place = {
  supplier: 'rival',
  offer: 'h100-eu',
  accelerators: 'H100:8 x2',
  market: 'on-demand',
  pricePerHour: 40_000_000,
}
/** Without rival: train goes elsewhere, chat waits. */
export const whatIf: WhatIfReply = {
  before: { pricePerHour: 41_250_000, addedPerHour: 41_250_000, waiting: [] },
  after: { pricePerHour: 48_000_000, addedPerHour: 48_000_000, waiting: ['chat.1'] },
  waits: [],
  shifts: [
    { run: 'chat.1', before: { ...place, pricePerHour: 1_250_000 }, after: null },
    {
      run: 'train.0',
      before: place,
      after: { ...place, supplier: 'incumbent', offer: 'h100', pricePerHour: 48_000_000 },
    },
  ],
  reasons: [unmet],
}

/** Everything that can be looked at, and submissions that are taken. */
export const world: Answers = {
  apply: () => ({ results: plan.changes }),
  plan: () => plan,
  whatIf: () => whatIf,
  workloads: ({ query }) => ({
    workloads: [chat, train].filter(({ name }) => name > (query.after ?? '')),
  }),
  workload: ({ params }) => {
    const workload = [chat, train].find(({ name }) => name === params.name)
    if (!workload) return refuse('not-found', `there is no workload ${params.name}`)
    const isTrain = workload === train
    return {
      workload,
      leases: isTrain ? [lease] : [],
      reasons: isTrain ? [chosen] : [unmet],
      events: isTrain ? [event] : [],
      spec: { kind: workload.kind, name: workload.name, run: 'cd /app\npython train.py\n' },
    }
  },
  why: ({ params }) => ({ name: params.name ?? '', at: now, reasons: plan.reasons, verdicts: [] }),
  deleteWorkload: ({ params }) => ({ name: params.name ?? '', state: 'deleting' }),
  leases: () => ({ leases: [lease] }),
  suppliers: () => ({
    suppliers: [
      { ...supplier, name: 'incumbent', reachable: false, said: 'connect timed out', leases: 0 },
      supplier,
    ],
  }),
  deleteSupplier: () => refuse('conflict', 'rival still holds 1 lease; delete its workload first'),
  policies: () => ({ policies: [{ name: 'frugal', pricePerHourMax: 60_000_000, deny: ['x'] }] }),
  quotas: () => ({
    quotas: [
      {
        ...{ team: 'nlp', cohort: 'research', accelerator: 'H100' },
        ...{ quota: 64, held: 80, borrowed: 16, room: 8 },
      },
    ],
  }),
  offers: () => ({
    offers: [offer, { ...offer, id: 'l40s', accelerator: 'L40S', perNode: 1, stock: 'low' }],
  }),
  events: () => ({ events: [event] }),
  cost: () => ({
    by: 'supplier',
    rows: [
      {
        name: 'rival',
        usage: 81_330_000,
        waste: 0,
        acceleratorMs: 16 * 7_380_000,
        rentals: 1,
        pricePerHourNow: 40_000_000,
      },
    ],
    total: 81_330_000,
    unsure: 0,
    budgets: [],
  }),
  tokens: () => ({
    tokens: [{ name: 'ci', role: 'writer', person: 'ann', createdAt: now, expiresAt: null }],
  }),
  createToken: () => ({
    token: { name: 'ci', role: 'writer', person: 'ci', createdAt: now, expiresAt: null },
    secret: 'sk-once',
  }),
  deleteToken: ({ params }) => ({ name: params.name ?? '' }),
  doctor: () => ({
    checks: [
      { name: 'ledger', ok: true, text: 'embedded, all rows read' },
      { name: 'supplier incumbent', ok: false, text: 'does not answer: connect timed out' },
    ],
  }),
  audit: () => ({
    at: now,
    events: 5_120,
    rentals: 31,
    invariants: [
      { id: 'I1', name: 'no leak', checked: true, faults: 1 },
      { id: 'I2', name: 'no double buy', checked: true, faults: 0 },
      { id: 'I6', name: 'no split brain', checked: false, faults: 0 },
    ],
    violations: [
      {
        invariant: 'I1',
        name: 'no leak',
        text: 'rival has r-17 running since 1769853600000, of nobody',
      },
    ],
    silent: [{ supplier: 'incumbent', said: 'connect timed out' }],
  }),
  logs: ({ query }) => {
    const text = 'step 1\nstep 2\n'
    const offset = Number(query.offset ?? 0)
    const rest = text.slice(offset)
    return { run: 'train.0', epoch: 2, rank: 0, offset, next: text.length, text: rest, over: true }
  },
}
