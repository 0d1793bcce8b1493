/**
 * Kills real processes at random moments, again and again, while jobs and a service run: the
 * control plane, suppliers, machines, agents, ranks. On rough ground, PostgreSQL crashes or is lost
 * to its standby, roads are cut and clocks jump as well. Then all comes to rest, and the books of
 * everybody are held against each other.
 *
 * `CALUMET_KILLS` (200 on plain ground, 80 on rough) and `CALUMET_SEED` (drawn, and printed) choose
 * how often and when. On a machine that does not allow some hazard, the reason is printed.
 */
import assert from 'node:assert/strict'
import { it, type TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { table } from '../../examples/story/narrator.ts'
import { until } from '../../examples/story/stage.ts'
import { type Chance, chance as chanceOf } from '../../src/sim/engine/chance.ts'
import { type Lay, plainGround, roughGround } from './kill/ground.ts'
import { shops } from './kill/hazard.ts'
import type { Kill } from './kill/lives.ts'
import { type Street, street } from './kill/street.ts'
import { replicas, service, type Wishes, wish, withdraw } from './kill/wishes.ts'
import { judged, salesOf, type Verdict } from './kill/witness.ts'

const seed = process.env.CALUMET_SEED ?? String(Date.now() % 1_000_000)
const targets = ['server', 'supplier', 'machine', 'agent', 'agent', 'rank', 'rank'] as const
const faults = ['reply-lost', 'error-after-success', 'no-stock', 'throttle', 'slow'] as const
const listFaults = ['late-listing', 'truncated-page', 'listing-error'] as const

const grounds = [
  ['plain', plainGround, 200],
  ['rough', roughGround, 80],
] as const

for (const [name, lay, usual] of grounds) {
  const count = Number(process.env.CALUMET_KILLS ?? usual)
  it(`loses nothing, leaks nothing, buys nothing twice in ${count} kills on ${name} ground`, (t) =>
    survives(t, lay, count))
}

async function survives(t: TestContext, lay: Lay, count: number): Promise<void> {
  console.log(`seed ${seed}: CALUMET_SEED=${seed} CALUMET_KILLS=${count} npm run test:kill`)
  const chance = chanceOf(`kill ${seed}`)
  const home = await street(lay)
  for (const reason of home.ground.missing) console.log(`left out: ${reason}`)
  let isWell = false
  t.after(async () => {
    await home.clear()
    if (isWell) home.remove()
    else console.log(`seed ${seed}; all of it is kept in ${home.folder}`)
  })
  const stop = new AbortController()
  const { signal } = stop
  const witness = home.witnessFolder
  const wishing = wish(home.client, chance.fork('wishes'), { witness, signal })
  const troubling = trouble(home, chance.fork('faults'), signal)
  const kills = await killAway(home, chance.fork('kills'), count)
  stop.abort()
  const [wishes, faultCount] = await Promise.all([wishing, troubling])
  await comeToRest(home)
  const exitCodes = await home.close()
  const verdict = await judged(home, wishes, kills)
  tell({ kills, wishes, faultCount, verdict })
  if (verdict.violations.length > 0) tellOfLeases(verdict)
  assert.deepEqual(verdict.violations, [])
  assert.ok(
    verdict.lives.some(({ finished }) => finished),
    'no rank ever came to its end',
  )
  assert.deepEqual(exitCodes, [0, 0, 0, 0], 'who is asked to end ends well')
  await home.ground.close()
  await until('no process', 20, () => home.alive().length === 0).catch((error: Error) => {
    assert.fail(`${error.message}; left: ${home.alive().join('\n')}`)
  })
  isWell = true
}

async function killAway(home: Street, chance: Chance, count: number): Promise<readonly Kill[]> {
  const kills: Kill[] = []
  const { ground } = home
  const startedMs = performance.now()
  while (kills.length < count) {
    await pause(chance.whole(200, 1_200))
    const target = chance.pick([...targets, ...ground.blows])
    const kill = hit(home, target, chance)
    if (!kill) continue
    kills.push(kill)
    if (kills.length % 20 !== 0) continue
    const seconds = Math.round((performance.now() - startedMs) / 1_000)
    const sold = shops.map((each) => salesOf(home, each).length)
    console.log(`${kills.length} kills in ${seconds} s; sold so far: ${sold.join(' + ')}`)
  }
  return kills
}

function hit(home: Street, target: Kill['target'], chance: Chance): Kill | null {
  if (target === 'server') return home.kill(target, chance.whole(0, 600))
  if (target === 'supplier') return home.kill(chance.pick(shops), chance.whole(0, 600))
  if (target === 'machine' || target === 'agent' || target === 'rank') {
    return home.killOne(target, (count) => chance.whole(0, count - 1))
  }
  const until = home.ground.strike(target, chance)
  return until === null ? null : { target, at: Date.now(), until, machine: null, rank: null }
}

/** Suppliers misbehave now and then, for a few requests each time; answers how often. */
async function trouble(home: Street, chance: Chance, signal: AbortSignal): Promise<number> {
  let count = 0
  while (!signal.aborted) {
    const isOfListing = chance.often(0.4)
    const fault = isOfListing ? chance.pick(listFaults) : chance.pick(faults)
    const order = { fault, count: chance.whole(1, 3), ms: 700 }
    if (await home.fault(chance.pick(shops), order)) count += 1
    await pause(chance.whole(500, 3_000))
  }
  return count
}

/** Nothing goes wrong any more: all gets what it wants, ends, and leaves nothing behind. */
async function comeToRest(home: Street): Promise<void> {
  const { client } = home
  await home.calm()
  await until(`the end of all jobs, and ${replicas} replicas`, 180, async () => {
    const { workloads } = await client.call('workloads', { query: {} })
    const [web] = workloads
    return workloads.length === 1 && web?.name === service && web.state === 'running'
  })
  await withdraw(client, service)
  await until('nothing wanted, nothing held', 60, async () => {
    const { workloads } = await client.call('workloads', { query: {} })
    const { leases } = await client.call('leases', { query: {} })
    return workloads.length === 0 && leases.length === 0
  })
  for (const shop of shops) {
    await until(`nothing rented at ${shop}`, 60, async () => (await home.rentalsLive(shop)) === 0)
  }
  let last = -1
  await until('a ledger in which nothing happens any more', 60, async () => {
    const before = last
    await pause(2_000)
    last = (await client.call('events', { query: { limit: 1 } })).events.at(-1)?.seq ?? 0
    return last === before
  })
}

interface Story {
  readonly kills: readonly Kill[]
  readonly wishes: Wishes
  readonly faultCount: number
  readonly verdict: Verdict
}

function tell({ kills, wishes, faultCount, verdict }: Story): void {
  const { events, sales, lives, violations } = verdict
  const happened = (kind: string) => events.filter((event) => event.kind === kind).length
  const rows: readonly (readonly [string, number])[] = [
    ...[...new Set(kills.map(({ target }) => target))]
      .toSorted()
      .map(
        (target) =>
          [`${target} struck`, kills.filter((kill) => kill.target === target).length] as const,
      ),
    ['faults of suppliers', faultCount],
    ['jobs submitted', wishes.jobs.length],
    ['purchases announced', happened('lease.asked')],
    ['answers lost', happened('lease.unsure')],
    ['rentals sold', sales.length],
    ['orphans given back', happened('orphan.releasing')],
    ['epochs started', happened('run.started')],
    ['lives of ranks', lives.length],
    ['leaders', happened('leadership.taken')],
    ['events', events.length],
    ['violations', violations.length],
  ]
  table(
    [{ head: `seed ${seed}` }, { head: 'count', right: true }],
    rows.map(([what, count]) => [what, String(count)]),
  )
}

/** What happened to the leases that a violation names, or to those of a run that it names. */
function tellOfLeases({ violations, events, sales }: Verdict): void {
  console.log(`\n${violations.join('\n')}\n`)
  const named = new Set(violations.flatMap((text) => text.match(/[\w.-]+(?:\.\d+)+|r-\w+/g) ?? []))
  for (const { rental } of sales) if (named.has(rental.id)) console.log(JSON.stringify(rental))
  for (const { seq, at, kind, run, lease, facts } of events) {
    const isNamed = named.has(lease ?? '') || named.has(run ?? '')
    const isAbout = isNamed || named.has(String(facts.rental))
    if (isAbout) console.log(seq, at, kind, lease ?? run, JSON.stringify(facts))
  }
}
