/**
 * The agent as a process: it is booted, killed and booted again, and its ranks do not notice.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { logOf, machine, until, work } from '../../test/agent-stage.ts'

const rank = 'train.0.1.0'

/** Runs until its file `go` is there. */
const patient = 'echo begins; while [ ! -e go ]; do sleep 0.02; done; echo ends; exit 7'

describe('a rank', { concurrency: 4 }, () => {
  it('runs setup and run with what it was told, and nothing of what the agent knows', async (t) => {
    const { desk, boot, said } = await machine(t)
    const text = 'a "b" \'c\' $(touch hit) `touch hit` \\ $HOME\nsecond line; exit 9\n'
    const envs = { TEXT: text, go: 'mine', RANK: '0' }
    const command = `env -0; printf %s "$TEXT" > said; ls; exit 3`
    desk.work = [work({ setup: 'echo "set up"; touch installed', command, envs })]
    boot()
    await until('it ended', () => said(rank)?.state === 'exited')
    assert.equal(said(rank)?.exitCode, 3)
    await until('all is told', () => logOf(desk, rank).endsWith('installed\nsaid\n'))
    const log = logOf(desk, rank)
    assert.ok(log.startsWith('set up\n'))
    assert.ok(log.includes(`TEXT=${text}\0`))
    assert.match(log, /\0?go=mine\0/)
    assert.match(log, /CALUMET_AGENT_URL=http:\/\/127\.0\.0\.1:\d+\/r\/[0-9a-f]{32}\0/)
    assert.match(log, /CALUMET_MACHINE=m-/)
    assert.doesNotMatch(log, /CALUMET_(SERVER|KEY|SECRET)|very secret/)
  })

  it('does not run where its setup fails', async (t) => {
    const { desk, boot, said } = await machine(t)
    desk.work = [work({ setup: 'exit 4', command: 'echo never' })]
    boot()
    await until('it ended', () => said(rank)?.state === 'exited')
    assert.deepEqual([said(rank)?.exitCode, logOf(desk, rank)], [4, ''])
  })

  it('goes on while its agent is killed, and is started once', async (t) => {
    const { desk, boot, crash, said, home } = await machine(t)
    desk.work = [work({ command: patient })]
    boot()
    await until('it runs', () => logOf(desk, rank) === 'begins\n')
    await crash()
    boot()
    await until('the new agent has seen it', () => said(rank)?.state === 'running')
    await crash()
    writeFileSync(join(home, 'ranks', rank, 'work', 'go'), '')
    await until('it ended', () => readdirSync(join(home, 'ranks', rank)).includes('exit'))
    desk.syncs.length = 0
    boot()
    await until('its end is known', () => said(rank)?.exitCode === 7)
    await crash()
    boot()
    const before = desk.syncs.length
    await until('others heard it too', () => desk.syncs.length > before + 3)
    const codes = desk.syncs.map(({ ranks }) => ranks[0]?.exitCode)
    assert.ok(codes.slice(codes.indexOf(7)).every((code) => code === 7))
    assert.equal(logOf(desk, rank), 'begins\nends\n')
  })

  it('that was killed ends with 137, and takes along all that it started', async (t) => {
    const { desk, boot, said, running, home } = await machine(t)
    desk.work = [work({ command: 'setsid sleep 600 & setsid sleep 600 & sleep 600' })]
    boot()
    await until('it runs', () => running().length >= 5)
    const { pid } = JSON.parse(readFileSync(join(home, 'ranks', rank, 'record'), 'utf8'))
    process.kill(pid, 'SIGKILL')
    await until('it ended', () => said(rank)?.state === 'exited')
    assert.deepEqual([said(rank)?.exitCode, running()], [137, []])
  })

  it('has its log stored without a gap or a byte twice, however its agent fares', async (t) => {
    const { desk, boot, crash, said } = await machine(t)
    const lines = 30_000
    const pace = '[ $((i % 100)) -eq 0 ] && sleep 0.005'
    const count = `i=0; while [ $i -lt ${lines} ]; do echo $i; i=$((i+1)); ${pace}; done`
    desk.work = [work({ command: count })]
    for (let kills = 0; kills < 4; kills += 1) {
      boot()
      const before = logOf(desk, rank).length
      await until('more is stored', () => logOf(desk, rank).length > before || isOver())
      await crash()
    }
    boot()
    const all = Array.from({ length: lines }, (_, line) => `${line}\n`).join('')
    await until('all is stored', () => logOf(desk, rank).length >= all.length && isOver())
    assert.ok(logOf(desk, rank) === all)

    function isOver(): boolean {
      return said(rank)?.state === 'exited'
    }
  })

  it('of a new epoch starts when nothing of the old one runs any more', async (t) => {
    const { desk, boot, said, home, running } = await machine(t)
    const stubborn = `trap '' TERM; echo old; sleep 600 & sleep 600`
    desk.work = [work({ command: stubborn })]
    boot()
    await until('the old one runs', () => logOf(desk, rank) === 'old\n')
    const old = new Set(running())
    const isThere = 'grep -q . /proc/$pid/cmdline 2>/dev/null && echo "$pid is there"'
    const check = `for pid in ${[...old].join(' ')}; do ${isThere}; done`
    desk.work = [work({ epoch: 2, command: `${check}; echo new; sleep 600` })]
    await until('the new one runs', () => logOf(desk, 'train.0.2.0') !== '')
    assert.equal(logOf(desk, 'train.0.2.0'), 'new\n')
    await until('the old one is forgotten', () => !existsSync(join(home, 'ranks', rank)))
    assert.equal(said('train.0.2.0')?.state, 'running')
  })

  it('is asked to stop before it is killed, and reported when it has stopped', async (t) => {
    const { desk, boot, said, running } = await machine(t)
    const polite = `trap 'echo saves; exit 5' TERM; echo runs; while :; do sleep 0.02; done`
    desk.work = [work({ command: polite })]
    boot()
    await until('it runs', () => logOf(desk, rank) === 'runs\n')
    desk.work = []
    await until('it ended', () => said(rank)?.state === 'exited')
    assert.deepEqual([said(rank)?.exitCode, running()], [5, []])
    await until('its last words are stored', () => logOf(desk, rank).endsWith('saves\n'))
  })
})

