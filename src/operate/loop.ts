/**
 * The only loop: observe, plan, lint, commit, act; again and again, through crashes of its own and
 * outages of any supplier. It waits for nobody: whatever is slow is looked at in the next turn.
 */
import { firstDemand } from '../core/demand/demands.ts'
import { event } from '../core/domain/event.ts'
import type { Spec } from '../core/domain/spec.ts'
import type { Ms } from '../core/domain/time.ts'
import type { WorkloadStatus } from '../core/domain/workload.ts'
import { lessonsOfQuotes } from '../core/hunt/lessons.ts'
import type { Clock, Keys } from '../ports/clock.ts'
import type { Commit, CommitOutcome, Kind, Ledger, Snapshot } from '../ports/ledger.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { OpenSupplier } from '../ports/supplier.ts'
import { act } from './act.ts'
import { auditor } from './audit.ts'
import { leadership } from './leadership.ts'
import { load } from './load.ts'
import { type Memory, recall, remember, teach } from './memory.ts'
import { type Operator, unseen } from './operator.ts'
import { saidBy } from './said.ts'
import type { Settings } from './settings.ts'
import { doorbell } from './timing/doorbell.ts'
import { type Decision, decide } from './turn/decide.ts'
import type { DecideOptions, Observed } from './turn/observed.ts'
import { withSpecs } from './turn/preview.ts'
import { areQuiet, stillness } from './turn/still.ts'
import type { Stray } from './turn/strays.ts'
import { watch } from './watch.ts'

export interface OperatorOptions {
  readonly ledger: Ledger
  readonly runtime: Runtime
  readonly open: OpenSupplier
  readonly clock: Clock
  readonly keys: Keys
  readonly settings: Settings
  /** Names this process among all control planes of the installation. */
  readonly holder: string
  /** Called after every commit of the loop. */
  readonly onCommit: () => void
  readonly log: (level: 'info' | 'warn' | 'error', text: string) => void
}

