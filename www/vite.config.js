// How the page is served while it is worked on, and bundled.
import { readFileSync } from 'node:fs'
import { defineConfig } from 'vite'

/** `freerun serve` sends the same. */
const headers = JSON.parse(readFileSync(new URL('headers.json', import.meta.url), 'utf8'))
const { 'Content-Security-Policy': policy, ...others } = headers

/** The built page carries its policy with it, for hosts that send no headers. */
const contentPolicy = {
  name: 'content-policy',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: policy },
      injectTo: 'head-prepend',
    },
  ],
}

export default defineConfig({
  // Any folder of any host will do.
  base: './',
  plugins: [contentPolicy],
  worker: { format: 'es' },
  build: {
    target: 'esnext',
    // The policy allows no data: addresses but for pictures.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // Without the policy: styles are written into the page then. The studies lie beside this folder.
  server: { headers: others, fs: { allow: ['..'] } },
  preview: { headers },
})
