/**
 * Which service a request is for, and the path that its replica shall see.
 *
 * Pure. The body is not looked at: its `model` field belongs to the replica.
 */
export interface Address {
  readonly service: string
  /** Begins with `/v1/`; the query is part of it. */
  readonly path: string
}

// A replica that tidies paths must not be led out of /v1, where its own controls are.
const dots = /(?:[/\\]|%2f|%5c)(?:\.|%2e){1,2}(?:[/\\?]|%2f|%5c|$)/i

/** `/chat/v1/models`, or `/v1/models` at the host `chat.anything`; null for all else. */
export function addressOf(target: string, host: string | undefined): Address | null {
  if (dots.test(target.split('?', 1)[0] ?? '')) return null
  if (target.startsWith('/v1/')) {
    const service = /^([^.:]+)\./.exec(host ?? '')?.[1]
    return service ? { service: service.toLowerCase(), path: target } : null
  }
  const [, service, path] = /^\/([^/?]+)(\/v1\/.*)$/.exec(target) ?? []
  return service && path ? { service, path } : null
}
