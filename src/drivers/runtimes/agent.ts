/**
 * The runtime of machines that run our agent, and the desk at which these agents report and pull.
 *
 * It hands out what the ledger says and writes down what agents say, only when that is new. It
 * starts nothing by itself, and decides nothing.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Node } from '../../core/domain/run.ts'
import type { NodeSight } from '../../core/domain/world.ts'
import type { Clock, Keys } from '../../ports/clock.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { Logs } from '../../ports/logs.ts'
import type { AgentDesk, AgentIdentity, DeskAnswer, Runtime } from '../../ports/runtime.ts'
import type { AgentSync } from '../../protocol/agent.ts'
import { checkpoints, type KeptBack } from './agent/checkpoints.ts'
import { keyring } from './agent/keyring.ts'
import { hasExited, nodeId, report } from './agent/report.ts'
import { type Look, nothing, views, type WorkOf } from './agent/views.ts'

export interface AgentRuntime extends Runtime, AgentDesk {
  /** The ledger has changed: whoever waits for work looks again. */
  wake(): void
}

export interface AgentRuntimeOptions {
  readonly ledger: Ledger
  readonly logs: Logs
  readonly keys: Keys
  readonly clock: Clock
  readonly workOf: WorkOf
  readonly keptBack: KeptBack
  readonly settings: { readonly grantMs: number; readonly beatMs: number }
  /** A node joined, a rank ended, or an endpoint came or went. */
  readonly onNews: () => void
}

/** How soon a change that nobody told of is found: another control plane may have made it. */
const lookAgainMs = 1_000
const triesMax = 10

/**
 * A report that lay here for longer is not written any more: while this process stood still another
 * desk may have heard a newer one.
 */
const reportValidMs = 10_000

