import type { RouteRecordRaw } from 'vue-router'
import { page } from '@/router'

export default [
  { path: '/products', name: 'products', component: () => page(() => import('./ProductsPage.vue'), 'products')() },
  { path: '/exams/:id', name: 'exam', component: () => page(() => import('./ExamPage.vue'), 'products')() },
] satisfies RouteRecordRaw[]
