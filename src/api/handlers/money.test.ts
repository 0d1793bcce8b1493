/** Costs by team and contract, budgets, invoices, FOCUS and commitments, over HTTP. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Charge } from '../../core/domain/charge.ts'
import { checkFocus } from '../../core/focus/check.ts'
import { focusCsv } from '../../core/focus/rows.ts'
import { lease } from '../../testing/ledger-rows.ts'
import { contractText, refused, type Stage, stage } from '../stage.test.ts'

const hour = 3_600_000

function charge(rental: string, changes: Partial<Charge> = {}): Charge {
  return {
    ...{ id: `acme/${rental}`, supplier: 'acme', rental, lease: 'w.0.1', workload: 'w' },
    ...{ account: 'usage', accelerator: 'H100', accelerators: 8, pricePerHour: 8_000_000 },
    ...{ from: hour, to: 2 * hour, amount: 8_000_000 },
    ...changes,
  }
}

const supplier = `kind: Supplier
name: acme
url: http://acme
`

const contract = contractText(
  'acme',
  `  - { kind: spend_commit, id: spend, total: $5 }
`,
)

async function house(t: Parameters<typeof stage>[0], aheadMs = 0): Promise<Stage> {
  const home = await stage(t, { aheadMs })
  const puts = [charge('r1', { team: 'nlp' }), charge('r2', { workload: 'v' })]
  for (const body of puts) {
    await home.put({ kind: 'charge', id: body.id, version: 0, live: false, body })
  }
  return home
}

const told = (rows: readonly { readonly name: string; readonly usage: number }[]) =>
  rows.map(({ name, usage }) => `${name} ${usage / 1e6}`)

it('[AP32] costs by team and contract, every dollar once', async (t) => {
  const home = await house(t)
  assert.equal((await home.apply(supplier)).status, 200)
  assert.equal((await home.apply(contract)).status, 200)
  const by = async (what: string) => told((await home.ask(`GET /v1/cost?by=${what}`)).body.rows)
  assert.deepEqual(await by('team'), ['nlp 8', 'none 8'])
  assert.deepEqual(await by('contract'), ['none 11', 'msa 5'])
  const { commitments } = (await home.ask('GET /v1/commitments')).body
  const [spend] = commitments
  assert.deepEqual([spend.clause, spend.due, spend.used], ['msa/spend', '5000000', '5000000'])
})

/** A house that rented two machines for an hour, of which one failed after half of it. */
async function failing(t: Parameters<typeof stage>[0], atMs: number): Promise<Stage> {
  const home = await house(t, atMs - Date.now())
  const leased = lease('w.0.1', 0, 'gone')
  assert.ok(leased.kind === 'lease')
  const failed = { since: 1.5 * hour, nodes: 1 }
  const body = { ...leased.body, market: 'on-demand', nodes: 2, failed } as const
  await home.put({ ...leased, body })
  await home.apply(supplier)
  const promise = `  - { kind: sla_credit, id: uptime, bands: [{below: 99%, credit: 10%}],
      excluded: [maintenance], claim: 30 days, cap: 20% }
`
  assert.equal((await home.apply(contract + promise)).status, 200)
  return home
}

it('[AP38] tells how available what was rented was, and what may be claimed', async (t) => {
  const home = await failing(t, 400 * hour)
  const claimed = async () => {
    const [claim] = (await home.ask('GET /v1/claims')).body.claims
    return [claim?.clause, claim.up.downMs, claim.up.countedMs, claim.credit]
  }
  assert.deepEqual(await claimed(), ['msa/uptime', hour, 4 * hour, '1600000'])
  const excuse = { kind: 'excuse', supplier: 'acme', cause: 'maintenance', document: 'mail' }
  const order = { ...excuse, at: 1.5 * hour, until: 2 * hour }
  assert.equal((await home.ask('POST /v1/law/records', { body: order })).status, 200)
  assert.deepEqual(await claimed(), ['msa/uptime', 0, 2 * hour, null])
})