export function agentRuntime(options: AgentRuntimeOptions): AgentRuntime {
  const { ledger, logs, keys, clock, workOf, keptBack, settings, onNews } = options
  const ring = keyring({ ledger, keys, clock })
  const sight = views({ ledger, workOf, settings })
  const saved = checkpoints(ledger, keptBack)
  const heardAtMs = new Map<string, number>()
  const latest = new Map<string, AgentSync['sent']>()
  const sleepers = new Set<AbortController>()
  let wakes = 0

  /** The lease as it is now, whatever its state. */
  async function identify(who: AgentIdentity): Promise<DeskAnswer<Look>> {
    const found = await ring.leaseOf(who)
    if ('why' in found) return { outcome: 'unauthorized', why: found.why }
    const seen = await sight.look(found.lease, who.index)
    if (!seen) return gone(`there is no lease ${found.lease}`)
    const { nodes } = seen.view.lease.body
    if (who.index >= 0 && who.index < nodes) return { outcome: 'ok', value: seen }
    return gone(`${found.lease} has ${nodes} nodes; there is no node ${who.index}`)
  }

  /** The same, of a lease that is in force. */
  async function admit(who: AgentIdentity): Promise<DeskAnswer<Look>> {
    const answer = await identify(who)
    if (answer.outcome !== 'ok') return answer
    const { lease } = answer.value.view
    return lease.body.state === 'gone' ? gone(`${lease.id} is over`) : answer
  }

  /** The node after this report; null where there is reason to look again. */
  async function write(
    { view, node: row }: Look,
    index: number,
    sync: AgentSync,
    untilMs: number,
  ): Promise<Node | 'other' | null> {
    const { lease, run } = view
    const id = nodeId(lease.body, index)
    const old = row?.body ?? null
    if (clock.steadyMs() > untilMs)
      throw new Error('this report lay here for too long; say it again')
    if (old && old.machine !== sync.machine) return 'other'
    // Another desk may have heard what came later, and only the ledger knows of it.
    const isLate = isOvertaken(sync.sent, latest.get(id)) || isOvertaken(sync.sent, old?.sent)
    if (old && isLate) return old
    latest.set(id, sync.sent)
    const now = old?.firstSeenAt ?? (await ledger.now())
    const hasHeardStop = sync.workSeen === view.stop?.workSeen
    const said = { index, old, sync, hasHeardStop }
    const next = report({ now, lease: lease.body, run: run?.body ?? null, ...said })
    if (old && row?.live && isDeepStrictEqual(old, next.node)) return old
    const body = { ...next.node, sent: sync.sent }
    const done = await ledger.commit({
      // A lease that ended takes its nodes with it; none of them comes back.
      expects: [{ kind: 'lease', id: lease.id, version: lease.version }],
      puts: [{ kind: 'node', id, version: row?.version ?? 0, live: true, body }],
      events: next.events,
    })
    if (done.outcome !== 'done') return null
    if (next.events.length > 0) onNews()
    if (old) return body
    // It may have been the last of its gang: now there is work for all of them.
    sight.forget(lease.id)
    return null
  }

  async function note(who: AgentIdentity, sync: AgentSync): Promise<DeskAnswer<Noted>> {
    const untilMs = clock.steadyMs() + reportValidMs
    for (let tries = 0; tries < triesMax; tries += 1) {
      const admitted = await admit(who)
      if (admitted.outcome !== 'ok') return admitted
      const { view } = admitted.value
      const node = await write(admitted.value, who.index, sync, untilMs)
      if (node === 'other') return gone(`another machine is node ${who.index} of ${view.lease.id}`)
      if (!node) continue
      heardAtMs.set(node.id, clock.steadyMs())
      return { outcome: 'ok', value: { view, node } }
    }
    throw new Error(`the rows of key ${who.key} change all the time; try again`)
  }

  /** Until the ledger may have changed, or so long. */
  async function rest(durationMs: number): Promise<void> {
    const sleeper = new AbortController()
    sleepers.add(sleeper)
    await clock.sleep(durationMs, sleeper.signal)
    sleepers.delete(sleeper)
  }

  return {
    observe(nodes) {
      const ids = new Set(nodes.map(({ id }) => id))
      for (const seen of [heardAtMs, latest]) {
        for (const id of seen.keys()) if (!ids.has(id)) seen.delete(id)
      }
      // A node that this desk never heard counts from here on: another one may have heard it, or
      // its first report is being written down right now.
      const now = clock.steadyMs()
      for (const id of ids) if (!heardAtMs.has(id)) heardAtMs.set(id, now)
      return nodes.map((node) => sightOf(node, now - (heardAtMs.get(node.id) ?? now)))
    },

    async sync(who, sync) {
      const untilMs = clock.steadyMs() + sync.waitMs
      let seen = wakes
      const noted = await note(who, sync)
      if (noted.outcome !== 'ok') return noted
      let { view } = noted.value
      const { node } = noted.value
      for (;;) {
        const isOver = hasExited(node, view.run?.body ?? null)
        const told = isOver ? (view.stop ?? nothing) : view.toldTo(who.index)
        const leftMs = untilMs - clock.steadyMs()
        if (told.workSeen !== sync.workSeen || leftMs <= 0) {
          return { outcome: 'ok', value: { ...told, beatMs: settings.beatMs } }
        }
        if (seen === wakes) await rest(Math.min(leftMs, lookAgainMs))
        seen = wakes
        const admitted = await admit(who)
        if (admitted.outcome !== 'ok') return admitted
        view = admitted.value.view
      }
    },

    async commitCheckpoint(who, commit) {
      const admitted = await admit(who)
      return admitted.outcome === 'ok'
        ? saved.commit(admitted.value.view.lease.body, commit)
        : admitted
    },

    async newestCheckpoint(who, job) {
      const admitted = await admit(who)
      if (admitted.outcome !== 'ok') return admitted
      const { body: lease } = admitted.value.view.lease
      return { outcome: 'ok', value: isName(job) ? await saved.newest(lease, job) : null }
    },

    // Also of a lease that is over: its last words are worth as much.
    async appendLog(who, { run, epoch, rank, offset }, bytes) {
      const answer = await identify(who)
      if (answer.outcome !== 'ok') return answer
      const { lease, run: current } = answer.value.view
      const isItsOwn = run === lease.body.run && rank === who.index
      if (!isItsOwn || !current || epoch > current.body.epoch) {
        const rankSaid = `rank ${rank} of ${run} in epoch ${epoch}`
        const why = `node ${who.index} of ${lease.id} has no ${rankSaid}`
        return { outcome: 'stale', why }
      }
      return { outcome: 'ok', value: await logs.append({ run, epoch, rank }, offset, bytes) }
    },

    wake() {
      wakes += 1
      for (const sleeper of sleepers) sleeper.abort('woken')
    },
  }
}

interface Noted {
  readonly view: Look['view']
  readonly node: Node
}

/** An agent that has news hangs up and asks anew; what it said before may arrive after that. */
function isOvertaken(sent: AgentSync['sent'], last: AgentSync['sent'] | undefined): boolean {
  return last !== undefined && last.boot === sent.boot && last.atMicros > sent.atMicros
}

function gone(why: string): DeskAnswer<never> {
  return { outcome: 'gone', why }
}

function isName(text: string): boolean {
  return /^[a-z0-9-]{1,100}$/.test(text)
}

function sightOf(node: Node, heardAgoMs: number): NodeSight {
  return { node, heardAgoMs }
}
