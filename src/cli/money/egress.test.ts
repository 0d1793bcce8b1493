/** `calumet egress`: what it prints is what a policy takes. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { run, temporaryFolder } from '../stage.test.ts'

async function printed(t: TestContext, table: string, ...options: string[]) {
  const file = join(temporaryFolder(t), 'egress.csv')
  writeFileSync(file, table)
  return run(['egress', file, ...options], {})
}

const table = `src,dest,cost
aws:us-1,gcp:eu-1,0.0875
aws:us-2,gcp:eu-1,0.0875
aws:us-1,aws:us-2,cheap
aws:us-1,aws:us-3,0
`

it('prints lines of a policy, and on stderr what it left out', async (t) => {
  const { stdout, stderr, exitCode } = await printed(t, table)
  const way = '  - { from: ["aws:us-1", "aws:us-2"], to: "gcp:eu-1", per_gb: 0.0875 }\n'
  assert.equal(stdout, `# 2 ways; 1 that cost nothing need no line\negress:\n${way}`)
  const said = /egress\.csv:4 is left out: cheap is no price in dollars for a gigabyte\n$/
  assert.match(stderr, said)
  assert.equal(exitCode, 0)
})

it('prints the same as JSON', async (t) => {
  const { stdout } = await printed(t, table, '--json')
  const { pairs, free, faults } = JSON.parse(stdout)
  assert.deepEqual([pairs, free, faults.length], [2, 1, 1])
})

it('refuses a table without any price', async (t) => {
  const { stderr, exitCode } = await printed(t, 'a,b\n1,2\n')
  assert.match(stderr, /holds no price of a gigabyte, the first row at line 1: no column from or/)
  assert.equal(exitCode, 2)
})
