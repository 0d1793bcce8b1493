/** Jobs and services: what is submitted, planned, looked at and deleted. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lease, run } from '../../testing/ledger-rows.ts'
import { job, refused, type Stage, stage } from '../stage.test.ts'

const supplier = (url: string) => `kind: Supplier
name: acme
url: ${url}
token: { env: ACME_TOKEN }
class: A
`
const policy = (price: string) => `kind: Policy\nname: fleet\nmax_price: ${price}\n`
const fleet = [supplier('https://acme.example'), policy('500.00'), job('train')].join('---\n')
const dearer = [supplier('https://acme.example/v2'), policy('600.00'), job('train', 'priority: 9')]

/** What applying answers, and before that what planning said it would. */
async function changes({ ask, apply }: Stage, text: string): Promise<readonly string[]> {
  const body = { documents: [{ file: 'a.yaml', text }] }
  const planned = await ask('POST /v1/plan', { body })
  const applied = await apply(text)
  assert.deepEqual(planned.body.changes, applied.body.results)
  return applied.body.results.map(
    ({ kind, change, generation }: Record<string, unknown>) => `${kind} ${change} ${generation}`,
  )
}

describe('[AP14] plan and apply say of every kind what changed', () => {
  it('created, then unchanged, then changed', async (t) => {
    const home = await stage(t)
    const all = (what: string) => ['Supplier', 'Policy', 'Job'].map((kind) => `${kind} ${what}`)
    assert.deepEqual(await changes(home, fleet), all('created 1'))
    assert.deepEqual(await changes(home, fleet), all('unchanged 1'))
    assert.deepEqual(await changes(home, dearer.join('---\n')), all('changed 2'))
  })

  it('created again, once it is over', async (t) => {
    const home = await stage(t)
    await changes(home, job('train'))
    const row = await home.ledger.get('workload', 'train')
    assert.ok(row)
    await home.put({ ...row, live: false, body: { ...row.body, state: 'succeeded' } })
    assert.deepEqual(await changes(home, job('train')), ['Job created 1'])
  })

  it('a plan of nothing new is the one of what is there', async (t) => {
    const home = await stage(t)
    await home.apply(job('train'))
    const { status, body } = await home.ask('POST /v1/plan', { body: {} })
    assert.deepEqual([status, body.changes, body.unmet], [200, [], ['train.0']])
    const { body: beside } = await home.ask('POST /v1/plan', {
      body: { documents: [{ file: 'a.yaml', text: job('train') }] },
    })
    assert.deepEqual([body.reasons, body.actions], [beside.reasons, beside.actions])
  })

  it('a plan with what it would buy changes nothing', async (t) => {
    const home = await stage(t)
    await home.apply(supplier('https://acme.example'))
    home.run()
    await home.clock.until('an offer', 60_000, () => home.operator.offers().length > 0)
    const documents = [{ file: 'a.yaml', text: job('train') }]
    const { actions, unmet, ...price } = (await home.ask('POST /v1/plan', { body: { documents } }))
      .body
    assert.deepEqual(
      actions.map(({ do: verb, offer }: Record<string, string>) => `${verb} ${offer}`),
      ['acquire h100x8'],
    )
    assert.deepEqual([unmet, price.pricePerHourNow, price.pricePerHourThen], [[], 0, 10_000_000])
    assert.deepEqual(await home.ledger.list('workload', { all: true }), [])
    assert.deepEqual(home.acme.orders, [])
  })

  it('[AP43] whoever came after the last plan is told what it leaves', async (t) => {
    const home = await stage(t)
    await home.apply(supplier('https://acme.example'))
    home.run()
    await home.clock.until('an offer', 60_000, () => home.operator.offers().length > 0)
    await home.apply(job('first'))
    await home.clock.until('a plan', 60_000, async () => {
      return (await home.ledger.read()).rows.plan.length > 0
    })
    // As in the moment between a submission and the next turn.
    const [row] = (await home.ledger.read()).rows.workload
    assert.ok(row)
    const body = { ...row.body, spec: { ...row.body.spec, name: 'late' } }
    await home.put({ ...row, id: 'late', version: 0, body } as never)
    const { reasons } = (await home.ask('GET /v1/workloads/late/why')).body
    assert.match(reasons[0].text, /^acme\/h100x8 was chosen/)
  })

  it('a run that nothing fits stays unmet', async (t) => {
    const { ask } = await stage(t)
    const body = { documents: [{ file: 'a.yaml', text: job('train') }] }
    assert.deepEqual((await ask('POST /v1/plan', { body })).body.unmet, ['train.0'])
  })

  it('of a submission with a fault nothing is taken', async (t) => {
    const { apply, ledger } = await stage(t)
    const answer = await apply(`${job('train')}---\n${job('other', 'gpus: 8')}`)
    refused(answer, 400, 'invalid', /^a fault in what was submitted, the first at a\.yaml:10:1$/)
    const [{ path, meant: _, ...place }] = answer.body.faults
    assert.deepEqual([path, place.line, place.column], ['$.gpus', 10, 1])
    assert.deepEqual(await ledger.list('workload', { all: true }), [])
  })
})

