/**
 * The small program on every rented machine: pulls its work, runs it, reports what becomes of it.
 *
 * It ends with 0 when the machine is to be powered off, and with anything else when it is to be
 * started again. It may be killed at any moment: the next one finds what runs and goes on. It
 * decides nothing about work but this: what has lost its grant is killed.
 */
import { mkdirSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { type Crew, crew } from './crew.ts'
import { deskClient } from './desk-client.ts'
import { lifeline } from './lifeline.ts'
import { serveRanks } from './local-http.ts'
import { keptPorts } from './ports.ts'
import { readSettings, type Settings } from './settings.ts'
import { type Shipping, shipping } from './shipping.ts'
import { talk } from './talk.ts'

/** Why the machine is to be powered off. */
type Ending = 'the lease is over' | 'nobody answers any more' | 'it was told to'

const lookEveryMs = 100
const shipEveryMs = 300
/** How long a machine that is to be off may take to bring its last logs away. */
const flushMs = 5_000

const told = new AbortController()
for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => told.abort())

process.on('uncaughtException', fail)
run().then(() => process.exit(0), fail)

function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}

async function run(): Promise<void> {
  await agent(readSettings(process.env), told.signal)
}

/** Resolves when the machine is to be powered off; nothing of any rank runs then. */
async function agent(settings: Settings, signal: AbortSignal): Promise<void> {
  const { home, machine, address, deadManMs } = settings
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const ports = await keptPorts(settings)
  const localUrl = `http://127.0.0.1:${ports.agent}`
  const desk = deskClient(settings)
  const line = lifeline(settings)
  const logs = shipping(desk)
  const onNews = () => setImmediate(heed)
  // Taking the port comes first: it keeps a second agent away from the ranks of this one.
  const rankWith = (token: string) => team.rankWith(token)
  const server = await serveRanks({ port: ports.agent, desk, rankWith })
  const team = crew({ settings, line, localUrl, isShipped: logs.isDone, onNews })
  const self = { machine, address, ports: ports.ranks }
  const words = talk({ self, desk, line, team })

  function heed(): void {
    team.look()
    words.heed()
  }

  const { promise: ending, resolve: end } = Promise.withResolvers<Ending>()
  const looks = setInterval(() => {
    team.look()
    if (line.silentMs() >= deadManMs) end('nobody answers any more')
  }, lookEveryMs)
  const closing = new AbortController()
  const shipped = shipAll(logs, team, closing.signal)
  signal.addEventListener('abort', () => end('it was told to'), { once: true })
  if (signal.aborted) end('it was told to')
  words.untilGone().then(() => end('the lease is over'))

  const why = await ending
  console.log(`powers off: ${why}`)
  words.close()
  if (why === 'nobody answers any more') team.killAll()
  else team.want([])
  while (team.ranks().some((rank) => !rank.isOver())) await pause(20)
  clearInterval(looks)
  closing.abort()
  await Promise.race([shipped, pause(flushMs)])
  server.close()
  server.closeAllConnections()
}

/** Until it is closed, and then until nothing more can be brought away. */
async function shipAll(logs: Shipping, team: Crew, closing: AbortSignal): Promise<void> {
  for (;;) {
    const isLast = closing.aborted
    const sent = await logs.pass(team.ranks())
    if (isLast && !sent) return
    if (!sent) await pause(shipEveryMs, undefined, { signal: closing }).catch(() => {})
  }
}
