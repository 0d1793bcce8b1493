/**
 * Bugs in what holds for so short a moment that simulated days hardly ever meet it, and the tests
 * that have to notice.
 */
import type { ClauseMutant } from './clause-mutants.ts'
import { mutant } from './sim/mutants/mutant.ts'

const ofStops = 'src/drivers/runtimes/agent-stop.test.ts'

export const rareMutants: readonly ClauseMutant[] = [
  {
    ...mutant(
      'stop-not-heard',
      'a rank that was not reported when its gang was told to stop counts as one that never begins',
      'src/drivers/runtimes/agent.ts',
      'sync.workSeen === view.stop?.workSeen',
      'view.stop !== null',
    ),
    kind: 'stops',
    test: ofStops,
  },
  {
    ...mutant(
      'stop-of-any-epoch',
      'who heard of the stop of one epoch is believed to have heard of the next one too',
      'src/drivers/runtimes/agent/views.ts',
      'digest({ stopped: run.epoch })',
      "digest({ stopped: 'any' })",
    ),
    kind: 'stops',
    test: ofStops,
  },
]
