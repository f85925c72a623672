// Routes. Every page is its own chunk and brings its folder's words with it. A folder may add routes of its own in `routes.ts`
// (export default RouteRecordRaw[]); they are merged here. meta.band shows the day band on top, meta.bare leaves the frame out.
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { loadWords } from '@/i18n'
import { useMe } from '@/stores/me'

type Load = () => Promise<{ default: object }>
/** A lazy page together with the words of its folder (and of folders whose parts it shows). */
export const page = (load: Load, ...folders: string[]) => async () => (await Promise.all([load(), ...folders.map(loadWords), folders.some((f) => ownWords.has(f)) ? undefined : loadWords('office')]))[0]
/** Pages that do not share the words of the office pages. */
const ownWords = new Set(['login', 'setup', 'desk'])

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: { render: () => null } },
  { path: '/login', name: 'login', component: page(() => import('@/login/LoginPage.vue'), 'login'), meta: { bare: true, open: true } },
  { path: '/setup', name: 'setup', component: page(() => import('@/setup/SetupPage.vue'), 'setup'), meta: { bare: true, open: true } },
  { path: '/desk/:conversation?', name: 'desk', component: page(() => import('@/desk/DeskPage.vue'), 'desk', 'phrases'), meta: { band: true } },
  { path: '/cases/:no?', name: 'cases', component: page(() => import('@/cases/CasesPage.vue'), 'cases') },
  { path: '/orders/:no?', name: 'orders', component: page(() => import('@/orders/OrdersPage.vue'), 'orders') },
  { path: '/handover', name: 'handover', component: page(() => import('@/handover/HandoverPage.vue'), 'handover') },
  { path: '/shifts', name: 'shifts', component: page(() => import('@/shifts/ShiftsPage.vue'), 'shifts') },
  { path: '/my/:month?', name: 'my', component: page(() => import('@/my/MyPage.vue'), 'my') },
  { path: '/why/:id', name: 'why', component: page(() => import('@/my/WhyPage.vue'), 'my') },
  { path: '/fund', name: 'fund', component: page(() => import('@/my/FundPage.vue'), 'my') },
  { path: '/rules/:clause?', name: 'rules', component: page(() => import('@/rules/RulesPage.vue'), 'rules') },
  { path: '/floor', name: 'floor', component: page(() => import('@/floor/FloorPage.vue'), 'floor') },
  { path: '/roster/:from?', name: 'roster', component: page(() => import('@/roster/RosterPage.vue'), 'roster') },
  { path: '/review', name: 'review', component: page(() => import('@/review/ReviewPage.vue'), 'review') },
  { path: '/approvals', name: 'approvals', component: page(() => import('@/approvals/ApprovalsPage.vue'), 'approvals') },
  { path: '/book/:view(edit|figures|try|compare|versions|read)?/:clause?', name: 'book', component: page(() => import('@/book/BookPage.vue'), 'book', 'rules') },
  { path: '/people', name: 'people', component: page(() => import('@/people/PeoplePage.vue'), 'people') },
  { path: '/settle/:month?', name: 'settle', component: page(() => import('@/settle/SettlePage.vue'), 'settle') },
  { path: '/reports/:book(declared)?/:name?', name: 'reports', component: page(() => import('@/reports/ReportsPage.vue'), 'reports') },
  { path: '/settings/:section?', name: 'settings', component: page(() => import('@/settings/SettingsPage.vue'), 'settings', 'phrases', 'channels'), beforeEnter: (to) => { const section = oldSetting(to.hash, to.query); return to.params.section || !section ? true : { path: `/settings/${section}`, query: to.query, replace: true } } },
  { path: '/m/:tab(today|my|find)?', name: 'phone', component: page(() => import('@/phone/PhonePage.vue'), 'phone'), meta: { bare: true } },
  { path: '/:rest(.*)*', name: 'lost', component: () => import('@/shell/LostPage.vue') },
]
/** Addresses from before the settings had sections. */
const oldSetting = (hash: string, query: object) => (hash === '#channels' ? 'channels' : hash === '#phrases-panel' || 'phrase' in query ? 'phrases' : '')
const own = import.meta.glob<{ default: RouteRecordRaw[] }>('../*/routes.ts', { eager: true })
for (const module of Object.values(own)) routes.unshift(...module.default)

export const router = createRouter({ history: createWebHistory(), routes })

router.beforeEach(async (to) => {
  const me = useMe()
  if (to.meta.open) return true
  let who
  try { who = await me.load() } catch { return to.name === 'lost' ? true : { name: 'lost', params: { rest: [] }, query: { to: to.fullPath } } }
  if (!who) return { name: 'login', query: to.path === '/' ? {} : { to: to.fullPath } }
  if (to.name === 'home') return homeOf(who.home)
  return true
})
/** The role's home as the server names it; a phone starts with the phone pages. */
export function homeOf(home: string): string {
  const phone = matchMedia('(max-width: 600px) and (pointer: coarse)').matches
  return phone && home !== '/desk' ? '/m' : home && home !== '/' ? home : '/desk'
}
