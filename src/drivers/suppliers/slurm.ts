/**
 * A Slurm cluster as a supplier: a lease is one batch job of whole nodes under the lease’s name.
 *
 * Buys only what is free and stands in no queue. Sends one mutating request a call; never retries,
 * waits or decides. Slurm takes the same order twice, so a lost answer is settled by listings.
 */
import { formatUsd, type Micros } from '../../core/domain/money.ts'
import type { Offer } from '../../core/domain/offer.ts'
import type { Rental, RentalState } from '../../core/domain/rental.ts'
import type { SupplierSpec } from '../../core/domain/supplier.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { Shell } from '../../ports/shell.ts'
import { type AcquireRequest, type Supplier, SupplierError } from '../../ports/supplier.ts'
import {
  type Cluster,
  isFree,
  isOutOfSight,
  isOver,
  type SlurmJob,
  type SlurmNode,
} from './slurm/cluster.ts'
import { commandCluster } from './slurm/commands.ts'
import { past } from './slurm/past.ts'
import { restCluster } from './slurm/rest.ts'
import { type Terms, termsOf } from './slurm/terms.ts'

export interface SlurmOptions {
  readonly spec: SupplierSpec
  readonly token: () => string | null
  readonly fetch: typeof fetch
  /** Where its commands run; for slurmrestd, where its spool is seen. */
  readonly shell: Shell
  /** What the batch job of a lease does. */
  readonly script: (request: AcquireRequest, spool: string, comment: string) => string
  /** The one name of an accelerator; null for one that nobody knows. */
  readonly canonical: (name: string) => string | null
  readonly now: () => Ms
  readonly steadyMs: () => number
}

/** An offer with all that it takes to order it. */
interface Shelf {
  readonly offer: Offer
  readonly partition: string
  readonly type: string
}

/** Throws where the spec's settings make no sense. */
export function slurm(options: SlurmOptions): Supplier {
  const { spec, script, shell, steadyMs } = options
  const { name } = spec
  const terms = termsOf(spec)
  const cluster = clusterOf(options, terms)
  const forgotten = past({ cluster, shell, spool: terms.spool, steadyMs })
  const seenOverAtMs = new Map<number, number>()

  async function shelves(): Promise<readonly Shelf[]> {
    const observedAt = options.now()
    const nodes = await cluster.nodes()
    const jobs = await cluster.jobs()
    const missing = terms.partitions?.find((each) => !partitionsOf(nodes).includes(each))
    if (missing !== undefined) {
      const all = partitionsOf(nodes).join(', ')
      throw new SupplierError('refused', `${name} has no partition ${missing}; it has ${all}`)
    }
    const partitions = await roomy(terms.partitions ?? partitionsOf(nodes))
    return shelvesOf({ ...options, terms, partitions, nodes, jobs, observedAt })
  }

  /** Those that let a job run for as long as it is to; in others it would wait for ever. */
  async function roomy(partitions: readonly string[]): Promise<readonly string[]> {
    const wanted = terms.timeLimitMinutes
    if (wanted === null) return partitions
    const limits = await cluster.limits()
    const limitOf = (partition: string) => limits.get(partition) ?? Number.POSITIVE_INFINITY
    const fit = partitions.filter((each) => limitOf(each) >= wanted)
    const short = partitions.find((each) => !fit.includes(each))
    if (short === undefined || (terms.partitions === null && fit.length > 0)) return fit
    const said = `settings.time_limit is ${wanted} minutes; expected ${limitOf(short)} at most`
    throw new SupplierError('refused', `${name}: ${said}, the limit of partition ${short}`)
  }

  async function list(installation: string): Promise<readonly Rental[]> {
    const jobs = await cluster.jobs()
    const rentals = await present(installation, jobs)
    const ended = rentals.filter(({ state }) => state === 'ended').map(({ id }) => Number(id))
    const marked = jobs.filter(({ comment }) => markOf(comment) !== null)
    const over = ofInstallation(installation, await forgotten(marked, new Set(ended)))
    return [...rentals, ...over.map(({ job, mark }) => toRental(job, mark, new Set()))]
  }

  async function present(
    installation: string,
    jobs: readonly SlurmJob[],
  ): Promise<readonly Rental[]> {
    const ours = ofInstallation(installation, jobs)
    // What ran on a node that nobody sees may run on for as long as it takes it to notice.
    const fresh = ours.filter(({ job }) => isOver(job) && job.nodes.length > 0 && isRecent(job))
    const nodes = fresh.length > 0 ? await cluster.nodes() : []
    const dark = new Set(nodes.filter(isOutOfSight).map((node) => node.name))
    return ours.map(({ job, mark }) => {
      const isSure = !fresh.some((each) => each.job === job) || !job.nodes.some((n) => dark.has(n))
      return toRental(job, mark, isSure ? new Set() : dark)
    })
  }

  /** By our own steady clock, since two machines' clocks are never compared. */
  function isRecent({ id }: SlurmJob): boolean {
    const seenAtMs = seenOverAtMs.get(id) ?? steadyMs()
    seenOverAtMs.set(id, seenAtMs)
    return steadyMs() - seenAtMs < darkMs
  }

  return {
    name,
    offers: async () => (await shelves()).map(({ offer }) => offer),

    async acquire(request) {
      const shelf = (await surely(shelves())).find(({ offer }) => offer.id === request.offer)
      const fault = shelf ? objection(shelf.offer, request) : noOffer(name, request.offer)
      if (!shelf || fault) throw fault
      const { key, nodes, installation } = request
      const price = shelf.offer.pricePerHour * nodes
      const { account, qos, reservation, timeLimitMinutes, switches, spool } = terms
      const comment = commentOf({ installation, key, offer: request.offer, nodes, price })
      const id = await cluster.submit({
        ...{ name: key, nodes, partition: shelf.partition, type: shelf.type },
        ...{ account, qos, reservation, timeLimitMinutes, switches, folder: '/' },
        ...{ perNode: shelf.offer.perNode, comment, script: script(request, spool, comment) },
      })
      const jobs = await cluster.jobs().catch(() => [])
      const rentals = await present(installation, jobs).catch(() => [])
      const rental = rentals.find((each) => each.id === `${id}`)
      if (rental) return rental
      throw new SupplierError('unknown', `${name}: job ${id} was taken and is not in the listing`)
    },

    async list(installation) {
      return { complete: true, rentals: await list(installation) }
    },

    async release(rental) {
      if (/^\d{1,12}$/.test(rental)) await cluster.cancel(Number(rental))
    },
  }
}

