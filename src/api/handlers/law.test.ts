/** Contracts as people ask for them: what binds, what comes, and what was set aside. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { readSpecs } from '../../core/spec/read.ts'
import { contractPut, isContract } from '../../operate/law/take.ts'
import { type Answer, contractText, job, refused, stage } from '../stage.test.ts'

const contract = (clauses: string) => ({
  documents: [
    {
      file: 'msa.yaml',
      text: contractText('acme', clauses),
    },
  ],
})
const alone = contract(
  '  - { kind: exclusivity, id: alone, repealed: { by: later, on: 2050-01-01 } }',
)

it('[AP27] contracts are told in words, of any day, with every date ahead', async (t) => {
  const { ask } = await stage(t)
  const taken = await ask('POST /v1/apply', { body: alone })
  assert.equal(taken.status, 409, 'what repeals it is not there')
  const body = contract('  - { kind: exclusivity, id: alone, to: 2050-01-01 }')
  assert.equal((await ask('POST /v1/apply', { body })).status, 200)
  const { contracts } = (await ask('GET /v1/contracts')).body as Told
  assert.deepEqual(
    contracts?.map(({ name, generation }) => [name, generation]),
    [['msa', 1]],
  )
  const silence = async (at: string) => {
    const { clauses } = (await ask(`GET /v1/law?at=${Date.parse(at)}`)).body as Told
    return clauses?.map(({ clause, silent }) => [clause, silent])
  }
  assert.deepEqual(await silence('2040-01-01'), [['msa/alone', null]])
  assert.deepEqual(await silence('2060-01-01'), [['msa/alone', 'ended on 2050-01-01']])
  const { dates } = (await ask('GET /v1/law/dates')).body as Told
  assert.deepEqual(
    dates?.map(({ what }) => what),
    ['exclusivity ends'],
  )
  assert.deepEqual((await ask('GET /v1/law/gaps')).body, {
    ...{ contradictions: [], warnings: [] },
    gaps: [{ clause: 'msa/alone', assumed: [], confidence: 'unverified' }],
  })
})

it('[AP50] the law of another day is asked about what is for sale now', async (t) => {
  const home = await stage(t)
  const acme =
    'kind: Supplier\nname: acme\nurl: https://acme.example\nclass: A\nrelations: [rival]\n'
  const alone = contractText('bolt', '  - { kind: exclusivity, id: alone, to: 2050-01-01 }')
  await home.apply([acme, alone, job('train')].join('\n---\n'))
  home.run()
  await home.clock.until('an offer', 60_000, () => home.operator.offers().length > 0)
  const asked = async (date: string) => {
    return (await home.ask(`GET /v1/workloads/train/why?at=${Date.parse(date)}`)).body.verdicts
  }
  const [barred] = await asked('2049-12-31')
  assert.equal(barred?.bar?.clause, 'msa/alone')
  const [free] = await asked('2050-01-01')
  const known = { standing: 'active', relations: ['rival'], bar: null, says: [] }
  assert.deepEqual(free, { offer: 'acme/h100x8', ...known })
})

it('[AP21] the doctor names the next date of a contract that is ours', async (t) => {
  const { ask } = await stage(t)
  const told = async () => {
    const { checks } = (await ask('GET /v1/doctor')).body as Told
    const found = checks?.find(({ name }) => name === 'contract dates')
    return [found?.ok, found?.text]
  }
  assert.deepEqual(await told(), [true, 'none that is ours is near'])
  const soon = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10)
  const end = `  - { kind: term_end, id: end, notice: 30 days, to: ${soon} }`
  await ask('POST /v1/apply', { body: contract(end) })
  const [ok, text] = await told()
  assert.equal(ok, false)
  assert.match(text as string, /\(msa\/end\).*; see `calumet contract calendar`$/)
})

it('[AP27] a plan of what contradicts itself is refused as its submission is', async (t) => {
  const { ask } = await stage(t)
  const told = /^msa\/alone: no contract later repeals it; add that contract$/
  refused(await ask('POST /v1/plan', { body: alone }), 409, 'conflict', told)
})

/** What a plan of this text is refused for, a line for each place. */
function placesOf(answer: Answer): readonly string[] {
  refused(answer, 409, 'conflict')
  return answer.body.faults.map((each: { line: number; column: number; found: string }) => {
    return `${each.line}:${each.column} ${each.found}`
  })
}

