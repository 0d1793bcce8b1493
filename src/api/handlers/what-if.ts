/**
 * What if a supplier were gone, an offer had other stock or another price, or more were submitted?
 * Changes nothing.
 */
import { gangText } from '../../core/report/phrase.ts'
import { reasonView } from '../../core/report/views.ts'
import { whatIf } from '../../operate/turn/what-if.ts'
import { Refused } from '../failure.ts'
import type { Handlers, House, Reply } from './handler.ts'
import { lawful, submitted } from './submission.ts'

export function whatIfHandlers(house: House): Handlers<'whatIf'> {
  return {
    async whatIf({ body: { documents, supposed, suppositions } }) {
      if (supposed.length + suppositions.length === 0) {
        throw new Refused('invalid', 'nothing is supposed')
      }
      const lists = [documents, supposed].filter((each) => each.length > 0)
      const reads = lists.map((each) => submitted(house, { documents: each }))
      const all = reads.flatMap(({ specs }) => specs)
      const specs = documents.length > 0 ? (reads[0]?.specs ?? []) : []
      const more = all.slice(specs.length)
      const now = await house.operator.preview(specs)
      await lawful(house, reads, now.world.now)
      const then = more.length > 0 ? await house.operator.preview(all) : now
      const done = whatIf(now, then, suppositions)
      if ('wrong' in done) throw new Refused('invalid', done.wrong.join('; '))
      return {
        before: { ...done.before, waiting: [...done.before.waiting] },
        after: { ...done.after, waiting: [...done.after.waiting] },
        shifts: done.shifts.map(({ run, before, after }) => ({
          run,
          before: before && placeView(before),
          after: after && placeView(after),
        })),
        waits: [...done.waits],
        reasons: done.reasons.map((reason) => reasonView(reason, now.world.now)),
      }
    },
  }
}

type PlaceView = NonNullable<Reply<'whatIf'>['shifts'][number]['before']>
type Place = Omit<PlaceView, 'accelerators'> & Parameters<typeof gangText>[0]

function placeView(place: Place): PlaceView {
  const { supplier, offer, market, pricePerHour } = place
  return { supplier, offer, accelerators: gangText(place), market, pricePerHour }
}
