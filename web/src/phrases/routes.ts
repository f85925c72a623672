import type { RouteRecordRaw } from 'vue-router'
import { page } from '@/router'

export default [
  { path: '/phrases/review', name: 'phrase-week', component: () => page(() => import('./WeekPage.vue'), 'phrases')() },
] satisfies RouteRecordRaw[]
