/**
 * Scenarios as people write them, and what they mean. Whether the workloads that one names exist is
 * not judged here: they stand in documents of their own.
 */
import { z } from 'zod'
import { formatDay } from '../../core/domain/day.ts'
import { formatDuration } from '../../core/domain/time.ts'
import { accelerators } from '../../core/spec/accelerators.ts'
import { moment as date } from '../../core/spec/contract/field.ts'
import { choice, duration, map, name, text, usdPerHour, whole } from '../../core/spec/field.ts'
import { type Kind, kind, type Meant } from '../../core/spec/kinds.ts'
import { nearest } from '../../core/spec/words.ts'
import type { Canonical } from '../../core/spec/workload.ts'
import type { Goods, RandomTrouble, Scenario } from './scenario.ts'
import {
  afterStart,
  happeningOf,
  line,
  longestMs,
  offerName,
  rate,
  share,
  span,
  timelineShape,
} from './timeline.ts'

const [secondMs, minuteMs, dayMs] = [1_000, 60_000, 86_400_000]
const yearMs = 366 * dayMs
/** A Monday. */
const usualStart = Date.UTC(2030, 0, 7)
/** A turn costs a millisecond or two: these take minutes, and more of them nobody would await. */
const turnsMax = (92 * dayMs) / minuteMs

/** Names of workloads → what is said of each. */
function byName<T extends z.ZodType>(expected: string, value: T) {
  return z.record(z.string(), value, { error: expected })
}

const offer = map('an offer', {
  id: text('small letters, digits, dots and dashes', /^[a-z0-9][a-z0-9.-]{0,62}$/),
  accelerators: accelerators.describe('Accelerators in each node'),
  market: choice(['on-demand', 'spot']).prefault('on-demand'),
  price_per_hour: usdPerHour.describe('Dollars for one node'),
  nodes: whole(0, 100_000).describe('How many there are'),
})

const supplier = map('a supplier', {
  name,
  class: choice(['A', 'B', 'C']).prefault('A').describe('What a repeated key does'),
  region: line.optional(),
  boot_delay: span.prefault('2m').describe('From the sale until a machine is up'),
  late_effect: span.prefault('60s').describe('How late an order may still be carried out'),
  list_lag: span.prefault('10s').describe('How long a new rental stays out of the listing'),
  spot_notice: span.prefault('30s').describe('Before spot capacity is taken back'),
  offers: z
    .array(offer, { error: 'a list of offers' })
    .min(1, 'at least one offer')
    .superRefine((list, context) => unique(list, 'id', context)),
})

const columns = ['at', 'offer', 'nodes', 'price_per_hour'] as const
const trace = map('a map with file', {
  file: line.describe('A CSV file, found beside the scenario'),
  offer: offerName.optional().describe('The offer of all rows; else a column names it'),
  columns: map(
    'a map with at, offer, nodes and price_per_hour',
    Object.fromEntries(columns.map((each) => [each, line.prefault(each)])) as Record<
      (typeof columns)[number],
      z.ZodPrefault<typeof line>
    >,
  ).prefault({}),
  where: byName('a map of columns to values', line).prefault({}),
})

const every = duration(minuteMs, yearMs).optional()
const trouble = map('a map of kinds of trouble', {
  supplier_outage_every: every.describe('A supplier does not answer for some minutes'),
  machine_failure_every: every.describe('A machine loses its power'),
  work_failure_every: every.describe('A rank ends by itself, with a failure'),
  control_plane_kill_every: every.describe('kill -9, and another start within minutes'),
  refusals: share.optional().describe('Purchases that are refused though there is stock'),
  lost_answers: share.optional().describe('Answers of suppliers that get lost on the way'),
})

