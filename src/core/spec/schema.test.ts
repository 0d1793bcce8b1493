/** The JSON Schema that editors use. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { scenarioKind } from '../../sim/scenario/shape.ts'
import { schema, specKinds } from './kinds.ts'

const whole = JSON.parse(JSON.stringify(schema({ ...specKinds, Scenario: scenarioKind })))
const file = new URL('../../../schema/calumet.schema.json', import.meta.url)

it('[SP15] is current; otherwise run scripts/write-schema.ts', () => {
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), whole)
})

it('[SP15] tells for every kind what must be there, and allows no other key', () => {
  const { oneOf } = whole as { oneOf: { title: string; required: string[] }[] }
  assert.deepEqual(
    oneOf.map(({ title, required }) => [title, ...required]),
    [
      ['Job', 'kind', 'name', 'run', 'resources'],
      ['Service', 'kind', 'name', 'run', 'resources'],
      ['Supplier', 'kind', 'name', 'url'],
      ['Policy', 'kind', 'name'],
      ['Contract', 'kind', 'name', 'with', 'form', 'bindingness', 'from', 'source', 'clauses'],
      ['Scenario', 'kind', 'name', 'duration', 'suppliers'],
    ],
  )
  for (const each of oneOf) assert.partialDeepStrictEqual(each, { additionalProperties: false })
})
