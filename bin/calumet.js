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
import { setFlagsFromString } from 'node:v8'

const source = new URL('../src/main.ts', import.meta.url)
const isCheckout = existsSync(source)
const [major, minor] = process.versions.node.split('.').map(Number)

// The state of the largest fleets takes 50 MB; the rest is garbage of large answers, and room that
// was taken for it once is never given back. Later than here it is taken already; without this
// `npm run bench -- status` sees 360 MB instead of 180.
if (process.argv[2] === 'server') {
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString('--heap-growing-percent=30')
}

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
