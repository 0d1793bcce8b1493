/**
 * Jobs and services as people write them, and what they mean.
 */
import { z } from 'zod'
import { formatDuration } from '../domain/time.ts'
import { dataClasses } from '../domain/trust.ts'
import type {
  Alternative,
  Checkpointing,
  DataSource,
  Deadline,
  Job,
  Market,
  Service,
} from '../domain/workload.ts'
import { type Accelerators, accelerators } from './accelerators.ts'
import { moment, words } from './contract/field.ts'
import { envs } from './envs.ts'
import {
  choice,
  duration,
  field,
  flag,
  map,
  name,
  names,
  positive,
  text,
  usdPerHour,
  whole,
} from './field.ts'
import { utf8Bytes } from './limits.ts'

const [secondMs, hourMs, dayMs] = [1_000, 3_600_000, 86_400_000]

/** Linux takes at most 128 KiB for one argument of a program, and a script is one. */
const scriptBytesMax = 130_000

const script = field({
  expected: 'shell text, at most 130 kB',
  written: { type: 'string' },
  read: (value) => {
    const isScript = typeof value === 'string' && /\S/.test(value)
    return isScript && utf8Bytes(value) <= scriptBytesMax ? value : undefined
  },
  found: (value) => {
    if (typeof value !== 'string') return null
    return /\S/.test(value) ? 'more than 130 kB' : 'an empty text'
  },
})

const fabricPattern = /^[a-z0-9][a-z0-9-]{0,39}$/

const alternative = map('a map with accelerators and nodes', {
  accelerators,
  nodes: whole(1, 10_000).prefault(1).describe('Machines in the gang'),
  fabric: text('a word such as infiniband', fabricPattern)
    .optional()
    .describe('What has to join its machines, as suppliers call it; anything by default'),
  throughput: positive('a number above 0')
    .optional()
    .describe('Useful work of the whole gang per hour; the same unit at every alternative'),
})

const alternativesExpected = 'a map with accelerators and nodes, or a list of such maps'
const alternativesMax = 32

const resources = z
  .union(
    [
      alternative.transform((only) => [only]),
      z
        .array(alternative, { error: alternativesExpected })
        .min(1, 'at least one alternative')
        .max(alternativesMax, `at most ${alternativesMax} alternatives`)
        .superRefine((list, context) => {
          if (list.every((each) => each.throughput === undefined)) return
          list.forEach((each, index) => {
            if (each.throughput !== undefined) return
            const message = 'a throughput, because other alternatives have one'
            context.addIssue({ code: 'custom', message, path: [index, 'throughput'] })
          })
        }),
    ],
    { error: alternativesExpected },
  )
  .describe('One way to run the gang, or a list of alternatives; each has its own nodes')

const markets: Readonly<Record<'on-demand' | 'spot' | 'any', readonly Market[]>> = {
  'on-demand': ['on-demand'],
  spot: ['spot'],
  any: ['on-demand', 'spot'],
}

const common = {
  name: name.describe('Unique among jobs and services'),
  priority: whole(0, 100).prefault(50).describe('A higher one is planned first'),
  setup: script.optional().describe('Shell text that every rank runs before run'),
  run: script.describe('Shell text that every rank runs, by /bin/sh -c'),
  envs: envs.prefault({}),
  resources,
  market: choice(['on-demand', 'spot', 'any'])
    .prefault('on-demand')
    .describe('spot is cheaper, and the supplier may take it back'),
  max_price: usdPerHour.optional().describe('Dollars per hour for one gang; none by default'),
  suppliers: names.optional().describe('The suppliers that may be used; all by default'),
  retries: whole(0, 1_000)
    .prefault(3)
    .describe('How often a gang that failed by itself is started again'),
  product: name.optional().describe('What it trains or serves, as contracts name it'),
  team: name.optional().describe('Whose it is: who pays, and whose budget holds'),
  lasts: duration(60_000, 366 * dayMs)
    .optional()
    .describe('How long it is expected to work: what is paid once is weighed over it; a day'),
  data: map('a map with region, and gb or gb_per_hour', {
    region: text('a region as suppliers name it', /^\S+$/),
    gb: positive('a number above 0')
      .optional()
      .describe('Gigabytes that are copied once to wherever a gang starts'),
    gb_per_hour: positive('a number above 0')
      .optional()
      .describe('Gigabytes that each gang reads an hour as it works'),
    class: choice(dataClasses)
      .optional()
      .describe('Its own class, where that is not data_class; both are asked then'),
  })
    .refine(({ gb, gb_per_hour }) => gb !== undefined || gb_per_hour !== undefined, {
      message: 'gb, which is copied once, or gb_per_hour, which is read all the time',
    })
    .optional()
    .describe('Where its data lies; what reading it elsewhere costs says egress in the policy'),
  end_users: words.optional().describe('Whom it serves in the end, as contracts name them'),
  data_class: choice(dataClasses)
    .optional()
    .describe('Of its data: public, internal, customers’, served weights, unreleased, frontier'),
}

