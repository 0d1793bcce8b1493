/**
 * The story that `npm start` lives: three rival suppliers, a gang that trains, a service that stays
 * up, a stock-out, and the death of the incumbent. `-- --stay` keeps it all up afterwards, and
 * `CALUMET_STORY_SLURM=1` lets a real Slurm cluster compete.
 *
 * Only the order of what is done to the house is written here. What is told is what happened.
 */
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Campus, campus } from './campus.ts'
import { type ControlPlane, controlPlane } from './control-plane.ts'
import { type Follower, follow } from './follow.ts'
import { load, type Result } from './load.ts'
import { say, scene, shown } from './narrator.ts'
import { type Actor, freePort, killQuietly, processesBelow, stage, until } from './stage.ts'
import { closing } from './tables.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const suppliers = ['incumbent', 'ally', 'rival'] as const
/** The case of the gang at the rival's own chips. */
const right = 'incumbent-2025/new-capacity/pretrain@rival/t9x4'
const ports = { incumbent: 7101, ally: 7102, rival: 7103, server: 7070, gateway: 7080 }

const { folder, start, clear, alive, remove } = stage()
const stay = process.argv.includes('--stay')
let commands = 0
let engine: Campus | null = null
process.once('SIGINT', () => void end(130))
process.once('SIGTERM', () => void end(143))
await live().then(
  () => end(0),
  (error: unknown) => {
    console.error(`\nThe story broke off: ${error instanceof Error ? error.message : error}`)
    console.error(`The logs of its processes are in ${join(folder, 'logs')}`)
    return end(1)
  },
)

async function live(): Promise<void> {
  const house = await open()
  const { calumet, plane, follower } = house
  scene('The wishes: a gang that trains, and a service with two replicas. What would they cost?')
  await calumet('plan', '-f', file('train.yaml'), '-f', file('chat.yaml'))
  scene('Bought. Every purchase is written down before the supplier hears of it')
  await calumet('apply', '-y', '-f', file('train.yaml'), '-f', file('chat.yaml'))
  await until(
    'replicas with two suppliers',
    40,
    async () => (await places(plane, 'chat')).size >= 2,
  )
  const results: Result[] = []
  const asking = new AbortController()
  const asked = askAway(house, results, asking.signal)
  say('a small load begins: 8 chat completions a second, every other one streamed')
  await until('a loss that falls', 40, async () => (await step(plane)) >= 100)

  scene('Somebody else takes the incumbent’s last L40S, and the service wants a third replica')
  await house.emptyStock('incumbent', 'l40s')
  rewrite('chat.yaml', (text) => text.replace('replicas: 2..4', 'replicas: 3..4'))
  await calumet('apply', '-y', '-f', file('chat.yaml'))
  await until('a third replica', 30, async () => (await replicas(plane)).length >= 3)

  scene('Should the gang ever need another place, the incumbent has a right to be asked first')
  await askFirst(house)

  scene('The incumbent dies: its server and all its machines, by SIGKILL')
  const before = await plane.workload('pretrain')
  killSupplier(house.actors.incumbent, join(folder, 'incumbent'))
  await until('the gang on another chip', 40, async () => {
    const run = (await plane.workload('pretrain'))?.runs[0]
    const moved = run?.state === 'running' && run.epoch > (before?.runs[0]?.epoch ?? 0)
    return moved && run.supplier !== 'incumbent'
  })
  await calumet('why', 'pretrain')
  await calumet('contract', 'rofr', 'evidence', right)
  await until('three replicas again', 40, async () => (await replicas(plane)).length >= 3)
  await until('the end of the training', 90, async () => {
    return (await plane.workload('pretrain'))?.state === 'succeeded'
  })

  asking.abort()
  await asked
  await follower.stop()
  await closing(plane, results)
  if (stay) await remain(house)
  else await leave(house)
  const failed = results.filter(({ ok, firstByteSeen }) => !ok && !firstByteSeen).length
  if (failed > 0) throw new Error(`${failed} requests failed before a byte was sent`)
}

interface House {
  readonly plane: ControlPlane
  readonly follower: Follower
  readonly actors: Readonly<Record<(typeof suppliers)[number] | 'server', Actor>>
  readonly gatewayUrl: string
  readonly serverUrl: string
  readonly token: string
  readonly clientToken: string
  /** Runs a command as a reader would, and shows it with its output. */
  calumet(...args: string[]): Promise<void>
  emptyStock(supplier: string, offer: string): Promise<void>
}