const sole = '  - { kind: exclusivity, id: alone }\n'
const pair = (name: string, party: string, clauses: string) =>
  contractText(party, clauses).replace('name: msa', `name: ${name}`)

it('[AP45] every contradiction is told, at both clauses where they are at hand', async (t) => {
  const { ask, apply } = await stage(t)
  const first = sole
  const more = `  - { kind: exclusivity, id: alone }
  - kind: expansion_option
    id: more
    quantity: 1 GW
    accelerator: H100
    strike_per_hour: 1
    term: 9 days
`
  const text = `${pair('one', 'acme', first)}---\n${pair('two', 'bolt', more)}`
  const plan = (body: string) => {
    return ask('POST /v1/plan', { body: { documents: [{ file: 'a.yaml', text: body }] } })
  }
  const both = 'acme and bolt are both promised the same alone'
  assert.deepEqual(placesOf(await plan(text)), [
    `11:5 ${both}, beside two/alone at a.yaml:23:5`,
    `23:5 ${both}, beside one/alone at a.yaml:11:5`,
    '26:15 nobody says how many H100 come to 1 GW',
  ])
  assert.deepEqual(placesOf(await apply(text)), placesOf(await plan(text)))
  assert.equal((await apply(pair('one', 'acme', first))).status, 200)
  assert.deepEqual(placesOf(await plan(pair('two', 'bolt', more))), [
    `11:5 ${both}, beside one/alone, which is there`,
    '14:15 nobody says how many H100 come to 1 GW',
  ])
})

it('[AP45] contracts can be checked before they are submitted', async (t) => {
  const { ask, apply } = await stage(t)
  await apply(pair('one', 'acme', sole))
  const check = (text: string) => {
    return ask('POST /v1/law/check', { body: { documents: [{ file: 'a.yaml', text }] } })
  }
  const right = '  - { kind: rofo, id: ask, scope: { product: chat, workload: train } }\n'
  const { body } = await check(`${pair('two', 'bolt', right)}---\n${job('nlp', 'product: api\n')}`)
  assert.deepEqual(body.contradictions, [])
  assert.deepEqual(body.warnings, [
    'two/ask: no workload is known that fits In train; correct it; known are nlp',
    'two/ask: no product is known that fits In chat; correct it; known are api',
  ])
  assert.deepEqual(
    body.gaps.map(({ clause }: { clause: string }) => clause),
    ['one/alone', 'two/ask'],
  )
  assert.equal(placesOf(await check(pair('two', 'bolt', '  - { kind: exclusivity }\n'))).length, 1)
  const now = (await ask('GET /v1/law/gaps')).body
  assert.deepEqual([now.contradictions, now.warnings, now.gaps.length], [[], [], 1])
})

it('[AP45] what contradicts already is told, and holds up no other contract', async (t) => {
  const { ledger, ask, apply } = await stage(t)
  const text = `${pair('one', 'acme', sole)}---\n${pair('two', 'bolt', sole)}`
  const { specs } = readSpecs(text, 'a.yaml', { canonical: (name) => name, knownAccelerators: [] })
  await ledger.commit({
    puts: specs.filter(isContract).map(({ spec }) => contractPut(spec)),
    events: [],
  })
  const told = /^one\/alone and two\/alone: acme and bolt are both promised the same alone/
  const { checks } = (await ask('GET /v1/doctor')).body as Told
  const found = checks?.find(({ name }) => name === 'contradictions')
  assert.equal(found?.ok, false)
  assert.match(found?.text as string, told)
  const check = async (body: string) => {
    const answer = await ask('POST /v1/law/check', {
      body: { documents: [{ file: 'a.yaml', text: body }] },
    })
    return [answer.body.contradictions, answer.body.warnings]
  }
  const three = pair('three', 'acme', '  - { kind: term_end, id: end, notice: 9 days }\n')
  const [none, warned] = await check(three)
  assert.deepEqual([none, warned.length], [[], 1])
  assert.match(warned[0], told)
  // Asked about one of the two, it says so; that it is there already makes it no better.
  const [ours, others] = await check(pair('one', 'acme', sole))
  assert.deepEqual([ours.length, others], [1, []])
  assert.equal((await apply(three)).status, 200)
})

