/**
 * Mutants must not rot: each patch fits the source as it is, and each name is used once.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { clauseKinds } from '../../src/core/spec/contract/clauses.ts'
import { brokenInDays, clauseMutants } from '../clause-mutants.ts'
import { copyMutants } from '../copy-mutants.ts'
import { rareMutants } from '../rare-mutants.ts'
import { canary, mutants } from './mutants/all.ts'
import { patched } from './mutate.ts'

for (const { name, patches } of [...mutants, ...clauseMutants, ...copyMutants, ...rareMutants]) {
  it(`${name} fits the source`, () => {
    for (const patch of patches) {
      const path = new URL(`../../${patch.file}`, import.meta.url)
      const source = readFileSync(path, 'utf8')
      assert.notEqual(patched(source, patch), source)
    }
  })
}

it('has mutants enough, each by its own name, and the canary among them', () => {
  const names = new Set(mutants.map(({ name }) => name))
  assert.equal(names.size, mutants.length)
  assert.ok(mutants.length >= 30)
  assert.ok(names.has(canary))
})

it('has a bug for every kind of clause, injected into days or into the tests of the kind', () => {
  const ofKinds = new Set(clauseMutants.map(({ kind }) => kind.replace(/:.*/, '')))
  const days: Readonly<Record<string, string>> = brokenInDays
  const known = new Set(mutants.map(({ name }) => name))
  assert.deepEqual(
    Object.values(days).filter((name) => !known.has(name)),
    [],
  )
  assert.deepEqual([...new Set([...ofKinds, ...Object.keys(days)])].sort(), [...clauseKinds].sort())
})
