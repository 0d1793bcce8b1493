/**
 * What a rival sees of the moment at which we decide: nothing that it could work out.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { heldBackUntil } from '../core/trust/shaping.ts'
import { systemKeys } from '../drivers/system/keys.ts'
import { apply, buys, type House, house, job, states } from './stage.test.ts'
import { withdraw } from './withdraw.ts'

const jitterMs = 5 * 60_000
const rival = 'kind: Supplier\nname: acme\nurl: http://acme\nclass: A\nrelations: [rival]\n'
const policy = `kind: Policy
name: house
shaping: [{ relations: [rival], jitter: 5m }]
`

/** A house whose cheapest supplier is a rival, and where that shall tell it little. */
async function wary(): Promise<House> {
  const home = await house()
  await apply(home, `${rival}---\n${policy}`)
  return home
}

async function askedAt({ ledger }: House): Promise<readonly number[]> {
  const events = await ledger.events({ limit: 1_000 })
  return events.flatMap(({ kind, at }) => (kind === 'lease.asked' ? [at] : []))
}

async function dueAt(home: House): Promise<number> {
  const [lease] = await home.leases()
  assert.ok(lease)
  const drawn = systemKeys('secret').chanceOf(lease.key)
  assert.equal(lease.notBefore, heldBackUntil(lease.intendedAt, jitterMs, drawn))
  return lease.notBefore
}

it('[OP38] asks a rival once the moment has come that was drawn', async () => {
  const home = await wary()
  home.lead()
  await home.apply(job('train'))
  await home.until('a ready lease', buys(home, 'train.0.1 acme ready'))
  const [at = 0, again] = await askedAt(home)
  const lateMs = at - (await dueAt(home))
  // The loop looks once a second.
  assert.ok(lateMs >= 0 && lateMs < 2_000, `${lateMs}`)
  assert.equal(again, undefined)
})

it('[OP38] draws the same whoever leads', async () => {
  const home = await wary()
  const first = home.lead()
  await home.apply(job('train'))
  await home.until('an intent', buys(home, 'train.0.1 acme intended'))
  const due = await dueAt(home)
  first.kill()
  home.lead('second')
  await home.until('a ready lease', buys(home, 'train.0.1 acme ready'))
  const [at = 0] = await askedAt(home)
  assert.equal(await dueAt(home), due)
  assert.ok(at >= due)
})

it('[OP38] tells why it waits, and writes that once', async () => {
  const home = await wary()
  home.lead()
  await home.apply(job('train'))
  await home.until('an intent', buys(home, 'train.0.1 acme intended'))
  const due = await dueAt(home)
  const told = async () => (await home.ledger.get('plan', 'plan'))?.body.reasons ?? []
  await home.until('its reason', async () => {
    return (await told()).some((reason) => 'notBefore' in reason && reason.notBefore === due)
  })
  const plan = await home.ledger.get('plan', 'plan')
  const later = home.clock.wallMs() + 10_000
  await home.until('ten seconds', () => home.clock.wallMs() > later)
  assert.equal((await home.ledger.get('plan', 'plan'))?.version, plan?.version)
})

it('[OP38] lets go unasked what nobody wants any more', async () => {
  const home = await wary()
  home.lead()
  await home.apply(job('train'))
  await home.until('an intent', buys(home, 'train.0.1 acme intended'))
  await withdraw(home.ledger, 'train')
  await home.until('its end', buys(home, 'train.0.1 acme gone'))
  assert.equal((await home.leases())[0]?.end, 'void')
  assert.deepEqual(home.acme.orders, [])
})

it('[AC19] buys elsewhere where the supplier is out before it was asked', async () => {
  const home = await wary()
  home.lead()
  await home.apply(job('train'))
  await home.until('an intent', buys(home, 'train.0.1 acme intended'))
  home.acme.away = true
  await home.until('a lease elsewhere', buys(home, 'train.0.1 acme gone, train.0.2 bolt ready'))
  assert.deepEqual(home.acme.orders, [])
})

it('[OP38] asks everybody else at once', async () => {
  const home = await wary()
  home.acme.stock = 0
  home.lead()
  await home.apply(job('train', 1))
  await home.until('a refusal', async () => (await states(home)).includes('train.0.2'))
  await home.until('a ready lease', buys(home, 'train.0.1 acme gone, train.0.2 bolt ready'))
  const second = (await home.leases())[1]
  assert.equal(second?.notBefore, undefined)
  const [, at = 0] = await askedAt(home)
  assert.ok(at - (second?.intendedAt ?? 0) < 2_000)
})
