/**
 * The replicas of every service as the gateway knows them, and which one shall be asked next.
 *
 * Health here is what requests met: a replica that failed one is out for a while, twice as long
 * each time, and comes back when a single request has gone well. Talks to nobody.
 */
import type { RouteView } from '../../api/wire.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Settings } from '../settings.ts'

export interface Replica {
  readonly run: string
  readonly lease: string
  readonly supplier: string
  readonly url: URL
  draining: boolean
  /** What is under way here; each can be ended from outside, with a reason. */
  readonly stays: Set<(why: string) => void>
  /** Whether any byte came from here since somebody last looked. */
  heard: boolean
  failures: number
  outUntilMs: number
  /** One request is finding out whether the replica is well again. */
  probed: boolean
}

/** One request at one replica. */
export interface Stay {
  /** Null where the replica answered as a healthy one does; else what it did instead. */
  judge(fault: string | null): void
  leave(): void
}

export interface Wait {
  readonly service: string
  readonly durationMs: number
  readonly signal: AbortSignal
}

export interface Fleet {
  update(routes: readonly RouteView[]): void
  /** False until routes came from anywhere; until then nobody can say which services exist. */
  isKnown(): boolean
  has(service: string): boolean
  services(): readonly string[]
  replicas(service: string): readonly Replica[]
  isReady(replica: Replica): boolean
  /** The best replica for a request that these have failed already; enter it at once. */
  choose(service: string, failed: readonly Replica[]): Replica | null
  enter(replica: Replica, end: (why: string) => void): Stay
  /** Where requests are, whether or not the control plane still lists it. */
  busy(): readonly Replica[]
  /** Returns when a replica may have become ready, the time is over or the signal fires. */
  wait(wait: Wait): Promise<void>
}

interface Pool {
  replicas: readonly Replica[]
  turn: number
}

export interface FleetOptions {
  readonly clock: Clock
  readonly settings: Pick<Settings, 'backOffMs' | 'backOffMsMax'>
  readonly log: (level: 'info' | 'warn', text: string) => void
}

export function fleet({ clock, settings, log }: FleetOptions): Fleet {
  let pools = new Map<string, Pool>()
  let isKnown = false
  const busy = new Set<Replica>()
  const sleepers = new Set<() => void>()

  const wake = () => {
    for (const sleeper of sleepers) sleeper()
    sleepers.clear()
  }
  const isReady = ({ draining, failures, probed, outUntilMs }: Replica) =>
    !draining && (failures === 0 || (!probed && clock.steadyMs() >= outUntilMs))

  const note = (replica: Replica, fault: string | null) => {
    const name = `${replica.run} at ${replica.supplier}/${replica.lease}`
    if (fault === null) {
      if (replica.failures > 0) log('info', `${name} is back`)
      replica.failures = 0
      return
    }
    if (replica.failures === 0) log('warn', `${name} is out: ${fault}`)
    const outMs = Math.min(settings.backOffMs * 2 ** replica.failures, settings.backOffMsMax)
    replica.outUntilMs = clock.steadyMs() + outMs
    replica.failures += 1
  }

  return {
    update(routes) {
      const before = pools
      pools = new Map(
        routes.map(({ service, replicas }) => {
          const old = before.get(service)
          const known = new Map(old?.replicas.map((replica) => [keyOf(replica), replica]))
          const now = replicas.flatMap((view) => {
            const replica = known.get(keyOf(view)) ?? newReplica(view)
            if (replica) replica.draining = view.draining
            else log('warn', `${service}: ${view.run} has the address ${view.url}; expected a URL`)
            return replica ?? []
          })
          return [service, { replicas: now, turn: old?.turn ?? 0 }]
        }),
      )
      isKnown = true
      wake()
    },
    isKnown: () => isKnown,
    has: (service) => pools.has(service),
    services: () => [...pools.keys()],
    replicas: (service) => pools.get(service)?.replicas ?? [],
    isReady,
    choose(service, failed) {
      const pool = pools.get(service)
      return pool ? best(pool, failed, isReady) : null
    },
    enter(replica, end) {
      const isProbe = replica.failures > 0
      if (isProbe) replica.probed = true
      replica.stays.add(end)
      busy.add(replica)
      let isOpen = isProbe
      const closeProbe = () => {
        if (!isOpen) return
        isOpen = false
        replica.probed = false
        wake()
      }
      return {
        judge(fault) {
          // What began before the replica went out proves nothing about it now.
          if (isProbe || replica.failures === 0) note(replica, fault)
          closeProbe()
        },
        leave() {
          replica.stays.delete(end)
          if (replica.stays.size === 0) busy.delete(replica)
          closeProbe()
        },
      }
    },
    busy: () => [...busy],
    async wait({ service, durationMs, signal }) {
      const now = clock.steadyMs()
      const backs = (pools.get(service)?.replicas ?? [])
        .filter(({ draining, probed, failures }) => !draining && !probed && failures > 0)
        .map(({ outUntilMs }) => Math.max(1, outUntilMs - now))
      const woken = new AbortController()
      const sleeper = () => woken.abort()
      sleepers.add(sleeper)
      const until = AbortSignal.any([signal, woken.signal])
      await clock.sleep(Math.ceil(Math.min(durationMs, ...backs)), until)
      sleepers.delete(sleeper)
    },
  }
}

/** One that has not failed this request; then of another supplier; then the least busy. */
function best(
  pool: Pool,
  failed: readonly Replica[],
  isReady: (replica: Replica) => boolean,
): Replica | null {
  const { replicas } = pool
  pool.turn = (pool.turn + 1) % Math.max(1, replicas.length)
  const suppliers = failed.map(({ supplier }) => supplier)
  const costOf = (replica: Replica) =>
    (failed.includes(replica) ? 2e9 : 0) +
    (suppliers.includes(replica.supplier) ? 1e9 : 0) +
    replica.stays.size
  let found: Replica | null = null
  let cost = Number.POSITIVE_INFINITY
  for (let step = 0; step < replicas.length; step++) {
    // The search begins elsewhere each time, so that equals take turns.
    const replica = replicas[(pool.turn + step) % replicas.length] as Replica
    if (!isReady(replica) || costOf(replica) >= cost) continue
    found = replica
    cost = costOf(replica)
  }
  return found
}

type ReplicaView = RouteView['replicas'][number]

function keyOf({ run, lease, url }: Pick<ReplicaView, 'run' | 'lease'> & { url: string | URL }) {
  const href = typeof url === 'string' ? (URL.parse(url)?.href ?? url) : url.href
  return `${run} ${lease} ${href}`
}

function newReplica({ run, lease, supplier, url: text, draining }: ReplicaView): Replica | null {
  const url = URL.parse(text)
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return null
  const health = { failures: 0, outUntilMs: 0, probed: false, heard: false }
  return { run, lease, supplier, url, draining, stays: new Set(), ...health }
}
