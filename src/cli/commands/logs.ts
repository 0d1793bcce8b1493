/**
 * `calumet logs`: what a rank printed; with `--follow` what it prints, from epoch to epoch, through
 * moves to other suppliers and restarts of the server, until its run is over.
 */

import type { Client } from '../../api/client.ts'
import type { LogReply, RunView } from '../../api/wire.ts'
import { CliError, exitCodes } from '../failure.ts'
import { isRead, patience } from '../patience.ts'
import type { Session } from '../session.ts'
import { plain, plainLines } from '../show/text.ts'

export interface LogsOptions {
  readonly follow?: boolean
  readonly rank?: number
  readonly epoch?: number
}

export async function logs(session: Session, name: string, options: LogsOptions): Promise<number> {
  const api = await session.api()
  const run = await findRun(session, api, name)
  const { rank = 0, epoch = run.epoch, follow } = options
  if (epoch < 1 && !follow) {
    const hint = `calumet why ${run.id.split('.')[0]} tells what it waits for`
    throw new CliError('not-found', `${run.id} has not started yet; ${hint}`)
  }
  const reader = readerOf(session, api, { run: run.id, rank })
  if (follow) await followRun(session, reader, { epoch, isOnly: options.epoch !== undefined })
  else await reader.toEnd(epoch)
  return exitCodes.ok
}

/** `chat.1` is one run; `chat` is its first run, one that runs before one that does not. */
async function findRun(session: Session, api: Client, name: string): Promise<RunView> {
  const { workload } = await api.call('workload', { params: { name: workloadOf(name) } })
  const { runs } = workload
  const named = runs.find(({ id }) => id === name)
  if (named) return named
  const running = runs.find(({ state }) => state === 'running') ?? runs[0]
  const known = runs.map(({ id }) => plain(id)).join(', ')
  if (name.includes('.')) {
    const hint = known === '' ? 'it has no runs yet' : `there is ${known}`
    throw new CliError('not-found', `there is no run ${name}; ${hint}`)
  }
  if (!running) throw new CliError('not-found', `${name} has no runs yet; calumet why ${name}`)
  if (runs.length > 1) session.note(`calumet: this is ${plain(running.id)} of ${known}\n`)
  return running
}

function workloadOf(run: string): string {
  return run.split('.')[0] ?? run
}

interface Reader {
  readonly run: string
  /** Prints what is there and resolves when there is no more for now. */
  toEnd(epoch: number): Promise<LogReply>
  /** The run as it is now; null when it was deleted. */
  look(): Promise<RunView | null>
}

interface Rank {
  readonly run: string
  readonly rank: number
}

function readerOf(session: Session, api: Client, { run, rank }: Rank): Reader {
  let offset = 0
  let current = 0
  return {
    run,
    async toEnd(epoch) {
      if (epoch !== current) [current, offset] = [epoch, 0]
      while (true) {
        const reply = await api.call('logs', { params: { run }, query: { rank, epoch, offset } })
        const isEnd = reply.next <= offset
        if (!isEnd) session.replyLine(reply, ({ text }) => plainLines(text))
        offset = reply.next
        if (isEnd || reply.over || !isRead(session)) return reply
      }
    },
    async look() {
      try {
        const { workload } = await api.call('workload', { params: { name: workloadOf(run) } })
        return workload.runs.find(({ id }) => id === run) ?? null
      } catch (error) {
        if (error instanceof CliError && error.code === 'not-found') return null
        throw error
      }
    },
  }
}

interface From {
  readonly epoch: number
  /** No later epoch is of interest. */
  readonly isOnly: boolean
}

async function followRun(session: Session, reader: Reader, from: From): Promise<void> {
  const waits = patience(session, 500)
  let { epoch } = from
  while (isRead(session)) {
    try {
      // Looked at first: what it printed before it ended is read after that was seen.
      const run = await reader.look()
      const isOver = epoch > 0 ? (await reader.toEnd(epoch)).over : false
      waits.answered()
      if (run === null || (from.isOnly && (isOver || run.epoch > epoch))) return
      if (!from.isOnly && run.epoch > epoch) {
        epoch = run.epoch
        session.note(`calumet: ${reader.run} epoch ${epoch}${placeOf(run)}\n`)
        continue
      }
      if (run.epoch === epoch && (run.state === 'done' || run.state === 'failed')) return
    } catch (error) {
      waits.complain(error)
    }
    await waits.pause()
  }
}

function placeOf({ supplier, accelerators }: RunView): string {
  return supplier === null ? '' : ` on ${plain(`${accelerators} of ${supplier}`)}`
}
