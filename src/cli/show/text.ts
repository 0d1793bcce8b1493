/**
 * Text for a terminal: what others wrote is made harmless, measured and cut by its display width.
 *
 * Nothing that came from a server reaches a terminal but through `plain` or `plainLines`.
 */

// All controls, and the marks that turn the direction of text or hide it; joiners of emoji stay.
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Co}]|(?![\u200c\u200d])\p{Cf}/gu

/** One line; control signs show as `\x1b` or `\u{202e}`. */
export function plain(text: string): string {
  return text.replace(unsafe, escaped)
}

/** Colours of a terminal, which programs print in their logs; they mean no harm, and no more. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is the sign that begins a colour
const colours = /\x1b\[[\d;:]*m/g

/** Many lines: newlines and tabs stay, a carriage return begins a line, colours are dropped. */
export function plainLines(text: string): string {
  return text
    .replace(colours, '')
    .replace(/\r\n?/g, '\n')
    .replace(unsafe, (sign) => (sign === '\n' || sign === '\t' ? sign : escaped(sign)))
}

/** JSON with no control sign in it; it reads back as the same value. */
export function plainJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent) ?? 'null'
  return text.replace(unsafe, (sign) => (sign === '\n' ? sign : utf16Escapes(sign)))
}

function escaped(sign: string): string {
  const code = sign.codePointAt(0) ?? 0
  const hex = code.toString(16)
  return code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`
}

function utf16Escapes(sign: string): string {
  return sign
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
const isAscii = /^[\x20-\x7e]*$/
const wide = new RegExp(
  [
    '[\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\u33ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\ua000-\\ua4cf]',
    '[\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe30-\\ufe6f\\uff00-\\uff60\\uffe0-\\uffe6]',
    '[\\u{20000}-\\u{3fffd}]',
    '\\p{Emoji_Presentation}',
    '\\ufe0f',
  ].join('|'),
  'u',
)
const invisible = /^[\p{Mn}\p{Me}\p{Cf}]+$/u

/** How many columns of a terminal the text takes. */
export function widthOf(text: string): number {
  if (isAscii.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment)
  return width
}

function graphemeWidth(grapheme: string): number {
  if (invisible.test(grapheme)) return 0
  return wide.test(grapheme) ? 2 : 1
}

/** The text, or as much of its beginning as fits, with `…` behind it. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let [kept, left] = ['', width - 1]
  for (const { segment } of graphemes.segment(text)) {
    left -= graphemeWidth(segment)
    if (left < 0) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const
export type Tint = keyof typeof codes

export function paint(text: string, tint: Tint): string {
  return `\x1b[${codes[tint]}m${text}\x1b[0m`
}
