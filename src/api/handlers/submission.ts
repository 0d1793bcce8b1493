/**
 * What people submit: read whole or refused whole, each fault with its place. What contradicts
 * itself, or what is in force, is told in the same way: all of it, at both clauses where they are
 * at hand.
 */

import type { Ms } from '../../core/domain/time.ts'
import type { ClauseFault, ReadResult } from '../../core/spec/read.ts'
import { type LawChange, type LawRefused, lawOf } from '../../operate/law/take.ts'
import { Refused } from '../failure.ts'
import type { ApplyRequest, Fault } from '../wire.ts'
import type { House } from './handler.ts'

/** What was submitted as specs; a fault in any of it refuses all. */
export function submitted({ read, operator }: House, { documents }: ApplyRequest): ReadResult {
  const sold = operator.offers().map(({ accelerator }) => accelerator)
  const found = read(documents, sold)
  const { specs, faults } = found
  if (faults.length > 0) {
    const [first] = faults
    const place = first ? `${first.file}:${first.line}:${first.column}` : ''
    const many = faults.length === 1 ? 'a fault' : `${faults.length} faults`
    throw new Refused('invalid', `${many} in what was submitted, the first at ${place}`, {
      faults,
    })
  }
  if (specs.length === 0) throw new Refused('invalid', 'the files hold no document')
  return found
}

/** What these do to the law, where they may be submitted beside what is in force. */
export async function lawful(
  { ledger, operator }: House,
  reads: readonly ReadResult[],
  now: Ms,
): Promise<LawChange> {
  const specs = reads.flatMap((each) => each.specs)
  const law = await lawOf(ledger, specs, { now, offers: operator.offers() })
  if ('refused' in law) throw contradicted(law, reads)
  return law
}

export function contradicted(
  { refused, found }: LawRefused,
  reads: readonly Pick<ReadResult, 'clauseFault'>[],
): Refused {
  const placed: ClauseFault = (clause, path, told) => {
    return reads.map((each) => each.clauseFault(clause, path, told)).find((at) => at) ?? null
  }
  const faults = found.flatMap((each) => faultsOf(each, placed))
  return new Refused('conflict', refused, faults.length > 0 ? { faults } : {})
}

/** One where it stands, and one where the other side of it stands. */
function faultsOf(
  { clause, other, path, found, remedy }: LawRefused['found'][number],
  placed: ClauseFault,
): readonly Fault[] {
  const expected = `what can be meant: ${remedy}`
  const at = placed(clause, path, { found, expected })
  const beside = other === null ? null : placed(other, [], { found, expected })
  const faults = [
    at && { ...at, found: other === null ? found : `${found}, beside ${placeOf(other, beside)}` },
    beside && { ...beside, found: `${found}, beside ${placeOf(clause, at)}` },
  ]
  return faults.filter((each) => each !== null)
}

function placeOf(clause: string, at: Fault | null): string {
  return at === null
    ? `${clause}, which is there`
    : `${clause} at ${at.file}:${at.line}:${at.column}`
}
