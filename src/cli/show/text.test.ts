/**
 * What others wrote does no harm to a terminal, and is as wide as it is taken for.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { cut, plain, plainJson, plainLines, widthOf } from './text.ts'

const cases: readonly (readonly [text: string, shown: string])[] = [
  ['as it is', 'as it is'],
  ['naïve 日本語 👩‍💻', 'naïve 日本語 👩‍💻'],
  ['\x1b[2J\x1b]0;title\x07', '\\x1b[2J\\x1b]0;title\\x07'],
  ['two\nlines\ttab\r', 'two\\x0alines\\x09tab\\x0d'],
  ['C1: \x9b31m', 'C1: \\x9b31m'],
  ['\u202eright to left\u2066', '\\u{202e}right to left\\u{2066}'],
  ['\u{e0041} tag, \ufeff mark, \u2028 line', '\\u{e0041} tag, \\u{feff} mark, \\u{2028} line'],
  ['half \ud800 a pair', 'half \\u{d800} a pair'],
]

for (const [text, shown] of cases) {
  it(`shows ${JSON.stringify(text)} as ${shown}`, () => assert.equal(plain(text), shown))
}

it('keeps the lines of a log, drops its colours and shows all else', () => {
  const log = 'a\x1b[1;32mgreen\x1b[0m\tb\r\n10%\r20%\x1b[2A\n'
  assert.equal(plainLines(log), 'agreen\tb\n10%\n20%\\x1b[2A\n')
})

it('writes JSON without a control sign that reads back as it was', () => {
  const value = { a: '\x1b \x9b \u202e \u{e0041} \ud800 é', b: ['\n'] }
  const text = plainJson(value, 2)
  assert.match(text, /^[\n\x20-\x7eé]*$/)
  assert.deepEqual(JSON.parse(text), value)
})

const widths: readonly (readonly [text: string, width: number])[] = [
  ['plain', 5],
  ['日本', 4],
  ['e\u0301', 1],
  ['👩‍💻', 2],
  ['🇯🇵', 2],
  ['한글', 4],
  ['', 0],
]

for (const [text, width] of widths) {
  it(`${JSON.stringify(text)} takes ${width} columns`, () => assert.equal(widthOf(text), width))
}

it('cuts by columns and never through a sign', () => {
  assert.equal(cut('abcdef', 6), 'abcdef')
  assert.equal(cut('abcdef', 4), 'abc…')
  assert.equal(cut('日本語', 4), '日…')
  assert.equal(cut('a 👩‍💻👩‍💻', 4), 'a…')
})
