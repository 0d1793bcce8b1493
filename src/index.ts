/**
 * What other programs may build on: the domain's nouns, the reader of specs, the planner as a
 * function. `calumet/ports` has the sockets for drivers, `calumet/testing` their contract suites.
 */
export { canonical, throughputs } from './core/catalog/accelerators.ts'
export type { Charge } from './core/domain/charge.ts'
export type { Event, EventKind } from './core/domain/event.ts'
export type { Lease, LeaseState } from './core/domain/lease.ts'
export { costOf, formatUsd, type Micros, parseUsd } from './core/domain/money.ts'
export type { Offer, StockSignal } from './core/domain/offer.ts'
export type { Acquire, Action, Plan } from './core/domain/plan.ts'
export type { Reason } from './core/domain/reason.ts'
export type { Run, RunState } from './core/domain/run.ts'
export type { Spec } from './core/domain/spec.ts'
export type { Policy, SupplierSpec } from './core/domain/supplier.ts'
export type { Demand, Job, Service, Workload } from './core/domain/workload.ts'
export type { World } from './core/domain/world.ts'
export { lint } from './core/plan/lint.ts'
export { plan } from './core/plan/plan.ts'
export { explain } from './core/report/explain.ts'
export { tell } from './core/report/tell.ts'
export type { Fault } from './core/spec/fault.ts'
export { readSpecs } from './core/spec/read.ts'