it('[AP38] the doctor warns of what can soon be claimed no more, and of no more', async (t) => {
  const warned = async (atMs: number) => {
    const home = await failing(t, atMs)
    const { checks } = (await home.ask('GET /v1/doctor')).body
    return checks.flatMap(({ name, text }: { name: string; text: string }) => {
      return /claims|contract/.test(name) ? [text] : []
    })
  }
  assert.deepEqual(await warned(400 * hour), ['none that is ours is near'])
  const [dates, claim] = await warned(1_400 * hour)
  assert.equal(dates, 'none that is ours is near')
  assert.match(
    claim,
    /^\$1\.60 may be claimed of acme until 1970-03-02; see .*msa\/uptime 1970-01`$/,
  )
})

it('[AP46] the doctor warns of what was promised and will not be used, with its day', async (t) => {
  const warned = async (clause: string, aheadMs = 0) => {
    const home = await house(t, aheadMs - Date.now())
    assert.equal((await home.apply(`${supplier}---\n${contractText('acme', clause)}`)).status, 200)
    const { checks } = (await home.ask('GET /v1/doctor')).body
    return checks.flatMap((each: { name: string; ok: boolean; text: string }) => {
      return each.name === 'commitments' ? [`${each.ok} ${each.text}`] : []
    })
  }
  const day = 24 * hour
  const spend =
    '  - { kind: spend_commit, id: spend, total: $90, to: 1970-06-01, warn: 10 days,' +
    ' milestones: [{ at: 1970-01-31, dollars: $50 }] }\n'
  const see = 'see `calumet contract burn-down`'
  assert.deepEqual(await warned(spend, 19 * day), [])
  assert.deepEqual(await warned(spend, 21 * day), [
    `false $34.00 of msa/spend will not be used by 1970-01-31, unless $3.78 a day is spent; ${see}`,
  ])
  const use =
    '  - { kind: take_or_pay, id: use, quantity: 1 accelerators, accelerator: H100,' +
    ' interval: month, price_per_hour: 1 }\n'
  assert.deepEqual(await warned(use, 3 * day), [])
  assert.deepEqual(await warned(use, 15.5 * day), [
    `false $712.00 of msa/use will not be used by 1970-02-01, unless $45.50 a day is spent; ${see}`,
  ])
})

it('[AP60] tells what was paid for and not used, made up, lost and at risk', async (t) => {
  const told = async (aheadMs: number) => {
    const home = await house(t, aheadMs - Date.now())
    const use = `  - { kind: take_or_pay, quantity: 12 accelerators, accelerator: H100,
      interval: hour, price_per_hour: 1, make_up_intervals: 2 }\n`
    assert.equal((await home.apply(`${supplier}---\n${contractText('acme', use)}`)).status, 200)
    const [row] = (await home.ask('GET /v1/commitments')).body.commitments
    const { exposure } = (await home.ask('GET /v1/exposure')).body
    return [...Object.values(row.credits), row.owed, exposure[0]?.held]
  }
  assert.deepEqual(await told(2.5 * hour), [12, 4, 0, 8, '12000000', '8000000'])
  assert.deepEqual(await told(4.5 * hour), [36, 4, 8, 24, '36000000', '24000000'])
})

it('[AP38] tells who charged more than the best price, and not whose that was', async (t) => {
  const home = await house(t, 400 * hour - Date.now())
  const bolt = { id: 'bolt/r9', supplier: 'bolt', rental: 'r9', pricePerHour: 4_000_000 }
  const at = { region: 'north' }
  const puts = [charge('r3', { ...at, id: 'acme/r3' }), charge('r9', { ...bolt, ...at })]
  for (const body of puts) {
    await home.put({ kind: 'charge', id: body.id, version: 0, live: false, body })
  }
  const best = `  - { kind: price, id: best, pricing: { form: mfn, comparators: [bolt] } }
`
  await home.apply(supplier)
  assert.equal((await home.apply(contract + best)).status, 200)
  const { claims } = (await home.ask('GET /v1/claims')).body
  const [{ proof, ...claim }] = claims
  assert.deepEqual([claim.clause, claim.credit, claim.up], ['msa/best', '4000000', null])
  assert.deepEqual(claim.evidence, ['acme/r3: $4.00 above the best price'])
  assert.ok(!JSON.stringify(claim).includes('bolt'))
  assert.match(proof.digest, /^[0-9a-f]{64}$/)
})

it('[AP38] compares with no price that may not be told, and tells us so', async (t) => {
  const home = await house(t, 400 * hour - Date.now())
  const bolt = { id: 'bolt/r9', supplier: 'bolt', rental: 'r9', pricePerHour: 4_000_000 }
  const at = { region: 'north' }
  for (const body of [charge('r3', { ...at, id: 'acme/r3' }), charge('r9', { ...bolt, ...at })]) {
    await home.put({ kind: 'charge', id: body.id, version: 0, live: false, body })
  }
  await home.apply(supplier)
  const best = '  - { kind: price, id: best, pricing: { form: mfn, comparators: [bolt] } }\n'
  assert.equal((await home.apply(contract + best)).status, 200)
  const order = contract.replace('name: msa', 'name: order').replace('with: acme', 'with: bolt')
  const nda = '  - { kind: confidentiality, id: nda, secrets: [prices] }\n'
  assert.equal((await home.apply(order + nda)).status, 200)
  const [claim] = (await home.ask('GET /v1/claims')).body.claims
  assert.deepEqual([claim.clause, claim.credit, claim.proof], ['msa/best', null, null])
  assert.deepEqual(claim.withheld, ['acme is not told the prices of order (order/nda)'])
  assert.deepEqual(claim.evidence, [])
})

it('[AP32] tells what budgets have left, by team, workload, supplier and in all', async (t) => {
  const home = await house(t, 3 * hour - Date.now())
  const unsure = lease('v.0.1', 0, 'unsure')
  assert.ok(unsure.kind === 'lease')
  // Nobody knows what came of it: $20 an hour at most, since two hours ago.
  const asked = { workload: 'v', run: 'v.0', calls: 1, intendedAt: hour }
  await home.put({ ...unsure, body: { ...unsure.body, ...asked } })
  const open = charge('r3', { ...{ id: 'bolt/r3', supplier: 'bolt', workload: 'x' }, to: null })
  await home.put({ kind: 'charge', id: open.id, version: 0, live: true, body: open })
  const policy = `kind: Policy
name: house
budgets:
  - { team: nlp, amount: $100, per: year }
  - { workload: v, amount: $100, per: month }
  - { supplier: acme, amount: $100, per: day }
  - { supplier: bolt, amount: $7, per: day }
  - { amount: $50, per: day }
`
  assert.equal((await home.apply(policy)).status, 200)
  const { budgets } = (await home.ask('GET /v1/cost')).body
  const told = budgets.map((purse: Record<string, number | string>) => {
    const { of, name, per, amount, spent, left } = purse
    assert.equal(Number(spent) + Number(left), amount)
    // A little less is left after each second that this takes.
    return `${of} ${name} ${per}: ${Math.ceil(Number(left) / 1e6)}`
  })
  assert.deepEqual(told, [
    'team nlp year: 92',
    'workload v month: 52',
    'supplier acme day: 44',
    'supplier bolt day: -9',
    'everything  day: -22',
  ])
})

it('[CL73] the doctor warns before a guarantor stands for less than is held', async (t) => {
  const warned = async (days: number, limits = '') => {
    const home = await house(t, days * 24 * hour - Date.now())
    const held = `  - { kind: prepay, id: ahead, form: prepay, amount: $100, paid: 1970-01-01 }
  - { kind: credit_support, id: bank, guarantor: bank, amount: $90, to: 1970-07-01 }
`
    const policy = `kind: Policy\nname: house\n${limits}`
    const all = [supplier, contractText('acme', held), policy].join('---\n')
    assert.equal((await home.apply(all)).status, 200)
    const { checks } = (await home.ask('GET /v1/doctor')).body
    return checks.flatMap((each: { name: string; ok: boolean; text: string }) => {
      return each.name === 'exposure' ? [`${each.ok} ${each.text}`] : []
    })
  }
  const lapse = 'false bank stands for acme until 1970-07-01 (msa/bank)'
  const see = 'see `calumet contract exposure`'
  assert.deepEqual(await warned(90), [])
  assert.deepEqual(await warned(91), [
    `${lapse}; then acme holds $84.00 of ours without support; ${see}`,
  ])
  assert.deepEqual(await warned(91, 'exposure_limits: [{ supplier: acme, max: $50 }]\n'), [
    `${lapse}; then acme holds $84.00 of ours without support, and may hold $50.00; ${see}`,
  ])
  assert.deepEqual(await warned(181), [])
})

it('[CL50] [OP32] tells what a supplier holds of ours, and warns of too much', async (t) => {
  const home = await house(t, 3 * hour - Date.now())
  await home.apply(supplier)
  const held = `  - { kind: prepay, id: ahead, form: prepay, amount: $100, paid: 1970-01-01 }
  - { kind: credit_support, id: bank, guarantor: bank, amount: $20 }
`
  assert.equal((await home.apply(contractText('acme', held))).status, 200)
  const told = async (limit: string) => {
    const limits = limit === '' ? '' : `exposure_limits: [{ supplier: acme, max: ${limit} }]\n`
    assert.equal((await home.apply(`kind: Policy\nname: house\n${limits}`)).status, 200)
    const { exposure } = (await home.ask('GET /v1/exposure')).body
    const { checks } = (await home.ask('GET /v1/doctor')).body
    const warned = checks.flatMap(({ text }: { text: string }) =>
      /holds/.test(text) ? [text] : [],
    )
    return [exposure, warned]
  }
  // Sixteen dollars of it were used.
  const mayCome = { worst: '0', expected: '0', until: null, capacity: [] }
  const sums = { held: '84000000', supported: '20000000', atRisk: '64000000', mayCome }
  const amounts = { supplier: 'acme', ...sums }
  assert.deepEqual(await told(''), [[{ ...amounts, limit: null }], []])
  assert.deepEqual(await told('$64'), [[{ ...amounts, limit: '64000000' }], []])
  assert.deepEqual(await told('$63'), [
    [{ ...amounts, limit: '63000000' }],
    ['acme holds $64.00 of ours, and may hold $63.00; see `calumet contract exposure`'],
  ])
  // What was signed before is not refused for what is allowed now.
  const low = 'kind: Policy\nname: house\nexposure_limits: [{ supplier: acme, max: $9 }]\n'
  assert.equal((await home.apply(`${contractText('acme', held)}---\n${low}`)).status, 200)
  // What was used of the first is held no more, and counts for no new one either.
  const more = `${held}  - { kind: prepay, id: more, form: prepay, amount: $1, paid: 1970-01-01 }\n`
  const signed = await home.apply(contractText('acme', more))
  refused(signed, 409, 'conflict', /acme would hold \$65\.00 of ours/)
  const second = '  - { kind: prepay, id: more, form: prepay, amount: $2, paid: 1970-01-01 }\n'
  const order = contractText('acme', second).replace('name: msa', 'name: order')
  refused(await home.apply(order), 409, 'conflict', /acme would hold \$66\.00 of ours/)
})

it('[AP33] takes an invoice once and whole, and compares it', async (t) => {
  const home = await house(t)
  await home.apply(supplier)
  const text = 'invoice,rental,amount,currency,from,to\nI7,r1,9,USD,1970-01-01,1970-02-01\n'
  const body = { supplier: 'acme', file: 'i7.csv', text }
  const wrong = { ...body, text: text.replace('USD', 'EUR') }
  const faulty = await home.ask('POST /v1/invoices', { body: wrong })
  refused(faulty, 400, 'invalid')
  assert.deepEqual([faulty.body.faults[0].line, faulty.body.faults[0].found], [2, 'EUR'])
  const taken = await home.ask('POST /v1/invoices', { body })
  assert.deepEqual(
    taken.body.comparison.map((row: { line: number; rental: string; verdict: string }) => {
      return `${row.line} ${row.rental} ${row.verdict}`
    }),
    ['null r2 not billed', '2 r1 dearer'],
  )
  const again = await home.ask('POST /v1/invoices', { body })
  refused(again, 409, 'conflict', /I7 of acme is here already, .*; see `calumet invoice compare/)
  assert.deepEqual((await home.ask('GET /v1/invoices/acme/I7')).body, taken.body)
  assert.equal((await home.ask('GET /v1/invoices')).body.invoices.length, 1)
  refused(await home.ask('GET /v1/invoices/acme/I8'), 404, 'not-found')
})

