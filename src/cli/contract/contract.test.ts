/** `calumet contract` as people see it, over a server that answers from a script. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { type Answers, fakeServer, loggedIn, run } from '../stage.test.ts'

const day = (text: string) => Date.parse(text)

const clause = {
  ...{ clause: 'msa/alone', kind: 'exclusivity', with: 'incumbent' },
  ...{ says: 'only incumbent may supply it', about: 'everything', when: 'from 2019-07-22' },
  ...{ source: 'letter (primary)', assumed: null, silent: null },
}

const answers: Answers = {
  contracts: () => ({
    contracts: [
      {
        ...{ name: 'msa', generation: 2, with: 'incumbent', form: 'MSA' },
        ...{ bindingness: 'definitive', from: day('2019-07-22'), to: null },
        ...{ recordedAt: day('2019-07-22'), clauses: ['msa/alone'] },
      },
    ],
  }),
  law: ({ query }) => ({
    at: Number(query.at ?? 0),
    known: Number(query.known ?? 0),
    clauses: [clause, { ...clause, clause: 'loi/price', silent: 'its agreement is announced' }],
  }),
  lawDates: () => ({
    dates: [
      {
        ...{ at: day('2026-12-01'), clause: 'msa/use', what: 'the month ends', by: 'us' },
        ...{ isNear: true, assumed: [] },
      },
    ],
  }),
  lawGaps: () => ({
    gaps: [{ clause: 'msa/use', assumed: ['interval'], confidence: 'press' }],
    contradictions: ['msa/use: it begins before msa does, on 2019-07-22; move from'],
    warnings: [],
  }),
  waivers: () => ({ waivers: [] }),
  waive: () => ({
    waiver: {
      ...{ id: 'w1', clause: 'msa/alone', kind: 'override', by: ['ann'], reason: 'no space' },
      ...{ from: 0, until: day('2027-01-01'), isInForce: false },
    },
  }),
  rates: ({ query }) => ({
    ...{ at: Number(query.at ?? 0), known: Number(query.known ?? 0) },
    rates: [
      {
        ...{ clause: 'msa/power', with: 'incumbent', form: 'indexed', accelerator: 'H100' },
        ...{ perHour: 2_200_000, because: 'power at 110 USD/MWh on 2026-01-01', held: 8 },
        ...{ reviewAt: day('2026-06-01'), bestPrice: ['msa/best'], assumed: [] },
      },
      {
        ...{ clause: 'msa/best', with: 'incumbent', form: 'mfn', accelerator: null },
        ...{ perHour: null, because: 'no dearer than rival', held: 0 },
        ...{ reviewAt: null, bestPrice: [], assumed: [] },
      },
    ],
  }),
  records: () => ({ records: [] }),
  keepRecord: () => ({
    record: {
      ...{ id: 'f1', kind: 'launch', product: 'chat', supplier: 'incumbent' },
      ...{ at: day('2026-02-01'), document: 'letter 9', by: 'ann' },
    },
  }),
  why: ({ query }) => ({
    ...{ name: 'train', at: Number(query.at), reasons: [] },
    verdicts: [
      {
        ...{ offer: 'ally/h100', standing: 'active', relations: ['partner'], bar: null },
        says: [{ clause: 'msa/next', says: 'it is asked as number 1' }],
      },
      {
        ...{ offer: 'rival/h100', standing: 'prospect', relations: ['rival'], says: [] },
        bar: {
          ...{ clause: 'msa/alone', because: 'incumbent is exclusive' },
          ...{ remedy: 'obtain a waiver of msa/alone', source: 'letter (primary)' },
        },
      },
    ],
  }),
}

async function says(t: TestContext, ...args: string[]) {
  const server = await fakeServer(t, answers)
  const { stdout, stderr, exitCode } = await run(args, { env: loggedIn(server) })
  return { stdout, stderr, exitCode, asked: server.asked.at(-1) }
}

describe('contract', () => {
  it('explains what binds and what does not', async (t) => {
    const { stdout } = await says(t, 'contract', 'explain')
    assert.equal(
      stdout,
      `msa/alone  binds
  only incumbent may supply it; about everything; from 2019-07-22
  letter (primary)

loi/price  does not bind
  only incumbent may supply it; about everything; from 2019-07-22
  its agreement is announced
  letter (primary)
`,
    )
    assert.match((await says(t, 'contract', 'explain', 'msa')).stdout, /^msa\/alone {2}binds/)
    const typo = await says(t, 'contract', 'explain', 'msa/alon')
    assert.deepEqual([typo.exitCode, typo.stdout], [3, ''])
    assert.match(typo.stderr, /no contract or clause msa\/alon; did you mean msa\/alone\?/)
  })

  it('asks for another day, as known on another', async (t) => {
    const { asked } = await says(t, 'contract', 'asof', '2025-03-01', '--as-known', '2025-02-01')
    const days = [day('2025-03-01'), day('2025-02-01')]
    assert.deepEqual(asked?.query, { at: `${days[0]}`, known: `${days[1]}` })
    const wrong = await says(t, 'contract', 'asof', 'tomorrow')
    assert.equal(wrong.exitCode, 2)
    assert.match(wrong.stderr, /Expected a day such as 2025-10-28/)
  })

  it('shows tables of contracts, dates and gaps', async (t) => {
    assert.match((await says(t, 'contract', 'list')).stdout, /msa +incumbent +MSA +definitive/)
    assert.match((await says(t, 'contract', 'calendar')).stdout, /2026-12-01 +yes +us +msa\/use/)
    const check = await says(t, 'contract', 'check')
    assert.match(check.stdout, /^msa\/use: it begins before msa does, on 2019-07-22; move from\n/)
    assert.match(check.stdout, /msa\/use +press +interval/)
    assert.equal(check.exitCode, 1)
    assert.equal((await says(t, 'contract', 'waivers')).stdout, 'nothing was set aside\n')
  })

  it('notes what happened, with its paper', async (t) => {
    const paper = ['--on', '2026-02-01', '--document', 'letter 9']
    const launch = await says(t, 'contract', 'record', 'launch', 'chat', 'incumbent', ...paper)
    assert.match(launch.stdout, /f1 +2026-02-01 +chat was launched at incumbent +ann +letter 9/)
    const order = { kind: 'launch', product: 'chat', supplier: 'incumbent' }
    const when = { at: day('2026-02-01'), document: 'letter 9' }
    assert.deepEqual(launch.asked?.body, { ...order, ...when })
    const look = ['first-look', 'msa/offer', ...paper, '--released', '2026-02-03']
    const { asked } = await says(t, 'contract', 'record', ...look)
    const body = { kind: 'first-look', clause: 'msa/offer', releasedAt: day('2026-02-03') }
    assert.deepEqual(asked?.body, { ...body, ...when })
    assert.equal((await says(t, 'contract', 'records')).stdout, 'nothing was recorded\n')
  })

  it('tells what an hour costs by contract, on any day', async (t) => {
    const { stdout, asked } = await says(t, 'contract', 'rates', '--at', '2026-02-01')
    assert.deepEqual(asked?.query, { at: `${day('2026-02-01')}` })
    const [head, power, best] = stdout.split('\n')
    assert.match(
      head ?? '',
      /^CLAUSE +WITH +FORM +ACCELERATOR +AN HOUR +BECAUSE +REVIEW +BEST PRICE BY/,
    )
    const row =
      /^msa\/power +incumbent +indexed +H100 +\$2\.20 +power at 110 USD\/MWh on 2026-01-01/
    assert.match(power ?? '', row)
    assert.match(power ?? '', /2026-06-01 +msa\/best/)
    assert.match(best ?? '', /^msa\/best +incumbent +mfn +any +- +no dearer than rival +-/)
    const one = await says(t, 'contract', 'rates', 'msa/best', '--json')
    assert.deepEqual(
      JSON.parse(one.stdout).rates.map((each: { clause: string }) => each.clause),
      ['msa/best'],
    )
    const none = await says(t, 'contract', 'rates', 'loi', '--at', '2026-02-01')
    assert.equal(none.stdout, 'no clause about a price is in force on 2026-02-01\n')
  })

  it('notes where an index stood, on one day or on many', async (t) => {
    const note = (...args: string[]) => {
      const paper = ['--unit', 'USD/MWh', '--document', 'exchange']
      return says(t, 'contract', 'record', 'index', 'power', ...args, ...paper)
    }
    const order = { kind: 'index', index: 'power', unit: 'USD/MWh', document: 'exchange' }
    const one = await note('104.5', '--on', '2026-02-01')
    const levels = [{ at: day('2026-02-01'), value: 104.5 }]
    assert.deepEqual(one.asked?.body, { ...order, levels })
    const path = join(mkdtempSync(join(tmpdir(), 'calumet-levels-')), 'power.csv')
    t.after(() => rmSync(dirname(path), { recursive: true }))
    writeFileSync(path, 'Day,Value\n2026-02-01,104.5\n2026-02-02,-3\n')
    const many = await note('--file', path)
    const both = [...levels, { at: day('2026-02-02'), value: -3 }]
    assert.deepEqual(many.asked?.body, { ...order, levels: both })
    const wrong = async (text: string) => {
      writeFileSync(path, text)
      const { stderr, exitCode } = await note('--file', path)
      assert.equal(exitCode, 2)
      return stderr
    }
    assert.match(await wrong('day\n2026-02-01\n'), /has no column value/)
    assert.match(await wrong('day,value\n'), /has no rows/)
    const long = `day,value\n${'2026-02-01,1\n'.repeat(4_001)}`
    assert.match(await wrong(long), /has 4001 rows; at most 4000 go into one request/)
    assert.match(
      await wrong('day,value\n2026-02-30,1\n'),
      /csv:2: day is "2026-02-30"; expected a day/,
    )
    assert.match(
      await wrong('day,value\n2026-02-01,1e3\n'),
      /csv:2: value is "1e3"; expected a number/,
    )
    const expected = /expected a value with --on DAY, or --file with many/
    for (const args of [['104'], ['--on', '2026-02-01'], [], ['104', '--file', path]]) {
      const { stderr, exitCode } = await note(...args)
      assert.deepEqual([exitCode, expected.test(stderr)], [2, true])
    }
  })

  it('says that an override waits for a second person', async (t) => {
    const until = ['--until', '2027-01-01', '--reason', 'no space']
    const { stdout, asked } = await says(t, 'contract', 'waive', 'msa/alone', ...until)
    const told = 'w1: msa/alone is set aside until 2027-01-01 once somebody beside ann asks'
    assert.equal(stdout, `${told} for the same\n`)
    const body = { clause: 'msa/alone', kind: 'override', reason: 'no space' }
    assert.deepEqual(asked?.body, { ...body, until: day('2027-01-01') })
  })

  it('says for a day which clause forbids which offer', async (t) => {
    const { stdout } = await says(t, 'why', 'train', '--at', '2024-06-01')
    assert.equal(
      stdout,
      'ally/h100 (active, partner): no clause forbids it\n' +
        '  msa/next: it is asked as number 1\n' +
        'rival/h100 (prospect, rival): incumbent is exclusive (msa/alone; letter (primary)); ' +
        'to change that, obtain a waiver of msa/alone\n',
    )
  })
})
