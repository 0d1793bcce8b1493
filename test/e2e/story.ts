/**
 * Lives the story as `npm start` does, and keeps what it told.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const story = fileURLToPath(new URL('../../examples/story/story.ts', import.meta.url))

export function live(
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [story], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    child.once('close', (code) => resolve({ code, output }))
  })
}
