/**
 * Holds all invariants against the evidence. Written once, for every witness: the simulator, the
 * harness that kills real processes, and the audit of a ledger in production.
 *
 * Pure; names what is wrong and changes nothing.
 */
import {
  budgetHolds,
  ceilingsHold,
  chargesEqualInvoices,
  historyOnlyGrows,
  journalHolds,
  nothingOutlivesItsWorkload,
  nothingSubmittedIsLost,
  oneLeader,
  spansAreKept,
} from './books.ts'
import { holdersAreAsked, promisesAreKept } from './clauses.ts'
import { nothingCountsTwice } from './draws.ts'
import type { Evidence, Violation } from './evidence.ts'
import { hoursAddUp } from './hours.ts'
import { eachHearsItsOwn, keysNameNobody } from './isolation.ts'
import { preferenceIsKept } from './overflow.ts'
import {
  callsAreAllowed,
  heldBackIsHeldBack,
  nothingBoughtWhereOut,
  onlyTheWantedIsAskedFor,
} from './placement.ts'
import {
  intentFirst,
  noDoubleBuy,
  noLeak,
  noWrongfulRelease,
  oneKeyOneRental,
  oneOpenCall,
} from './purchases.ts'
import { secretsAreKept } from './secrets.ts'
import { dataGoesWhereItMay } from './trust.ts'
import {
  checkpointsAreFenced,
  doneIsDone,
  epochsRise,
  noSplitBrain,
  ranksEndOnce,
} from './works.ts'

export interface Invariant {
  readonly id: string
  readonly name: string
  /** Witnesses without whom nothing can be said. */
  readonly needs: readonly (keyof Evidence)[]
  readonly faults: (evidence: Evidence) => readonly string[]
}

export const invariants: readonly Invariant[] = [
  { id: 'I1', name: 'no leak', needs: ['rentals'], faults: noLeak },
  { id: 'I2', name: 'no double buy', needs: [], faults: noDoubleBuy },
  { id: 'I3', name: 'intent first', needs: ['rentals'], faults: intentFirst },
  { id: 'I4', name: 'one key, one rental', needs: ['rentals'], faults: oneKeyOneRental },
  { id: 'I5', name: 'one open call', needs: [], faults: oneOpenCall },
  { id: 'I6', name: 'no split brain', needs: ['works'], faults: noSplitBrain },
  { id: 'I7', name: 'epochs rise', needs: [], faults: epochsRise },
  { id: 'I8', name: 'checkpoint fence', needs: [], faults: checkpointsAreFenced },
  { id: 'I9', name: 'one leader', needs: [], faults: oneLeader },
  {
    id: 'I10',
    name: 'no lost submission',
    needs: ['acknowledged'],
    faults: nothingSubmittedIsLost,
  },
  {
    id: 'I10',
    name: 'nothing outlives its workload',
    needs: [],
    faults: nothingOutlivesItsWorkload,
  },
  { id: 'I11', name: 'no wrongful release', needs: [], faults: noWrongfulRelease },
  { id: 'I12', name: 'charges equal invoices', needs: ['rentals'], faults: chargesEqualInvoices },
  { id: 'I13', name: 'history only grows', needs: [], faults: historyOnlyGrows },
  { id: 'I13', name: 'journal', needs: ['journal'], faults: journalHolds },
  { id: 'I14', name: 'budget', needs: ['pricePerHourMax'], faults: budgetHolds },
  { id: 'I14', name: 'budgets of spans', needs: ['rulings'], faults: spansAreKept },
  { id: 'I15', name: 'placement', needs: ['rulings'], faults: callsAreAllowed },
  { id: 'I15', name: 'trust', needs: ['rulings'], faults: dataGoesWhereItMay },
  { id: 'I15', name: 'wanted', needs: [], faults: onlyTheWantedIsAskedFor },
  { id: 'I15', name: 'shaping', needs: [], faults: heldBackIsHeldBack },
  { id: 'I16', name: 'first refusal', needs: ['contracts'], faults: holdersAreAsked },
  { id: 'I17', name: 'contracts', needs: ['contracts'], faults: promisesAreKept },
  { id: 'I17', name: 'preferred overflow', needs: ['quotes'], faults: preferenceIsKept },
  { id: 'I18', name: 'commitments', needs: ['draws'], faults: nothingCountsTwice },
  { id: 'I18', name: 'hours paid for', needs: ['draws'], faults: hoursAddUp },
  { id: 'I19', name: 'isolation', needs: ['heard'], faults: eachHearsItsOwn },
  { id: 'I19', name: 'pseudonyms', needs: [], faults: keysNameNobody },
  { id: 'I23', name: 'confidentiality', needs: ['contracts'], faults: secretsAreKept },
  { id: 'E1', name: 'ranks end once', needs: [], faults: ranksEndOnce },
  { id: 'E2', name: 'ceilings', needs: [], faults: ceilingsHold },
  {
    id: 'E3',
    name: 'no purchase where a supplier is out',
    needs: [],
    faults: nothingBoughtWhereOut,
  },
  { id: 'E4', name: 'done is done', needs: ['works'], faults: doneIsDone },
]

export function check(evidence: Evidence): readonly Violation[] {
  return invariants.flatMap(({ id, faults }) =>
    faults(evidence).map((text) => ({ invariant: id, text })),
  )
}
