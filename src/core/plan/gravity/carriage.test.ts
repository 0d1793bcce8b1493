/** What is paid once is weighed over the work that is left; a drawing a rule. */
import { it } from 'node:test'
import { planChecker } from '../../../testing/plan.ts'
import { lint } from '../lint.ts'
import { plan } from '../plan.ts'

const check = planChecker(plan, lint)

const offers = `
  offer acme/h100 H100:8 us $20
  offer bolt/h100 H100:8 eu $16
  egress us eu $0.02
  egress eu us $0.02`

const nearby = `acquire train.0.1 acme/h100 x1 $20.00
   why train.0: chosen acme/h100 $20.00 of 2`
const afar = `acquire train.0.1 bolt/h100 x1 $16.00
   why train.0: chosen bolt/h100 $16.00 of 2`

it('[PL50] sends no short job far for a small saving, and a long one where that pays', () => {
  // 3600 GB: $72 and an hour of a machine at $16, beside $4 an hour.
  const job = 'job train H100:8 copies 3600@us'
  check(
    `${offers}\n ${job} lasts 20h`,
    `${nearby}
     why train.0: dearer bolt/h100 $16.00 than acme/h100 carries $88.00`,
  )
  check(
    `${offers}\n ${job} lasts 30h`,
    `${afar} carries $88.00
     why train.0: dearer acme/h100 $20.00 than bolt/h100`,
  )
  check(
    `${offers}\n ${job}`,
    `${afar} carries $88.00\n why train.0: dearer acme/h100 $20.00 than bolt/h100`,
  )
})

it('[PL50] goes by the work that is left where a deadline says how much there is', () => {
  const job = 'markets on-demand deadline 200h work 30h saves 5m copies 3600@us'
  check(
    `${offers}\n job train H100:8 ${job}`,
    `${afar} carries $88.00
     why train.0: dearer acme/h100 $20.00 than bolt/h100`,
  )
  check(
    `${offers}
     job train H100:8 ${job}
     checkpoint train worked 10h on H100:8`,
    `${nearby}
     why train.0: dearer bolt/h100 $16.00 than acme/h100 carries $88.00`,
  )
})

it('[PL50] takes the time for a copy from what is told of the way', () =>
  check(
    `offer acme/h100 H100:8 us $20
     offer bolt/h100 H100:8 eu $16
     egress us eu $0.02 speed 36000
     job train H100:8 copies 3600@us lasts 20h`,
    `${afar} carries $73.60
     why train.0: dearer acme/h100 $20.00 than bolt/h100`,
  ))

it('[PL50] needs no second copy where it has one, and knows no cost that nobody told', () => {
  check(
    `${offers}
     service chat H100:8 replicas 2 copies 3600@us lasts 20h
     lease chat.0.1 ready at bolt/h100 for $16
     run chat.0 running on chat.0.1`,
    `acquire chat.1.1 bolt/h100 x1 $16.00
     why chat.1: chosen bolt/h100 $16.00 of 2
     why chat.1: dearer acme/h100 $20.00 than bolt/h100
     why chat.0: kept chat.0.1 $16.00`,
  )
  check(
    `${offers}\n job train H100:8 copies 3600@asia lasts 1h`,
    `${afar}
     why train.0: dearer acme/h100 $20.00 than bolt/h100`,
  )
})

const running = `lease train.0.1 ready at acme/h100 for $24
     run train.0 running epoch 1 on train.0.1`

it('[PL51] moves a job away from what it saved only where that outweighs carrying it', () => {
  const job = (gb: number) => `${offers}
     job train H100:8 saves 5m carries ${gb}
     checkpoint train in us
     ${running}`
  check(
    job(50),
    `acquire train.0.2 bolt/h100 x1 $16.00 replaces train.0.1
     why train.0: moving train.0.1 to bolt/h100 saves 33% carries $1.22`,
  )
  check(job(3600), 'why train.0: kept train.0.1 $24.00 bolt/h100 saves 18% carries $88.00')
})

it('[PL51] has nothing to carry before anything is saved, nor where no row says where', () => {
  const job = 'job train H100:8 saves 5m carries 36000'
  check(
    `${offers}\n ${job}`,
    `${afar}
     why train.0: dearer acme/h100 $20.00 than bolt/h100`,
  )
  check(
    `${offers}\n ${job}\n checkpoint train`,
    `${afar}
     why train.0: dearer acme/h100 $20.00 than bolt/h100`,
  )
})

it('[PL51] starts again where its checkpoint lies, if elsewhere saves less than carrying it', () =>
  check(
    `${offers}
     job train H100:8 saves 5m carries 7200
     checkpoint train in us`,
    `${nearby}
     why train.0: dearer bolt/h100 $16.00 than acme/h100 carries $176.00`,
  ))

const deadline = (sold: string, rest = '') => `offer acme/sure H100:8 us $20
     offer ${sold} spot
     egress us eu $0.02
     egress eu us $0.02
     job train H100:8 deadline 40h work 6h saves 5m ${rest}
     checkpoint train in us
     lease train.0.1 ready at acme/sure for $20
     run train.0 running epoch 1 on train.0.1`

it('[PL51] carries a checkpoint to spot elsewhere before a deadline only where that pays', () => {
  check(
    deadline('bolt/spot H100:8 eu $12', 'carries 50'),
    `acquire train.0.2 bolt/spot x1 $12.00 replaces train.0.1
     why train.0: kept train.0.1 $20.00
     why train.0: hunting tries bolt/spot carries $1.17`,
  )
  check(
    deadline('bolt/spot H100:8 eu $12', 'carries 7200'),
    `why train.0: kept train.0.1 $20.00
     why train.0: hunting stays`,
  )
  check(
    deadline('acme/spot H100:8 us $12', 'carries 7200'),
    `acquire train.0.2 acme/spot x1 $12.00 replaces train.0.1
     why train.0: kept train.0.1 $20.00
     why train.0: hunting tries acme/spot`,
  )
})

it('[PL51] keeps the time in hand that carrying takes, beside what a deadline leaves', () => {
  const world = (gb: string) => `offer acme/spot H100:8 us $8 spot
     offer bolt/sure H100:8 eu $20
     egress us eu $0.001
     job train H100:8 deadline 8h work 6h saves 5m ${gb}
     checkpoint train in us
     lease train.0.1 ready at acme/spot for $8
     run train.0 running epoch 1 on train.0.1`
  check(
    world('carries 1'),
    `why train.0: kept train.0.1 $8.00
     why train.0: hunting stays`,
  )
  check(
    world('carries 7200'),
    `acquire train.0.2 bolt/sure x1 $20.00 replaces train.0.1
     why train.0: kept train.0.1 $8.00
     why train.0: hunting pays bolt/sure carries $47.20`,
  )
})
