/**
 * What `calumet --help` costs in CPU, beside Node that does nothing.
 *
 * CPU and not time, since the machine may be busy; the cache of compiled code is warm.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const name = 'help'

const binary = fileURLToPath(new URL('../bin/calumet.js', import.meta.url))
const limitMs = 150
const rounds = 9

const commands = [
  ['node that does nothing', ['-e', '0']],
  ['calumet --help', [binary, '--help']],
  ['calumet version', [binary, 'version']],
  ['calumet get, no server', [binary, 'get', '--server', 'http://127.0.0.1:1']],
] as const

export async function run(): Promise<{
  title: string
  columns: string[]
  rows: (string | number)[][]
  note: string
}> {
  const folder = mkdtempSync(join(tmpdir(), 'calumet-bench-'))
  try {
    const rows = commands.map(([title, args]) => [title, medianMs(folder, args), limitMs])
    return {
      title: 'help: what a command costs before it does anything',
      columns: ['command', 'CPU ms', 'limit ms'],
      rows,
      note: `median of ${rounds} after 2 to warm up; user and system time of the process`,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function medianMs(folder: string, args: readonly string[]): number {
  const times = Array.from({ length: rounds + 2 }, () => cpuMs(folder, args))
  return times.slice(2).sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0
}

/** A file that is loaded in front of the program has it tell its CPU time when it ends. */
function cpuMs(folder: string, args: readonly string[]): number {
  const [meter, figure] = [join(folder, 'meter.cjs'), join(folder, 'figure')]
  writeFileSync(
    meter,
    `process.on('exit', () => {
       const { user, system } = process.cpuUsage()
       require('node:fs').writeFileSync(${JSON.stringify(figure)}, String((user + system) / 1000))
     })`,
  )
  const env = { ...process.env, CALUMET_TOKEN: 'none', XDG_CONFIG_HOME: folder }
  const { error } = spawnSync(process.execPath, ['--require', meter, ...args], { env })
  if (error) throw error
  return Math.round(Number(readFileSync(figure, 'utf8')))
}
