/**
 * Runs a file of this checkout on the Node that the lock names, installing what is missing first:
 * `node bin/bootstrap.js FILE args…`. So `npm start` and `npm test` work on a fresh clone.
 *
 * Plain JavaScript that an old Node understands. Not part of the published package.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'node_modules', '.bin')
const node = join(bin, 'node')

const [file, ...args] = process.argv.slice(2)
if (!file) fail('no file to run was named; expected node bin/bootstrap.js FILE args…')
if (isStale()) install()
run(resolve(root, file), args)

/** Whether node_modules lacks anything that the lock names. */
function isStale() {
  const installedLock = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installedLock) || !existsSync(node)) return true
  const installed = packagesOf(installedLock)
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).some(
    ([path, { version, optional, devOptional }]) =>
      path !== '' && !optional && !devOptional && installed[path]?.version !== version,
  )
}

function packagesOf(lock) {
  return JSON.parse(readFileSync(lock, 'utf8')).packages
}

function install() {
  process.stderr.write('calumet: installing what package-lock.json names (once) …\n')
  const options = ['--no-audit', '--no-fund', '--loglevel=error']
  const { status, error } = spawnSync('npm', ['ci', ...options], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (error) fail(`npm could not be started: ${error.message}; is npm on the path?`)
  if (status !== 0) fail('npm ci failed, its reason stands above; correct that and try again')
  if (!existsSync(node)) {
    fail(
      `npm did not install ${node}; it needs install scripts: npm config set ignore-scripts false`,
    )
  }
  if (isStale())
    fail('package.json and package-lock.json disagree; run npm install, then try again')
}

function run(path, options) {
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` }
  const child = spawn(node, [path, ...options], { stdio: 'inherit', env })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the child as well; a second one would mean "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.on('error', ({ message }) => fail(`${node} could not be started: ${message}`))
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal] ?? 0))
  })
}

function fail(message) {
  process.stderr.write(`calumet: ${message}\n`)
  process.exit(1)
}
