/** One drawing for each rule of who runs, waits, moves and ends; RULES.md has them in words. */
import { it } from 'node:test'
import { planChecker } from '../../testing/plan.ts'
import { lint } from './lint.ts'
import { plan } from './plan.ts'

const check = planChecker(plan, lint)

it('[PL2] serves need before comfort, then priority, services, age, name and slot', () => {
  check(
    `offer acme/l4 L4:1 us $1 stock 1
     offer bolt/l4 L4:1 us $9
     job low L4:1 priority 10
     job high L4:1 priority 90
     checkpoint high
     lease high.0.1 ready at bolt/l4 for $9
     run high.0 running on high.0.1`,
    'acquire low.0.1 acme/l4 x1 $1.00',
  )
  check(
    `offer acme/l4 L4:1 us $1
     job young L4:1 submitted 1m
     job b L4:1 submitted 2m
     job a L4:1 submitted 2m
     service chat L4:1 replicas 2
     job urgent L4:1 priority 51`,
    `acquire urgent.0.1 acme/l4 x1 $1.00
     acquire chat.0.1 acme/l4 x1 $1.00
     acquire chat.1.1 acme/l4 x1 $1.00
     acquire a.0.1 acme/l4 x1 $1.00
     acquire b.0.1 acme/l4 x1 $1.00
     acquire young.0.1 acme/l4 x1 $1.00`,
  )
})

it('[PL3] starts on the ready lease with the cheapest useful work', () =>
  check(
    `job train H100:8 or A100-80GB:8
     throughput A100-80GB 0.25
     lease train.0.1 ready at acme/h for $80
     lease train.0.2 ready at acme/a as A100-80GB:8 for $40
     run train.0 waiting epoch 4`,
    `start train.0 on train.0.1 epoch 5
     release train.0.2: train.0 starts on train.0.1
     why train.0: kept train.0.1 $80.00`,
  ))

it('[PL3] starts on the lease that takes over, even if it is dearer', () =>
  check(
    `job train H100:8
     lease train.0.1 ready at acme/h for $80
     lease train.0.2 ready at bolt/h for $90 replaces train.0.1
     run train.0 waiting epoch 1`,
    `start train.0 on train.0.2 epoch 2
     release train.0.1: train.0 starts on train.0.2`,
  ))

it('[PL4] keeps what is to take over from the lease it starts on', () =>
  check(
    `job train H100:8
     lease train.0.1 ready at acme/h for $80
     lease train.0.2 asked at bolt/h for $50
     lease train.0.3 held at bolt/h for $50 replaces train.0.1
     run train.0 waiting epoch 1`,
    `start train.0 on train.0.1 epoch 2
     release train.0.2: train.0 starts on train.0.1`,
  ))

it('[PL5] waits out its back-off', () =>
  check(
    `job train H100:8
     lease train.0.1 ready at acme/h for $80
     run train.0 waiting epoch 1 retry-in 30s exit 7`,
    'why train.0: backing-off 30s',
  ))

for (const state of ['intended', 'asked', 'unsure', 'held']) {
  it(`[PL6] buys nothing while a lease is ${state}`, () =>
    check(
      `offer acme/h H100:8 us $80
       job train H100:8
       lease train.0.1 ${state} at acme/h for $80
       run train.0 waiting`,
      `why train.0: buying train.0.1 ${state}`,
    ))
}

it('[PL6] waits for the newest by number, not by spelling', () =>
  check(
    `job train H100:8
     lease train.0.10 held at acme/h for $80
     lease train.0.9 held at acme/h for $80
     run train.0 waiting`,
    'why train.0: buying train.0.10 held',
  ))

it('[PL6] buys anew when the last lease is gone or wanted no more', () =>
  check(
    `offer acme/h H100:8 us $80
     job train H100:8
     lease train.0.1 gone at acme/h for $80
     lease train.0.2 unsure at acme/h for $80 unwanted
     run train.0 waiting`,
    'acquire train.0.3 acme/h x1 $80.00',
  ))

it('[PL7] gives back what is taken back or does not fit any more', () => {
  check(
    `offer acme/h H100:8 us $80
     job train H100:8
     lease train.0.1 ready at acme/h for $80 notice 2m
     run train.0 waiting epoch 1`,
    `release train.0.1: acme takes it back
     acquire train.0.2 acme/h x1 $80.00`,
  )
  check(
    `offer acme/h H100:8 us $80
     job train H100:8 x2 revision 2
     lease train.0.1 ready at acme/h as H100:8 for $80
     run train.0 waiting epoch 1 revision 1`,
    `release train.0.1: train asks for something else now
     acquire train.0.2 acme/h x2 $160.00`,
  )
})

