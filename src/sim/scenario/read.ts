/**
 * Reads a scenario together with the specs that it plays: what stands in one and names another must
 * be there. A fault tells its place, as of every spec.
 */
import { canonical, nearest, sliceOf, throughputs } from '../../core/catalog/accelerators.ts'
import type { Spec } from '../../core/domain/spec.ts'
import type { Fault } from '../../core/spec/fault.ts'
import { specKinds } from '../../core/spec/kinds.ts'
import { type Placed, readAll, type SourceText } from '../../core/spec/read.ts'
import { nearest as nearestWord } from '../../core/spec/words.ts'
import type { Scenario } from './scenario.ts'
import { type ScenarioMeant, scenarioKind } from './shape.ts'

export type ScenarioRead =
  | { readonly faults: readonly Fault[] }
  | {
      readonly faults: null
      readonly scenario: Scenario
      readonly specs: readonly Spec[]
      /** The file in which the scenario stands. */
      readonly file: string
    }

const catalogue = { canonical, nearest, sliceOf, knownAccelerators: Object.keys(throughputs) }

export function readScenario(sources: readonly SourceText[]): ScenarioRead {
  const kinds = { Scenario: scenarioKind, ...specKinds }
  const { read, faults } = readAll<Spec | ScenarioMeant>(sources, { ...catalogue, kinds })
  if (faults.length > 0) return { faults }
  const scenarios = read.filter(isScenario)
  const specs = read.flatMap(({ meaning }) => (meaning.kind === 'Scenario' ? [] : [meaning]))
  const [first, second] = scenarios
  if (!first) return { faults: [missing(read)] }
  if (second) {
    const expected = 'one scenario, because one is played'
    return { faults: [second.fault(['kind'], { expected, found: 'another scenario' })] }
  }
  const scenario = first.meaning.spec
  const unknown = [...strangers(first, specs), ...sellers(read, scenario)]
  const { file } = first.fault([], { expected: '' })
  return unknown.length > 0 ? { faults: unknown } : { faults: null, scenario, specs, file }
}

/** Reads what is submitted in the timeline: a file for itself, which may name what is there. */
export function readApplied(source: SourceText, scenario: Scenario) {
  const { read, faults } = readAll<Spec>([source], { ...catalogue, kinds: specKinds })
  const unknown = sellers(read, scenario)
  return { specs: read.map(({ meaning }) => meaning), faults: [...faults, ...unknown] }
}

type PlacedScenario = Placed<ScenarioMeant>

function isScenario(each: Placed<Spec | ScenarioMeant>): each is PlacedScenario {
  return each.meaning.kind === 'Scenario'
}

function missing(read: readonly Placed<Spec | ScenarioMeant>[]): Fault {
  const place = read[0] as Placed<Spec | ScenarioMeant>
  return place.fault(['kind'], { expected: 'a document with kind: Scenario among the files' })
}

/** Workloads that the scenario names and no document describes. */
function strangers(scenario: PlacedScenario, specs: readonly Spec[]): Fault[] {
  const { workMs, load, timeline } = scenario.meaning.spec
  const named = (kind: string) => specs.filter((each) => each.kind === kind).map((e) => e.spec.name)
  const [jobs, services] = [named('Job'), named('Service')]
  const check = (name: string, right: readonly string[], path: readonly (string | number)[]) => {
    if (right.includes(name)) return []
    const expected = right.length > 0 ? `one of ${right.join(', ')}` : 'what a document describes'
    const found = `the unknown name ${JSON.stringify(name)}`
    return [scenario.fault(path, { expected, found, meant: nearestWord(name, right) })]
  }
  return [
    ...Object.keys(workMs).flatMap((name) => check(name, jobs, ['work', name])),
    ...Object.keys(load).flatMap((name) => check(name, services, ['load', name])),
    ...timeline.flatMap((each, index) => {
      const path = ['timeline', index]
      if ('workload' in each) {
        return check(each.workload, [...jobs, ...services], [...path, 'workload'])
      }
      return 'service' in each ? check(each.service, services, [...path, 'service']) : []
    }),
  ]
}

/** Suppliers that may be bought from, and of which nobody says what they sell. */
function sellers(read: readonly Placed<Spec | ScenarioMeant>[], scenario: Scenario): Fault[] {
  const known = scenario.suppliers.map(({ name }) => name)
  return read.flatMap(({ meaning, fault }) => {
    if (meaning.kind !== 'Supplier' || known.includes(meaning.spec.name)) return []
    const expected = `a supplier of the scenario: ${known.join(', ')}`
    return [fault(['name'], { expected, meant: nearestWord(meaning.spec.name, known) })]
  })
}