const scenarioShape = map('a scenario', {
  kind: z.literal('Scenario').describe('A market, and what is to happen in it'),
  name,
  start: date.optional().describe('The day on which it begins, for contracts; 2030-01-07 else'),
  duration: duration(minuteMs, longestMs).describe('How long it is played'),
  turn_every: duration(minuteMs, dayMs / 4)
    .prefault('1m')
    .describe('How often the control plane looks: a long scenario needs it less often'),
  suppliers: z
    .array(supplier, { error: 'a list of suppliers' })
    .min(1, 'at least one supplier')
    .max(100, 'at most 100 suppliers')
    .superRefine((list, context) => unique(list, 'name', context)),
  work: byName('a map of jobs to durations', duration(secondMs, yearMs)).prefault({}),
  load: byName('a map of services to requests per second', rate).prefault({}),
  timeline: timelineShape.prefault([]),
  traces: z.array(trace, { error: 'a list of traces' }).max(100, 'at most 100').prefault([]),
  trouble: trouble.prefault({}),
}).superRefine((scenario, context) => {
  const { suppliers, timeline, traces } = scenario
  const say = (message: string, path: Place, params = {}) => {
    context.addIssue({ code: 'custom', message, path: [...path], params })
  }
  const offers = suppliers.flatMap((each) => each.offers.map(({ id }) => `${each.name}/${id}`))
  const names = suppliers.map((each) => each.name)
  const known = (value: string, right: readonly string[], path: Place) => {
    if (right.includes(value)) return
    say(`one of ${right.join(', ')}`, path, { meant: nearest(value, right) })
  }
  const { start = usualStart, duration: durationMs, turn_every: everyMs } = scenario
  if (durationMs > turnsMax * everyMs) say(tooLong(durationMs, everyMs), ['duration'])
  timeline.forEach((each, index) => {
    const path = ['timeline', index]
    if ('supplier' in each) known(each.supplier, names, [...path, 'supplier'])
    if ('offer' in each) known(each.offer, offers, [...path, 'offer'])
    const atMs = afterStart(each, start)
    if (atMs >= durationMs) say('a moment before the end of the scenario', [...path, 'at'])
    if (atMs < 0) say(`a moment from its start on, ${formatDay(start)}`, [...path, 'at'])
  })
  traces.forEach((each, index) => {
    if (each.offer !== undefined) known(each.offer, offers, ['traces', index, 'offer'])
  })
})

type Place = readonly (string | number)[]

function tooLong(durationMs: number, everyMs: number): string {
  const needed = formatDuration(Math.ceil(durationMs / turnsMax / minuteMs) * minuteMs)
  const most = `at most ${formatDuration(turnsMax * everyMs)}`
  const turns = `at a turn every ${formatDuration(everyMs)}, which takes minutes`
  return `${most} ${turns}; for more, turn_every: ${needed}`
}

function unique<Key extends string>(
  list: readonly Readonly<Record<Key, string>>[],
  key: Key,
  context: z.RefinementCtx,
): void {
  const values = list.map((each) => each[key])
  values.forEach((value, index) => {
    if (values.indexOf(value) === index) return
    context.addIssue({ code: 'custom', message: `every ${key} once`, path: [index, key] })
  })
}

type Shape = z.infer<typeof scenarioShape>

export interface ScenarioMeant extends Meant {
  readonly kind: 'Scenario'
  readonly spec: Scenario
}

export const scenarioKind: Kind<ScenarioMeant> = kind(scenarioShape, (shape, { canonical }) => {
  return { kind: 'Scenario', spec: scenarioOf(shape, canonical) }
})

function scenarioOf(shape: Shape, canonical: Canonical): Scenario {
  return {
    name: shape.name,
    startAt: shape.start ?? usualStart,
    isDated: shape.start !== undefined,
    durationMs: shape.duration,
    turnEveryMs: shape.turn_every,
    suppliers: shape.suppliers.map((each) => goodsOf(each, canonical)),
    workMs: shape.work,
    load: shape.load,
    timeline: shape.timeline.map((each) => {
      return happeningOf(each, { startAt: shape.start ?? usualStart, suppliers: shape.suppliers })
    }),
    traces: shape.traces.map(({ offer = null, ...rest }) => ({ ...rest, offer })),
    trouble: troubleOf(shape.trouble),
  }
}

function goodsOf(shape: Shape['suppliers'][number], canonical: Canonical): Goods {
  return {
    name: shape.name,
    class: shape.class,
    region: shape.region ?? `${shape.name}-1`,
    bootMs: shape.boot_delay,
    lateEffectMs: shape.late_effect,
    listLagMs: shape.list_lag,
    spotNoticeMs: shape.spot_notice,
    offers: shape.offers.map(({ id, accelerators, market, nodes, price_per_hour }) => ({
      id,
      accelerator: canonical(accelerators.accelerator),
      perNode: accelerators.perNode,
      market,
      pricePerHour: price_per_hour,
      nodes,
    })),
  }
}

function troubleOf(shape: Shape['trouble']): RandomTrouble {
  return {
    supplierOutageEveryMs: shape.supplier_outage_every ?? 0,
    machineFailureEveryMs: shape.machine_failure_every ?? 0,
    workFailureEveryMs: shape.work_failure_every ?? 0,
    controlPlaneKillEveryMs: shape.control_plane_kill_every ?? 0,
    refusals: shape.refusals ?? 0,
    lostAnswers: shape.lost_answers ?? 0,
  }
}
