/**
 * Tells what a scenario makes happen, one plain sentence each.
 */
import { formatDay } from '../../core/domain/day.ts'
import { formatUsd } from '../../core/domain/money.ts'
import { formatDuration } from '../../core/domain/time.ts'
import type { Happening } from './scenario.ts'

const answers = { decline: 'declines', waive: 'waives its right over' } as const

export function tellHappening(what: Happening): string {
  switch (what.do) {
    case 'supplier-away': {
      const span = what.forMs === null ? '' : ` for ${formatDuration(what.forMs)}`
      const also = what.machines === 'die' ? ', and its machines die' : ''
      return `${what.supplier} goes away${span}${also}`
    }
    case 'supplier-back':
      return `${what.supplier} is back`
    case 'stock':
      return `${what.offer} has ${what.nodes} nodes in all`
    case 'price':
      return `${what.offer} costs ${formatUsd(what.pricePerHour)} an hour`
    case 'take-back':
      return `${Math.round(what.share * 100)}% of what is rented of ${what.offer} is taken back`
    case 'submit':
      return `${what.workload} is submitted`
    case 'delete':
      return `${what.workload} is deleted`
    case 'load':
      return `${what.service} gets ${what.requestsPerSecond} requests per second`
    case 'kill-control-plane':
      return 'the control plane is killed'
    case 'apply':
      return `${what.file} is submitted`
    case 'supplier-standing':
      return `${what.supplier} is to be ${what.state}: ${what.reason}`
    case 'rofr-notice':
      return `whoever may refuse first is told of what ${what.workload} would buy at ${what.offer}`
    case 'rofr-answer':
      return `the holder ${answers[what.answer]} what ${what.workload} would buy at ${what.offer}`
    case 'waive':
      return `${what.clause} is set aside until ${formatDay(what.until)}: ${what.reason}`
    case 'record':
      return what.record === 'launch'
        ? `${what.product} was launched at ${what.supplier}: ${what.document}`
        : `${what.supplier} cannot carry ${what.product}: ${what.document}`
    case 'index':
      return `${what.index} stands at ${what.value} ${what.unit}: ${what.document}`
  }
}
