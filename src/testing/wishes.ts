/**
 * Workloads as they are drawn: `job train H100:8 x2 or A100-80GB:8 x4 priority 50 max $200`.
 *
 * What a line leaves out is filled in plainly. For tests only.
 */
import type {
  Alternative,
  DataSource,
  Job,
  Market,
  WorkloadStatus,
} from '../core/domain/workload.ts'
import type { Settings, Words } from './words.ts'

/** The moment at which every drawn world stands. */
export const drawnNow = 1_000_000_000

const keys =
  'team replicas per spread regions priority max suppliers markets revision submitted deadline ' +
  'work launch saves reads copies carries lasts'

export function readWorkload(line: Words, kind: string): WorkloadStatus {
  const name = line.take('a name')
  const resources = readAlternatives(line)
  const settings = line.settings(keys.split(' '), ['deleting'])
  const [min, max = min] = (settings.text('replicas') ?? '1').split('-').map(Number)
  const wish = {
    name,
    generation: settings.number('revision', 1),
    revision: settings.number('revision', 1),
    priority: settings.number('priority', 50),
    setup: null,
    run: './work',
    envs: {},
    resources,
    markets: (settings.list('markets') ?? ['on-demand', 'spot']) as readonly Market[],
    pricePerHourMax: settings.usd('max'),
    suppliers: settings.list('suppliers'),
    retryCount: 3,
    ...(settings.text('team') !== null && { team: settings.text('team') ?? '' }),
    ...readData(settings),
    ...(settings.text('lasts') !== null && { lastsMs: settings.duration('lasts') ?? 0 }),
  }
  const perReplica = settings.number('per', 0)
  const readiness = { path: '/', periodMs: 1_000, timeoutMs: 1_000, initialDelayMs: 60_000 }
  return {
    spec:
      kind === 'job'
        ? { ...wish, kind: 'Job', ...untilWhen(settings), checkpoint: saving(settings) }
        : {
            ...wish,
            kind: 'Service',
            replicasMin: min ?? 1,
            replicasMax: max ?? 1,
            requestsPerSecondPerReplica: perReplica === 0 ? null : perReplica,
            port: 8000,
            readiness,
            spreadSuppliers: settings.number('spread', 1),
            ...(settings.text('regions') !== null && {
              spreadRegions: settings.number('regions', 1),
            }),
          },
    state: settings.has('deleting') ? 'deleting' : 'active',
    submittedAt: drawnNow - (settings.duration('submitted') ?? 0),
    endedAt: null,
  }
}

/** `reads 40@us`: so many gigabytes an hour from there; `copies 4000@us`: so many once. */
function readData(settings: Settings): { readonly data?: DataSource } {
  const [read, copied] = [settings.text('reads'), settings.text('copies')]
  const [gb, region = ''] = (copied ?? read ?? '').split('@')
  if (region === '') return {}
  const [gbPerHour] = (read ?? '0').split('@')
  return { data: { region, gbPerHour: Number(gbPerHour), ...(copied && { gb: Number(gb) }) } }
}

/** `deadline 10h work 6h launch 12m`: so long after the submission. */
function untilWhen(settings: Settings): Pick<Job, 'deadline'> {
  const [withinMs, workMs] = [settings.duration('deadline'), settings.duration('work')]
  const launchMs = settings.duration('launch')
  if (withinMs === null || workMs === null) return {}
  return { deadline: { withinMs, workMs, ...(launchMs !== null && { launchMs }) } }
}

function saving(settings: Settings): Job['checkpoint'] {
  const everyMs = settings.duration('saves')
  const gb = settings.number('carries', 0)
  return everyMs === null ? null : { dir: '/saved', everyMs, ...(gb > 0 && { gb }) }
}

/** `H100:8 x2 over infiniband gives 12 or A100-80GB:8 x4`. */
export function readAlternatives(line: Words): readonly Alternative[] {
  const [accelerator = '', perNode] = line.take('accelerator:count').split(':')
  const nodes = line.sees(/^x\d+$/) ? Number(line.take('nodes').slice(1)) : 1
  let fabric: string | null = null
  if (line.sees(/^over$/)) {
    line.take('over')
    fabric = line.take('a fabric')
  }
  let throughput: number | null = null
  if (line.sees(/^gives$/)) {
    line.take('gives')
    throughput = Number(line.take('a throughput'))
  }
  const joined = fabric === null ? {} : { fabric }
  const first = { accelerator, perNode: Number(perNode), nodes, throughput, ...joined }
  if (!line.sees(/^or$/)) return [first]
  line.take('or')
  return [first, ...readAlternatives(line)]
}
