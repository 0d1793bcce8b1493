/**
 * Writes the JSON Schema of specs for editors: `node scripts/write-schema.ts`.
 */
import { writeFileSync } from 'node:fs'
import { schema, specKinds } from '../src/core/spec/kinds.ts'
import { scenarioKind } from '../src/sim/scenario/shape.ts'

const path = new URL('../schema/calumet.schema.json', import.meta.url)
writeFileSync(
  path,
  `${JSON.stringify(schema({ ...specKinds, Scenario: scenarioKind }), null, 2)}\n`,
)
