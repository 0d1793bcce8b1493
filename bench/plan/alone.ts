/**
 * One gang after another, each where it is cheapest by then, as other tools do it: under the same
 * rules and budgets, and with the same prices after contracts.
 */
import { byUrgency } from '../../src/core/domain/workload.ts'
import { shelfOf } from '../../src/core/plan/market/shelf.ts'
import { costOfWork } from '../../src/core/plan/score.ts'
import { buyAheadMs } from '../../src/core/plan/tally/afford.ts'
import { look } from '../../src/core/plan/view.ts'
import type { Fleet } from './world.ts'

export interface Served {
  /** An hour, for as much work as each gang's first alternative does. */
  readonly cost: number
  readonly served: number
}

const hourMs = 3_600_000

export function oneByOne({ world, law }: Fleet): Served {
  const view = look(world, law)
  const nodesLeft = view.offers.map(({ stock }) => ('nodes' in stock ? stock.nodes : Infinity))
  const room = new Map(world.purses.map(({ budget, left }) => [budget.name, left]))
  let [cost, served] = [0, 0]
  for (const { workload } of world.demands.toSorted(byUrgency)) {
    const { team = '' } = workload
    const has = room.get(team) ?? Infinity
    const found = shelfOf(view, workload).open.find(({ place, alternative, pricePerHour }) => {
      const isThere = (nodesLeft[place] ?? 0) >= alternative.nodes
      return isThere && (pricePerHour * buyAheadMs) / hourMs <= has
    })
    if (!found) continue
    const { place, alternative, pricePerHour, pricePerWork } = found
    nodesLeft[place] = (nodesLeft[place] ?? 0) - alternative.nodes
    room.set(team, has - (pricePerHour * buyAheadMs) / hourMs)
    cost += costOfWork(world, workload, pricePerWork)
    served += 1
  }
  return { cost, served }
}
