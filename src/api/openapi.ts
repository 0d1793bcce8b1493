/**
 * What the route table says to Fastify, and to those who read the OpenAPI document.
 */
import swagger from '@fastify/swagger'
import { fastify } from 'fastify'
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod'
import { z } from 'zod'
import { paths, type RouteName } from './paths.ts'
import { routes } from './routes.ts'
import * as wire from './wire.ts'

const requests: ReadonlySet<string> = new Set([
  'Document',
  'ApplyRequest',
  'PlanRequest',
  'LoadReport',
  'NewToken',
])
// What stands in replies is described once, under its name in `wire.ts`.
for (const [id, shape] of Object.entries(wire)) {
  if (!requests.has(id)) z.globalRegistry.add(shape, { id })
}

const idempotent = z.looseObject({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, 'expected 1 to 200 visible ASCII characters')
    .optional()
    .describe('the same key submits once, however often it is sent'),
})

export function schemaOf(name: RouteName) {
  const { method, roles, params, query, body, reply, about } = routes[name]
  return {
    summary: about,
    description: `For tokens of role ${['admin', ...roles].join(', ')}.`,
    operationId: name,
    params,
    querystring: query,
    ...(name === 'apply' && { headers: idempotent }),
    ...(method === 'POST' && { body }),
    response: { 200: reply, '4xx': wire.Failure, '5xx': wire.Failure },
  }
}

interface Described {
  readonly zodSchema: z.core.$ZodTypes
  readonly jsonSchema: z.core.JSONSchema.BaseSchema
}

const zodToJsonConfig = {
  /** Replies may have more fields one day; only requests are held to their shape. */
  override({ zodSchema, jsonSchema }: Described) {
    const { def } = zodSchema._zod
    if (def.type === 'object' && !def.catchall) delete jsonSchema.additionalProperties
  },
}

interface Document {
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}

/** The OpenAPI document; `docs/openapi.json` holds the same. */
export async function document(): Promise<object> {
  const app = fastify()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Calumet', description: 'The API of the control plane', version: '1' },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: createJsonSchemaTransform({ zodToJsonConfig }),
    transformObject: createJsonSchemaTransformObject({ zodToJsonConfig }),
  })
  await app.register(async (inner) => {
    for (const name of Object.keys(routes) as RouteName[]) {
      const { method, path: url } = paths[name]
      inner.route({ method, url, schema: schemaOf(name), handler: async () => ({}) })
    }
  })
  await app.ready()
  const { components, ...rest } = app.swagger() as Document
  await app.close()
  // Each shape comes twice, the second time as a request would have it, which nobody refers to; and
  // with them comes whatever other rooms gave a name to.
  const schemas = Object.entries(components.schemas).filter(([id]) => Object.hasOwn(wire, id))
  return { ...rest, components: { ...components, schemas: Object.fromEntries(schemas) } }
}
