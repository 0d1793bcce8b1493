/**
 * What handlers get and give: one function a route, from its input to its reply.
 */
import type { z } from 'zod'
import type { Token } from '../../core/domain/token.ts'
import type { ReadResult } from '../../core/spec/read.ts'
import type { Operator } from '../../operate/operator.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { Logs } from '../../ports/logs.ts'
import type { Books } from '../books.ts'
import type { RouteName } from '../paths.ts'
import type { Routes } from '../routes.ts'
import type { Gate } from '../tokens.ts'
import type { Examine } from './doctor.ts'

/** All that handlers may use. */
export interface House {
  readonly ledger: Ledger
  readonly operator: Operator
  readonly logs: Logs
  readonly clock: Clock
  readonly books: Books
  readonly gate: Gate
  readonly examine: Examine
  readonly read: ReadSubmission
  readonly random: (bytes: number) => Buffer
}

/** Turns submitted texts into specs, or says what is wrong with them. */
export type ReadSubmission = (
  documents: readonly { readonly file: string; readonly text: string }[],
  accelerators: readonly string[],
) => ReadResult

export interface Input<N extends RouteName> {
  readonly params: z.output<Routes[N]['params']>
  readonly query: z.output<Routes[N]['query']>
  readonly body: z.output<Routes[N]['body']>
  readonly token: Token
  readonly idempotencyKey: string | null
}

export type Reply<N extends RouteName> = z.input<Routes[N]['reply']>

export type Handlers<N extends RouteName> = {
  readonly [Name in N]: (input: Input<Name>) => Promise<Reply<Name>>
}
