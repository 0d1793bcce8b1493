/**
 * A server that is killed again and again while it sells and takes back: whatever the moment, there
 * is no machine without a rental, no rental without its machines, and the stock adds up.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import {
  configText,
  driver,
  order,
  type ShopFloor,
  shopFloor,
  token,
} from '../../test/supplier-stage.ts'
import type { Rental } from '../core/domain/rental.ts'
import type { Supplier } from '../ports/supplier.ts'
import { AdminState } from '../protocol/supplier-admin.ts'

const stock = 12

/** By the clock, and at each of the first steps that leave something behind. */
const deaths: readonly Death[] = [
  ...[15, 60].map((afterMs) => ({ afterMs, atStep: null })),
  ...Array.from({ length: 12 }, (_, index) => ({ afterMs: null, atStep: index + 1 })),
]

type Death =
  | { readonly afterMs: number; readonly atStep: null }
  | { readonly afterMs: null; readonly atStep: number }

// Only /proc shows what runs without asking the code that is tried here.
it('survives kill -9 at any moment', { skip: process.platform !== 'linux' }, async (t) => {
  const floor = shopFloor()
  t.after(() => floor.clear())
  const acknowledged = { bought: new Set<string>(), released: new Set<string>() }
  for (const [round, { afterMs, atStep }] of deaths.entries()) {
    const { supplier, url, child } = await start(floor, atStep)
    t.after(() => child.kill('SIGKILL'))
    const closed = once(child, 'close')
    const live = await settled(supplier)
    await check(floor, url, live, acknowledged)
    const trade = keepTrading(supplier, round, live, acknowledged)
    if (afterMs !== null) {
      await pause(afterMs)
      child.kill('SIGKILL')
    }
    const [, signal] = await closed
    assert.equal(signal, 'SIGKILL')
    await trade
  }
  const { supplier, url, child } = await start(floor, null)
  t.after(() => child.kill('SIGKILL'))
  await check(floor, url, await settled(supplier), acknowledged)
  assert.ok(acknowledged.bought.size > 0 && acknowledged.released.size > 0)

  child.kill('SIGTERM')
  const [code] = await once(child, 'close')
  assert.equal(code, 0)
})

interface Acknowledged {
  readonly bought: Set<string>
  readonly released: Set<string>
}

/** Buys and releases until the server is gone; remembers what it was promised. */
async function keepTrading(
  supplier: Supplier,
  round: number,
  live: readonly Rental[],
  { bought, released }: Acknowledged,
): Promise<void> {
  const release = async (id: string) => {
    await supplier.release(id)
    released.add(id)
  }
  const trader = async (name: number) => {
    for (let turn = 0; ; turn++) {
      const key = `${round}-${name}-${turn}`
      const { id } = await supplier.acquire({ ...order, key, nodes: 1 + ((name + turn) % 3) })
      bought.add(id)
      await release(id)
    }
  }
  const keeper = async () => {
    for (let turn = 0; turn < 2; turn++) {
      const { id } = await supplier.acquire({ ...order, key: `${round}-kept-${turn}`, nodes: 1 })
      bought.add(id)
    }
  }
  const old = live.slice(1).map(({ id }) => release(id))
  await Promise.allSettled([trader(0), trader(1), trader(2), keeper(), ...old])
}

async function check(
  floor: ShopFloor,
  url: string,
  live: readonly Rental[],
  { bought, released }: Acknowledged,
): Promise<void> {
  const sold = live.flatMap(({ nodes }) => nodes.map(({ machine }) => machine)).sort()
  assert.deepEqual(machinesRunning(floor), sold)
  const headers = { authorization: `Bearer ${token}` }
  const response = await fetch(`${url}/v1/admin`, { headers })
  assert.equal(AdminState.parse(await response.json()).offers[0]?.free, stock - sold.length)
  const { complete, rentals } = await driver({ url }).list(order.installation)
  assert.ok(complete)
  const known = new Map(rentals.map((rental) => [rental.id, rental]))
  for (const id of bought) assert.ok(known.has(id), `${id} was sold and is forgotten`)
  for (const id of released) assert.equal(known.get(id)?.state, 'ended')
}

/** What lives once nothing is on its way out any more. */
async function settled(supplier: Supplier): Promise<readonly Rental[]> {
  for (;;) {
    const { rentals } = await supplier.list(order.installation)
    if (rentals.every(({ state }) => state !== 'ending')) {
      return rentals.filter(({ state }) => state !== 'ended')
    }
    await pause(20)
  }
}

/** The machines of which any process runs, by what the processes themselves say. */
function machinesRunning({ dataDir }: ShopFloor): string[] {
  const found = readdirSync('/proc').flatMap((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
      const home = `CALUMET_HOME=${join(dataDir, 'machines')}/`
      return environment
        .filter((each) => each.startsWith(home))
        .map((each) => each.slice(home.length))
    } catch {
      return []
    }
  })
  return [...new Set(found)].sort()
}

async function start(
  floor: ShopFloor,
  atStep: number | null,
): Promise<{ supplier: Supplier; url: string; child: ChildProcess }> {
  const file = join(floor.dataDir, 'acme.yaml')
  const text = configText('boot_delay: 1h').replace('nodes: 5', `nodes: ${stock}`)
  writeFileSync(file, text)
  const { dataDir, agentEntry } = floor
  const options = JSON.stringify({ file, dataDir, agentEntry, port: 0 })
  const program = `import { serveSupplier } from '${import.meta.resolve('./serve.ts')}'
    ${atStep === null ? '' : diesAt(atStep)}
    await serveSupplier(${options})`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { PATH: process.env.PATH, CALUMET_SUPPLIER_TOKEN: token },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said: string[] = []
  for await (const line of createInterface(child.stderr)) {
    said.push(line)
    const url = /sells .* on (http\S+)/.exec(line)?.[1]
    if (!url) continue
    child.stderr.resume()
    return { supplier: driver({ url }), url, child }
  }
  throw new Error(`the server did not start: ${said.join('\n')}`)
}

/**
 * Counts what leaves something behind, from the first order on, and dies before that many are done;
 * of a line that it was about to write, it writes one half.
 */
function diesAt(step: number): string {
  return `
    import fs from 'node:fs'
    import childProcess from 'node:child_process'
    import { syncBuiltinESMExports } from 'node:module'
    let step = 0
    for (const [module, name] of [
      [fs, 'writeSync'], [fs, 'fdatasyncSync'], [fs, 'mkdirSync'], [childProcess, 'spawn'],
    ]) {
      const real = module[name]
      module[name] = (...args) => {
        const begun = step > 0 || String(args[1]).includes('"ordered"')
        if (begun && ++step === ${step}) {
          if (name === 'writeSync') real(args[0], args[1].subarray(0, args[1].length / 2))
          process.kill(process.pid, 'SIGKILL')
        }
        return real(...args)
      }
    }
    syncBuiltinESMExports()`
}
