/** `calumet sim` as people see it, and the files that stand beside a scenario. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { run, temporaryFolder } from '../stage.test.ts'

const scenario = `
kind: Scenario
name: small
start: 2025-03-01
duration: 6h
suppliers:
  - { name: acme, offers: [{ id: h100, accelerators: H100:8, price_per_hour: 20, nodes: 1 }] }
  - { name: bolt, offers: [{ id: h100, accelerators: H100:8, price_per_hour: 30, nodes: 1 }] }
timeline:
  - { at: 2025-03-01T01:00Z, do: apply, file: later.yaml }
---
{ kind: Job, name: train, run: x, resources: { accelerators: H100:8 } }
---
kind: Contract
name: msa
with: bolt
form: MSA
bindingness: definitive
signed: 2025-01-01
from: 2025-01-01
source: letter
clauses:
  - { kind: exclusivity, id: alone, to: 2025-03-01T02:00Z }
`
const later = '{ kind: Job, name: later, run: x, resources: { accelerators: H100:8 } }'

async function played(t: TestContext, applied: string, terminal = {}) {
  const folder = temporaryFolder(t)
  const file = join(folder, 'scenario.yaml')
  writeFileSync(file, scenario)
  writeFileSync(join(folder, 'later.yaml'), applied)
  return run(['sim', file, '--against', 'none'], terminal)
}

it('tells days by their dates, and by what bound us in them', async (t) => {
  const { stdout, stderr, exitCode } = await played(t, later)
  assert.deepEqual([exitCode, stderr], [0, ''])
  assert.match(stdout, /^2025-03-01 01:00 {2}\* later\.yaml is submitted$/m)
  assert.match(stdout, /^2025-03-01 01:00 {2}§ later may not have acme\/h100: bolt is exclusive/m)
  const phases = stdout.slice(stdout.indexOf('§ 2025-03-01 to'), stdout.indexOf('\n\nNAME'))
  assert.equal(
    phases.replace(/ \(assumed.*?\)/, ''),
    `§ 2025-03-01 to 2025-03-01T02:00:00Z
  msa/alone binds
  + train at bolt/h100
  - train, later not at acme/h100: bolt is exclusive for everything, until 2025-03-01 (msa/alone)
§ 2025-03-01T02:00:00Z to 2025-03-01T06:00:00Z
  msa/alone binds no more
  + later at acme/h100`,
  )
})

it('shows whoever waits at a terminal how far it is', async (t) => {
  const { stderr } = await played(t, later, { isTTY: true, columns: 80 })
  const shares = [...stderr.matchAll(/\r(\d+)% played/g)].map(([, share]) => Number(share))
  assert.deepEqual(
    shares,
    Array.from({ length: 99 }, (_, index) => index + 1),
  )
  assert.ok(stderr.endsWith('\r\x1b[K'))
})

it('tells a fault of a file that the timeline submits, with its place', async (t) => {
  const { stderr, exitCode } = await played(t, later.replace('Job', 'Jib'))
  assert.equal(exitCode, 2)
  assert.match(stderr, /later\.yaml:1:9/)
})
