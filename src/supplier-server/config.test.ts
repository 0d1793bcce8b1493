/**
 * The config file of a supplier: what it means, and how a mistake in it is named.
 */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { configText } from '../../test/supplier-stage.ts'
import { readConfig } from './config.ts'
import { SetupError } from './setup-error.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

it('reads what is sold, and how', () => {
  const text = configText(`class: B
boot_delay: 1m30s
list_lag: 250ms
faults:
  - { fault: slow, delay: 2s, for: 1m }
`)
  const config = readConfig(text, 'acme.yaml')
  assert.deepEqual(config.offers, [
    {
      id: 'h100x8',
      accelerator: 'H100',
      perNode: 8,
      market: 'on-demand',
      pricePerHour: 20_000_000,
      nodes: 5,
    },
  ])
  assert.deepEqual([config.class, config.bootDelayMs, config.listLagMs], ['B', 90_000, 250])
  assert.deepEqual([config.lateEffectMs, config.spotNoticeMs], [0, 30_000])
  const fault = { fault: 'slow', ms: 2_000, for_ms: 60_000, count: undefined }
  assert.deepEqual(config.faults, [fault])
})

const bomb = Array.from({ length: 9 }, (_, depth) => {
  const within =
    depth === 0
      ? '1'
      : Array(9)
          .fill(`*a${depth - 1}`)
          .join(',')
  return `a${depth}: &a${depth} [${within}]`
}).join('\n')

describe('a mistake is named by file, line and column', () => {
  const cases: [string, string, RegExp][] = [
    ['no YAML', configText('x: [1'), /^acme\.yaml:6:\d+: /],
    ['a key that is not known', configText('colour: red'), /^acme\.yaml:6:1: .*"colour"/],
    ['a wrong class', configText('class: D'), /^acme\.yaml:6:8: class: /],
    ['no duration', configText('list_lag: soon'), /^acme\.yaml:6:11: list_lag: must be a duration/],
    ['a number for a duration', configText('list_lag: 5'), /^acme\.yaml:6:11: list_lag: must be/],
    ['a day too long', configText('list_lag: 25h'), /^acme\.yaml:6:11: .* up to 24h/],
    ['no dollars', configText().replace('20.00', '1e-9'), /5:\d+: offers\.0\.price_per_hour: must/],
    ['no nodes', configText().replace(', nodes: 5', ''), /5:5: offers\.0\.nodes: /],
    [
      'a key of an offer',
      configText().replace('nodes', 'nods'),
      /acme\.yaml:5:\d+: offers\.0: .*nods/,
    ],
    [
      'a twin',
      configText().replace(/(.*id:.*\n)/, '$1$1'),
      /6:11: offers\.1\.id: there is another/,
    ],
    [
      'no moment',
      configText().replace('nodes: 5', 'nodes: 5, from: soon'),
      /5:\d+: offers\.0\.from: must be a moment such as 2026-12-03T09:00Z, not soon/,
    ],
    [
      'a block that ends first',
      configText().replace('nodes: 5', 'nodes: 5, from: 2026-12-03, until: 2026-12-03'),
      /5:\d+: offers\.0\.until: must be later than from/,
    ],
    ['an alias bomb', bomb, /^acme\.yaml: Excessive alias count/],
    ['nothing', '', /^acme\.yaml:1:1: /],
    ['too much', ' '.repeat(300_000), /has 300000 characters/],
  ]
  for (const [what, text, expected] of cases) {
    it(what, () => {
      assert.throws(
        () => readConfig(text, 'acme.yaml'),
        (error) => {
          assert.ok(error instanceof SetupError)
          assert.match(error.message, expected)
          return true
        },
      )
    })
  }
})

describe('what is published can be served', () => {
  for (const path of globSync('examples/story/suppliers/*.yaml', { cwd: root })) {
    it(path, () => assert.ok(readConfig(readFileSync(join(root, path), 'utf8'), path)))
  }

  it('docs/guide/sell.md', () => {
    const guide = readFileSync(join(root, 'docs/guide/sell.md'), 'utf8')
    const [, text = ''] = /^```yaml\n([\s\S]*?)^```/m.exec(guide) ?? []
    assert.equal(readConfig(text, 'sell.md').offers.length, 3)
  })
})
