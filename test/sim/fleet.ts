/**
 * Child processes that live simulated days side by side. A child that takes too long is ended, and
 * its day counts as failed.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Answer, Task } from './worker.ts'

export interface Fleet {
  run(task: Task): Promise<Answer>
  close(): void
}

export interface FleetOptions {
  readonly size: number
  /** The bug that all of its children carry; none where it is empty. */
  readonly mutant: string
}

const program = fileURLToPath(new URL('worker.ts', import.meta.url))
const deadlineMs = 120_000

export function fleet({ size, mutant }: FleetOptions): Fleet {
  const idle: Child[] = Array.from({ length: size }, () => start(mutant))
  const all = new Set(idle)
  const waiting: ((child: Child) => void)[] = []

  function free(child: Child): void {
    const next = waiting.shift()
    if (next) next(child)
    else idle.push(child)
  }

  async function taken(): Promise<Child> {
    const child = idle.pop()
    return child ?? new Promise((resolve) => waiting.push(resolve))
  }

  return {
    async run(task) {
      const child = await taken()
      const answer = await child.ask(task)
      if (answer) {
        free(child)
        return answer
      }
      child.end()
      all.delete(child)
      const fresh = start(mutant)
      all.add(fresh)
      free(fresh)
      return late(task)
    },
    close() {
      for (const child of all) child.end()
    },
  }
}

interface Child {
  /** Null where it gave no answer in time. */
  ask(task: Task): Promise<Answer | null>
  end(): void
}

/** One thread each: there is a child a core, and what helps out beside it costs a fifth more. */
function start(mutant: string): Child {
  const child: ChildProcess = fork(program, [mutant], { execArgv: ['--single-threaded'] })
  const ready = new Promise<'ready'>((resolve) => child.once('message', () => resolve('ready')))
  const gone = new Promise<null>((resolve) => child.once('exit', () => resolve(null)))
  return {
    async ask(task) {
      if ((await Promise.race([ready, gone])) === null) {
        throw new Error(`the simulator does not load${mutant && ` with ${mutant}`}; see above`)
      }
      const answered = new Promise<Answer>((resolve) => child.once('message', resolve))
      let timer: NodeJS.Timeout | undefined
      const tooLate = new Promise<null>((resolve) => {
        timer = setTimeout(() => resolve(null), deadlineMs)
      })
      if (child.connected) child.send(task)
      const answer = await Promise.race([answered, gone, tooLate])
      clearTimeout(timer)
      return answer
    },
    end: () => void child.kill('SIGKILL'),
  }
}

function late({ seed }: Task): Answer {
  const text = `${seed} broke its process, or took more than ${deadlineMs / 1_000} s`
  return {
    seed,
    hash: '',
    decisions: null,
    hours: 0,
    cpuMs: 0,
    counts: {
      events: 0,
      kills: 0,
      lostAnswers: 0,
      sales: 0,
      excused: 0,
      boundaries: 0,
      troubled: 0,
    },
    violations: [{ invariant: 'BUG', text }],
    drawn: null,
    trace: [],
  }
}
