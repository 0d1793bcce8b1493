/**
 * What it costs to finish from here: a dynamic programme over time and slack with what is believed.
 *
 * Slack is the time that may still be lost before what is for sale for sure must be bought. Each
 * step a course is run, is taken away, or is left for a better one that answers. Decides nothing:
 * it only says what each is worth.
 */
import { type Costs, cell, costsFor, levels, type Mark, mark, read, slackAt } from './slack.ts'

/** A way to run: a pool's spot, or what is for sale for sure. Lists have an entry a step. */
export interface Course {
  readonly isSure: boolean
  readonly perMs: number
  /** How likely it can be had. */
  readonly up: readonly number[]
  /** How likely it can be had one step after it was taken away. */
  readonly upAgain: readonly number[]
  /** How likely a machine taken now outlasts the step, given that it saw its start. */
  readonly keeps: readonly number[]
  /** The same for a machine taken at any later time. */
  readonly keepsLater: readonly number[]
  /** How often such a machine is lost in the step beyond the one loss that is looked at. */
  readonly losses: readonly number[]
  /** Money to come here from each course, by index; the last from where nothing has run yet. */
  readonly entry: readonly number[]
}

export interface Problem {
  readonly courses: readonly Course[]
  /** The steps until the deadline: short ones first. */
  readonly spansMs: readonly number[]
  readonly slackMs: number
  readonly restartMs: number
}

export interface Worth {
  /** Cost to finish when running on in a course, after so much slack is lost. */
  run(course: number, lostMs: number): number
  /** Cost to finish when launched in a course now, its entry aside. */
  start(course: number): number
  /** Cost to finish with nothing running in this step, the checkpoint at a course or nowhere. */
  wait(at: number | null): number
}

interface Layer {
  /** The slack at its highest level: no more than would leave work to do. */
  readonly topMs: number
  /** Running in a course that was taken now, and in one that was taken later. */
  readonly first: Costs
  readonly later: Costs
  /** Nothing runs and the checkpoint is at a course; the last: it is nowhere. */
  readonly idle: Costs
}

export function worthOf(problem: Problem): Worth {
  const { courses, spansMs, slackMs, restartMs } = problem
  const count = courses.length
  const latePerMs = latePerMsOf(courses)
  const layer = (leftMs: number) => ({
    topMs: Math.min(slackMs, leftMs),
    first: costsFor(count),
    later: costsFor(count),
    idle: costsFor(count + 1),
  })
  let leftMs = 0
  let next: Layer = layer(leftMs)
  let now = next
  for (const [step, spanMs] of [...spansMs.entries()].toReversed()) {
    leftMs += spanMs
    next = now
    now = layer(leftMs)
    const turn = { problem, latePerMs, step, spanMs, leftMs, now, next }
    run(turn)
    choose(turn)
  }
  const firstMs = spansMs[0] ?? 0
  const late = Math.max(0, firstMs - slackMs) * latePerMs
  return {
    run: (course, lostMs) => read(now.first, course, mark(now.topMs, slackMs - lostMs)),
    start: (course) =>
      mayStart(problem, course, slackMs)
        ? read(now.first, course, mark(now.topMs, slackMs - restartMs))
        : Infinity,
    wait: (from) => read(next.idle, from ?? count, mark(next.topMs, slackMs - firstMs)) + late,
  }
}

/** What time lost beyond the slack costs: work done where it is sure, or else a penalty. */
function latePerMsOf(courses: readonly Course[]): number {
  const sure = courses.filter(({ isSure }) => isSure).map(({ perMs }) => perMs)
  return sure.length > 0
    ? Math.min(...sure)
    : 10 * Math.max(0, ...courses.map((each) => each.perMs))
}

/** Where it may be lost again and something is sure, a launch needs the slack for its restart. */
const mayStart = ({ courses, restartMs }: Problem, course: number, slackMs: number): boolean =>
  slackMs >= restartMs || courses[course]?.isSure === true || !courses.some((each) => each.isSure)

interface Turn {
  readonly problem: Problem
  readonly latePerMs: number
  readonly step: number
  readonly spanMs: number
  readonly leftMs: number
  readonly now: Layer
  readonly next: Layer
}

