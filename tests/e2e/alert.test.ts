// What calls an agent, in a real browser: a row that waits darkens and counts up in red; one alert for all who waited long jumps to the longest
// waiter, by hand and by key; one notice per event and person, however many tabs are open and however often the line breaks; one sound per
// event, and only while no tab can be seen.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { Desk, Person, at, openBrowser, SMALL_BOOK, setUp, visit, PASSWORD } from "./desk.ts";

const start = at("2026-03-05 10:00");
let desk: Desk, browser: Browser, agent: Person;
const faults: string[] = [], guests: { token: string; id: string; name: string }[] = [];
const post = (path: string, body: object) => visit(desk, path, body);
async function guest(name: string, words: string) {
  const { token } = await post("/w/start", { name });
  const { conversation } = await post("/w/messages", { token, text: words });
  guests.push({ token, id: conversation, name });
}
const say = (g: number, text: string) => post("/w/messages", { token: guests[g]!.token, text });

before(async () => {
  desk = await Desk.start(start);
  const shop = await setUp(desk, { source: SMALL_BOOK });
  agent = await shop.hire("林晓", "101", "客服", "online");
  await shop.hire("苏琪", "102");
  for (const [i, name] of ["青竹", "麦田", "远山"].entries()) { await desk.tick(start + 10_000 + i * 10_000); await guest(name, `${name}在等`); }
  browser = await openBrowser();
});
after(async () => { await browser?.close(); await desk?.stop(); });

/** A browser of the agent. What it plays is counted where the sound is made; `hide` is what the tab would be told behind another one. */
async function context(): Promise<BrowserContext> {
  const c = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "zh-CN", timezoneId: "Asia/Shanghai", reducedMotion: "reduce" });
  const [name, value] = agent.cookie.split("=");
  await c.addCookies([{ name: name!, value: value!, url: desk.url }]);
  await c.addInitScript(() => {
    const w = window as any;
    w.sounds = 0; w.away = false;
    const make = AudioContext.prototype.createGain;
    AudioContext.prototype.createGain = function () { w.sounds++; return make.call(this); };
    Object.defineProperty(document, "visibilityState", { get: () => (w.away ? "hidden" : "visible") });
    Object.defineProperty(document, "hidden", { get: () => w.away });
  });
  return c;
}
async function tab(c: BrowserContext, path = "/desk"): Promise<Page> {
  const page = await c.newPage();
  page.on("pageerror", (e) => faults.push(String(e)));
  await page.goto(desk.url + path);
  await page.locator(".it").first().waitFor();
  return page;
}
const row = (page: Page, g: number) => page.locator(".it", { hasText: guests[g]!.name });

test("a row darkens after 100 seconds, its ring counts up in red; the merged alert names the longest waiter and jumps there", async () => {
  const c = await context();
  await desk.tick(start + 60_000);
  let page = await tab(c, "/desk/" + guests[2]!.id);
  await row(page, 0).waitFor();
  assert.equal(await page.locator(".it.over").count(), 0, "a minute is not long");
  assert.equal(await page.locator(".late").count(), 0);
  await page.close();
  await desk.tick(start + 150_000);
  page = await tab(c, "/desk/" + guests[2]!.id);
  await page.locator(".it.over").nth(2).waitFor();
  const looks = await row(page, 0).evaluate((e) => { const s = (x: Element) => getComputedStyle(x), probe = document.body.appendChild(document.createElement("i")); probe.style.color = "var(--red)"; probe.style.backgroundColor = "var(--red-w)"; const want = [s(probe).color, s(probe).backgroundColor]; probe.remove(); return [want, [s(e.querySelector(".ck")!).color, s(e).backgroundColor]]; });
  assert.deepEqual(looks[1], looks[0], "red figure on a darker row");
  const figure = row(page, 0).locator(".ck span"), first = await figure.innerText();
  await page.waitForFunction(([name, was]) => { const clock = [...document.querySelectorAll(".it")].find((x) => x.textContent!.includes(name!))?.querySelector<HTMLElement>(".ck span"); return clock && clock.innerText !== was; }, [guests[0]!.name, first] as const);
  assert.ok(parseInt(await figure.innerText()) > parseInt(first), "it counts up");
  assert.equal(await page.locator(".late").count(), 1, "one alert for both");
  const text = await page.locator(".late").innerText();
  assert.ok(text.includes(guests[0]!.name) && /1/.test(text) && !text.includes(guests[1]!.name), text);
  await page.locator(".late").click();
  await page.waitForURL("**/desk/" + guests[0]!.id);
  await page.locator(".late", { hasText: guests[1]!.name }).waitFor();
  await page.keyboard.press("Alt+l");
  await page.waitForURL("**/desk/" + guests[1]!.id);
  await agent.ok("POST", `/conversations/${guests[0]!.id}/messages`, { text: "来了" });
  await page.locator(".late", { hasText: guests[2]!.name }).waitFor();
  await row(page, 0).and(page.locator(":not(.over)")).waitFor();
  for (const g of [1, 2]) await agent.ok("POST", `/conversations/${guests[g]!.id}/messages`, { text: "来了" });
  await page.locator(".late").waitFor({ state: "detached" });
  await c.close();
});

