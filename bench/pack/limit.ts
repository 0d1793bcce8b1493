/**
 * How much of a stream anybody could place who refuses nothing that fits: a proven upper bound.
 *
 * Take the kind that shares a GPU and asks for most in all, the bar. Nothing is ever taken away, so
 * all bars before the first refused one are placed, and none after it, nor what needs no less than
 * a bar. At that moment each GPU has less free than a bar takes, or lies on a host that lacks the
 * CPU or the memory for one, where only what needs less of these still fits. Which moment that is,
 * is not known: the limit is that of the best one.
 *
 * The rest is given away: the stream is known beforehand, CPU and memory suffice everywhere (or
 * lack, if that helps), a pod of several GPUs may lie on several hosts, and parts of pods count.
 */
import highsModule from 'highs'
import { bestPattern, type Pattern, type Share, type Split } from './patterns.ts'
import { type Host, type Kind, milliOf } from './trace.ts'

/** What is exported as the default; its types say that it lies one step deeper. */
const loadHighs = highsModule as unknown as (typeof highsModule)['default']
type Highs = Awaited<ReturnType<typeof loadHighs>>

/** In thousandths of a GPU: two bounds that differ by less are the same. */
const tolerance = 1
/** What it costs to leave out one pod that nobody may refuse; more than any place is worth. */
const penalty = 10_000

interface Class extends Share {
  /** No fewer than come are placed. */
  readonly isForced: boolean
}

interface Stream {
  readonly gpus: number
  readonly classes: readonly Class[]
  readonly split: Split
  /** Of each pod: its GPUs, and its class where it comes early and late; -1 where it cannot. */
  readonly pods: readonly { readonly gpus: number; readonly early: number; readonly late: number }[]
}

/** Any prices prove a bound for every moment, by duality; good ones prove a low one. */
interface Proof {
  readonly prices: readonly number[]
  /** What one GPU holds at most in worth above the prices. */
  readonly perGpu: number
}

/** GPU milli that no rule exceeds, whatever it knows. */
export async function limitOf(hosts: readonly Host[], pods: readonly Kind[]): Promise<number> {
  const highs = await loadHighs()
  const stream = streamOf(hosts, pods)
  const patterns: Pattern[] = []
  let bounds = Array.from({ length: pods.length + 1 }, () => Number.POSITIVE_INFINITY)
  for (;;) {
    const highest = bounds.reduce((most, bound) => Math.max(most, bound), 0)
    const moment = bounds.indexOf(highest)
    const proven = boundsOf(stream, prove(highs, stream, countsAt(stream, moment), patterns))
    if ((proven[moment] ?? 0) > highest - tolerance) return Math.min(highest, milliOf(hosts))
    bounds = bounds.map((bound, index) => Math.min(bound, proven[index] ?? bound))
  }
}

function streamOf(hosts: readonly Host[], pods: readonly Kind[]): Stream {
  const bar = barOf(pods)
  const classes: Class[] = []
  const known = new Map<string, number>()
  const classOf = (share: Class): number => {
    const key = JSON.stringify(share)
    const found = known.get(key) ?? classes.push(share) - 1
    known.set(key, found)
    return found
  }
  const ofKind = new Map(
    [...new Set(pods)].map((kind) => {
      const { milli, gpus } = kind
      const isSmall = kind.cpu < bar.cpu || kind.memory < bar.memory
      const isForced = covers(bar, kind)
      if (gpus === 0) return [kind, { gpus, early: -1, late: -1 }]
      const early = classOf({ milli, isSmall, isForced, isLate: false })
      if (covers(kind, bar)) return [kind, { gpus, early, late: -1 }]
      return [
        kind,
        { gpus, early, late: classOf({ milli, isSmall, isForced: false, isLate: true }) },
      ]
    }),
  )
  return {
    gpus: milliOf(hosts) / 1000,
    classes,
    split: { shares: classes, usedMin: 1001 - bar.milli },
    pods: pods.flatMap((pod) => ofKind.get(pod) ?? []),
  }
}

