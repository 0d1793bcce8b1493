/**
 * Contract suites for drivers, to be called from a test of `node:test`, and a clock that jumps.
 */
export { ledgerContract } from './ledger-contract.ts'
export { logsContract } from './logs-contract.ts'
export { measureClass, overPromised, supplierContract } from './supplier-contract.ts'
export { type VirtualClock, virtualClock } from './virtual-clock.ts'
