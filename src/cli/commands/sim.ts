/**
 * `calumet sim`: plays a scenario beside today's world, and tells what it would cost, and whom it
 * would keep waiting. Asks no server, and changes nothing.
 */
import { dirname, join } from 'node:path'
import type { Fault } from '../../api/wire.ts'
import type { Scenario } from '../../sim/scenario/simulate.ts'
import { readDocument, readDocuments } from '../documents.ts'
import { CliError, exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'
import { simulationText } from '../show/simulation.ts'

export interface SimOptions {
  readonly file?: readonly string[]
  readonly seed: string
  readonly against: 'base' | 'none'
  readonly all?: boolean
}

const traceBytesMax = 20_000_000
const specBytesMax = 1_000_000

export async function sim(session: Session, file: string, options: SimOptions): Promise<number> {
  const { readScenario, simulate } = await import('../../sim/scenario/simulate.ts')
  const { documents } = await readDocuments(session, [file, ...(options.file ?? [])])
  const read = readScenario(documents)
  if (read.faults !== null) throw faulty(read.faults)
  const changes = await changesOf(session, read)
  const applied = await appliedIn(session, read)
  const { seed, against } = options
  const onProgress = progressOn(session)
  const simulation = await simulate({ ...read, changes, applied, seed, against, onProgress })
  session.reply(simulation, (played) => simulationText(played, session.look, options.all === true))
  const { violations } = simulation.outcome
  return violations.length > 0 ? exitCodes.failed : exitCodes.ok
}

interface Traced {
  readonly scenario: Scenario
  readonly file: string
}

/** Traces stand beside the scenario. */
async function changesOf(session: Session, { scenario, file }: Traced) {
  const { readTrace } = await import('../../sim/scenario/simulate.ts')
  const offers = scenario.suppliers.flatMap(({ name, offers }) =>
    offers.map(({ id }) => `${name}/${id}`),
  )
  const traces = []
  for (const source of scenario.traces) {
    const document = await readDocument(session, join(dirname(file), source.file), traceBytesMax)
    traces.push(readTrace(document, source, offers))
  }
  const faults = traces.flatMap((trace) => trace.faults)
  if (faults.length > 0) throw faulty(faults)
  return traces.flatMap(({ changes }) => changes)
}

/** What people submit in the timeline stands beside the scenario, too. */
async function appliedIn(session: Session, { scenario, file }: Traced) {
  const { readApplied } = await import('../../sim/scenario/simulate.ts')
  const files = scenario.timeline.flatMap((each) => (each.do === 'apply' ? each.file : []))
  const read: [string, ReturnType<typeof readApplied>][] = []
  for (const name of new Set(files)) {
    const document = await readDocument(session, join(dirname(file), name), specBytesMax)
    read.push([name, readApplied(document, scenario)])
  }
  const faults = read.flatMap(([, each]) => each.faults)
  if (faults.length > 0) throw faulty(faults)
  return Object.fromEntries(read.map(([name, { specs }]) => [name, specs]))
}

/** A line that is written over again and again, for whoever sits at a terminal and waits. */
function progressOn({ io, isJson }: Session): (share: number) => void {
  if (!io.isTTY || isJson) return () => {}
  return (share) => {
    io.stderr.write(share < 1 ? `\r${Math.round(100 * share)}% played` : '\r\x1b[K')
  }
}

function faulty(faults: readonly Fault[]): CliError {
  return new CliError('invalid', 'these files have faults', [...faults])
}
