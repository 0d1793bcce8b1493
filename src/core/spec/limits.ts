/**
 * Refuses a text before it is parsed where parsing could hurt: too long, nested too deeply, too
 * many documents, not UTF-8. Linear in the text, and stops at the first thing that is too much.
 */
import { CST, Lexer, type LineCounter } from 'yaml'
import type { Fault } from './fault.ts'

export const limits = {
  bytesMax: 1_000_000,
  depthMax: 40,
  documentsMax: 1_000,
  /** Tokens and lines, in one document and in all of them. */
  documentTokensMax: 10_000,
  fileTokensMax: 200_000,
} as const

type Refusal = Pick<Fault, 'found' | 'expected'> & { readonly offset: number }

/** The first limit that the text breaks, or null. Notes every line for `lines`. */
export function breach(text: string, file: string, lines: LineCounter): Fault | null {
  const refusal = bytesBreach(text) ?? codingBreach(text, lines) ?? shapeBreach(text)
  if (!refusal) return null
  const { line, col } = lines.linePos(refusal.offset)
  const { found, expected } = refusal
  return {
    file,
    line: Math.max(line, 1),
    column: Math.max(col, 1),
    path: '$',
    found,
    expected,
    meant: null,
  }
}

/** Length in UTF-8; what is longer than `stopAt` is not counted to its end. */
export function utf8Bytes(text: string, stopAt = Number.POSITIVE_INFINITY): number {
  let bytes = 0
  for (let index = 0; index < text.length && bytes <= stopAt; index += 1) {
    const unit = text.charCodeAt(index)
    // Each half of a surrogate pair stands for two of the pair's four bytes.
    if (unit < 0x80) bytes += 1
    else if (unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff)) bytes += 2
    else bytes += 3
  }
  return bytes
}

/** A sign that no ledger can hold: NUL, or half of a surrogate pair. */
export function unholdable(text: string): { readonly at: number; readonly sign: string } | null {
  const at = text.search(/\0|\p{Surrogate}/u)
  if (at < 0) return null
  return { at, sign: text[at] === '\0' ? 'the sign NUL' : 'half of a surrogate pair' }
}

function bytesBreach(text: string): Refusal | null {
  const bytes = text.length > limits.bytesMax ? text.length : utf8Bytes(text, limits.bytesMax)
  if (bytes <= limits.bytesMax) return null
  return { offset: 0, found: 'more than 1 MB', expected: 'a file of at most 1 MB' }
}

function codingBreach(text: string, lines: LineCounter): Refusal | null {
  lines.addNewLine(0)
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    lines.addNewLine(at + 1)
  }
  // UTF-16 that was read as UTF-8 has NULs between its letters, or two spoilt signs in front.
  if (text[0] === '\0' || text[1] === '\0' || text.startsWith('\ufffd\ufffd')) {
    return { offset: 0, found: 'UTF-16', expected: 'a file saved as UTF-8' }
  }
  if (text[0] === '\ufeff' || text[0] === '\ufffe') {
    const expected = 'a file saved as UTF-8 without a byte order mark'
    return { offset: 0, found: 'a byte order mark', expected }
  }
  const bad = unholdable(text)
  return bad && { offset: bad.at, found: bad.sign, expected: 'text without it' }
}

/** Walks the tokens and counts what must not get out of hand. */
function shapeBreach(text: string): Refusal | null {
  let [documents, tokens, documentTokens] = [1, 0, 0]
  const depth = depthGauge()
  for (const token of tokensOf(text)) {
    const refuse = (found: string, expected: string) => ({ offset: token.offset, found, expected })
    tokens += token.weight
    documentTokens += token.weight
    if (token.type === 'doc-start') [documents, documentTokens] = [documents + 1, 0]
    // The first document may begin with a mark or without.
    if (documents > limits.documentsMax + 1) {
      return refuse('more documents', `at most ${limits.documentsMax} documents in a file`)
    }
    if (documentTokens > limits.documentTokensMax || tokens > limits.fileTokensMax) {
      return refuse('more values than any spec has', 'smaller documents, or several files')
    }
    if (token.type === 'directive-line') {
      return refuse('a YAML directive', 'no line that begins with %')
    }
    if (depth(token) > limits.depthMax) {
      return refuse('deeper nesting', `at most ${limits.depthMax} levels`)
    }
  }
  return null
}

interface Token {
  readonly type: string
  readonly offset: number
  readonly column: number
  readonly isLineStart: boolean
  /** Counts every line of a long text, since each can cost the parser an error. */
  readonly weight: number
}

function* tokensOf(text: string): Generator<Token> {
  let [offset, lineStart, isLineStart, isScalar] = [0, 0, true, false]
  for (const source of new Lexer().lex(text)) {
    const type = isScalar ? 'scalar-text' : (CST.tokenType(source) ?? 'scalar-text')
    // The lexer announces documents and scalars with signs that are not in the text.
    isScalar = type === 'scalar'
    if (isScalar || type === 'doc-mode' || type === 'flow-error-end') continue
    const newline = source.lastIndexOf('\n')
    const weight = newline < 0 ? 1 : source.split('\n').length
    yield { type, offset, column: offset - lineStart, isLineStart, weight }
    offset += source.length
    if (newline >= 0) [lineStart, isLineStart] = [offset - (source.length - newline - 1), true]
    else if (type !== 'space') isLineStart = false
  }
}

const blank: ReadonlySet<string> = new Set(['space', 'newline', 'comment'])
const opensBlock: ReadonlySet<string> = new Set([
  'seq-item-ind',
  'explicit-key-ind',
  'map-value-ind',
])

/**
 * Measures how deep a token sits, never too low: every column at which a block may have begun
 * counts as a level until a line begins left of it, and so does every open bracket.
 */
function depthGauge(): (token: Token) => number {
  let columns: number[] = []
  let brackets = 0
  return ({ type, column, isLineStart }) => {
    if (type === 'doc-start') [columns, brackets] = [[], 0]
    else if (type === 'flow-seq-start' || type === 'flow-map-start') brackets += 1
    else if (type === 'flow-seq-end' || type === 'flow-map-end') brackets -= 1
    else if (brackets === 0 && (opensBlock.has(type) || (isLineStart && !blank.has(type)))) {
      if (isLineStart) while ((columns.at(-1) ?? -1) > column) columns.pop()
      if ((columns.at(-1) ?? -1) < column) columns.push(column)
    }
    if (brackets < 0) brackets = 0
    return columns.length + brackets
  }
}
