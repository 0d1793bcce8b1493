/**
 * [SI9] The ledger in memory, held to the contract of all ledgers.
 */
import { submit } from '../operate/submit.ts'
import type { Ledger } from '../ports/ledger.ts'
import { LedgerError } from '../ports/ledger.ts'
import { ledgerContract } from '../testing/ledger-contract.ts'
import { type MemoryLedger, memoryLedger } from './memory-ledger.ts'

const stores = new Map<string, MemoryLedger>()

ledgerContract('in memory', async (storage) => handleOn(storeOf(storage)), submit)

function storeOf(storage: string): MemoryLedger {
  const store = stores.get(storage) ?? memoryLedger({ installation: storage, wallMs: Date.now })
  stores.set(storage, store)
  return store
}

/** The store outlives whoever has it open. */
function handleOn(store: MemoryLedger): Ledger {
  let isClosed = false
  const open = async () => {
    if (isClosed) throw new LedgerError('unavailable', 'this ledger was closed')
    return store
  }
  return {
    installation: store.installation,
    now: async () => (await open()).now(),
    lead: async (holder, ttlMs) => (await open()).lead(holder, ttlMs),
    resign: async (holder) => (await open()).resign(holder),
    read: async () => (await open()).read(),
    get: async (kind, id) => (await open()).get(kind, id),
    pick: async (names) => (await open()).pick(names),
    list: async (kind, query) => (await open()).list(kind, query),
    commit: async (commit) => (await open()).commit(commit),
    events: async (query) => (await open()).events(query),
    verify: async () => (await open()).verify(),
    async close() {
      isClosed = true
    },
  }
}
