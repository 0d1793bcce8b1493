/**
 * The books of a supplier without any machine: what is sold, refused, listed and forgotten.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  allPages,
  type Books,
  digest,
  emptyBooks,
  endedMax,
  freeNodes,
  judge,
  type OfferTerms,
  type Order,
  offerNow,
  page,
  record,
  type SupplierEvent,
  shown,
  type Terms,
} from './state.ts'

const offer: OfferTerms = {
  id: 'h100x8',
  accelerator: 'H100',
  perNode: 8,
  market: 'spot',
  pricePerHour: 20,
  nodes: 4,
}
const terms = (named: Terms['class']): Terms => ({ class: named, listLagMs: 0, offers: [offer] })
const order: Order = { owner: 'lab', key: 'a', offer: 'h100x8', nodes: 2, pricePerHourMax: 40 }

function booksOf(...events: SupplierEvent[]): Books {
  const books = emptyBooks()
  for (const event of events) record(books, event)
  return books
}

function ordered(rental: string, change: Partial<Order> = {}): SupplierEvent {
  return { kind: 'ordered', at: 0, rental, ...order, ...change, pricePerHour: 40 }
}

function bound(rental: string, place: number, at = place): SupplierEvent {
  const processes = [1, 2].map((pid) => ({ pid, start: 'today' }))
  return { kind: 'bound', at, rental, place, upAt: at + 5, processes }
}

function ended(rental: string, at = 9): SupplierEvent {
  return { kind: 'ended', at, rental }
}

describe('an order', () => {
  const live = [ordered('r1'), bound('r1', 1)]
  const over = [...live, ended('r1')]
  const cases: [string, Terms['class'], SupplierEvent[], Partial<Order>, string][] = [
    ['is sold', 'A', [], {}, 'sell 40'],
    ['is sold up to the last node', 'A', [], { nodes: 4, pricePerHourMax: 80 }, 'sell 80'],
    ['for more than there is', 'A', [], { nodes: 5, pricePerHourMax: 100 }, 'no-stock'],
    ['for more than is left', 'A', live, { key: 'b', nodes: 3, pricePerHourMax: 60 }, 'no-stock'],
    [
      'for what was not even booted',
      'A',
      [ordered('r1')],
      { key: 'b', nodes: 3, pricePerHourMax: 60 },
      'no-stock',
    ],
    ['for what came back', 'A', over, { key: 'b', nodes: 4, pricePerHourMax: 80 }, 'sell 80'],
    ['below the price', 'A', [], { pricePerHourMax: 39 }, 'too-dear'],
    ['for what there is not', 'A', [], { offer: 'b200x8' }, 'invalid'],
    ['A: with a live key', 'A', live, {}, 'same r1'],
    ['A: with a key that is over', 'A', over, {}, 'same r1'],
    ['A: with the key of another order', 'A', live, { nodes: 1 }, 'key-reused'],
    ['A: with the key of another owner', 'A', live, { owner: 'them' }, 'sell 40'],
    ['A: with a key that is being undone', 'A', [ordered('r1')], {}, 'internal'],
    ['B: with a live key', 'B', live, {}, 'name-taken'],
    ['B: with a key that is over', 'B', over, {}, 'sell 40'],
    ['C: with a live key', 'C', live, {}, 'sell 40'],
  ]
  for (const [what, named, events, change, expected] of cases) {
    it(`${what} → ${expected}`, () => {
      const verdict = judge(booksOf(...events), terms(named), { ...order, ...change }, 0)
      const said = {
        sell: () => (verdict.kind === 'sell' ? `sell ${verdict.pricePerHour}` : ''),
        same: () => (verdict.kind === 'same' ? `same ${verdict.sold.id}` : ''),
        refuse: () => (verdict.kind === 'refuse' ? verdict.code : ''),
      }
      assert.equal(said[verdict.kind](), expected)
    })
  }
})

it('a block is sold while it is open, and what is sold of it ends with it', () => {
  const block = { ...terms('A'), offers: [{ ...offer, window: { from: 5, until: 9 } }] }
  const at = (now: number) => {
    const verdict = judge(emptyBooks(), block, order, now)
    return verdict.kind === 'refuse' ? `${verdict.code}: ${verdict.detail}` : verdict
  }
  assert.equal(at(4), 'no-stock: h100x8 opens 1970-01-01T00:00:00Z')
  assert.deepEqual(at(5), { kind: 'sell', pricePerHour: 40, endsAt: 9 })
  assert.deepEqual(at(8), { kind: 'sell', pricePerHour: 40, endsAt: 9 })
  assert.equal(at(9), 'no-stock: h100x8 is over')
})

it('an offer is as an admin changed it, or as in the file', () => {
  const change = (nodes: number | null, pricePerHour: number | null): SupplierEvent => {
    return { kind: 'changed', at: 0, offer: 'h100x8', nodes, pricePerHour }
  }
  const books = booksOf(change(1, 30), ordered('r1'))
  const now = offerNow(books, terms('A'), 'h100x8')
  assert.deepEqual(now, { ...offer, nodes: 1, pricePerHour: 30 })
  assert.equal(freeNodes(books, now ?? offer), 0)
  record(books, change(null, null))
  assert.deepEqual(offerNow(books, terms('A'), 'h100x8'), offer)
})

it('a rental shows its life', () => {
  const books = booksOf(ordered('r1'), bound('r1', 1, 100))
  const show = (now: number) => {
    const { state, nodes } = shown(books.sold.get('r1') ?? assert.fail(), now)
    return [state, ...nodes.map(({ up }) => up)]
  }
  assert.deepEqual(show(104), ['pending', false, false])
  assert.deepEqual(show(105), ['running', true, true])
  record(books, { kind: 'down', at: 106, rental: 'r1', index: 1 })
  assert.deepEqual(show(106), ['running', true, false])
  record(books, { kind: 'ending', at: 107, rental: 'r1' })
  assert.deepEqual(show(107), ['ending', true, false])
  record(books, ended('r1', 108))
  assert.deepEqual(show(108), ['ended', false, false])
})

describe('the listing', () => {
  const three = ['r1', 'r2', 'r3'].flatMap((id, index) => [ordered(id), bound(id, index + 1)])
  const query = { owner: 'lab', cursor: null, size: 2, listLagMs: 0 }

  it('shows all in pages, and the same ones on each', () => {
    const books = booksOf(...three)
    const first = page(books, query, 10)
    assert.deepEqual([first?.sold.map(({ id }) => id), first?.total], [['r1', 'r2'], 3])
    for (const event of [ordered('r4'), bound('r4', 4)]) record(books, event)
    const second = page(books, { ...query, cursor: first?.nextCursor ?? null }, 10)
    assert.deepEqual([second?.sold.map(({ id }) => id), second?.total], [['r3'], 3])
    assert.equal(second?.nextCursor, null)
  })

  it('has neither what is not bound, nor what is too new, nor what others bought', () => {
    const books = booksOf(...three, ordered('r4'))
    assert.equal(page(books, { ...query, listLagMs: 8 }, 10)?.total, 2)
    assert.equal(page(books, { ...query, owner: 'them' }, 10)?.total, 0)
    assert.equal(page(books, { ...query, owner: null }, 10)?.total, 3)
  })

  it('has pages that can be read, however large the rentals are', () => {
    const large = ['r1', 'r2', 'r3'].flatMap((id, index) => [
      ordered(id, { nodes: 5_000 }),
      bound(id, index + 1),
    ])
    const books = booksOf(...large, ordered('r4', { nodes: 20_000 }), bound('r4', 4))
    const sizes = (cursor: string | null): number[] => {
      const { sold, nextCursor } = page(books, { ...query, size: 9, cursor }, 10) ?? assert.fail()
      return [sold.length, ...(nextCursor === null ? [] : sizes(nextCursor))]
    }
    assert.deepEqual(sizes(null), [2, 1, 1])
  })

  it('is whole, page after page', () => {
    const { cursor: _, ...walk } = query
    const ids = allPages(booksOf(...three), walk, 10).map(({ id }) => id)
    assert.deepEqual(ids, ['r1', 'r2', 'r3'])
  })

  it('takes no cursor that it did not give', () => {
    assert.equal(page(booksOf(...three), { ...query, cursor: 'x' }, 10), null)
  })
})

it('forgets the oldest of too many ended rentals, and never a live one', () => {
  const books = booksOf(ordered('live'), bound('live', 1))
  for (let index = 0; index <= endedMax; index++) {
    const id = `r${index}`
    for (const event of [ordered(id), bound(id, index + 2), ended(id)]) record(books, event)
  }
  assert.equal(books.sold.size, endedMax + 1)
  assert.deepEqual(
    [books.sold.has('live'), books.sold.has('r0'), books.sold.has('r1')],
    [true, false, true],
  )
})

it('its digest gives the same books', () => {
  const books = booksOf(
    { kind: 'changed', at: 1, offer: 'h100x8', nodes: 3, pricePerHour: null },
    ...[ordered('r1'), bound('r1', 1), ordered('r2'), bound('r2', 2), ordered('r3')],
    { kind: 'noticed', at: 3, rental: 'r1', until: 50 },
    { kind: 'down', at: 4, rental: 'r1', index: 1 },
    { kind: 'ending', at: 5, rental: 'r2' },
    ended('r2', 6),
    { kind: 'ordered', at: 7, rental: 'r4', ...order, pricePerHour: 40, endsAt: 90 },
  )
  assert.deepEqual(booksOf(...digest(books)), books)
})
