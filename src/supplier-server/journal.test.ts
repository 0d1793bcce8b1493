/**
 * The journal against what a kill or a disk can leave behind.
 */
import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { openJournal, rewriteJournal } from './journal.ts'

function pathFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'calumet-journal-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return join(folder, 'journal.jsonl')
}

function replayed(path: string): unknown[] {
  const events: unknown[] = []
  openJournal(path, (event) => events.push(event)).close()
  return events
}

it('gives back what was appended', (t) => {
  const path = pathFor(t)
  const journal = openJournal<number>(path, () => {})
  for (const event of [1, 2, 3]) journal.append(event)
  journal.close()
  assert.deepEqual(replayed(path), [1, 2, 3])
})

it('cuts off a last line that was never finished, wherever it was torn', (t) => {
  const path = pathFor(t)
  const torn = '{"at":"é"}'
  for (let bytes = 1; bytes <= Buffer.byteLength(torn); bytes++) {
    writeFileSync(path, '1\n')
    appendFileSync(path, Buffer.from(torn).subarray(0, bytes))
    assert.deepEqual(replayed(path), [1])
    assert.equal(readFileSync(path, 'utf8'), '1\n')
  }
})

it('names the line that is damaged', (t) => {
  const path = pathFor(t)
  writeFileSync(path, '1\n{\n3\n')
  assert.throws(() => replayed(path), /journal\.jsonl:2: the journal is damaged .* restore it/)
})

it('takes no more once a write failed', (t) => {
  const journal = openJournal<number>(pathFor(t), () => {})
  journal.close()
  assert.throws(() => journal.append(1), /EBADF/)
  assert.throws(() => journal.append(2), /takes no more since a write failed/)
})

it('is replaced as a whole', (t) => {
  const path = pathFor(t)
  writeFileSync(path, '1\n2\n3\n')
  rewriteJournal(path, [6])
  assert.deepEqual(replayed(path), [6])
})
