/**
 * The processes of a rank: is its first one still the one we started, and what else belongs to it.
 *
 * A pid alone proves nothing, since pids are given out again; together with the moment of its start
 * it names one process for ever. Everything of a rank carries the rank's own URL of the agent in
 * its environment, also what left the process group, as the workers of `torchrun` do. Linux shows
 * that in /proc; elsewhere `ps` has to.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { boot } from './boot-time.ts'

const isLinux = process.platform === 'linux'

/** When the process began; null where there is none, or it has ended and waits for its parent. */
export function startOf(pid: number): string | null {
  if (isLinux) {
    const { start = null } = statOf(pid) ?? {}
    return start
  }
  const [state = '', ...start] = ps(['-o', 'stat=,lstart=', '-p', `${pid}`])
    .trim()
    .split(/\s+/)
  return state === '' || state.startsWith('Z') ? null : start.join(' ')
}

/** Whether a process that was there a moment ago is still there. */
export function isStill(pid: number, start: string): boolean {
  // To ask `ps` ten times a second would cost more than the rare pid that is given out again.
  return isLinux ? startOf(pid) === start : signal(pid, 0)
}

/** Kills what belongs to a rank until nothing of it is left. */
export async function killAll(mark: string): Promise<void> {
  // A look at all processes takes a while, in which one can start another: only two empty looks in
  // a row prove that nothing is left.
  for (let empty = 0, waitMs = 10; empty < 2; waitMs = Math.min(waitMs * 2, 1_000)) {
    const left = marked(mark)
    for (const pid of left) signal(pid, 'SIGKILL')
    empty = left.length === 0 ? empty + 1 : 0
    if (left.length > 0) await pause(waitMs)
  }
}

/** To a process, or to a group by its negative number; false where there is nobody. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

/** Those that carry the mark, and all that descend from them. */
function marked(mark: string): readonly number[] {
  const all = isLinux ? fromProc(mark) : fromPs(mark)
  const children = Map.groupBy(all, ({ parent }) => parent)
  const found = new Set(all.filter(({ isMarked }) => isMarked))
  // A set shows what is added while one walks it.
  for (const { pid } of found) for (const child of children.get(pid) ?? []) found.add(child)
  return [...found].map(({ pid }) => pid).filter((pid) => pid !== process.pid)
}

interface Seen {
  readonly pid: number
  readonly parent: number
  readonly isMarked: boolean
}

function fromProc(mark: string): readonly Seen[] {
  return readdirSync('/proc').flatMap((name) => {
    const pid = /^\d+$/.test(name) ? Number(name) : 0
    const stat = pid > 0 ? statOf(pid) : null
    if (!stat) return []
    const isMarked = (read(`/proc/${pid}/environ`) ?? '').split('\0').includes(mark)
    return [{ pid, parent: stat.parent, isMarked }]
  })
}

function statOf(pid: number): { readonly parent: number; readonly start: string } | null {
  const stat = read(`/proc/${pid}/stat`)
  // The name stands in parentheses and may hold any character, parentheses too.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
  const [state, parent] = fields
  if (!stat || state === 'Z' || state === 'X') return null
  // Ticks count from the start of the computer, so that its name has to be part of a start.
  return { parent: Number(parent), start: `${boot} ${fields[19]}` }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null // It ended meanwhile, or belongs to somebody else.
  }
}

function fromPs(mark: string): readonly Seen[] {
  const lines = ps(['-axww', '-E', '-o', 'pid=,ppid=,stat=,command=']).split('\n')
  return lines.flatMap((line) => {
    const [, pid, parent, state = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)/.exec(line) ?? []
    if (!pid || state.startsWith('Z')) return []
    return [{ pid: Number(pid), parent: Number(parent), isMarked: line.includes(mark) }]
  })
}

function ps(args: readonly string[]): string {
  try {
    return execFileSync('ps', args, { encoding: 'utf8', maxBuffer: 64 << 20, stdio: 'pipe' })
  } catch {
    return '' // It ends with 1 where no pid fits.
  }
}
