/**
 * `calumet events`: what happened, oldest first; with `--follow` also what happens from now on,
 * through restarts of the server.
 */

import type { Client } from '../../api/client.ts'
import type { EventView } from '../../api/wire.ts'
import type { Ms } from '../../core/domain/time.ts'
import { exitCodes } from '../failure.ts'
import { isRead, type Patience, patience } from '../patience.ts'
import type { Session } from '../session.ts'
import { moment } from '../show/columns.ts'
import { plain } from '../show/text.ts'

export interface EventsOptions {
  readonly follow?: boolean
  readonly workload?: string
  readonly supplier?: string
  /** How far back, in milliseconds; the last few events where it is not given. */
  readonly since?: number
}

const few = 50
const pageMax = 1_000

export async function events(session: Session, options: EventsOptions): Promise<number> {
  const api = await session.api()
  const past = await recent(session, api, options)
  if (!options.follow) {
    session.reply({ events: past }, (reply) => reply.events.map(line).join('') || none(options))
    return exitCodes.ok
  }
  for (const event of past) session.replyLine(event, line)
  await follow(session, api, { ...options, after: past.at(-1)?.seq ?? 0 })
  return exitCodes.ok
}

/** The newest events, page by page into the past until the span is covered. */
async function recent(session: Session, api: Client, options: EventsOptions): Promise<EventView[]> {
  const { workload, supplier, since } = options
  const from: Ms = since === undefined ? 0 : session.io.now() - since
  const limit = since === undefined ? few : pageMax
  let found: EventView[] = []
  let before = Number.MAX_SAFE_INTEGER
  while (true) {
    const reply = await api.call('events', { query: { before, workload, supplier, limit } })
    found = [...reply.events, ...found]
    const oldest = reply.events[0]
    if (since === undefined || reply.events.length < limit || !oldest || oldest.at < from) break
    before = oldest.seq
  }
  return found.filter(({ at }) => at >= from)
}

interface Following extends EventsOptions {
  readonly after: number
}

async function follow(session: Session, api: Client, options: Following): Promise<void> {
  const signal = session.io.interruption()
  const waits: Patience = patience(session, 250)
  let { after } = options
  while (isRead(session)) {
    try {
      for await (const event of api.events({ after, signal })) {
        if (!isRead(session)) return
        waits.answered()
        after = event.seq
        if (isWanted(event, options)) session.replyLine(event, line)
      }
    } catch (error) {
      waits.complain(error)
    }
    await waits.pause()
  }
}

function isWanted(event: EventView, { workload, supplier }: EventsOptions): boolean {
  if (workload !== undefined && event.workload !== workload) return false
  return supplier === undefined || event.supplier === supplier
}

function line({ at, text }: EventView): string {
  return `${moment(at)}  ${plain(text)}\n`
}

function none({ since, workload, supplier }: EventsOptions): string {
  const isNarrow = since !== undefined || workload !== undefined || supplier !== undefined
  return isNarrow ? 'no event fits; ask for more with a longer --since\n' : 'nothing happened yet\n'
}
