/**
 * Time, chance, processes and the network, each alone.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chance } from './chance.ts'
import { kernel } from './kernel.ts'
import { fineWeather, network, type Weather } from './network.ts'
import { processOf } from './process.ts'

describe('the kernel', () => {
  it('[SI1] runs events in the order of time, then of asking', async () => {
    const time = kernel(1_000)
    const seen: string[] = []
    const at = (delayMs: number, name: string) =>
      time.after(delayMs, () => seen.push(`${time.now()} ${name}`))
    at(20, 'c')
    at(10, 'a')
    at(10, 'b')
    at(5, 'never').cancel()
    at(31, 'later')
    await time.run(1_030)
    assert.deepEqual(seen, ['1010 a', '1010 b', '1020 c'])
    assert.equal(time.now(), 1_030)
  })

  it('[SI2] ends all that follows from an event before the next', async () => {
    const time = kernel(0)
    const seen: string[] = []
    time.after(1, async () => {
      for (let depth = 0; depth < 50; depth += 1) await null
      seen.push('deep')
    })
    time.after(1, () => seen.push('next'))
    await time.run(2)
    assert.deepEqual(seen, ['deep', 'next'])
  })

  it('tells of an event that fails', async () => {
    const time = kernel(0)
    time.after(1, () => {
      throw new Error('it broke')
    })
    await assert.rejects(time.run(2), /it broke/)
  })
})

describe('chance', () => {
  const draws = (from: ReturnType<typeof chance>) => Array.from({ length: 5 }, from.next)

  it('[SI3] forks by name, whatever was drawn before', () => {
    const fresh = chance('7')
    const used = chance('7')
    draws(used)
    assert.deepEqual(draws(fresh.fork('a')), draws(used.fork('a')))
    assert.notDeepEqual(draws(fresh.fork('a')), draws(fresh.fork('b')))
    assert.notDeepEqual(draws(chance('7')), draws(chance('8')))
  })

  it('keeps to its bounds and to its means', () => {
    const one = chance('means')
    const wholes = Array.from({ length: 2_000 }, () => one.whole(3, 5))
    assert.deepEqual([...new Set(wholes)].sort(), [3, 4, 5])
    const waits = Array.from({ length: 20_000 }, () => one.wait(1_000))
    const mean = waits.reduce((a, b) => a + b, 0) / waits.length
    assert.ok(Math.min(...waits) >= 1 && mean > 950 && mean < 1_050)
    const hits = waits.filter(() => one.often(0.25)).length
    assert.ok(hits > 4_700 && hits < 5_300)
  })
})

describe('a process', () => {
  it('[SI4] hears nothing when it is dead, and all of it after a pause', async () => {
    const time = kernel(0)
    const [dead, slow] = ['dead', 'slow'].map((name) => processOf({ kernel: time, name }))
    const seen: string[] = []
    for (const each of [dead, slow]) {
      each?.sleep(10).then(() => seen.push(`${each.name} ${time.now()}`))
    }
    time.after(5, () => {
      dead?.kill()
      slow?.pause(20)
    })
    await time.run(100)
    assert.deepEqual(seen, ['slow 25'])
  })

  it('[SI4] forgets what was cancelled during its pause', async () => {
    const time = kernel(0)
    const slow = processOf({ kernel: time, name: 'slow' })
    const seen: string[] = []
    const timer = slow.after(10, () => seen.push('late'))
    slow.after(10, () => seen.push(`due ${time.now()}`))
    slow.pause(20)
    time.after(15, () => timer.cancel())
    await time.run(100)
    assert.deepEqual(seen, ['due 20'])
  })

  it('[SI5] has a clock that is fast or slow', async () => {
    const time = kernel(0)
    const fast = processOf({ kernel: time, name: 'fast', clockSpeed: 1.25 })
    let wokenAt = 0
    fast.sleep(1_000).then(() => {
      wokenAt = time.now()
    })
    await time.run(2_000)
    assert.equal(wokenAt, 800)
    assert.equal(fast.steadyMs(), 2_500)
  })
})

describe('the network', () => {
  async function call(weather: Partial<Weather>, patienceMs = 500) {
    const time = kernel(0)
    const from = processOf({ kernel: time, name: 'asker' })
    const arrivals: string[] = []
    const asked = network({ kernel: time, chance: chance('net') }).call(from, {
      what: 'ask',
      weather: { ...fineWeather, ...weather },
      patienceMs,
      async work(copy) {
        arrivals.push(`${copy} at ${time.now() < 100 ? 'once' : time.now()}`)
        return copy
      },
      broken: () => new Error('broken'),
    })
    const answer = asked.catch((error: Error) => error.message)
    await time.run(5_000)
    return { arrivals, answer: await answer }
  }

  it('[SI6] brings a call there and back where the weather is fine', async () => {
    assert.deepEqual(await call({}), { arrivals: ['1 at once'], answer: 1 })
  })

  it('[SI6] loses requests and answers, and breaks connections', async () => {
    assert.deepEqual(await call({ requestLost: 1 }), { arrivals: [], answer: 'broken' })
    const silent = await call({ answerLost: 1 })
    assert.deepEqual(silent, { arrivals: ['1 at once'], answer: 'broken' })
    const broken = await call({ answerLost: 1, answerBroken: 1 }, 60_000)
    assert.deepEqual(broken, { arrivals: ['1 at once'], answer: 'broken' })
  })

  it('[SI6] brings a request when nobody waits for it any more, and brings it twice', async () => {
    const late = await call({ requestLate: 1, requestCopied: 1, lateMsMax: 1_500 }, 5)
    assert.equal(late.answer, 'broken')
    assert.equal(late.arrivals.length, 2)
  })

  it('[SI7] reaches a boundary before a call and after it, and may be killed at each', async () => {
    for (const killAt of ['before ask', 'after ask']) {
      const time = kernel(0)
      const seen: string[] = []
      const from = processOf({
        kernel: time,
        name: 'asker',
        onBoundary(process, at) {
          seen.push(at)
          if (at === killAt) process.kill()
        },
      })
      const asked = network({ kernel: time, chance: chance('net') }).call(from, {
        what: 'ask',
        weather: fineWeather,
        work: async () => seen.push('work'),
        broken: () => new Error('broken'),
      })
      asked.then(() => seen.push('answer'))
      await time.run(1_000)
      const whole = ['before ask', 'work', 'after ask']
      assert.deepEqual(seen, killAt === 'before ask' ? ['before ask'] : whole)
    }
  })
})
