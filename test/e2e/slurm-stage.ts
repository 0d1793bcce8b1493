/**
 * A control plane beside a real Slurm cluster, both on this machine, and what a test asks of them.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ControlPlane, controlPlane } from '../../examples/story/control-plane.ts'
import { type Actor, freePort, stage, until } from '../../examples/story/stage.ts'
import { type SlurmCluster, type SlurmClusterOptions, slurmCluster } from '../../scripts/slurm.ts'

export interface SlurmStage {
  readonly cluster: SlurmCluster
  readonly plane: ControlPlane
  readonly folder: string
  readonly tokenFile: string
  /** Applies YAML. */
  apply(yaml: string): Promise<void>
  remove(workload: string): Promise<void>
  /** Starts the control plane again after it was killed. */
  startServer(): Promise<void>
  killServer(): Promise<void>
  /** The supplier as people write it; `more` are further lines of its settings. */
  supplier(url: string, more?: string): string
  /** Nothing runs, nothing is held and nothing is left in the spool. */
  isQuiet(): Promise<boolean>
  log(): string
  close(): Promise<void>
}

export async function slurmStage(options: SlurmClusterOptions = {}): Promise<SlurmStage> {
  const cluster = await slurmCluster(options)
  const { folder, start, clear, remove } = stage()
  const port = await freePort(0)
  const tokenFile = join(folder, 'slurm-token')
  writeFileSync(tokenFile, await cluster.token())
  let commands = 0
  let servers = 0
  let token = ''
  let server: Actor | null = null

  async function startServer(): Promise<void> {
    const pace = ['--tick', '250ms', '--list-every', '500ms', '--quote-every', '1s']
    const patience = [
      '--beat',
      '500ms',
      '--grant',
      '3s',
      '--silent',
      '12s',
      '--boot-timeout',
      '30s',
    ]
    const data = ['--data', join(folder, 'server'), '--port', `${port}`]
    servers += 1
    server = start(`server-${servers}`, ['server', ...data, ...pace, ...patience], cluster.env)
    const said = server
    token ||= await until('the bootstrap token', 20, () => {
      return /\b(cal_[\w-]{20,})/.exec(said.log())?.[1] ?? null
    })
    const plane = controlPlane(`http://127.0.0.1:${port}`, token)
    await until('the control plane', 20, async () => (await plane.leases()).length >= 0)
  }

  async function command(...args: readonly string[]): Promise<void> {
    commands += 1
    const env = { CALUMET_SERVER: `http://127.0.0.1:${port}`, CALUMET_TOKEN: token, COLUMNS: '100' }
    const actor = start(`command-${commands}`, args, env)
    const code = await actor.ended
    if (code !== 0) throw new Error(`calumet ${args.join(' ')} ended with ${code}: ${actor.log()}`)
  }

  await startServer()
  const plane = controlPlane(`http://127.0.0.1:${port}`, token)
  return {
    ...{ cluster, plane, folder, tokenFile, startServer },
    async apply(yaml) {
      const file = join(folder, `apply-${commands}.yaml`)
      writeFileSync(file, yaml)
      await command('apply', '-y', '-f', file)
    },
    remove: (workload) => command('delete', workload, '-y'),
    async killServer() {
      server?.kill('SIGKILL')
      await server?.ended
    },
    supplier: (url, more = '') => `kind: Supplier
name: campus
driver: slurm
url: ${url}
token: { file: ${tokenFile} }
late_effect: 2s
list_lag: 1s
settings:
  user: ${cluster.user}
  spool: ${cluster.spool}
  price.h100: 2.00
${more}`,
    async isQuiet() {
      const held = (await plane.leases()).filter(({ state }) => state !== 'gone')
      const jobs = (await cluster.command('squeue', '-h', '-o', '%j')).trim()
      return held.length === 0 && jobs === '' && readdirSync(cluster.spool).length === 0
    },
    log: () => readFileSync(join(folder, 'logs', `server-${servers}.log`), 'utf8'),
    async close() {
      await clear()
      await cluster.stop()
      remove()
    },
  }
}
