/**
 * `calumet supplier approve|activate|suspend|retire`: how far a supplier has come with us.
 */
import type { Standing } from '../../core/domain/supplier.ts'
import { exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'
import { plain } from '../show/text.ts'

export interface StandingOptions {
  readonly reason: string
}

/** Each verb leads to a state. */
export const verbs = {
  propose: 'prospect',
  approve: 'approved',
  activate: 'active',
  suspend: 'suspended',
  retire: 'retired',
} as const satisfies Record<string, Standing>

export async function decideStanding(
  session: Session,
  name: string,
  { state, reason }: { readonly state: Standing; readonly reason: string },
): Promise<number> {
  const api = await session.api()
  const reply = await api.call('decideStanding', { params: { name }, body: { state, reason } })
  session.reply(reply, () => {
    const more = state === 'active' ? '' : '; nothing new is bought there, what is held is kept'
    return `supplier ${plain(name)} is ${state}${more}\n`
  })
  return exitCodes.ok
}
