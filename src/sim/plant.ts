/**
 * A control plane in the simulated world: the real loop and the real desk of the agents, in one
 * process that can be killed and started again.
 */

import type { EventDraft } from '../core/domain/event.ts'
import type { SupplierSpec } from '../core/domain/supplier.ts'
import type { Ms } from '../core/domain/time.ts'
import { workOf } from '../core/run/work.ts'
import { agentRuntime } from '../drivers/runtimes/agent.ts'
import { keptBackBy } from '../operate/law/clearance.ts'
import { operator } from '../operate/loop.ts'
import type { Operator } from '../operate/operator.ts'
import type { Settings } from '../operate/settings.ts'
import type { Keys } from '../ports/clock.ts'
import { type Commit, type Ledger, LedgerError } from '../ports/ledger.ts'
import type { Logs } from '../ports/logs.ts'
import type { AgentDesk } from '../ports/runtime.ts'
import type { Supplier } from '../ports/supplier.ts'
import type { Network, Weather } from './engine/network.ts'
import type { Process } from './engine/process.ts'
import type { MemoryLedger } from './memory-ledger.ts'

export interface Plant {
  readonly process: Process
  readonly operator: Operator
  readonly desk: AgentDesk
  /** The ledger as this process reaches it. */
  readonly ledger: Ledger
  stop(): void
}

export interface PlantOptions {
  readonly process: Process
  readonly network: Network
  readonly store: MemoryLedger
  readonly ledgerWeather: () => Weather
  /** False while the database does not answer. */
  readonly ledgerAnswers: () => boolean
  readonly keys: Keys
  readonly settings: Settings
  readonly socketOf: (spec: SupplierSpec, process: Process) => Supplier
  readonly log: (text: string) => void
  /** It is of the version after this one: what it writes has fields that this one does not know. */
  readonly isNext: boolean
  /** Told of a commit of its loop as it leaves; says how late it may be, whatever the weather. */
  readonly onDecide: (events: readonly EventDraft[]) => Ms
  /** Whether a commit of its loop is to come after whatever its process reads next. */
  readonly isOvertaken: (events: readonly EventDraft[]) => boolean
  /** A question to the ledger was not answered. */
  readonly onSilence: () => void
  /** A commit of its loop was applied. */
  readonly onLoopCommit: (process: Process) => void
}

export function plant(options: PlantOptions): Plant {
  const { process, keys, settings, socketOf, log } = options
  const ledger = ledgerOver(options)
  const stopped = new AbortController()
  const desk = agentRuntime({
    ledger,
    logs: noLogs,
    keys,
    clock: process,
    workOf,
    keptBack: keptBackBy(ledger),
    settings,
    onNews: () => loop.nudge(),
  })
  const loop = operator({
    ledger,
    runtime: desk,
    open: (spec) => socketOf(spec, process),
    clock: process,
    keys,
    settings,
    holder: process.name,
    onCommit: desk.wake,
    log: (level, text) => {
      if (level === 'error') log(`${process.name}: ${text}`)
    },
  })
  loop.run(stopped.signal).catch((error) => log(`${process.name} broke: ${error?.stack ?? error}`))
  return { process, operator: loop, desk, ledger, stop: () => stopped.abort() }
}

/** So long a database driver waits before it says that it does not know. */
const answerMs = 5_000

function ledgerOver({
  process,
  network,
  store,
  ledgerWeather,
  ledgerAnswers,
  isNext,
  onDecide,
  isOvertaken,
  onSilence,
  onLoopCommit,
}: PlantOptions): Ledger {
  /** Commits that are on their way until a reading has overtaken them. */
  const underway: (() => void)[] = []

  function ask<T>(what: keyof Ledger, work: () => Promise<T>, slowMs = 0): Promise<T> {
    const kind = what === 'commit' || what === 'lead' ? 'unknown' : 'unavailable'
    const broken = () => new LedgerError(kind, `${what}: the connection broke`)
    const asked = network.call(process, {
      what: `ledger ${what}`,
      weather: slowed(ledgerWeather(), slowMs),
      patienceMs: answerMs,
      work() {
        if (ledgerAnswers()) return work()
        return Promise.reject(new LedgerError('unavailable', `${what}: no connection`))
      },
      broken,
    })
    asked.catch(onSilence)
    return asked
  }
  return {
    installation: store.installation,
    now: () => ask('now', () => store.now()),
    lead: (holder, ttlMs) => ask('lead', () => store.lead(holder, ttlMs)),
    resign: (holder) => ask('resign', () => store.resign(holder)),
    read: () =>
      ask('read', () => {
        for (const arrive of underway.splice(0)) arrive()
        return store.read()
      }),
    get: (kind, id) => ask('get', () => store.get(kind, id)),
    pick: (names) => ask('pick', () => store.pick(names)),
    list: (kind, query) => ask('list', () => store.list(kind, query)),
    commit(commit) {
      const slowMs = isOfLoop(commit) ? onDecide(commit.events) : 0
      const apply = async () => {
        const done = await store.commit(isNext ? asNextVersion(commit) : commit)
        if (done.outcome === 'done' && isOfLoop(commit)) onLoopCommit(process)
        return done
      }
      if (!isOfLoop(commit) || !isOvertaken(commit.events)) return ask('commit', apply, slowMs)
      underway.push(() => apply().catch(() => {}))
      return ask('commit', () => new Promise(() => {}))
    },
    events: (query) => ask('events', () => store.events(query)),
    verify: () => ask('verify', () => store.verify()),
    close: async () => {},
  }
}

function slowed(weather: Weather, slowMs: Ms): Weather {
  if (slowMs === 0) return weather
  return { ...weather, requestLate: 1, lateMsMax: Math.max(weather.lateMsMax, slowMs) }
}

/** Only the loop writes these, whatever epoch it names. */
function isOfLoop({ events }: Commit): boolean {
  return events.some(({ kind }) => /^(lease|plan|charge)\.|^run\.started$/.test(kind))
}

/** Versions may add fields: whoever does not know one must read the row all the same. */
function asNextVersion({ puts, events, ...rest }: Commit): Commit {
  const later = { later: { than: 'this version' } }
  return {
    ...rest,
    puts: puts.map((put) => ({ ...put, body: { ...put.body, ...later } }) as typeof put),
    events: events.map((each) => ({ ...each, facts: { ...each.facts, later: true } })),
  }
}

const noLogs: Logs = {
  append: async (_, offset, bytes) => offset + bytes.length,
  read: async () => new Uint8Array(),
  streams: async () => [],
}
