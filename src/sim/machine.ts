/**
 * A rented machine with an agent and the ranks that it runs, as the agent's protocol describes
 * them. The desk that it talks to is the real one; the processes are not.
 *
 * What its ranks do stands in their command: `work 3600` is an hour of useful work, `fails 0.1` how
 * often an attempt ends with a failure, `straggles 60` that ranks end up to a minute later, and
 * `pace A100:8x2 0.5` that such a gang does half as much in an hour.
 */
import type { WorkSpan } from '../core/audit/evidence.ts'
import type { Ms } from '../core/domain/time.ts'
import type { Timer } from '../ports/clock.ts'
import type { AgentDesk, AgentIdentity, DeskAnswer } from '../ports/runtime.ts'
import type { AgentSync, AgentSyncReply, RankSaid, Work } from '../protocol/agent.ts'
import type { Chance } from './engine/chance.ts'
import type { Kernel } from './engine/kernel.ts'
import type { Process } from './engine/process.ts'

export interface Machine {
  readonly process: Process
  readonly rental: string
  readonly index: number
  readonly who: AgentIdentity
  /** The power is cut. */
  cut(): void
  /** The whole machine stands still for so long. */
  pause(durationMs: number): void
  /** The agent is killed; the ranks go on until the next one finds them. */
  restartAgent(): void
  /** When it said what was answered before the last answer up to a moment; null for nothing. */
  heardBy(at: Ms): Ms | null
  /** The run and the epoch that it works on; null where it does not. */
  working(): string | null
  /** Its rank ends by itself. */
  fail(exitCode: number): void
}

export interface MachineOptions {
  readonly kernel: Kernel
  readonly process: Process
  readonly chance: Chance
  readonly rental: string
  readonly index: number
  readonly who: AgentIdentity
  readonly deadManMs: number
  /** Calls the desk over the network. */
  readonly ask: <T>(
    what: string,
    ask: (desk: AgentDesk) => Promise<DeskAnswer<T>>,
  ) => Promise<DeskAnswer<T>>
  /** It was told to do what it was not told before. */
  readonly onTold: (work: Work) => void
  /** The machine powered itself off. */
  readonly onOff: () => void
  readonly onWork: (span: WorkSpan) => void
}

interface Rank {
  readonly work: Work
  readonly startedAtMs: number
  /** Since when by true time; null while it does not run. */
  since: Ms | null
  exitCode: number | null
  endpoint: string | null
  timers: Timer[]
}

interface Saving {
  /** What earlier epochs have done, in seconds of useful work. */
  readonly done: number
  readonly pace: number
  readonly everyMs: number
}

const stopMs = [50, 3_000] as const
const restartMs = 500

