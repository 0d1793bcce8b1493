/**
 * May we do this, here, now? Asks every clause in force, and says what is owed where we may, and
 * which clause forbids it, why, and what would help, where we may not.
 */
import { type Clause, clauseName } from '../domain/clause.ts'
import {
  type Act,
  type Duty,
  type Finding,
  type Records,
  type Refusal,
  waiverOf,
} from './rights/act.ts'
import { exclusivity, launchFirst, rofo } from './rights/first.ts'
import { confidentiality, exportControl, residency, security } from './rights/placement.ts'
import { liveRights, rofrBar } from './rofr/bar.ts'

export type Permission =
  | { readonly allowed: true; readonly duties: readonly Duty[] }
  /** The first refusal, and all that come on top of it. */
  | (Refusal & { readonly allowed: false; readonly also: readonly Refusal[] })

/** `inForce` is what `asOf` says for the moment of the act. */
export function permits(inForce: readonly Clause[], act: Act, records: Records): Permission {
  const refusals: Refusal[] = []
  const duties: Duty[] = []
  for (const { clause, isInForce } of heard(inForce, records)) {
    const finding =
      clause.kind === 'rofr'
        ? rofrBar(clause, act, { records, isInForce })
        : findingOf(clause, act, records)
    if (!finding) continue
    if (finding.finding === 'duty') {
      duties.push({ clause, duty: finding.duty })
      continue
    }
    const waiver = isHard(clause) ? null : waiverOf(clauseName(clause), act.at, records)
    if (waiver) duties.push({ clause, duty: phraseWaiver(waiver) })
    else refusals.push({ clause, why: withDoubt(clause, finding.why), remedy: finding.remedy })
  }
  const [first, ...also] = refusals
  return first ? { allowed: false, ...first, also } : { allowed: true, duties }
}

/** A clause that has something to say to acts. */
interface Voice {
  readonly clause: Clause
  /** A right may outlive its clause, as long as a case is open under it. */
  readonly isInForce: boolean
}

/** A memo and nothing else: turn by turn the same law is asked about every offer. */
const voices = new WeakMap<
  readonly Clause[],
  { readonly cases: Records['cases']; readonly all: readonly Voice[] }
>()

/** The clauses that are asked, in order of their names. */
export function heard(inForce: readonly Clause[], records: Records): readonly Voice[] {
  const { cases } = records
  const known = voices.get(inForce)
  if (known?.cases === cases) return known.all
  const others = inForce.filter(({ kind }) => kind !== 'rofr' && isHeard(kind))
  const names = new Set(inForce.map(clauseName))
  const all = [...others, ...liveRights(inForce, records)]
    .map((clause) => ({ clause, name: clauseName(clause) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ clause, name }) => ({ clause, isInForce: names.has(name) }))
  voices.set(inForce, { cases, all })
  return all
}

function findingOf(clause: Clause, act: Act, records: Records): Finding {
  switch (clause.kind) {
    case 'exclusivity':
      return exclusivity(clause, act)
    case 'rofo':
      return rofo(clause, act, records)
    case 'launch_first':
      return launchFirst(clause, act, records)
    case 'residency':
      return residency(clause, act)
    case 'security':
      return security(clause, act, records)
    case 'export':
      return exportControl(clause, act)
    case 'confidentiality':
      return confidentiality(clause, act)
    default:
      return null
  }
}

/** Whether clauses of a kind ever forbid an act, or ask for something in return. */
function isHeard(kind: Clause['kind']): boolean {
  return kind === 'exclusivity' || kind === 'rofo' || kind === 'launch_first' || isHard({ kind })
}

/** Nobody of us can waive what a law or a customer demands. */
export function isHard({ kind }: Pick<Clause, 'kind'>): boolean {
  return (
    kind === 'residency' || kind === 'security' || kind === 'export' || kind === 'confidentiality'
  )
}

function phraseWaiver({ id, kind, by, reason }: NonNullable<ReturnType<typeof waiverOf>>): string {
  return kind === 'granted'
    ? `name the waiver ${id} in the order`
    : `log the override ${id} by ${[...by].sort().join(' and ')}: ${reason}`
}

/** An answer that rests on a value of ours says so. */
function withDoubt({ assumed }: Clause, why: string): string {
  return assumed.length === 0 ? why : `${why} (assumed by us: ${assumed.join(', ')})`
}
