/**
 * Invariants of running: one epoch at a time, epochs only rise, and storage is the last fence.
 */
import type { Evidence, WorkSpan } from './evidence.ts'

/** [I6] Two epochs of one gang never run at the same time, and no rank of one runs twice. */
export function noSplitBrain({ works }: Evidence): string[] {
  const fenced = (works ?? []).filter((work) => work.fenced)
  return [...Map.groupBy(fenced, ({ run }) => run)].flatMap(([run, spans]) => {
    const sorted = [...spans].sort((a, b) => a.from - b.from || a.epoch - b.epoch)
    return sorted.flatMap((span, index) => {
      const other = sorted.slice(0, index).find((before) => overlap(before, span))
      if (!other) return []
      return other.epoch === span.epoch
        ? [`rank ${span.rank} of ${run} ran twice in epoch ${span.epoch} at ${span.from}`]
        : [`${run} ran in epochs ${other.epoch} and ${span.epoch} at ${span.from}`]
    })
  })
}

function overlap(before: WorkSpan, after: WorkSpan): boolean {
  const isOther = before.epoch !== after.epoch || before.rank === after.rank
  return isOther && (before.to === null || before.to > after.from)
}

/** [I7] The epochs of a run strictly rise, and nothing runs in one that was not started. */
export function epochsRise({ events, works, skewMs }: Evidence): string[] {
  const last = new Map<string, number>()
  const startedAt = new Map<string, number>()
  const found: string[] = []
  for (const { kind, run, facts, at } of events) {
    if (kind !== 'run.started' || run === null) continue
    const epoch = Number(facts.epoch)
    const before = last.get(run) ?? 0
    if (epoch <= before) found.push(`${run} started epoch ${epoch} after epoch ${before}`)
    last.set(run, epoch)
    startedAt.set(`${run} ${epoch}`, at)
  }
  for (const { run, epoch, rank, from } of works ?? []) {
    const since = startedAt.get(`${run} ${epoch}`)
    if (since !== undefined && since <= from + skewMs) continue
    found.push(`rank ${rank} of ${run} ran in epoch ${epoch} before that was started`)
  }
  return found
}

/** [I8] A checkpoint is taken from the newest epoch that ever saved one, or from a newer one. */
export function checkpointsAreFenced({ events }: Evidence): string[] {
  const last = new Map<string, number>()
  return events.flatMap(({ kind, workload, facts }) => {
    if (kind !== 'checkpoint.accepted' || workload === null) return []
    const epoch = Number(facts.epoch)
    const before = last.get(workload) ?? 0
    last.set(workload, Math.max(epoch, before))
    return epoch >= before
      ? []
      : [`a checkpoint of ${workload} was taken from epoch ${epoch} after one of epoch ${before}`]
  })
}

/** [E4] Where a job is called done, each rank of its last epoch was seen to end well. */
export function doneIsDone({ events, works }: Evidence): string[] {
  const seen = (works ?? []).filter(({ exitCode }) => exitCode !== undefined)
  if (seen.length === 0) return []
  const well = new Set(
    seen
      .filter(({ exitCode }) => exitCode === 0)
      .map(({ run, epoch, rank }) => rankOf(run, epoch, rank)),
  )
  const nodes = new Map<string | null, number>()
  return events.flatMap(({ kind, run, lease, facts }) => {
    if (kind === 'lease.ready') nodes.set(lease, Number(facts.nodes))
    if (kind !== 'run.ended' || run === null || facts.state !== 'done' || facts.exitCode !== 0)
      return []
    const ranks = Array.from({ length: nodes.get(lease) ?? 0 }, (_, rank) => rank)
    return ranks
      .filter((rank) => !well.has(rankOf(run, Number(facts.epoch), rank)))
      .map((rank) => `${run} counts as done, and nobody saw rank ${rank} end well`)
  })
}

const rankOf = (run: string, epoch: number, rank: number): string => `${run} ${epoch} ${rank}`

/** [E1] Each rank of each epoch ends once: what was reported of it never changes. */
export function ranksEndOnce({ events }: Evidence): string[] {
  const ends = new Map<string, number>()
  return events.flatMap(({ kind, run, facts }) => {
    if (kind !== 'rank.exited') return []
    const which = `rank ${facts.rank} of ${run} in epoch ${facts.epoch}`
    const count = (ends.get(which) ?? 0) + 1
    ends.set(which, count)
    return count === 2 ? [`${which} ended more than once`] : []
  })
}
