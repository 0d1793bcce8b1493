/**
 * The routes of money and rights: what was promised, what it came to, and what others ask for it.
 */
import { z } from 'zod'
import { paths } from '../paths.ts'
import {
  BurnDownView,
  ClaimView,
  DecisionOrder,
  EvidenceReply,
  ExposureView,
  FocusReply,
  InvoiceOrder,
  InvoiceReply,
  InvoiceView,
  NoticeOrder,
  NoticeReply,
  RateView,
  RightOrder,
  RightView,
} from '../wire/money.ts'
import { admins, anyone, ms, none, writers } from './roles.ts'

const month = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
  .describe('of UTC, such as 2026-11')

export const moneyRoutes = {
  rights: {
    ...paths.rights,
    roles: anyone,
    params: none,
    query: none,
    body: none,
    reply: z.object({ rights: z.array(RightView) }),
    about: 'Cases of rights of first refusal, as they stand now.',
  },
  openRight: {
    ...paths.openRight,
    roles: writers,
    params: none,
    query: none,
    body: RightOrder,
    reply: z.object({ rights: z.array(RightView) }),
    about: 'Open the cases that buying there would trigger. Once, however often it is asked.',
  },
  notifyRight: {
    ...paths.notifyRight,
    roles: admins,
    params: none,
    query: none,
    body: NoticeOrder,
    reply: NoticeReply,
    about: 'Make the notice to the holder, and write that it was delivered.',
  },
  decideRight: {
    ...paths.decideRight,
    roles: admins,
    params: none,
    query: none,
    body: DecisionOrder,
    reply: z.object({ right: RightView }),
    about: 'Write what the holder decided, or what became of it.',
  },
  rightEvidence: {
    ...paths.rightEvidence,
    roles: anyone,
    params: none,
    query: z.strictObject({
      id: z.string().min(1).max(300),
      for: z
        .string()
        .min(1)
        .max(63)
        .optional()
        .describe('who is to be shown it; it is refused what is kept from it'),
    }),
    body: none,
    reply: EvidenceReply,
    about: 'The evidence of a case as one chained bundle.',
  },
  burnDown: {
    ...paths.burnDown,
    roles: anyone,
    params: none,
    query: none,
    body: none,
    reply: z.object({ commitments: z.array(BurnDownView) }),
    about: 'How far commitments are used, and what will be missing.',
  },
  rates: {
    ...paths.rates,
    roles: anyone,
    params: none,
    query: z.strictObject({
      at: z.coerce.number().int().optional().describe('the day asked about; now by default'),
      known: z.coerce.number().int().optional().describe('as known then; now by default'),
    }),
    body: none,
    reply: z.object({ at: ms, known: ms, rates: z.array(RateView) }),
    about: 'What an hour costs by each clause about a price, and by which reading or tier.',
  },
  claims: {
    ...paths.claims,
    roles: anyone,
    params: none,
    query: none,
    body: none,
    reply: z.object({ claims: z.array(ClaimView) }),
    about: 'What suppliers owe for what was down or too dear, by clause and month.',
  },
  exposure: {
    ...paths.exposure,
    roles: anyone,
    params: none,
    query: none,
    body: none,
    reply: z.object({ exposure: z.array(ExposureView) }),
    about: 'What suppliers hold of ours, and how much of it nobody stands for.',
  },
  focus: {
    ...paths.focus,
    roles: anyone,
    params: z.object({
      dataset: z.enum([
        'cost-and-usage',
        'contract-commitment',
        'invoice-detail',
        'billing-period',
      ]),
    }),
    query: z.strictObject({ month: month.optional() }),
    body: none,
    reply: FocusReply,
    about: 'One dataset of FOCUS 1.4, of a month.',
  },
  invoices: {
    ...paths.invoices,
    roles: anyone,
    params: none,
    query: none,
    body: none,
    reply: z.object({ invoices: z.array(InvoiceView) }),
    about: 'Invoices that came in.',
  },
  takeInvoice: {
    ...paths.takeInvoice,
    roles: writers,
    params: none,
    query: none,
    body: InvoiceOrder,
    reply: InvoiceReply,
    about: 'Take an invoice in, once, and hold it against what was charged.',
  },
  invoice: {
    ...paths.invoice,
    roles: anyone,
    params: z.object({ supplier: z.string().min(1).max(63), number: z.string().min(1).max(100) }),
    query: none,
    body: none,
    reply: InvoiceReply,
    about: 'An invoice beside what was charged, line by line.',
  },
} as const
