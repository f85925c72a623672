// The pictures of docs/screens, taken again from a desk on the demo month (./dev run): node tools/screens.mjs http://127.0.0.1:8080 [name …]
// Chinese, light, 1440×900 and 390×844; each page as the person who uses it most. To look at more than what is kept:
// --dark, --en, --whole (the page's whole height), --out FOLDER, --width N. Reports what the console complained about.
import { mkdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'

const { values: how, positionals } = parseArgs({ allowPositionals: true, options: { dark: { type: 'boolean' }, en: { type: 'boolean' }, whole: { type: 'boolean' }, out: { type: 'string' }, width: { type: 'string' } } })
const [server = 'http://127.0.0.1:8080', ...only] = positionals
const out = how.out ? how.out.replace(/\/?$/, '/') : new URL('../../docs/screens/', import.meta.url).pathname
const lang = how.en ? 'en' : 'zh', theme = how.dark ? 'dark' : 'light'
mkdirSync(out, { recursive: true })
const first = (get, path, way) => get(path).then((r) => way((r.items ?? r.slips ?? [])[0]))
/* A conversation of a visitor in the chat window; the played colleagues answer (./dev run), so the window is given time to fill. */
const open = async (page) => { await page.evaluate(() => localStorage.clear()); await page.context().clearCookies(); await page.reload(); await page.locator('button.go').click(); await page.locator('section.w textarea').waitFor() }
const said = async (page, text) => { await page.locator('section.w textarea').fill(text); await page.locator('section.w button.bt').first().click() }
/** The talk of the visitor, as the desk knows it; what its agent does is done by the owner's hand. */
const owner = {}
async function asOwner(method, path, body) {
  const call = (m, p, b) => fetch(server + '/api/v1' + p, { method: m, headers: { 'Content-Type': 'application/json', ...(owner.cookie ? { Cookie: owner.cookie, 'X-CSRF': owner.csrf } : {}) }, body: b && JSON.stringify(b) })
  if (!owner.cookie) { const r = await call('POST', '/login', { job_number: '001', password: 'guiju-demo' }); owner.cookie = /gj=[^;,]+/.exec(r.headers.get('set-cookie'))[0]; owner.csrf = (await (await call('GET', '/me')).json()).csrf }
  return (await call(method, path, body)).json()
}
async function talkOf(text) { for (let i = 0; i < 40; i++) { for (const box of ['open', 'waiting']) { const k = ((await asOwner('GET', `/conversations?box=${box}&limit=100`)).items ?? []).find((x) => x.last?.text === text || x.first_text === text); if (k) return k.id } await new Promise((r) => setTimeout(r, 250)) } }
const ASKED = '你好，上周买的胡桃木边几到了，桌面有一道划痕，差不多 5 厘米'
async function served(page) { await open(page); await said(page, ASKED); const id = await talkOf(ASKED); await asOwner('POST', `/conversations/${id}/take-over`, { reason: '拍照' }); await asOwner('POST', `/conversations/${id}/messages`, { text: '真对不起。可以给您免费换一张，也可以您留用、我们补 30 元，您看哪种方便？' }); await page.getByText('可以给您免费换一张').waitFor(); return id }
/** A draft with one changed figure, for the pages that look at a draft; put away again after the last of them. */
async function draft(page) { const box = page.locator('.page input:not([type=search]):not([type=checkbox])').first(); await box.fill('20'); await box.press('Tab'); await page.getByText('草稿已存').waitFor() }
/** name: [job number, path or what finds it, widths, what to do there first, what to do after]. */
const pages = {
  login: ['', '/login'], shop: ['', '/shop'],
  widget: ['', '/shop', , async (page) => { await served(page); await page.waitForTimeout(400) }],
  'widget-rate': ['', '/shop', , async (page) => { const id = await served(page); await asOwner('POST', `/conversations/${id}/close`, { reason: '成交', deal: true }); await page.waitForTimeout(900) }],
  desk: ['101', (get) => get('/conversations?box=mine').then((r) => { const x = (r.items ?? []).sort((a, b) => a.started_ms - b.started_ms)[0]; return x ? `/desk/${x.id}` : '/desk' })], 'desk-queue': ['101', '/desk', [390]], find: ['101', '/find?q=发货'],
  cases: ['101', '/cases'], case: ['101', (get) => first(get, '/cases?limit=1', (x) => `/cases/${x?.number ?? ''}`)], orders: ['101', '/orders'], order: ['101', (get) => first(get, '/orders?limit=1', (x) => `/orders/${x?.no ?? ''}`)],
  handover: ['101', '/handover'], shifts: ['101', '/shifts'], my: ['101', '/my'], why: ['101', async (get) => { const me = await get('/me'); const slips = (await get(`/ledger?month=${new Date(me.now + 8 * 3600e3).toISOString().slice(0, 7)}&person=${me.person.id}`)).slips ?? []; return `/why/${slips[0]?.id ?? ''}` }],
  'why-proof': ['101', (get) => pages.why[1](get), , async (page) => { await page.getByText('只凭哪些事就能重新得出').click(); await page.waitForTimeout(800) }],
  'phrase-picker': ['101', (get) => pages.desk[1](get), [1440], async (page) => { await page.locator('textarea.ta').fill('/'); await page.locator('#phrase-room .ph').first().waitFor() }, async (page) => { await page.locator('textarea.ta').fill('') }],
  rules: ['101', '/rules'], clause: ['101', '/rules/greeting'], fund: ['101', '/fund'], settings: ['101', '/settings'], phone: ['003', '/m', [390]], 'phone-today': ['101', '/m/today', [390]], 'phone-my': ['101', '/m/my', [390]], 'phone-find': ['101', '/m/find', [390]],
  floor: ['003', '/floor'], approvals: ['003', '/approvals'], roster: ['003', '/roster'], review: ['003', '/review'], reports: ['003', '/reports'], 'reports-dates': ['003', '/reports/reception?by=day'], 'reports-conversion': ['003', '/reports/closing-rate'], 'reports-first': ['003', '/reports/first-reply'], 'reports-workload': ['003', '/reports/workload'], 'phrase-week': ['003', '/phrases/review'],
  book: ['001', '/book/edit'], 'book-versions': ['001', '/book/versions'],
  'book-figures': ['001', '/book/figures', , draft], 'book-try': ['001', '/book/try', , async (page) => { await page.locator('#tvm').selectOption(new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 7)); await page.waitForTimeout(5000) }], 'book-compare': ['001', '/book/compare'],
  'book-publish': ['001', '/book/compare', , async (page) => { await page.getByRole('button', { name: '公布…' }).click(); await page.locator('dialog[open] textarea').waitFor(); await page.waitForTimeout(300) }], people: ['001', '/people'], settle: ['001', '/settle'], products: ['001', '/products'], 'settings-routing': ['001', '/settings/routing'], 'settings-widget': ['001', '/settings/window'], 'settings-hours': ['001', '/settings/hours'], phrases: ['001', '/settings/phrases'], channels: ['001', '/settings/channels'], webhook: ['001', '/settings/webhooks'],
  mailbox: ['001', '/settings/channels', , async (page) => { await page.getByRole('button', { name: '添加邮箱' }).click(); await page.locator('dialog[open]').getByText('QQ邮箱').click(); await page.waitForTimeout(200) }], 'settings-list': ['001', '/settings', [390]],
  keys: ['101', '/desk', [1440], async (page) => { await page.keyboard.press('?'); await page.locator('dialog[open]').waitFor() }, async () => { const d = await asOwner('GET', '/rulebook/draft'); await asOwner('POST', '/rulebook/draft/discard', { revision: d.revision }) }],
  command: ['101', '/desk', [1440], async (page) => { await page.keyboard.press('Control+k'); await page.locator('dialog[open] input').fill('发货'); await page.waitForTimeout(900) }],
}
/** A page scrolls inside its frame: the window is made as tall as what it holds. */
async function grow(page, width) {
  const more = await page.evaluate(() => Math.max(0, ...[...document.querySelectorAll('.scroll, main')].map((e) => e.scrollHeight - e.clientHeight)))
  if (more) await page.setViewportSize({ width, height: Math.min(5000, (width > 500 ? 900 : 844) + more) })
  await page.waitForTimeout(150)
}
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-background-networking'] })
let taken = 0, at = ''
for (const width of how.width ? [Number(how.width)] : [1440, 390]) {
  let who = null, page = null, get = null
  for (const [name, [number, path, widths, act, after]] of Object.entries(pages).sort((a, b) => a[1][0].localeCompare(b[1][0]))) {
    if ((only.length && !only.includes(name)) || (widths && !widths.includes(width))) continue
    at = name
    if (who !== number) {
      await page?.context().close()
      const context = await browser.newContext({ viewport: { width, height: width > 500 ? 900 : 844 }, locale: how.en ? 'en-GB' : 'zh-CN', timezoneId: 'Asia/Shanghai', colorScheme: theme, hasTouch: width < 500, reducedMotion: 'reduce' })
      await context.addInitScript(() => sessionStorage.setItem('demo-strip', 'away')) // the line about the demo is not part of a page
      page = await context.newPage()
      page.on('pageerror', (e) => console.log(`${at} ${width}: ${e.message}`))
      page.on('console', (m) => { if (m.type() === 'error') console.log(`${at} ${width}: ${m.text().slice(0, 300)}`) })
      who = number
      if (number) {
        await page.goto(server + '/login')
        await page.fill('#lg-n', number)
        await page.fill('#lg-p', 'guiju-demo')
        await page.click('button.p')
        await page.waitForURL((u) => !u.pathname.startsWith('/login'))
        const call = (p, o) => page.evaluate(async ([p, o]) => (await fetch('/api/v1' + p, o)).json().catch(() => ({})), [p, o])
        get = (p) => call(p)
        const me = await get('/me')
        await call('/me/prefs', { method: 'PUT', headers: { 'Content-Type': 'application/json', 'X-CSRF': me.csrf }, body: JSON.stringify({ lang, theme }) })
      }
    }
    await page.goto(server + (typeof path === 'string' ? path : await path(get)))
    await page.waitForLoadState('networkidle')
    await page.waitForFunction(() => !document.querySelector('.skel.shown'))
    await page.waitForTimeout(250)
    if (act) await act(page)
    const wide = await page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth)
    if (wide > 1) console.log(`${name} ${width}: scrolls sideways by ${wide} px`)
    if (how.whole) await grow(page, width)
    await page.screenshot({ path: `${out}${name}-${width}${how.en ? '-en' : ''}${how.dark ? '-dark' : ''}.png` })
    if (how.whole) await page.setViewportSize({ width, height: width > 500 ? 900 : 844 })
    if (after) await after(page)
    taken++
  }
  await page?.context().close()
}
await browser.close()
console.log(`${taken} pictures in docs/screens`)
