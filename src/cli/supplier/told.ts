/**
 * `calumet supplier told`: all that left for a supplier, so that somebody can see what it may know.
 */
import type { ToldView } from '../../api/wire/told.ts'
import type { Ms } from '../../core/domain/time.ts'
import { exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'
import { moment, perHour } from '../show/columns.ts'
import { type Column, table } from '../show/table.ts'
import { plain } from '../show/text.ts'

export interface ToldOptions {
  readonly since?: Ms
}

const columns: readonly Column<ToldView>[] = [
  { title: 'AT', cell: ({ at }) => moment(at) },
  { title: 'TOLD', cell: ({ what }) => words[what] },
  { title: 'ABOUT', cell: about },
  { title: 'TERMS', cell: terms },
]

const words: Readonly<Record<ToldView['what'], string>> = {
  ask: 'asked',
  release: 'gave back',
  notice: 'gave notice',
}

export async function told(
  session: Session,
  name: string,
  { since }: ToldOptions,
): Promise<number> {
  const api = await session.api()
  const reply = await api.call('told', { params: { name }, query: { since } })
  session.reply(reply, ({ as, told: all, isWhole }) => {
    if (all.length === 0) return `nothing has left for ${plain(name)}\n`
    const more = isWhole ? '' : 'there was more before; ask for it with an earlier --since\n'
    const known = `${plain(name)} knows this installation as ${plain(as)}\n`
    return `${table(columns, all, session.look)}${known}${more}`
  })
  return exitCodes.ok
}

function about(view: ToldView): string {
  if (view.what === 'ask') return view.key
  return view.what === 'release' ? view.rental : view.clause
}

function terms(view: ToldView): string | null {
  if (view.what === 'release') return null
  if (view.what === 'notice') return noticed(view)
  const { accelerators, offer, market, region, pricePerHourMax, call } = view
  const again = call > 1 ? `, call ${call}` : ''
  const limit = `at most ${perHour(pricePerHourMax)}`
  return `${accelerators} of ${offer}, ${market}, ${region}, ${limit}${again}`
}

function noticed({ terms: shown, digest, answerWithin }: ToldView & { what: 'notice' }): string {
  const said = Object.entries(shown ?? {}).map(([term, value]) => `${term} ${value}`)
  return [...said, `answer within ${answerWithin}`, `sha256 ${digest}`].join(', ')
}
