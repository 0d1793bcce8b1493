/**
 * Three real suppliers and a real control plane, each of which can be killed and comes back on the
 * same port with the same folder, as can the machines, agents and ranks that they boot; and the
 * ground below them, which can be struck.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Actor, freePort, killQuietly, stage, until } from '../../../examples/story/stage.ts'
import { type Client, client } from '../../../src/api/client.ts'
import type { AdminState, FaultOrder } from '../../../src/protocol/supplier-admin.ts'
import type { Ground, Lay } from './ground.ts'
import { type Name, type Shop, shops } from './hazard.ts'
import type { Kill } from './lives.ts'

const classes = { alpha: 'A', beta: 'B', gamma: 'C' } as const

/** What suppliers promise here, in milliseconds; short, or nothing would ever be settled. */
export const promisesOf = (shop: Shop, { lateMs }: Ground) =>
  ({ class: classes[shop], lateEffectMs: lateMs, listLagMs: 1_000 }) as const

export interface Street {
  readonly folder: string
  readonly client: Client
  readonly ground: Ground
  readonly logFolder: string
  /** Where ranks write down by themselves when they ran. */
  readonly witnessFolder: string
  journalOf(shop: Shop): string
  /** SIGKILL, and a new start after so long; null where it is not there just now. */
  kill(name: Name, backAfterMs: number): Kill | null
  /** SIGKILL to one of the machines, agents, or processes of ranks that run now. */
  killOne(target: Inmate, pick: (count: number) => number): Kill | null
  /** False where the supplier is not there just now. */
  fault(shop: Shop, order: FaultOrder): Promise<boolean>
  rentalsLive(shop: Shop): Promise<number>
  /** No faults any more, and everything that was killed is back. */
  calm(): Promise<void>
  /** All of them end by themselves; their exit codes. */
  close(): Promise<readonly (number | null)[]>
  /** Command lines of all processes that are alive. */
  alive(): readonly string[]
  clear(): Promise<void>
  remove(): void
}

/** Whoever lives in a machine, and the machine itself. */
export type Inmate = 'machine' | 'agent' | 'rank'

