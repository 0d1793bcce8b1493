/**
 * A cluster behind slurmrestd, with a JSON Web Token.
 *
 * Sends one request a call and follows no redirect, since that would hand the token to somebody
 * else. Speaks the newest dialect that the daemon has.
 */
import { SupplierError } from '../../../ports/supplier.ts'
import type { Cluster, JobOrder, SlurmJob } from './cluster.ts'
import { faultsOf, jobsOf, nodesOf, partitionLimitsOf, pastJobsOf, submittedOf } from './decode.ts'
import { isNoSuchJob, isNothingFound, refusal } from './refusals.ts'

export interface RestOptions {
  readonly name: string
  readonly url: string
  readonly user: string
  /** Read for every request, since tokens are renewed; null where there is none. */
  readonly token: () => string | null
  readonly fetch: typeof fetch
  readonly timeoutMs?: number
}

export function restCluster(options: RestOptions): Cluster {
  const { name, url, user, token, fetch, timeoutMs = 10_000 } = options
  let known: string | null = null

  async function call(method: string, path: string, body?: object): Promise<unknown> {
    const doing = `${name}: ${method} ${path}`
    const secret = usable(name, token())
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        'x-slurm-user-name': user,
        'x-slurm-user-token': secret,
        ...(body && { 'content-type': 'application/json' }),
      },
      body: body && JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => {
      throw failure(doing, error)
    })
    const text = await textOf(doing, response)
    const answer = jsonOf(text)
    const faults = faultsOf(answer)
    // Some orders are taken with a complaint beside them: the job is in the queue.
    if (response.ok && (faults.length === 0 || submittedOf(answer) !== null)) {
      if (answer !== null) return answer
    }
    if (response.status === 401 || response.status === 511) {
      throw new SupplierError('refused', `${doing} → ${response.status}: the token is refused`)
    }
    if (faults.length === 0) throw nonsense(doing, response, text)
    throw refusal(doing, faults)
  }

  /** `v0.0.38`, for example: the newest one whose words are known here. */
  async function dialect(): Promise<string> {
    if (known) return known
    const { paths = {} } = (await call('GET', '/openapi/v3')) as { paths?: object }
    const found = Object.keys(paths).flatMap((path) => {
      const [, version] = /^\/slurm\/v0\.0\.(\d+)\/job\/submit\/?$/.exec(path) ?? []
      const number = Number(version)
      return number >= oldest && number <= newest && number !== untold ? [number] : []
    })
    if (found.length === 0) {
      throw new SupplierError('refused', `${name} speaks no dialect from v0.0.${oldest} on`)
    }
    known = `v0.0.${Math.max(...found)}`
    return known
  }

  async function read<T>(
    what: string,
    decode: (answer: unknown) => T,
    daemon = 'slurm',
  ): Promise<T> {
    const path = `/${daemon}/${await dialect()}/${what}`
    const answer = await call('GET', path).catch((error: unknown) => {
      throw isMute(error) ? new SupplierError('refused', `${messageOf(error)}${hint}`) : error
    })
    try {
      return decode(answer)
    } catch (error) {
      throw new SupplierError('unknown', `${name}: GET ${path} → ${messageOf(error)}`)
    }
  }

  return {
    nodes: () => read('nodes', nodesOf),
    jobs: () => read('jobs', jobsOf),
    async past(jobs) {
      const found: SlurmJob[] = []
      for (const job of jobs) {
        const those = read(`job/${job}`, pastJobsOf, 'slurmdb').catch((error: unknown) => {
          if (isNothingFound(error)) return []
          throw error
        })
        found.push(...(await those))
      }
      return found
    },
    limits: () => read('partitions', partitionLimitsOf),
    async submit(job) {
      const version = await dialect()
      const isOld = version === `v0.0.${oldest}`
      if (isOld && job.switches !== null) {
        const instead = 'expected none, or an ssh:// url, whose commands can'
        const message = `slurmrestd ${version} cannot ask for settings.switches; ${instead}`
        throw new SupplierError('refused', `${name}: ${message}`)
      }
      const body = bodyOf(job, isOld)
      const id = submittedOf(await call('POST', `/slurm/${version}/job/submit`, body))
      if (id !== null) return id
      throw new SupplierError('unknown', `${name}: the answer to an order has no job_id`)
    },
    async cancel(job) {
      await call('DELETE', `/slurm/${await dialect()}/job/${job}`).catch((error: unknown) => {
        if (!isNoSuchJob(error)) throw error
      })
    },
  }
}

