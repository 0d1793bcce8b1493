/**
 * The door of the API: who comes in with which token, how often, and where to.
 */
import type { FastifyRequest } from 'fastify'
import type { Role, Token } from '../core/domain/token.ts'
import { Refused } from './failure.ts'
import type { Throttle } from './throttle.ts'
import type { Gate } from './tokens.ts'

/** Lets a request in, or throws the refusal; an admin may go everywhere. */
export type Door = (request: FastifyRequest, roles: readonly Role[]) => Promise<Token>

export function door(gate: Gate, throttle: Throttle): Door {
  return async (request, roles) => {
    const token = await gate.admit(authorizationOf(request))
    if (!throttle.allows(token ? `token ${token.name}` : `address ${request.ip}`)) {
      throw new Refused('too-many', 'too many requests; ask again in a second')
    }
    if (!token) throw new Refused('unauthorized', 'a valid token is needed')
    if (token.role === 'admin' || roles.includes(token.role)) return token
    throw new Refused('forbidden', `a token of role ${token.role} may not do this`)
  }
}

/** Two headers are no header: nobody may choose which of them counts. */
export function authorizationOf({ raw }: FastifyRequest): string | undefined {
  const headers = raw.headersDistinct.authorization ?? []
  return headers.length === 1 ? headers[0] : undefined
}