async function open(): Promise<House> {
  scene('Three suppliers open their doors, and a control plane starts')
  mkdirSync(join(folder, 'checkpoints'))
  const chosen = Object.fromEntries(
    await Promise.all(
      Object.entries(ports).map(async ([name, port]) => [name, await freePort(port)]),
    ),
  ) as typeof ports
  if (process.env.CALUMET_STORY_SLURM) engine = await campus(folder)
  for (const name of ['fleet.yaml', 'train.yaml', 'chat.yaml']) prepare(name, chosen)
  const secret = randomBytes(24).toString('hex')
  const sell = (name: (typeof suppliers)[number]) => {
    const files = ['-f', join(here, 'suppliers', `${name}.yaml`), '--data', join(folder, name)]
    const args = ['supplier', 'serve', ...files, '--port', String(chosen[name])]
    return start(name, args, { CALUMET_SUPPLIER_TOKEN: secret })
  }
  const shops = { incumbent: sell('incumbent'), ally: sell('ally'), rival: sell('rival') }
  const env = { ...tokens(secret), ...ledger(), ...engine?.env }
  const server = start('server', serverArgs(chosen), env)
  const token = await until('the bootstrap token', 20, () => {
    return /\b(cal_[\w-]{20,})/.exec(server.log())?.[1] ?? null
  })
  const serverUrl = `http://127.0.0.1:${chosen.server}`
  const plane = controlPlane(serverUrl, token)
  const run = (args: readonly string[]) => runCommand(args, serverUrl, token)
  if (engine) writeFileSync(file('fleet.yaml'), `\n---\n${engine.yaml}`, { flag: 'a' })
  await run(['apply', '-y', '-f', file('fleet.yaml')])
  await until('offers of all', 20, async () => {
    const selling = new Set((await plane.offers()).map(({ supplier }) => supplier))
    return selling.size === suppliers.length + (engine ? 1 : 0)
  })
  if (engine) say('campus, a Slurm cluster of four nodes, sells what is idle')
  for (const name of suppliers) say(`${name} sells on http://127.0.0.1:${chosen[name]}`)
  say(`the control plane listens on ${serverUrl}; its ledger is in ${join(folder, 'server')}`)
  const house: House = {
    plane,
    follower: follow(plane),
    actors: { ...shops, server },
    gatewayUrl: `http://127.0.0.1:${chosen.gateway}`,
    serverUrl,
    token,
    clientToken: await plane.token('story-callers', 'client'),
    calumet: async (...args) => {
      const output = await run(args)
      shown(args.map((arg) => arg.replace(`${folder}/`, '')).join(' '), output)
    },
    emptyStock: (supplier, offer) => setStock(chosen, supplier, offer, secret),
  }
  await house.calumet('offers')
  return house
}

function serverArgs(chosen: typeof ports): readonly string[] {
  const doors = ['--port', String(chosen.server), '--gateway-port', String(chosen.gateway)]
  // Short, so that a minute is enough; the defaults suit a fleet.
  const pace = ['--tick', '250ms', '--list-every', '500ms', '--quote-every', '15s']
  const patience = ['--beat', '500ms', '--grant', '3s', '--silent', '3s', '--boot-timeout', '30s']
  return ['server', '--data', join(folder, 'server'), '--served-by', ...doors, ...pace, ...patience]
}

function tokens(secret: string): Readonly<Record<string, string>> {
  return { INCUMBENT_TOKEN: secret, ALLY_TOKEN: secret, RIVAL_TOKEN: secret }
}

/** `CALUMET_LEDGER=postgres://…` tells the story on PostgreSQL. */
function ledger(): Readonly<Record<string, string>> {
  const { CALUMET_LEDGER } = process.env
  return CALUMET_LEDGER ? { CALUMET_LEDGER } : {}
}

function file(name: string): string {
  return join(folder, name)
}