const deadline = map('a map with work, and at or within', {
  at: moment.optional().describe('A day or a moment'),
  within: duration(60_000, 366 * dayMs)
    .optional()
    .describe('So long after the submission'),
  work: duration(60_000, 366 * dayMs).describe(
    'How long it works on the first of its resources, if nothing interrupts it',
  ),
  launch: duration(0, dayMs)
    .optional()
    .describe('Lost at each launch before work goes on: boot, setup, loading; 5m by default'),
}).superRefine(({ at, within, work }, context) => {
  if ((at === undefined) === (within === undefined)) {
    const message = 'either at, a moment, or within, a duration'
    context.addIssue({ code: 'custom', message, path: [] })
  } else if (within !== undefined && within < work) {
    const message = `at least as long as its work, ${formatDuration(work)}`
    context.addIssue({ code: 'custom', message, path: ['within'] })
  }
})

export const jobShape = map('a job', {
  kind: z.literal('Job').describe('A gang that trains and ends'),
  ...common,
  checkpoint: map('a map with dir and every', {
    dir: text(
      'a path from / or a URI, which every supplier can reach',
      /^(\/|[a-z][a-z0-9+.-]*:)\S*$/,
    ).describe('A path or URI that the machines of every supplier can reach'),
    every: duration(secondMs, dayMs).prefault('5m').describe('How often the job shall save'),
    gb: positive('a number above 0')
      .optional()
      .describe('Gigabytes that a move to another region carries; none by default'),
    even_steps: flag
      .optional()
      .describe('Whether a step is the same work on every alternative; false by default'),
  })
    .optional()
    .describe('Where the job saves, so that it goes on elsewhere from where it was'),
  deadline: deadline.optional().describe('Until when it shall be done, at least cost'),
})

const replicasMax = 1_000
const replicasExpected = `1 to ${replicasMax} replicas such as 2, "1..4" or {min: 1, max: 4}`

const replicasInShort = field({
  expected: replicasExpected,
  written: {
    anyOf: [
      { type: 'integer', minimum: 1 },
      { type: 'string', pattern: '^\\d+\\.\\.\\d+$' },
    ],
  },
  read: (value) => {
    const match = typeof value === 'string' ? /^(\d{1,4})\.\.(\d{1,4})$/.exec(value) : null
    const [min, max] = match ? [Number(match[1]), Number(match[2])] : [value, value]
    return isReplicas(min) && isReplicas(max) && min <= max ? { min, max } : undefined
  },
  meant: (value) => {
    const match = typeof value === 'string' ? /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(value) : null
    if (!match) return null
    return match[2] === undefined ? `${match[1]}` : `${match[1]}..${match[2]}`
  },
})

function isReplicas(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= replicasMax
}

const replicas = z
  .union(
    [
      replicasInShort,
      map(replicasExpected, { min: whole(1, replicasMax), max: whole(1, replicasMax) }).refine(
        ({ min, max }) => min <= max,
        { message: 'a max that is not below min', path: ['max'] },
      ),
    ],
    { error: replicasExpected },
  )
  .describe('How many replicas: 2, "1..4" or {min: 1, max: 4}')

export const serviceShape = map('a service', {
  kind: z.literal('Service').describe('Replicas that stay up and answer'),
  ...common,
  replicas: replicas.prefault(1),
  port: whole(1, 65_535).prefault(8_000).describe('Where a replica listens; it is told in PORT'),
  readiness: map('a map with path, period, timeout and initial_delay', {
    path: text('a path that begins with /', /^\/[\x21-\x7e]{0,500}$/).prefault('/health'),
    period: duration(100, hourMs).prefault('2s').describe('How often a replica is asked'),
    timeout: duration(10, hourMs).prefault('1s').describe('How long an answer may take'),
    initial_delay: duration(0, dayMs)
      .prefault('5m')
      .describe('How long a replica may take from its start to its first good answer'),
  })
    .prefault({})
    .describe('A replica gets requests once it answers here with 2xx'),
  spread: map('a map with suppliers and regions', {
    suppliers: whole(1, 100)
      .optional()
      .describe('2 by default where there are at least 2 replicas, else 1'),
    regions: whole(1, 100).optional().describe('1 by default; regions are compared by name'),
  })
    .optional()
    .describe('Over how many suppliers, and how many regions, the replicas are spread'),
  scale: map('a map with requests_per_second', {
    requests_per_second: positive('a number above 0').describe(
      'What one replica is meant to carry',
    ),
  })
    .optional()
    .describe('When to have more replicas than the least; never by default'),
})

