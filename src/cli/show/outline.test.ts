/**
 * Values of unknown shape, for people.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { outline } from './outline.ts'

it('leaves out what is not there, indents what is inside, and names units', () =>
  assert.equal(
    outline({
      name: 'chat\x1b[2J',
      setup: null,
      envs: {},
      pricePerHourMax: 60_000_000,
      readiness: { path: '/health', periodMs: 90_000 },
      resources: [
        { accelerator: 'H100', perNode: 8 },
        { accelerator: 'V9', perNode: 4 },
      ],
      markets: ['on-demand', 'spot'],
      run: 'cd /app\npython serve.py\n',
    }),
    `name: chat\\x1b[2J
pricePerHourMax: $60.00
readiness:
  path: /health
  period: 1m 30s
resources:
  - accelerator: H100
    perNode: 8
  - accelerator: V9
    perNode: 4
markets:
  - on-demand
  - spot
run:
  cd /app
  python serve.py
`,
  ))
