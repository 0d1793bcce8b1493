/**
 * A real Slurm cluster on this machine, to try things on: its own munge, controller, nodes and REST
 * daemon, all of them in one temporary folder and on loopback. `npm run slurm` starts one, and
 * `npm run slurm -- --accounting` one that keeps accounts.
 *
 * Needs Slurm's programs and no rights; the accelerators are empty files. Nothing stays behind.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { accountingMissing, createDatabase, databaseArgv, socketOf } from './slurm/accounting.ts'
import { writeConfig } from './slurm/config.ts'
import { endProcessesOf, freePorts, notFound, places, tailOf, until } from './slurm/processes.ts'

const packages = 'slurmctld slurmd slurmrestd slurm-client munge slurm-wlm-jwt-plugin'
const programs = ['munged', 'slurmctld', 'slurmd', 'slurmrestd', 'sbatch', 'scontrol']

export interface SlurmCluster {
  readonly folder: string
  /** Where slurmrestd answers. */
  readonly url: string
  readonly user: string
  /** For Slurm's own commands. */
  readonly env: Readonly<Record<string, string>>
  /** A folder that all nodes share. */
  readonly spool: string
  token(lifespanSeconds?: number): Promise<string>
  /** Runs one of Slurm's commands and resolves with what it prints. */
  command(program: string, ...args: readonly string[]): Promise<string>
  /** Kills a daemon: `slurmctld`, `slurmrestd`, `slurmdbd`, or a node by its name. */
  kill(daemon: string): Promise<void>
  start(daemon: string): Promise<void>
  stop(): Promise<void>
}

/** Why there can be no cluster here; null where there can. */
export function slurmMissing(): string | null {
  const missing = notFound(programs)
  if (missing.length === 0) return null
  return `${missing.join(', ')} not found; on Debian: apt-get install ${packages}`
}

export interface SlurmClusterOptions {
  readonly nodes?: number
  /** Whether it keeps accounts, by slurmdbd. */
  readonly accounting?: boolean
  readonly minJobAgeSeconds?: number
}

