/**
 * `npm run sim`: tries to bankrupt us in simulated days. Needs nothing but this checkout.
 */
import { simulate } from '../test/sim/command.ts'

process.exitCode = await simulate(process.argv.slice(2))
