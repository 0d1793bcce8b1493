/**
 * Which headers pass the gateway, in either direction.
 *
 * A supplier learns neither the caller's secrets nor where the caller is; a caller learns nothing
 * about suppliers. Headers are lists of name, value, name, value … as they came.
 */
const ofOneHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

const keptFromReplicas = new Set([
  ...ofOneHop,
  // Set anew for the replica, or answered by us already.
  'host',
  'content-length',
  'expect',
  'x-request-id',
  // Secrets.
  'authorization',
  'cookie',
  'api-key',
  'x-api-key',
  // Where the caller is.
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
])

const keptFromClients = new Set([
  ...ofOneHop,
  'x-request-id',
  // Who and where the replica is, and what it would have browsers keep in our name.
  'x-served-by',
  'server',
  'via',
  'x-powered-by',
  'location',
  'alt-svc',
  'set-cookie',
])

export interface ToReplica {
  readonly headers: readonly string[]
  readonly host: string
  readonly requestId: string
  /** Null where none is sent at all, which is something else than an empty one. */
  readonly bodyBytes: number | null
}

export function headersToReplica({ headers, host, requestId, bodyBytes }: ToReplica): string[] {
  const passed = without(headers, keptFromReplicas)
  passed.push('host', host, 'x-request-id', requestId)
  if (bodyBytes !== null) passed.push('content-length', String(bodyBytes))
  return passed
}

export interface ToClient {
  readonly headers: readonly string[]
  readonly requestId: string
  readonly servedBy: string | null
}

export function headersToClient({ headers, requestId, servedBy }: ToClient): string[] {
  const passed = without(headers, keptFromClients)
  passed.push('x-request-id', requestId)
  if (servedBy !== null) passed.push('x-served-by', servedBy)
  return passed
}

function without(headers: readonly string[], kept: ReadonlySet<string>): string[] {
  const named = namedByConnection(headers)
  const passed: string[] = []
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] as string
    const lower = name.toLowerCase()
    if (kept.has(lower) || lower.startsWith('x-forwarded-') || named.includes(lower)) continue
    passed.push(name, headers[at + 1] as string)
  }
  return passed
}

// Never what tells where a body ends, whatever the connection header claims.
const unnamable = ['content-length', 'content-type', 'content-encoding']

/** A connection header names further headers of this hop only. */
function namedByConnection(headers: readonly string[]): readonly string[] {
  const named: string[] = []
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at]?.toLowerCase() !== 'connection') continue
    for (const word of (headers[at + 1] as string).split(',')) named.push(word.trim().toLowerCase())
  }
  return named.filter((name) => !unnamable.includes(name))
}

/** The caller's own id where it is a plain one, so that its logs and ours meet. */
export function requestIdOf(given: string | string[] | undefined, fresh: () => string): string {
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : fresh()
}
