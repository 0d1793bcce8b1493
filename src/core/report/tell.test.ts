/** Every kind of event in plain words. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import type { EventKind } from '../domain/event.ts'
import { tell } from './tell.ts'

type Facts = Readonly<Record<string, string | number | boolean | null>>

const at = 1_000_000
const subject = {
  workload: 'pretrain',
  run: 'pretrain.0',
  lease: 'pretrain.0.2',
  supplier: 'rival',
}

function told(kind: EventKind, facts: Facts): string {
  return tell({ kind, ...subject, facts, seq: 1, at })
}

const gang = {
  offer: 'gpu-h100',
  accelerator: 'H100',
  perNode: 8,
  nodes: 2,
  pricePerHour: 12_400_000,
}
const charge = { rental: 'r-7', account: 'usage', pricePerHour: 12_400_000, from: 0 }
const job = { kind: 'Job', name: 'pretrain', change: 'created', generation: 1 }

const table: Readonly<Record<EventKind, readonly (readonly [Facts, string])[]>> = {
  'workload.submitted': [
    [job, 'Job pretrain was submitted'],
    [{ ...job, change: 'changed', generation: 2 }, 'Job pretrain was changed, generation 2'],
  ],
  'workload.deleting': [[{}, 'pretrain is being deleted']],
  'workload.ended': [
    [{ state: 'succeeded', because: null }, 'pretrain has succeeded'],
    [{ state: 'failed', because: 'rank 0 ended' }, 'pretrain has failed: rank 0 ended'],
  ],
  'supplier.submitted': [[{ change: 'created' }, 'supplier rival was submitted']],
  'supplier.deleted': [[{}, 'supplier rival was deleted']],
  'supplier.unreachable': [[{ said: 'timed out' }, 'rival does not answer: timed out']],
  'supplier.reachable': [[{}, 'rival can be used again']],
  'supplier.quarantined': [
    [{ said: 'it lists r-9' }, 'nothing more is bought at rival: it lists r-9'],
  ],
  'supplier.standing': [
    [
      { from: 'active', to: 'suspended', by: 'ann', reason: 'audit' },
      'rival is suspended, no longer active, says ann: audit',
    ],
  ],
  'policy.submitted': [[{ name: 'frugal', change: 'created' }, 'policy frugal was submitted']],
  'contract.submitted': [
    [{ name: 'msa', change: 'changed', generation: 2 }, 'contract msa was changed, generation 2'],
  ],
  'waiver.given': [
    [
      { clause: 'msa/alone', kind: 'override', by: 'ann', inForce: false, reason: 'no space' },
      'msa/alone was set aside, says ann, which takes a second person: no space',
    ],
    [
      { clause: 'msa/alone', kind: 'granted', by: 'ann', inForce: true, reason: 'letter 7' },
      'msa/alone was waived by the other side, says ann: letter 7',
    ],
  ],
  'option.taken': [
    [
      {
        clause: 'msa/more',
        quantity: '8 accelerators',
        by: 'ann',
        inForce: false,
        paper: 'fax',
      },
      'we take 8 accelerators of the option msa/more, says ann, which takes a second person: fax',
    ],
    [
      { clause: 'msa/more', quantity: '8 accelerators', by: 'ben', inForce: true, paper: 'letter' },
      'we take 8 accelerators of the option msa/more, says ben: letter',
    ],
  ],
  'law.recorded': [
    [
      {
        ...{ record: 'launch', about: 'chat', supplier: 'incumbent' },
        ...{ by: 'ann', document: 'post of 2026-02-01' },
      },
      'chat was launched at incumbent, says ann: post of 2026-02-01',
    ],
    [
      {
        ...{ record: 'inability', about: 'chat', supplier: 'incumbent' },
        ...{ by: 'ann', document: 'letter 9' },
      },
      'incumbent cannot carry chat, says ann: letter 9',
    ],
    [
      { record: 'first-look', about: 'msa/offer', by: 'ann', document: 'letter 8' },
      'whoever has msa/offer was asked first, says ann: letter 8',
    ],
    [
      {
        ...{ record: 'index', about: 'power', unit: 'USD/MWh', levels: 30 },
        ...{ by: 'ann', document: 'exchange' },
      },
      'power was noted for 30 days, says ann: exchange',
    ],
  ],
  'plan.committed': [
    [{ generation: 7, actions: 1 }, 'plan 7 was committed with 1 action'],
    [{ generation: 8, actions: 3 }, 'plan 8 was committed with 3 actions'],
  ],
  'plan.rejected': [
    [
      { generation: 7, actions: 1, faults: 'over budget' },
      'plan 7 broke a rule and was not carried out: over budget',
    ],
  ],
  'lease.intended': [
    [gang, 'pretrain.0: will buy H100:8 x2 at rival (gpu-h100) for at most $12.40/h'],
    [
      { ...gang, notBefore: at + 48_000 },
      'pretrain.0: will buy H100:8 x2 at rival (gpu-h100) for at most $12.40/h, ' +
        'and asks for it in 48s',
    ],
    [
      { ...gang, waivers: 'override w1 of msa/alone' },
      'pretrain.0: will buy H100:8 x2 at rival (gpu-h100) for at most $12.40/h ' +
        'under override w1 of msa/alone',
    ],
  ],
  'lease.asked': [
    [{ ...gang, call: 1 }, 'pretrain.0: asked for H100:8 x2 at rival (gpu-h100)'],
    [{ ...gang, call: 2 }, 'pretrain.0: asked for H100:8 x2 at rival (gpu-h100), call 2'],
  ],
  'lease.unsure': [
    [{ ...gang, said: 'timed out' }, 'nobody knows yet whether rival sold pretrain.0.2: timed out'],
  ],
  'lease.refused': [
    [{ ...gang, kind: 'no-stock', settled: true }, 'rival refused pretrain.0.2: no stock'],
    [
      { ...gang, kind: 'quota', said: 'limit 8', settled: false },
      'rival refused pretrain.0.2: quota (limit 8); a listing has to confirm it',
    ],
  ],
  'lease.held': [
    [gang, 'pretrain.0: bought H100:8 x2 at rival (gpu-h100) for $12.40/h'],
    [
      { ...gang, nodes: 1, adopted: true },
      'pretrain.0: found as bought H100:8 at rival (gpu-h100) for $12.40/h',
    ],
  ],
  'lease.ready': [[gang, 'pretrain.0: H100:8 x2 at rival (gpu-h100) is ready']],
  'lease.notice': [[{ until: at + 120_000 }, 'rival takes pretrain.0.2 back in 2m']],
  'lease.unwanted': [[{ because: 'moved' }, 'pretrain.0.2 at rival is not wanted any more: moved']],
  'lease.releasing': [[{ because: 'moved' }, 'pretrain.0.2 is being given back to rival: moved']],
  'lease.gone': [
    [{ end: 'void', because: 'moved' }, 'pretrain.0.2 was never asked for: moved'],
    [{ end: 'refused', because: 'full' }, 'pretrain.0.2 was refused by rival: full'],
    [{ end: 'absent' }, 'pretrain.0.2 was never sold: rival does not list it'],
    [{ end: 'released', because: null }, 'pretrain.0.2 was given back to rival'],
    [{ end: 'lost' }, 'pretrain.0.2 was ended by rival'],
    [{}, 'pretrain.0.2 is gone'],
  ],
  'orphan.releasing': [
    [{ rental: 'r-9' }, 'rental r-9 is being given back to rival: not even pretrain.0.2 needs it'],
  ],
  'charge.opened': [[{ ...charge, to: null }, 'rival began to charge $12.40/h for pretrain.0.2']],
  'charge.closed': [
    [
      { ...charge, to: 1_800_000, amount: 6_200_000 },
      'rival charged $6.20 for 30m of pretrain.0.2',
    ],
    [
      { ...charge, to: 1_800_000, amount: 6_200_000, account: 'waste' },
      'rival charged $6.20 for 30m of pretrain.0.2, which is waste',
    ],
  ],
  'invoice.taken': [
    [
      { number: 'INV-7', lines: 2, total: 12_400_000, by: 'ann' },
      'invoice INV-7 of rival came in: 2 lines, $12.40, brought by ann',
    ],
  ],
  'rofr.moved': [
    [
      { case: 'msa/first/train', step: 'free', why: 'the holder declines', by: 'ann' },
      'msa/first/train is free, by ann: the holder declines',
    ],
  ],
  'run.created': [[{ epoch: 0 }, 'pretrain.0 is to run']],
  'run.started': [[{ epoch: 3 }, 'pretrain.0 started on pretrain.0.2, epoch 3']],
  'run.fencing': [
    [
      { because: 'its capacity is gone', until: at + 30_000 },
      'pretrain.0 is fenced off and can go on elsewhere in 30s: its capacity is gone',
    ],
  ],
  'run.draining': [[{ because: 'moved' }, 'pretrain.0 is being stopped: moved']],
  'run.waiting': [
    [{ because: 'moved' }, 'pretrain.0 has stopped and waits for its next start: moved'],
  ],
  'run.ended': [
    [{ state: 'done', exitCode: 0, because: null }, 'pretrain.0 is done'],
    [
      { state: 'failed', exitCode: 137, because: 'rank 1 ended' },
      'pretrain.0 failed with exit code 137: rank 1 ended',
    ],
  ],
  'node.joined': [[{ machine: 'm-4' }, 'machine m-4 of pretrain.0.2 reported for work']],
  'rank.exited': [[{ rank: 3, exitCode: 1 }, 'rank 3 of pretrain.0 ended with exit code 1']],
  'replica.ready': [[{ endpoint: 'http://10.0.0.1:8' }, 'pretrain.0 answers and gets requests']],
  'replica.lost': [[{ because: 'silent' }, 'pretrain.0 gets no more requests: silent']],
  'checkpoint.accepted': [[{ step: 1200, epoch: 3 }, 'pretrain saved step 1200, epoch 3']],
  'checkpoint.refused': [
    [{ step: 1100, epoch: 2 }, 'step 1100 that pretrain saved was refused: epoch 2 is fenced off'],
  ],
  'checkpoint.withheld': [
    [
      { job: 'tune', because: 'trust/C4-rival forbids it' },
      'a machine of pretrain.0.2 was not told what tune saved: trust/C4-rival forbids it',
    ],
  ],
  'token.created': [
    [{ name: 'ci', role: 'writer' }, 'token ci was created with role writer'],
    [
      { name: 'desk', role: 'admin', person: 'ann' },
      'token desk was created with role admin for ann',
    ],
  ],
  'token.revoked': [[{ name: 'ci' }, 'token ci was revoked']],
  'leadership.taken': [[{ holder: 'b', epoch: 4 }, 'b leads now, epoch 4']],
}

const kinds = Object.keys(table) as EventKind[]
for (const kind of kinds) {
  for (const [facts, text] of table[kind]) {
    it(`${kind}: ${text}`, () => assert.equal(told(kind, facts), text))
  }
}

it('tells an event that lacks facts and subjects, or has odd ones', () => {
  const word = fc.option(fc.string(), { nil: null })
  const figure = fc.option(fc.maxSafeNat(), { nil: null })
  const facts = fc.record(
    {
      ...{ offer: word, accelerator: word, said: word, kind: word, because: word, state: word },
      ...{ perNode: figure, nodes: figure, pricePerHour: figure, amount: figure, until: figure },
      ...{ from: figure, to: figure, call: figure, step: figure, actions: figure },
    },
    { requiredKeys: [] },
  )
  const event = fc.record({
    kind: fc.constantFrom(...kinds),
    workload: word,
    run: word,
    lease: word,
    supplier: word,
    facts,
    seq: fc.nat(),
    at: fc.nat(),
  })
  fc.assert(
    fc.property(event, (each) => {
      const text = tell(each)
      assert.match(text, /\S/)
      assert.doesNotMatch(text, /undefined|NaN|\p{Cc}/u)
    }),
  )
})

it('tells a kind that only an older version knew by its name', () => {
  assert.equal(told('lease.dreamt' as EventKind, {}), 'lease.dreamt')
})

it('makes one short line of what others said', () => {
  const said = `\u001b[31mno\u001b[0m\nroom\u202e${'!'.repeat(1_000)}`
  const text = told('supplier.unreachable', { said })
  assert.ok(text.startsWith('rival does not answer: [31mno [0m room !!!'))
  assert.ok(text.length <= 301)
})
