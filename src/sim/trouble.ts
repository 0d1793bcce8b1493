/**
 * What may go wrong in a simulated world, and how often. A world without trouble is the default.
 */

import { fineWeather, type Weather } from './engine/network.ts'
import { goodManners, type Manners } from './shop.ts'
import type { World } from './world.ts'

/** Mean milliseconds between two troubles of a kind; 0 is never. */
export interface Storms {
  readonly outage: number
  readonly strangers: number
  readonly stockChange: number
  readonly priceChange: number
  readonly preemption: number
  readonly machineCut: number
  readonly machineHang: number
  readonly machinePause: number
  readonly machinePartition: number
  readonly agentRestart: number
  readonly rankFailure: number
  readonly plantKill: number
  readonly plantPause: number
  readonly ledgerOutage: number
  readonly ledgerJump: number
  readonly policyChange: number
  readonly buyingStop: number
  readonly signing: number
  readonly suspension: number
  /** Somebody becomes a rival for a while. */
  readonly rivalry: number
  /** Somebody finds that a workload is more urgent than it was, or less. */
  readonly secondThought: number
}

export interface Trouble {
  readonly storms: Storms
  readonly manners: Manners
  /** On the way to suppliers, to the ledger, and between agents or people and the control plane. */
  readonly supplierWeather: Weather
  readonly ledgerWeather: Weather
  readonly frontWeather: Weather
  /** How often a control plane is killed, or stands still, at any one of its calls. */
  readonly boundaryKill: number
  readonly boundaryPause: number
  /** How often people change the rules in the very moment in which a purchase is decided. */
  readonly spite: number
  /** How often whoever sells for the least is known to become a rival as something is wanted. */
  readonly foresight: number
  /** How often a machine is cut off in the very moment in which its run is to stop. */
  readonly severing: number
  /** By how much clocks of machines may be fast or slow. */
  readonly drift: number
}

export const noTrouble: Trouble = {
  storms: {
    outage: 0,
    strangers: 0,
    stockChange: 0,
    priceChange: 0,
    preemption: 0,
    machineCut: 0,
    machineHang: 0,
    machinePause: 0,
    machinePartition: 0,
    agentRestart: 0,
    rankFailure: 0,
    plantKill: 0,
    plantPause: 0,
    ledgerOutage: 0,
    ledgerJump: 0,
    policyChange: 0,
    buyingStop: 0,
    signing: 0,
    suspension: 0,
    rivalry: 0,
    secondThought: 0,
  },
  manners: goodManners,
  supplierWeather: fineWeather,
  ledgerWeather: fineWeather,
  frontWeather: fineWeather,
  boundaryKill: 0,
  boundaryPause: 0,
  spite: 0,
  foresight: 0,
  severing: 0,
  drift: 0.01,
}

/** Ends all trouble; what it has left behind is for the control plane to clear up. */
export function calm(world: World): void {
  world.trouble = noTrouble
  world.ledgerAwayUntil = 0
  world.cutOffUntil.clear()
  for (const shop of world.shops.values()) {
    shop.isAway = false
    shop.strangers(false)
    shop.manners = goodManners
    shop.weather = fineWeather
  }
}
