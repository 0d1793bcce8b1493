/** What is committed to enters the price that is compared, and no bill. */
import { it } from 'node:test'
import { planChecker } from '../../testing/plan.ts'
import { lint } from './lint.ts'
import { plan } from './plan.ts'

const check = planChecker(plan, lint)

it('[PL40] buys what is paid for and would go unused before what is cheaper', () =>
  check(
    `paid acme/h100 $0
     offer acme/h100 H100:8 us $40
     offer bolt/h100 H100:8 us $20
     job train H100:8`,
    `acquire train.0.1 acme/h100 x1 $40.00
     why train.0: chosen acme/h100 $40.00 of 2
     why train.0: dearer bolt/h100 $20.00 than acme/h100`,
  ))

it('[PL40] holds ceilings by the price that is billed, whatever was paid ahead', () =>
  check(
    `paid acme/h100 $0
     offer acme/h100 H100:8 us $40
     offer bolt/h100 H100:8 us $20
     job train H100:8 max $30`,
    `acquire train.0.1 bolt/h100 x1 $20.00
     why train.0: chosen bolt/h100 $20.00 of 1
     why train.0: too-dear acme/h100 $40.00 above $30.00 of workload train`,
  ))

it('[PL40] stays on a lease that uses what is paid for, and moves to what would go unused', () => {
  const held = (paid: string) => `
    paid ${paid} $0
    offer acme/h100 H100:8 us $40
    offer bolt/h100 H100:8 us $10
    job train H100:8
    checkpoint train step 1
    lease train.0.1 ready at acme/h100 for $40
    run train.0 running epoch 1 on train.0.1`
  check(held('train.0.1'), 'why train.0: kept train.0.1 $40.00')
  const elsewhere = held('bolt/h100').replace('lease train.0.1 ready at acme/h100 for $40', '')
  check(
    `${elsewhere.replace('run train.0 running epoch 1 on train.0.1', '')}
     lease train.0.1 ready at acme/h100 for $40
     run train.0 running epoch 1 on train.0.1`,
    `acquire train.0.2 bolt/h100 x1 $10.00 replaces train.0.1
     why train.0: moving train.0.1 to bolt/h100 saves 100%`,
  )
})
