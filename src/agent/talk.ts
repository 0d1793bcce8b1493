/**
 * The conversation with the control plane: reports what is, hears what shall be, again and again.
 *
 * A request stays open until there is something new at the other end; news from this end cut it
 * short. A control plane that is away is asked more and more seldom, but never given up here.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { AgentSync, AgentSyncReply } from '../protocol/agent.ts'
import { bootMs, sentNow } from './boot-time.ts'
import type { Crew } from './crew.ts'
import type { Answer, DeskClient } from './desk-client.ts'
import type { Lifeline } from './lifeline.ts'
import { rankName } from './rank-files.ts'

export interface Talk {
  /** Resolves when the control plane says that the lease is over. */
  untilGone(): Promise<void>
  /** Something may have changed here: what has is told at once. */
  heed(): void
  close(): void
}

export interface TalkOptions {
  readonly self: Pick<AgentSync, 'machine' | 'address' | 'ports'>
  readonly desk: DeskClient
  readonly line: Lifeline
  readonly team: Crew
}

const retryMsMin = 100
const retryMsMax = 2_000
const waitMsMax = 30_000

export function talk({ self, desk, line, team }: TalkOptions): Talk {
  const closing = new AbortController()
  let beatMs = 0
  let workSeen: string | null = null
  let trouble: string | null = null
  let open: { readonly told: string; readonly cut: AbortController } | null = null

  async function once(): Promise<Answer<AgentSyncReply> | 'cut'> {
    const ranks = [...team.said()]
    const cut = new AbortController()
    open = { told: JSON.stringify(ranks), cut }
    const sentAtMs = bootMs()
    const said = { ...self, ranks, sent: sentNow(), waitMs: beatMs, workSeen }
    const answer = await desk.sync(said, cut.signal)
    open = null
    if (answer.kind === 'ok' && !closing.signal.aborted) {
      team.acknowledge(ranks)
      take(answer.value, sentAtMs)
      return answer
    }
    return cut.signal.aborted ? 'cut' : answer
  }

  function take(reply: AgentSyncReply, sentAtMs: number): void {
    beatMs = Math.min(reply.beatMs, waitMsMax)
    workSeen = reply.workSeen
    // Written down first: what is started has its grant.
    line.heard(sentAtMs, reply.work.map(rankName))
    team.want(reply.work)
    team.look()
  }

  function note(answer: Answer<AgentSyncReply>): void {
    const why = answer.kind === 'ok' ? null : answer.why
    if (why !== trouble) console.log(why ?? 'the control plane answers')
    trouble = why
  }

  return {
    async untilGone() {
      let retryMs = retryMsMin
      while (!closing.signal.aborted) {
        const askedAtMs = bootMs()
        const before = workSeen
        const answer = await once()
        if (answer === 'cut') continue
        note(answer)
        if (answer.kind === 'gone') return
        const isSame = answer.kind === 'ok' && workSeen === before
        // Somebody who does not wait for news must not be asked all the time.
        const restMs = isSame ? beatMs - (bootMs() - askedAtMs) : 0
        retryMs = answer.kind === 'ok' ? retryMsMin : Math.min(retryMs * 2, retryMsMax)
        const waitMs = answer.kind === 'ok' ? restMs : retryMs * (0.5 + Math.random() / 2)
        await pause(Math.max(0, waitMs), undefined, closing).catch(() => {})
      }
      return new Promise<never>(() => {})
    },
    heed() {
      if (open && open.told !== JSON.stringify(team.said())) open.cut.abort()
    },
    close() {
      closing.abort()
      open?.cut.abort()
    },
  }
}
