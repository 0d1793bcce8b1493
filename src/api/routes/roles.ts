/**
 * Who may call a route; an admin may call all. And shapes that many routes share.
 */
import { z } from 'zod'

export const anyone = ['reader', 'writer'] as const
export const writers = ['writer'] as const
export const admins = [] as const
export const gateways = ['gateway'] as const

export const none = z.strictObject({})
export const ms = z.number().int().describe('milliseconds since 1970-01-01T00:00:00Z')
