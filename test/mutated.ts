/**
 * Loaded before a test file: injects the bug that the environment names, if it names one.
 */
import { clauseMutants } from './clause-mutants.ts'
import { copyMutants } from './copy-mutants.ts'
import { rareMutants } from './rare-mutants.ts'
import { inject } from './sim/mutate.ts'

const name = process.env.CALUMET_MUTANT ?? ''
if (name !== '') inject(name, [...clauseMutants, ...copyMutants, ...rareMutants])
