/**
 * What ranks wrote down by themselves of their lives, and what must fit it: the exit codes that
 * were reported, and the logs that were brought away.
 *
 * A line has run, epoch, rank, pid, machine, a word and the time. A kill can cost a line its time.
 */
import type { WorkSpan } from '../../../src/core/audit/evidence.ts'
import type { Event } from '../../../src/core/domain/event.ts'
import type { WorkloadStatus } from '../../../src/core/domain/workload.ts'
import type { Blow } from './hazard.ts'
import { type Job, service } from './wishes.ts'

export interface Life extends WorkSpan {
  readonly to: number
  readonly machine: string
  /** It came to its last line, so that all that is left is to exit. */
  readonly finished: boolean
}

/** SIGKILL to something, and whose rank and machine it was; or a blow to the ground. */
export interface Kill {
  readonly target: 'server' | 'supplier' | 'machine' | 'agent' | 'rank' | Blow
  readonly at: number
  /** When what was struck is there again; the same moment where who died is simply started. */
  readonly until: number
  readonly machine: string | null
  /** `RUN EPOCH RANK` where a process of a rank was hit. */
  readonly rank: string | null
}

const pattern = /^(\S+) (\d+) (\d+) (\d+) (\S+) (begin|beat|end) (\d{13})?$/

/** From the first to the last line of each process; one that was hit may have lived on a little. */
export function livesOf(lines: readonly string[]): readonly Life[] {
  const lives = new Map<string, Life>()
  for (const line of lines) {
    const [, run = '', epoch, rank, pid, machine = '', word, time] = pattern.exec(line) ?? []
    const which = `${run} ${epoch} ${rank} ${pid} ${machine}`
    const before = lives.get(which)
    const at = Number(time ?? before?.to)
    if (Number.isNaN(at)) continue
    lives.set(which, {
      ...{ run, epoch: Number(epoch), rank: Number(rank), machine },
      fenced: !run.startsWith(`${service}.`),
      from: before?.from ?? at,
      to: at,
      finished: word === 'end' || before?.finished === true,
    })
  }
  return [...lives.values()]
}

export interface Told {
  readonly jobs: readonly Job[]
  readonly lives: readonly Life[]
  readonly events: readonly Event[]
  readonly workloads: readonly WorkloadStatus[]
  readonly kills: readonly Kill[]
  /** The log of a rank, as the control plane has it. */
  readonly logOf: (life: Life) => string
}

/** An exit code is the rank's own, unless somebody killed it or told it to stop. */
export function exitFaults({ jobs, lives, events, kills }: Told): readonly string[] {
  const own = new Map(jobs.map(({ name, exitCode }) => [`${name}.0`, exitCode]))
  const finished = new Set(lives.filter((life) => life.finished).map(nameOf))
  const hit = new Set(kills.map(({ rank }) => rank))
  const stopped = new Set(
    events
      .filter(({ kind }) => kind === 'run.draining' || kind === 'run.fencing')
      .map(({ run, facts }) => `${run} ${facts.epoch}`),
  )
  return events.flatMap(({ kind, run, facts }) => {
    const code = own.get(run ?? '')
    if (kind !== 'rank.exited' || code === undefined) return []
    const rank = `${run} ${facts.epoch} ${facts.rank}`
    const said = `${rank} is said to have ended with ${facts.exitCode}`
    if (facts.exitCode === code) return finished.has(rank) ? [] : [`${said}, and never came so far`]
    if (![137, 143, -1].includes(Number(facts.exitCode))) return [`${said}, which nobody ever does`]
    const isExcused = hit.has(rank) || stopped.has(`${run} ${facts.epoch}`)
    return finished.has(rank) && !isExcused ? [`${said}, and ended by itself with ${code}`] : []
  })
}

/** A job ends as its ranks did: all of one epoch. */
export function endFaults({ jobs, lives, events, workloads }: Told): readonly string[] {
  const rows = new Map(workloads.map((status) => [status.spec.name, status]))
  const lastEpoch = lastEpochs(events)
  return jobs.flatMap(({ name, nodes, exitCode, isWithdrawn }) => {
    const state = rows.get(name)?.state
    if (isWithdrawn && state === 'deleted') return []
    if (state !== (exitCode === 0 ? 'succeeded' : 'failed')) return [`${name} is ${state}`]
    if (exitCode !== 0) return []
    const epoch = lastEpoch.get(`${name}.0`)
    const whole = lives.filter((life) => life.run === `${name}.0` && life.epoch === epoch)
    const count = new Set(whole.filter((life) => life.finished).map(({ rank }) => rank)).size
    return count === nodes ? [] : [`${name} is succeeded, and ${count} of ${nodes} ranks finished`]
  })
}

/** Logs have no gap. That of a job's last epoch is whole, unless who had to bring it was killed. */
export function logFaults(told: Told): readonly string[] {
  const { jobs, lives, events, workloads, kills, logOf } = told
  const beatsOf = new Map(jobs.map(({ name, beats }) => [`${name}.0`, beats]))
  const lastEpoch = lastEpochs(events)
  const succeeded = new Set(
    workloads.filter(({ state }) => state === 'succeeded').map(({ spec }) => `${spec.name}.0`),
  )
  return lives.flatMap((life) => {
    const beats = beatsOf.get(life.run)
    if (beats === undefined) return []
    const whole = [...Array.from({ length: beats }, (_, index) => `line ${index}`), 'line end']
    // Complete lines only; the shell says by itself who was killed.
    const lines = logOf(life)
      .split('\n')
      .slice(0, -1)
      .filter((line) => /^line (?:\d+|end)$/.test(line))
    const gap = lines.findIndex((line, index) => line !== whole[index])
    if (gap >= 0) return [`the log of ${nameOf(life)} has "${lines[gap]}" for "${whole[gap]}"`]
    const isLast = succeeded.has(life.run) && lastEpoch.get(life.run) === life.epoch
    // A machine is given back some seconds after its work is done, and its log goes with it.
    const isExcused = kills.some(({ target, at, until, machine }) =>
      machine === null
        ? target !== 'supplier' && until > life.to && at < life.to + backMs
        : machine === life.machine && at > life.to - backMs,
    )
    return lines.length === whole.length || !isLast || !life.finished || isExcused
      ? []
      : [`the log of ${nameOf(life)} ends after ${lines.length} of ${whole.length} lines`]
  })
}

/** Whoever was killed so long ago is back and has caught up. */
const backMs = 8_000

function lastEpochs(events: readonly Event[]): ReadonlyMap<string | null, number> {
  const started = events.filter(({ kind }) => kind === 'run.started')
  return new Map(started.map(({ run, facts }) => [run, Number(facts.epoch)]))
}

function nameOf({ run, epoch, rank }: Life): string {
  return `${run} ${epoch} ${rank}`
}