export async function street(lay: Lay): Promise<Street> {
  const { folder, start, clear, alive, remove } = stage()
  const ground = await lay(folder)
  const witnessFolder = join(folder, 'witness')
  mkdirSync(witnessFolder)
  const secret = randomBytes(16).toString('hex')
  const ports = { server: await freePort(0), alpha: 0, beta: 0, gamma: 0 }
  for (const shop of shops) ports[shop] = await freePort(0)
  const actors = new Map<string, Actor>()
  const names = ['server', ...shops] as const
  let isCleared = false

  const urlOf = (name: Name) => `http://${ground.addressOf(name)}:${ports[name]}`

  function open(name: Name): void {
    if (isCleared) return
    const at = ['--host', ground.addressOf(name), '--port', String(ports[name])]
    const place = [...at, '--data', join(folder, name)]
    const [args, env] =
      name === 'server'
        ? [['server', '--no-gateway', ...place, ...pace], { TOKEN: secret }]
        : [
            ['supplier', 'serve', '-f', join(folder, `${name}.yaml`), ...place],
            { CALUMET_SUPPLIER_TOKEN: secret },
          ]
    const own = { ...env, ...ground.envOf(name) }
    const actor = start(name, args, own, ground.throughOf(name))
    actors.set(name, actor)
    // One that nobody killed has found no ledger: whoever keeps it running starts it again.
    actor.ended.then(() => actors.get(name) === actor && again(name, 500))
  }

  function again(name: Name, afterMs: number): void {
    actors.delete(name)
    setTimeout(() => open(name), afterMs)
  }

  const admin = adminOf(urlOf, secret)
  for (const shop of shops) writeFileSync(join(folder, `${shop}.yaml`), goods(shop))
  for (const name of names) open(name)
  const first = () => /\b(cal_[\w-]{20,})/.exec(actors.get('server')?.log() ?? '')?.[1]
  const token = await until('the first token', 60, first)
  const api = client({ url: urlOf('server'), token, fetch })
  const text = shops.map((shop) => supplierYaml(shop, urlOf(shop), ground)).join('---\n')
  const documents = [{ file: 'suppliers.yaml', text }]
  await until('suppliers', 60, () => api.call('apply', { body: { documents } }))

  return {
    folder,
    client: api,
    ground,
    logFolder: join(folder, 'server', 'logs'),
    witnessFolder,
    journalOf: (shop) => join(folder, shop, 'journal.jsonl'),
    kill(name, backAfterMs) {
      const actor = actors.get(name)
      if (!actor) return null
      actors.delete(name)
      actor.kill('SIGKILL')
      actor.ended.then(() => again(name, backAfterMs))
      const target = name === 'server' ? 'server' : 'supplier'
      return { target, at: Date.now(), until: Date.now(), machine: null, rank: null }
    },
    killOne(target, pick) {
      const victims = alive().flatMap((pid) => inmate(target, pid) ?? [])
      const victim = victims[pick(Math.max(1, victims.length))]
      if (!victim) return null
      killQuietly(victim.pid)
      return victim.kill
    },
    fault: async (shop, order) =>
      admin(shop, 'POST', '/faults', order).then(
        () => true,
        () => false,
      ),
    rentalsLive: async (shop) => (await admin(shop, 'GET', '')).rentals_live,
    async calm() {
      await ground.calm()
      await until('all that was killed', 60, () => names.every((name) => actors.has(name)))
      for (const shop of shops) {
        await until(`${shop} without faults`, 60, () => admin(shop, 'DELETE', '/faults'))
      }
    },
    async close() {
      const all = [...actors.values()]
      actors.clear()
      for (const actor of all) actor.kill('SIGTERM')
      return Promise.all(all.map(({ ended }) => ended))
    },
    alive: () => alive().map((pid) => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')),
    async clear() {
      isCleared = true
      await clear()
      await ground.close()
    },
    remove,
  }
}

/** Short, so that minutes are enough; the defaults suit a fleet. */
const pace = [
  ...['--tick', '300ms', '--list-every', '500ms', '--quote-every', '2s', '--beat', '400ms'],
  ...['--grant', '4s', '--silent', '5s', '--boot-timeout', '30s', '--leadership', '3s'],
  ...['--log-level', 'warn'],
]

function goods(shop: Shop): string {
  const price = { alpha: '2.00', beta: '2.10', gamma: '2.20' }[shop]
  return `name: ${shop}
class: ${classes[shop]}
region: here
release_grace: 5s
offers:
  - { id: h100, accelerator: H100, per_node: 1, price_per_hour: ${price}, nodes: 4 }
`
}

function supplierYaml(shop: Shop, url: string, { lateMs }: Ground): string {
  return `kind: Supplier
name: ${shop}
url: ${url}
token: { env: TOKEN }
class: ${classes[shop]}
late_effect: ${lateMs}ms
list_lag: 1s
`
}

function adminOf(urlOf: (shop: Shop) => string, secret: string) {
  return async (shop: Shop, method: string, path: string, body?: FaultOrder) => {
    const headers = {
      authorization: `Bearer ${secret}`,
      ...(body && { 'content-type': 'application/json' }),
    }
    const response = await fetch(`${urlOf(shop)}/v1/admin${path}`, {
      method,
      headers,
      body: body ? JSON.stringify(body) : null,
      signal: AbortSignal.timeout(5_000),
    })
    if (!response.ok) throw new Error(`${method} ${shop}${path} → ${response.status}`)
    return (await response.json()) as AdminState
  }
}

/** Null where the process is not of that kind. */
function inmate(target: Inmate, pid: number): { pid: number; kill: Kill } | null {
  const command = read(`/proc/${pid}/cmdline`)
  const env = new Map(
    read(`/proc/${pid}/environ`)
      .split('\0')
      .map((entry) => entry.split(/=(.*)/s, 2) as [string, string]),
  )
  const [machine = null, run] = [env.get('CALUMET_MACHINE'), env.get('CALUMET_RUN')]
  if (!machine || kindOf(command, run) !== target) return null
  const rank = run ? `${run} ${env.get('CALUMET_EPOCH')} ${env.get('RANK')}` : null
  const at = Date.now()
  return { pid, kill: { target, at, until: at, machine, rank } }
}

function kindOf(command: string, run: string | undefined): Inmate | null {
  if (run !== undefined) return 'rank'
  if (/\0calumet-machine\0/.test(command)) return 'machine'
  return /\/agent\/main\.[jt]s\0/.test(command) ? 'agent' : null
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // It ended meanwhile.
  }
}

export function linesOf(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8').split('\n').filter(Boolean),
  )
}
