// The one page application. Element Plus components are taken one by one from the templates that name them, so that a route
// pays only for what it draws; the widget is built apart (tools/widget.mjs).
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { defineConfig } from 'vitest/config'

const server = process.env.GUIJU_SERVER ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [
    vue({ template: { compilerOptions: { whitespace: 'condense', comments: false } } }),
    Components({ dirs: [], dts: 'components.d.ts', resolvers: [ElementPlusResolver({ importStyle: 'css' })] }),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: { __VUE_OPTIONS_API__: true },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0, // a data: address would need a wider content security policy
    cssCodeSplit: true,
    manifest: true, // read by tools/budget.mjs
    chunkSizeWarningLimit: 900,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': { target: server, ws: true }, '/w.js': server, '/shop': server } },
  test: { environment: 'happy-dom', setupFiles: ['test/setup.ts'], include: ['test/**/*.test.ts', 'src/**/*.test.ts'], server: { deps: { inline: ['element-plus'] } } },
})
