/**
 * What every log store must do, wherever it keeps its bytes.
 *
 * Call it in the test of a driver; `open` answers with the same store each time.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { LogStream, Logs } from '../ports/logs.ts'

export function logsContract(name: string, open: () => Promise<Logs>): void {
  let runs = 0
  const check = (rule: string, drive: (logs: Logs, stream: LogStream) => Promise<void>) =>
    it(rule, async () => {
      runs += 1
      await drive(await open(), { run: `contract-${runs}.0`, epoch: 1, rank: 0 })
    })
  describe(`the log store ${name}`, () => {
    check('gives back what was appended, piece by piece', async (logs, stream) => {
      assert.equal(await logs.append(stream, 0, bytesOf('one ')), 4)
      assert.equal(await logs.append(stream, 4, bytesOf('two é')), 10)
      assert.equal(await textOf(logs, stream), 'one two é')
      assert.deepEqual([...(await logs.read(stream, 3, 2))], [...bytesOf(' t')])
      assert.equal((await logs.read(stream, 10, 100)).length, 0)
      assert.equal((await logs.read(stream, 1_000, 100)).length, 0)
    })

    check('keeps any byte as it is', async (logs, stream) => {
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
      assert.equal(await logs.append(stream, 0, bytes), 256)
      assert.deepEqual([...(await logs.read(stream, 0, 1_000))], [...bytes])
    })

    check('skips what is already there', async (logs, stream) => {
      await logs.append(stream, 0, bytesOf('hello'))
      assert.equal(await logs.append(stream, 0, bytesOf('hello')), 5)
      assert.equal(await logs.append(stream, 2, bytesOf('l')), 5)
      assert.equal(await logs.append(stream, 3, bytesOf('?? world')), 11)
      assert.equal(await textOf(logs, stream), 'hello world')
    })

    check('stores nothing after a gap, and says how far it came', async (logs, stream) => {
      assert.equal(await logs.append(stream, 1, bytesOf('late')), 0)
      assert.equal(await textOf(logs, stream), '')
      await logs.append(stream, 0, bytesOf('ab'))
      assert.equal(await logs.append(stream, 3, bytesOf('d')), 2)
      assert.equal(await logs.append(stream, 2, bytesOf('')), 2)
      assert.equal(await textOf(logs, stream), 'ab')
    })

    check('takes pieces that are sent at the same time once each', async (logs, stream) => {
      const pieces = ['abc', 'abcdef', 'abcdefghi']
      await Promise.all(pieces.map((piece) => logs.append(stream, 0, bytesOf(piece))))
      assert.equal(await textOf(logs, stream), 'abcdefghi')
    })

    check('is there again when it is opened again', async (logs, stream) => {
      await logs.append(stream, 0, bytesOf('kept'))
      const again = await open()
      assert.equal(await textOf(again, stream), 'kept')
      assert.equal(await again.append(stream, 4, bytesOf('!')), 5)
    })

    check('lists the streams of a run, oldest epoch first', async (logs, { run }) => {
      assert.deepEqual(await logs.streams(run), [])
      const streams = [2, 10].flatMap((epoch) =>
        [0, 2, 10].map((rank) => ({ run, epoch, rank }) satisfies LogStream),
      )
      for (const stream of streams.toReversed()) await logs.append(stream, 0, bytesOf('x'))
      assert.deepEqual(await logs.streams(run), streams)
    })

    check('refuses names that lead elsewhere', async (logs) => {
      for (const run of ['', '.', '..', '../x', 'a/b', '/etc', 'a\0b', 'a\\b']) {
        const stream = { run, epoch: 1, rank: 0 }
        await assert.rejects(logs.append(stream, 0, bytesOf('x')), /run/)
        await assert.rejects(logs.read(stream, 0, 1), /run/)
        await assert.rejects(logs.streams(run), /run/)
      }
      for (const wrong of [-1, 0.5, Number.NaN]) {
        const stream = { run: 'r.0', epoch: 1, rank: 0 }
        await assert.rejects(logs.append({ ...stream, epoch: wrong }, 0, bytesOf('x')), /epoch/)
        await assert.rejects(logs.append({ ...stream, rank: wrong }, 0, bytesOf('x')), /rank/)
        await assert.rejects(logs.append(stream, wrong, bytesOf('x')), /offset/)
      }
    })
  })
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

async function textOf(logs: Logs, stream: LogStream): Promise<string> {
  return new TextDecoder().decode(await logs.read(stream, 0, 1_000))
}
