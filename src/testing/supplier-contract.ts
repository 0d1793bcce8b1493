/**
 * What every supplier driver has to do, and a measure of what a repeated key does there.
 *
 * Buys for real and gives back all that it bought. Believes listings, never promises.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { isOffer } from '../core/domain/offer.ts'
import type { Rental } from '../core/domain/rental.ts'
import type { SupplierClass } from '../core/domain/supplier.ts'
import {
  type AcquireRequest,
  type Supplier,
  SupplierError,
  type SupplierErrorKind,
} from '../ports/supplier.ts'

/** A supplier to try: nothing is sold there yet. */
export interface SupplierStage {
  readonly supplier: Supplier
  readonly promised: { readonly class: SupplierClass; readonly listLagMs: number }
  /** An order for one node of an offer, to be varied. Its owner and key are replaced. */
  readonly order: AcquireRequest
  /** So many nodes of the offer can be bought, at least 3. */
  readonly stock: number
  close(): Promise<void>
}

export interface MeasuredSupplier {
  readonly class: SupplierClass
  /** How long a new rental stayed out of the listing. */
  readonly listLagMs: number
}

export function supplierContract(name: string, open: () => Promise<SupplierStage>): void {
  const staged = (what: string, act: (stage: SupplierStage, buy: Buy) => Promise<void>) =>
    it(what, async () => {
      const stage = await open()
      const bought: string[] = []
      const buy: Buy = async (change) => {
        const rental = await stage.supplier.acquire({ ...stage.order, ...change })
        bought.push(rental.id)
        return rental
      }
      try {
        await act(stage, buy)
      } finally {
        for (const id of bought) await quietly(stage.supplier.release(id))
        await stage.close()
      }
    })

  describe(`${name} keeps the contract of suppliers`, () => {
    staged('is no worse than it promises', async ({ supplier, order, promised }) => {
      const measured = await measureClass(supplier, order)
      assert.equal(overPromised(promised, measured), null)
    })

    staged('offers what can be bought', async ({ supplier, order, stock }) => {
      const quoted = await supplier.offers()
      const offers = quoted.filter(isOffer)
      assert.equal(offers.length, quoted.length)
      const offer = offers.find(({ id }) => id === order.offer)
      assert.equal(offer?.supplier, supplier.name)
      assert.equal(new Set(offers.map(({ id }) => id)).size, offers.length)
      assert.ok((offer?.pricePerHour ?? Number.NaN) <= order.pricePerHourMax)
      if (offer?.stock.kind === 'count') assert.equal(offer.stock.nodes, stock)
    })

    staged('shows a rental under its owner and key, and to no other owner', async (stage, buy) => {
      const bought = await buy({ key: 'a', nodes: 2 })
      const listed = await seen(stage.supplier, stage.order.installation, bought.id)
      for (const { owner, key, offer, nodes } of [bought, listed]) {
        assert.deepEqual([owner, key], [stage.order.installation, 'a'])
        assert.equal(offer, stage.order.offer)
        assert.deepEqual(nodes.map(({ index }) => index).sort(), [0, 1])
      }
      assert.equal(listed.endedAt, null)
      assert.deepEqual(await stage.supplier.list('somebody-else'), { complete: true, rentals: [] })
    })

    staged('sells all nodes or none', async ({ supplier, order, stock }, buy) => {
      await buy({ key: 'a', nodes: stock - 1 })
      assert.equal(await kindOf(buy({ key: 'b', nodes: 2 })), 'no-stock')
      await buy({ key: 'c', nodes: 1 })
      assert.equal(await kindOf(buy({ key: 'd', nodes: 1 })), 'no-stock')
      const rentals = await listedWhole(supplier, order.installation, 2)
      assert.deepEqual(rentals.map(({ key }) => key).sort(), ['a', 'c'])
    })

    staged('refuses above the ceiling', async ({ supplier, order }, buy) => {
      const { pricePerHour } = await buy({ key: 'a' })
      assert.ok(pricePerHour <= order.pricePerHourMax)
      const dear = buy({ key: 'b', pricePerHourMax: pricePerHour - 1 })
      assert.equal(await kindOf(dear), 'too-dear')
      assert.equal((await listedWhole(supplier, order.installation, 1)).length, 1)
    })

    staged('refuses what it does not sell', async (_, buy) => {
      assert.equal(await kindOf(buy({ key: 'a', offer: 'no-such-offer' })), 'refused')
    })

    staged('ends what is released, twice or not', async ({ supplier, order, stock }, buy) => {
      const { id, startedAt } = await buy({ key: 'a', nodes: stock })
      await seen(supplier, order.installation, id)
      await supplier.release(id)
      await supplier.release(id)
      const { endedAt, state } = await ended(supplier, order.installation, id)
      assert.equal(state, 'ended')
      assert.ok((endedAt ?? 0) >= startedAt)
      await supplier.release(id)
      await supplier.release('no-such-rental')
      await buy({ key: 'b', nodes: stock })
    })

    staged('lists all, however many', async ({ supplier, order, stock }, buy) => {
      const bought = await Promise.all(
        Array.from({ length: stock }, (_, index) => buy({ key: `k${index}` })),
      )
      const rentals = await listedWhole(supplier, order.installation, stock)
      assert.deepEqual(rentals.map(({ id }) => id).sort(), bought.map(({ id }) => id).sort())
    })
  })
}

