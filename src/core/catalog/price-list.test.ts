/** Price lists as they are found, with their faults, and what is made of them. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { formatUsd } from '../domain/money.ts'
import { sliceOf } from './accelerators.ts'
import { readPriceList } from './price-list.ts'

const head =
  'InstanceType,vCPUs,MemoryGiB,AcceleratorName,AcceleratorCount,GpuInfo,' +
  'Price,SpotPrice,Region,AvailabilityZone'

/** Rows as `machine accelerator count price spot region zone`; `-` is nothing. */
function check(drawn: string, expected: string): void {
  const rows = drawn.split('\n').map((line) => {
    const [machine, name, count, price, spot, region, zone] = line
      .trim()
      .split(/\s+/)
      .map((word) => (word === '-' ? '' : word))
    return [machine, 8, 64, name, count, '"{""Gpus"": [1, 2]}"', price, spot, region, zone].join()
  })
  const { offers, faults } = readPriceList([head, ...rows].join('\n'), 'acme')
  const told = [
    ...offers.map(({ supplier, id, accelerator, perNode, pricePerHour }) => {
      return `${supplier}/${id} ${accelerator}:${perNode} ${formatUsd(pricePerHour)}`
    }),
    ...faults.map(({ line, what }) => `${line}: ${what}`),
  ]
  assert.deepEqual(
    told,
    expected.split('\n').map((line) => line.trim()),
  )
}

for (const [name, slice] of [
  ['tpu-v5p-8', 'tpu-v5p:4'],
  ['tpu-v4-32', 'tpu-v4:16'],
  ['tpu-v6e-8', 'tpu-v6e:8'],
  ['v5litepod-16', 'tpu-v5e:16'],
  ['TPU-V6E-1', 'tpu-v6e:1'],
  ['tpu-v5p-7', 'null'],
  ['tpu-v6e', 'null'],
  ['H100-80', 'null'],
] as const) {
  it(`[CA1] takes ${name} for ${slice}`, () => {
    const { accelerator, chips } = sliceOf(name) ?? {}
    assert.equal(accelerator === undefined ? 'null' : `${accelerator}:${chips}`, slice)
  })
}

it('[CA2] sells what a row sells, on demand and as spot', () =>
  check(
    `p5.48xlarge H100-80GB 8 98.32 21.5 us-east-1 us-east-1a
     tpu tpu-v5p-8 1 16.8 - us-east5 us-east5-a
     tpu tpu-v6e-8 1 21.6 10.0000011 us-east5 us-east5-a`,
    `acme/p5.48xlarge.us-east-1.on-demand H100:8 $98.32
     acme/p5.48xlarge.us-east-1.spot H100:8 $21.50
     acme/tpu-v5p-8.us-east5.on-demand tpu-v5p:4 $16.80
     acme/tpu-v6e-8.us-east5.on-demand tpu-v6e:8 $21.60
     acme/tpu-v6e-8.us-east5.spot tpu-v6e:8 $10.00`,
  ))

it('[CA2] names what cannot be read, and by which line', () =>
  check(
    `a H100 1 - - us -
     b H100 1 -3 - us -
     c H100 1 abc - us -
     d Zeta-9 1 3 - us -
     e H100 0.5 3 - us -
     f H100 - 3 - us -
     - H100 8 30 - us -
     h L4 1 0 - us -`,
    `2: a has no price
     3: -3 is no price in dollars an hour above zero
     4: abc is no price in dollars an hour above zero
     5: nobody knows the accelerator Zeta-9
     6: 0.5 is no count of accelerators
     7: nothing is no count of accelerators
     8: H100:8 is priced without the machine around it
     9: 0 is no price in dollars an hour above zero`,
  ))

it('[CA2] counts rows of plain machines, and names the columns that are missing', () => {
  const list = readPriceList(`${head}\nm5.large,2,8,,,,0.1,,us,\n\n`, 'acme')
  assert.deepEqual(list, { offers: [], faults: [], plainRows: 1 })
  assert.deepEqual(readPriceList('a,b\n1,2\n', 'acme').faults, [
    {
      line: 1,
      what:
        'no column acceleratorname or accelerator, acceleratorcount or count, ' +
        'price or price_usd_hr, region',
    },
  ])
})

