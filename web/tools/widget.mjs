// Builds the chat widget: one small script for any page, /w.js.
import { buildSync } from 'esbuild'
import { fileURLToPath } from 'node:url'

const at = (p) => fileURLToPath(new URL(p, import.meta.url))
buildSync({
  entryPoints: [at('../widget/main.ts')], outfile: at('../dist/w.js'), bundle: true, minify: true, format: 'iife', target: ['es2021', 'safari16.4'], charset: 'utf8', legalComments: 'none',
  banner: { js: '/* Guiju chat, Apache-2.0 */' },
})
