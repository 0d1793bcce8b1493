/**
 * The audit of a production ledger, held again and again beside a control plane that has bad luck.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { readScenario } from './read.ts'
import { stage } from './stage.ts'

const text = `
kind: Scenario
name: bad-luck
duration: 12h
suppliers:
  - name: acme
    offers: [{ id: h100, accelerators: H100:8, price_per_hour: 20, nodes: 4 }]
  - name: bolt
    class: C
    list_lag: 30s
    offers: [{ id: h100, accelerators: H100:8, price_per_hour: 25, nodes: 4 }]
trouble:
  supplier_outage_every: 3h
  machine_failure_every: 2h
  work_failure_every: 2h
  control_plane_kill_every: 1h
  refusals: 20%
  lost_answers: 20%
---
{ kind: Job, name: train, run: x, resources: { accelerators: H100:8, nodes: 2 } }
---
{ kind: Service, name: chat, run: x, replicas: 2, resources: { accelerators: H100:8 } }
`
const minute = 60_000

it('[OP20] finds nothing wrong in a world that only had bad luck', async () => {
  const read = readScenario([{ file: 'a.yaml', text }])
  assert.ok(read.faults === null)
  const { world } = stage({ ...read, changes: [], seed: '1' })
  const found: string[] = []
  let count = 0
  const look = () => {
    const [plant] = world.plants()
    plant?.operator.audit().then(
      ({ invariants }) => {
        count += 1
        found.push(...invariants.flatMap(({ faults }) => faults ?? []))
      },
      () => {}, // Its control plane had bad luck as well.
    )
    world.kernel.after(10 * minute, look)
  }
  look()
  await world.kernel.run(read.scenario.startAt + read.scenario.durationMs)
  assert.deepEqual(found, [])
  assert.ok(count > 50)
})