const oldest = 38
const newest = 44
/** Between the two shapes of an order; no Slurm that has it lacks a later one. */
const untold = 39

const answerBytesMax = 128 << 20
const hint = '; the token may be wrong, or the controller away'

/** The old daemon has no better words for a token that is not good. */
function isMute(error: unknown): boolean {
  if (!(error instanceof SupplierError) || !Array.isArray(error.cause)) return false
  return error.cause.some(({ number }) => number === -1 || number === 5005)
}

/** A token that has run out is told of by name; Slurm itself would only fail. */
function usable(name: string, token: string | null): string {
  if (token === null) throw new SupplierError('refused', `${name} needs a token, and has none`)
  const [, payload] = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(token) ?? []
  if (payload === undefined) {
    throw new SupplierError('refused', `${name}: the token is no JSON Web Token`)
  }
  const claims = jsonOf(Buffer.from(payload, 'base64url').toString()) as { exp?: unknown } | null
  if (typeof claims?.exp === 'number' && claims.exp * 1_000 <= Date.now()) {
    const at = new Date(claims.exp * 1_000).toISOString()
    throw new SupplierError('refused', `${name}: the token ran out at ${at}; renew it`)
  }
  return token
}

function bodyOf(job: JobOrder, isOld: boolean): object {
  const { name, comment, partition, nodes, type, perNode, folder, script } = job
  const gpus = type === 'gpu' ? `${perNode}` : `${type}:${perNode}`
  const { timeLimitMinutes: limit, switches } = job
  const waitSeconds = switches?.waitMinutes == null ? null : switches.waitMinutes * 60
  const common = {
    ...{ name, comment, partition, tasks_per_node: 1, dependency: 'singleton' },
    ...{ current_working_directory: folder, standard_input: '/dev/null' },
    ...{ standard_output: '/dev/null', standard_error: '/dev/null' },
    ...(job.account !== null && { account: job.account }),
    ...(job.qos !== null && { qos: job.qos }),
    ...(job.reservation !== null && { reservation: job.reservation }),
  }
  const own = isOld
    ? {
        ...{ nodes, gpus_per_node: gpus, exclusive: 'exclusive', memory_per_node: 0 },
        // Here `requeue` means yes, whatever its value.
        ...{ no_requeue: true, environment: { PATH: path } },
        ...(limit !== null && { time_limit: limit }),
      }
    : {
        ...{ minimum_nodes: nodes, maximum_nodes: nodes, tres_per_node: `gres/gpu:${gpus}` },
        ...{ requeue: false, shared: ['none'], memory_per_node: { set: true, number: 0 } },
        environment: [`PATH=${path}`],
        ...(limit !== null && { time_limit: { set: true, number: limit } }),
        ...(switches !== null && { required_switches: { set: true, number: switches.count } }),
        ...(waitSeconds !== null && { wait_for_switch: waitSeconds }),
      }
  return { script, job: { ...common, ...own } }
}

const path = '/usr/local/bin:/usr/bin:/bin'

async function textOf(doing: string, { body }: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const part of body ?? []) {
      bytes += part.length
      if (bytes > answerBytesMax) throw new Error(`more than ${answerBytesMax} bytes`)
      parts.push(part)
    }
    return Buffer.concat(parts).toString()
  } catch (error) {
    await body?.cancel().catch(() => {})
    throw new SupplierError('unknown', `${doing} → ${messageOf(error)}`, { cause: error })
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function nonsense(doing: string, { status, headers }: Response, text: string): SupplierError {
  const type = headers.get('content-type') ?? 'nothing'
  const start = text.slice(0, 80).replace(/\s+/g, ' ')
  const said = `${status} and ${type} that is no answer of Slurm’s: ${start}`
  return new SupplierError('unknown', `${doing} → ${said}`)
}

/** No answer came. Only where nobody took the connection is it sure that nothing happened. */
function failure(doing: string, error: unknown): SupplierError {
  const { cause } = error as { cause?: NodeJS.ErrnoException }
  const neverSent = ['ECONNREFUSED', 'ENOTFOUND'].includes(cause?.code ?? '')
  const said = `${doing} → ${cause?.code ?? messageOf(error)}`
  return new SupplierError(neverSent ? 'busy' : 'unknown', said, { cause: error })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