/** A rank that is out of sight has ended by itself by then: `script.ts` sees to it. */
const darkMs = 120_000

function clusterOf({ spec, token, fetch, shell }: SlurmOptions, terms: Terms): Cluster {
  const { name, url } = spec
  const isRest = /^https?:/.test(url)
  return isRest
    ? restCluster({ name, url, user: terms.user, token, fetch })
    : commandCluster({ name, shell })
}

/** Questions alone were asked so far: whatever went wrong, nothing was bought. */
function surely<T>(asked: Promise<T>): Promise<T> {
  return asked.catch((error: unknown) => {
    if (!(error instanceof SupplierError) || error.kind !== 'unknown') throw error
    throw new SupplierError('busy', error.message, { cause: error.cause })
  })
}

function noOffer(name: string, offer: string): SupplierError {
  return new SupplierError('refused', `${name} does not sell ${offer}`)
}

function objection({ id, stock, pricePerHour, supplier }: Offer, request: AcquireRequest) {
  const { nodes, pricePerHourMax } = request
  if (pricePerHour * nodes > pricePerHourMax) {
    const max = formatUsd(pricePerHourMax)
    const said = `${supplier}: ${id} × ${nodes} costs more than ${max} an hour`
    return new SupplierError('too-dear', said)
  }
  const free = stock.kind === 'count' ? stock.nodes : 0
  if (nodes <= free) return null
  return new SupplierError('no-stock', `${supplier}: ${nodes} nodes of ${id}, ${free} are free`)
}

interface Shelves extends Pick<SlurmOptions, 'spec' | 'canonical'> {
  readonly terms: Terms
  readonly partitions: readonly string[]
  readonly nodes: readonly SlurmNode[]
  readonly jobs: readonly SlurmJob[]
  readonly observedAt: Ms
}

function partitionsOf(nodes: readonly SlurmNode[]): readonly string[] {
  return [...new Set(nodes.flatMap(({ partitions }) => partitions))].sort()
}

