/**
 * Plans written as text, one line an action and one a reason, in the order of the plan.
 *
 * The opposite of a drawn world, for the other half of a test. For tests only.
 */
import assert from 'node:assert/strict'
import { formatUsd } from '../core/domain/money.ts'
import { type Action, type Plan, reasonsIn } from '../core/domain/plan.ts'
import type { Reason } from '../core/domain/reason.ts'
import { formatDuration } from '../core/domain/time.ts'
import type { World } from '../core/domain/world.ts'
import { drawnWorld } from './world.ts'

/**
 * Checks a planner against drawings: the actions must be the expected lines; where these have
 * reasons (`why …`), the reasons must be these and no others; and the plan must pass its lint.
 */
export function planChecker(
  plan: (world: World) => Plan,
  lint: (world: World, plan: Plan) => readonly string[],
): (drawing: string, expected: string) => void {
  return (drawing, expected) => {
    const world = drawnWorld(drawing)
    const planned = plan(world)
    const lines = expected.split('\n').map((line) => line.trim())
    const actions = lines.filter((line) => line !== '' && !line.startsWith('why '))
    const reasons = lines.filter((line) => line.startsWith('why '))
    assert.deepEqual(writtenActions(planned), actions)
    if (reasons.length > 0) assert.deepEqual(writtenReasons(planned), reasons)
    assert.deepEqual(lint(world, planned), [])
  }
}

export function writtenActions(plan: Plan): readonly string[] {
  return plan.actions.map((action) => written(action, plan.at))
}

export function writtenReasons(plan: Plan): readonly string[] {
  return reasonsIn(plan).map((reason) => {
    const once = 'carriage' in reason ? carried(reason) : ''
    return `why ${reason.run}: ${told(reason, plan.at)}${once}`
  })
}

function written(action: Action, now: number): string {
  switch (action.do) {
    case 'acquire': {
      const { lease, supplier, offer, nodes, pricePerHourMax, replaces, endsAt } = action
      const what = `${supplier}/${offer} x${nodes} ${formatUsd(pricePerHourMax)}`
      const ends = endsAt === undefined ? '' : ` ends ${formatDuration(endsAt - now)}`
      return `acquire ${lease} ${what}${replaces === null ? '' : ` replaces ${replaces}`}${ends}`
    }
    case 'release':
      return `release ${action.lease}: ${action.because}`
    case 'start':
      return `start ${action.run} on ${action.lease} epoch ${action.epoch}`
    case 'drain':
      return `drain ${action.run}: ${action.because}`
  }
}

function told(reason: Reason, now: number): string {
  switch (reason.why) {
    case 'chosen':
      return `chosen ${reason.offer} ${formatUsd(reason.pricePerHour)} of ${reason.outOf}`
    case 'dearer':
      return `dearer ${reason.offer} ${formatUsd(reason.pricePerHour)} than ${reason.than}`
    case 'left':
      return `left ${reason.offer} ${equally(reason)}${worth(reason)}`
    case 'kept':
      return `kept ${reason.lease} ${formatUsd(reason.pricePerHour)}${cheaper(reason)}`
    case 'moving':
      return `moving ${reason.lease} to ${reason.to} saves ${percent(reason.saving)}`
    case 'no-stock': {
      const { offer, nodesLeft, nodesNeeded } = reason
      return `no-stock ${offer} ${nodesLeft} of ${nodesNeeded}${priced(reason)}`
    }
    case 'cooling':
      return `cooling ${reason.offer} ${rest(reason, now)}${saved(reason)}`
    case 'too-dear':
      return `too-dear ${reason.offer} ${above(reason.pricePerHour, reason.limit, reason.whose)}`
    case 'over-budget':
      return `over-budget ${reason.offer} ${above(reason.pricePerHour, reason.left, reason.whose)}`
    case 'spent':
      return `spent ${reason.offer} ${above(reason.pricePerHour, reason.left, reason.whose)}`
    case 'quota':
      return `quota ${reason.offer} ${reason.needed} on ${reason.held} of ${reason.quota}`
    case 'not-allowed':
      return `not-allowed ${reason.supplier} by ${reason.whose}`
    case 'clause':
      return `clause ${reason.offer} by ${reason.clause}`
    case 'not-offered':
      return `not-offered ${shape(reason)}${otherwise(reason)}`
    case 'unreachable':
      return `unreachable ${reason.supplier} ${reason.said}`
    case 'spread':
      return `spread ${crowd(reason)}`
    case 'buying':
      return `buying ${reason.lease} ${reason.state}`
    case 'not-yet':
      return `not-yet ${reason.offer} ${formatDuration(reason.from - now)}${saved(reason)}`
    case 'too-short': {
      const [left, needed] = [reason.until - now, reason.neededMs].map(formatDuration)
      return `too-short ${reason.offer} ${left} of ${needed}`
    }
    case 'hunting':
      return `hunting ${reason.does}${asked(reason)}`
    case 'learnt':
      return `learnt ${reason.accelerator}:${reason.perNode} ${percent(reason.share)}`
    case 'fencing':
      return `fencing epoch ${reason.epoch}`
    case 'backing-off':
      return `backing-off ${formatDuration(reason.until - now)}`
  }
}

function equally({ pricePerHour, isEqual }: Extract<Reason, { why: 'left' }>): string {
  return `${isEqual ? 'equal ' : ''}${formatUsd(pricePerHour)}`
}

function worth(reason: Extract<Reason, { why: 'left' }>): string {
  return ` worth ${formatUsd(reason.worth)}`
}

function rest({ until, said }: Extract<Reason, { why: 'cooling' }>, now: number): string {
  return `${formatDuration(until - now)} ${said}`
}

function saved({ saving }: { readonly saving?: number }): string {
  return saving === undefined ? '' : ` saves ${percent(saving)}`
}

function asked({ offer }: { readonly offer?: string }): string {
  return offer === undefined ? '' : ` ${offer}`
}

/** What one more node is worth. */
function priced({ worth }: { readonly worth?: number }): string {
  return worth === undefined ? '' : ` worth ${formatUsd(worth)}`
}

function shape(reason: Extract<Reason, { why: 'not-offered' }>): string {
  const { accelerator, perNode, fabric } = reason
  return `${accelerator}:${perNode}${fabric === undefined ? '' : ` over ${fabric}`}`
}

function otherwise({ sold = [] }: Extract<Reason, { why: 'not-offered' }>): string {
  return sold.map(({ supplier, perNode }) => ` but ${supplier} by ${perNode.join(' or ')}`).join('')
}

/** What is paid once. */
function carried({ carriage }: { readonly carriage?: number }): string {
  return carriage === undefined ? '' : ` carries ${formatUsd(carriage)}`
}

function crowd(reason: Extract<Reason, { why: 'spread' }>): string {
  if (!('replicas' in reason)) return `${reason.supplier} in ${reason.region}`
  return `${'supplier' in reason ? reason.supplier : reason.region} ${reason.replicas}`
}

function above(price: number, limit: number, whose: string): string {
  return `${formatUsd(price)} above ${formatUsd(limit)} of ${whose}`
}

function cheaper({ cheaper: offer, saving }: Extract<Reason, { why: 'kept' }>): string {
  return offer === null ? '' : ` ${offer} saves ${percent(saving)}`
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`
}
