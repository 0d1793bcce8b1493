/**
 * While the other side has nothing left: who was asked, beside what everybody had said.
 */
import { describe, it } from 'node:test'
import { breaks, holds } from './drawing.test.ts'

describe('preferred overflow', () => {
  const still = `
    0s  submit w
    0s  rule wish
    0s  rule buying on
    0s  rule seller bolt
    0s  lead 1
    0s  sign core - preferred_overflow
    31m quote 20 core 0
    31m quote 30 bolt 1`
  const bought = `
    40m quote 30 bolt 1
    60m intend w.0.1`

  it('[AU29] whoever comes first is bought from first, whatever it costs', () => {
    breaks('I17', `${still}${bought}`)
    breaks('I17', `${still.replace('quote 30', 'quote 19')}${bought}`)
    holds(`${still.replace('sign core -', 'sign core 20m')}${bought}`)
    holds(`${still.replace('preferred_overflow', 'prepay')}${bought}`)
  })

  it('[AU29] the order counts only while the other side has nothing', () => {
    holds(`${still.replace('core 0', 'core 1')}${bought}`)
    holds(`${still.replace('31m quote 20 core 0', '')}${bought}`)
    holds(`${still}\n 40m quote 20 core 1${bought}`)
  })

  it('[AU29] nobody is to be asked who may have nothing, or may not be asked', () => {
    holds(`${still.replace('bolt 1', 'bolt 0')}${bought}`)
    holds(`${still}${bought.replace('bolt 1', 'bolt 0')}`)
    holds(`${still}\n 40m quote none bolt${bought}`)
    holds(`${still.replace('lead 1', 'rule deny bolt\n 0s lead 1')}${bought}`)
    holds(`${still}\n 45m rule seller bolt\n 45m lead 2${bought}`)
    holds(`${still.replace('rule seller bolt', 'rule standing active')}${bought}`)
  })

  it('[AU29] what changed lately may have been decided before', () => {
    holds(`${still}\n 45m rule wish\n 45m lead 2${bought}`)
    holds(`${still}\n 45m waive 50m${bought}`)
    holds(`${still}\n 45m lose bolt${bought}`)
    breaks('I17', `${still}\n 45m lose core${bought}`)
    breaks('I17', `${still}\n 45m lead 2${bought}`)
  })
})
