/**
 * The same gangs placed by a general solver: an integer programme with a variable for each gang and
 * each offer that it may run on. It knows nothing of spreading, so it may cost less than any plan.
 */
import highsModule from 'highs'
import { shelfOf } from '../../src/core/plan/market/shelf.ts'
import { costOfWork } from '../../src/core/plan/score.ts'
import { look } from '../../src/core/plan/view.ts'
import type { Fleet } from './world.ts'

/** What is exported as the default; its types say that it lies one step deeper. */
const loadHighs = highsModule as unknown as (typeof highsModule)['default']

/** It may take so long, and then shows the best that it has. */
const limitS = 60

export interface Exact {
  /** Null where it found nothing in time. */
  readonly cost: number | null
  readonly isProven: boolean
  readonly ms: number
}

/** `runs` are all served. */
export async function exactly(fleet: Fleet, runs: ReadonlySet<string>): Promise<Exact> {
  const highs = await loadHighs()
  const problem = programme(fleet, runs)
  const from = performance.now()
  const { Status, ObjectiveValue } = highs.solve(problem, {
    time_limit: limitS,
    mip_rel_gap: 0,
    output_flag: false,
  })
  const isProven = Status === 'Optimal'
  const cost = Number.isFinite(ObjectiveValue) && ObjectiveValue > 0 ? ObjectiveValue : null
  return { cost, isProven, ms: performance.now() - from }
}

/** In the text form of CPLEX; money in dollars, so that the numbers stay small. */
function programme({ world, law }: Fleet, runs: ReadonlySet<string>): string {
  const view = look(world, law)
  const terms: string[] = []
  const names: string[] = []
  const gangs: string[] = []
  const stock = new Map<number, string[]>()
  const budgets = new Map<string, string[]>()
  for (const { run, workload } of world.demands) {
    if (!runs.has(run)) continue
    const choices = shelfOf(view, workload).open.map((each) => {
      const name = `x${names.length}`
      const { place, alternative, pricePerHour } = each
      names.push(name)
      terms.push(`${dollars(costOfWork(world, workload, each.pricePerWork))} ${name}`)
      add(stock, place, `${alternative.nodes} ${name}`)
      add(budgets, workload.team ?? '', `${dollars(pricePerHour)} ${name}`)
      return name
    })
    gangs.push(`${choices.join(' + ')} = 1`)
  }
  const lots = [...stock].map(([place, all]) => {
    const { stock: there } = view.offers[place] ?? { stock: { kind: 'unknown' } }
    return 'nodes' in there ? [`${all.join(' + ')} <= ${there.nodes}`] : []
  })
  const purses = world.purses.map(({ budget, left }) => {
    const all = budgets.get(budget.name)
    return all ? [`${all.join(' + ')} <= ${dollars(left)}`] : []
  })
  const rows = [...gangs, ...lots.flat(), ...purses.flat()]
  const lines = ['Minimize', terms.join(' + '), 'Subject To', ...rows, 'Binary', ...names, 'End']
  return lines.join('\n')
}

function add<K>(lists: Map<K, string[]>, key: K, term: string): void {
  const list = lists.get(key)
  if (list) list.push(term)
  else lists.set(key, [term])
}

function dollars(micros: number): string {
  return (micros / 1_000_000).toFixed(6)
}
