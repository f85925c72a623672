// Service hours in real browsers: written on the settings page, on a wide screen and on a phone, in both languages; what cannot be is said
// before it is sent; the chat window tells them; the queue shows the clock of the default target and counts on in red.
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { Desk, Person, at, openBrowser, openPage, SMALL_BOOK, setUp } from "./desk.ts";
import { freePort } from "../support/free_port.ts";

const SHOTS = process.env.GUIJU_SHOTS;
let desk: Desk, browser: Browser, owner: Person, agent: Person, shop: Server, shopUrl = "";
const faults: string[] = [];

before(async () => {
  desk = await Desk.start(at("2026-03-05 11:50"));
  const first = await setUp(desk, { source: SMALL_BOOK });
  owner = first.owner;
  agent = await first.hire("林晓", "101", "客服", "online");
  const port = await freePort();
  shop = createServer((q, r) => { r.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }); r.end(`<!doctype html><html lang="${q.url!.includes("en") ? "en" : "zh-CN"}"><meta charset="utf-8"><title>店</title><script src="${desk.url}/w.js" defer></script>`); }).listen(port, "127.0.0.1");
  shopUrl = `http://127.0.0.1:${port}`;
  browser = await openBrowser();
});
after(async () => { await browser?.close(); shop?.close(); await desk?.stop(); });

const shot = async (page: Page, name: string) => { if (SHOTS) await page.locator(".shp").screenshot({ path: `${SHOTS}/${name}.png` }); };
const day = (page: Page, name: string) => page.locator(".shd", { has: page.locator(`.k:text-is("${name}")`) });

