/**
 * Routes about contracts: what was signed, what binds, what was set aside and what happened.
 */
import { z } from 'zod'
import { paths } from '../paths.ts'
import {
  ContingentReply,
  DeliveryReply,
  ExerciseOrder,
  ExerciseView,
  ExitView,
  SubstitutionOrder,
  SubstitutionReply,
} from '../wire/delivery.ts'
import {
  CheckReply,
  ClauseView,
  ContractView,
  DateView,
  RecordOrder,
  RecordView,
  WaiverOrder,
  WaiverView,
} from '../wire/law.ts'
import { ApplyRequest } from '../wire.ts'
import { admins, anyone, ms, none } from './roles.ts'

export const lawRoutes = {
  contracts: {
    ...paths.contracts,
    roles: anyone,
    params: none,
    query: z.strictObject({ all: z.stringbool().optional().describe('every version') }),
    body: none,
    reply: z.object({ contracts: z.array(ContractView) }),
    about: 'What was signed, each in its last version.',
  },
  law: {
    ...paths.law,
    roles: anyone,
    params: none,
    query: z.strictObject({
      at: z.coerce.number().int().optional().describe('the day asked about; now by default'),
      known: z.coerce.number().int().optional().describe('as known then; now by default'),
    }),
    body: none,
    reply: z.object({ at: ms, known: ms, clauses: z.array(ClauseView) }),
    about: 'Every clause in words: those that bind on a day, and why the others do not.',
  },
  lawDates: {
    ...paths.lawDates,
    roles: anyone,
    params: none,
    query: none,
    body: none,
    reply: z.object({ dates: z.array(DateView) }),
    about: 'Every date ahead that a contract sets.',
  },
  lawGaps: {
    ...paths.lawGaps,
    roles: anyone,
    params: none,
    query: none,
    body: none,
    reply: CheckReply,
    about: 'What cannot be meant of what is there, and what rests on values that nobody confirmed.',
  },
  checkLaw: {
    ...paths.checkLaw,
    roles: anyone,
    params: none,
    query: none,
    body: ApplyRequest,
    reply: CheckReply,
    about:
      'The same if these contracts were submitted; refused with the place of each contradiction.',
  },
  delivery: {
    ...paths.delivery,
    roles: anyone,
    params: none,
    query: none,
    body: none,
    reply: DeliveryReply,
    about: 'Every tranche that was promised: how far it is, how late, and which shares vest.',
  },
  contingent: {
    ...paths.contingent,
    roles: anyone,
    params: none,
    query: none,
    body: none,
    reply: ContingentReply,
    about: 'What may come and may not: options to take, and backstops to pay.',
  },
  exercise: {
    ...paths.exercise,
    roles: admins,
    params: none,
    query: none,
    body: ExerciseOrder,
    reply: z.object({ exercise: ExerciseView }),
    about: 'Take an option: it is taken once a second person asks for the same.',
  },
  exits: {
    ...paths.exits,
    roles: anyone,
    params: none,
    query: none,
    body: none,
    reply: z.object({ exits: z.array(ExitView) }),
    about:
      'What leaving each agreement would cost from now to its end, and the last day of notice.',
  },
  substitute: {
    ...paths.substitute,
    roles: anyone,
    params: none,
    query: none,
    body: SubstitutionOrder,
    reply: SubstitutionReply,
    about: 'Whether what is offered instead may stand in for what was agreed. Changes nothing.',
  },
  waivers: {
    ...paths.waivers,
    roles: anyone,
    params: none,
    query: none,
    body: none,
    reply: z.object({ waivers: z.array(WaiverView) }),
    about: 'Clauses that were set aside, by whom, why and until when.',
  },
  waive: {
    ...paths.waive,
    roles: admins,
    params: none,
    query: none,
    body: WaiverOrder,
    reply: z.object({ waiver: WaiverView }),
    about: 'Set a clause aside; an override is in force once a second person asks for the same.',
  },
  records: {
    ...paths.records,
    roles: anyone,
    params: none,
    query: none,
    body: none,
    reply: z.object({ records: z.array(RecordView) }),
    about:
      'Launches, inabilities, questions to whoever may offer first, excuses and levels of indices.',
  },
  keepRecord: {
    ...paths.keepRecord,
    roles: admins,
    params: none,
    query: none,
    body: RecordOrder,
    reply: z.object({ record: RecordView }),
    about: 'Note what happened that a clause asks for, with the paper that shows it.',
  },
} as const
