import type { RouteRecordRaw } from 'vue-router'
import { loadWords } from '@/i18n'

export default [
  { path: '/find', name: 'find', component: async () => (await Promise.all([import('./FindPage.vue'), loadWords('find'), loadWords('office')]))[0] },
] satisfies RouteRecordRaw[]