test("a mention is one notice in every tab and after the line broke, and none for who wrote it", async () => {
  const su = await Person.signIn(desk, "102", PASSWORD), c = await context(), tabs = [await tab(c), await tab(c), await tab(c)];
  const bell = (p: Page) => p.locator(".bell .badge");
  await su.ok("POST", `/conversations/${guests[0]!.id}/notes`, { text: "@林晓 请看这位", mentions: [agent.id] });
  for (const p of tabs) await bell(p).filter({ hasText: /^1$/ }).waitFor();
  await c.setOffline(true);
  await c.setOffline(false);
  await tabs[0]!.reload();
  for (const p of tabs) await bell(p).filter({ hasText: /^1$/ }).waitFor();
  const mine = (await agent.ok("GET", "/notices")).items;
  assert.deepEqual(mine.map((n: any) => [n.type, n.text.includes("请看这位")]), [["mention", true]]);
  assert.deepEqual((await su.ok("GET", "/notices")).items, []);
  await c.close();
});

test("one sound per message, only while no tab is seen, and none when it is switched off", async () => {
  const c = await context(), tabs = [await tab(c), await tab(c), await tab(c)];
  const sounds = async () => (await Promise.all(tabs.map((p) => p.evaluate(() => (window as any).sounds as number)))).reduce((a, b) => a + b, 0);
  const away = (on: boolean[]) => Promise.all(tabs.map((p, i) => p.evaluate((x) => { (window as any).away = x; document.dispatchEvent(new Event("visibilitychange")); }, on[i]!)));
  /** All tabs show it; then every sound there will be for what came before has been made, for they wait the same time. */
  const heard = async (text: string) => { for (const p of tabs) await p.locator(".it", { hasText: text }).first().waitFor(); };
  const until = async (n: number) => { await tabs[0]!.waitForFunction(() => true); for (let i = 0; i < 400 && (await sounds()) < n; i++) await tabs[0]!.evaluate(() => new Promise(requestAnimationFrame)); };
  await away([true, false, true]);
  await say(0, "有一页看得见");
  await heard("有一页看得见");
  await away([true, true, true]);
  await say(0, "都看不见");
  await heard("都看不见");
  await until(1);
  await say(1, "第二声");
  await heard("第二声");
  await until(2);
  assert.equal(await sounds(), 2, "none while a tab was seen, one for each of the others");
  await agent.ok("PUT", "/me/prefs", { prefs: { sound: false } });
  for (const p of tabs) { await p.reload(); await p.locator(".it").first().waitFor(); }
  assert.equal(await sounds(), 0, "a new page has made none, and what was said before makes none");
  await away([true, true, true]);
  await say(2, "不出声");
  await heard("不出声");
  await agent.ok("PUT", "/me/prefs", { prefs: { sound: true } });
  for (const p of tabs) { await p.reload(); await p.locator(".it").first().waitFor(); }
  await away([true, true, true]);
  await say(2, "又出声");
  await heard("又出声");
  await until(1);
  await say(0, "最后一声");
  await heard("最后一声");
  await until(2);
  assert.equal(await sounds(), 2, "one for each of the last two");
  assert.deepEqual(faults, []);
  await c.close();
});
