/**
 * Machines made of processes: a folder, and an init loop in a session of its own that keeps the
 * agent running until the agent ends with 0, which powers the machine off.
 *
 * Machines outlive whoever booted them. Knows nothing of rentals, and remembers nothing: what is
 * there is asked of the operating system.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Process, processes, startsOf } from './processes.ts'
import type { ProcessId } from './state.ts'

export interface MachineOrder {
  readonly id: string
  readonly bootDelayMs: number
  /** All of its environment but its name, its folder and the search path. */
  readonly env: Readonly<Record<string, string>>
}

export interface Machines {
  /** Boots all of them, or throws with none left running. */
  boot(orders: readonly MachineOrder[]): ProcessId[]
  /** Those whose init loop is gone. */
  down<Init extends ProcessId>(inits: readonly Init[]): Init[]
  /** Resolves when nothing of them runs any more. Agents get `graceMs` to stop their work. */
  powerOff(ids: readonly string[], inits: readonly ProcessId[], graceMs: number): Promise<void>
  /** Every machine that has a folder, running or not. */
  ids(): string[]
  /** Throws the folder of a machine away. */
  wipe(id: string): void
}

// Nothing runs before the word comes: where the server dies while it boots a gang, the pipe closes
// and the init loop ends, so that what has no word yet needs nobody to clean up after it.
const init = `read -r go || exit 0
sleep "$4"
while :; do
  "$2" "$3" </dev/null
  [ $? -eq 0 ] && exit 0
  sleep 0.3
done`

export function machines(options: { dir: string; agentEntry: string; node?: string }): Machines {
  const { dir, agentEntry, node = process.execPath } = options
  mkdirSync(dir, { recursive: true, mode: 0o700 })

  function start({ id, bootDelayMs, env }: MachineOrder): ChildProcess {
    const home = join(dir, id)
    mkdirSync(home, { mode: 0o700 })
    const output = openSync(join(home, 'agent.log'), 'a', 0o600)
    const own = { CALUMET_MACHINE: id, CALUMET_HOME: home, HOME: home }
    const args = ['-c', init, 'calumet-machine', id, node, agentEntry, `${bootDelayMs / 1_000}`]
    try {
      const child = spawn('/bin/sh', args, {
        cwd: home,
        env: { PATH: process.env.PATH ?? '/usr/bin:/bin', ...env, ...own },
        stdio: ['pipe', output, output],
        detached: true,
      })
      // A failed start is seen by its missing pid, a lost pipe by the missing machine.
      child.on('error', () => {})
      child.stdin?.on('error', () => {})
      child.unref()
      return child
    } finally {
      closeSync(output)
    }
  }

  return {
    boot(orders) {
      const children: ChildProcess[] = []
      try {
        for (const order of orders) children.push(start(order))
        const pids = children.map(({ pid }) => pid ?? 0)
        const starts = startsOf(pids)
        const inits = pids.map((pid) => ({ pid, start: starts.get(pid) ?? '' }))
        if (inits.some(({ start }) => start === '')) throw new Error('a machine did not start')
        for (const { stdin } of children) stdin?.end('go\n')
        return inits
      } catch (error) {
        for (const { stdin } of children) stdin?.destroy()
        throw error
      }
    },
    down(inits) {
      const starts = startsOf(inits.map(({ pid }) => pid))
      return inits.filter(({ pid, start }) => starts.get(pid) !== start)
    },
    powerOff,
    ids: () => readdirSync(dir),
    wipe: (id) => rmSync(join(dir, id), { recursive: true, force: true }),
  }
}

async function powerOff(
  ids: readonly string[],
  inits: readonly ProcessId[],
  graceMs: number,
): Promise<void> {
  const members = watchMembers(ids)
  if (graceMs > 0) {
    askToStop(members(), inits)
    for (let leftMs = graceMs; leftMs > 0 && members().length > 0; leftMs -= stepMs) {
      await pause(Math.min(stepMs, leftMs))
    }
  }
  // A look at all processes takes a while, in which one can start another: only two empty looks in
  // a row prove that nothing is left.
  for (let empty = 0; empty < 2; ) {
    const left = members()
    for (const { pid } of left) signal(pid, 'SIGKILL')
    empty = left.length === 0 ? empty + 1 : 0
    if (left.length > 0) await pause(stepMs)
  }
}

const stepMs = 40

/** The init loops first, so that no agent comes back; then their agents, which stop their ranks. */
function askToStop(members: readonly Process[], inits: readonly ProcessId[]): void {
  const groups = new Set(inits.map(({ pid }) => pid))
  for (const { pid } of members) if (groups.has(pid)) signal(pid, 'SIGKILL')
  for (const { pid, group } of members) {
    if (groups.has(group) && !groups.has(pid)) signal(pid, 'SIGTERM')
  }
}

/**
 * Looks for the processes of machines: those that carry a machine's name, all that descend from
 * them, and whoever was seen to be one before, whatever became of its parents.
 */
function watchMembers(ids: readonly string[]): () => Process[] {
  const wanted = new Set(ids)
  const seen = new Map<number, string>()
  return () => {
    const all = processes()
    const children = Map.groupBy(all, ({ parent }) => parent)
    const found = new Set(
      all.filter(({ pid, start, machine }) => {
        return seen.get(pid) === start || (machine !== null && wanted.has(machine))
      }),
    )
    // A set shows what is added while one walks it.
    for (const { pid } of found) for (const child of children.get(pid) ?? []) found.add(child)
    for (const { pid, start } of found) seen.set(pid, start)
    return [...found]
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It ended by itself meanwhile.
  }
}
