/**
 * The way to the control plane: which server, which token, and every failure of it as a `CliError`.
 *
 * An option comes before the environment, and that before what `calumet login` kept. A token that
 * was kept goes to the server that it was kept for and to no other.
 */
import { readFile } from 'node:fs/promises'
import { ApiError, type Client, client } from '../api/client.ts'
import { type Config, readConfig, serverUrl } from './config.ts'
import { CliError } from './failure.ts'
import type { Io } from './io.ts'
import type { GlobalOptions } from './session.ts'

export async function connect(io: Io, options: GlobalOptions): Promise<Client> {
  const address = await addressOf(io.env, options)
  return clientOf(io, address)
}

export async function addressOf(env: Io['env'], options: GlobalOptions): Promise<Config> {
  const config = await readConfig(env)
  const given = options.server ?? env.CALUMET_SERVER ?? config?.server
  if (!given) {
    const ways = 'run `calumet login --server URL`, or set CALUMET_SERVER'
    throw new CliError('invalid', `no server: ${ways}`)
  }
  const server = serverUrl(given)
  const kept = config && serverUrl(config.server) === server ? config.token : undefined
  const token = (await tokenFrom(options.tokenFile)) ?? env.CALUMET_TOKEN ?? kept
  if (token) return { server, token }
  const ways = `run \`calumet login --server ${server}\`, or set CALUMET_TOKEN`
  throw new CliError('unauthorized', `no token for ${server}: ${ways}`)
}

async function tokenFrom(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new CliError('invalid', `the token file cannot be read: ${error.message}`)
  })
  if (text.trim() !== '') return text.trim()
  throw new CliError('invalid', `the token file ${file} is empty; it must hold one token`)
}

export function clientOf(io: Io, { server, token }: Config): Client {
  const interrupted = io.interruption()
  const api = client({
    url: server,
    token,
    fetch: (input, init) => {
      const signal = init?.signal ? AbortSignal.any([init.signal, interrupted]) : interrupted
      return io.fetch(input, { ...init, signal })
    },
  })
  const explained = (error: unknown) => explain(error, { server, interrupted })
  return {
    async call(route, options) {
      try {
        return await api.call(route, options)
      } catch (error) {
        throw explained(error)
      }
    },
    async *events(options) {
      try {
        yield* api.events(options)
      } catch (error) {
        throw explained(error)
      }
    },
  }
}

interface Circumstances {
  readonly server: string
  readonly interrupted: AbortSignal
}

function explain(error: unknown, { server, interrupted }: Circumstances): unknown {
  if (interrupted.aborted) return new CliError('interrupted', '')
  if (error instanceof ApiError) {
    const { code, message, faults } = error.failure
    return new CliError(code, code === 'unauthorized' ? notAccepted(server) : message, faults)
  }
  if (!isNetworkError(error)) return error
  const why = causeOf(error)
  return new CliError(
    'unreachable',
    `${server} does not answer (${why}); is \`calumet server\` up?`,
  )
}

function notAccepted(server: string): string {
  const way = `run \`calumet login --server ${server}\` with another`
  return `${server} does not accept the token; ${way}`
}

/** What `fetch` throws when there is no answer, or when one breaks off. */
function isNetworkError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  return error.name === 'TimeoutError' || error.name === 'AbortError' || error instanceof TypeError
}

function causeOf(error: Error): string {
  const { cause } = error
  if (!(cause instanceof Error)) return error.message
  const { code } = cause as NodeJS.ErrnoException
  return cause.message || code || error.message
}
