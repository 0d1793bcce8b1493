/**
 * Reads TypeScript just well enough for the house rules: what is code and what is comment or text,
 * what a file imports, and how long its functions are.
 *
 * Not a parser. It leans on Biome's formatting, which is checked before the tests run.
 */

export interface Import {
  readonly from: string
  readonly line: number
}

/** Lines from 1, both included. `own` counts a function inside as one line. */
export interface Span {
  readonly first: number
  readonly last: number
  readonly own: number
}

const comment = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y
const text = /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y
const templatePart = /[`}](?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)/y
const regExp = /\/(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y
const valueBefore = /[\w$)\]}'"`]$/
const keywordBefore = /\b(?:return|typeof|case|in|of|do|else|void|delete|await|yield)$/

/**
 * The source with comments, texts and regular expressions blanked out, all else in its place. The
 * quotes stay, so that one sees where a text was.
 */
export function codeOf(source: string): string {
  let code = ''
  // For each open brace, whether it is the `${` of a template.
  const braces: boolean[] = []
  while (code.length < source.length) {
    const at = code.length
    const char = source[at] ?? ''
    const inTemplate = char === '`' || (char === '}' && braces.at(-1) === true)
    const part = inTemplate ? match(templatePart, source, at) : null
    const blanked = match(comment, source, at)
    const quoted = part ?? match(text, source, at) ?? slashed(source, at, code)
    if (char === '}') braces.pop()
    if (char === '{') braces.push(false)
    if (part?.endsWith('{')) braces.push(true)
    if (blanked) code += blank(blanked)
    else code += quoted ? `${char}${blank(quoted.slice(1, -1))}${quoted.at(-1)}` : char
  }
  return code
}

/** The regular expression that begins here; null for a division and for anything else. */
function slashed(source: string, at: number, before: string): string | null {
  const near = before.slice(-200).trimEnd()
  const divides = valueBefore.test(near) && !keywordBefore.test(near)
  return divides ? null : match(regExp, source, at)
}

function match(pattern: RegExp, source: string, at: number): string | null {
  pattern.lastIndex = at
  return pattern.exec(source)?.[0] ?? null
}

function blank(part: string): string {
  return part.replace(/[^\n]/g, ' ')
}

export function lineAt(source: string, at: number): number {
  return source.slice(0, at).split('\n').length
}

/** Everything a file imports or re-exports; `from` is empty where a program would have to run. */
export function importsOf(source: string): Import[] {
  const code = codeOf(source)
  const pattern = /(?<![.\w$])(?:from\s*|import\s*\(?\s*)(['"])|(?<![.\w$])import\s*\(/g
  return [...code.matchAll(pattern)].map(({ index, 0: head, 1: quote }) => {
    const start = index + head.length
    const from = quote ? source.slice(start, code.indexOf(quote, start)) : ''
    return { from, line: lineAt(source, index) }
  })
}

/** Every function of more than one line, whether declared, a method, or an arrow. */
export function functionsOf(source: string): Span[] {
  const code = codeOf(source)
  const lines = code.split('\n')
  const ends = bracketsOf(code)
  const spans: { first: number; last: number }[] = []
  for (const { index, 0: token } of code.matchAll(/=>|\{(?=\n)/g)) {
    const first = headLine(lines, lineAt(code, index))
    const end = token === '=>' ? arrowEnd(code, index + 2, ends) : bodyEnd(code, index, ends)
    if (token === '{' && !isHead(lines, first, lineAt(code, index))) continue
    const last = lineAt(code, end)
    if (last > first) spans.push({ first, last })
  }
  return withOwnLines(spans)
}

/** Where each bracket closes. Brackets that do not match mean that this reader went astray. */
function bracketsOf(code: string): Map<number, number> {
  const ends = new Map<number, number>()
  const open: number[] = []
  for (const { index, 0: bracket } of code.matchAll(/[()[\]{}]/g)) {
    if ('([{'.includes(bracket)) {
      open.push(index)
      continue
    }
    const start = open.pop()
    if (start === undefined || !['()', '[]', '{}'].includes(`${code[start]}${bracket}`)) {
      throw new Error(`line ${lineAt(code, index)}: found ${bracket} without its opening bracket`)
    }
    ends.set(start, index)
  }
  return ends
}

/** A line that begins with a closing bracket goes back to the line that opened it. */
function headLine(lines: readonly string[], line: number): number {
  const indent = /^( *)[)}]/.exec(lines[line - 1] ?? '')?.[1]
  if (indent === undefined) return line
  let head = line - 1
  while (head > 1 && !new RegExp(`^${indent}[^ )}]`).test(lines[head - 1] ?? '')) head -= 1
  return head
}

const method = /^ *(?:(?:static|async|override|get|set|\*) ?)*[#\w$'"[\]]+(?:<.*>)?\(/
const control = /^ *(?:if|for|while|switch|catch|with|return|await)\b/

/** Whether the brace that ends `braceLine` opens the body of a function that begins at `first`. */
function isHead(lines: readonly string[], first: number, braceLine: number): boolean {
  const head = lines[first - 1] ?? ''
  if (!/\)(?::.*)? \{$|\): .*\{$/.test(lines[braceLine - 1] ?? '')) return false
  return /\bfunction\b/.test(head) || (method.test(head) && !control.test(head))
}

/** The end of a body in braces; a result type in braces before it is passed over. */
function bodyEnd(code: string, brace: number, ends: ReadonlyMap<number, number>): number {
  const end = ends.get(brace) ?? code.length
  const next = /^>.*\{(?=\n)/.exec(code.slice(end + 1, end + 200))
  return next ? bodyEnd(code, end + next[0].length, ends) : end
}

function arrowEnd(code: string, from: number, ends: ReadonlyMap<number, number>): number {
  const start = from + code.slice(from).search(/\S/)
  if (code[start] === '{') return bodyEnd(code, start, ends)
  const line = code.slice(code.lastIndexOf('\n', from - 1) + 1, from)
  const indent = line.search(/\S/)
  for (let at = start; at < code.length; at += 1) {
    if (/[)\]},;]/.test(code[at] ?? '')) return at
    if (code[at] === '\n' && indentAfter(code, at) <= indent) return at
    at = ends.get(at) ?? at
  }
  return code.length
}

/** How far the next line that is not empty is indented. */
function indentAfter(code: string, at: number): number {
  const next = at + code.slice(at).search(/\S|$/)
  return next - code.lastIndexOf('\n', next) - 1
}

function withOwnLines(spans: readonly { first: number; last: number }[]): Span[] {
  const ordered = [...spans].sort((a, b) => a.first - b.first || b.last - a.last)
  const owns = ordered.map(({ first, last }) => last - first + 1)
  ordered.forEach(({ first, last }, index) => {
    const parent = ordered.findLastIndex((span, at) => at < index && span.last >= last)
    if (parent >= 0) owns[parent] = (owns[parent] ?? 0) - (last - first)
  })
  return ordered.map((span, index) => ({ ...span, own: owns[index] ?? 0 }))
}
