#!/usr/bin/env node
/**
 * The `calumet` command: starts the program on a Node that can run it.
 *
 * A checkout runs its TypeScript as it stands; the published package has no sources and runs what
 * was built from them. Plain JavaScript that an old Node understands well enough to be told so.
 */
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { fileURLToPath } from 'node:url'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

const source = new URL('../src/main.ts', import.meta.url)
const isCheckout = existsSync(source)
const [youngBytesMin, keptMax] = [8 * 2 ** 20, 1_000]
const [major, minor] = process.versions.node.split('.').map(Number)

if (process.argv[2] === 'server') spareMemory()

if (major > 22 || (major === 22 && minor >= 18)) {
  nodeModule.enableCompileCache()
  await import(isCheckout ? source.href : new URL('../dist/main.js', import.meta.url).href)
} else if (isCheckout) {
  process.argv.splice(2, 0, fileURLToPath(import.meta.url))
  await import('./bootstrap.js')
} else {
  process.stderr.write(
    `calumet: this is Node ${process.versions.node}, and 22.18 or newer is needed; ` +
      'install it from https://nodejs.org\n',
  )
  process.exitCode = 1
}

/**
 * The state of the largest fleets takes 50 MB; the rest is garbage of large answers, and room that
 * was taken for it once is never given back. Later than here it is taken already: without this
 * `npm run bench -- status` sees 340 MB. New objects get a few megabytes at once and no more: with
 * the one that they begin with, a third of all time goes to collecting them.
 */
function spareMemory() {
  setFlagsFromString('--heap-growing-percent=30')
  setFlagsFromString('--semi-space-growth-factor=4')
  const kept = []
  while (kept.length < keptMax && youngBytes() < youngBytesMin) {
    kept.push(Array.from({ length: 1_000 }, () => ({})))
  }
  setFlagsFromString('--semi-space-growth-factor=1')
}

function youngBytes() {
  const spaces = getHeapSpaceStatistics()
  return spaces.find(({ space_name }) => space_name === 'new_space')?.space_size ?? youngBytesMin
}
