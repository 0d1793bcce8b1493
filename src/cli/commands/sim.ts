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

export async function sim(session: Session, file: string, options: SimOptions): Promise<number> {
  const { readScenario, simulate } = await import('../../sim/scenario/simulate.ts')
  const { documents } = await readDocuments(session, [file, ...(options.file ?? [])])
  const read = readScenario(documents)
  if (read.faults !== null) throw faulty(read.faults)
  const changes = await changesOf(session, read)
  const { seed, against } = options
  const simulation = await simulate({ ...read, changes, seed, against })
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

function faulty(faults: readonly Fault[]): CliError {
  return new CliError('invalid', 'these files have faults', [...faults])
}
