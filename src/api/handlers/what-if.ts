/**
 * What if a supplier were gone, or an offer had other stock or another price? Changes nothing.
 */
import { gangText } from '../../core/report/phrase.ts'
import { reasonView } from '../../core/report/views.ts'
import { whatIf } from '../../operate/turn/what-if.ts'
import { Refused } from '../failure.ts'
import type { Handlers, House, Reply } from './handler.ts'
import { specsOf } from './workloads.ts'

export function whatIfHandlers(house: House): Handlers<'whatIf'> {
  return {
    async whatIf({ body: { documents, suppositions } }) {
      const specs = documents.length > 0 ? specsOf(house, { documents }) : []
      const now = await house.operator.preview(specs)
      const done = whatIf(now, suppositions)
      if ('wrong' in done) throw new Refused('invalid', done.wrong.join('; '))
      return {
        before: { ...done.before, waiting: [...done.before.waiting] },
        after: { ...done.after, waiting: [...done.after.waiting] },
        shifts: done.shifts.map(({ run, before, after }) => ({
          run,
          before: before && placeView(before),
          after: after && placeView(after),
        })),
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