test("written on the settings page: a lunch break, a night, a late lunch refused, targets with their units", async () => {
  const page = await openPage(browser, desk, owner, 1440, 900, faults);
  await page.goto(desk.url + "/settings/hours");
  await page.getByText("设服务时间").waitFor();
  await page.getByLabel("设服务时间").check();
  const monday = day(page, "周一");
  await monday.getByLabel("结束").fill("12");
  await monday.getByRole("button", { name: "加一段" }).click();
  await monday.getByLabel("开始").nth(1).fill("11：30");
  await monday.getByLabel("结束").nth(1).fill("1800");
  await monday.getByText("两段时间重叠").waitFor();
  assert.ok(await page.locator(".shp button.p").isDisabled());
  await monday.getByLabel("开始").nth(1).fill("下午");
  await monday.getByText("时刻要写成 09:00 这样").waitFor();
  await monday.getByLabel("开始").nth(1).fill("13:30");
  await monday.getByLabel("结束").nth(1).blur();
  assert.equal(await monday.getByLabel("结束").nth(1).inputValue(), "18:00");
  await page.getByRole("button", { name: "周二至周五、补班日照此" }).click();
  const saturday = day(page, "周六");
  await saturday.getByRole("button", { name: "加一段" }).click();
  await saturday.getByLabel("开始").fill("20:00");
  await saturday.getByLabel("结束").fill("2:00");
  await saturday.getByText("次日").waitFor();
  await page.getByLabel("首次回复").fill("15");
  await page.getByLabel("之后每次回复").fill("90");
  await page.locator(".shp .setr", { hasText: "之后每次回复" }).getByLabel("单位").selectOption("s");
  await shot(page, "settings-hours-1440");
  for (const n of await page.locator(".shp input[type=number]").all()) assert.ok((await n.boundingBox())!.width < 120, "a number is not as wide as the page");
  await page.locator(".shp button.p").click();
  await page.getByText("已存下").waitFor();
  const s = await owner.ok("GET", "/settings/service");
  assert.deepEqual([s.days[0], s.days[4], s.days[5], s.days[6], s.days[8], s.first_s, s.next_s, s.resolve_s], [[["09:00", "12:00"], ["13:30", "18:00"]], s.days[0], [["20:00", "02:00"]], [], s.days[0], 900, 90, 0]);
  await page.context().close();
  const phone = await openPage(browser, desk, owner, 390, 844, faults);
  await phone.goto(desk.url + "/settings/hours");
  await day(phone, "周六").waitFor();
  assert.ok(await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing sticks out");
  await shot(phone, "settings-hours-390");
  await phone.context().close();
});

test("the queue shows the target’s clock, counting inside the hours; late it counts up in red, answered it is gone", async () => {
  const page = await openPage(browser, desk, agent, 1440, 900, faults);
  await page.goto(desk.url + "/desk");
  const context = await browser.newContext({ locale: "zh-CN", timezoneId: "Asia/Shanghai" }), visitor = await context.newPage();
  await visitor.clock.setFixedTime(at("2026-03-05 11:50"));
  await visitor.goto(shopUrl);
  await visitor.locator(".go").click();
  await visitor.getByText(/今天 0?9:00–12:00，13:30–18:00 有人/).waitFor();
  await visitor.locator("textarea").fill("请问还有货吗");
  await visitor.getByRole("button", { name: "发送" }).click();
  await visitor.getByText(/最晚 13:35 回您/).waitFor();
  const row = page.locator(".it", { hasText: "请问还有货吗" });
  await row.waitFor();
  await page.goto(desk.url + "/desk/" + (await agent.ok("GET", "/conversations?box=mine")).items[0].id);
  await page.getByText("首次回复（默认时限）").first().waitFor();
  await desk.tick(at("2026-03-05 13:36")); // the session lasts that long, so nobody goes off line in between
  await page.reload();
  await page.locator(".strip.o").waitFor();
  assert.match(await page.locator(".strip.o").innerText(), /已晚 60 秒/);
  await page.locator("textarea").first().fill("有的，马上给您查");
  await page.keyboard.press("Enter");
  await visitor.getByText("有的，马上给您查").waitFor();
  await page.locator(".strip.o").waitFor({ state: "detached" });
  await context.close();
  await page.context().close();
});

test("the floor names the default target where a clause’s clock has its clause, in both languages, and the leader takes the talk over", async () => {
  await desk.tick(at("2026-03-05 14:00"));
  await agent.renew(); await owner.renew();
  await agent.ok("POST", "/presence", { state: "online", presence: "online" });
  const visitor = await openPage(browser, desk, null, 390, 844, faults);
  await visitor.goto(shopUrl);
  await visitor.locator(".go").click();
  await visitor.locator("textarea").fill("下午到得了吗");
  await visitor.getByRole("button", { name: "发送" }).click();
  await visitor.getByText("下午到得了吗").waitFor();
  const page = await openPage(browser, desk, owner, 1440, 900, faults);
  await page.goto(desk.url + "/floor");
  const row = page.locator(".cr", { hasText: "首次回复（默认时限）" });
  await row.getByText("林晓").waitFor();
  assert.equal(await row.locator(".cl").count(), 0, "no clause");
  await owner.ok("PUT", "/me/prefs", { lang: "en", theme: "light" });
  await page.reload();
  await page.locator(".cr", { hasText: "First reply (default target)" }).waitFor();
  await owner.ok("PUT", "/me/prefs", { lang: "zh", theme: "light" });
  await page.reload();
  await row.getByRole("button", { name: "接手" }).click();
  await page.waitForURL(/\/desk\/./);
  await page.goto(desk.url + "/floor");
  await row.getByText("周远").waitFor();
  await visitor.context().close(); await page.context().close();
});

test("outside the hours the window takes a message and says when somebody is there, in the visitor’s language", async () => {
  await desk.tick(at("2026-03-05 18:30"));
  await agent.renew();
  await agent.ok("POST", "/presence", { state: "online", presence: "online" });
  for (const [path, locale, words] of [["/", "zh-CN", /明天 0?9:00 有人/], ["/en", "en-GB", /Nobody is here now.*tomorrow 0?9:00/]] as const) {
    const context = await browser.newContext({ locale, timezoneId: "Asia/Shanghai" }), page = await context.newPage();
    await page.clock.setFixedTime(at("2026-03-05 18:30"));
    await page.goto(shopUrl + path);
    await page.locator(".go").click();
    await page.locator(".st").filter({ hasText: words }).waitFor();
    await page.locator("form.fo").waitFor();
    await context.close();
  }
  assert.deepEqual(faults, []);
});
