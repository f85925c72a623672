// Takes pictures of the pages of a running program: npm run shots -- http://127.0.0.1:8080 JOB_NUMBER PASSWORD [path …]
// Chinese, 1440×900 and 390×844, light and dark, into test-results/shots. Reports what the console complained about.
import { mkdirSync } from 'node:fs'
import { chromium } from 'playwright-core'

const [server = 'http://127.0.0.1:8080', number = '', password = '', ...paths] = process.argv.slice(2)
const pages = paths.length ? paths : ['/desk', '/cases', '/orders', '/handover', '/shifts', '/my', '/rules', '/floor', '/roster', '/review', '/approvals', '/book', '/people', '/settle', '/reports', '/settings', '/fund', '/m']
const out = new URL('../../test-results/shots/', import.meta.url).pathname
mkdirSync(out, { recursive: true })
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] })
let complaints = 0
for (const [w, h] of [[1440, 900], [390, 844]]) for (const colorScheme of ['light', 'dark']) {
  const context = await browser.newContext({ viewport: { width: w, height: h }, locale: 'zh-CN', colorScheme, hasTouch: w < 500 })
  const page = await context.newPage()
  let here = '/login'
  page.on('console', (m) => { if (m.type() === 'error') { complaints++; console.log(`${here}: ${m.text().slice(0, 300)}`) } })
  page.on('pageerror', (e) => { complaints++; console.log(`${here}: ${e.message.slice(0, 300)}`) })
  await page.goto(server + '/login')
  if (number) {
    await page.fill('#lg-n', number)
    await page.fill('#lg-p', password)
    await page.click('button.p')
    await page.waitForURL((u) => !u.pathname.startsWith('/login'))
  }
  for (here of pages) {
    await page.goto(server + here)
    await page.waitForTimeout(1200)
    await page.screenshot({ path: `${out}${here.replace(/\W+/g, '_').replace(/^_/, '') || 'home'}-${w}-${colorScheme}.png` })
  }
  await context.close()
}
await browser.close()
console.log(`${pages.length * 4} pictures in test-results/shots, ${complaints} complaints`)
