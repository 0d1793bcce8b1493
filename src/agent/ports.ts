/**
 * The ports of this machine, chosen once and kept: ranks remember the agent's for as long as they
 * run, and the other machines of the gang remember the ranks'.
 */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { AgentSync } from '../protocol/agent.ts'
import { readJson, writeWhole } from './rank-files.ts'
import type { Settings } from './settings.ts'

export interface Ports {
  /** Where the agent answers its ranks, on 127.0.0.1. */
  readonly agent: number
  /** For the ranks of a machine that shares its address; null where it has its own. */
  readonly ranks: AgentSync['ports']
}

export async function keptPorts({ home, sharesHost }: Settings): Promise<Ports> {
  const path = join(home, 'ports')
  const kept = readJson<Ports>(path)
  if (kept) return kept
  const [agent, service, master] = [await freePort(), await freePort(), await freePort()]
  const ports: Ports = { agent, ranks: sharesHost ? { service, master } : null }
  writeWhole(path, JSON.stringify(ports))
  return ports
}

// Below the ports that systems hand out to connections that leave them, so that none of these is
// taken in the moment between two programs that own it. Above the last one that `fetch` refuses.
const lowest = 11_000
const beyond = 32_000

async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, beyond)
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen({ port, exclusive: true })
  try {
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false
    throw error
  }
  server.close()
  await once(server, 'close')
  return true
}