it('[AP33] [FO8] holds what is asked for a promise against what is owed', async (t) => {
  const home = await house(t, Date.parse('1970-02-10') - Date.now())
  await home.apply(supplier)
  const block = `  - { kind: take_or_pay, id: block, quantity: 1 accelerators, accelerator: H100,
      price_per_hour: 1.00, interval: month }`
  await home.apply(contract.replace(/ {2}- .*/, block))
  // Sixteen of the 744 hours of January were used.
  const text = `invoice,commitment,amount,currency,from,to
I7,msa/block,728,USD,1970-01-01,1970-02-01
`
  const body = { supplier: 'acme', file: 'i7.csv', text }
  const { comparison } = (await home.ask('POST /v1/invoices', { body })).body
  const [asked] = comparison.filter(({ clause }: Asked) => clause !== null)
  assert.deepEqual([asked.clause, asked.verdict, asked.charged], ['msa/block', 'same', 728_000_000])
  const { rows } = (await home.ask('GET /v1/focus/cost-and-usage?month=1970-01')).body
  const unused = rows.filter(({ PricingUnit }: Asked) => PricingUnit === 'Shortfalls')
  assert.deepEqual(
    unused.map(({ InvoiceId, BilledCost }: Asked) => [InvoiceId, BilledCost]),
    [['I7', '728']],
  )
})

