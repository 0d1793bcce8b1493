/**
 * Environment variables of a workload: what may be set, and what is ours or the loader's to set.
 *
 * Values are literal: nothing in them is expanded, by us or by a shell.
 */
import { z } from 'zod'
import { field } from './field.ts'
import { utf8Bytes } from './limits.ts'

const namePattern = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/

/** Told to every rank by the runtime; a value of the user's own would split the gang. */
const ofTheGang: ReadonlySet<string> = new Set([
  'RANK',
  'LOCAL_RANK',
  'GROUP_RANK',
  'NODE_RANK',
  'WORLD_SIZE',
  'LOCAL_WORLD_SIZE',
  'MASTER_ADDR',
  'MASTER_PORT',
  'PORT',
])

/** Acts on programs before the user's own command does: on the agent and on its shell. */
const ofTheLoader: ReadonlySet<string> = new Set([
  'LD_PRELOAD',
  'LD_AUDIT',
  'DYLD_INSERT_LIBRARIES',
  'GCONV_PATH',
  'NODE_OPTIONS',
  'BASH_ENV',
  'ENV',
  'IFS',
  'SHELLOPTS',
  'BASHOPTS',
  'PS4',
])

/** Linux takes at most 128 KiB for one variable. */
const valueBytesMax = 130_000

/** Why a name may not be set, or null. */
export function envFault(name: string): string | null {
  if (!namePattern.test(name)) return 'a name of letters, digits and _ that begins with no digit'
  if (name.startsWith('CALUMET_')) return 'another name: those with CALUMET_ are set by Calumet'
  if (ofTheGang.has(name)) return `another name: ${name} is set by Calumet for every rank`
  if (!ofTheLoader.has(name)) return null
  return `another name: ${name} acts before your command does; export it in run`
}

const envName = z
  .string()
  .superRefine((name, context) => {
    const message = envFault(name)
    if (message !== null) context.addIssue({ code: 'custom', message })
  })
  .meta({ pattern: namePattern.source })

const envValue = field({
  expected: 'a text, a number, true or false',
  written: { type: ['string', 'number', 'boolean'] },
  read: (value) => {
    return typeof value === 'string' && utf8Bytes(value) <= valueBytesMax ? value : undefined
  },
  // Values may be secrets: what was found is told by its kind alone.
  found: (value) => (typeof value === 'string' ? 'more than 130 kB' : null),
})

const envsMax = 1_000

/** Sorted by name, so that the order in which they were written is no change. */
export const envs = z
  .record(envName, envValue, { error: 'a map of names and values' })
  .refine((map) => Object.keys(map).length <= envsMax, `at most ${envsMax} variables`)
  .transform((map) => {
    return Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })
  .describe('Environment variables of every rank; values are literal')
