/**
 * Invariants of who hears what: suppliers are rivals of each other, so each of them hears of itself
 * alone, and a machine of no work but its own.
 *
 * Looks for names as whole words, wherever they stand in what was said.
 */
import type { Evidence, Heard } from './evidence.ts'

/** [I19] The key of a lease names nobody, and nothing of ours. */
export function keysNameNobody(evidence: Evidence): string[] {
  const names = namesIn(evidence)
  return evidence.leases.flatMap(({ id, key, supplier }) => {
    const named = nameIn(names, { supplier, workload: null, text: key }, evidence)
    return named === null ? [] : [`the key of ${id} tells ${supplier} of ${named}`]
  })
}

/** [I19] Nobody hears of anybody else, nor of a price that he did not name himself. */
export function eachHearsItsOwn(evidence: Evidence): string[] {
  const names = namesIn(evidence)
  return (evidence.heard ?? []).flatMap((heard) => {
    const { supplier, workload } = heard
    const who = workload === null ? supplier : `a machine of ${workload} at ${supplier}`
    const named = nameIn(names, heard, evidence)
    return [
      ...(named === null ? [] : [`${who} was told of ${named}: ${heard.text}`]),
      ...(isOwnPrice(heard, evidence) ? [] : [`${who} was told a price that it never named`]),
    ]
  })
}

/** A ceiling is what the supplier itself quoted for as many nodes. */
function isOwnPrice({ supplier, order }: Heard, { quotes }: Evidence): boolean {
  if (!order || !quotes) return true
  const { offer, nodes, pricePerHourMax } = order
  return quotes.some((quote) => {
    if (quote.supplier !== supplier) return false
    return quote.offers?.some((each) => {
      return each.id === offer && each.pricePerHour * nodes === pricePerHourMax
    })
  })
}

/** By their first words, the longest first: who is named `w-2` is not `w`. */
type Names = ReadonlyMap<string, readonly Name[]>

interface Name {
  readonly name: string
  readonly words: readonly string[]
}

/** Whoever and whatever not everybody may hear of. */
function namesIn({ promises, workloads, contracts }: Evidence): Names {
  const names = new Set([
    ...Object.keys(promises),
    ...workloads.flatMap(({ spec: { name, team } }) => [name, team ?? '']),
    ...(contracts ?? []).map(({ name }) => name),
  ])
  const all = [...names]
    .map((name) => ({ name, words: wordsOf(name) }))
    .sort((a, b) => b.words.length - a.words.length)
  return Map.groupBy(all, ({ words }) => words[0] ?? '')
}

/** The first name in what was heard that is not for this one to hear; null where there is none. */
function nameIn(names: Names, heard: Heard, evidence: Evidence): string | null {
  const known = knownTo(heard, evidence)
  const words = wordsOf(heard.text)
  for (let at = 0; at < words.length; ) {
    const found = names.get(words[at] ?? '')?.find((each) => {
      return each.words.every((word, index) => words[at + index] === word)
    })
    if (found && !known.has(found.name)) return found.name
    at += found?.words.length ?? 1
  }
  return null
}

function knownTo({ supplier, workload }: Heard, { installation, workloads }: Evidence) {
  const own = workload === null ? null : workloads.find(({ spec }) => spec.name === workload)
  return new Set([installation, supplier, workload, own?.spec.team])
}

function wordsOf(text: string): readonly string[] {
  return text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
}