it('[AP33] [AP34] [FO10] what is billed comes to the invoice, and FOCUS has it all', async (t) => {
  const home = await house(t, Date.parse('1970-02-10') - Date.now())
  await home.apply(supplier)
  await home.apply('kind: Supplier\nname: bolt\nurl: http://bolt\n')
  const ahead = '  - { kind: prepay, id: ahead, form: prepay, amount: $5, paid: 1970-01-01 }\n'
  assert.equal((await home.apply(contractText('acme', ahead))).status, 200)
  const january = 'USD,1970-01-01,1970-02-01\n'
  const text = `invoice,rental,commitment,category,amount,currency,from,to
I7,r1,,Usage,3,${january}I7,r2,,Usage,9.50,${january}I7,,msa/ahead,Purchase,5,${january}`
  const taken = await home.ask('POST /v1/invoices', {
    body: { supplier: 'acme', file: 'i7.csv', text },
  })
  const told = (rows: readonly Told[]) =>
    rows.map(({ line, verdict, billed, charged }) => {
      return `${line} ${verdict} ${billed / 1e6} of ${charged / 1e6}`
    })
  assert.deepEqual(told(taken.body.comparison), [
    '3 dearer 9.5 of 8',
    '2 same 3 of 3',
    '4 same 5 of 5',
  ])
  const others = { supplier: 'bolt', file: 'b.csv', text: text.replaceAll('I7', 'B1') }
  const bolts = (await home.ask('POST /v1/invoices', { body: others })).body.comparison
  assert.deepEqual(
    bolts.map(({ verdict }: Told) => verdict),
    ['not ours', 'not ours', 'not ours'],
  )
  const again = { supplier: 'acme', file: 'i8.csv', text: text.replaceAll('I7', 'I8') }
  const [twice] = (await home.ask('POST /v1/invoices', { body: again })).body.comparison
  assert.deepEqual([twice.verdict, twice.before], ['billed twice', 'I7'])
  const table = async (dataset: 'cost-and-usage' | 'invoice-detail') => {
    const { rows } = (await home.ask(`GET /v1/focus/${dataset}?month=1970-01`)).body
    return focusCsv(dataset, rows)
  }
  const [charged, asked] = [await table('cost-and-usage'), await table('invoice-detail')]
  assert.deepEqual(checkFocus('cost-and-usage', charged, asked), [])
  assert.deepEqual(checkFocus('invoice-detail', asked), [])
})