it('[CA3] takes no price that is absurd by itself or beside the others', () =>
  check(
    `v6e-8 tpu-v6e-8 1 700.0 - us -
     v6e-16 tpu-v6e-16 1 700.0 - us -
     nd96 H100 12 98.32 - us -
     nd97 H100 8 98.32 - us -
     p5 H100 8 98 98 us -
     p5 H100 8 98 120 eu -
     gold L4 1 5000 - us -
     free L4 1 0.001 - us -`,
    `acme/nd97.us.on-demand H100:8 $98.32
     acme/p5.us.on-demand H100:8 $98.00
     2: $700.00/h is asked for 8 and 16 tpu-v6e alike: a placeholder
     3: $700.00/h is asked for 8 and 16 tpu-v6e alike: a placeholder
     4: nd96 is said to have 12 H100; no machine has
     6: p5 costs no less as spot
     7: p5 asks $120.00/h as spot and $98.00/h on demand: one of them is wrong
     8: $5,000.00/h for L4:1 is absurd
     9: $0.001000/h for L4:1 is absurd`,
  ))

it('[CA3] does not believe a fraction of what the same machine costs elsewhere', () =>
  check(
    `a3 H100 8 88 - us -
     a3 H100 8 90 - eu -
     a3 H100 8 33.60609 - asia -`,
    `acme/a3.us.on-demand H100:8 $88.00
     acme/a3.eu.on-demand H100:8 $90.00
     4: a3 at $33.61/h is less than half of the usual $88.00/h`,
  ))

it('[CA3] holds no price against one that its own row proves wrong', () =>
  check(
    `a2 A100-80GB 8 38.76 14.58 us -
     a2 A100-80GB 8 35.39 10.68 eu -
     a2 A100-80GB 8 16.26 17.30 asia -
     a2 A100-80GB 8 14.76 15.71 us2 -
     a2 A100-80GB 8 14.76 15.71 us3 -
     a2 A100-80GB 8 16.63 14.15 us4 -
     a2 A100-80GB 8 35.39 10.68 us5 -`,
    `acme/a2.us.on-demand A100-80GB:8 $38.76
     acme/a2.us.spot A100-80GB:8 $14.58
     acme/a2.eu.on-demand A100-80GB:8 $35.39
     acme/a2.eu.spot A100-80GB:8 $10.68
     acme/a2.us5.on-demand A100-80GB:8 $35.39
     acme/a2.us5.spot A100-80GB:8 $10.68
     4: a2 asks $17.30/h as spot and $16.26/h on demand: one of them is wrong
     5: a2 asks $15.71/h as spot and $14.76/h on demand: one of them is wrong
     6: a2 asks $15.71/h as spot and $14.76/h on demand: one of them is wrong
     7: a2 at $16.63/h is less than half of the usual $35.39/h`,
  ))

it('[CA4] makes one offer of zones with one price, and says which row came twice', () =>
  check(
    `a3 H100 8 88 - us us-a
     a3 H100 8 88 - us us-b
     a3 H100 8 95 - us us-c
     a3 H100 8 88 - us us-a`,
    `acme/a3.us.on-demand H100:8 $88.00
     acme/a3.us.on-demand.us-c H100:8 $95.00
     5: a3 stands on line 2 already`,
  ))

it('[CA2] reads quotes, commas, breaks and a first mark as spreadsheets write them', () => {
  const names = 'cloud,instance_type,accelerator,count,price_usd_hr,region,note'
  const text = `\uFEFF${names}\r\nbolt,x,L4,1,0.5,us,"a ""b"",\r\nc"\r\nbolt,y,Zeta,1,1,us,\r\n`
  const { offers, faults } = readPriceList(text, 'acme')
  assert.deepEqual(
    offers.map(({ supplier, id }) => `${supplier}/${id}`),
    ['bolt/x.us.on-demand'],
  )
  assert.deepEqual(faults, [{ line: 4, what: 'nobody knows the accelerator Zeta' }])
})
