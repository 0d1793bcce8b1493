/**
 * Where the loop is tried: a real ledger, suppliers on paper and a clock that jumps.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'node:test'
import type { Lease } from '../core/domain/lease.ts'
import type { Spec } from '../core/domain/spec.ts'
import type { SupplierClass } from '../core/domain/supplier.ts'
import type { NodeSight } from '../core/domain/world.ts'
import { readSubmission } from '../core/spec/read.ts'
import { embedded } from '../drivers/ledgers/embedded.ts'
import { systemKeys } from '../drivers/system/keys.ts'
import type { Ledger, Snapshot } from '../ports/ledger.ts'
import { type PaperSupplier, paperSupplier } from '../testing/paper-supplier.ts'
import { virtualClock } from '../testing/virtual-clock.ts'
import { operator } from './loop.ts'
import { defaultSettings } from './settings.ts'
import { submit } from './submit.ts'
import { withdraw } from './withdraw.ts'

export const minute = 60_000

export interface House {
  readonly ledger: Ledger
  readonly acme: PaperSupplier
  readonly bolt: PaperSupplier
  readonly clock: ReturnType<typeof virtualClock>
  /** Starts a control plane; the result stops it, politely or as a kill would. */
  lead(holder?: string): Leader
  apply(...specs: Spec[]): Promise<void>
  leases(): Promise<readonly Lease[]>
  until(what: string, condition: () => boolean | Promise<boolean>): Promise<void>
  remove(): Promise<void>
}

type Operator = ReturnType<typeof operator>

export interface Leader extends Pick<Operator, 'preview' | 'offers' | 'audit'> {
  stop(): Promise<void>
  kill(): void
}

const open: House[] = []
afterEach(async () => {
  for (const house of open.splice(0)) await house.remove()
})

export async function house(supplierClass: SupplierClass = 'A'): Promise<House> {
  const clock = virtualClock()
  const folder = mkdtempSync(join(tmpdir(), 'calumet-operate-'))
  const path = join(folder, 'ledger.db')
  const ledger = await embedded({ path, clock: clock.wallMs, randomId: () => 'us' })
  const { wallMs } = clock
  const keyed = supplierClass === 'A'
  const acme = paperSupplier({ name: 'acme', wallMs, pricePerHour: 10_000_000, stock: 4, keyed })
  const bolt = paperSupplier({ name: 'bolt', wallMs, pricePerHour: 20_000_000, stock: 4, keyed })
  const stops: (() => Promise<void>)[] = []
  const home: House = {
    ledger,
    acme,
    bolt,
    clock,
    lead(holder = 'first') {
      const leader = controlPlane(home, holder)
      stops.push(leader.stop)
      return leader
    },
    async apply(...specs) {
      const done = await submit(ledger, specs, null)
      assert.equal(done.outcome, 'done')
    },
    leases: async () => (await ledger.list('lease', { all: true })).map(({ body }) => body),
    until: (what, condition) => clock.until(what, 30 * minute, condition),
    async remove() {
      for (const stop of stops) await stop()
      await ledger.close()
      rmSync(folder, { recursive: true })
    },
  }
  open.push(home)
  await home.apply(supplier('acme', supplierClass), supplier('bolt', supplierClass))
  return home
}

function controlPlane({ ledger, clock, acme, bolt }: House, holder: string): Leader {
  const stopped = new AbortController()
  // A killed process never hears an answer again and writes nothing more.
  const alive = gate()
  let leases: Snapshot['rows']['lease'] = []
  async function read() {
    const snapshot = await ledger.read()
    leases = snapshot.rows.lease
    return snapshot
  }
  const leader = operator({
    ledger: alive.through({ ...ledger, read }),
    clock: alive.through(clock),
    runtime: { observe: () => joined(leases) },
    open: ({ name }) => alive.through(name === 'acme' ? acme : bolt),
    keys: systemKeys('secret'),
    settings: { ...defaultSettings, serverUrl: 'http://127.0.0.1:1' },
    holder,
    onCommit: () => {},
    log: () => {},
  })
  const running = leader.run(stopped.signal)
  return {
    ...{ preview: leader.preview, offers: leader.offers, audit: leader.audit },
    async stop() {
      stopped.abort()
      if (alive.isOpen()) await clock.until('the loop to end', minute, settledOf(running))
    },
    kill: alive.shut,
  }
}

/** Lets every call through until it is shut; then nothing that was asked is ever answered. */
function gate() {
  let shut = false
  const never = new Promise<never>(() => {})
  return {
    isOpen: () => !shut,
    shut: () => {
      shut = true
    },
    through<T extends object>(socket: T): T {
      return new Proxy(socket, {
        get(target, name, receiver) {
          const value = Reflect.get(target, name, receiver)
          if (typeof value !== 'function') return value
          return (...args: unknown[]) => {
            if (shut) return name === 'steadyMs' ? 0 : never
            const result = value.apply(target, args)
            return result instanceof Promise ? result.then((done) => (shut ? never : done)) : result
          }
        },
      })
    },
  }
}

export function settledOf(promise: Promise<unknown>): () => boolean {
  let settled = false
  promise.finally(() => {
    settled = true
  })
  return () => settled
}

/** Every machine of every held lease has reported: agents have tests of their own. */
function joined(leases: readonly { readonly body: Lease }[]): NodeSight[] {
  return leases
    .filter(({ body }) => body.rental !== null)
    .flatMap(({ body }) =>
      Array.from({ length: body.nodes }, (_, index) => ({
        node: {
          id: `${body.id}/${index}`,
          lease: body.id,
          index,
          machine: `m${index}`,
          address: '127.0.0.1',
          ports: null,
          firstSeenAt: 0,
          ranks: [],
        },
        heardAgoMs: 0,
      })),
    )
}

export function supplier(name: string, supplierClass: SupplierClass): Spec {
  const promises = { class: supplierClass, lateEffectMs: 20_000, listLagMs: 5_000 }
  const where = { driver: 'paper', url: `http://${name}`, tokenFrom: null }
  return { kind: 'Supplier', spec: { name, generation: 0, ...where, promises, buying: true } }
}

export function job(name: string, nodes = 2): Spec {
  const resources = [{ accelerator: 'H100', perNode: 8, nodes, throughput: null }]
  const text = { setup: null, run: 'true', envs: {}, checkpoint: null }
  const limits = { pricePerHourMax: null, suppliers: null, retryCount: 3 }
  const rank = { generation: 0, revision: 0, priority: 50, markets: ['on-demand' as const] }
  return { kind: 'Job', spec: { kind: 'Job', name, resources, ...rank, ...text, ...limits } }
}

/** As people write it. */
export async function apply(home: House, text: string): Promise<void> {
  const names = { canonical: (name: string) => name, knownAccelerators: ['H100'] }
  const { specs, faults } = readSubmission([{ file: 'a.yaml', text }], names)
  assert.deepEqual(faults, [])
  await home.apply(...specs)
}

export async function states({ leases }: House): Promise<string> {
  return (await leases()).map(({ id, supplier, state }) => `${id} ${supplier} ${state}`).join(', ')
}

export const buys = (home: House, expected: string) => async () => (await states(home)) === expected

export async function remove({ ledger }: House, name: string): Promise<void> {
  assert.deepEqual(await withdraw(ledger, name), { outcome: 'done', state: 'deleting' })
}
