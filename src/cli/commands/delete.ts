/**
 * `calumet delete`: stops jobs and services and gives their capacity back; and forgets suppliers.
 */
import { confirm } from '../confirm.ts'
import { exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'
import { plain } from '../show/text.ts'

export interface DeleteOptions {
  readonly yes?: boolean
}

/** One after the other; ends at the first that cannot be deleted. */
export async function deleteWorkloads(
  session: Session,
  names: readonly string[],
  { yes }: DeleteOptions,
): Promise<number> {
  const api = await session.api()
  const question = `stop ${names.join(', ')} and give all capacity of it back?`
  await confirm(session, question, yes)
  for (const name of names) {
    const reply = await api.call('deleteWorkload', { params: { name } })
    session.replyLine(reply, ({ state }) => `${plain(name)} is ${plain(state)}\n`)
  }
  return exitCodes.ok
}

export async function deleteSupplier(
  session: Session,
  name: string,
  { yes }: DeleteOptions,
): Promise<number> {
  const api = await session.api()
  await confirm(session, `forget the supplier ${name}?`, yes)
  const reply = await api.call('deleteSupplier', { params: { name } })
  session.reply(reply, () => `supplier ${plain(name)} is forgotten\n`)
  return exitCodes.ok
}
