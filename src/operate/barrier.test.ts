/**
 * The barrier between rivals: whatever becomes known of one supplier, or is agreed with it, no byte
 * that another one is sent changes by it.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { apply, buys, type House, house, job } from './stage.test.ts'
import { decideStanding } from './standing.ts'
import { withdraw } from './withdraw.ts'

/** As it would go over the wire, and when. */
interface Heard {
  readonly asked: string
  readonly atMs: number
}

/** All that a supplier is asked, in order. */
function listenAt(home: House): Heard[] {
  const heard: Heard[] = []
  const since = home.clock.wallMs()
  for (const name of ['list', 'offers', 'acquire', 'release'] as const) {
    const real = home.acme[name] as (...args: unknown[]) => Promise<unknown>
    Object.assign(home.acme, {
      [name]: (...args: unknown[]) => {
        // How often it is looked at depends on the clock alone; what it is asked does not.
        const isLook = name === 'list' || name === 'offers'
        const asked = `${name} ${JSON.stringify(args)}`
        const isNew = !isLook || heard.every((each) => each.asked !== asked)
        if (isNew) heard.push({ asked, atMs: home.clock.wallMs() - since })
        return real.apply(home.acme, args)
      },
    })
  }
  return heard
}

/** From before it is asked for anything until it has got everything back. */
async function heardAt(change: (home: House) => Promise<void> | void): Promise<readonly Heard[]> {
  const home = await house()
  const heard = listenAt(home)
  await change(home)
  home.lead()
  await home.apply(job('train'))
  await home.until('a ready lease', buys(home, 'train.0.1 acme ready'))
  await withdraw(home.ledger, 'train')
  await home.until('its end', buys(home, 'train.0.1 acme gone'))
  return heard
}

const quiet = heardAt(() => {})

const bolt = 'kind: Supplier\nname: bolt\nurl: http://bolt\nclass: A\n'
const contract = `kind: Contract
name: bolt-order
with: bolt
form: order
bindingness: definitive
signed: 1970-01-01
from: 1970-01-01
source: a secret
clauses:
`

/**
 * Facts about bolt, none of which makes it the better one to buy from. Invoices are one of them and
 * not tried field by field: no turn reads any.
 */
const facts: Readonly<Record<string, (home: House) => Promise<void> | void>> = {
  'its price': ({ bolt: other }) => {
    const { offers } = other
    const dearer = async () =>
      (await offers()).map((each) => ({ ...each, pricePerHour: 35_000_000 }))
    Object.assign(other, { offers: dearer })
  },
  'its stock': ({ bolt: other }) => {
    other.stock = 0
  },
  'that it is a rival and an investor': (home) =>
    apply(home, `${bolt}relations: [rival, investor]`),
  'that its requests are held back': (home) =>
    apply(
      home,
      `${bolt}relations: [rival]
---
kind: Policy
name: p
shaping: [{ relations: [rival], jitter: 5m }]
`,
    ),
  'what it has proven': (home) =>
    apply(home, `${bolt}controls: [{ name: kms, until: 2099-01-01, document: a letter }]`),
  'who runs its sites': (home) => apply(home, `${bolt}hosts: { us: [core] }`),
  'what it is on the list for': (home) => apply(home, `${bolt}scope: { products: [chat] }`),
  'that buying there is off': (home) => apply(home, `${bolt}buying: false`),
  'that it is suspended': async ({ ledger }) => {
    await decideStanding(ledger, { supplier: 'bolt', state: 'suspended', reason: 'x', by: 'ann' })
  },
  'what was committed to it': (home) =>
    apply(home, `${contract}  - { kind: spend_commit, id: spend, total: $5M }`),
  'what it may learn of': (home) =>
    apply(home, `${contract}  - { kind: confidentiality, id: nda, secrets: [prices] }`),
  'how many requests it takes': (home) => apply(home, `${bolt}requests_per_minute: 12`),
  'that it does not answer': ({ bolt: other }) => {
    other.away = true
  },
  'what it holds of ours that nobody ordered': ({ bolt: other }) => {
    const key = { owner: 'us', key: 'of-nobody', offer: 'h100x8', nodes: [] } as const
    const span = { startedAt: 0, endedAt: null, noticeUntil: null }
    other.rentals.push({ id: 'stray', state: 'running', pricePerHour: 1, ...key, ...span })
  },
  'what it bills': async ({ ledger }) => {
    const span = { number: '7', from: 0, to: 1, importedAt: 2, by: 'ann' }
    const lines = [{ line: 2, rental: null, amount: 5_000_000, description: 'a fee' }]
    const body = { supplier: 'bolt', ...span, lines }
    const put = { kind: 'invoice', id: 'bolt/7', version: 0, live: false, body } as const
    await ledger.commit({ puts: [put], events: [] })
  },
  'what its budget is': (home) =>
    apply(home, 'kind: Policy\nname: p\nbudgets: [{ supplier: bolt, amount: $5, per: day }]'),
}

for (const [fact, change] of Object.entries(facts)) {
  it(`[OP28] says nothing of ${fact} to others`, async () => {
    const [heard, usual] = [await heardAt(change), await quiet]
    assert.deepEqual(
      heard.map(({ asked }) => asked),
      usual.map(({ asked }) => asked),
    )
    // The loop looks once a second.
    const lateMs = heard.map(({ atMs }, index) => Math.abs(atMs - (usual[index]?.atMs ?? 0)))
    assert.ok(Math.max(...lateMs) < 2_000, `${lateMs} ms apart`)
  })
}

it('[OP28] tells a supplier no name of ours', async () => {
  const heard = (await quiet).map(({ asked }) => asked).join()
  assert.match(heard, /acquire .*release /)
  assert.doesNotMatch(heard, /train|job|bolt/)
})
