/** What is read from afar weighs as much as what it costs to read. */
import { it } from 'node:test'
import { planChecker } from '../../testing/plan.ts'
import { lint } from './lint.ts'
import { plan } from './plan.ts'

const check = planChecker(plan, lint)

const offers = `
  offer acme/h100 H100:8 us $20
  offer bolt/h100 H100:8 eu $19`

it('[PL49] buys where its data lies, if reading it elsewhere costs more than is saved', () => {
  const nearby = `acquire train.0.1 acme/h100 x1 $20.00
     why train.0: chosen acme/h100 $20.00 of 2
     why train.0: dearer bolt/h100 $19.00 than acme/h100`
  const afar = `acquire train.0.1 bolt/h100 x1 $19.00
     why train.0: chosen bolt/h100 $19.00 of 2
     why train.0: dearer acme/h100 $20.00 than bolt/h100`
  const job = 'job train H100:8 reads 100@us'
  check(`${offers}\n egress us eu $0.02\n ${job}`, nearby)
  check(`${offers}\n egress us eu $0.005\n ${job}`, afar)
  check(`${offers}\n egress us - $0.02\n ${job}`, nearby)
  check(`${offers}\n egress us eu $0.005\n egress us - $0.02\n ${job}`, afar)
})

it('[PL49] knows no cost that nobody told, nor any for who reads nothing', () => {
  const afar = `acquire train.0.1 bolt/h100 x1 $19.00
     why train.0: chosen bolt/h100 $19.00 of 2
     why train.0: dearer acme/h100 $20.00 than bolt/h100`
  check(`${offers}\n job train H100:8 reads 100@us`, afar)
  check(`${offers}\n egress eu us $0.02\n job train H100:8 reads 100@us`, afar)
  check(`${offers}\n egress us eu $0.02\n job train H100:8`, afar)
})

it('[PL49] moves towards its data where that saves enough, and not away from it', () => {
  const running = (at: string, price: string) => `${offers}
     egress us eu $0.20
     job train H100:8 reads 100@us saves 5m
     checkpoint train worked 1h on H100:8
     lease train.0.1 ready at ${at} for ${price}
     run train.0 running epoch 1 on train.0.1`
  check(
    running('bolt/h100', '$19'),
    `acquire train.0.2 acme/h100 x1 $20.00 replaces train.0.1
     why train.0: moving train.0.1 to acme/h100 saves 49%`,
  )
  check(running('acme/h100', '$21'), 'why train.0: kept train.0.1 $21.00 acme/h100 saves 5%')
})

it('[PL49] holds ceilings by the price alone', () =>
  check(
    `${offers}
     egress us eu $0.20
     job train H100:8 suppliers bolt max $20 reads 100@us`,
    `acquire train.0.1 bolt/h100 x1 $19.00
     why train.0: chosen bolt/h100 $19.00 of 1
     why train.0: not-allowed acme by workload train`,
  ))
