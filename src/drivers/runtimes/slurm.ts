/**
 * The runtime of Slurm clusters: tells each lease’s batch job what to run, and speaks at the
 * agents’ desk for nodes that have no agent.
 *
 * What it hears from the desk it writes into the cluster's spool, and what it finds there it
 * reports. It decides nothing, and while it is away everything goes on.
 */
import { randomUUID } from 'node:crypto'
import type { Lease } from '../../core/domain/lease.ts'
import type { RankWork } from '../../core/domain/run.ts'
import type { SupplierSpec } from '../../core/domain/supplier.ts'
import type { Clock, Keys } from '../../ports/clock.ts'
import type { Ledger, RowQuery } from '../../ports/ledger.ts'
import type { AgentDesk } from '../../ports/runtime.ts'
import type { Shell } from '../../ports/shell.ts'
import { type AgentSync, CheckpointCommit } from '../../protocol/agent.ts'
import { orders, rankSaid } from './slurm/orders.ts'
import { probes } from './slurm/probes.ts'
import { shipping } from './slurm/shipping.ts'
import { type LeaseFolder, type Spool, spool } from './slurm/spool.ts'

export { batchScript } from './slurm/script.ts'

export interface SlurmRuntime {
  /** Until the signal fires. */
  run(signal: AbortSignal): Promise<void>
  /** The ledger has changed: there may be something to tell. */
  wake(): void
}

export interface SlurmRuntimeOptions {
  readonly ledger: Ledger
  readonly desk: AgentDesk
  readonly keys: Keys
  readonly clock: Clock
  readonly settings: { readonly beatMs: number; readonly deadManMs: number }
  /** Where its spool is seen; null for a supplier that is no Slurm cluster. */
  readonly shellOf: (spec: SupplierSpec) => Shell | null
  /** Whether this control plane leads: only one may tell a cluster what to do. */
  readonly leads: () => boolean
  readonly log: (level: 'info' | 'warn' | 'error', text: string) => void
}

/** A cluster, with the leases that are held there. */
interface Site {
  readonly name: string
  readonly spool: Spool
  readonly leases: readonly Lease[]
}

