/**
 * Contracts: what was signed, what of it binds on a day, which dates come, and what was set aside.
 */
import { clauseName } from '../../core/domain/clause.ts'
import { type Contract, isAgreed, type LawRecord, type Waiver } from '../../core/domain/contract.ts'
import { personOf } from '../../core/domain/token.ts'
import { contingentView, takeOption } from '../../operate/law/contingent.ts'
import { deliveryView, substitutionView } from '../../operate/law/delivery.ts'
import { type ExitView, exitsView } from '../../operate/law/exit.ts'
import { datesView, gapsView, lawView } from '../../operate/law/look.ts'
import { keep } from '../../operate/law/record.ts'
import {
  addedIn,
  contradictionsBeside,
  contradictionsIn,
  historyOf,
  lawWarnings,
  standingWarnings,
} from '../../operate/law/take.ts'
import { waive } from '../../operate/law/waive.ts'
import { chargedOf } from '../books.ts'
import { Refused } from '../failure.ts'
import type { ContractView, RecordView, WaiverView } from '../wire/law.ts'
import type { Handlers, House } from './handler.ts'
import { lawful, submitted } from './submission.ts'

type Names =
  | 'contracts'
  | 'law'
  | 'lawDates'
  | 'lawGaps'
  | 'checkLaw'
  | 'delivery'
  | 'contingent'
  | 'exercise'
  | 'exits'
  | 'substitute'
  | 'waivers'
  | 'waive'
  | 'records'
  | 'keepRecord'

export function lawHandlers(house: House): Handlers<Names> {
  const { ledger, books, operator } = house
  return {
    async contracts({ query: { all } }) {
      const history = historyOf(await ledger.read())
      const last = new Map(history.map((each) => [each.name, each.generation]))
      const shown = history.filter(({ name, generation }) => all || last.get(name) === generation)
      return { contracts: shown.map(contractView) }
    },
    async law({ query }) {
      const snapshot = await ledger.read()
      const { at = snapshot.now, known = snapshot.now } = query
      return { at, known, clauses: [...lawView(snapshot, at, known)] }
    },
    lawDates: async () => ({ dates: datesView(await ledger.read()).map(shown) }),
    async lawGaps() {
      const snapshot = await ledger.read()
      return {
        gaps: gapsView(snapshot).map(shown),
        contradictions: [...contradictionsIn(snapshot)],
        warnings: [...standingWarnings(snapshot, operator.offers())],
      }
    },
    async checkLaw({ body }) {
      const read = submitted(house, body)
      const snapshot = await ledger.read()
      const law = await lawful(house, [read], snapshot.now)
      const more = { specs: read.specs, offers: operator.offers() }
      const { ours, others } = contradictionsBeside(law, snapshot)
      return {
        gaps: gapsView(snapshot, addedIn(law.drafts)).map(shown),
        contradictions: [...ours],
        warnings: [...others, ...lawWarnings(law, snapshot, more)],
      }
    },
    async delivery() {
      const { tranches, ramps, vesting } = deliveryView(await ledger.read())
      return {
        tranches: [...tranches],
        ramps: ramps.map((each) => ({ ...each, expected: [...each.expected] })),
        vesting: [...vesting],
      }
    },
    async contingent() {
      const market = { offers: operator.offers(), agreed: operator.costs().marginals.agreed }
      const { options, backstops } = contingentView(await ledger.read(), market)
      const withAsked = options.map(({ asked, ...option }) => {
        return { ...shown(option), asked: asked.map((each) => ({ ...each, by: [...each.by] })) }
      })
      return { options: withAsked, backstops: backstops.map(shown) }
    },
    async exercise({ body, token }) {
      const done = await takeOption(ledger, { ...body, by: personOf(token) })
      if (done.outcome === 'refused') throw new Refused('invalid', done.why)
      operator.nudge()
      return { exercise: { ...done.exercise, by: [...done.exercise.by] } }
    },
    exits: async () => ({
      exits: (await exitsView(await chargedOf(ledger, books))).map(exitReply),
    }),
    async substitute({ body }) {
      const found = substitutionView(await ledger.read(), body)
      if (found) return { ...found, differences: [...found.differences] }
      throw new Refused('not-found', `no clause ${body.clause} about substitution is in force`)
    },
    async waivers() {
      const { rows } = await ledger.read()
      return { waivers: rows.waiver.map(({ body }) => waiverView(body)) }
    },
    async records() {
      const { rows } = await ledger.read()
      return { records: rows.record.map(({ body }) => recordView(body)) }
    },
    async keepRecord({ body, token }) {
      const done = await keep(ledger, { ...body, by: personOf(token) })
      if (done.outcome === 'refused') throw new Refused('invalid', done.why)
      operator.nudge()
      return { record: recordView(done.record) }
    },
    async waive({ body, token }) {
      const done = await waive(ledger, { ...body, by: personOf(token) })
      if (done.outcome === 'refused') throw new Refused('invalid', done.why)
      operator.nudge()
      return { waiver: waiverView(done.waiver) }
    },
  }
}

function contractView(contract: Contract): ContractView {
  const { name, generation, with: party, form, bindingness, from, to, recordedAt } = contract
  const clauses = contract.clauses.map(clauseName)
  return { name, generation, with: party, form, bindingness, from, to, recordedAt, clauses }
}

function recordView(record: LawRecord): RecordView {
  return record.kind === 'index' ? { ...record, levels: [...record.levels] } : { ...record }
}

function waiverView(waiver: Waiver): WaiverView {
  return { ...waiver, by: [...waiver.by], isInForce: isAgreed(waiver) }
}

function exitReply(view: ExitView) {
  const curve = view.curve.map((each) => {
    return { ...each, because: [...each.because], ways: [...each.ways] }
  })
  return { ...shown(view), curve }
}

function shown<T extends { readonly assumed: readonly string[] }>(view: T) {
  return { ...view, assumed: [...view.assumed] }
}
