/**
 * What a lease's folder says of its ranks, and what is to be written there next: pure.
 */
import type { Lease } from '../../../core/domain/lease.ts'
import type { RankWork, Run } from '../../../core/domain/run.ts'
import { quoted } from '../../../ports/shell.ts'
import type { RankSaid } from '../../../protocol/agent.ts'
import type { LeaseFolder } from './spool.ts'

/** The state of one rank of the run that is on this lease; none where none is. */
export function rankSaid(
  lease: Lease,
  run: Run | null,
  folder: LeaseFolder,
  index: number,
  endpoint: string | null,
): readonly RankSaid[] {
  if (!run || run.lease !== lease.id || run.epoch === 0) return []
  const { epoch } = run
  const found = folder.ranks.find((each) => each.epoch === epoch && each.rank === index)
  // A rank without an exit code of its own ended for no fault of its own, or never began.
  const exitCode = found?.exitCode ?? (folder.over >= epoch ? lost : null)
  const begun = found?.logBytes == null ? 'starting' : 'running'
  const state = exitCode === null ? begun : 'exited'
  return [
    {
      run: run.id,
      epoch,
      rank: index,
      state,
      exitCode,
      endpoint: exitCode === null ? endpoint : null,
    },
  ]
}

const lost = -1

type File = readonly [name: string, text: string]

/**
 * The files that tell a cluster what to do from now on, `go` last; none where it knows. What was
 * told to stop stays so: the script starts no epoch up to the last one that it stopped.
 */
export function orders(
  lease: Lease,
  run: Run | null,
  folder: LeaseFolder,
  works: readonly (RankWork | null)[],
  pulse: string,
): readonly File[] {
  const work = works.find((each) => each !== null) ?? null
  const { go } = folder
  const isHere = run !== null && run.lease === lease.id
  const stopped = Math.max(go.epoch, isHere ? run.epoch : 0)
  const verb = work ? 'run' : 'stop'
  const epoch = work ? work.epoch : stopped
  if (go.verb === verb && go.epoch === epoch && go.pulse === pulse) return []
  const isNew = work !== null && !(go.verb === 'run' && go.epoch === epoch)
  return [...(isNew ? workFiles(works) : []), ['go', `${verb} ${epoch} ${pulse}\n`]]
}

function workFiles(works: readonly (RankWork | null)[]): readonly File[] {
  const [first] = works.filter((each) => each !== null)
  if (!first) return []
  const { epoch, setup, command } = first
  return [
    ...(setup === null ? [] : [[`e${epoch}.setup`, setup] as const]),
    [`e${epoch}.run`, command],
    ...works.flatMap((work) => {
      return work ? [[`e${epoch}.r${work.rank}.env`, environment(work)] as const] : []
    }),
  ]
}

function environment({ envs }: RankWork): string {
  return Object.entries(envs)
    .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
    .join('')
}
