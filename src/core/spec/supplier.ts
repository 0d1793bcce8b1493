/**
 * Suppliers as people write them, and what they mean. No secret is ever taken: only where it lies.
 */
import { z } from 'zod'
import type { SupplierScope, SupplierSpec } from '../domain/supplier.ts'
import { type Relation, relations } from '../domain/trust.ts'
import { line, moment } from './contract/field.ts'
import { choice, duration, field, flag, map, name, names, whole } from './field.ts'

const dayMs = 86_400_000

/** One entry for each file in drivers/suppliers. */
const drivers = ['remote', 'slurm'] as const

const settingsMax = 100

const host = String.raw`([A-Za-z0-9]([A-Za-z0-9.-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])`
const urlPattern = new RegExp(
  String.raw`^(https?|ssh|local)://${host}(:\d{1,5})?(/[\x21-\x22\x24-\x3e\x40-\x7e]*)?$`,
)

const url = field({
  expected: 'a URL with https, http, ssh or local, without credentials, query or fragment',
  written: { type: 'string', pattern: urlPattern.source },
  read: (value) => {
    const isUrl = typeof value === 'string' && value.length <= 500 && urlPattern.test(value)
    return isUrl ? value.replace(/\/+$/, '') : undefined
  },
  found: (value) => {
    return typeof value === 'string' && value.includes('@') ? 'a URL with credentials' : null
  },
})

/** Texts by name; numbers and flags are kept as they were written. */
const texts = field<Readonly<Record<string, string>>>({
  expected: 'a map of names to texts, numbers or flags',
  written: {
    type: 'object',
    additionalProperties: { type: ['string', 'number', 'boolean'] },
    maxProperties: settingsMax,
  },
  read: (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const entries = Object.entries(value).map(([key, each]) => [key, String(each)] as const)
    const isGood = Object.values(value).every((each) => {
      return ['string', 'number', 'boolean'].includes(typeof each) && String(each).length <= 500
    })
    return isGood && entries.length <= settingsMax ? Object.fromEntries(entries) : undefined
  },
})

type TokenFrom = NonNullable<SupplierSpec['tokenFrom']>

const tokenFrom = field<TokenFrom>({
  expected: 'where the token lies, {env: NAME} or {file: path}; never the token itself',
  written: {
    type: 'object',
    properties: { env: { type: 'string' }, file: { type: 'string' } },
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
  },
  read: (value) => {
    if (typeof value !== 'object' || value === null) return undefined
    const [[key, place] = [], ...more] = Object.entries(value)
    if (typeof place !== 'string' || more.length > 0) return undefined
    if (key === 'env') return /^[A-Za-z_]\w{0,127}$/.test(place) ? { env: place } : undefined
    return key === 'file' && /^\S.{0,1000}$/.test(place) ? { file: place } : undefined
  },
  found: (value) => (typeof value === 'string' ? 'a literal text' : null),
})

/** `rival`, or `{is: rival, from: 2025-01-21}`. */
const relation = z.union(
  [
    choice(relations).transform((is) => ({ is, from: undefined, to: undefined })),
    map('a map with is, from and to', {
      is: choice(relations),
      from: moment.optional(),
      to: moment.optional(),
    }),
  ],
  { error: `one of ${relations.join(', ')}, or a map with is, from and to` },
)

const proof = map('a map with name, until and document', {
  name: name.describe('The control, as the rules of trust name it'),
  until: moment.describe('When the proof expires'),
  document: line.describe('What proves it'),
})

/** Names, or the word for that nobody knows. */
function nameable(what: string) {
  return z.union([names, z.literal('unknown')], {
    error: `a list of ${what}, or unknown where nobody knows`,
  })
}

export const supplierShape = map('a supplier', {
  kind: z.literal('Supplier').describe('Who sells accelerators'),
  name: name.describe('Unique among suppliers'),
  driver: choice(drivers).prefault('remote').describe('How to speak with it'),
  url: url.describe('Where it answers'),
  token: tokenFrom.optional().describe('Where its token lies, as the control plane sees it'),
  class: choice(['A', 'B', 'C'])
    .prefault('C')
    .describe('Same key twice: A same rental, B refused by name, C neither'),
  late_effect: duration(0, dayMs)
    .prefault('150s')
    .describe('How long after it was sent a request may still take effect'),
  list_lag: duration(0, dayMs)
    .prefault('10s')
    .describe('How long a new rental may stay out of the listing'),
  settings: texts.optional().describe('What only its driver understands; see its page'),
  jurisdictions: texts
    .optional()
    .describe('Under whose law each of its regions stands, such as {us-central: us}'),
  relations: z
    .array(relation, { error: 'a list of relations' })
    .optional()
    .describe('What it is to us beside a supplier, such as rival or investor'),
  hosts: z
    .record(z.string(), names, { error: 'a map of regions to names' })
    .optional()
    .describe('Who else runs a region for it, such as {eu-west: [bolt]}; itself by default'),
  controls: z
    .array(proof, { error: 'a list of controls' })
    .optional()
    .describe('What it has proven, and until when the proof counts'),
  scope: map('a map with products and regions', {
    products: nameable('products').optional(),
    regions: nameable('regions').optional(),
  })
    .optional()
    .describe('What it is on the list for; everything by default'),
  requests_per_minute: whole(12, 60_000)
    .optional()
    .describe('How many requests it takes in a minute, of all kinds; nobody counts by default'),
  buying: flag.prefault(true).describe('false keeps what is held and buys nothing new'),
})

export function supplierOf(shape: z.infer<typeof supplierShape>): SupplierSpec {
  return {
    name: shape.name,
    generation: 0,
    driver: shape.driver,
    url: shape.url,
    tokenFrom: shape.token ?? null,
    promises: {
      class: shape.class,
      lateEffectMs: shape.late_effect,
      listLagMs: shape.list_lag,
    },
    buying: shape.buying,
    ...(shape.requests_per_minute !== undefined && {
      requestsPerMinute: shape.requests_per_minute,
    }),
    ...(shape.settings && { settings: shape.settings }),
    ...(shape.jurisdictions && { jurisdictions: shape.jurisdictions }),
    ...(shape.relations && {
      relations: shape.relations.map(({ is, from, to }) => {
        return { relation: is as Relation, from: from ?? null, to: to ?? null }
      }),
    }),
    ...(shape.hosts && { hosts: shape.hosts }),
    ...(shape.controls && {
      controls: shape.controls.map(({ name: control, until, document }) => {
        return { control, until, document }
      }),
    }),
    ...(shape.scope && { scope: scopeOf(shape.scope) }),
  }
}

/** Null where nobody knows; nothing where everything is meant. */
function scopeOf(scope: NonNullable<z.infer<typeof supplierShape>['scope']>): SupplierScope {
  const { products, regions } = scope
  return {
    ...(products && { products: products === 'unknown' ? null : products }),
    ...(regions && { regions: regions === 'unknown' ? null : regions }),
  }
}
