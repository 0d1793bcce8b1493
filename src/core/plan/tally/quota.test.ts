/** Quotas of teams: what they allow, what is borrowed, and what is taken back. */
import { it } from 'node:test'
import { planChecker } from '../../../testing/plan.ts'
import { lint } from '../lint.ts'
import { plan } from '../plan.ts'

const check = planChecker(plan, lint)

it('[PL46] buys no more than a team may hold, by the accelerator', () =>
  check(
    `quota nlp H100:8
     offer acme/h100 H100:8 us $20
     offer acme/tpu TPU-v6e:8 us $30
     job first H100:8 team nlp priority 90
     job second H100:8 or TPU-v6e:8 team nlp
     job third H100:8 team vision`,
    `acquire first.0.1 acme/h100 x1 $20.00
     acquire second.0.1 acme/tpu x1 $30.00
     acquire third.0.1 acme/h100 x1 $20.00
     why first.0: chosen acme/h100 $20.00 of 1
     why second.0: chosen acme/tpu $30.00 of 1
     why second.0: quota acme/h100 8 on 8 of 8
     why third.0: chosen acme/h100 $20.00 of 1`,
  ))

it('[PL46] counts what is held, and what may be', () =>
  check(
    `quota nlp H100:16
     offer acme/h100 H100:8 us $20
     job a H100:8 team nlp
     job b H100:8 x2 team nlp
     lease a.0.1 unsure at acme/h100 for $20
     run a.0 waiting epoch 0`,
    `why a.0: buying a.0.1 unsure
     why b.0: quota acme/h100 16 on 8 of 16`,
  ))

const lenders = `quota nlp H100:8 of house
     quota vision H100:16 of house
     offer acme/h100 H100:8 us $20`

it('[PL47] borrows what the cohort leaves, as much as the quota says', () => {
  check(
    `${lenders}
     job a H100:8 x3 team nlp`,
    `acquire a.0.1 acme/h100 x3 $60.00
     why a.0: chosen acme/h100 $60.00 of 1`,
  )
  check(
    `${lenders.replace('of house', 'of house borrows 8')}
     job a H100:8 x3 team nlp`,
    'why a.0: quota acme/h100 24 on 0 of 8',
  )
})

it('[PL47] lends nothing that somebody waits for, however urgent the borrower is', () =>
  check(
    `${lenders}
     job a H100:8 x2 team nlp priority 90
     job b H100:8 x2 team vision priority 10`,
    `acquire b.0.1 acme/h100 x2 $40.00
     why a.0: quota acme/h100 16 on 0 of 8
     why b.0: chosen acme/h100 $40.00 of 1`,
  ))

const borrowed = `${lenders}
     job a H100:8 team nlp priority 90
     lease a.0.1 ready at acme/h100 for $20
     run a.0 running epoch 1 on a.0.1
     job c H100:8 team nlp priority 10
     lease c.0.1 ready at acme/h100 for $20
     run c.0 running epoch 1 on c.0.1`

it('[PL48] takes back what was borrowed, the least urgent first, and no more than is missing', () =>
  check(
    `${borrowed}
     job b H100:8 x2 team vision`,
    `drain c.0: team nlp gives back what it borrowed of cohort house
     why b.0: quota acme/h100 16 on 0 of 16
     why a.0: kept a.0.1 $20.00
     why c.0: quota acme/h100 8 on 16 of 8`,
  ))

it('[PL48] spares whoever is not needed, though it is the least urgent', () =>
  check(
    `quota nlp H100:16 of house
     quota vision H100:24 of house
     offer acme/h100 H100:8 us $20
     job a H100:8 x3 team nlp priority 90
     lease a.0.1 ready at acme/h100 for $60
     run a.0 running epoch 1 on a.0.1
     job c H100:8 team nlp priority 10
     lease c.0.1 ready at acme/h100 for $20
     run c.0 running epoch 1 on c.0.1
     job b H100:8 x3 team vision`,
    `drain a.0: team nlp gives back what it borrowed of cohort house
     why b.0: quota acme/h100 24 on 0 of 24
     why a.0: quota acme/h100 24 on 32 of 16
     why c.0: kept c.0.1 $20.00`,
  ))

it('[PL48] takes nothing back for who buys something else at once', () =>
  check(
    `quota nlp H100:0 of house
     quota vision H100:16 of house
     offer acme/h100 H100:8 us $20 stock 1
     offer bolt/l4 L4:1 us $1
     job a H100:8 team nlp priority 10
     lease a.0.1 ready at acme/h100 for $20
     run a.0 running epoch 1 on a.0.1
     job c H100:8 team nlp priority 90
     job b H100:8 x2 or L4:1 team vision`,
    `acquire c.0.1 acme/h100 x1 $20.00
     acquire b.0.1 bolt/l4 x1 $1.00
     why c.0: chosen acme/h100 $20.00 of 1
     why b.0: chosen bolt/l4 $1.00 of 1
     why b.0: no-stock acme/h100 0 of 2
     why a.0: kept a.0.1 $20.00`,
  ))

it('[PL48] takes nothing back for what could not be bought', () =>
  check(
    `${borrowed.replace('us $20', 'us $20 stock none')}
     offer bolt/tpu TPU-v6e:8 us $30
     job b A100:8 team vision`,
    `why b.0: not-offered A100:8
     why a.0: kept a.0.1 $20.00
     why c.0: kept c.0.1 $20.00`,
  ))

it('[PL48] gives back what waits, and borrows it no more while its owner waits', () =>
  check(
    `${lenders}
     job a H100:8 team nlp priority 90
     lease a.0.1 ready at acme/h100 for $20
     run a.0 running epoch 1 on a.0.1
     job c H100:8 team nlp priority 80
     lease c.0.1 ready at acme/h100 for $20
     run c.0 waiting epoch 1
     job b H100:8 x2 team vision`,
    `release c.0.1: team nlp gives back what it borrowed of cohort house
     why c.0: quota acme/h100 8 on 16 of 8
     why b.0: quota acme/h100 16 on 0 of 16
     why a.0: kept a.0.1 $20.00`,
  ))

it('[PL48] gives back the lease that is over the quota, and goes on where there is none', () =>
  check(
    `${lenders}
     quota nlp L4:1
     offer acme/a100 A100-80GB:8 us $10
     job a A100-80GB:8 team nlp
     lease a.0.1 ready at acme/a100 for $10
     lease a.0.2 ready at acme/h100 as L4:1 x2 for $2
     run a.0 waiting epoch 1`,
    `start a.0 on a.0.1 epoch 2
     release a.0.2: a asks for something else now
     why a.0: kept a.0.1 $10.00`,
  ))

it('[PL47] a claim of its own does not stand in the way of a gang', () =>
  check(
    `${lenders}
     job a H100:8 x2 team nlp priority 90
     job b H100:8 team nlp`,
    `acquire a.0.1 acme/h100 x2 $40.00
     acquire b.0.1 acme/h100 x1 $20.00
     why a.0: chosen acme/h100 $40.00 of 1
     why b.0: chosen acme/h100 $20.00 of 1`,
  ))
