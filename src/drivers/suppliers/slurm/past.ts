/**
 * What became of jobs that their controller has forgotten, from Slurm's accounting.
 *
 * Asks only for jobs whose end nobody here has seen, and knows those of an earlier life from the
 * spool. Where there is no accounting, or it is away, nothing is found; that is asked again later.
 */
import { quoted, type Shell } from '../../../ports/shell.ts'
import { type Cluster, isOver, type SlurmJob } from './cluster.ts'

export interface PastOptions {
  readonly cluster: Cluster
  readonly shell: Shell
  readonly spool: string
  readonly steadyMs: () => number
}

/** A job that was seen, and not its end. */
type Open = Pick<SlurmJob, 'name' | 'comment'>

/**
 * Takes all that the controller knows of ours, and the numbers of those that were shown as ended;
 * resolves with what it knows no longer.
 */
export type Past = (
  jobs: readonly SlurmJob[],
  ended: ReadonlySet<number>,
) => Promise<readonly SlurmJob[]>

export function past({ cluster, shell, spool, steadyMs }: PastOptions): Past {
  const open = new Map<number, Open>()
  const found = new Map<number, SlurmJob>()
  let isSpoolRead = false
  let askAtMs = Number.NEGATIVE_INFINITY

  async function readSpool(): Promise<void> {
    const ran = await shell.run(`cat ${quoted(spool)}/*/job 2>/dev/null; exit 0`).catch(() => null)
    isSpoolRead = ran?.code === 0
    for (const [, id, name = '', comment = ''] of ran?.stdout.toString().matchAll(noted) ?? []) {
      open.set(Number(id), { name, comment })
    }
  }

  async function ask(gone: readonly number[]): Promise<void> {
    const jobs = await cluster.past(gone.slice(0, askedMax)).catch(() => [])
    for (const job of jobs) {
      // Numbers come again, in time and on other clusters; the name of a lease does not.
      const known = open.get(job.id)
      if (known?.name !== job.name || !isOver(job)) continue
      found.set(job.id, { ...job, comment: known.comment })
      open.delete(job.id)
    }
    if (gone.some((id) => open.has(id))) askAtMs = steadyMs() + againMs
  }

  return async (jobs, ended) => {
    if (!isSpoolRead) await readSpool()
    for (const job of jobs) {
      if (ended.has(job.id)) open.delete(job.id)
      else open.set(job.id, job)
    }
    const here = new Set(jobs.map(({ id }) => id))
    const gone = [...open.keys()].filter((id) => !here.has(id))
    if (gone.length > 0 && steadyMs() >= askAtMs) await ask(gone)
    return [...found.values()].filter(({ id }) => !here.has(id))
  }
}

const againMs = 60_000
const askedMax = 100
const noted = /^(\d{1,12}) (\S+) (calumet .+)$/gm
