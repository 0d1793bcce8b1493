/**
 * What it takes to run daemons in a folder of their own: free ports, bounded waits, and an end for
 * whatever they started.
 */
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** Where daemons stand, which not everybody’s PATH has. */
export const places = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin']

export function notFound(programs: readonly string[]): readonly string[] {
  return programs.filter((name) => !places.some((place) => existsSync(join(place, name))))
}

export async function until(
  what: string,
  patienceMs: number,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const since = performance.now()
  let said = ''
  while (performance.now() - since < patienceMs) {
    try {
      if (await condition()) return
    } catch (error) {
      said = `: ${error instanceof Error ? error.message : error}`
    }
    await pause(100)
  }
  throw new Error(`waited ${patienceMs} ms for ${what}${said}`)
}

export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

/** Ends whatever was started below this folder, steps that outlived their node among it. */
export function endProcessesOf(folder: string): void {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue
    try {
      const environ = readFileSync(`/proc/${name}/environ`, 'utf8')
      if (environ.includes(folder)) process.kill(Number(name), 'SIGKILL')
    } catch {
      // It ended meanwhile, which is what was wanted, or it is somebody else's.
    }
  }
}

export function tailOf(folder: string, daemon: string): string {
  const path = join(folder, `${daemon}.out`)
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(-8).join('\n') : ''
}
