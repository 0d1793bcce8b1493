/**
 * Completion scripts: correct for their shell, true to the tree, and safe from what a server says.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fakeServer, loggedIn, run, temporaryFolder } from '../stage.test.ts'
import { train } from '../world.test.ts'

const shells = [
  ['bash', ['-n']],
  ['zsh', ['-n']],
  ['fish', ['--no-execute']],
] as const

for (const [shell, check] of shells) {
  const isMissing = spawnSync(shell, ['--version']).error !== undefined
  it(`${shell} reads its script`, { skip: isMissing && `${shell} is not installed` }, async (t) => {
    const { stdout } = await run(['completion', shell])
    const file = join(temporaryFolder(t), 'script')
    writeFileSync(file, stdout)
    const { status, stderr } = spawnSync(shell, [...check, file], { encoding: 'utf8' })
    assert.deepEqual([status, stderr], [0, ''])
  })
}

describe('bash completes', () => {
  const cases: readonly (readonly [typed: string, found: string])[] = [
    ['de', 'delete describe'],
    ['token ', 'create list revoke --server --token-file --json --help --version'],
    ['token rev', 'revoke'],
    ['get po', 'policies'],
    ['events --s', '--since --supplier --server'],
    ['why tr', 'train'],
    ['completion z', 'zsh'],
  ]
  for (const [typed, found] of cases) {
    it(`calumet ${typed}`, async (t) => {
      const folder = temporaryFolder(t)
      // Stands for the program itself, which is asked for names.
      writeFileSync(join(folder, 'calumet'), '#!/bin/sh\necho train\n')
      chmodSync(join(folder, 'calumet'), 0o755)
      const { stdout: script } = await run(['completion', 'bash'])
      const words = ['calumet', ...typed.split(' ')]
      const asked = `
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
_calumet; echo "\${COMPREPLY[@]}"`
      const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script + asked], {
        encoding: 'utf8',
        env: { PATH: `${folder}:${process.env.PATH}` },
      })
      const sorted = (text: string) => text.trim().split(' ').sort()
      assert.deepEqual([sorted(stdout), stderr], [sorted(found), ''])
    })
  }
})

it('names that a shell could take for something else are left out', async (t) => {
  const names = ['train', '$(reboot)', '-x', 'a b', '`id`']
  const workloads = () => ({ workloads: names.map((name) => ({ ...train, name })) })
  const env = loggedIn(await fakeServer(t, { workloads }))
  assert.equal((await run(['completion', 'names'], { env })).stdout, 'train\n')
})

it('a server that is away garbles no prompt', async () => {
  const env = loggedIn({ url: 'http://127.0.0.1:1' })
  const ended = await run(['completion', 'names'], { env })
  assert.deepEqual(ended, { exitCode: 1, stdout: '', stderr: '' })
})
