/**
 * Slurm's short way to write many hosts, `n[1-3,07]-ib,login`, written out in its order.
 */
const hostsMax = 100_000

export function hostsOf(text: string): readonly string[] {
  const hosts = splitOutside(text).flatMap(expanded)
  if (hosts.length > hostsMax) throw new Error(`more than ${hostsMax} hosts in one list`)
  return hosts
}

/** At commas that stand in no brackets. */
function splitOutside(text: string): readonly string[] {
  return text.match(/(?:\[[^\]]*\]|[^,[])+/g) ?? []
}

function expanded(pattern: string): readonly string[] {
  const [, before = '', ranges, after = ''] = /^([^[]*)\[([^\]]*)\](.*)$/.exec(pattern) ?? []
  if (ranges === undefined) return [pattern]
  const ends = expanded(after)
  return ranges
    .split(',')
    .flatMap(numbersOf)
    .flatMap((number) => ends.map((end) => `${before}${number}${end}`))
}

/** `07-10` is 07, 08, 09 and 10. */
function numbersOf(range: string): readonly string[] {
  const [, from = range, to = from] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? []
  const count = Number(to) - Number(from) + 1
  if (!(count >= 1 && count <= hostsMax)) throw new Error(`"${range}" is no range of hosts`)
  return Array.from({ length: count }, (_, step) => {
    return String(Number(from) + step).padStart(from.length, '0')
  })
}