export function operator(options: OperatorOptions): Operator {
  const { ledger, runtime, open, clock, keys, settings, holder, onCommit, log } = options
  const bell = doorbell(clock)
  const lead = leadership({ ledger, clock, holder, ttlMs: settings.leadershipMs })
  const loads = load(clock)
  const still = stillness(settings)
  const eyes = watch({ ...options, installation: ledger.installation, onNews: bell.ring })
  let memory: Memory | null = null
  let meanwhile: Pick<Commit, 'puts'>[] = []
  let straysSeen: ReadonlySet<string> = new Set()
  let last: Pick<Decision, 'world' | 'arrive' | 'releases'> | null = null
  let turnedAt: Ms | null = null
  let said: string | null = null
  let listeningSinceMs = clock.steadyMs()
  let lookedAtMs = listeningSinceMs
  /** Looks that are further apart had a standing still between them, not just a long turn. */
  const deafMs = Math.max(settings.silentMs / 2, 3 * settings.tickMs)
  let staleInARow = 0
  /** The last epoch that was told of; once at most, even where the answer is lost. */
  let toldEpoch: number | null = null

  async function commit(draft: Omit<Commit, 'epoch'>): Promise<CommitOutcome> {
    const epoch = lead.epoch()
    if (epoch === null) return { outcome: 'deposed' }
    const done = await ledger.commit({ ...draft, epoch }).catch((error: unknown) => {
      // It may have happened, or may happen yet.
      lead.doubt(epoch)
      throw error
    })
    if (done.outcome === 'deposed') lead.lost(epoch)
    if (done.outcome !== 'done') return done
    if (memory) remember(memory, draft)
    else meanwhile.push(draft)
    onCommit()
    return done
  }
  const leads = () => lead.epoch() !== null
  const calls = act({ ...options, watch: eyes, commit, leads, onNews: bell.ring })

  /** All but the nodes. Read before the rows: what has settled meanwhile counts as under way. */
  function glimpsed(sightings: Observed['sightings']): Omit<Observed, 'sights'> {
    return {
      sightings,
      straysSeen,
      offers: eyes.offers(),
      outages: eyes.outages(),
      known: eyes.knows,
      inFlight: new Set(calls.inFlight),
      requestsPerSecond: loads.requestsPerSecond(),
    }
  }

  function sightsOf({ rows }: Snapshot): Observed['sights'] {
    // While nobody led, or all of this process stood still, nobody was heard: silence counts from
    // when we lead and look, without a gap.
    const nowMs = clock.steadyMs()
    if (nowMs - lookedAtMs > deafMs) listeningSinceMs = nowMs
    lookedAtMs = nowMs
    const heardMs = nowMs - listeningSinceMs
    return runtime.observe(rows.node.map(({ body }) => body)).map((sight) => ({
      ...sight,
      heardAgoMs: Math.min(sight.heardAgoMs, heardMs),
    }))
  }

  function optionsWith(known: Memory): DecideOptions {
    return { installation: ledger.installation, settings, memory: known, ...keys }
  }

  /** What calls wrote while it was read may be in it or not: it is remembered again. */
  async function recalled(): Promise<Memory> {
    meanwhile = []
    const fresh = await recall(ledger)
    for (const draft of meanwhile) remember(fresh, draft)
    return fresh
  }

  async function turn(): Promise<void> {
    const led = lead.epoch() !== null
    const taken = await lead.take()
    if (taken === 'none') return
    if (taken !== 'kept') {
      memory = null
      still.end()
      eyes.forget()
    }
    if (taken === 'new' || !led) listeningSinceMs = clock.steadyMs()
    const known = memory ?? (await recalled())
    memory = known
    const epoch = lead.epoch()
    // Who lost it and has it again under the same epoch says nothing new.
    if (epoch !== null && epoch !== toldEpoch) await sayTaken(epoch)
    // Suppliers are listed before our own rows are read: whatever a listing shows was intended.
    const sightings = eyes.takeSightings()
    const isDone = await carryOut(known, sightings).catch((error: unknown) => {
      eyes.unsee(sightings)
      throw error
    })
    if (!isDone) eyes.putBack(sightings)
  }

  /** False where nothing of it was applied. */
  async function carryOut(known: Memory, sightings: Observed['sightings']): Promise<boolean> {
    const glimpse = glimpsed(sightings)
    const snapshot = await ledger.read()
    const seen = { ...glimpse, sights: sightsOf(snapshot) }
    // Whatever a listing shows was so later than this reading: it is asked for after it.
    eyes.poll(
      snapshot.rows.supplier.map(({ body }) => body),
      snapshot.now,
    )
    const sight = { snapshot, seen }
    if (still.lasts(sight)) {
      for (const lease of last?.releases ?? []) calls.release(lease)
      turnedAt = snapshot.now
      return false
    }
    still.end()
    teach(known, lessonsOfQuotes(known.belief, seen.offers), snapshot.now)
    const decision = decide(snapshot, seen, optionsWith(known))
    for (const fault of decision.faults) log('error', `the plan was not carried out: ${fault}`)
    const { puts, events } = decision.commit
    if (puts.length > 0 || events.length > 0) {
      const done = await commit(decision.commit)
      staleInARow = done.outcome === 'stale' ? staleInARow + 1 : 0
      if (done.outcome === 'stale') await refresh(known, done.kind, done.id)
      // Whatever changed may allow a next move at once; and a row that never fits must not be all
      // that happens here.
      if (!areQuiet(puts) && staleInARow < staleInARowMax) bell.ring()
      if (done.outcome !== 'done') return false
    }
    if (seen.sightings.length > 0) straysSeen = nextStrays(straysSeen, seen, decision.strays)
    for (const ask of decision.asks) calls.ask(ask)
    for (const lease of decision.releases) calls.release(lease)
    for (const stray of decision.strays) if (stray.certain) calls.giveBack(stray)
    last = decision
    turnedAt = snapshot.now
    still.note(decision, sight)
    return true
  }

  async function sayTaken(epoch: number): Promise<void> {
    const taken = event('leadership.taken', {}, { holder, epoch })
    toldEpoch = epoch
    const done = await commit({ puts: [], events: [taken] })
    if (done.outcome === 'deposed') toldEpoch = null
  }

  /** A row that is over was written by somebody else: look at it again. */
  async function refresh(known: Memory, kind: Kind, id: string): Promise<void> {
    if (!remembered.has(kind)) return
    const row = await ledger.get(kind, id)
    if (row) remember(known, { puts: [{ ...row, version: row.version - 1 } as never] })
  }

  return {
    async run(signal) {
      signal.addEventListener('abort', bell.ring)
      while (!signal.aborted) {
        const fromMs = clock.steadyMs()
        try {
          await turn()
          said = null
        } catch (error) {
          said = saidBy(error)
          log('error', `this turn failed: ${said}`)
        }
        // A turn of a large fleet is long: others on this thread get twice as much as it took.
        const restMs = 2 * (clock.steadyMs() - fromMs)
        await clock.sleep(Math.min(restMs, settings.tickMs), signal)
        await bell.wait(settings.tickMs)
      }
      await calls.idle()
      await lead.resign()
    },
    nudge: bell.ring,
    offers: eyes.offers,
    staleOffers: eyes.staleOffers,
    costs: () => last?.world ?? unseen,
    offerFaults: eyes.offerFaults,
    noteLoad: loads.note,
    async preview(specs: readonly Spec[]) {
      // Takes no listing away from the loop.
      const glimpse = glimpsed([])
      const snapshot: Snapshot = withSpecs(await ledger.read(), specs)
      const seen = { ...glimpse, sights: sightsOf(snapshot) }
      return decide(snapshot, seen, optionsWith(memory ?? (await recall(ledger))))
    },
    audit: auditor({ ledger, open, clock, keys, settings }),
    outlook: (workload) => (lead.epoch() === null ? null : outlookOf(last, workload)),
    health: () => ({ leading: lead.epoch() !== null, lastTurnAt: turnedAt, said }),
  }
}

/** What the last turn leaves to a workload that came after it. */
function outlookOf(last: Pick<Decision, 'arrive'> | null, workload: WorkloadStatus) {
  return last?.arrive(firstDemand(workload)).reasons ?? null
}

const staleInARowMax = 5

/** The kinds of which rows that are over count for something. */
const remembered: ReadonlySet<Kind> = new Set<Kind>(['run', 'charge', 'lease', 'pool', 'outage'])

/** What the last listings showed. Who was not listed, or only in part, keeps what was known. */
function nextStrays(
  before: ReadonlySet<string>,
  { sightings }: Observed,
  found: readonly Stray[],
): ReadonlySet<string> {
  const whole = sightings.filter(({ listing }) => listing.complete)
  const listed = whole.map(({ supplier }) => `${supplier}/`)
  const kept = [...before].filter((id) => !listed.some((prefix) => id.startsWith(prefix)))
  return new Set([...kept, ...found.map(({ id }) => id)])
}
