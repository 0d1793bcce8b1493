/**
 * Faults as people read them.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Fault } from '../../api/wire.ts'
import { faultsText } from './faults.ts'

const fault: Fault = {
  file: 'job.yaml',
  line: 3,
  column: 3,
  path: '$.resources.node',
  found: 'an unknown key "node"',
  expected: 'one of accelerators, nodes, fabric, throughput',
  meant: 'nodes',
}
const source = 'kind: Job\nresources:\n  node: 2 # two\n'

function check(changed: Partial<Fault>, text: string | null, expected: string) {
  const sources = new Map(text === null ? [] : [['job.yaml', text]])
  assert.equal(faultsText([{ ...fault, ...changed }], sources), `${expected.slice(1)}\n`)
}

const head =
  'job.yaml:3:3: $.resources.node: found an unknown key "node", ' +
  'expected one of accelerators, nodes, fabric, throughput'

it('shows the line with a caret and what was meant', () =>
  check(
    {},
    source,
    `
${head}; did you mean nodes?
3 |   node: 2 # two
  |   ^`,
  ))

it('does without a hint', () =>
  check(
    { meant: null },
    source,
    `
${head}
3 |   node: 2 # two
  |   ^`,
  ))

it('does without a line that it does not know', () => check({ meant: null }, null, `\n${head}`))

it('finds the column behind tabs, wide signs and controls', () =>
  check(
    { meant: null, line: 1, column: 6 },
    '日\t\x1b: x',
    `
${head.replace(':3:3:', ':1:6:')}
1 | 日 \\x1b: x
  |          ^`,
  ))

it('shows no caret where nobody would see it', () =>
  check(
    { meant: null, line: 1, column: 500 },
    'x'.repeat(1_000),
    `\n${head.replace(':3:3:', ':1:500:')}`,
  ))