/** The YAML as it stands in the examples, with this stage's ports and folders. */
function prepare(name: string, chosen: typeof ports): void {
  let text = readFileSync(join(here, name), 'utf8')
  for (const [who, port] of Object.entries(ports)) {
    text = text.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${chosen[who as keyof typeof ports]}`)
  }
  text = text.replaceAll('/opt/calumet/examples/story', here.replace(/\/$/, ''))
  // A cluster's own path need not lead to the node that runs the story.
  if (engine) text = text.replaceAll('exec node ', `exec "${process.execPath}" `)
  writeFileSync(file(name), text.replaceAll('/tmp/calumet-story', folder))
}

function rewrite(name: string, change: (text: string) => string): void {
  writeFileSync(file(name), change(readFileSync(file(name), 'utf8')))
}

async function runCommand(args: readonly string[], server: string, token: string): Promise<string> {
  const tokenFile = join(folder, 'token')
  writeFileSync(tokenFile, token)
  chmodSync(tokenFile, 0o600)
  commands += 1
  const connection = { CALUMET_SERVER: server, CALUMET_TOKEN: token, COLUMNS: '100' }
  const actor = start(`command-${commands}`, args, connection)
  const code = await actor.ended
  if (code !== 0) throw new Error(`calumet ${args.join(' ')} ended with ${code}: ${actor.log()}`)
  return actor.log()
}

async function setStock(
  chosen: typeof ports,
  supplier: string,
  offer: string,
  secret: string,
): Promise<void> {
  const url = `http://127.0.0.1:${chosen[supplier as keyof typeof ports]}`
  const response = await fetch(`${url}/v1/admin/offers/${offer}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ nodes: 0 }),
  })
  if (!response.ok) throw new Error(`${supplier} kept its stock: ${await response.text()}`)
}

function killSupplier(server: Actor, home: string): void {
  server.kill('SIGKILL')
  const machines = processesBelow(home)
  for (const pid of machines) killQuietly(pid)
  say(`the incumbent is gone: 1 server and ${machines.length} processes of its machines`)
}

/** Notice is given, and the incumbent, which has no space, declines: the rival is free. */
async function askFirst({ calumet }: House): Promise<void> {
  await calumet('contract', 'rofr', 'open', 'pretrain', 'rival/t9x4')
  await calumet('contract', 'rofr', 'notice', right, '--proof', 'receipt of the registered letter')
  await calumet('contract', 'rofr', 'decide', right, 'decline')
}

async function replicas(plane: ControlPlane) {
  const runs = (await plane.workload('chat'))?.runs ?? []
  return runs.filter(({ state, endpoint }) => state === 'running' && endpoint !== null)
}

async function places(plane: ControlPlane, service: string): Promise<Set<string | null>> {
  const runs = (await plane.workload(service))?.runs ?? []
  return new Set(runs.filter(({ endpoint }) => endpoint !== null).map(({ supplier }) => supplier))
}

async function step(plane: ControlPlane): Promise<number> {
  return (await plane.workload('pretrain'))?.checkpointStep ?? 0
}

function askAway(house: House, results: Result[], signal: AbortSignal): Promise<void> {
  return load({
    url: `${house.gatewayUrl}/chat`,
    token: house.clientToken,
    ratePerSecond: 8,
    signal,
    onResult: (result) => results.push(result),
  })
}

async function leave({ calumet, plane }: House): Promise<void> {
  scene('The service is deleted, its capacity given back')
  await calumet('delete', 'chat', '-y')
  await until('everything that can be given back', 30, async () => {
    const held = (await plane.leases()).filter(({ state }) => state !== 'gone')
    return held.every(({ supplier }) => supplier === 'incumbent')
  })
  say('nothing is held any more at any supplier that still answers')
}

async function remain({ serverUrl, gatewayUrl, token, clientToken }: House): Promise<void> {
  scene('It all stays up until Ctrl-C. In another terminal:')
  console.log(`
  export CALUMET_SERVER=${serverUrl} CALUMET_TOKEN=${token}
  npx calumet get
  npx calumet why chat
  curl -H 'authorization: Bearer ${clientToken}' -H 'content-type: application/json' \\
    -d '{"model":"story","messages":[{"role":"user","content":"Hello"}]}' \\
    ${gatewayUrl}/chat/v1/chat/completions
`)
  await new Promise(() => setInterval(() => {}, 60_000))
}

async function end(code: number): Promise<never> {
  await engine?.stop()
  await clear()
  const left = alive().length
  if (left > 0) console.error(`${left} processes could not be ended`)
  if (code === 0) remove()
  process.exit(left > 0 ? 1 : code)
}
