/**
 * Reads what people wrote in YAML into the nouns of the domain.
 *
 * Pure, and total: every text ends in specs or in faults, each with its place, what was found, what
 * was expected and what may have been meant. A file with a fault means nothing at all; whether what
 * it asks for can be had is for others to say.
 */
import { Composer, type Document, LineCounter, Parser } from 'yaml'
import { clauseName } from '../domain/clause.ts'
import type { Contract } from '../domain/contract.ts'
import type { Spec } from '../domain/spec.ts'
import { type Complaint, type Fault, inOrder, jsonPath, type Path, quote } from './fault.ts'
import { complaintsOf } from './issues.ts'
import { type ContractMeant, contractKind, type Kind, type Meant, specKinds } from './kinds.ts'
import { breach } from './limits.ts'
import { type AcceleratorNames, slips } from './slips.ts'
import { type Tree, treeOf } from './tree.ts'
import { nearest as nearestWord } from './words.ts'

export interface SourceText {
  /** Name shown in faults. */
  readonly file: string
  readonly text: string
}

export interface ReadResult {
  /** Empty where there is a fault. */
  readonly specs: readonly Spec[]
  readonly faults: readonly Fault[]
  readonly clauseFault: ClauseFault
}

/**
 * What is wrong with a clause when it is seen beside others, with its place. `clause` is
 * `<contract>/<clause>`, or a contract; null where it stands in none of these files.
 */
export type ClauseFault = (clause: string, path: Path, remark: Remark) => Fault | null

export interface ContractsResult {
  /** Empty where there is a fault. */
  readonly contracts: readonly Contract[]
  readonly faults: readonly Fault[]
}

/** What a document means, with the way to say what is wrong in it when seen beside others. */
export interface Placed<M extends Meant> {
  readonly meaning: M
  /** `found` is what stands there, where nothing else is said. */
  fault(path: Path, remark: Remark): Fault
}

export interface Remark {
  readonly expected: string
  readonly found?: string
  readonly meant?: string | null
}

const faultsMax = 50

export function readSpecs(text: string, file: string, options: AcceleratorNames): ReadResult {
  return readSubmission([{ file, text }], options)
}

/** Reads files that are submitted together: no name may stand twice in all of them. */
export function readSubmission(
  sources: readonly SourceText[],
  options: AcceleratorNames,
): ReadResult {
  const { read, faults } = readAll(sources, { ...options, kinds: specKinds })
  return { specs: read.map(({ meaning }) => meaning), faults, clauseFault: clauseFaultIn(read) }
}

function clauseFaultIn(read: readonly Placed<Spec>[]): ClauseFault {
  return (clause, path, remark) => {
    for (const { meaning, fault } of read) {
      if (meaning.kind !== 'Contract') continue
      if (meaning.spec.name === clause) return fault(path, remark)
      const { clauses } = meaning.spec
      const index = clauses.findLastIndex((each) => clauseName(each) === clause)
      if (index >= 0) return fault(['clauses', index, ...path], remark)
    }
    return null
  }
}

/** Reads contracts that are to be judged together: no name may stand twice in all of them. */
export function readContracts(
  sources: readonly SourceText[],
  options: AcceleratorNames,
): ContractsResult {
  const kinds = { Contract: contractKind }
  const { read, faults } = readAll<ContractMeant>(sources, { ...options, kinds })
  return { contracts: read.map(({ meaning }) => meaning.spec), faults }
}

export interface ReadOptions<M extends Meant> extends AcceleratorNames {
  /** The kinds that are wanted here. */
  readonly kinds: Readonly<Record<M['kind'], Kind<M>>>
}

export interface AllRead<M extends Meant> {
  /** Empty where there is a fault. */
  readonly read: readonly Placed<M>[]
  readonly faults: readonly Fault[]
}

/** Reads documents of any kinds that the caller knows. */
export function readAll<M extends Meant>(
  sources: readonly SourceText[],
  options: ReadOptions<M>,
): AllRead<M> {
  const taken = new Map<string, string>()
  const faults: Fault[] = []
  const read: Placed<M>[] = []
  for (const source of sources) {
    const own = readFile(source, taken, options)
    read.push(...own.read)
    faults.push(...own.faults)
    if (faults.length >= faultsMax) break
  }
  const isGood = faults.length === 0
  return isGood ? { read, faults } : { read: [], faults: faults.slice(0, faultsMax) }
}

