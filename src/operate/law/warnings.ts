/**
 * Money that is lost if nobody acts: what can be claimed and soon cannot, what was promised and
 * will not be used, and suppliers that hold more of ours than they may or than is stood for.
 */
import { formatAmount } from '../../core/contracts/amount.ts'
import { bindingClauses } from '../../core/contracts/money/account.ts'
import { formatDay } from '../../core/domain/day.ts'
import type { Ledger } from '../../ports/ledger.ts'
import { claimsView } from './claims.ts'
import { exposureView, type LapseView, lapsesView } from './exposure.ts'
import { type BurnDownView, burnDownView, type Charged } from './money.ts'
import { historyOf } from './take.ts'

/** A sentence each; nothing where all is well. */
export interface Warning {
  readonly name: 'claims' | 'commitments' | 'exposure'
  readonly text: string
}

/** What prices were compared with is shown to nobody here. */
const unsealed = { nonce: () => '', hash: () => '' }

export async function moneyWarnings(ledger: Ledger, charged: Charged): Promise<readonly Warning[]> {
  const claims = await claimsView(ledger, charged, unsealed)
  const { exposureLimits = [] } = charged.snapshot.rows.policy[0]?.body ?? {}
  // Years of charges are gone through only where somebody set a limit.
  const exposures = exposureLimits.length > 0 ? await exposureView(charged) : []
  return [
    ...(await shortfalls(charged)).map(shortfallWarning),
    ...claims.flatMap(({ clause, with: party, from, credit, deadline, isNear }): Warning[] => {
      if (credit === null || deadline === null || !isNear) return []
      const amount = `${formatAmount(BigInt(credit))} may be claimed of ${party}`
      const command = `calumet contract claim ${clause} ${formatDay(from).slice(0, 7)}`
      return [
        { name: 'claims', text: `${amount} until ${formatDay(deadline)}; see \`${command}\`` },
      ]
    }),
    ...exposures.flatMap(({ supplier, atRisk, limit }): Warning[] => {
      if (limit === null || BigInt(atRisk) <= BigInt(limit)) return []
      const held = `${supplier} holds ${formatAmount(BigInt(atRisk))} of ours`
      const text = `${held}, and may hold ${formatAmount(BigInt(limit))}`
      return [{ name: 'exposure', text: `${text}; see \`calumet contract exposure\`` }]
    }),
    ...(await lapsesView(charged)).map(lapseWarning),
  ]
}

/** Of each commitment the first milestone, or the interval, that will be missed at this pace. */
async function shortfalls(charged: Charged): Promise<readonly BurnDownView[]> {
  // As above: only where something was promised.
  const clauses = bindingClauses(historyOf(charged.snapshot))
  if (!clauses.some(({ kind }) => kind === 'spend_commit' || kind === 'take_or_pay')) return []
  const missed = (await burnDownView(charged)).filter(({ warns }) => warns)
  return [...Map.groupBy(missed, ({ clause }) => clause).values()].flatMap(([first]) => first ?? [])
}

function shortfallWarning({ clause, at, shortfall, neededPerDay }: BurnDownView): Warning {
  const [missing, perDay] = [shortfall, neededPerDay].map((each) => formatAmount(BigInt(each)))
  const by = at === null ? '' : ` by ${formatDay(at)}`
  const text = `${missing} of ${clause} will not be used${by}, unless ${perDay} a day is spent`
  return { name: 'commitments', text: `${text}; see \`calumet contract burn-down\`` }
}

function lapseWarning({ clause, guarantor, supplier, at, atRisk, limit }: LapseView): Warning {
  const lapse = `${guarantor} stands for ${supplier} until ${formatDay(at)} (${clause})`
  const held = `then ${supplier} holds ${formatAmount(BigInt(atRisk))} of ours without support`
  const max = limit === null ? '' : `, and may hold ${formatAmount(BigInt(limit))}`
  return { name: 'exposure', text: `${lapse}; ${held}${max}; see \`calumet contract exposure\`` }
}
