/**
 * A wall clock for the control plane that jumps by up to two hours either way. What spans are
 * measured with goes on evenly, as where somebody sets a computer's clock. Needs libfaketime.
 */
import { globSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hazard } from './hazard.ts'

const [library] = globSync('/usr/lib/*/faketime/libfaketime.so.1')

/** Throws where this machine does not have it. */
export function clockIn(folder: string): Hazard {
  if (!library) throw new Error('libfaketime is not installed')
  const file = join(folder, 'clock')
  const set = (seconds: number) => writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}s\n`)
  const env = {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  }
  set(0)
  return {
    envOf: (name): Record<string, string> => (name === 'server' ? env : {}),
    blows: {
      clock(chance) {
        set(chance.whole(-7_200, 7_200))
        return { spanMs: 0, mended: Promise.resolve() }
      },
    },
    close: async () => {},
  }
}