function readFile<M extends Meant>(
  { file, text }: SourceText,
  taken: Map<string, string>,
  options: ReadOptions<M>,
): AllRead<M> {
  const lines = new LineCounter()
  const refused = breach(text, file, lines)
  if (refused) return { read: [], faults: [refused] }

  const placed = ({ path, offset, found, expected, meant }: Complaint): Fault => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col, path: jsonPath(path), found, expected, meant }
  }
  const good: Placed<M>[] = []
  const faults: Fault[] = []
  for (const document of documentsOf(text)) {
    const read = readDocument(document, options)
    if (!read) continue
    if ('meaning' in read) {
      const { meaning, tree } = read
      const { line } = lines.linePos(tree.offsetOf(['name'], 'value'))
      const twin = claim(meaning, `${file}:${line}`, taken)
      if (twin) faults.push(placed({ ...twin, offset: tree.offsetOf(['name'], 'value') }))
      good.push({ meaning, fault: (path, remark) => placed(complaintAt(tree, path, remark)) })
    } else faults.push(...read.complaints.map(placed))
    if (faults.length >= faultsMax) break
  }
  if (good.length === 0 && faults.length === 0) {
    const expected = `a document with one of kind: ${Object.keys(options.kinds).join(', ')}`
    faults.push(placed({ path: [], offset: 0, found: 'nothing', expected, meant: null }))
  }
  return { read: good, faults: inOrder(faults) }
}

function complaintAt(tree: Tree, path: Path, { expected, found, meant = null }: Remark): Complaint {
  const stands = found ?? tree.found(path, 'value')
  return { path, offset: tree.offsetOf(path, 'value'), found: stands, expected, meant }
}

/** One document after the other, so that reading can stop at enough faults. */
function documentsOf(text: string): Iterable<Document.Parsed> {
  // Keys are compared in tree.ts: the composer would compare each with each.
  const composer = new Composer({ uniqueKeys: false, schema: 'core', logLevel: 'silent' })
  return composer.compose(new Parser().parse(text))
}

type Read<M> =
  | { readonly meaning: M; readonly tree: Tree }
  | { readonly complaints: readonly Complaint[] }

/** Null for a document with nothing in it. */
function readDocument<M extends Meant>(
  document: Document.Parsed,
  options: ReadOptions<M>,
): Read<M> | null {
  const [error] = document.errors
  if (error) {
    // What comes after the first error of this sort mostly follows from it.
    const found = error.message.split('\n', 1)[0] ?? ''
    const expected = 'well-formed YAML'
    return { complaints: [{ path: [], offset: error.pos[0], found, expected, meant: null }] }
  }
  const tree = treeOf(document)
  if (tree.root === null) return tree.complaints.length > 0 ? tree : null

  const written = kindIn(tree.root)
  const wanted = Object.keys(options.kinds) as M['kind'][]
  const kind = wanted.find((each) => each === written)
  if (!kind) {
    return { complaints: [...tree.complaints, kindComplaint(tree, written, wanted)] }
  }

  const read = options.kinds[kind].read(tree.root, options)
  const complaints = [
    ...tree.complaints,
    ...('kind' in read ? [] : complaintsOf(read, tree)),
    ...slips(tree, options),
  ]
  return 'kind' in read && complaints.length === 0 ? { meaning: read, tree } : { complaints }
}

function kindIn(root: unknown): unknown {
  return typeof root === 'object' && root !== null && 'kind' in root ? root.kind : undefined
}

function kindComplaint(tree: Tree, written: unknown, wanted: readonly string[]): Complaint {
  const isMap = typeof tree.root === 'object' && !Array.isArray(tree.root)
  const path = isMap ? ['kind'] : []
  return {
    path,
    offset: tree.offsetOf(path, 'value'),
    found: tree.found(path, 'value'),
    expected: isMap ? `one of ${wanted.join(', ')}` : 'a map that begins with kind',
    meant: typeof written === 'string' ? nearestWord(written, wanted) : null,
  }
}

/** Takes the name of a spec, or tells that it was taken before. */
function claim(
  meant: Meant,
  place: string,
  taken: Map<string, string>,
): Omit<Complaint, 'offset'> | null {
  const { key, expected } = claimOf(meant)
  const before = taken.get(key)
  taken.set(key, before ?? place)
  if (before === undefined) return null
  const found = `the ${meant.kind} ${quote(meant.spec.name)} beside another at ${before}`
  return { path: ['name'], found, expected, meant: null }
}

function claimOf({ kind, spec }: Meant): { readonly key: string; readonly expected: string } {
  if (kind === 'Policy') return { key: 'policy', expected: 'one policy, because one is in force' }
  if (kind === 'Job' || kind === 'Service') {
    const expected = 'every job or service under a name of its own'
    return { key: `workload ${spec.name}`, expected }
  }
  return { key: `${kind} ${spec.name}`, expected: `every ${kind.toLowerCase()} once` }
}