it('[PL8] buys ahead for a gang that has lost its lease, and starts nothing', () => {
  const lost = `
    offer acme/h H100:8 us $80
    job train H100:8
    lease train.0.1 gone at acme/h for $80
    run train.0 fencing on train.0.1`
  check(
    lost,
    `acquire train.0.2 acme/h x1 $80.00
     why train.0: fencing epoch 1
     why train.0: chosen acme/h $80.00 of 1`,
  )
  check(
    `${lost}\nlease train.0.2 ready at acme/h for $80`,
    `why train.0: fencing epoch 1
     why train.0: buying train.0.2 ready`,
  )
  check(lost.replace('fencing', 'running'), 'acquire train.0.2 acme/h x1 $80.00')
})

it('[PL8] needs no new machine where only the work failed', () =>
  check(
    `offer acme/h H100:8 us $8
     job train H100:8
     lease train.0.1 ready at acme/h for $80
     run train.0 fencing on train.0.1 exit 1`,
    'why train.0: fencing epoch 1',
  ))

it('[PL8] replaces a lease that is taken back while its gang is drained', () =>
  check(
    `offer acme/h H100:8 us $80
     job train H100:8
     lease train.0.1 ready at acme/h for $80 notice 1m
     run train.0 draining on train.0.1`,
    'acquire train.0.2 acme/h x1 $80.00 replaces train.0.1',
  ))

it('[PL9] keeps a gang where moving saves too little', () =>
  check(
    `offer acme/h H100:8 us $100
     offer bolt/h H100:8 us $80
     job train H100:8
     checkpoint train
     lease train.0.1 ready at acme/h for $100
     run train.0 running on train.0.1`,
    'why train.0: kept train.0.1 $100.00 bolt/h saves 20%',
  ))

it('[PL9] tells what would save and refused a moment ago, until when', () => {
  const running = `
    offer acme/h H100:8 us $100
    offer bolt/h H100:8 us $60
    offer coil/h H100:8 us $120
    cooling coil/h until 2m said "sold out"
    job train H100:8
    checkpoint train
    lease train.0.1 ready at acme/h for $100
    run train.0 running on train.0.1`
  check(
    `${running}\ncooling bolt/h until 5m said "sold out"`,
    `why train.0: kept train.0.1 $100.00
     why train.0: cooling bolt/h 5m sold out saves 40%`,
  )
  check(
    `${running}\ncooling bolt/h until 5m said "sold out"\noffer dust/h H100:8 us $90`,
    `why train.0: kept train.0.1 $100.00 dust/h saves 10%
     why train.0: cooling bolt/h 5m sold out saves 40%`,
  )
})

const dear = `
  offer bolt/h H100:8 us $60
  job train H100:8
  lease train.0.1 ready at acme/h for $100`

it('[PL10] buys, stops, starts and gives back, in this order', () => {
  const saved = `${dear}\ncheckpoint train`
  const running = `${saved}\nrun train.0 running on train.0.1`
  check(
    running,
    `acquire train.0.2 bolt/h x1 $60.00 replaces train.0.1
     why train.0: moving train.0.1 to bolt/h saves 40%`,
  )
  check(
    `${running}\nlease train.0.2 held at bolt/h for $60 replaces train.0.1`,
    'why train.0: moving train.0.1 to bolt/h saves 40%',
  )
  check(
    `${running}\nlease train.0.2 ready at bolt/h for $60 replaces train.0.1`,
    'drain train.0: moves to train.0.2',
  )
  const bought = 'lease train.0.2 ready at bolt/h for $60 replaces train.0.1'
  check(`${saved}\n${bought}\nrun train.0 draining on train.0.1`, '')
  check(
    `${saved}\n${bought}\nrun train.0 waiting epoch 1`,
    `start train.0 on train.0.2 epoch 2
     release train.0.1: train.0 starts on train.0.2`,
  )
  check(
    `${saved}\n${bought}\nrun train.0 running epoch 2 on train.0.2`,
    'release train.0.1: train.0 runs on train.0.2',
  )
})

it('[PL11] does not move a job that has saved nothing', () =>
  check(
    `${dear}\nrun train.0 running on train.0.1`,
    'why train.0: kept train.0.1 $100.00 bolt/h saves 40%',
  ))

const pair = `
  offer bolt/l4 L4:1 us $1
  service chat L4:1 replicas 2
  lease chat.0.1 ready at acme/l4 for $2
  lease chat.1.1 ready at acme/l4 for $2`

