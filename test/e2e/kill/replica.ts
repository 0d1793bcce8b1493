/**
 * A replica that answers everything with 200, and writes down by itself that it is there.
 */
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'

const { CALUMET_RUN: run = '', CALUMET_EPOCH, RANK, CALUMET_MACHINE, WITNESS = '.' } = process.env
const life = `${run} ${CALUMET_EPOCH} ${RANK} ${process.pid} ${CALUMET_MACHINE}`
const say = (word: string) => appendFileSync(join(WITNESS, run), `${life} ${word} ${Date.now()}\n`)

say('begin')
setInterval(() => say('beat'), 500)
createServer((_, response) => response.end('here\n')).listen(Number(process.env.PORT), '127.0.0.1')