it('[AP42] a plan warns of a notice that could not be given', async (t) => {
  const { apply, ask } = await stage(t)
  const right = '  - { kind: rofr, id: first, disclose: [price_per_hour] }\n'
  assert.equal((await apply(pair('one', 'acme', right))).status, 200)
  const text = pair('two', 'bolt', '  - { kind: confidentiality, id: nda, secrets: [prices] }\n')
  const planned = await ask('POST /v1/plan', { body: { documents: [{ file: 'a.yaml', text }] } })
  const told = /^one\/first and two\/nda: acme is to be told price_per_hour of what bolt sells/
  assert.equal(planned.body.warnings.length, 1)
  assert.match(planned.body.warnings[0], told)
  await apply(text)
  assert.match((await ask('GET /v1/law/gaps')).body.warnings[0], told)
})

it('[AP42] a plan warns of a scope that nothing known fits, until it is in force', async (t) => {
  const { ask, apply } = await stage(t)
  const asking = (scope: string) => {
    const clause = `  - { kind: rofo, id: ask, window: 5 days, scope: { ${scope} } }`
    return contract(clause)
      .documents.map(({ text }) => text)
      .join()
  }
  const warned = async (scope: string, more = '') => {
    const body = { documents: [{ file: 'a.yaml', text: `${asking(scope)}${more}` }] }
    return (await ask('POST /v1/plan', { body })).body.warnings
  }
  const bolt = 'kind: Supplier\nname: bolt\nurl: http://bolt\n'
  // A party and a supplier of the same files are known.
  assert.deepEqual(await warned('supplier: [acme]'), [])
  assert.deepEqual(await warned('supplier: [acme], region: mars, product: chat'), [
    'msa: no product and no region is known here yet, so that nobody can tell a slip in its ' +
      'scopes; look at them again once there is one',
  ])
  assert.deepEqual(await warned('supplier: bolt', `\n---\n${bolt}`), [])
  const nobody = 'msa/ask: no supplier is known that fits In bolt; correct it; known are acme'
  assert.deepEqual(await warned('supplier: bolt'), [nobody])
  await apply(`${bolt}jurisdictions: { us-east: us }\nhosts: { eu: [core] }\n`)
  assert.deepEqual(await warned('supplier: core, region: { starts_with: us }'), [])
  const mars = 'msa/ask: no region is known that fits In mars; correct it; known are eu, us-east'
  assert.deepEqual(await warned('region: mars'), [mars])
  await apply(asking('region: mars'))
  assert.deepEqual(await warned('region: mars'), [], 'what is in force is no news')
  const standing = async () => {
    const { checks } = (await ask('GET /v1/doctor')).body as Told
    const found = checks?.find(({ name }) => name === 'scopes')
    return [(await ask('GET /v1/law/gaps')).body.warnings, found?.ok, found?.text]
  }
  assert.deepEqual(await standing(), [[mars], true, `${mars}; see \`calumet contract check\``])
  await apply(`${bolt}jurisdictions: { mars: us }\n`)
  assert.deepEqual(await standing(), [[], true, 'each names something that is known'])
})

it('[AP42] a plan warns of a clause that is only left out, and a check goes on', async (t) => {
  const { ask, apply } = await stage(t)
  await apply(contractText('acme', sole))
  const text = contractText('acme', '  - { kind: term_end, id: end, notice: 9 days }\n')
  const told = /^msa\/alone: msa says it no more, and it binds on; write it once more, with repeal/
  const planned = await ask('POST /v1/plan', { body: { documents: [{ file: 'a.yaml', text }] } })
  assert.match(planned.body.warnings[0], told)
  assert.deepEqual((await ask('GET /v1/law/gaps')).body.warnings, [])
  await apply(text)
  assert.match((await ask('GET /v1/law/gaps')).body.warnings[0], told)
})

