// How the page is served while it is worked on, and bundled.
import { defineConfig } from 'vite'
import { CONTENT_POLICY, ISOLATING } from './policy.js'

/** The built page carries its policy with it; the server for development needs inline styles. */
const contentPolicy = {
  name: 'content-policy',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: CONTENT_POLICY },
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
  // The studies lie beside this folder.
  server: { headers: ISOLATING, fs: { allow: ['..'] } },
  preview: { headers: ISOLATING },
})
