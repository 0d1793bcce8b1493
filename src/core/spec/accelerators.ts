/**
 * The accelerators of one node, as people write them: `H100`, `H100:8` or `{H100: 8}`.
 *
 * Which names exist is for the catalogue to say.
 */
import { z } from 'zod'
import { field, whole } from './field.ts'

export interface Accelerators {
  readonly accelerator: string
  readonly perNode: number
}

const perNodeMax = 1_024
const accelerator = '[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,38}[A-Za-z0-9])?'
const alone = new RegExp(`^${accelerator}$`)
const shorthand = new RegExp(`^(${accelerator})(?::([1-9]\\d{0,3}))?$`)
const expected = `one accelerator such as H100, H100:8 or {H100: 8}, at most ${perNodeMax} a node`

const inShort = field<Accelerators>({
  expected,
  written: { type: 'string', pattern: shorthand.source },
  read: (value) => {
    const match = typeof value === 'string' ? shorthand.exec(value) : null
    const perNode = Number(match?.[2] ?? 1)
    return match?.[1] && perNode <= perNodeMax ? { accelerator: match[1], perNode } : undefined
  },
})

export const acceleratorName = z
  .string()
  .superRefine((key, context) => {
    if (alone.test(key)) return
    // YAML takes {H100:8} for a key without a value.
    const meant = shorthand.test(key) ? key.replace(':', ': ') : null
    context.addIssue({ code: 'custom', message: 'the name of an accelerator', params: { meant } })
  })
  .meta({ pattern: alone.source })

const atLength = z
  .record(acceleratorName, whole(1, perNodeMax), { error: expected })
  .refine((map) => Object.keys(map).length === 1, expected)
  .meta({ minProperties: 1, maxProperties: 1 })
  .transform((map): Accelerators => {
    const [[accelerator, perNode] = ['', 0]] = Object.entries(map)
    return { accelerator, perNode }
  })

export const accelerators = z
  .union([inShort, atLength], { error: expected })
  .describe('Accelerators in each node: H100, H100:8 or {H100: 8}')
