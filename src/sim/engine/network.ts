/**
 * What may become of a call between two processes: it arrives late, twice or never, and so may its
 * answer. Whoever asked learns nothing but what came back.
 */
import type { Chance } from './chance.ts'
import type { Kernel } from './kernel.ts'
import type { Process } from './process.ts'

/** How often each mishap befalls a call, from 0 to 1. */
export interface Weather {
  readonly requestLost: number
  readonly requestLate: number
  /** How late the latest request arrives, and the latest copy of one. */
  readonly lateMsMax: number
  readonly requestCopied: number
  readonly answerLost: number
  /** An answer that is lost is a connection that breaks; else it is silence. */
  readonly answerBroken: number
}

export const fineWeather: Weather = {
  requestLost: 0,
  requestLate: 0,
  lateMsMax: 0,
  requestCopied: 0,
  answerLost: 0,
  answerBroken: 0,
}

export interface Network {
  /**
   * Sends a request. `work` is what it does where it arrives, told which copy it is; `broken` makes
   * the error that a connection without an answer ends with.
   */
  call<T>(from: Process, request: Request<T>): Promise<T>
}

export interface Request<T> {
  readonly what: string
  readonly weather: Weather
  readonly work: (copy: number) => Promise<T>
  readonly broken: () => Error
  /** Whoever asks gives up after so long, as if the connection had broken. */
  readonly patienceMs?: number
}

export interface NetworkOptions {
  readonly kernel: Kernel
  readonly chance: Chance
}

const latencyMs = [1, 20] as const

/** So often what is late is as late as it can be: that is where mistakes are. */
const latest = 0.3

export function network({ kernel, chance }: NetworkOptions): Network {
  const latency = () => chance.whole(...latencyMs)
  const late = ({ lateMsMax }: Weather) =>
    chance.often(latest) ? lateMsMax : chance.whole(0, lateMsMax)

  function travel<T>(from: Process, request: Request<T>, end: Ends<T>): void {
    const { what, weather, work, broken } = request
    const isLost = chance.often(weather.requestLost)
    const isLate = chance.often(weather.requestLate)
    const delayMs = latency() + (isLate ? late(weather) : 0)
    const isAnswerLost = chance.often(weather.answerLost)
    const isBroken = chance.often(weather.answerBroken)
    const silence = () => {
      if (isBroken) kernel.after(latency(), () => from.deliver(() => end.reject(broken())))
    }
    const answer = (settle: () => void) => {
      if (isAnswerLost) return silence()
      kernel.after(latency(), () =>
        from.deliver(() => {
          from.reach(`after ${what}`)
          if (from.isAlive()) settle()
        }),
      )
    }
    const isCopied = chance.often(weather.requestCopied)
    // Whatever made the copy passes on one of the answers, and not always the first.
    const heard = isCopied && chance.often(0.5) ? 2 : 1
    const arrive = (copy: number) => {
      const done = work(copy)
      if (copy !== heard) return void done.catch(() => {})
      done.then(
        (value) => answer(() => end.resolve(value)),
        (error) => answer(() => end.reject(error)),
      )
    }
    if (isLost) return void silence()
    kernel.after(delayMs, () => arrive(1))
    // Some way between repeats what it sent at once, or whenever it comes back.
    const copyMs = isCopied && chance.often(0.5) ? latency() : late(weather)
    if (isCopied) kernel.after(Math.max(delayMs, copyMs), () => arrive(2))
  }

  return {
    call(from, request) {
      return new Promise((resolve, reject) => {
        from.reach(`before ${request.what}`)
        if (!from.isAlive()) return
        const patience =
          request.patienceMs === undefined
            ? null
            : kernel.after(request.patienceMs, () => from.deliver(() => reject(request.broken())))
        travel(from, request, {
          resolve(value) {
            patience?.cancel()
            resolve(value)
          },
          reject(error) {
            patience?.cancel()
            reject(error)
          },
        })
      })
    },
  }
}

interface Ends<T> {
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
}