describe('[AP15] a submission is taken once for each key', () => {
  it('of a hundred at the same time', async (t) => {
    const { apply, ledger } = await stage(t)
    const key = { 'idempotency-key': 'once' }
    const hundred = Array.from({ length: 100 }, () => apply(job('train'), key))
    const answers = new Set((await Promise.all(hundred)).map(({ status, text }) => status + text))
    assert.equal(answers.size, 1)
    assert.match([...answers][0] ?? '', /^200.*"created"/)
    const events = await ledger.events({ workload: 'train' })
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['workload.submitted'],
    )
  })

  it('and never another one under the same key', async (t) => {
    const { apply, ledger } = await stage(t)
    const key = { 'idempotency-key': 'once' }
    await apply(job('train'), key)
    refused(await apply(job('other'), key), 422, 'key-reused', /use a new key$/)
    assert.equal(await ledger.get('workload', 'other'), null)
  })

  it('but keys of different tokens are different keys', async (t) => {
    const { ask, apply, token } = await stage(t)
    await apply(job('train'), { 'idempotency-key': 'once' })
    const body = { documents: [{ file: 'b.yaml', text: job('other') }] }
    const headers = { 'idempotency-key': 'once' }
    const answer = await ask('POST /v1/apply', { body, headers, token: await token('writer') })
    assert.equal(answer.status, 200, answer.text)
  })

  it('and a key that is none is refused', async (t) => {
    const { apply } = await stage(t)
    for (const key of ['', 'a b', 'x'.repeat(201)]) {
      refused(await apply(job('train'), { 'idempotency-key': key }), 400, 'invalid', /^headers /)
    }
  })
})

describe('[AP16] a job or service', () => {
  const drawing = `
    job train H100:8
    lease train.0.1 ready at acme/h100x8 for $20
    run train.0 running epoch 1 on train.0.1`

  it('is shown with its runs, leases, events and reasons', async (t) => {
    const home = await stage(t)
    await home.draw(drawing)
    const { workload, leases, reasons } = (await home.ask('GET /v1/workloads/train')).body
    assert.deepEqual([workload.state, workload.wants], ['running', 'H100:8'])
    assert.equal(workload.runs[0].supplier, 'acme')
    assert.deepEqual([leases[0].id, leases[0].pricePerHour], ['train.0.1', 20_000_000])
    assert.deepEqual(reasons, [])
    assert.deepEqual((await home.ask('GET /v1/workloads/train/why')).body.reasons, [])
  })

  it('is told why it waits', async (t) => {
    const home = await stage(t)
    await home.apply(job('train'))
    home.run()
    const why = async () => (await home.ask('GET /v1/workloads/train/why')).body.reasons
    await home.clock.until('a plan', 60_000, async () => (await why()).length > 0)
    assert.match((await why())[0].text, /no supplier/)
  })

  it('is deleted once, and then a name is free only when it is gone', async (t) => {
    const home = await stage(t)
    await home.apply(job('train'))
    const gone = { name: 'train', state: 'deleting' }
    assert.deepEqual((await home.ask('DELETE /v1/workloads/train')).body, gone)
    assert.deepEqual((await home.ask('DELETE /v1/workloads/train')).body, gone)
    refused(await home.apply(job('train')), 409, 'conflict', /^train is being deleted/)
    refused(await home.ask('DELETE /v1/workloads/nobody'), 404, 'not-found')
    const events = await home.ledger.events({ workload: 'train' })
    assert.equal(events.filter(({ kind }) => kind === 'workload.deleting').length, 1)
  })

  it('is still known when it is over', async (t) => {
    const home = await stage(t)
    await home.draw(drawing)
    for (const [kind, id] of [
      ['workload', 'train'],
      ['run', 'train.0'],
      ['lease', 'train.0.1'],
    ] as const) {
      const row = await home.ledger.get(kind, id)
      assert.ok(row)
      const state = { workload: 'succeeded', run: 'done', lease: 'gone' }[kind]
      await home.put({ ...row, live: false, body: { ...row.body, state, attempts: 1 } } as never)
    }
    assert.deepEqual((await home.ask('GET /v1/workloads')).body.workloads, [])
    const [workload] = (await home.ask('GET /v1/workloads?all=true')).body.workloads
    assert.deepEqual([workload.state, workload.runs[0].state], ['succeeded', 'done'])
    const { leases } = (await home.ask('GET /v1/workloads/train')).body
    assert.deepEqual([leases.length, leases[0]?.state], [1, 'gone'])
  })
})

it('[AP17] lists come in order, page by page, and nothing twice', async (t) => {
  const home = await stage(t)
  const names = ['a', 'b', 'c', 'd', 'e']
  await home.apply(names.map((name) => job(name)).join('---\n'))
  await home.put(
    run('w.0', 0, 'running'),
    ...names.map((name) => lease(name, 0, name < 'd' ? 'held' : 'gone')),
  )
  async function pages(path: string, key: 'name' | 'id'): Promise<readonly string[]> {
    const seen: string[] = []
    for (let after = ''; ; after = `&after=${seen.at(-1)}`) {
      const { body } = await home.ask(`GET ${path}&limit=2${after}`)
      const [rows] = Object.values(body) as Record<string, string>[][]
      seen.push(...(rows ?? []).map((row) => row[key] ?? ''))
      if ((rows?.length ?? 0) < 2) return seen
    }
  }
  assert.deepEqual(await pages('/v1/workloads?', 'name'), names)
  assert.deepEqual(await pages('/v1/workloads?all=true', 'name'), names)
  assert.deepEqual(await pages('/v1/leases?', 'id'), ['a', 'b', 'c'])
  assert.deepEqual(await pages('/v1/leases?all=true', 'id'), names)
})
