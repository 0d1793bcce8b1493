/** What the catalogue makes of names as people and suppliers write them. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { canonical, isKnown, lookUp, nearest, throughputs } from './accelerators.ts'

const spellings: Readonly<Record<string, readonly string[]>> = {
  H100: ['H100', 'h100', 'H100-80GB', 'H100 SXM', 'NVIDIA H100-SXM5-80GB', 'nvidia_h100_80gb'],
  'H100-PCIE': ['h100 pcie'],
  A100: ['A100', 'A100-40GB'],
  'A100-80GB': ['a100-80gb', 'NVIDIA A100-SXM4-80GB', 'A100 - PCIe - 80 GB'],
  L40S: ['l40s'],
  MI300X: ['mi300x', 'AMD Instinct MI300X'],
  'tpu-v5e': ['tpu-v5e', 'v5litepod', 'TPU v5e'],
  'tpu-v5p': ['v5p', 'cloud-tpu-v5p'],
  'tpu-v6e': ['trillium', 'tpu_v6e'],
  trn2: ['Trn2', 'AWS Trainium2'],
}

for (const [name, written] of Object.entries(spellings)) {
  it(`knows ${written.join(', ')} as ${name}`, () => {
    for (const each of written) assert.equal(canonical(each), name)
  })
}

it('lets an unknown accelerator through as it was written, and says so', () => {
  assert.equal(canonical('Zeta-9'), 'Zeta-9')
  assert.equal(isKnown('Zeta-9'), false)
  assert.equal(throughputs['Zeta-9'], undefined)
})

it('guesses what was meant by a slip of the finger, and nothing wilder', () => {
  assert.equal(nearest('H10O'), 'H100')
  assert.equal(nearest('tpu-v5pp'), 'tpu-v5p')
  assert.equal(nearest('Zeta-9'), null)
  assert.equal(nearest(''), null)
})

it('gives every accelerator one name and a throughput above zero', () => {
  for (const [name, throughput] of Object.entries(throughputs)) {
    assert.ok(throughput > 0)
    assert.equal(lookUp(name)?.name, name)
  }
  assert.equal(throughputs.H100, 1)
})

it('answers the names that every object inherits like any other unknown name', () => {
  assert.equal(canonical('constructor'), 'constructor')
  assert.equal(isKnown('toString'), false)
})