it('[AP42] a slip in a scope is refused with its place, unless it is to come', async (t) => {
  const home = await stage(t)
  const { ask, apply } = home
  await apply('kind: Supplier\nname: acme\nurl: https://acme.example\nclass: A\n')
  home.run()
  await home.clock.until('an offer', 60_000, () => home.operator.offers().length > 0)
  const [region = ''] = home.operator.offers().map((each) => each.region)
  const slip = `${region}x`
  const text = contractText('bolt', `  - kind: exclusivity\n    scope: { region: ${slip} }\n`)
  const body = { documents: [{ file: 'a.yaml', text }] }
  const told = [`12:22 no region is known by the name of ${slip}`]
  for (const door of ['POST /v1/apply', 'POST /v1/plan', 'POST /v1/law/check'] as const) {
    assert.deepEqual(placesOf(await ask(door, { body })), told)
  }
  const meant = text.replace('source:', `coming: [${slip}]\nsource:`)
  assert.equal((await apply(meant)).status, 200)
  // It is told until there is such a region, or the contract says another one.
  const { warnings } = (await ask('GET /v1/law/gaps')).body
  assert.ok(warnings[0].startsWith(`msa/exclusivity: no region is known that fits In ${slip};`))
})

it('[AP28] an override names two persons before it is in force', async (t) => {
  const { ask, token } = await stage(t)
  await ask('POST /v1/apply', { body: contract('  - { kind: exclusivity, id: alone }') })
  const body = {
    ...{ clause: 'msa/alone', kind: 'override', reason: 'no space' },
    until: Date.parse('2090-01-01'),
  }
  const waived = async (secret?: string) => {
    const answer = await ask('POST /v1/waivers', { body, ...(secret && { token: secret }) })
    const { waiver } = answer.body as Told
    return [waiver?.by.length, waiver?.isInForce]
  }
  assert.deepEqual(await waived(), [1, false])
  assert.deepEqual(await waived(), [1, false])
  // A second token of the same person is no second person.
  const spare = { name: 'spare', role: 'admin', person: 'bootstrap', expiresInMs: null }
  const { secret } = (await ask('POST /v1/tokens', { body: spare })).body
  assert.deepEqual(await waived(secret), [1, false])
  assert.deepEqual(await waived(await token('admin')), [2, true])
  const other = { ...body, clause: 'msa/none' }
  refused(await ask('POST /v1/waivers', { body: other }), 400, 'invalid', /there are msa\/alone$/)
})

it('[AP28] [AP36] what happened is noted by an admin, with its paper', async (t) => {
  const { ask } = await stage(t)
  await ask('POST /v1/apply', { body: contract('  - { kind: rofo, id: offer, window: 5 days }') })
  const body = {
    ...{ kind: 'first-look', clause: 'msa/offer', at: 0, releasedAt: null },
    document: 'letter 8',
  }
  const { record } = (await ask('POST /v1/law/records', { body })).body as Told
  assert.equal(record?.id, 'f1')
  const { records } = (await ask('GET /v1/law/records')).body as Told
  assert.deepEqual(records, [record])
  // By whom it was noted is a person, and not one of the tokens of theirs.
  const desk = { name: 'desk', role: 'admin', person: 'ann', expiresInMs: null }
  const { secret } = (await ask('POST /v1/tokens', { body: desk })).body
  const noted = await ask('POST /v1/law/records', { body: { ...body, at: 1 }, token: secret })
  assert.equal(noted.body.record.by, 'ann')
  const none = { ...body, clause: 'msa/none' }
  refused(
    await ask('POST /v1/law/records', { body: none }),
    400,
    'invalid',
    /there are msa\/offer$/,
  )
})

interface Told {
  readonly checks?: readonly {
    readonly name: string
    readonly ok: boolean
    readonly text: string
  }[]
  readonly record?: { readonly id: string }
  readonly records?: readonly unknown[]
  readonly contracts?: readonly { readonly name: string; readonly generation: number }[]
  readonly clauses?: readonly { readonly clause: string; readonly silent: string | null }[]
  readonly dates?: readonly { readonly what: string }[]
  readonly waiver?: { readonly by: readonly string[]; readonly isInForce: boolean }
}
