// Which compiler is chosen, from what is there: node --test www/wasm/

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { choose, Trouble } from './compiler.mjs'

const DEBIAN = { cargo: '/usr/bin/cargo', env: {}, flags: [], std: false }
const nothing = () => undefined
const never = () => assert.fail('it must not be looked for')

test('the compiler on the path is taken where it has all that is needed', () => {
  assert.equal(choose(true, { std: true, source: true }, never).cargo, 'cargo')
  assert.equal(choose(false, { std: true, source: false }, never).cargo, 'cargo')
})

test('without the source there are no threads, and without the target nothing', () => {
  assert.equal(choose(true, { std: true, source: false }, () => DEBIAN), DEBIAN)
  assert.equal(choose(true, { std: false, source: true }, () => DEBIAN), DEBIAN)
  assert.equal(choose(false, { std: false, source: true }, () => DEBIAN), DEBIAN)
})

test('one line says what to install', () => {
  const missing = (error) =>
    error instanceof Trouble && /rustup component add rust-src .* apt-get install rustc-web/.test(error.message) && !error.message.includes('\n')
  assert.throws(() => choose(true, { std: false, source: false }, nothing), missing)
  assert.throws(() => choose(true, { std: true, source: false }, nothing), missing)
})

test('the build says what it does not know, and fails', () => {
  const build = new URL('../build.mjs', import.meta.url).pathname
  const ran = spawnSync(process.execPath, [build, '--chekcs'], { encoding: 'utf8' })
  assert.equal(ran.status, 1)
  assert.match(ran.stderr, /^unknown option --chekcs\nusage: /)
})
