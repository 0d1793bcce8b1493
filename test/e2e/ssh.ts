/**
 * An SSH server on loopback that lets one key in, and a folder with an `ssh` that knows the way.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, until } from '../../examples/story/stage.ts'

export interface SshServer {
  readonly port: number
  /** To be put before the others on the path. */
  readonly bin: string
  close(): void
}

const sshd = '/usr/sbin/sshd'

export function sshMissing(): string | null {
  return existsSync(sshd) ? null : 'sshd not found; on Debian: apt-get install openssh-server'
}

/** `env` is what commands find in their environment. */
export async function sshServer(env: Readonly<Record<string, string>>): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), 'calumet-ssh-'))
  const at = (name: string) => join(folder, name)
  for (const name of ['host', 'client']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(name)])
  }
  const port = await freePort(0)
  const variables = Object.entries(env).map(([name, value]) => `"${name}=${value}"`)
  writeFileSync(
    at('sshd_config'),
    `ListenAddress 127.0.0.1
Port ${port}
HostKey ${at('host')}
AuthorizedKeysFile ${at('client.pub')}
PidFile none
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
UseDNS no
SetEnv ${variables.join(' ')}
`,
  )
  const known = `UserKnownHostsFile ${at('known')}\n  StrictHostKeyChecking accept-new`
  writeFileSync(at('config'), `Host *\n  IdentityFile ${at('client')}\n  ${known}\n`)
  writeFileSync(at('ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${at('config')} "$@"\n`, {
    mode: 0o755,
  })
  // As root it wants an empty folder of its own, which a service would have made.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true })
  const server = spawn(sshd, ['-D', '-e', '-f', at('sshd_config')], { stdio: 'ignore' })
  await until('sshd', 10, () => isListening(port, server))
  return {
    ...{ port, bin: folder },
    close() {
      server.kill()
      rmSync(folder, { recursive: true })
    },
  }
}

function isListening(port: number, { exitCode }: ChildProcess): Promise<boolean> {
  if (exitCode !== null) return Promise.reject(new Error(`sshd ended with ${exitCode}`))
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}
