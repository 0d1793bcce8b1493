/**
 * A supplier that speaks the open supplier protocol, as a socket.
 *
 * One mutating request a call; it never retries, waits or decides. Whatever is neither surely
 * refused nor surely done is `unknown`.
 */
import type { Quoted } from '../../core/domain/offer.ts'
import type { Listing, Rental } from '../../core/domain/rental.ts'
import {
  type AcquireRequest,
  type Supplier,
  SupplierError,
  type SupplierErrorKind,
} from '../../ports/supplier.ts'
import {
  type AcquireBody,
  OfferShown,
  OffersRead,
  Problem,
  RentalPage,
  RentalShown,
} from '../../protocol/supplier.ts'

export interface RemoteOptions {
  readonly name: string
  readonly url: string
  readonly token: string
  readonly fetch: typeof fetch
  /** For one request, from the first byte sent to the last one read. */
  readonly timeoutMs?: number
}

export function remote(options: RemoteOptions): Supplier {
  const { name, token, fetch, timeoutMs = 10_000 } = options
  const base = options.url.replace(/\/+$/, '')

  async function call<T>(shape: Shape<T>, method: string, path: string, body?: AcquireBody) {
    const doing = `${name}: ${method} ${path}`
    const common = { accept: 'application/json', authorization: `Bearer ${token}` }
    const own = body && { 'content-type': 'application/json', 'idempotency-key': body.key }
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { ...common, ...own },
      body: body && JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => {
      throw failure(doing, error)
    })
    const answer = await jsonOf(doing, response)
    if (!response.ok) throw refusal(doing, response.status, answer)
    const parsed = shape.safeParse(answer)
    if (parsed.success) return parsed.data
    throw unknown(`${doing} → an answer that makes no sense: ${firstOf(parsed.error)}`)
  }

  async function list(installation: string): Promise<Listing> {
    const query = new URLSearchParams({ owner: installation })
    const first = await call(RentalPage, 'GET', `/v1/rentals?${query}`)
    const pages = [first]
    const cursors = new Set<string>()
    for (let cursor = first.next_cursor; cursor !== null && pages.length < pagesMax; ) {
      if (cursors.has(cursor)) break
      cursors.add(cursor)
      query.set('cursor', cursor)
      const page = await call(RentalPage, 'GET', `/v1/rentals?${query}`).catch(() => null)
      // What the pages so far show does exist, whatever became of the next one.
      if (!page) break
      pages.push(page)
      cursor = page.rentals.length > 0 ? page.next_cursor : null
    }
    return toListing(pages, installation)
  }

  return {
    name,

    async offers() {
      const { at, offers } = await call(OffersRead, 'GET', '/v1/offers')
      return offers.map((row) => toQuoted(name, at, row))
    },

    async acquire(request) {
      try {
        const rental = toRental(await call(RentalShown, 'POST', '/v1/rentals', toBody(request)))
        if (isFor(request, rental)) return rental
      } catch (error) {
        if (!isRefusal(error, 'name-taken')) throw error
        const listing = await list(request.installation).catch(() => null)
        const own = listing?.rentals.find((each) => !each.endedAt && isFor(request, each))
        if (own) return own
        throw unknown(`${error.message}; its listing does not show the one that was asked for`)
      }
      throw unknown(`${name}: POST /v1/rentals → a rental that was not asked for`)
    },

    list,

    async release(rental) {
      const path = `/v1/rentals/${encodeURIComponent(rental)}`
      await call(RentalShown, 'DELETE', path).catch((error: unknown) => {
        if (!isRefusal(error, 'not-found')) throw error
      })
    },
  }
}

/** A supplier that always has one more page is not believed. */
const pagesMax = 1_000
const answerBytesMax = 2 << 20

interface Shape<T> {
  safeParse(answer: unknown): { success: true; data: T } | { success: false; error: Faults }
}

interface Faults {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]
}

function firstOf({ issues: [first] }: Faults): string {
  return `${first?.path.join('.')}: ${first?.message}`
}

/** Reads JSON, and stops at what no supplier of this protocol has to say. */
async function jsonOf(doing: string, { headers, status, body }: Response): Promise<unknown> {
  const type = headers.get('content-type') ?? 'nothing'
  try {
    if (!/^application\/json\b/i.test(type)) throw new Error(`${type} instead of JSON`)
    const parts: Uint8Array[] = []
    let bytes = 0
    for await (const part of body ?? []) {
      bytes += part.length
      if (bytes > answerBytesMax) throw new Error(`more than ${answerBytesMax} bytes`)
      parts.push(part)
    }
    return JSON.parse(Buffer.concat(parts).toString())
  } catch (error) {
    await body?.cancel().catch(() => {})
    throw unknown(`${doing} → ${status}: ${messageOf(error)}`, error)
  }
}

