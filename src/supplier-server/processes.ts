/**
 * The processes of this computer: which are there, and which belong to a machine.
 *
 * Every process of a machine carries `CALUMET_MACHINE` in its environment. Linux shows that in
 * /proc; elsewhere `ps` has to, which hides it for programs that the system protects. There, what
 * gives up its parents on purpose can be missed. Sends no signal.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

export interface Process {
  readonly pid: number
  readonly parent: number
  readonly group: number
  /** When it began; together with the pid it names one process for ever. */
  readonly start: string
  readonly machine: string | null
}

const isLinux = process.platform === 'linux'

/** All that run now, those that ended and still wait for their parent left out. */
export function processes(): Process[] {
  if (!isLinux) return fromPs(ps(['-axww', '-E', '-o', psColumns]))
  return readdirSync('/proc').flatMap((name) => {
    const found = /^\d+$/.test(name) ? fromProc(Number(name)) : null
    return found ? [{ ...found, machine: machineOf(found.pid) }] : []
  })
}

/** The starts of those among the pids that run. */
export function startsOf(pids: readonly number[]): Map<number, string> {
  if (pids.length === 0) return new Map()
  const found = isLinux
    ? pids.flatMap((pid) => fromProc(pid) ?? [])
    : fromPs(ps(['-ww', '-o', psColumns, '-p', pids.join(',')]))
  return new Map(found.map(({ pid, start }) => [pid, start]))
}

// Ticks count from the start of the computer, so that its name has to be part of a start.
const boot = isLinux ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8) : ''

function fromProc(pid: number): Omit<Process, 'machine'> | null {
  const stat = read(`/proc/${pid}/stat`)
  // The name stands in parentheses and may hold any character, parentheses too.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
  const [state, parent, group] = fields
  if (!stat || state === 'Z' || state === 'X') return null
  return { pid, parent: Number(parent), group: Number(group), start: `${boot}-${fields[19]}` }
}

function machineOf(pid: number): string | null {
  const environment = read(`/proc/${pid}/environ`)?.split('\0') ?? []
  return environment.find((entry) => entry.startsWith(mark))?.slice(mark.length) ?? null
}

const mark = 'CALUMET_MACHINE='

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null // It ended meanwhile, or belongs to somebody else.
  }
}

const psColumns = 'pid=,ppid=,pgid=,stat=,lstart=,command='

function ps(args: readonly string[]): string {
  try {
    return execFileSync('ps', args, { encoding: 'utf8', maxBuffer: 64 << 20, stdio: 'pipe' })
  } catch {
    return '' // It ends with 1 where no pid fits.
  }
}

/** Reads the columns above; the start has five words, and the environment follows the command. */
export function fromPs(text: string): Process[] {
  const line = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+((?:\S+\s+){4}\S+)\s+(.*)$/
  return text.split('\n').flatMap((each) => {
    const [, pid, parent, group, state = '', start = '', command = ''] = line.exec(each) ?? []
    if (!pid || state.startsWith('Z')) return []
    const machine = /(?:^|\s)CALUMET_MACHINE=(\S+)/.exec(command)?.[1] ?? null
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), start, machine }]
  })
}
