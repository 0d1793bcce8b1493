/**
 * How long 15,000 jobs of 30 teams wait under quotas, and how much CPU time it takes to admit them:
 * the generator of Kueue's own performance test against our loop, API path and quotas.
 *
 * Protocol: 5 cohorts of 6 teams, each with a quota of 20 and up to 100 to borrow. Each team
 * submits 350 jobs of 1 accelerator every 100 ms, 100 of 5 every 500 ms and 50 of 20 every 1.2 s,
 * with priorities 50, 100 and 200. The world is simulated, with nothing going wrong in it: calls
 * take 1 to 20 ms, machines boot within 5 ms and end within half a second of their release; every
 * job rents a machine of its own and gives it back. Jobs run for a second, the least that a
 * simulated machine does, where Kueue's run for 0.2, 0.5 and 1 s. Times are virtual; the CPU time
 * is real, and that of the simulated machines and suppliers is in it. Kueue's figures are those
 * that its maintainers published, on their own machine: mean time until admission, and until all
 * is done.
 *
 * The control plane's clock shows what it computed for its calls as well, so that its loop rests in
 * proportion, as it does outside. So no two runs are quite the same.
 */
import type { Spec } from '../src/core/domain/spec.ts'
import type { Quota } from '../src/core/domain/supplier.ts'
import type { Job } from '../src/core/domain/workload.ts'
import type { Settings } from '../src/operate/settings.ts'
import type { Kernel } from '../src/sim/engine/kernel.ts'
import { policyOf } from '../src/sim/swarm.ts'
import { noTrouble } from '../src/sim/trouble.ts'
import { type ShopPlan, type World, worldOf } from '../src/sim/world.ts'
import { type Table, tenths } from './table.ts'

export const name = 'admission'

const second = 1_000

const classes = [
  { name: 'large', count: 50, everyMs: 1_200, priority: 200, size: 20, kueue: 6.67 },
  { name: 'medium', count: 100, everyMs: 500, priority: 100, size: 5, kueue: 76.8 },
  { name: 'small', count: 350, everyMs: 100, priority: 50, size: 1, kueue: 215.5 },
] as const

const kueueSeconds = 351
const goalSeconds = 120

const teams = [0, 1, 2, 3, 4].flatMap((cohort) =>
  [0, 1, 2, 3, 4, 5].map((queue) => ({ team: `c${cohort}-q${queue}`, cohort: `c${cohort}` })),
)
const quotas: readonly Quota[] = teams.map((each) => {
  return { ...each, accelerator: 'CPU', count: 20, borrow: 100 }
})

const shops: readonly ShopPlan[] = [
  {
    name: 'acme',
    terms: { class: 'A', listLagMs: 0, offers: classes.map(({ size }) => offerOf(size)) },
    promises: { class: 'A', lateEffectMs: 30 * second, listLagMs: 0 },
    skewMs: 0,
    bootMs: [1, 5],
  },
]

function offerOf(size: number) {
  const goods = {
    id: `cpu-${size}`,
    accelerator: 'CPU',
    perNode: size,
    market: 'on-demand',
  } as const
  return { ...goods, pricePerHour: size * 1_000_000, nodes: 1_000_000 }
}

const settings: Settings = {
  serverUrl: 'http://plant',
  tickMs: second,
  listEveryMs: 2 * second,
  quoteEveryMs: 60 * second,
  askDeadlineMs: 10 * second,
  callDeadlineMs: 30 * second,
  leadershipMs: 30 * second,
  grantMs: 600 * second,
  beatMs: 250,
  deadManMs: 3_600 * second,
  silentMs: 120 * second,
  bootTimeoutMs: 600 * second,
  giveUpMs: 600 * second,
}

function jobOf(team: string, id: string, size: number, priority: number): Job {
  return {
    ...{ kind: 'Job', name: id, generation: 0, revision: 0, team, priority, setup: null, envs: {} },
    ...{ markets: ['on-demand'], pricePerHourMax: null, suppliers: null, run: 'work 1' },
    resources: [{ accelerator: 'CPU', perNode: size, nodes: 1, throughput: null }],
    retryCount: 0,
    checkpoint: null,
  }
}

