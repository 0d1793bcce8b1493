/**
 * What Slurm's complaints mean to a buyer, by their number and, from commands, by their text.
 *
 * The HTTP status says nothing: a wrong token is a 500, a job that is not there is one as well.
 */
import { SupplierError, type SupplierErrorKind } from '../../../ports/supplier.ts'
import type { Fault } from './decode.ts'

interface Known {
  readonly number: number
  readonly says: string
  readonly kind: SupplierErrorKind
}

const noSuchJob = [2017, 2021]
const nothingFound = [9003]

const known: readonly Known[] = [
  says(1007, 'Protocol authentication error', 'refused'),
  says(1800, 'Unable to contact slurm controller', 'busy'),
  says(2000, 'Invalid partition name specified', 'refused'),
  says(2002, 'Access/permission denied', 'refused'),
  says(2003, "User's group not permitted to use this partition", 'refused'),
  says(2006, 'Node count specification invalid', 'refused'),
  says(2014, 'Requested node configuration is not available', 'refused'),
  says(2015, 'Requested partition configuration not available now', 'no-stock'),
  says(2016, 'Requested nodes are busy', 'no-stock'),
  says(2017, 'Invalid job id specified', 'refused'),
  says(2021, 'Job/step already completing or completed', 'refused'),
  says(2045, 'Invalid account or account/partition combination specified', 'refused'),
  says(2050, 'Job violates accounting/QOS policy', 'quota'),
  says(2051, 'Requested time limit is invalid', 'refused'),
  says(2052, 'Access denied to requested reservation', 'refused'),
  says(2053, 'Requested reservation is invalid', 'refused'),
  says(2066, 'Invalid qos specification', 'refused'),
  says(9001, 'Failure during parsing', 'refused'),
  says(9003, 'Nothing found with query', 'refused'),
]

function says(number: number, text: string, kind: SupplierErrorKind): Known {
  return { number, says: text, kind }
}

/** The complaint as an error; what is not known may or may not have happened. */
export function refusal(doing: string, faults: readonly Fault[]): SupplierError {
  const found = faults.flatMap((fault) => lookUp(fault) ?? [])[0]
  const said = faults.map(({ number, text }) => (number === null ? text : `${text} (${number})`))
  const text = said.join('; ') || 'no answer of Slurm’s'
  return new SupplierError(found?.kind ?? 'unknown', `${doing} → ${text}`, { cause: faults })
}

/** Whether it only means that the job is not there any more. */
export function isNoSuchJob(error: unknown): boolean {
  return isOneOf(noSuchJob, error)
}

/** Whether accounting only means that it has no such job. */
export function isNothingFound(error: unknown): boolean {
  return isOneOf(nothingFound, error)
}

function isOneOf(numbers: readonly number[], error: unknown): boolean {
  if (!(error instanceof SupplierError) || !Array.isArray(error.cause)) return false
  return (error.cause as Fault[]).some((fault) => numbers.includes(lookUp(fault)?.number ?? 0))
}

function lookUp({ number, text }: Fault): Known | null {
  return known.find((each) => each.number === number || text.includes(each.says)) ?? null
}
