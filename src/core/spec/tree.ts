/**
 * A parsed document as plain values, beside the place of each of its keys and values.
 *
 * Refuses what plain values cannot hold: a key twice, keys that are no text or that would reach
 * into an object's making, tags, endless aliases. It knows nothing of kinds and fields.
 */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml'
import { type Complaint, jsonPath, type Path, quote } from './fault.ts'
import { limits, unholdable } from './limits.ts'

export interface Tree {
  /** Null for an empty document, and where aliases multiply. */
  readonly root: unknown
  readonly complaints: readonly Complaint[]
  /** The place of a key or value; for what is missing, the place of what it is missing from. */
  offsetOf(path: Path, at: 'key' | 'value'): number
  /** What stands there, in words. */
  found(path: Path, at: 'key' | 'value'): string
}

interface Place {
  readonly key: Node | null
  readonly value: Node | null
}

/** Values in one document, with every alias followed. */
const valuesMax = 10_000

const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
const plainTags: ReadonlySet<string> = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((tag) => `tag:yaml.org,2002:${tag}`),
)

export function treeOf(document: Document): Tree {
  const places = new Map<string, Place>()
  const complaints: Complaint[] = []
  const root = document.contents as Node | null
  places.set('$', { key: null, value: root })
  return {
    root: plainValues(root, places, complaints),
    complaints,
    offsetOf(path, at) {
      const place = places.get(jsonPath(path))
      if (!place && path.length > 0) return this.offsetOf(path.slice(0, -1), at)
      return (at === 'key' ? place?.key : null)?.range?.[0] ?? offsetOf(place)
    },
    found(path, at) {
      const place = places.get(jsonPath(path))
      if (at === 'key') return `the key ${quote(String(path.at(-1)))}`
      return place ? describe(place.value) : 'nothing'
    },
  }
}

function offsetOf(place: Place | undefined): number {
  return place?.value?.range?.[0] ?? place?.key?.range?.[0] ?? 0
}

/** Fills `places` and `complaints`; a value that cannot be held becomes null. */
function plainValues(
  root: Node | null,
  places: Map<string, Place>,
  complaints: Complaint[],
): unknown {
  const anchors = new Map<string, Node>()
  let count = 0

  function refuse(path: Path, offset: number, found: string, expected: string): null {
    complaints.push({ path, offset, found, expected, meant: null })
    return null
  }

  function refuseValue(path: Path, found: string, expected: string): null {
    return refuse(path, offsetOf(places.get(jsonPath(path))), found, expected)
  }

  function plain(node: Node | null, path: Path): unknown {
    count += 1
    if (count > valuesMax || path.length > limits.depthMax) {
      count = Number.POSITIVE_INFINITY
      return null
    }
    if (isAlias(node)) return plain(anchors.get(node.source) ?? null, path)
    if (!node) return null
    if (node.tag && !plainTags.has(node.tag)) {
      return refuseValue(path, `the tag ${quote(node.tag)}`, 'a value without a tag')
    }
    if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor) {
      anchors.set(node.anchor, node)
    }
    if (isMap(node)) return plainMap(node.items as unknown as readonly Place[], path)
    if (isSeq(node)) {
      return node.items.map((item, index) => {
        const here = [...path, index]
        places.set(jsonPath(here), { key: null, value: item as Node })
        return plain(item as Node, here)
      })
    }
    if (!isScalar(node)) return null
    const bad = typeof node.value === 'string' ? unholdable(node.value) : null
    return bad ? refuseValue(path, bad.sign, 'text without it') : scalarOf(node, path)
  }

  function plainMap(entries: readonly Place[], path: Path): unknown {
    const seen = new Map<string, unknown>()
    for (const { key, value } of entries) {
      const name = isScalar(key) && typeof key.value === 'string' ? key.value : null
      const offset = offsetOf({ key, value: key })
      if (name === null) refuse(path, offset, `${describe(key)} as a key`, 'a key in words')
      else if (forbiddenKeys.has(name)) {
        refuse([...path, name], offset, `the key ${quote(name)}`, 'no key of this name')
      } else if (seen.has(name)) {
        refuse([...path, name], offset, `the key ${quote(name)} once more`, 'every key once')
      } else {
        const here = [...path, name]
        places.set(jsonPath(here), { key, value })
        seen.set(name, plain(value, here))
      }
    }
    return Object.fromEntries(seen)
  }

  const value = plain(root, [])
  if (Number.isFinite(count)) return value
  complaints.splice(0)
  return refuseValue([], 'aliases that multiply', 'few aliases, or none')
}

/** Money, sections and environment variables stay as written: a number would change them. */
function scalarOf(node: Scalar, path: Path): unknown {
  const isWritten =
    /^(max_price|section|per_gb|(?!gb_).*_per_hour)$/.test(String(path.at(-1))) ||
    // Of a price that has a least and a most.
    /^(?!gb_).*_per_hour$/.test(String(path.at(-2))) ||
    path.at(-2) === 'envs' ||
    (path.at(-3) === 'budgets' && path.at(-1) === 'amount') ||
    (path.at(-3) === 'exposure_limits' && path.at(-1) === 'max')
  const isText = typeof node.value === 'number' || typeof node.value === 'boolean'
  return isWritten && isText ? (node.source ?? String(node.value)) : node.value
}

function describe(node: unknown): string {
  if (isAlias(node)) return `the alias *${node.source}`
  if (isMap(node)) return 'a map'
  if (isSeq(node)) return 'a list'
  if (!isScalar(node)) return 'nothing'
  const written = node.source ?? String(node.value)
  if (node.value === null) return written || 'nothing'
  if (typeof node.value === 'number') return `the number ${quote(written).slice(1, -1)}`
  return typeof node.value === 'string' ? `the text ${quote(node.value)}` : written
}
