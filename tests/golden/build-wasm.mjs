// Builds the golden digests for WebAssembly and prints the path of the module.
import { compile } from '../../www/wasm/compiler.mjs'

try {
  // The module without features needs the same standard library as the single-threaded one.
  console.log(compile({ flavour: 'single', words: ['--example', 'golden'], name: 'examples/golden.wasm' }))
} catch (error) {
  console.error(error.message)
  process.exit(1)
}
