/**
 * Offers saved checkpoints to the control plane, through the agent on this machine, or through a
 * file where an engine runs the rank.
 *
 * A checkpoint counts only once it was accepted. A refusal means that a newer gang owns the job; no
 * answer means that the control plane is away, which is no reason to stop. It saves no files.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from './environment.ts'

export interface Offer {
  readonly uri: string
  readonly step: number
}

export type Verdict =
  | 'accepted'
  | 'fenced' // a newer gang owns the job: whatever we do no longer counts
  | 'away' // nobody could say: offer the same or a newer one later

export interface Committer {
  /** Offers once and does not wait; `onFenced` hears of a refusal. */
  offer(checkpoint: Offer): void
  /** Offers until there is a verdict or the patience is used up, and waits for it. */
  settle(checkpoint: Offer, patienceMs: number): Promise<Verdict>
}

export interface CommitterOptions {
  /** Empty where the rank was started by hand: then there is nobody to ask, and all is accepted. */
  readonly agentUrl: string
  /** Where an engine looks for checkpoints; empty where there is none. */
  readonly file: string
  readonly signal: AbortSignal
  readonly onFenced: () => void
}

export function committer({ agentUrl, file, signal, onFenced }: CommitterOptions): Committer {
  let pending: Promise<void> | null = null
  let trouble: string | null = null

  async function ask(checkpoint: Offer): Promise<Verdict> {
    const { verdict, why } = await (file === ''
      ? post(agentUrl, checkpoint)
      : leave(file, checkpoint))
    if (why !== null && trouble === null) console.log(`checkpoints wait to be committed: ${why}`)
    if (verdict === 'accepted' && trouble !== null) {
      console.log(`checkpoints are committed again, from step ${checkpoint.step}`)
    }
    trouble = why
    return verdict
  }

  async function offerOnce(checkpoint: Offer): Promise<void> {
    if ((await ask(checkpoint)) === 'fenced') onFenced()
    pending = null
  }

  return {
    offer(checkpoint) {
      // One that comes while another is on its way is left out: the next one will be newer.
      pending ??= offerOnce(checkpoint)
    },
    async settle(checkpoint, patienceMs) {
      await pending
      const until = performance.now() + patienceMs
      for (;;) {
        const verdict = await ask(checkpoint)
        if (verdict !== 'away' || performance.now() >= until) return verdict
        await sleep(500, undefined, { signal })
      }
    },
  }
}

/** The verdict, and for people why there is none. */
async function post(
  agentUrl: string,
  checkpoint: Offer,
): Promise<{ readonly verdict: Verdict; readonly why: string | null }> {
  if (agentUrl === '') return { verdict: 'accepted', why: null }
  try {
    const response = await fetch(`${agentUrl}/checkpoint`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(checkpoint),
      signal: AbortSignal.timeout(2000),
    })
    const text = await response.text()
    if (response.ok) return { verdict: 'accepted', why: null }
    if (response.status === 409) return { verdict: 'fenced', why: null }
    return { verdict: 'away', why: `the agent answered ${response.status} ${text.slice(0, 200)}` }
  } catch (error) {
    return { verdict: 'away', why: `the agent does not answer (${messageOf(error)})` }
  }
}

/** The engine's runtime finds it there and answers beside it: `<step> accepted` or another word. */
async function leave(file: string, checkpoint: Offer): ReturnType<typeof post> {
  writeFileSync(`${file}.new`, `${JSON.stringify(checkpoint)}\n`)
  renameSync(`${file}.new`, file)
  const until = performance.now() + 5_000
  while (performance.now() < until) {
    const said = existsSync(`${file}.answer`) ? readFileSync(`${file}.answer`, 'utf8') : ''
    const [step, word] = said.trim().split(' ')
    if (Number(step) === checkpoint.step) {
      return { verdict: word === 'accepted' ? 'accepted' : 'fenced', why: null }
    }
    await sleep(100)
  }
  return { verdict: 'away', why: 'nobody has answered for this checkpoint' }
}
