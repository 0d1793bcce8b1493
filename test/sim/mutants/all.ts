/**
 * Every bug that is injected, and the one that each run of the simulator must catch to be believed.
 */
import { booking } from './booking.ts'
import { buying } from './buying.ts'
import type { Mutant } from './mutant.ts'
import { running } from './running.ts'
import { sweeping } from './sweeping.ts'
import { telling } from './telling.ts'

export const mutants: readonly Mutant[] = [
  ...[...buying, ...sweeping, ...running],
  ...[...booking, ...telling],
]

/** Two purchases for one run, with the plan and its lint in agreement. */
export const canary = 'unsure-bought-again'
