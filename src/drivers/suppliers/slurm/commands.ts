/**
 * A cluster by Slurm's own commands, on this computer or on a login node.
 */
import { quoted, type Ran, type Shell } from '../../../ports/shell.ts'
import { SupplierError } from '../../../ports/supplier.ts'
import type { Cluster, JobOrder } from './cluster.ts'
import { faultsOf, jobsOf, limitsOf, nodesOf, pastJobsOf } from './decode.ts'
import { isNoSuchJob, refusal } from './refusals.ts'

export interface CommandsOptions {
  readonly name: string
  readonly shell: Shell
}

export function commandCluster({ name, shell }: CommandsOptions): Cluster {
  async function run(doing: string, script: string): Promise<string> {
    const ran = await shell.run(script).catch((error: Error) => {
      throw new SupplierError('unknown', `${name}: ${doing} → ${error.message}`, { cause: error })
    })
    if (ran.code === 0) return ran.stdout.toString()
    throw failed(`${name}: ${doing}`, ran)
  }

  async function read<T>(doing: string, script: string, decode: (answer: unknown) => T) {
    const text = await run(doing, script)
    try {
      const answer: unknown = JSON.parse(text)
      const faults = faultsOf(answer)
      if (faults.length > 0) throw refusal(doing, faults)
      return decode(answer)
    } catch (error) {
      if (error instanceof SupplierError) throw error
      throw new SupplierError('unknown', `${name}: ${doing} → ${error}`, { cause: error })
    }
  }

  return {
    // Only later versions show nodes as JSON in scontrol; only earlier ones do in sinfo.
    nodes: () => {
      const script = 'scontrol show nodes --json 2>/dev/null || exec sinfo --json'
      return read('scontrol show nodes', script, nodesOf)
    },
    jobs: () => read('squeue', 'exec squeue --json --states=all', jobsOf),
    past: (jobs) => {
      return read('sacct', `exec sacct --json --allocations --jobs=${jobs.join(',')}`, pastJobsOf)
    },
    limits: async () => limitsOf(await run('sinfo', "exec sinfo --noheader --format='%R %l'")),
    async submit(job) {
      const text = await run('sbatch', sbatch(job))
      const [, id] = /^(\d+)(;\S*)?$/m.exec(text.trim()) ?? []
      if (id !== undefined) return Number(id)
      throw new SupplierError(
        'unknown',
        `${name}: sbatch → "${text.slice(0, 80)}"; no job’s number`,
      )
    },
    async cancel(job) {
      await run('scancel', `exec scancel ${job}`).catch((error: unknown) => {
        if (!isNoSuchJob(error)) throw error
      })
    },
  }
}

/** Slurm's word on what went wrong, or the shell's where there is no Slurm. */
function failed(doing: string, { code, stderr }: Ran): SupplierError {
  if (code === 126 || code === 127) {
    return new SupplierError('refused', `${doing} → ${stderr}; are Slurm’s commands installed?`)
  }
  const text = stderr.split('\n').at(-1) || `exit code ${code}`
  return refusal(doing, [{ number: null, text }])
}

function sbatch(job: JobOrder): string {
  const { name, comment, partition, nodes, type, perNode, folder, script } = job
  const { timeLimitMinutes: limit, switches } = job
  const patience = switches?.waitMinutes == null ? '' : `@${switches.waitMinutes}`
  const gpus = type === 'gpu' ? `${perNode}` : `${type}:${perNode}`
  const options = [
    ...['--parsable', '--no-requeue', '--exclusive', '--export=NONE', '--dependency=singleton'],
    ...['--ntasks-per-node=1', '--mem=0', '--input=/dev/null', '--output=/dev/null'],
    ...[`--job-name=${name}`, `--comment=${comment}`, `--partition=${partition}`],
    ...[`--nodes=${nodes}-${nodes}`, `--gpus-per-node=${gpus}`, `--chdir=${folder}`],
    ...(job.account === null ? [] : [`--account=${job.account}`]),
    ...(job.qos === null ? [] : [`--qos=${job.qos}`]),
    ...(job.reservation === null ? [] : [`--reservation=${job.reservation}`]),
    ...(limit === null ? [] : [`--time=${limit}`]),
    ...(switches === null ? [] : [`--switches=${switches.count}${patience}`]),
  ]
  return `exec sbatch ${options.map(quoted).join(' ')} <<'CALUMET_END'\n${script}\nCALUMET_END\n`
}
