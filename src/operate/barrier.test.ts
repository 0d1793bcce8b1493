/**
 * The barrier between rivals: whatever becomes known of one supplier, or is agreed with it, no byte
 * that another one is sent changes by it.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { apply, buys, type House, house, job } from './stage.test.ts'
import { decideStanding } from './standing.ts'

/** All that a supplier is asked, in order, as it would go over the wire. */
function listenAt(home: House): string[] {
  const heard: string[] = []
  for (const name of ['list', 'offers', 'acquire', 'release'] as const) {
    const real = home.acme[name] as (...args: unknown[]) => Promise<unknown>
    Object.assign(home.acme, {
      [name]: (...args: unknown[]) => {
        // How often it is looked at depends on the clock alone; what it is asked does not.
        if (name === 'acquire' || name === 'release') heard.push(`${name} ${JSON.stringify(args)}`)
        else if (!heard.some((each) => each.startsWith(name)))
          heard.push(`${name} ${JSON.stringify(args)}`)
        return real.apply(home.acme, args)
      },
    })
  }
  return heard
}

async function heardAt(change: (home: House) => Promise<void> | void): Promise<readonly string[]> {
  const home = await house()
  const heard = listenAt(home)
  await change(home)
  home.lead()
  await home.apply(job('train'))
  await home.until('a ready lease', buys(home, 'train.0.1 acme ready'))
  return heard.sort()
}

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

/** Facts about bolt, none of which makes it the better one to buy from. */
const facts: Readonly<Record<string, (home: House) => Promise<void> | void>> = {
  'its price': ({ bolt: other }) => {
    const { offers } = other
    const dearer = async () => (await offers()).map((each) => ({ ...each, pricePerHour: 35 }))
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
  'what its budget is': (home) =>
    apply(home, 'kind: Policy\nname: p\nbudgets: [{ supplier: bolt, amount: $5, per: day }]'),
}

for (const [fact, change] of Object.entries(facts)) {
  it(`[OP28] says nothing of ${fact} to others`, async () => {
    assert.deepEqual(await heardAt(change), await heardAt(() => {}))
  })
}

it('[OP28] tells a supplier no name of ours', async () => {
  const heard = (await heardAt(() => {})).join()
  assert.doesNotMatch(heard, /train|job|bolt/)
})
