/**
 * Removes what was built, so that nothing of a source that is gone is ever packed.
 */
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

rmSync(fileURLToPath(new URL('../dist', import.meta.url)), { recursive: true, force: true })