describe('a machine', { concurrency: 4 }, () => {
  it('kills a job whose grant has run out, and lets a replica go on', async (t) => {
    const { desk, boot, crash, said, running } = await machine(t)
    const job = work({ command: 'sleep 600', grantMs: 1_500 })
    const replica = work({ run: 'chat.0', command: 'sleep 601', grantMs: null })
    desk.work = [job, replica]
    boot()
    await until('both run', () => said('chat.0.1.0')?.state === 'running' && running().length >= 6)
    desk.mood = 'away'
    await crash()
    boot()
    await until('the job is gone', () => running().length <= 3)
    desk.mood = 'kind'
    await until('its end is told', () => said(rank)?.state === 'exited')
    assert.equal(said(rank)?.exitCode, -1)
    assert.equal(said('chat.0.1.0')?.state, 'running')
  })

  it('powers itself off when nobody has answered for too long', async (t) => {
    const { desk, boot, crash, exitCode, running } = await machine(t, {
      CALUMET_DEAD_MAN_MS: '1500',
    })
    desk.work = [work({ command: 'sleep 600', grantMs: null })]
    boot()
    await until('it runs', () => running().length >= 3)
    desk.mood = 'unbelieving'
    await crash()
    boot()
    assert.equal(await exitCode, 0)
    assert.deepEqual(running(), [])
  })

  it('stops its work, brings its logs away and powers off when the lease is over', async (t) => {
    const { desk, boot, exitCode, running } = await machine(t)
    desk.work = [work({ command: `trap 'echo bye; exit' TERM; echo hi; sleep 600 & wait` })]
    boot()
    await until('it runs', () => logOf(desk, rank) === 'hi\n')
    desk.mood = 'gone'
    assert.equal(await exitCode, 0)
    assert.deepEqual([logOf(desk, rank), running()], ['hi\nbye\n', []])
  })

  it('powers off politely when it is told to', async (t) => {
    const { desk, boot, tell, exitCode, running } = await machine(t)
    desk.work = [work({ command: `trap '' TERM; echo hi; sleep 600` })]
    boot()
    await until('it runs', () => logOf(desk, rank) === 'hi\n')
    tell('SIGTERM')
    assert.equal(await exitCode, 0)
    assert.deepEqual(running(), [])
  })
})
