/**
 * Writes the OpenAPI document of the HTTP API: `node scripts/write-openapi.ts`.
 */
import { writeFileSync } from 'node:fs'
import { document } from '../src/api/openapi.ts'

const path = new URL('../docs/openapi.json', import.meta.url)
writeFileSync(path, `${JSON.stringify(await document(), null, 2)}\n`)