export type JobShape = z.infer<typeof jobShape>
export type ServiceShape = z.infer<typeof serviceShape>

/** The domain's own name of an accelerator. */
export type Canonical = (accelerator: string) => string

export interface Names {
  readonly canonical: Canonical
  /** The chips that a name such as `tpu-v5p-8` stands for; null where it is no slice. */
  readonly sliceOf?: (name: string) => Slice | null
}

export interface Slice {
  readonly accelerator: string
  readonly chips: number
}

export function jobOf(shape: JobShape, names: Names): Job {
  const { checkpoint, deadline: by } = shape
  return {
    kind: 'Job',
    ...commonOf(shape, names),
    checkpoint: checkpoint ? savingOf(checkpoint) : null,
    ...(by && { deadline: deadlineOf(by) }),
  }
}

function savingOf(shape: NonNullable<JobShape['checkpoint']>): Checkpointing {
  const { dir, every, gb, even_steps: evenSteps } = shape
  return {
    dir,
    everyMs: every,
    ...(gb !== undefined && { gb }),
    ...(evenSteps !== undefined && { evenSteps }),
  }
}

function deadlineOf(shape: z.infer<typeof deadline>): Deadline {
  const { at, within = 0, work: workMs, launch: launchMs } = shape
  const work = { workMs, ...(launchMs !== undefined && { launchMs }) }
  return at === undefined ? { withinMs: within, ...work } : { at, ...work }
}

export function serviceOf(shape: ServiceShape, names: Names): Service {
  const { replicas, port, readiness, spread, scale } = shape
  return {
    kind: 'Service',
    ...commonOf(shape, names),
    replicasMin: replicas.min,
    replicasMax: replicas.max,
    requestsPerSecondPerReplica: scale?.requests_per_second ?? null,
    port,
    readiness: {
      path: readiness.path,
      periodMs: readiness.period,
      timeoutMs: readiness.timeout,
      initialDelayMs: readiness.initial_delay,
    },
    spreadSuppliers: spread?.suppliers ?? Math.min(2, replicas.min),
    ...(spread?.regions !== undefined && { spreadRegions: spread.regions }),
  }
}

function commonOf(shape: JobShape | ServiceShape, names: Names) {
  return {
    name: shape.name,
    generation: 0,
    revision: 0,
    priority: shape.priority,
    setup: shape.setup ?? null,
    run: shape.run,
    envs: shape.envs,
    resources: shape.resources.map(({ accelerators, nodes, fabric, throughput }): Alternative => {
      const joined = fabric === undefined ? {} : { fabric }
      return { ...chipsOf(accelerators, names), nodes, throughput: throughput ?? null, ...joined }
    }),
    markets: markets[shape.market],
    pricePerHourMax: shape.max_price ?? null,
    suppliers: shape.suppliers ?? null,
    retryCount: shape.retries,
    ...(shape.product !== undefined && { product: shape.product }),
    ...(shape.end_users !== undefined && { endUsers: shape.end_users }),
    ...(shape.team !== undefined && { team: shape.team }),
    ...(shape.data_class !== undefined && { dataClass: shape.data_class }),
    ...(shape.data && { data: dataOf(shape.data) }),
    ...(shape.lasts !== undefined && { lastsMs: shape.lasts }),
  }
}

function dataOf(shape: NonNullable<JobShape['data']>): DataSource {
  const { region, gb, gb_per_hour, class: dataClass } = shape
  return {
    ...{ region, gbPerHour: gb_per_hour ?? 0 },
    ...(gb !== undefined && { gb }),
    ...(dataClass !== undefined && { dataClass }),
  }
}

/** A slice is a node with all of its chips. */
function chipsOf({ accelerator, perNode }: Accelerators, { canonical, sliceOf }: Names) {
  const slice = sliceOf?.(accelerator)
  if (slice) return { accelerator: slice.accelerator, perNode: slice.chips }
  return { accelerator: canonical(accelerator), perNode }
}
