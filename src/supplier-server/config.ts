/**
 * The YAML file of a supplier → what it sells and how it behaves. A fault names line and column.
 *
 * Reads no file and no environment; the token is not part of it.
 */
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml'
import { z } from 'zod'
import { parseMoment } from '../core/domain/day.ts'
import { parseUsd } from '../core/domain/money.ts'
import { parseDuration } from '../core/domain/time.ts'
import { FaultName } from '../protocol/supplier-admin.ts'
import { SetupError } from './setup-error.ts'

const longestMs = 86_400_000
const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,62}$/, 'must be small letters, digits, dots and dashes')
const duration = z.string('must be a duration such as 30s or 1m30s').transform((text, context) => {
  const durationMs = parseDuration(text)
  if (durationMs !== null && durationMs <= longestMs) return durationMs
  context.addIssue(`must be a duration up to 24h such as 30s or 1m30s, not ${text}`)
  return z.NEVER
})
const price = z.union([z.string(), z.number()]).transform((value, context) => {
  const micros = parseUsd(String(value))
  if (micros !== null) return micros
  context.addIssue(`must be dollars per hour such as 2.50, not ${value}`)
  return z.NEVER
})

const moment = z.string('must be a moment such as 2026-12-03T09:00Z').transform((text, context) => {
  const at = parseMoment(text)
  if (at !== null && at >= 0) return at
  context.addIssue(`must be a moment such as 2026-12-03T09:00Z, not ${text}`)
  return z.NEVER
})

const Offer = z
  .strictObject({
    id: name,
    accelerator: z.string().min(1).max(100),
    per_node: z.number().int().min(1).max(1_024),
    fabric: name.optional(),
    market: z.enum(['on-demand', 'spot']).default('on-demand'),
    price_per_hour: price,
    nodes: z.number().int().min(0).max(1_000_000),
    from: moment.optional(),
    until: moment.optional(),
  })
  .refine(({ from = 0, until = Infinity }) => from < until, {
    path: ['until'],
    message: 'must be later than from',
  })
  .transform(({ per_node, price_per_hour, from, until, ...offer }) => ({
    ...offer,
    perNode: per_node,
    pricePerHour: price_per_hour,
    ...((from ?? until) !== undefined && {
      window: { ...(from !== undefined && { from }), ...(until !== undefined && { until }) },
    }),
  }))

const Fault = z
  .strictObject({
    fault: FaultName,
    count: z.number().int().min(1).optional(),
    for: duration.optional(),
    delay: duration.optional(),
  })
  .transform(({ fault, count, for: for_ms, delay: ms }) => ({ fault, count, for_ms, ms }))

const Config = z
  .strictObject({
    name,
    class: z.enum(['A', 'B', 'C']).default('A'),
    region: z.string().min(1).max(100),
    offers: z.array(Offer).min(1).max(1_000).superRefine(refuseTwins),
    boot_delay: duration.default(0),
    late_effect: duration.default(0),
    list_lag: duration.default(0),
    spot_notice: duration.default(30_000),
    release_grace: duration.default(2_000),
    page_size: z.number().int().min(1).max(1_000).default(500),
    faults: z.array(Fault).max(100).default([]),
  })
  .transform((raw) => ({
    name: raw.name,
    class: raw.class,
    region: raw.region,
    offers: raw.offers,
    bootDelayMs: raw.boot_delay,
    lateEffectMs: raw.late_effect,
    listLagMs: raw.list_lag,
    spotNoticeMs: raw.spot_notice,
    releaseGraceMs: raw.release_grace,
    pageSize: raw.page_size,
    faults: raw.faults,
  }))
export type Config = Readonly<z.infer<typeof Config>>

/** `file` is what messages call the text. Throws a `SetupError` that names all faults. */
export function readConfig(text: string, file: string): Config {
  if (text.length > textMax) {
    throw new SetupError(`${file} has ${text.length} characters; ${textMax} at most`)
  }
  const lines = new LineCounter()
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const slips = document.errors.map(({ pos, message }) => `${at(pos[0])}: ${message}`)
  if (slips.length > 0) throw new SetupError(slips.join('\n'))

  const { success, data, error } = Config.safeParse(contentOf(document, file))
  if (success) return data
  const faults = error.issues.map((issue) => {
    const key = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
    const place = at(offsetOf(document.contents, issue.path, key))
    const path = issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''
    return `${place}: ${path}${issue.message}`
  })
  throw new SetupError(faults.join('\n'))
}

const textMax = 256 * 1_024

function contentOf(document: Document, file: string): unknown {
  try {
    return document.toJS()
  } catch (error) {
    // Aliases that name each other until nothing fits in memory.
    throw new SetupError(`${file}: ${error instanceof Error ? error.message : error}`)
  }
}

function refuseTwins(offers: readonly { id: string }[], context: z.RefinementCtx): void {
  const seen = new Set<string>()
  for (const [index, { id }] of offers.entries()) {
    const message = `there is another offer called ${id}`
    if (seen.has(id)) context.addIssue({ code: 'custom', path: [index, 'id'], message })
    seen.add(id)
  }
}

/** Where the value at the path begins, or the key in it, or what should have held them. */
function offsetOf(contents: Node | null, path: readonly PropertyKey[], key?: string): number {
  let node = contents
  for (const step of path) {
    const next = isMap(node) ? pairOf(node, step)?.value : isSeq(node) && node.items[Number(step)]
    if (!isNode(next)) break
    node = next
  }
  const named = isMap(node) && key !== undefined ? pairOf(node, key)?.key : null
  const place = isNode(named) ? named : node
  return place?.range?.[0] ?? 0
}

function pairOf(map: YAMLMap, name: PropertyKey): Pair | undefined {
  return map.items.find(({ key }) => isScalar(key) && key.value === name)
}
