// The few parts of hosts that are not in every host: declared here, so that building needs the types of
// none of them.

declare module 'node:fs/promises' {
  export function readFile(path: URL): Promise<Uint8Array<ArrayBuffer>>
}

declare module '*.wasm' {
  const code: WebAssembly.Module
  export default code
}
