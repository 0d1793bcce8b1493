/**
 * `calumet server`: the control plane with its ledger, its API, the agents' desk, and a gateway.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { newsBoard } from '../api/event-stream.ts'
import { Refused } from '../api/failure.ts'
import { callersOf, routesOf } from '../api/handlers/market.ts'
import { apiServer } from '../api/server.ts'
import { bootstrapToken, type Gate, gate as gateOf, hashOf } from '../api/tokens.ts'
import type { ServerOptions } from '../cli/programs.ts'
import { canonical, nearest, sliceOf, throughputs } from '../core/catalog/accelerators.ts'
import { workOf } from '../core/run/work.ts'
import { readSubmission } from '../core/spec/read.ts'
import { files } from '../drivers/logs/files.ts'
import { type AgentRuntimeOptions, agentRuntime } from '../drivers/runtimes/agent.ts'
import { slurmRuntime } from '../drivers/runtimes/slurm.ts'
import { systemClock } from '../drivers/system/clock.ts'
import { systemKeys } from '../drivers/system/keys.ts'
import { gateway } from '../gateway/gateway.ts'
import { keptBackBy } from '../operate/law/clearance.ts'
import { operator } from '../operate/loop.ts'
import type { Operator } from '../operate/operator.ts'
import { defaultSettings, type Settings } from '../operate/settings.ts'
import type { Clock } from '../ports/clock.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { AgentDesk } from '../ports/runtime.ts'
import { installationSecret } from './installation.ts'
import { fired, type Log, logTo, stopSignal } from './log.ts'
import { slurmShellOf } from './slurm.ts'
import { openSupplier } from './suppliers.ts'

export async function server(options: ServerOptions): Promise<number> {
  const ledger = await openLedger(options)
  try {
    await serve(options, ledger)
  } finally {
    await ledger.close()
  }
  return 0
}

async function serve(options: ServerOptions, ledger: Ledger): Promise<void> {
  const { dataDir, host, port, publicUrl, gatewayPort } = options
  const log = logTo(options.logLevel)
  const stop = stopSignal()
  const clock = systemClock()
  const keys = systemKeys(installationSecret(dataDir))
  const logs = files(join(dataDir, 'logs'))
  const serverUrl = publicUrl ?? `http://${host}:${port}`
  const settings: Settings = { ...defaultSettings, ...options.settings, serverUrl }
  const news = newsBoard()
  const gate = gateOf(ledger, clock)
  const desk = deskOver({ ledger, logs, keys, clock, settings, onNews: () => wake() })
  const holder = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`
  const loop = operator({
    ledger,
    runtime: desk,
    open: openSupplier,
    clock,
    keys,
    settings,
    holder,
    log,
    onCommit: () => {
      desk.wake()
      engines.wake()
      news.tell()
    },
  })
  const leads = () => loop.health().leading
  const engines = slurmRuntime({
    ...{ ledger, desk, keys, clock, settings, leads, log },
    shellOf: slurmShellOf,
  })
  const wake = () => {
    loop.nudge()
    news.tell()
  }
  const api = await apiServer({
    ledger,
    operator: loop,
    desk: ofLeader(desk, loop),
    logs,
    clock,
    news,
    gate,
    host,
    port,
    log,
    random: randomBytes,
    read: (documents, sold) => {
      const knownAccelerators = [...new Set([...Object.keys(throughputs), ...sold])]
      return readSubmission(documents, { canonical, nearest, sliceOf, knownAccelerators })
    },
  })
  const door =
    gatewayPort === null
      ? null
      : await ownGateway({ ...options, ledger, loop, gate, clock, log }).catch(async (error) => {
          await api.close()
          throw error
        })
  // Only once both are open: what is told to nobody opens nothing, and there is no second one.
  const secret = await bootstrapToken(ledger, randomBytes)
  if (secret) console.log(`\n  token (shown once, keep it): ${secret}\n`)
  log('info', `the control plane listens on ${api.url}, installation ${ledger.installation}`)
  if (door) log('info', `services answer at ${door.url}/SERVICE/v1`)
  const running = Promise.all([loop.run(stop), engines.run(stop)])
  await fired(stop)
  log('info', 'closing; what runs goes on')
  await Promise.all([api.close(), door?.close()])
  await running
}

function deskOver(options: Omit<AgentRuntimeOptions, 'workOf' | 'keptBack'>) {
  return agentRuntime({ ...options, workOf, keptBack: keptBackBy(options.ledger) })
}

/**
 * Agents are heard by the control plane that leads: to the others their silence would mean nothing,
 * and theirs to the leader everything.
 */
function ofLeader(desk: AgentDesk, { health }: Operator): AgentDesk {
  const checked = <Args extends unknown[], Answer>(ask: (...args: Args) => Promise<Answer>) => {
    return async (...args: Args) => {
      if (health().leading) return ask(...args)
      throw new Refused('unavailable', 'this control plane does not lead; ask the one that does')
    }
  }
  return {
    sync: checked(desk.sync),
    commitCheckpoint: checked(desk.commitCheckpoint),
    newestCheckpoint: checked(desk.newestCheckpoint),
    appendLog: checked(desk.appendLog),
  }
}

async function openLedger({ ledger, dataDir }: ServerOptions): Promise<Ledger> {
  const randomId = () => `calumet-${randomUUID().slice(0, 13)}`
  if (ledger === 'embedded') {
    const { embedded } = await import('../drivers/ledgers/embedded.ts')
    return embedded({ path: join(dataDir, 'ledger.db'), clock: Date.now, randomId })
  }
  const { postgres } = await import('../drivers/ledgers/postgres.ts')
  return postgres({ url: ledger, randomId })
}

interface OwnGateway extends Omit<ServerOptions, 'ledger'> {
  readonly ledger: Ledger
  readonly loop: Operator
  readonly gate: Gate
  readonly clock: Clock
  readonly log: Log
}

async function ownGateway(options: OwnGateway) {
  const { host, gatewayPort, dataDir, servedBy, ledger, loop, gate, clock, log } = options
  let callers: ReadonlySet<string> = new Set()
  return gateway({
    host,
    port: gatewayPort ?? 0,
    clock,
    log,
    auth: (token) => callers.has(hashOf(token)),
    settings: { routesFile: join(dataDir, 'routes.json'), debugHeaders: servedBy },
    source: {
      async routes() {
        callers = new Set(callersOf(await gate.tokens()))
        return [...routesOf(await ledger.read())]
      },
      async reportLoad({ gateway: name, services }) {
        for (const [service, { requestsPerSecond }] of Object.entries(services)) {
          loop.noteLoad(name, service, requestsPerSecond)
        }
      },
    },
  })
}