export function slurmRuntime(options: SlurmRuntimeOptions): SlurmRuntime {
  const { ledger, desk, keys, clock, settings, shellOf, leads, log } = options
  const self = randomUUID().slice(0, 8)
  const shipped = shipping(desk)
  const beats = new Map<string, { readonly beat: string; readonly atMs: number }>()
  const told = new Map<string, RankWork>()
  const committed = new Map<string, string>()
  const doomed = new Set<string>()
  const said = new Map<string, string>()
  let sleeper = new AbortController()
  let isWoken = false
  const wake = () => {
    isWoken = true
    sleeper.abort()
  }
  const replicas = probes(clock, wake)

  /** A job that nobody sees runs on all the same; a replica that nobody sees serves nobody. */
  async function vouch(lease: Lease): Promise<void> {
    const status = await ledger.get('workload', lease.workload)
    if (status?.body.spec.kind !== 'Job') return
    const rows = await ledger.list('node', { after: `${lease.id}/`, limit: lease.nodes })
    for (const { body } of rows.filter((row) => row.body.lease === lease.id)) {
      const { index, machine, address, ports } = body
      const ranks = body.ranks.map(({ lease: _, ...rank }) => rank)
      await report(lease, index, { machine, address, ports, ranks })
    }
  }

  async function report(
    { key }: Lease,
    index: number,
    what: Pick<AgentSync, 'machine' | 'address' | 'ports' | 'ranks'>,
  ): Promise<RankWork | null> {
    const who = { key, secret: keys.secretOf(key), index }
    const sent = { boot: self, atMicros: Math.floor(clock.steadyMs() * 1_000) }
    const answer = await desk.sync(who, { ...what, sent, waitMs: 0, workSeen: null })
    return answer.outcome === 'ok' ? (answer.value.work[0] ?? null) : null
  }

  function isBeating(key: string, { beat }: LeaseFolder): boolean {
    const last = beats.get(key)
    const now = clock.steadyMs()
    if (last?.beat === beat) return now - last.atMs < beatingMs
    beats.set(key, { beat, atMs: now })
    return beat !== ''
  }

  async function tend(lease: Lease, folder: LeaseFolder, { spool }: Site): Promise<void> {
    const { key, id } = lease
    const isWhole = folder.nodes.length === lease.nodes
    if (!isWhole || !isBeating(key, folder)) return
    const run = (await ledger.get('run', lease.run))?.body ?? null
    const replica = `${id} ${run?.epoch}`
    const works: (RankWork | null)[] = []
    for (const { index, machine, address, ports } of folder.nodes) {
      const probe = index === 0 ? told.get(replica)?.probe : null
      const endpoint = probe ? replicas.endpoint(replica, address, probe) : null
      const ranks = [...rankSaid(lease, run, folder, index, endpoint)]
      works.push(await report(lease, index, { machine, address, ports, ranks }))
    }
    const [first] = works
    if (first) tell(lease, first)
    if (replicas.isUnanswering(replica)) doomed.add(replica)
    const wanted = works.map((work) => (work && doomed.has(`${id} ${work.epoch}`) ? null : work))
    const pulse = `${self}.${Math.floor((4 * clock.steadyMs()) / settings.deadManMs)}`
    const files = orders(lease, run, folder, wanted, pulse)
    if (files.length > 0) await spool.write(key, files)
    await commit(lease, folder, spool)
  }

  function tell({ id }: Lease, work: RankWork): void {
    const name = `${id} ${work.epoch}`
    if (!told.has(name)) forgetTold(id)
    told.set(name, work)
    replicas.keep(new Set(told.keys()))
  }

  function forgetTold(lease: string): void {
    for (const name of told.keys()) if (name.startsWith(`${lease} `)) told.delete(name)
  }

  /** Answers beside the checkpoint, so that a rank knows whether it counts. */
  async function commit(lease: Lease, { ranks }: LeaseFolder, { write }: Spool): Promise<void> {
    for (const { epoch, rank, checkpoint } of ranks) {
      const name = `${lease.id} ${epoch}.${rank}`
      if (checkpoint === null || committed.get(name) === checkpoint) continue
      const { data } = CheckpointCommit.safeParse({
        ...fieldsOf(checkpoint),
        run: lease.run,
        epoch,
      })
      const who = { key: lease.key, secret: keys.secretOf(lease.key), index: rank }
      if (data) {
        const { outcome } = await desk.commitCheckpoint(who, data)
        const answer = `${data.step} ${outcome === 'ok' ? 'accepted' : 'refused'}\n`
        await write(lease.key, [[`e${epoch}.r${rank}.checkpoint.answer`, answer]])
      }
      committed.set(name, checkpoint)
    }
  }

  async function visit(site: Site): Promise<void> {
    const seen = await site.spool.look().catch(async (error: Error) => {
      say(site.name, error.message)
      for (const lease of site.leases) await vouch(lease)
      return null
    })
    if (!seen) return
    say(site.name, '')
    const living = new Map(site.leases.map((lease) => [lease.key, lease]))
    for (const [key, folder] of seen) {
      const lease = living.get(key) ?? (await leaseOf(key))
      if (!lease) continue
      if (lease.state !== 'gone') await tend(lease, folder, site)
      const isAll = await shipped.pass(lease, keys.secretOf(key), folder, site.spool)
      if (!isAll || lease.state !== 'gone') continue
      await site.spool.remove(key)
      forget(lease)
    }
  }

  const former = new Map<string, Lease>()
  let searchedAtMs = Number.NEGATIVE_INFINITY

  /** A lease that is over; not every folder here must be of ours. */
  async function leaseOf(key: string): Promise<Lease | null> {
    if (!former.has(key) && clock.steadyMs() - searchedAtMs > searchEveryMs) {
      searchedAtMs = clock.steadyMs()
      for await (const lease of everyLease(ledger)) former.set(lease.key, lease)
    }
    const known = former.get(key)
    return known ? ((await ledger.get('lease', known.id))?.body ?? null) : null
  }

  function forget(lease: Lease): void {
    shipped.forget(lease)
    beats.delete(lease.key)
    forgetTold(lease.id)
    for (const memory of [committed, doomed]) {
      for (const name of memory.keys()) if (name.startsWith(`${lease.id} `)) memory.delete(name)
    }
    replicas.keep(new Set(told.keys()))
  }

  function say(name: string, text: string): void {
    if ((said.get(name) ?? '') !== text)
      log(text === '' ? 'info' : 'warn', `${name}: ${text || 'its spool is seen again'}`)
    said.set(name, text)
  }

  async function sites(): Promise<readonly Site[]> {
    const suppliers = await ledger.list('supplier', {})
    const leases = (await ledger.list('lease', { limit: 1_000 })).map(({ body }) => body)
    return suppliers.flatMap(({ body }) => {
      const shell = shellOf(body)
      const folder = body.settings?.spool
      if (!shell || !folder) return []
      const own = leases.filter(({ supplier }) => supplier === body.name)
      return [{ name: body.name, spool: spool(folder, shell), leases: own }]
    })
  }

  return {
    wake,
    async run(signal) {
      signal.addEventListener('abort', wake, { once: true })
      while (!signal.aborted) {
        isWoken = false
        if (leads()) {
          for (const site of await sites().catch(() => [])) {
            await visit(site).catch((error: Error) => say(site.name, error.message))
          }
        }
        sleeper = new AbortController()
        if (!isWoken) await clock.sleep(settings.beatMs, sleeper.signal)
      }
      replicas.keep(new Set())
    },
  }
}

/** A script beats every second; a shared folder may show that late. */
const beatingMs = 10_000
const searchEveryMs = 10_000

function fieldsOf(text: string): object {
  try {
    const { uri, step } = JSON.parse(text)
    return { uri, step }
  } catch {
    return {}
  }
}

async function* everyLease(ledger: Ledger): AsyncGenerator<Lease> {
  let query: RowQuery = { all: true, limit: 1_000 }
  for (;;) {
    const rows = await ledger.list('lease', query)
    yield* rows.map(({ body }) => body)
    const last = rows.at(-1)
    if (!last || rows.length < 1_000) return
    query = { ...query, after: last.id }
  }
}
