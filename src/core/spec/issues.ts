/**
 * Turns what the shapes object to into complaints with a place.
 */
import type { z } from 'zod'
import type { Complaint, Path } from './fault.ts'
import type { Tree } from './tree.ts'
import { nearest } from './words.ts'

type Issue = z.core.$ZodIssue

export function complaintsOf(issues: readonly Issue[], tree: Tree): readonly Complaint[] {
  return issues.flatMap((issue) => told(issue, [], tree))
}

function told(issue: Issue, above: Path, tree: Tree): readonly Complaint[] {
  const path = [...above, ...(issue.path as Path)]
  if (issue.code === 'invalid_union' && 'discriminator' in issue && issue.errors.length === 0) {
    return [complaint(tree, path, 'value', issue.message, { meant: meantOf(path, issue, tree) })]
  }
  if (issue.code === 'invalid_union') {
    const inner = branchOf(issue.errors)
    if (inner) return inner.flatMap((each) => told(each, path, tree))
  }
  if (issue.code === 'unrecognized_keys') {
    // The shape tells its right keys as the message.
    const right = issue.message.split(', ')
    return issue.keys.map((key) => {
      const meant = nearest(key, right)
      return complaint(tree, [...path, key], 'key', `one of ${issue.message}`, { meant })
    })
  }
  if (issue.code === 'invalid_key') {
    const [inner] = issue.issues
    return [complaint(tree, path, 'key', inner?.message ?? issue.message, paramsOf(inner))]
  }
  return [complaint(tree, path, 'value', issue.message, paramsOf(issue))]
}

/** The right kind that is nearest to the one that was written. */
function meantOf(path: Path, { message }: Issue, tree: Tree): string | null {
  let value = tree.root
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return null
    value = Object.getOwnPropertyDescriptor(value, step)?.value
  }
  return typeof value === 'string'
    ? nearest(value, message.replace(/^one of /, '').split(', '))
    : null
}

interface Params {
  readonly found?: string | null
  readonly meant?: string | null
}

function paramsOf(issue: Issue | undefined): Params {
  return issue?.code === 'custom' ? (issue.params ?? {}) : {}
}

function complaint(
  tree: Tree,
  path: Path,
  at: 'key' | 'value',
  expected: string,
  { found, meant }: Params,
): Complaint {
  return {
    path,
    offset: tree.offsetOf(path, at),
    found: found ?? tree.found(path, at),
    expected,
    meant: meant ?? null,
  }
}

/** Of several ways to write a value, the one that was tried; null where none was. */
function branchOf(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const isWhole = ({ path }: Issue) => path.length === 0
  const inner = branches.find((issues) => {
    return !issues.some((each) => isWhole(each) && /custom|invalid_type/.test(each.code))
  })
  return inner ?? branches.find((issues) => issues.some((each) => each.code === 'custom')) ?? null
}
