/**
 * A slurmrestd made of paper, in the dialect that it is asked to speak: four nodes of eight H100,
 * jobs that begin at once where there is room, and no node that ever runs anything.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface PaperSlurm {
  readonly url: string
  /** Bodies of the orders that came, as they were sent. */
  readonly orders: readonly { readonly script: string; readonly job: Record<string, unknown> }[]
  /** Answers every request from now on; null: as a cluster would. */
  answer(reply: { readonly status: number; readonly body: string } | null): void
  /** Changes the state of a node. */
  mark(node: string, states: readonly string[]): void
  /** Its controller knows the job no more; accounting, where there is one, does. */
  forget(job: number, account: Account | null): void
  close(): void
}

interface Account {
  readonly state: string
  readonly start: number
  readonly end: number
  readonly name?: string
}

const nothing = { error_number: 9003, error: 'Nothing found with query' }

interface Job {
  readonly id: number
  readonly name: string
  readonly comment: string
  readonly partition: string
  readonly count: number
  readonly dependency: boolean
  nodes: readonly string[]
  state: 'PENDING' | 'RUNNING' | 'CANCELLED' | 'NODE_FAIL'
  startedAt: number
  endedAt: number
}

export async function paperSlurm(dialect: 'v0.0.38' | 'v0.0.42'): Promise<PaperSlurm> {
  const isOld = dialect === 'v0.0.38'
  const jobs: Job[] = []
  const orders: { script: string; job: Record<string, unknown> }[] = []
  const gone = new Map<number, Job>()
  const accounts = new Map<number, object>()
  const states = new Map(['n1', 'n2', 'n3', 'n4'].map((name) => [name, ['IDLE']]))
  let fixed: { readonly status: number; readonly body: string } | null = null

  const seconds = () => Math.floor(Date.now() / 1_000)
  const amount = (number: number) => (isOld ? number : { set: true, infinite: false, number })
  const words = (list: readonly string[]) => (isOld ? (list[0] ?? '') : list)
  const busy = () => new Set(jobs.flatMap(({ state, nodes }) => (state === 'RUNNING' ? nodes : [])))

  function schedule(): void {
    for (const job of jobs.filter(({ state }) => state === 'PENDING')) {
      const taken = busy()
      const free = [...states.keys()].filter((name) => !taken.has(name))
      const before = jobs.some(({ name, state }) => name === job.name && state === 'RUNNING')
      if (free.length < job.count || (job.dependency && before)) continue
      Object.assign(job, {
        state: 'RUNNING',
        nodes: free.slice(0, job.count),
        startedAt: seconds(),
      })
    }
  }

  function shownJob(job: Job): object {
    const isOver = job.state !== 'PENDING' && job.state !== 'RUNNING'
    return {
      ...{ job_id: job.id, name: job.name, comment: job.comment, partition: job.partition },
      job_state: words([job.state]),
      state_reason: job.state === 'PENDING' && job.dependency ? 'Dependency' : 'None',
      node_count: amount(job.count),
      nodes: job.nodes.join(','),
      submit_time: amount(seconds()),
      start_time: amount(job.startedAt),
      end_time: amount(isOver ? job.endedAt : 0),
      preempt_time: amount(0),
    }
  }

  function shownNode([name, own]: readonly [string, readonly string[]]): object {
    const state = busy().has(name) && own[0] === 'IDLE' ? ['ALLOCATED', ...own.slice(1)] : own
    const flags = isOld ? { state_flags: state.slice(1) } : {}
    const [base = ''] = state
    return {
      ...{ name, partitions: ['gpu', 'scavenger'], gres: 'gpu:h100:8(S:0-1)', ...flags },
      state: isOld ? base.toLowerCase() : state,
    }
  }

  function submit({ script, job }: (typeof orders)[number]): object {
    orders.push({ script, job })
    const count = Number(isOld ? job.nodes : job.minimum_nodes)
    const id = jobs.length + gone.size + 1
    const { name, comment, partition, dependency } = job as Record<string, string>
    const own = { name: name ?? '', comment: comment ?? '', partition: partition ?? '' }
    const times = { nodes: [], state: 'PENDING', startedAt: 0, endedAt: 0 } as const
    jobs.push({ id, ...own, count, dependency: dependency === 'singleton', ...times })
    schedule()
    return { job_id: id, step_id: 'batch' }
  }

  function shownPast(job: Job, { state, start, end, name = job.name }: Account): object {
    return {
      ...{ job_id: job.id, name, partition: job.partition, nodes: job.nodes.join(',') },
      state: { current: words([state]), reason: 'None' },
      ...{ allocation_nodes: job.count, time: { submission: start, start, end } },
    }
  }

  function shownLimit(name: string, minutes: number): object {
    return { name, ...(isOld ? { max_time_limit: minutes } : { maximums: { time: minutes } }) }
  }

  async function reply(request: IncomingMessage): Promise<{ status: number; body: object }> {
    const { method, url = '' } = request
    const [, what, id] = new RegExp(`^/slurm/${dialect}/(\\w+)(?:/(\\w+))?$`).exec(url) ?? []
    if (url === '/openapi/v3') {
      return { status: 200, body: { paths: { [`/slurm/${dialect}/job/submit`]: {} } } }
    }
    const [, past] = new RegExp(`^/slurmdb/${dialect}/job/(\\d+)$`).exec(url) ?? []
    const account = accounts.get(Number(past))
    if (account) return { status: 200, body: { jobs: [account] } }
    if (past) return { status: 200, body: { errors: [nothing], jobs: [] } }
    if (what === 'partitions') {
      const partitions = [shownLimit('gpu', -1), shownLimit('scavenger', 240)]
      return { status: 200, body: { partitions } }
    }
    if (what === 'nodes') return { status: 200, body: { nodes: [...states].map(shownNode) } }
    if (what === 'jobs') return { status: 200, body: { jobs: jobs.map(shownJob) } }
    if (method === 'POST') return { status: 200, body: submit(JSON.parse(await text(request))) }
    const job = jobs.find((each) => each.id === Number(id))
    const fault = { error_number: 2017, error: 'Invalid job id specified' }
    if (!job) return { status: isOld ? 500 : 404, body: { errors: [fault] } }
    if (job.state === 'PENDING' || job.state === 'RUNNING') {
      Object.assign(job, { state: 'CANCELLED', endedAt: seconds() })
    }
    schedule()
    return { status: 200, body: {} }
  }

  const server = createServer(async (request, response) => {
    const { status, body } = fixed ?? (await reply(request))
    const all = typeof body === 'string' ? body : JSON.stringify({ errors: [], ...body })
    response.writeHead(status, { 'content-type': fixed ? 'text/html' : 'application/json' })
    response.end(all)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    orders,
    answer(other) {
      fixed = other
    },
    forget(id, account) {
      const index = jobs.findIndex((job) => job.id === id)
      const [job] = index < 0 ? [] : jobs.splice(index, 1)
      if (job) gone.set(id, job)
      const known = gone.get(id)
      if (known && account) accounts.set(id, shownPast(known, account))
    },
    mark: (node, list) => void states.set(node, [...list]),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