/** Of all pods that take one GPU or a part of it, the kind that asks for most in all. */
function barOf(pods: readonly Kind[]): Kind {
  const asked = [...Map.groupBy(pods, (kind) => kind)].filter(([{ gpus }]) => gpus === 1)
  const most = asked.toSorted(
    ([a, some], [b, others]) => b.milli * others.length - a.milli * some.length,
  )
  const [bar] = most.filter(([{ milli }]) => milli < 1000)[0] ?? []
  if (!bar) throw new Error('no pod takes a part of a GPU, so none leaves anything behind')
  return bar
}

/** Where `large` fits, `little` fits as well. */
function covers(large: Kind, little: Kind): boolean {
  return (
    large.cpu >= little.cpu &&
    large.memory >= little.memory &&
    large.gpus >= little.gpus &&
    large.milli >= little.milli
  )
}

/** How many of each class come, if the bar is refused first at this moment. */
function countsAt({ classes, pods }: Stream, moment: number): readonly number[] {
  const counts = classes.map(() => 0)
  pods.forEach(({ gpus, early, late }, index) => {
    const at = index < moment ? early : late
    if (at >= 0) counts[at] = (counts[at] ?? 0) + gpus
  })
  return counts
}

/** What is proven for every moment, from the first pod to the end. */
function boundsOf({ gpus, pods }: Stream, { prices, perGpu }: Proof): readonly number[] {
  const price = (at: number) => prices[at] ?? 0
  let bound = pods.reduce((sum, pod) => sum + pod.gpus * price(pod.late), gpus * perGpu)
  const bounds = [bound]
  for (const pod of pods) {
    bound += pod.gpus * (price(pod.early) - price(pod.late))
    bounds.push(bound)
  }
  return bounds
}

/** The best proof for one moment; patterns are added until none is worth more than a GPU. */
function prove(
  highs: Highs,
  stream: Stream,
  counts: readonly number[],
  patterns: Pattern[],
): Proof {
  const { classes, gpus, split } = stream
  for (;;) {
    const { Rows } = highs.solve(programme(stream, counts, patterns), { output_flag: false })
    const dual = (at: number) => Number(Rows[at] && 'Dual' in Rows[at] ? Rows[at].Dual : 0)
    const prices = classes.map(({ isForced }, at) => Math.max(isForced ? -penalty : 0, dual(at)))
    const worth = classes.map(({ milli }, at) => milli - (prices[at] ?? 0))
    const best = bestPattern(split, worth)
    if (best.value <= dual(classes.length) + tolerance / gpus / 10) {
      return { prices, perGpu: best.value }
    }
    patterns.push(best)
  }
}

/** In the text form of CPLEX: a variable for each pattern, and one for what is left out. */
function programme(
  { classes, gpus }: Stream,
  counts: readonly number[],
  patterns: readonly Pattern[],
): string {
  const used = patterns.map(({ counts: held }) =>
    held.reduce((sum, many, at) => sum + many * (classes[at]?.milli ?? 0), 0),
  )
  const gains = used.map((milli, index) => `+ ${milli} x${index}`)
  const fines = classes.flatMap(({ isForced }, at) => (isForced ? [`- ${penalty} out${at}`] : []))
  const rows = classes.map((_, at) => {
    const terms = patterns.flatMap(({ counts: held }, index) =>
      held[at] ? [`+ ${held[at]} x${index}`] : [],
    )
    return `c${at}: ${[...terms, `+ out${at}`].join(' ')} = ${counts[at]}`
  })
  const all = [...patterns.keys()].map((index) => `+ x${index}`)
  const room = `gpus: ${[...all, '+ empty'].join(' ')} = ${gpus}`
  const goal = [...gains, ...fines, '+ 0 empty'].join(' ')
  return ['Maximize', `goal: ${goal}`, 'Subject To', ...rows, room, 'End'].join('\n')
}
