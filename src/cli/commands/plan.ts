/**
 * `calumet plan`: what is done next, or would be if files were applied, with prices and reasons; or
 * how that would differ if more were applied, a supplier were gone, an offer had other stock or
 * another price, or others sold as price lists say.
 */
import { readDocuments } from '../documents.ts'
import { exitCodes } from '../failure.ts'
import { readPrices } from '../prices.ts'
import type { Session } from '../session.ts'
import { planText } from '../show/plan.ts'
import { pricesText, whatIfText } from '../show/what-if.ts'
import { type Supposed, suppositionsOf } from '../suppositions.ts'

export interface PlanOptions extends Supposed {
  readonly file?: readonly string[]
  readonly whatIf?: readonly string[]
  readonly prices?: readonly string[]
  readonly strict?: boolean
}

export async function plan(session: Session, options: PlanOptions): Promise<number> {
  const { file = [], whatIf = [], strict } = options
  const lists = await Promise.all((options.prices ?? []).map((each) => readPrices(session, each)))
  const suppositions = [
    ...suppositionsOf(options),
    ...lists.map(({ offers, asOf }) => ({ suppose: 'offers' as const, offers, asOf })),
  ]
  const isSupposed = suppositions.length + whatIf.length > 0
  const { documents: all } = await readDocuments(session, [...file, ...whatIf])
  const [documents, supposed] = [all.slice(0, file.length), all.slice(file.length)]
  const api = await session.api()
  if (isSupposed) {
    const reply = await api.call('whatIf', { body: { documents, supposed, suppositions } })
    const prices = lists.map(({ offers, ...list }) => ({ ...list, offers: offers.length }))
    session.reply({ ...reply, ...(prices.length > 0 && { prices }) }, (told) => {
      return pricesText(prices, session.io.now()) + whatIfText(told, session.look)
    })
    return strict && reply.after.waiting.length > 0 ? exitCodes.unmet : exitCodes.ok
  }
  const reply = await api.call('plan', { body: { documents } })
  session.reply(reply, (planned) => planText(planned, session.look, 'all'))
  return strict && reply.unmet.length > 0 ? exitCodes.unmet : exitCodes.ok
}