type Buy = (change: Partial<AcquireRequest>) => Promise<Rental>

/**
 * Finds out what a repeated key does: one after the other, for another order, two at once, after
 * the end. A better class takes an answer that proves it; what cannot be told counts as worse. Buys
 * a few times what is ordered, and gives all of it back.
 */
export async function measureClass(
  supplier: Supplier,
  order: AcquireRequest,
): Promise<MeasuredSupplier> {
  const { installation } = order
  const keys = ['twice', 'at-once'].map((name) => `${order.key}-${name}`)
  const [twice = '', atOnce = ''] = keys
  try {
    // From before the call: whatever the answer took, the rental did not show any later than this.
    const askedAt = performance.now()
    const first = await supplier.acquire({ ...order, key: twice })
    await seen(supplier, installation, first.id)
    const listLagMs = Math.ceil(performance.now() - askedAt)
    // What is bought twice has had time to show itself once so much more has passed.
    const settle = () => pause(2 * listLagMs + stepMs)

    const isSame = (answer: Rental | null) => answer?.id === first.id
    const isKnown = isSame(await quietly(supplier.acquire({ ...order, key: twice })))
    await settle()
    if (!isKnown) return { class: 'C', listLagMs }
    await quietly(supplier.acquire({ ...order, key: twice, nodes: order.nodes + 1 }))
    const together = () => quietly(supplier.acquire({ ...order, key: atOnce }))
    const answers = await Promise.all([together(), together()])
    await settle()
    const isProven = answers.some((answer) => answer !== null)
    if (!isProven || (await isDouble(supplier, installation, keys)))
      return { class: 'C', listLagMs }

    await supplier.release(first.id)
    await ended(supplier, installation, first.id)
    const isKept = isSame(await quietly(supplier.acquire({ ...order, key: twice })))
    await settle()
    return { class: isKept ? 'A' : 'B', listLagMs }
  } finally {
    await giveBack(supplier, installation, keys)
  }
}

/** Why a supplier must not be run as it promises; null where it may. */
export function overPromised(
  promised: { readonly class: SupplierClass; readonly listLagMs: number },
  measured: MeasuredSupplier,
): string | null {
  if (promised.class < measured.class) {
    return `it is said to be of class ${promised.class} and behaves like class ${measured.class}`
  }
  return promised.listLagMs + slackMs < measured.listLagMs
    ? `a rental showed after ${measured.listLagMs} ms, not within ${promised.listLagMs} ms`
    : null
}

/** The way there and back, and the pauses between two looks. */
const slackMs = 1_000

async function isDouble(supplier: Supplier, installation: string, keys: readonly string[]) {
  const rentals = await listedWhole(supplier, installation, keys.length)
  return keys.some((key) => rentals.filter((each) => each.key === key && isLive(each)).length > 1)
}

/** Releases until nothing lives: what was bought last may show last. */
function giveBack(supplier: Supplier, installation: string, keys: readonly string[]) {
  return until(async () => {
    const { complete, rentals } = await supplier.list(installation)
    const ours = rentals.filter(({ key }) => key !== null && keys.includes(key))
    const live = ours.filter(isLive)
    const open = live.filter(({ state }) => state !== 'ending')
    for (const { id } of open) await quietly(supplier.release(id))
    return (complete && live.length === 0) || null
  }, 'the end of what was bought')
}

function isLive({ endedAt }: Rental): boolean {
  return endedAt === null
}

/** The answer, or null: what happened, the listing tells. */
async function quietly<T>(call: Promise<T>): Promise<T | null> {
  return call.catch((error: unknown) => {
    if (error instanceof SupplierError) return null
    throw error
  })
}

async function kindOf(call: Promise<unknown>): Promise<SupplierErrorKind | 'done'> {
  return call.then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof SupplierError) return error.kind
      throw error
    },
  )
}

function seen(supplier: Supplier, installation: string, id: string): Promise<Rental> {
  return until(async () => {
    const { rentals } = await supplier.list(installation)
    return rentals.find((rental) => rental.id === id) ?? null
  }, `rental ${id} in the listing`)
}

function ended(supplier: Supplier, installation: string, id: string): Promise<Rental> {
  return until(async () => {
    const rental = await seen(supplier, installation, id)
    return rental.endedAt === null ? null : rental
  }, `the end of rental ${id}`)
}

/** A complete listing with at least so many rentals. */
function listedWhole(
  supplier: Supplier,
  installation: string,
  count: number,
): Promise<readonly Rental[]> {
  return until(async () => {
    const { complete, rentals } = await supplier.list(installation)
    return complete && rentals.length >= count ? rentals : null
  }, `a complete listing of ${count}`)
}

const stepMs = 25
const patienceMs = 60_000

async function until<T>(look: () => Promise<T | null>, what: string): Promise<T> {
  const since = performance.now()
  while (performance.now() - since < patienceMs) {
    const found = await look()
    if (found !== null) return found
    await pause(stepMs)
  }
  throw new Error(`waited ${patienceMs} ms for ${what}`)
}