/** What a step costs in each course, were it not left for another. */
function run({ problem, step, spanMs, leftMs, now, next }: Turn): void {
  const { courses, restartMs } = problem
  for (const [index, course] of courses.entries()) {
    const keeps = course.keeps[step] ?? 1
    const keepsLater = course.keepsLater[step] ?? 1
    const lostMs = (course.losses[step] ?? 0) * restartMs
    for (let level = 0; level <= levels; level++) {
      const slack = slackAt(now.topMs, level)
      const workMs = leftMs - slack
      const at = cell(index, level)
      if (workMs + lostMs <= spanMs) {
        // What is left may be lost as well, and is begun again.
        const share = workMs / spanMs
        const again = (kept: number) => (1 - kept) * share * restartMs
        now.first[at] = course.perMs * (workMs + lostMs + again(keeps))
        now.later[at] = course.perMs * (workMs + lostMs + again(keepsLater))
        continue
      }
      const to = mark(next.topMs, slack - lostMs)
      const paid = course.perMs * spanMs
      const gone = read(next.idle, index, to)
      now.first[at] = paid + keeps * read(next.first, index, to) + (1 - keeps) * gone
      now.later[at] = paid + keepsLater * read(next.later, index, to) + (1 - keepsLater) * gone
    }
  }
}

/** Improves every state by what better courses would give if they answered, best first. */
function choose({ problem, latePerMs, step, spanMs, leftMs, now, next }: Turn): void {
  const { courses, restartMs } = problem
  const count = courses.length
  const asked = askedAt(courses, step)
  for (let level = 0; level <= levels; level++) {
    const slack = slackAt(now.topMs, level)
    const afterRestart: Mark = mark(now.topMs, slack - restartMs)
    for (let index = 0; index < count; index++) {
      const mayStartNow = mayStart(problem, index, slack)
      asked.starts[index] = mayStartNow ? read(now.later, index, afterRestart) : Infinity
    }
    sort(asked)
    const afterWait = mark(next.topMs, slack - spanMs)
    const late = Math.max(0, spanMs - slack) * latePerMs
    // The highest level leaves no work: nothing that waits is done, it is about to be begun.
    const begun = level === levels && leftMs <= slack ? (asked.starts[asked.order[0] ?? 0] ?? 0) : 0
    for (let from = 0; from <= count; from++) {
      const at = cell(from, level)
      now.idle[at] = Math.max(begun, chosen(asked, from, read(next.idle, from, afterWait) + late))
      // At the first step the answers are being asked for, not believed.
      if (from === count || step === 0) continue
      now.first[at] = chosen(asked, from, now.first[at] ?? 0)
      now.later[at] = chosen(asked, from, now.later[at] ?? 0)
    }
  }
}

/** What can be asked for in a step, all by index; in typed arrays, for this is the inmost loop. */
interface Asked {
  readonly courses: readonly Course[]
  /** The courses by what it costs to finish once started there, least first. */
  readonly order: Int32Array
  readonly starts: Float64Array
  readonly up: Float64Array
  readonly upAgain: Float64Array
}

function askedAt(courses: readonly Course[], step: number): Asked {
  return {
    courses,
    order: Int32Array.from(courses.keys()),
    starts: new Float64Array(courses.length),
    up: Float64Array.from(courses, ({ up }) => up[step] ?? 0),
    upAgain: Float64Array.from(courses, ({ upAgain }) => upAgain[step] ?? 0),
  }
}

/** By insertion: from level to level the order hardly changes. Equal ones stand by index. */
function sort({ order, starts }: Asked): void {
  for (let end = 1; end < order.length; end++) {
    const index = order[end] ?? 0
    const start = starts[index] ?? Infinity
    let place = end
    for (; place > 0; place--) {
      const before = order[place - 1] ?? 0
      const other = starts[before] ?? Infinity
      if (other < start || (other === start && before < index)) break
      order[place] = before
    }
    order[place] = index
  }
}

/** The cost to finish when the courses are asked in order, and when none of them answers. */
function chosen({ courses, order, starts, up, upAgain }: Asked, from: number, otherwise: number) {
  let cost = 0
  let missed = 1
  for (let place = 0; place < order.length && missed >= 1e-3; place++) {
    const index = order[place] ?? 0
    const start = starts[index] ?? Infinity
    if (start >= otherwise) break
    const begun = start + (courses[index]?.entry[from] ?? 0)
    if (begun >= otherwise) continue
    const answers = (index === from ? upAgain : up)[index] ?? 0
    cost += missed * answers * begun
    missed *= 1 - answers
  }
  return cost + missed * otherwise
}