/** No answer came. Only where nobody took the connection is it sure that nothing happened. */
function failure(doing: string, error: unknown): SupplierError {
  const { cause } = error as { cause?: NodeJS.ErrnoException }
  const said = `${doing} → ${cause?.code ?? messageOf(error)}`
  const neverSent = ['ECONNREFUSED', 'ENOTFOUND'].includes(cause?.code ?? '')
  return new SupplierError(neverSent ? 'busy' : 'unknown', said, { cause: error })
}

function unknown(message: string, cause?: unknown): SupplierError {
  return new SupplierError('unknown', message, { cause })
}

/** The supplier's own no; the problem is kept as the cause. */
function refusal(doing: string, status: number, answer: unknown): SupplierError {
  const { data: problem } = Problem.safeParse(answer)
  const said = problem ? `${problem.code}, ${problem.detail}` : 'without saying why'
  const kind = status >= 500 ? 'unknown' : problem ? kindOfCode[problem.code] : kindOfStatus(status)
  return new SupplierError(kind, `${doing} → ${status} ${said}`, { cause: problem })
}

const kindOfCode: Readonly<Record<Problem['code'], SupplierErrorKind>> = {
  'no-stock': 'no-stock',
  quota: 'quota',
  'too-dear': 'too-dear',
  invalid: 'refused',
  unauthorized: 'refused',
  'not-found': 'refused',
  'name-taken': 'unknown',
  'key-reused': 'refused',
  throttled: 'busy',
  internal: 'unknown',
}

function kindOfStatus(status: number): SupplierErrorKind {
  if (status === 429) return 'busy'
  return [400, 401, 403, 404, 422].includes(status) ? 'refused' : 'unknown'
}

function isRefusal(error: unknown, code: Problem['code']): error is SupplierError {
  return error instanceof SupplierError && Problem.safeParse(error.cause).data?.code === code
}

function isFor(request: AcquireRequest, { owner, key, offer, nodes }: Rental): boolean {
  const isOurs = owner === request.installation && key === request.key
  return isOurs && offer === request.offer && nodes.length === request.nodes
}

/** All pages as one: complete only where they add up, each rental once and all of them ours. */
function toListing(pages: readonly RentalPage[], installation: string): Listing {
  const shown = pages.flatMap(({ rentals }) => rentals)
  const ours = shown.filter(({ owner }) => owner === installation)
  const rentals = new Map(ours.map((each) => [each.id, toRental(each)]))
  const addsUp = pages.every(({ total }) => total === rentals.size) && shown.length === rentals.size
  const complete = addsUp && pages.at(-1)?.next_cursor === null
  return { complete, rentals: [...rentals.values()] }
}

function toBody(request: AcquireRequest): AcquireBody {
  const { installation, key, offer, nodes, pricePerHourMax, bootstrap } = request
  const { server, secret, deadManMs } = bootstrap
  return {
    owner: installation,
    key,
    offer,
    nodes,
    price_per_hour_micros_max: pricePerHourMax,
    bootstrap: { server, key: bootstrap.key, secret, dead_man_ms: deadManMs },
  }
}

function toQuoted(supplier: string, observedAt: number, row: unknown): Quoted {
  const { data: shown, error } = OfferShown.safeParse(row)
  if (!shown) return { supplier, id: idOf(row), fault: firstOf(error) }
  const { id, accelerator, region, fabric, market, stock, from, until } = shown
  const perNode = shown.accelerators_per_node
  const pricePerHour = shown.price_per_hour_micros
  const window = { ...(from !== undefined && { from }), ...(until !== undefined && { until }) }
  return {
    ...{ id, supplier, accelerator, perNode, region, market, pricePerHour, stock, observedAt },
    ...(fabric !== undefined && { fabric: fabric.toLowerCase() }),
    ...(Object.keys(window).length > 0 && { window }),
  }
}

function idOf(row: unknown): string {
  const { data } = OfferShown.pick({ id: true }).safeParse(row)
  return data?.id ?? '?'
}

function toRental({ id, owner, key, offer, state, nodes, ...shown }: RentalShown): Rental {
  return {
    id,
    owner,
    key,
    offer,
    state,
    nodes,
    pricePerHour: shown.price_per_hour_micros,
    startedAt: shown.started_at,
    endedAt: shown.ended_at,
    noticeUntil: shown.notice_until,
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
