/**
 * The sockets, for who writes a driver.
 */
export type { Listing, Rental, RentalNode, RentalState } from '../core/domain/rental.ts'
export * from './clock.ts'
export * from './ledger.ts'
export * from './logs.ts'
export * from './runtime.ts'
export * from './supplier.ts'
