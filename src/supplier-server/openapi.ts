/**
 * The open supplier protocol as an OpenAPI document, from the shapes that the server checks.
 *
 * Run as a program it writes docs/supplier-protocol.openapi.yaml; a test keeps that file current.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { z } from 'zod'
import * as protocol from '../protocol/supplier.ts'
import * as admin from '../protocol/supplier-admin.ts'

export const openApiPath = fileURLToPath(
  new URL('../../docs/supplier-protocol.openapi.yaml', import.meta.url),
)

const { AcquireBody, StockSignal, OfferShown, Offers, RentalShown, RentalPage } = protocol
const { Capabilities, Problem } = protocol
const { AdminState, OfferChange, Interruption, FaultOrder } = admin

const requests = { AcquireBody, OfferChange, Interruption, FaultOrder }
const market = { StockSignal, OfferShown, Offers, RentalShown, RentalPage, Capabilities, Problem }
const answers = { ...market, AdminState }

export function openApi(): string {
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Open supplier protocol',
      version: '1',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description: introduction,
    },
    tags: [
      { name: 'market', description: 'What every supplier has.' },
      { name: 'admin', description: 'What moves the market, and breaks it on request. Optional.' },
    ],
    security: [{ token: [] }],
    paths: { ...marketPaths(), ...adminPaths() },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { ...schemasOf(requests, 'input'), ...schemasOf(answers, 'output') },
    },
  }
  return `${notice}\n${stringify(document, { aliasDuplicateObjects: false, lineWidth: 96 })}`
}

const notice =
  '# Written by src/supplier-server/openapi.ts; change the shapes in src/protocol instead.'

const introduction = `How a supplier of machines is asked for them. Money is whole micro-dollars \
per hour, time whole milliseconds since 1970. Readers ignore fields that they do not know.

A supplier is of one of three classes, by what a repeated key of the same owner does. A: the same \
order gives the same rental, also once it has ended; another order is refused with key-reused. B: \
refused with name-taken while a rental with the key lives. C: buys again.

An order is all nodes or none. A request may take effect up to late_effect_ms after it was sent, \
and a rental may stay out of the listing for list_lag_ms after it was bought.`

function marketPaths() {
  const owner = query('owner', 'Only the rentals of this owner.')
  const cursor = query('cursor', 'The next_cursor of the page before.')
  const key = { ...header('idempotency-key'), description: 'The key of the order.' }
  return {
    '/v1/capabilities': {
      get: route('market', 'What the supplier promises', [], 200, 'Capabilities'),
    },
    '/v1/offers': { get: route('market', 'What is sold now', [], 200, 'Offers') },
    '/v1/rentals': {
      get: route('market', 'What was bought', [owner, cursor], 200, 'RentalPage'),
      post: route('market', 'Buy', [key], 201, 'RentalShown', 'AcquireBody'),
    },
    '/v1/rentals/{id}': {
      delete: route('market', 'Give back; as often as one likes', [id], 202, 'RentalShown'),
    },
  }
}

function adminPaths() {
  const interrupt = 'Announce that a rental is taken back, and do so when the time has come'
  return {
    '/v1/admin': { get: route('admin', 'How things stand', [], 200, 'AdminState') },
    '/v1/admin/offers/{id}': {
      post: route('admin', 'Set stock and price', [id], 200, 'AdminState', 'OfferChange'),
    },
    '/v1/admin/rentals/{id}/interrupt': {
      post: route('admin', interrupt, [id], 202, 'RentalShown', 'Interruption'),
    },
    '/v1/admin/faults': {
      post: route('admin', 'Let requests meet a fault', [], 200, 'AdminState', 'FaultOrder'),
      delete: route('admin', 'Forget all faults', [], 200, 'AdminState'),
    },
  }
}

const text = { type: 'string' }
const id = { name: 'id', in: 'path', required: true, schema: text }

function query(name: string, description: string) {
  return { name, in: 'query', description, schema: text }
}

function header(name: string) {
  return { name, in: 'header', schema: text }
}

function route(
  tag: string,
  summary: string,
  parameters: readonly object[],
  status: number,
  answer: keyof typeof answers,
  body?: keyof typeof requests,
) {
  const required = body !== 'Interruption'
  return {
    tags: [tag],
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required, content: jsonOf(body) } }),
    responses: {
      [status]: { description: 'Done, or accepted.', content: jsonOf(answer) },
      '4XX': { description: 'Surely not done.', content: jsonOf('Problem') },
      '5XX': { description: 'Done or not.', content: jsonOf('Problem') },
    },
  }
}

function jsonOf(name: string) {
  return { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } }
}

/** Shapes within others are named, not repeated. */
function schemasOf(shapes: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output') {
  const registry = z.registry<{ id: string }>()
  for (const [id, shape] of Object.entries(shapes)) registry.add(shape, { id })
  const { schemas } = z.toJSONSchema(registry, {
    io,
    uri: (name) => `#/components/schemas/${name}`,
  })
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _, $id: __, ...schema }]) => {
      return [name, io === 'output' ? open(schema) : schema]
    }),
  )
}

/** Answers may have more fields than those that are named. */
function open(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema), (name, value) =>
    name === 'additionalProperties' && value === false ? undefined : value,
  )
}

if (import.meta.main) writeFileSync(openApiPath, openApi())
