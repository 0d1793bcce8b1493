/**
 * One case of a right of first refusal: from a third party's offer to the freedom to take it.
 *
 * A case carries the clause as it was when the case began, so that a later repeal ends no case.
 */
import type { Deal, RofrCase } from '../../domain/contract.ts'
import type { Ms } from '../../domain/time.ts'

export type RofrEvent = { readonly at: Ms; readonly actor: string } & (
  | { readonly event: 'deliver'; readonly digest: string; readonly proof: string }
  | { readonly event: 'match'; readonly deal: Deal }
  | { readonly event: 'take'; readonly accelerators: number }
  | { readonly event: 'decline' }
  | { readonly event: 'waive'; readonly digest: string }
  | { readonly event: 'dispute'; readonly why: string }
  | { readonly event: 'settle'; readonly as: 'declined' | 'waived' | 'upheld' }
  | { readonly event: 'withdraw'; readonly why: string }
  | { readonly event: 'sign-with-holder'; readonly digest: string }
  | { readonly event: 'fail'; readonly why: string }
  | { readonly event: 'revise'; readonly deal: Deal }
  | { readonly event: 'bind'; readonly purchase: string; readonly deal: Deal }
  /** Time passed. */
  | { readonly event: 'tick' }
)

/** The case after an event; `refused` says why nothing changed. */
export interface Answer {
  readonly case: RofrCase
  readonly refused: string | null
}
