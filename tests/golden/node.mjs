// Compares the digests that a WebAssembly build computes with the committed ones.
// Usage: node tests/golden/node.mjs golden.wasm
import { readFile } from 'node:fs/promises'

const [path] = process.argv.slice(2)
if (!path) {
  console.error('usage: node tests/golden/node.mjs golden.wasm')
  process.exit(2)
}
const module = await WebAssembly.compile(await readFile(path))
const imports = WebAssembly.Module.imports(module)
if (imports.length > 0) {
  console.error('the module must need nothing from its host, but imports', imports)
  process.exit(1)
}
const { exports } = await WebAssembly.instantiate(module)
// The text is made by the first call, which may move the memory: look at it only afterwards.
const start = exports.digests() >>> 0
const length = exports.digests_len() >>> 0
const found = new TextDecoder('utf-8', { fatal: true })
  .decode(new Uint8Array(exports.memory.buffer, start, length))
  .trimEnd()
  .split('\n')
const committed = await readFile(new URL('digests.txt', import.meta.url), 'utf8')
const wanted = committed.trimEnd().split('\n')

const only = (here, there) => here.filter((line) => !there.includes(line))
const differences = [
  ...only(wanted, found).map((line) => `- ${line}`),
  ...only(found, wanted).map((line) => `+ ${line}`),
]
if (differences.length > 0) {
  console.error('WebAssembly (+) differs from the committed digests (-):')
  console.error(differences.join('\n'))
  process.exit(1)
}
console.log(`${found.length} digests are the same in WebAssembly`)