/** When each job was submitted, by its name. */
function submitAll({ kernel, people, suppliers }: World): ReadonlyMap<string, number> {
  const submittedAt = new Map<string, number>()
  const apply = (...specs: Spec[]) => people.apply(...specs).catch(() => {})
  apply({ kind: 'Policy', spec: { ...policyOf(null), quotas } })
  apply(...suppliers.map((spec): Spec => ({ kind: 'Supplier', spec })))
  for (const { team } of teams) {
    for (const { name: kind, count, everyMs, priority, size } of classes) {
      for (let index = 0; index < count; index += 1) {
        const job = jobOf(team, `${team}-${kind}-${index}`, size, priority)
        kernel.after(5 * second + index * everyMs, () => {
          submittedAt.set(job.name, kernel.now())
          apply({ kind: 'Job', spec: job })
        })
      }
    }
  }
  return submittedAt
}

/** Told of each call of a control plane; sums what it computed between two of them. */
function stopwatch(kernel: () => Kernel) {
  let [event, spentMs, computedMs] = [-1, 0, 0]
  return {
    computedMs: () => computedMs,
    note(): boolean {
      const { user, system } = process.cpuUsage()
      const nowMs = (user + system) / 1e3
      // What lies between two calls in one event is all its own.
      if (kernel().count() === event) computedMs += nowMs - spentMs
      ;[event, spentMs] = [kernel().count(), nowMs]
      return false
    },
  }
}

export async function run(): Promise<Table> {
  const manners = { ...noTrouble.manners, endsWithinMs: 501 }
  const watch = stopwatch(() => world.kernel)
  const world: World = worldOf({
    onBoundary: watch.note,
    ...{ seed: 'admission', startAt: 1_800_000_000_000, shops, plants: 1, upgrades: false },
    settings,
    trouble: { ...noTrouble, manners },
  })
  for (const { process: own } of world.plants()) {
    const { steadyMs } = own
    own.steadyMs = () => steadyMs() + watch.computedMs()
  }
  const submittedAt = submitAll(world)
  const waits = new Map<string, number[]>(classes.map((each) => [each.name, []]))
  let left = teams.length * classes.reduce((sum, { count }) => sum + count, 0)
  const all = left
  const startAt = world.kernel.now() + 5 * second
  let lastAt = startAt
  world.listeners.push(({ kind, workload, at }) => {
    const [, , kindOfJob = ''] = (workload ?? '').split('-')
    const from = submittedAt.get(workload ?? '')
    if (kind === 'run.started' && from !== undefined) waits.get(kindOfJob)?.push(at - from)
    if (kind !== 'workload.ended') return
    left -= 1
    lastAt = at
  })
  const before = process.cpuUsage()
  while (left > 0) await world.kernel.run(world.kernel.now() + 5 * second)
  const { user, system } = process.cpuUsage(before)
  const virtual = (lastAt - startAt) / second
  const own = watch.computedMs() / second
  return tableOf({ all, waits, virtual, cpu: (user + system) / 1e6, own })
}

interface Measured {
  readonly all: number
  readonly waits: ReadonlyMap<string, readonly number[]>
  readonly virtual: number
  readonly cpu: number
  /** Of it what the control plane computed between its calls. */
  readonly own: number
}

function tableOf({ all, waits, virtual, cpu, own }: Measured): Table {
  const rows = classes.map(({ name: kind, kueue }) => {
    const each = waits.get(kind) ?? []
    const mean = each.reduce((sum, ms) => sum + ms, 0) / each.length / second
    return [`${kind}: seconds until admitted, mean`, tenths(mean), kueue, ratio(mean, kueue)]
  })
  return {
    title: `admission: ${all} jobs of ${teams.length} teams under quotas`,
    columns: ['', 'Calumet', 'Kueue, published', '÷'],
    rows: [
      ...rows,
      [
        'seconds until the last was done',
        tenths(virtual),
        kueueSeconds,
        ratio(virtual, kueueSeconds),
      ],
      ['jobs a second', tenths(all / virtual), 42.7, ratio(all / virtual, 42.7)],
      [`CPU seconds, goal ${goalSeconds}`, tenths(cpu), '–', ratio(cpu, goalSeconds)],
      ['of these the control plane between its calls', tenths(own), '–', ratio(own, goalSeconds)],
    ],
    note: 'Virtual seconds in a simulated world; CPU seconds are real. The last ÷ is to the goal.',
  }
}

const ratio = (one: number, other: number): string => (one / other).toFixed(2)