interface Told {
  readonly line: number
  readonly verdict: string
  readonly billed: number
  readonly charged: number
}

interface Asked {
  readonly clause?: string | null
  readonly PricingUnit?: string
  readonly InvoiceId?: string
  readonly BilledCost?: string
}

it('[AP34] tells FOCUS, of all time or one month', async (t) => {
  const home = await house(t)
  const rows = async (query: string) =>
    (await home.ask(`GET /v1/focus/cost-and-usage${query}`)).body.rows.length
  assert.equal(await rows(''), 2)
  assert.equal(await rows('?month=1970-01'), 2)
  assert.equal(await rows('?month=1970-02'), 0)
  refused(await home.ask('GET /v1/focus/cost-and-usage?month=1970-13'), 400, 'invalid')
})

it('[AP35] opens and moves no right that is not there', async (t) => {
  const home = await house(t)
  assert.deepEqual((await home.ask('GET /v1/rights')).body, { rights: [] })
  const offer = { workload: 'w', offer: 'acme/nothing' }
  const opened = await home.ask('POST /v1/rights', { body: offer })
  refused(opened, 400, 'invalid', /acme\/nothing is not for sale/)
  const body = { id: 'msa/first/w', move: { event: 'decline' } }
  refused(await home.ask('POST /v1/rights/decision', { body }), 400, 'invalid', /there is no case/)
  const token = await home.token('writer')
  refused(await home.ask('POST /v1/rights/decision', { body, token }), 403, 'forbidden')
})
