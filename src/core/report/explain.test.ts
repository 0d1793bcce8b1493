/** Every reason in plain words, with what would have to change. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Reason } from '../domain/reason.ts'
import { explain } from './explain.ts'

const now = 1_000_000
const price = { pricePerHour: 12_400_000, pricePerWork: 775_000 }

type Why = Reason['why']
type Facts<Name extends Why> = FactsOf<Extract<Reason, { why: Name }>>
type FactsOf<Each> = Each extends Reason ? Omit<Each, 'why' | 'run'> : never

const table: { readonly [Name in Why]: readonly (readonly [Facts<Name>, string])[] } = {
  chosen: [
    [
      { offer: 'rival/h100', ...price, outOf: 3 },
      'rival/h100 was chosen: at $12.40/h, $0.78 per unit of work it is the cheapest ' +
        'of 3 offers that fit',
    ],
    [
      { offer: 'rival/h100', ...price, outOf: 1 },
      'rival/h100 was chosen: at $12.40/h, $0.78 per unit of work it is the only offer that fits',
    ],
    [
      { offer: 'rival/h100', ...price, egressPerHour: 2_000_000, outOf: 1 },
      'rival/h100 was chosen: at $12.40/h and $2.00/h to read its data, $0.78 per unit of work ' +
        'it is the only offer that fits',
    ],
    [
      { offer: 'rival/h100', ...price, carriage: 88_000_000, outOf: 1 },
      'rival/h100 was chosen: at $12.40/h and $88.00 once to carry what it needs there, $0.78 ' +
        'per unit of work it is the only offer that fits',
    ],
    [
      {
        ...{ offer: 'ally/h100', ...price, outOf: 3 },
        preferred: 'incumbent is full, and msa/overflow prefers it as number 1',
      },
      'ally/h100 was chosen at $12.40/h, $0.78 per unit of work: ' +
        'incumbent is full, and msa/overflow prefers it as number 1',
    ],
  ],
  dearer: [
    [
      { offer: 'acme/h100', ...price, than: 'rival/h100' },
      'acme/h100 fits but costs more than rival/h100: $12.40/h, $0.78 per unit of ' +
        'work; it would take a lower price',
    ],
    [
      { offer: 'acme/h200', ...price, than: 'rival/h100', offBy: 0.15 },
      'acme/h200 fits but costs more than rival/h100: $12.40/h, $0.78 per unit of ' +
        'work; the table of chips may be off by 15% between the two, so it could as well be ' +
        'cheaper: a throughput of yours would tell',
    ],
  ],
  left: [
    [
      { offer: 'acme/h100', pricePerHour: 20_000_000, worth: 3_000_000 },
      'acme/h100 costs less, $20.00/h, and is left to others: a node of it saves them $3.00/h',
    ],
    [
      { offer: 'acme/h100', pricePerHour: 20_000_000, worth: 0 },
      'acme/h100 costs less, $20.00/h, and is left to others',
    ],
    [
      { offer: 'acme/h100', pricePerHour: 20_000_000, worth: 0, isEqual: true },
      'acme/h100 costs as much, $20.00/h, and is left to others',
    ],
  ],
  kept: [
    [
      { lease: 'a.0.1', offer: 'rival/h100', pricePerHour: 12_400_000, cheaper: null, saving: 0 },
      'a.0.1 is kept at rival/h100 for $12.40/h: nothing that fits is cheaper',
    ],
    [
      {
        ...{ lease: 'a.0.1', offer: 'rival/h100', pricePerHour: 12_400_000 },
        ...{ cheaper: null, saving: 0, isForNow: true },
      },
      'a.0.1 is kept at rival/h100 for $12.40/h: nothing that can be had now is cheaper',
    ],
    [
      {
        lease: 'a.0.1',
        offer: 'rival/h100',
        pricePerHour: 12_400_000,
        cheaper: 'x/y',
        saving: 0.1,
      },
      'a.0.1 is kept at rival/h100 for $12.40/h: x/y would save 10%, too little to ' +
        'stop a running gang for; a lower move_when_cheaper_by in the policy would move it',
    ],
    [
      {
        ...{ lease: 'a.0.1', offer: 'rival/h100', pricePerHour: 12_400_000 },
        ...{ cheaper: 'x/y', saving: 0.1, carriage: 88_000_000 },
      },
      'a.0.1 is kept at rival/h100 for $12.40/h: x/y would save 10% with $88.00 to carry what it ' +
        'needs there, too little to stop a running gang for; a lower move_when_cheaper_by in the ' +
        'policy would move it',
    ],
  ],
  moving: [
    [
      { lease: 'a.0.1', to: 'acme/h100', saving: 0.3 },
      'a.0.1 is left for acme/h100, which saves 30% of the price of its work',
    ],
    [
      { lease: 'a.0.1', to: 'acme/h100', saving: 0.3, carriage: 1_500_000 },
      'a.0.1 is left for acme/h100, which saves 30% of the price of its work, ' +
        '$1.50 to carry what it needs included',
    ],
    [
      { lease: 'a.0.1', to: 'acme/h100', saving: 1, paid: 'msa/use: 8 hours are idle' },
      'a.0.1 is left for acme/h100, which saves 100% of the price of its work ' +
        '(msa/use: 8 hours are idle)',
    ],
  ],
  'no-stock': [
    [
      { offer: 'rival/h100', nodesLeft: 1, nodesNeeded: 4 },
      'rival/h100 has 1 node left and the gang needs 4; it would take 3 more nodes',
    ],
    [
      { offer: 'rival/h100', nodesLeft: 0, nodesNeeded: 1 },
      'rival/h100 has no node left and the gang needs 1; it would take 1 more node',
    ],
    [
      { offer: 'rival/h100', nodesLeft: 0, nodesNeeded: 1, worth: 30_000_000 },
      'rival/h100 has no node left and the gang needs 1; it would take 1 more node, ' +
        'each worth $30.00/h to those that buy now',
    ],
  ],
  cooling: [
    [
      { offer: 'acme/h100', until: now + 60_000, said: 'sold out', saving: 0.25 },
      'acme/h100 would save 25% of the price of its work, and refused lately: sold out; ' +
        'it is tried again in 1m',
    ],
    [
      { offer: 'rival/h100', until: now + 90_000, said: 'no stock' },
      'rival/h100 refused lately: no stock; it is tried again in 1m 30s',
    ],
  ],
  'too-dear': [
    [
      { offer: 'rival/h100', pricePerHour: 12_400_000, limit: 10_000_000, whose: 'pretrain' },
      'rival/h100 costs $12.40/h, above the $10.00/h of pretrain; ' +
        'its max_price would have to rise to $12.40',
    ],
  ],
  'over-budget': [
    [
      { offer: 'rival/h100', pricePerHour: 12_400_000, left: 2_000_000, whose: 'policy frugal' },
      'rival/h100 costs $12.40/h, and policy frugal leaves $2.00/h; ' +
        'its max_price would have to rise by $10.40, or other capacity be given back',
    ],
  ],
  spent: [
    [
      {
        ...{ offer: 'acme/h100', pricePerHour: 20_000_000, left: 3_000_000 },
        whose: 'the budget of team nlp for this month',
      },
      'acme/h100 costs $20.00/h, and the budget of team nlp for this month has $3.00 left; ' +
        'it would have to be raised',
    ],
  ],
  quota: [
    [
      {
        ...{ offer: 'acme/h100', accelerator: 'H100', needed: 16, held: 60, quota: 64 },
        ...{ team: 'nlp', lendable: 8 },
      },
      'acme/h100 is 16 H100; team nlp holds 60 of its 64 H100, and its cohort can lend it 8 ' +
        'just now; its quota would have to be raised',
    ],
  ],
  'not-allowed': [
    [
      { supplier: 'rival', whose: 'policy frugal' },
      'rival may not be used: policy frugal would have to allow it',
    ],
  ],
  clause: [
    [
      {
        offer: 'rival/h100',
        clause: 'msa-2019/sole-cloud',
        because: 'incumbent is exclusive for everything, until 2025-01-21',
        remedy: 'go to incumbent, or obtain a waiver of msa-2019/sole-cloud',
        source: 'joint statement (primary)',
      },
      'rival/h100 may not be bought: incumbent is exclusive for everything, until 2025-01-21 ' +
        '(msa-2019/sole-cloud; joint statement (primary)); to change that, go to incumbent, ' +
        'or obtain a waiver of msa-2019/sole-cloud',
    ],
  ],
  'not-offered': [
    [
      {
        ...{ accelerator: 'H100', perNode: 4 },
        sold: [
          { supplier: 'acme', perNode: [8] },
          { supplier: 'bolt', perNode: [1, 2, 8] },
        ],
      },
      'no supplier offers H100:4 in the market asked for, and acme sells H100 by 8, ' +
        'bolt by 1, 2 or 8; it would take a supplier that does, or another alternative',
    ],
    [
      { accelerator: 'H100', perNode: 8, fabric: 'infiniband' },
      'no supplier offers H100:8 joined by infiniband in the market asked for; ' +
        'it would take a supplier that does, or another alternative',
    ],
    [
      { accelerator: 'H100', perNode: 8 },
      'no supplier offers H100:8 in the market asked for; ' +
        'it would take a supplier that does, or another alternative',
    ],
  ],
  unreachable: [
    [
      { supplier: 'rival', since: now - 61_000, said: 'timed out' },
      'rival cannot be used for 1m 1s now: timed out; it would have to answer',
    ],
    [
      {
        ...{ supplier: 'rival', since: now - 61_000, said: 'timed out' },
        quoted: { offer: 'rival/h100', pricePerHour: 20_000_000, at: 0 },
      },
      'rival cannot be used for 1m 1s now: timed out; ' +
        'rival/h100 cost $20.00/h on 1970-01-01T00:00:00Z, and it would have to answer',
    ],
  ],
  spread: [
    [
      { supplier: 'rival', replicas: 1 },
      'rival has 1 replica already, and the service is to be spread over suppliers; ' +
        'a lower spread would allow it',
    ],
    [
      { region: 'us-east', replicas: 2 },
      'us-east has 2 replicas already, and the service is to be spread over regions; ' +
        'a lower spread would allow it',
    ],
    [
      { supplier: 'rival', region: 'us-east' },
      'one more replica with rival in us-east would leave too few places ' +
        'to spread the others over; a lower spread would allow it',
    ],
  ],
  buying: [
    [
      { lease: 'a.0.1', offer: 'rival/h100', state: 'unsure' },
      'a.0.1 at rival/h100 is unsure; nothing else is bought until that is settled',
    ],
    [
      { lease: 'a.0.1', offer: 'rival/h100', state: 'intended', notBefore: now + 48_000 },
      'a.0.1 at rival/h100 is intended and is asked for in 48s, so that its moment does not tell ' +
        'when that was decided (shaping); nothing else is bought until that is settled',
    ],
  ],
  learnt: [
    [
      { accelerator: 'A100', perNode: 8, nodes: 2, share: 0.7, fromMs: 5_400_000 },
      'A100:8 x2 does 70% of the work that was expected of it, ' +
        'learnt from 1h 30m of its own steps',
    ],
  ],
  fencing: [
    [
      { until: now + 30_000, epoch: 2 },
      'epoch 2 may still be running somewhere; the next start is in 30s',
    ],
    [
      { until: now, epoch: 2 },
      'epoch 2 may still be running somewhere; the next start is at the next turn',
    ],
  ],
  'not-yet': [
    [
      { offer: 'bolt/block', pricePerHour: 12_400_000, from: now + 3_600_000, saving: 0.3 },
      'bolt/block opens in 1h, on 1970-01-01T01:16:40Z, at $12.40/h, and would save 30% of the ' +
        'price of its work; not before',
    ],
    [
      { offer: 'bolt/block', pricePerHour: 12_400_000, from: now + 3_600_000 },
      'bolt/block opens in 1h, on 1970-01-01T01:16:40Z, at $12.40/h; it is not for sale before',
    ],
  ],
  'too-short': [
    [
      {
        ...{ offer: 'bolt/block', pricePerHour: 12_400_000 },
        ...{ until: now + 1_800_000, neededMs: 4_800_000 },
      },
      'bolt/block ends on 1970-01-01T00:46:40Z, in 30m; it would have to last for 1h 20m to be ' +
        'worth going there',
    ],
  ],
  hunting: [
    [
      { does: 'waits', deadline: now + 36_000_000, workLeftMs: 7_200_000 },
      'it waits for spot capacity: 2h of work are left, and 10h until its deadline',
    ],
    [
      {
        ...{ does: 'tries', deadline: now + 36_000_000, workLeftMs: 7_200_000 },
        ...{ offer: 'acme/spot', pricePerHour: 9_000_000 },
      },
      'it asks for spot capacity while there is time, acme/spot at $9.00/h: ' +
        '2h of work are left, and 10h until its deadline',
    ],
    [
      {
        ...{ does: 'tries', deadline: now + 36_000_000, workLeftMs: 7_200_000 },
        ...{ offer: 'acme/spot', pricePerHour: 9_000_000, carriage: 1_500_000 },
      },
      'it asks for spot capacity while there is time, acme/spot at $9.00/h and $1.50 ' +
        'once to carry what it needs there: 2h of work are left, and 10h until its deadline',
    ],
    [
      {
        ...{ does: 'pays', deadline: now + 8_000_000, workLeftMs: 7_200_000 },
        ...{ offer: 'acme/sure', pricePerHour: 20_000_000 },
      },
      'it takes what stays until released, acme/sure at $20.00/h, to be in time: ' +
        '2h of work are left, and 2h 13m until its deadline',
    ],
    [
      { does: 'stays', deadline: now + 36_000_000, workLeftMs: 7_200_000 },
      'where it runs is the cheapest way to be in time: ' +
        '2h of work are left, and 10h until its deadline',
    ],
  ],
  'backing-off': [
    [{ until: now + 4_000, exitCode: 1 }, 'it failed with exit code 1 and is started again in 4s'],
    [{ until: now + 4_000, exitCode: null }, 'it failed and is started again in 4s'],
  ],
}

for (const [why, cases] of Object.entries(table)) {
  for (const [facts, text] of cases) {
    const reason = { run: 'a.0', why, ...facts } as Reason
    it(`${why}: ${text}`, () => assert.equal(explain(reason, now), text))
  }
}
