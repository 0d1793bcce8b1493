/**
 * Processes as the operating system shows them.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { fromPs, processes, startsOf } from './processes.ts'

it('finds this process, and no other under its pid', () => {
  const own = processes().find(({ pid }) => pid === process.pid)
  assert.equal(own?.parent, process.ppid)
  assert.equal(startsOf([process.pid]).get(process.pid), own?.start)
  assert.equal(startsOf([2 ** 22 + 1]).size, 0)
})

it('reads what ps prints', () => {
  const text = `
  412     1   412 Ss   Mon Nov  3 06:02:17 2026 /bin/sh -c loop PATH=/bin CALUMET_MACHINE=r-1-0 A=b
  413   412   412 Z    Mon Nov  3 06:02:18 2026 (node)
   77     1    77 S    Mon Nov  3 06:02:19 2026 sshd
`
  const start = 'Mon Nov  3 06:02:17 2026'
  const other = { pid: 77, parent: 1, group: 77, start: 'Mon Nov  3 06:02:19 2026', machine: null }
  assert.deepEqual(fromPs(text), [
    { pid: 412, parent: 1, group: 412, start, machine: 'r-1-0' },
    other,
  ])
})
