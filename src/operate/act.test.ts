/** How often what nobody wants any more is asked to be given back. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buys, house, job, minute, remove } from './stage.test.ts'

/** As the suppliers of the stage promise. */
const listLagS = 5

const waitsOf = (times: readonly number[]) => {
  return times.slice(1).map((time, index) => time - (times[index] ?? 0))
}

describe('giving back', () => {
  /** When acme was asked for it within ten minutes, in seconds after the first time. */
  async function askedAt(answer: (release: () => Promise<void>) => Promise<void>) {
    const home = await house()
    const times: number[] = []
    const release = home.acme.release.bind(home.acme)
    home.acme.release = (rental) => {
      times.push(home.clock.wallMs())
      return answer(() => release(rental))
    }
    home.lead()
    await home.apply(job('train'))
    await home.until('a machine', buys(home, 'train.0.1 acme ready'))
    await remove(home, 'train')
    await home.until('its release', () => times.length > 0)
    const [first = 0] = times
    await home.until('ten minutes', () => home.clock.wallMs() - first > 10 * minute)
    return times.map((time) => Math.round((time - first) / 1_000))
  }

  it('[OP47] asks again where it failed, the longer the less often', async () => {
    const times = await askedAt(async () => {
      throw new Error('not now')
    })
    const waits = waitsOf(times)
    assert.ok(times.length > 8 && times.length < 20, `asked ${times.length} times`)
    assert.ok((waits[0] ?? 0) < 10 && (waits.at(-1) ?? 0) >= 60, `waited ${waits.join(', ')} s`)
  })

  it('[OP47] asks once where it was taken and shows', async () => {
    assert.deepEqual(await askedAt((release) => release()), [0])
  })

  it('[OP47] asks again where it was taken, once listings could tell it', async () => {
    const waits = waitsOf(await askedAt(async () => {}))
    assert.ok(waits.length > 1, 'asked again')
    assert.ok(Math.min(...waits) >= listLagS, `waited ${waits.join(', ')} s`)
  })
})