/** One offer for each partition and each shape of node in it that has a price. */
export function shelvesOf(input: Shelves): readonly Shelf[] {
  const { spec, canonical, terms, nodes, jobs, observedAt } = input
  const found = new Map<string, Shelf>()
  // Nodes were listed before jobs: one that was idle then may have been given away since.
  const given = new Set(jobs.filter((job) => !isOver(job)).flatMap((job) => job.nodes))
  for (const partition of input.partitions) {
    const waiting = waitingIn(jobs, partition)
    for (const node of nodes.filter(({ partitions }) => partitions.includes(partition))) {
      const [accelerator, ...more] = node.accelerators
      if (!accelerator || more.length > 0 || accelerator.count < 1) continue
      const { type, count } = accelerator
      const price = terms.prices.get(`${partition}.${type}`) ?? terms.prices.get(type)
      const name = terms.accelerators.get(type) ?? canonical(type)
      if (price === undefined || name === null) continue
      const id = `${partition}.${type}x${count}`
      const known = found.get(id)?.offer
      const before = known?.stock.kind === 'count' ? known.stock.nodes : -waiting
      const offer: Offer = {
        ...{ id, supplier: spec.name, accelerator: name, perNode: count, region: terms.region },
        market: terms.spot.includes(partition) ? 'spot' : 'on-demand',
        pricePerHour: price * count,
        stock: { kind: 'count', nodes: before + (isFree(node) && !given.has(node.name) ? 1 : 0) },
        observedAt,
      }
      found.set(id, { offer, partition, type })
    }
  }
  return [...found.values()].map(({ offer, ...rest }) => ({ offer: atLeastNone(offer), ...rest }))
}

function atLeastNone(offer: Offer): Offer {
  if (offer.stock.kind !== 'count' || offer.stock.nodes >= 0) return offer
  return { ...offer, stock: { kind: 'count', nodes: 0 } }
}

/** Nodes that others in the queue are about to get. */
function waitingIn(jobs: readonly SlurmJob[], partition: string): number {
  return jobs
    .filter((job) => job.partition === partition && job.states.includes('PENDING'))
    .filter(({ reason }) => ['None', 'Priority', 'Resources'].includes(reason))
    .reduce((sum, { nodeCount }) => sum + nodeCount, 0)
}

/** What stands in a job's comment: whose it is, and what was agreed. */
interface Mark {
  readonly installation: string
  readonly key: string
  readonly offer: string
  readonly nodes: number
  readonly price: Micros
}

function commentOf({ installation, key, offer, nodes, price }: Mark): string {
  return ['calumet', installation, key, offer, nodes, price].join(' ')
}

function markOf(comment: string): Mark | null {
  const [, installation, key, offer, nodes, price] =
    /^calumet (\S+) (\S+) (\S+) (\d{1,6}) (\d{1,15})$/.exec(comment) ?? []
  if (!installation || !key || !offer) return null
  return { installation, key, offer, nodes: Number(nodes), price: Number(price) }
}

function ofInstallation(installation: string, jobs: readonly SlurmJob[]) {
  return jobs.flatMap((job) => {
    const mark = markOf(job.comment)
    return mark?.installation === installation ? [{ job, mark }] : []
  })
}

function toRental(job: SlurmJob, mark: Mark, dark: ReadonlySet<string>): Rental {
  const { id, nodes, submittedAt, startedAt, endedAt, preemptedAt } = job
  const state = stateOf(job, dark)
  const isEnded = state === 'ended'
  return {
    id: `${id}`,
    owner: mark.installation,
    key: mark.key,
    offer: mark.offer,
    state,
    nodes: Array.from({ length: mark.nodes }, (_, index) => {
      const machine = nodes[index] ?? ''
      return { index, machine, up: state === 'running' && !dark.has(machine) }
    }),
    pricePerHour: mark.price,
    // One that never began has cost nothing.
    startedAt: startedAt ?? (isEnded ? (endedAt ?? submittedAt) : submittedAt),
    endedAt: isEnded ? (endedAt ?? submittedAt) : null,
    noticeUntil: state === 'running' ? preemptedAt : null,
  }
}

function stateOf(job: SlurmJob, dark: ReadonlySet<string>): RentalState {
  if (isOver(job)) return dark.size > 0 ? 'running' : 'ended'
  if (job.states.includes('COMPLETING')) return 'ending'
  return job.states.includes('PENDING') || job.states.includes('CONFIGURING')
    ? 'pending'
    : 'running'
}
