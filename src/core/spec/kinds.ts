/**
 * The kinds of documents: for each what may be written, and what it means.
 */
import { z } from 'zod'
import type { Contract } from '../domain/contract.ts'
import type { Spec } from '../domain/spec.ts'
import { contractOf, contractShape } from './contract/contract.ts'
import { policyOf, policyShape } from './policy.ts'
import { supplierOf, supplierShape } from './supplier.ts'
import { jobOf, jobShape, type Names, serviceOf, serviceShape } from './workload.ts'

/** Whatever its kind, what a document means has a name. */
export interface Meant {
  readonly kind: string
  readonly spec: { readonly name: string }
}

export interface ContractMeant extends Meant {
  readonly kind: 'Contract'
  readonly spec: Contract
}

/** One kind of document: what may be written, and what it means. */
export interface Kind<M extends Meant> {
  readonly shape: z.ZodType
  read(root: unknown, names: Names): M | readonly z.core.$ZodIssue[]
}

export const contractKind: Kind<ContractMeant> = kind(contractShape, (shape, { canonical }) => {
  return { kind: 'Contract', spec: contractOf(shape, canonical) }
})

export const specKinds: Readonly<Record<Spec['kind'], Kind<Spec>>> = {
  Job: kind(jobShape, (shape, names) => ({ kind: 'Job', spec: jobOf(shape, names) })),
  Service: kind(serviceShape, (shape, names) => {
    return { kind: 'Service', spec: serviceOf(shape, names) }
  }),
  Supplier: kind(supplierShape, (shape) => ({ kind: 'Supplier', spec: supplierOf(shape) })),
  Policy: kind(policyShape, (shape, { canonical }) => {
    return { kind: 'Policy', spec: policyOf(shape, canonical) }
  }),
  Contract: contractKind,
}

/** JSON Schema of one document, for editors: made from the same shapes that read it. */
export function schema(kinds: Readonly<Record<string, Kind<Meant>>>): object {
  const shared = {}
  const oneOf = Object.entries(kinds).map(([name, kind]) => {
    const { $schema, definitions, ...shape } = z.toJSONSchema(kind.shape, {
      io: 'input',
      target: 'draft-7',
    })
    // What is shared within one kind is referred to from the root of the whole.
    Object.assign(shared, definitions)
    return { title: name, ...shape }
  })
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A document of Calumet: a job, service, supplier, policy, contract or scenario',
    oneOf,
    definitions: shared,
  }
}

export function kind<Shape extends z.ZodType, M extends Meant>(
  shape: Shape,
  meaning: (shape: z.infer<Shape>, names: Names) => M,
): Kind<M> {
  return {
    shape,
    read(root, names) {
      const result = shape.safeParse(root)
      return result.success ? meaning(result.data, names) : result.error.issues
    },
  }
}