it('[PL12] moves one replica at a time, and never the only one that answers', () => {
  const running = `${pair}
    run chat.0 running on chat.0.1 answering
    run chat.1 running on chat.1.1`
  check(running, 'acquire chat.0.2 bolt/l4 x1 $1.00 replaces chat.0.1')
  const bought = 'lease chat.0.2 ready at bolt/l4 for $1 replaces chat.0.1'
  check(`${running}\n${bought}`, '')
  check(`${running} answering\n${bought}`, 'drain chat.0: moves to chat.0.2')
  check(
    `${pair}\n${bought}
     run chat.0 draining on chat.0.1
     run chat.1 running on chat.1.1 answering`,
    '',
  )
  check(
    `${pair}
     run chat.0 running on chat.0.1 answering
     run chat.1 waiting epoch 1`,
    'start chat.1 on chat.1.1 epoch 2',
  )
  check(
    `${pair.replace('for $2', 'for $2 notice 1m')}
     lease chat.2.1 ready at acme/l4 for $2
     lease chat.0.2 held at bolt/l4 for $1 replaces chat.0.1
     demand chat 0,1,2
     run chat.0 fencing on chat.0.1
     run chat.1 running on chat.1.1 answering
     run chat.2 running on chat.2.1 answering`,
    '',
  )
})

const noticed = `
  offer bolt/h H100:8 us $120
  job train H100:8
  lease train.0.1 ready at acme/h for $100 notice 2m
  run train.0 running on train.0.1`

it('[PL13] replaces a lease that is taken back from a job, at whatever it costs', () => {
  check(noticed, 'acquire train.0.2 bolt/h x1 $120.00 replaces train.0.1')
  check(
    `${noticed}\nlease train.0.2 held at bolt/h for $120 replaces train.0.1`,
    'why train.0: moving train.0.1 to bolt/h saves -20%',
  )
  check(
    `${noticed}\nlease train.0.2 ready at bolt/h for $120 replaces train.0.1`,
    'drain train.0: moves to train.0.2',
  )
  check(
    noticed.replace('H100:8 us', 'H200:8 us'),
    `why train.0: kept train.0.1 $100.00
     why train.0: not-offered H100:8`,
  )
  // For a service another replica is demanded instead.
  check(
    `offer bolt/l4 L4:1 us $1
     service chat L4:1 replicas 1
     demand chat 0,1
     lease chat.0.1 ready at acme/l4 for $2 notice 2m
     run chat.0 running on chat.0.1 answering`,
    'acquire chat.1.1 bolt/l4 x1 $1.00',
  )
})

it('[PL14] restarts a job for a newer revision', () =>
  check(
    `job train H100:8 revision 2
     lease train.0.1 ready at acme/h for $100
     run train.0 running on train.0.1 revision 1`,
    'drain train.0: restarts as revision 2 of train',
  ))

it('[PL14] restarts a service so that it never falls silent', () => {
  const old = `
    service chat L4:1 replicas 2 revision 2
    lease chat.0.1 ready at acme/l4 for $2
    lease chat.1.1 ready at acme/l4 for $2`
  check(
    `${old}
     run chat.0 running on chat.0.1 answering revision 1
     run chat.1 running on chat.1.1 answering revision 1`,
    'drain chat.0: restarts as revision 2 of chat',
  )
  check(
    `${old}
     run chat.0 draining on chat.0.1 revision 1
     run chat.1 running on chat.1.1 answering revision 1`,
    '',
  )
  check(
    `${old}
     run chat.0 running on chat.0.1 revision 2
     run chat.1 running on chat.1.1 answering revision 1`,
    '',
  )
  check(
    `${old}
     run chat.0 running on chat.0.1 revision 1
     run chat.1 running on chat.1.1 revision 1`,
    `drain chat.0: restarts as revision 2 of chat
     drain chat.1: restarts as revision 2 of chat`,
  )
})

it('[PL23] drains what nobody asks for, and releases once it is idle', () => {
  const gone = `
    job train H100:8 deleting
    lease train.0.1 ready at acme/h for $80
    lease train.0.2 held at bolt/h for $70 replaces train.0.1`
  check(
    `${gone}\nrun train.0 running on train.0.1`,
    `drain train.0: nobody asks for it any more
     release train.0.2: nobody asks for train.0 any more`,
  )
  check(
    `${gone}\nrun train.0 draining on train.0.1`,
    'release train.0.2: nobody asks for train.0 any more',
  )
  check(
    `${gone}\nrun train.0 waiting epoch 1`,
    `drain train.0: nobody asks for it any more
     release train.0.1: nobody asks for train.0 any more
     release train.0.2: nobody asks for train.0 any more`,
  )
})

it('[PL24] releases all leases of ended and unknown runs', () =>
  check(
    `job train H100:8
     job other H100:8 deleting
     lease train.0.1 ready at acme/h for $80
     lease other.0.1 ready at acme/h for $80
     lease ghost.0.1 asked at acme/h for $80
     lease gone.0.1 ready at acme/h for $80 unwanted
     run train.0 done epoch 1 on train.0.1
     run other.0 failed epoch 1 on other.0.1`,
    `release ghost.0.1: nobody asks for ghost.0 any more
     release other.0.1: other.0 has failed
     release train.0.1: train.0 is done`,
  ))