export async function slurmCluster(options: SlurmClusterOptions = {}): Promise<SlurmCluster> {
  const { nodes = 4, accounting = false, minJobAgeSeconds = 300 } = options
  const folder = mkdtempSync(join(tmpdir(), 'calumet-slurm-'))
  chmodSync(folder, 0o755)
  const user = userInfo().username
  const names = Array.from({ length: nodes }, (_, index) => `n${index + 1}`)
  const ports = await freePorts(nodes + 3)
  const [controllerPort = 0, restPort = 0, dbdPort = 0, ...nodePorts] = ports
  const accountingPort = accounting ? dbdPort : null
  const own = { folder, user, names, minJobAgeSeconds }
  writeConfig({ ...own, controllerPort, nodePorts, accountingPort })
  const conf = join(folder, 'slurm.conf')
  const path = [...places, process.env.PATH ?? ''].join(':')
  const env = { SLURM_CONF: conf, PATH: path, MYSQL_UNIX_PORT: socketOf(folder) }
  const url = `http://127.0.0.1:${restPort}`
  const daemons = new Map<string, ChildProcess>()

  const argvOf = (daemon: string): readonly string[] => {
    if (daemon === 'munged') return mungedArgv(folder)
    if (daemon === 'slurmctld') return ['slurmctld', '-D', '-i', '-f', conf]
    if (daemon === 'mariadbd') return databaseArgv(folder, user)
    if (daemon === 'slurmdbd') return ['slurmdbd', '-D']
    if (daemon !== 'slurmrestd') return ['slurmd', '-D', '-N', daemon, '-f', conf]
    const plugins = accounting ? 'v0.0.38,dbv0.0.38' : 'v0.0.38'
    const rest = ['-f', conf, '-s', plugins, '-a', 'rest_auth/jwt']
    return ['slurmrestd', ...rest, `127.0.0.1:${restPort}`]
  }

  async function start(daemon: string): Promise<void> {
    const [program = '', ...args] = argvOf(daemon)
    const log = openSync(join(folder, `${daemon}.out`), 'a')
    const isRest = daemon === 'slurmrestd'
    // It will not run as root, nor as the user that Slurm runs as.
    const rest = { SLURM_JWT: 'daemon', SLURMRESTD_SECURITY: 'disable_user_check' }
    const child = spawn(program, args, {
      env: isRest ? { ...env, ...rest } : env,
      stdio: ['ignore', log, log],
      ...(isRest && process.getuid?.() === 0 && { uid: 65_534, gid: 65_534 }),
    })
    await once(child, 'spawn')
    daemons.set(daemon, child)
  }

  async function kill(daemon: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = daemons.get(daemon)
    daemons.delete(daemon)
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }

  async function command(program: string, ...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(program, [...args], { env, timeout: 20_000 })
    return stdout
  }

  async function isUp(): Promise<boolean> {
    const states = (await command('sinfo', '-h', '-N', '-o', '%T')).trim().split('\n')
    return states.length >= nodes && states.every((state) => state === 'idle')
  }

  async function keepAccounts(): Promise<void> {
    await createDatabase(folder, user)
    await start('mariadbd')
    await until('MariaDB', 30_000, () => existsSync(socketOf(folder)))
    await start('slurmdbd')
    const answers = () => command('sacctmgr', '-n', 'list', 'cluster').then(() => true)
    await until('slurmdbd', 30_000, answers)
    await command('sacctmgr', '-i', 'add', 'cluster', 'calumet')
  }

  async function stop(): Promise<void> {
    await command('scancel', '-u', user, '--state=PENDING,RUNNING,SUSPENDED').catch(() => {})
    const idle = async () => (await command('squeue', '-h')).trim() === ''
    await until('the end of all jobs', 10_000, idle).catch(() => {})
    for (const daemon of [...daemons.keys()].toReversed()) await kill(daemon)
    endProcessesOf(folder)
    rmSync(folder, { recursive: true, force: true })
  }

  const cluster = {
    ...{ folder, url, user, env, command, start, stop },
    spool: join(folder, 'shared'),
    kill: (daemon: string) => kill(daemon),
    async token(lifespanSeconds = 86_400) {
      const said = await command('scontrol', 'token', `lifespan=${lifespanSeconds}`)
      return said.trim().replace(/^SLURM_JWT=/, '')
    },
  }
  try {
    await start('munged')
    await until('munge', 20_000, () => existsSync(join(folder, 'munge.socket')))
    if (accounting) await keepAccounts()
    for (const daemon of ['slurmctld', ...names, 'slurmrestd']) await start(daemon)
    await until('the nodes', 60_000, isUp)
    const answers = () => fetch(`${url}/openapi/v3`).then(({ status }) => status > 0)
    await until('slurmrestd', 20_000, answers)
    return cluster
  } catch (error) {
    const logs = [...daemons.keys()].map((name) => tailOf(folder, name))
    await stop()
    throw new Error(`${error instanceof Error ? error.message : error}\n${logs.join('\n')}`)
  }
}

function mungedArgv(folder: string): readonly string[] {
  const own = ['socket', 'pid-file', 'log-file', 'seed-file'].map((name) => {
    return `--${name}=${join(folder, name === 'socket' ? 'munge.socket' : `munge.${name}`)}`
  })
  return ['munged', '--foreground', '--force', `--key-file=${join(folder, 'munge.key')}`, ...own]
}

async function show(): Promise<number> {
  const accounting = process.argv.includes('--accounting')
  const missing = slurmMissing() ?? (accounting ? accountingMissing() : null)
  if (missing) {
    console.error(missing)
    return 1
  }
  const told = new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, resolve)
  })
  const cluster = await slurmCluster({ accounting })
  const tokenFile = join(cluster.folder, 'token')
  writeFileSync(tokenFile, await cluster.token(), { mode: 0o600 })
  console.log(`A Slurm cluster of 4 nodes with 8 H100 each, in name only.

  commands   export SLURM_CONF=${cluster.env.SLURM_CONF}
  slurmrestd ${cluster.url}
  token      ${tokenFile}
  spool      ${cluster.spool}

kind: Supplier
name: campus
driver: slurm
url: ${cluster.url}
token: { file: ${tokenFile} }
late_effect: 5s
list_lag: 5s
settings:
  user: ${cluster.user}
  spool: ${cluster.spool}
  price.h100: 2.00

Ctrl-C ends it.`)
  await told
  await cluster.stop()
  return 0
}

if (import.meta.main) process.exitCode = await show()