export function machine(options: MachineOptions): Machine {
  const { kernel, process, chance, rental, index, who, deadManMs, ask, onOff, onWork } = options
  const name = `${rental}-${index}`
  const ranks = new Map<string, Rank>()
  const [granted, watched] = [new Map<string, number>(), new Set<string>()]
  let wanted: ReadonlyMap<string, Work> | null = null
  let [heardAtMs, boot, isOff] = [process.steadyMs(), 0, false]
  let workSeen: string | null = null
  let answers: readonly { readonly saidAt: Ms; readonly at: Ms }[] = []
  const later = (ms: number, run: () => void) => kernel.after(ms, () => process.deliver(run))

  function span(rank: Rank): void {
    if (rank.since === null) return
    const { run, epoch, rank: number, grantMs } = rank.work
    const which = { run, epoch, rank: number, fenced: grantMs !== null }
    onWork({ ...which, from: rank.since, to: kernel.now(), exitCode: rank.exitCode })
    rank.since = null
  }

  function end(rank: Rank, exitCode: number): void {
    if (rank.exitCode !== null) return
    rank.exitCode = exitCode
    rank.endpoint = null
    for (const timer of rank.timers) timer.cancel()
    span(rank)
  }

  function leftMs({ run, epoch, grantMs }: Work): number {
    if (grantMs === null) return Number.POSITIVE_INFINITY
    const sentAtMs = granted.get(`${run} ${epoch}`)
    return sentAtMs === undefined ? 0 : sentAtMs + grantMs - process.steadyMs()
  }

  /** One look at everything, and what follows from it. */
  function look(): void {
    for (const rank of ranks.values()) {
      if (rank.exitCode !== null) continue
      if (leftMs(rank.work) <= 0) end(rank, -1)
      else if (wanted && !wanted.has(nameOf(rank.work))) stop(rank)
    }
    if (process.steadyMs() - heardAtMs > deadManMs) return void powerOff()
    if ([...ranks.values()].some(({ exitCode }) => exitCode === null)) return
    for (const work of wanted?.values() ?? []) {
      const isLater = [...ranks.values()].some(
        (rank) => rank.work.run === work.run && rank.work.epoch >= work.epoch,
      )
      if (!isLater && leftMs(work) > 0) start(work)
    }
  }

  /** The real agent looks ten times a second; here it looks when there is something to see. */
  function lookAtEnd(work: Work): void {
    const id = nameOf(work)
    if (watched.has(id)) return
    watched.add(id)
    later(Math.max(0, leftMs(work)) + 50, () => {
      watched.delete(id)
      look()
      // Its own clock may be slow, or it was granted more meanwhile.
      if (leftMs(work) > 0 && ranks.get(id)?.exitCode === null) lookAtEnd(work)
    })
  }

  function stop(rank: Rank): void {
    if (rank.timers.length === 0) return
    for (const timer of rank.timers.splice(0)) timer.cancel()
    later(chance.whole(...stopMs), () => {
      end(rank, 143)
      look()
    })
  }

  function start(work: Work): void {
    const rank: Rank = {
      work,
      startedAtMs: process.steadyMs(),
      since: kernel.now(),
      exitCode: null,
      endpoint: null,
      timers: [],
    }
    ranks.set(nameOf(work), rank)
    const { seconds, pace, fails, straggles } = read(work)
    if (work.grantMs === null) {
      rank.timers.push(later(chance.whole(1_000, 60_000), () => ready(rank)))
    } else {
      const done = Number(/^step-(\d+)$/.exec(work.envs.CALUMET_CHECKPOINT ?? '')?.[1] ?? 0)
      const restMs = Math.max(1_000, ((seconds - done) * 1_000) / pace)
      const lastMs = straggles > 0 ? chance.whole(0, straggles) * 1_000 : 0
      rank.timers.push(later(restMs + lastMs, () => finish(rank, 0)))
      const everyMs = Number(work.envs.CALUMET_CHECKPOINT_EVERY_MS ?? 0)
      if (work.rank === 0 && everyMs > 0) save(rank, { done, pace, everyMs })
    }
    if (chance.often(fails)) {
      rank.timers.push(later(chance.wait(1_800_000), () => finish(rank, 1)))
    }
  }

  function ready(rank: Rank): void {
    rank.endpoint = `http://${name}:80`
  }

  function finish(rank: Rank, exitCode: number): void {
    end(rank, exitCode)
    look()
  }

  /** The first rank says how far the gang has come; the next epoch goes on from there. */
  function save(rank: Rank, saving: Saving): void {
    const { run, epoch } = rank.work
    const timer = later(saving.everyMs, () => {
      if (rank.exitCode !== null) return
      const seconds = (process.steadyMs() - rank.startedAtMs) / 1_000
      const step = saving.done + Math.round(seconds * saving.pace)
      const commit = { run, epoch, step, uri: `step-${step}` }
      ask('checkpoint', (desk) => desk.commitCheckpoint(who, commit)).catch(() => {})
      rank.timers = rank.timers.filter((each) => each !== timer)
      save(rank, saving)
    })
    rank.timers.push(timer)
  }

  function powerOff(): void {
    cut()
    onOff()
  }

  function cut(): void {
    if (isOff) return
    isOff = true
    for (const rank of ranks.values()) end(rank, 137)
    process.kill()
  }

  function said(): RankSaid[] {
    return [...ranks.values()].map(({ work: { run, epoch, rank }, exitCode, endpoint }) => {
      const state = exitCode === null ? 'running' : 'exited'
      return { run, epoch, rank, state, exitCode, endpoint }
    })
  }

  function take(reply: AgentSyncReply, sentAtMs: number): void {
    heardAtMs = sentAtMs
    workSeen = reply.workSeen
    wanted = new Map(reply.work.map((work) => [nameOf(work), work]))
    for (const work of reply.work) {
      if (!granted.has(nameOf(work))) options.onTold(work)
      granted.set(`${work.run} ${work.epoch}`, sentAtMs)
      if (work.grantMs !== null) lookAtEnd(work)
    }
    const newest = Math.max(...[...ranks.values()].map(({ work }) => work.epoch), 0)
    for (const [id, rank] of ranks) {
      if (rank.exitCode !== null && rank.work.epoch < newest) ranks.delete(id)
    }
    look()
  }

  async function beat(own: number): Promise<number> {
    const [saidAt, sentAtMs] = [kernel.now(), process.steadyMs()]
    const sync: AgentSync = {
      ...{ machine: name, address: name, ports: null, ranks: said(), waitMs: 0, workSeen },
      // An agent that starts again reads the clock of the same boot of its machine.
      sent: { boot: name, atMicros: sentAtMs * 1_000 },
    }
    const answer = await ask('sync', (desk) => desk.sync(who, sync))
    // The question of an agent that was killed ended with it.
    if (own !== boot) return retryMs
    if (answer.outcome === 'gone') {
      powerOff()
      return 0
    }
    if (answer.outcome !== 'ok') return retryMs
    answers = [...answers, { saidAt, at: kernel.now() }].slice(-answersKept)
    take(answer.value, sentAtMs)
    return answer.value.beatMs
  }

  async function live(): Promise<void> {
    const own = boot
    while (!isOff && own === boot) {
      const restMs = await beat(own).catch(() => retryMs)
      look()
      await process.sleep(restMs * (0.9 + chance.next() / 10))
    }
  }

  live()
  return {
    process,
    rental,
    index,
    who,
    cut,
    pause(durationMs) {
      const running = [...ranks.values()].filter(({ exitCode }) => exitCode === null)
      for (const rank of running) span(rank)
      process.pause(durationMs)
      later(durationMs, () => {
        // What still may go on does; what may not is killed before anything else happens.
        for (const rank of running) {
          if (rank.exitCode === null && leftMs(rank.work) > 0) rank.since = kernel.now()
        }
        look()
      })
    },
    restartAgent() {
      boot += 1
      wanted = null
      workSeen = null
      later(restartMs, () => {
        live()
      })
    },
    heardBy: (at) => answers.filter((each) => each.at <= at).at(-2)?.saidAt ?? null,
    working() {
      const rank = [...ranks.values()].find(({ exitCode }) => exitCode === null)
      return rank ? nameOf(rank.work) : null
    },
    fail(exitCode) {
      for (const rank of ranks.values()) if (rank.exitCode === null) end(rank, exitCode)
    },
  }
}

const retryMs = 2_000
/** More than come within the time that a commit may be late. */
const answersKept = 8

function nameOf({ run, epoch }: Work): string {
  return `${run} ${epoch}`
}

function read({ command, envs, worldSize }: Work) {
  const number = (word: string) => Number(new RegExp(`${word} ([\\d.]+)`).exec(command)?.[1] ?? 0)
  const gang = `${envs.CALUMET_ACCELERATOR}:${envs.CALUMET_ACCELERATORS}x${worldSize}`
  const paces = command.split('pace ').map((each) => each.split(' '))
  const pace = Number(paces.find(([name]) => name === gang)?.[1] ?? 1)
  const straggles = number('straggles')
  return { seconds: number('work'), pace, fails: number('fails'), straggles }
}
