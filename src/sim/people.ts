/**
 * People in the simulated world: they submit and delete over a network that loses answers, and ask
 * again under the same key until they are told that it is done. Who looks after one name does one
 * thing with it after the other; all names are looked after at once.
 */
import type { Acknowledged, Heard } from '../core/audit/evidence.ts'
import { offerName } from '../core/domain/offer.ts'
import type { Spec } from '../core/domain/spec.ts'
import type { Standing } from '../core/domain/supplier.ts'
import { keep, type RecordOrder } from '../operate/law/record.ts'
import { decideRight, giveNotice, openRight } from '../operate/law/rofr.ts'
import { decideStanding } from '../operate/standing.ts'
import { submit } from '../operate/submit.ts'
import { withdraw } from '../operate/withdraw.ts'
import { within } from '../ports/deadline.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Network, Weather } from './engine/network.ts'
import type { Process } from './engine/process.ts'
import type { Plant } from './plant.ts'
import { wordsOf } from './shop.ts'

export interface People {
  readonly acknowledged: readonly Acknowledged[]
  /** What they wrote to whoever may refuse first. */
  readonly told: readonly Heard[]
  apply(...specs: Spec[]): Promise<void>
  remove(workload: string): Promise<void>
  /** Has the holder of a right waive it for what a workload would buy there. */
  askFirst(workload: string, seller: string): Promise<void>
  /** Has every case waived that still waits for its holder. */
  settle(): Promise<void>
  /** Notes what happened that a clause asks for. */
  note(order: RecordOrder): Promise<void>
  /** Decides how a supplier stands. */
  judge(supplier: string, state: Standing): Promise<void>
  /** Whatever else somebody does at a control plane, one thing after the other. */
  act<T>(what: string, work: (plant: Plant) => Promise<T>): Promise<T>
}

export interface PeopleOptions {
  readonly process: Process
  readonly network: Network
  readonly weather: () => Weather
  readonly plant: () => Plant | null
  readonly digest: (text: string) => string
}

const answerMs = 30_000
const againMs = 5_000

export function people({ process, network, weather, plant, digest }: PeopleOptions): People {
  const acknowledged: Acknowledged[] = []
  const told: Heard[] = []
  const last = new Map<string, Promise<unknown>>()
  let count = 0

  /** After all else that was to happen to this name. */
  function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const next = (last.get(name) ?? Promise.resolve()).then(work)
    last.set(
      name,
      next.catch(() => {}),
    )
    return next
  }

  async function insist<T>(what: string, work: (plant: Plant) => Promise<T>): Promise<T> {
    for (;;) {
      const asked = network.call(process, {
        what,
        weather: weather(),
        async work() {
          const reached = plant()
          if (!reached) throw new Error('nobody answers')
          return work(reached)
        },
        broken: () => new Error('the connection broke'),
      })
      try {
        return await within(process, answerMs, what, asked)
      } catch {
        await process.sleep(againMs)
      }
    }
  }

  /**
   * Whoever may refuse first reads what is for it to know, and lets it go; where that is nothing,
   * or its turn has not come, it does so unasked.
   */
  async function waive(ledger: Ledger, concerns: (thirdParty: string) => boolean): Promise<void> {
    for (const { id, body } of await ledger.list('right')) {
      const isOpen = body.step === 'triggered' || body.step === 'noticed'
      if (!isOpen || !concerns(body.thirdParty)) continue
      const order = { id, by: 'people', proof: 'a receipt', nonce: 'a nonce' }
      const given = await giveNotice(ledger, order, digest)
      if ('notice' in given) {
        const { to: supplier } = given.notice
        told.push({ supplier, workload: null, text: wordsOf(given.notice) })
      }
      await decideRight(ledger, { id, by: 'people', move: { event: 'waive', digest: 'a letter' } })
    }
  }

  return {
    acknowledged,
    told,
    async apply(...specs) {
      count += 1
      const key = { key: `people/${count}`, requestHash: `${count}` }
      const done = await inTurn(specs[0]?.spec.name ?? '', () =>
        insist('apply', async ({ ledger, operator }) => {
          const outcome = await submit(ledger, specs, key)
          operator.nudge()
          return outcome
        }),
      )
      if (done.outcome !== 'done') return
      for (const { kind, name: workload, generation } of done.results) {
        if (kind === 'Job' || kind === 'Service') acknowledged.push({ workload, generation })
      }
    },
    async judge(supplier, state) {
      await inTurn(supplier, () =>
        insist('judge', async ({ ledger, operator }) => {
          await decideStanding(ledger, { supplier, state, reason: 'so it is', by: 'people' })
          operator.nudge()
        }),
      )
    },
    act: (what, work) =>
      inTurn('acts', () =>
        insist(what, async (plant) => {
          const done = await work(plant)
          plant.operator.nudge()
          return done
        }),
      ),
    async note(order) {
      await inTurn('records', () =>
        insist('note', async ({ ledger, operator }) => {
          await keep(ledger, order)
          operator.nudge()
        }),
      )
    },
    async askFirst(workload, seller) {
      await inTurn(`right of ${workload}`, () =>
        insist('askFirst', async ({ ledger, operator }) => {
          const offers = operator.offers().filter(({ supplier }) => supplier === seller)
          for (const offer of offers) {
            await openRight(ledger, { workload, offer: offerName(offer), by: 'people' }, offers)
          }
          // Those among them that were opened when the answer was lost.
          await waive(ledger, (thirdParty) => thirdParty === seller)
          operator.nudge()
        }),
      )
    },
    async settle() {
      await inTurn('all rights', () =>
        insist('settle', async ({ ledger, operator }) => {
          await waive(ledger, () => true)
          operator.nudge()
        }),
      )
    },
    async remove(workload) {
      await inTurn(workload, () =>
        insist('delete', async ({ ledger, operator }) => {
          const done = await withdraw(ledger, workload)
          operator.nudge()
          if (done.outcome === 'conflict') throw new Error('it changes all the time')
        }),
      )
    },
  }
}
