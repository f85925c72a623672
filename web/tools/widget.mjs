// Builds the chat widget: one small script for any page, /w.js.
import { buildSync } from 'esbuild'
import { fileURLToPath } from 'node:url'

const at = (p) => fileURLToPath(new URL(p, import.meta.url))
buildSync({
  entryPoints: [at('../widget/main.ts')], outfile: at('../dist/w.js'), bundle: true, minify: true, format: 'iife', target: ['es2021', 'safari16.4'], charset: 'utf8', legalComments: 'none',
  banner: { js: '/* Guiju */' },
})
// The survey page behind a link, /c/TOKEN.
buildSync({ entryPoints: [at('../survey/main.ts')], outfile: at('../dist/c.js'), bundle: true, minify: true, format: 'iife', target: ['es2021', 'safari16.4'], charset: 'utf8', legalComments: 'none' })
// Its rare parts, a module that the first file imports by its address.
buildSync({
  entryPoints: [at('../widget/more.ts')], outfile: at('../dist/w-more.js'), bundle: true, minify: true, format: 'esm', target: ['es2021', 'safari16.4'], charset: 'utf8', legalComments: 'none',
  banner: { js: '/* Guiju */' },
})
