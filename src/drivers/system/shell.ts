/**
 * Runs scripts of /bin/sh on this computer, or over SSH on another one, under the keys and the
 * known hosts of whoever runs the control plane. Asks nobody for a password.
 */
import { spawn } from 'node:child_process'
import type { Ran, Shell } from '../../ports/shell.ts'

export interface ShellOptions {
  /** `[user@]host`, and its port; null for this computer. */
  readonly ssh: { readonly target: string; readonly port: number | null } | null
  readonly env?: NodeJS.ProcessEnv
  readonly timeoutMs?: number
}

/** More than any cluster has to say at once. */
const outputBytesMax = 256 << 20

export function systemShell({ ssh, env = process.env, timeoutMs = 20_000 }: ShellOptions): Shell {
  const [program = '', ...args] = ssh ? overSsh(ssh) : ['/bin/sh', '-s']
  const where = ssh?.target ?? 'this computer'
  return {
    run: (script) =>
      new Promise<Ran>((resolve, reject) => {
        const child = spawn(program, args, { env, stdio: 'pipe', timeout: timeoutMs })
        const out: Buffer[] = []
        const err: Buffer[] = []
        let bytes = 0
        const take = (parts: Buffer[]) => (part: Buffer) => {
          bytes += part.length
          if (bytes > outputBytesMax) child.kill('SIGKILL')
          else parts.push(part)
        }
        child.stdout.on('data', take(out))
        child.stderr.on('data', take(err))
        child.stdin.on('error', () => {}) // It ended without reading all; its exit code tells.
        child.on('error', (error) => reject(new Error(`${where}: ${error.message}`)))
        child.on('close', (code) => {
          const stderr = Buffer.concat(err).toString().trim()
          const isLost = code === null || (ssh !== null && code === lostCode)
          if (!isLost) resolve({ code, stdout: Buffer.concat(out), stderr })
          else reject(new Error(`${where}: ${stderr || `no answer within ${timeoutMs} ms`}`))
        })
        child.stdin.end(script)
      }),
  }
}

/** What ssh itself ends with when there is no connection, or no longer one. */
const lostCode = 255

function overSsh({ target, port }: NonNullable<ShellOptions['ssh']>): readonly string[] {
  const options = ['BatchMode=yes', 'ConnectTimeout=10', 'ServerAliveInterval=5']
  const named = options.flatMap((option) => ['-o', option])
  return ['ssh', ...named, ...(port === null ? [] : ['-p', `${port}`]), '--', target, '/bin/sh -s']
}
